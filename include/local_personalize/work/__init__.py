"""The work behind jobs, one file per kind of job, each with three functions.

task(resources, resource, folder) gathers all that the work needs, as plain data, from the store;
run(task) does the work in a worker process and returns plain data, or raises WorkFailed;
settle(resources, resource, result) records the result in the transaction that makes the resource ACTIVE,
and returns the columns of the resource that change with it.
"""
