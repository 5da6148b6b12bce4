"""Airflow pools that mirror Amazon's quotas of jobs at a time; `airflow pools import pools.json` makes them.

A task whose pool is missing stays scheduled for ever; only the scheduler's log says so. Deferred tasks count, since the
job that they wait for does. Where AWS has raised a quota, raise the slots in pools.json.
"""

from typing import Final

IMPORTS: Final = "personalize_imports"
BATCH_JOBS: Final = "personalize_batch_jobs"
