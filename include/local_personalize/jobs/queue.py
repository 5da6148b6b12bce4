"""Imports, trainings and batch jobs: taken when due, done by worker processes, ended in one transaction."""

import logging
import threading
from typing import Any

from include.local_personalize import work
from include.local_personalize.datasets import dataset_parts
from include.local_personalize.errors import ApiError, WorkFailed
from include.local_personalize.jobs import schedule
from include.local_personalize.jobs.workers import DeadWorkerError, Worker
from include.local_personalize.protocol.conditions import Conditions
from include.local_personalize.state.clock import Clock
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, CREATE_STOPPED
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import Store

MOST_ATTEMPTS = 3
REWRITING = ("dataset-import-job", "data-deletion-job")
LONGEST_WAIT = 5.0  # real seconds between looks at the clock, which may run differently
BETWEEN_LOOKS = 1.0  # real seconds between looks at the schedule
DIED = "The process that did the work was killed, or ran out of memory."
log = logging.getLogger(__name__)


class Jobs:
    """One thread and one process per worker; the resources themselves are the queue, so it survives a restart."""

    def __init__(self, store: Store, clock: Clock, folder: DataFolder, conditions: Conditions, workers: int) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder
        self._conditions = conditions
        self._changed = threading.Condition()
        self._closing = False
        self._running: dict[str, tuple[Resource, Worker]] = {}
        self._threads = [threading.Thread(target=self._work, args=(Worker(),)) for _ in range(workers)]
        self._closed = threading.Event()
        self._threads.append(threading.Thread(target=self._keep_schedule))

    def start(self) -> None:
        """Take up again what an earlier process left unfinished, then work until close."""
        with self._store.writing() as connection:
            resources = Resources(connection, self._clock.now())
            for left in resources.begun():
                if left.lifecycle.phase == "CANCEL":
                    resources.change(left.arn, outcome=CREATE_STOPPED)
                elif left.attempts >= MOST_ATTEMPTS:
                    reason = f"The service ended {MOST_ATTEMPTS} times in the middle of this work."
                    resources.change(left.arn, outcome=CREATE_FAILED, failure_reason=reason)
                else:
                    resources.change(left.arn, started=False)
        self._sweep()
        for thread in self._threads:
            thread.start()

    def run_schedule(self) -> None:
        """Begin what the schedule has due by the clock; called by itself, and when the clock is set."""
        with self._changed:
            with self._store.writing() as connection:
                changes = connection.total_changes
                schedule.run_due(Resources(connection, self._clock.now()), self._conditions)
                changes -= connection.total_changes
            if changes:
                self._changed.notify_all()

    def wake(self) -> None:
        """Say that there may be work."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, arn: str) -> None:
        """End the work on a resource now, if it is still going on."""
        with self._changed:
            if arn in self._running:
                self._running[arn][1].kill()

    def close(self) -> None:
        """End all work; the unfinished is done from its beginning when the service starts again."""
        with self._changed:
            self._closing = True
            for resource, worker in self._running.values():
                with self._store.writing() as connection:
                    Resources(connection, self._clock.now()).change(resource.arn, attempts=resource.attempts - 1)
                worker.kill()
            self._changed.notify_all()
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _keep_schedule(self) -> None:
        while not self._closed.wait(BETWEEN_LOOKS):
            try:
                self.run_schedule()
            except Exception:
                # Whatever happens, the thread lives on.
                log.exception("the schedule could not be kept")

    def _work(self, worker: Worker) -> None:
        while (resource := self._next(worker)) is not None:
            result, failure = self._done(worker, resource)
            with self._changed:
                if self._closing:
                    break
                self._settle(resource, result, failure)
                del self._running[resource.arn]
                if not self._running:
                    self._sweep()
                self._changed.notify_all()
        worker.kill()

    def _next(self, worker: Worker) -> Resource | None:
        """The next resource whose work is due, marked as begun; None when the service closes."""
        with self._changed:
            while not self._closing:
                now = self._clock.now()
                with self._store.writing() as connection:
                    resources = Resources(connection, now)
                    waiting = [one for one in resources.waiting() if not self._waits_for_another(resources, one)]
                    if waiting and waiting[0].lifecycle.pending_until <= now:
                        taken = waiting[0]
                        notes = dict(taken.notes)
                        if taken.kind in schedule.TRAINED:
                            notes["data"] = schedule.data_state(resources, taken.body["datasetGroupArn"])
                        resources.change(taken.arn, started=True, attempts=taken.attempts + 1, notes=notes)
                        taken = resources.get(taken.arn)
                        self._running[taken.arn] = (taken, worker)
                        return taken
                due = waiting[0].lifecycle.pending_until - now if waiting else LONGEST_WAIT
                self._changed.wait(min(due, LONGEST_WAIT))
        return None

    def _waits_for_another(self, resources: Resources, resource: Resource) -> bool:
        """Imports into a dataset, and deletions from it, run one after another; batch jobs after the update of their
        version.
        """
        if resource.kind in REWRITING:
            others = (running for running, _ in self._running.values() if running.kind in REWRITING)
            return any(_rewrite_the_same(resources, resource, other) for other in others)
        if resource.kind == "batch-inference-job":
            updates = resources.children("model-update", resource.parent or "")
            return any(update.lifecycle.outcome is None for update in updates)
        return False

    def _done(self, worker: Worker, resource: Resource) -> tuple[dict[str, Any], str | None]:
        """The work's result, and the reason of its failure if it failed."""
        module = work.by_kind()[resource.kind]
        names = [resource.arn, resource.body.get("jobName") or resource.body.get("name", "")]
        if reason := self._conditions.faults.failure(resource.kind, names):
            return {}, reason
        try:
            with self._store.reading() as connection:
                task = module.task(Resources(connection, self._clock.now()), resource, self._folder)
            return worker.run(module.__name__.rsplit(".", 1)[-1], task), None
        except (WorkFailed, ApiError) as failure:
            return {}, str(failure)
        except DeadWorkerError:
            return {}, DIED
        except Exception as error:
            # Whatever happens, the thread lives on and the resource does not stay in progress.
            log.exception("%s could not be done", resource.arn)
            return {}, f"The local Personalize failed: {type(error).__name__}: {error}"

    def _settle(self, resource: Resource, result: dict[str, Any], failure: str | None) -> None:
        with self._store.writing() as connection:
            resources = Resources(connection, self._clock.now())
            if resources.get(resource.arn).lifecycle.phase == "CANCEL":
                resources.change(resource.arn, outcome=CREATE_STOPPED)
            elif failure is not None:
                log.warning("%s failed: %s", resource.arn, failure)
                resources.change(resource.arn, outcome=CREATE_FAILED, failure_reason=failure)
            else:
                changes = work.by_kind()[resource.kind].settle(resources, resource, result)
                resources.change(resource.arn, outcome=ACTIVE, **changes)

    def _sweep(self) -> None:
        with self._store.writing() as connection:
            resources = Resources(connection, self._clock.now())
            resources.purge()
            # A reader that began before a model was exchanged may still load the one before.
            models = resources.notes_named("model") | resources.notes_named("previous_model")
            self._folder.sweep(dataset_parts.all_files(resources), models)


def _rewrite_the_same(resources: Resources, one: Resource, other: Resource) -> bool:
    """An import writes one dataset, a deletion all of a group."""
    if one.kind == other.kind:
        return one.parent == other.parent
    return resources.group_of(one.parent) == resources.group_of(other.parent)
