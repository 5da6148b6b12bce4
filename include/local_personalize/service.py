"""The parts of one running service."""

from collections.abc import Mapping
from dataclasses import dataclass

from include.local_personalize.filters.group_data import DataInMemory
from include.local_personalize.jobs.queue import Jobs
from include.local_personalize.protocol.call_log import CallLog
from include.local_personalize.protocol.conditions import Conditions
from include.local_personalize.protocol.faults import Faults
from include.local_personalize.serving.models_in_memory import Models
from include.local_personalize.serving.served_recommendations import ServedRecommendations
from include.local_personalize.state import quotas
from include.local_personalize.state.clock import Clock
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.lifecycle import Delays
from include.local_personalize.state.store import Store


@dataclass
class Service:
    account: str
    default_region: str
    folder: DataFolder
    store: Store
    clock: Clock
    conditions: Conditions
    models: Models
    data: DataInMemory
    jobs: Jobs
    recommended: ServedRecommendations
    calls: CallLog
    checks_answers: bool  # whether every answer is held against the service model: for tests, it takes time


@dataclass(frozen=True)
class Options:
    """How the service is started; None is what the last run over the same folder had."""

    account: str
    region: str
    workers: int
    offset_days: float | None
    delays: Delays | None
    quotas: Mapping[str, int] | None
    faults: Faults
    check_answers: bool


def open_service(folder: DataFolder, options: Options) -> Service:
    """Build a service over its folder."""
    store = Store(folder.database)
    given = {
        "offset_days": options.offset_days,
        "delays": vars(options.delays) if options.delays else None,
        "quotas": options.quotas,
    }
    for key, value in given.items():
        if value is not None:
            store.keep_setting(key, value)
    clock = Clock(store.setting("offset_days") or 0.0)
    delays = Delays.of(store.setting("delays") or {})
    conditions = Conditions(delays, quotas.limits(store.setting("quotas") or {}), options.faults)
    return Service(
        options.account,
        options.region,
        folder,
        store,
        clock,
        conditions,
        Models(folder.models),
        DataInMemory(folder),
        Jobs(store, clock, folder, conditions, options.workers),
        ServedRecommendations(),
        CallLog(),
        options.check_answers,
    )
