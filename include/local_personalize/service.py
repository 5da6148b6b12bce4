"""The parts of one running service."""

from collections.abc import Mapping
from dataclasses import dataclass

from include.local_personalize import quotas
from include.local_personalize.call_log import CallLog
from include.local_personalize.clock import Clock
from include.local_personalize.data_folder import DataFolder
from include.local_personalize.jobs import Jobs
from include.local_personalize.lifecycle import Delays
from include.local_personalize.models_in_memory import Models
from include.local_personalize.store import Store


@dataclass
class Service:
    account: str
    default_region: str
    folder: DataFolder
    store: Store
    clock: Clock
    delays: Delays  # replaced as a whole by PUT /_local/delays
    models: Models
    jobs: Jobs
    calls: CallLog
    quotas: Mapping[str, int]  # by kind of resource; replaced as a whole by PUT /_local/quotas


def open_service(
    folder: DataFolder,
    account: str,
    region: str,
    workers: int,
    offset_days: float | None,
    delays: Delays | None,
    overridden: Mapping[str, int] | None,
) -> Service:
    """Build a service over its folder; a clock, delays or quotas of None are those of the folder's last run."""
    store = Store(folder.root / "state.sqlite")
    if offset_days is not None:
        store.keep_setting("offset_days", offset_days)
    if delays is not None:
        store.keep_setting("delays", vars(delays))
    if overridden is not None:
        store.keep_setting("quotas", overridden)
    clock = Clock(store.setting("offset_days") or 0.0)
    kept_delays = Delays.of(store.setting("delays") or {})
    jobs = Jobs(store, clock, folder, workers)
    limits = quotas.limits(store.setting("quotas") or {})
    return Service(account, region, folder, store, clock, kept_delays, Models(folder.models), jobs, CallLog(), limits)
