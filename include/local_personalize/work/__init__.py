"""The work behind jobs, one file per kind of job: KIND names the resource it is behind, and three functions do it.

task(resources, resource, folder) gathers all that the work needs, as plain data, from the store;
run(task) does the work in a worker process and returns plain data, or raises WorkFailed;
settle(resources, resource, result) records the result in the transaction that makes the resource ACTIVE,
and returns the columns of the resource that change with it.
"""

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def by_kind() -> dict[str, ModuleType]:
    """Kind of resource to the module that does its work."""
    found = pkgutil.iter_modules(__path__, f"{__name__}.")
    modules = [importlib.import_module(each.name) for each in found]
    return {module.KIND: module for module in modules}
