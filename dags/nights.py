"""The steps of a night as tasks take them: what include/datasets must know of the run, the service and the source.

The data libraries are imported by the task that needs them, since every start of a task reads the DAG files anew.
"""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from alerts.mail import send_report
from amazon_personalize.hook import PersonalizeEventsHook, PersonalizeHook
from amazon_personalize.names import run_key
from dags import sources
from dags.conventions import AWS_CONN_ID, s3
from include.config import DatasetGroup, DatasetType
from include.datasets.night import claims, known, planning, recording, written
from include.datasets.night.places import NightPlaces
from include.datasets.report import Report, as_record, as_text, first_of_each_column, mail_subject
from include.s3 import Place, read_bytes, write_json

GOES_ON = ("queued", "running", "restarting")


def import_name(group: DatasetGroup, kind: DatasetType) -> str:
    """How the names of a dataset's import jobs begin."""
    return f"{group.name}-{kind}"


def plan(group: DatasetGroup, kind: DatasetType) -> list[int]:
    """Claim what no night has taken, and number its portions; none where nothing is new."""
    run, dataset = get_current_context()["dag_run"], group.datasets[kind]
    window = None
    if not dataset.source.s3:
        window = sources.next_window(dataset, planning.last_high(s3(), group.storage, kind), run.run_after)
        if window is None:
            return []
    planned = planning.plan(
        s3(),
        group.storage,
        kind,
        dataset,
        (run_key(run), run.dag_id, run.run_id),
        fate=lambda other: _fate(group, kind, other),
        window=window,
        own_is_spent=lambda: _job(group, kind, run_key(run)) == "failed",
    )
    return list(range(len(planned.portions)))


def list_unloaded(group: DatasetGroup, kind: DatasetType, folder: str) -> list[int]:
    """Add what Athena has unloaded to the night's plan, and number its portions."""
    planned = planning.plan_unloaded(
        s3(), group.storage, _plan(group, kind), group.datasets[kind], Place.of(folder.rstrip("/"))
    )
    return list(range(len(planned.portions)))


def check(group: DatasetGroup, kind: DatasetType, number: int) -> dict[str, int]:
    """Check one portion of the night."""
    from include.datasets.checking.rules import Rules
    from include.datasets.night import portion
    from include.datasets.reading import sql_rows
    from include.datasets.reading.chunk import UnusableFileError

    dataset, planned, now = group.datasets[kind], _plan(group, kind), datetime.now(UTC)
    try:
        if dataset.source.sql:
            wanted = Rules.of(kind, dataset.fields, dataset.columns).types
            with sources.sql_connection(dataset.source.sql.connection) as (connection, placeholder, quote):
                chunks = sql_rows.rows(connection, dataset.source.sql, planned.window, placeholder, wanted, quote=quote)
                found = portion.check_rows(s3(), group.storage, kind, dataset, planned, chunks, now)
        else:
            found = portion.check_portion(s3(), group.storage, kind, dataset, planned, number, now)
    except (UnusableFileError, claims.ClaimLostError) as error:
        raise AirflowFailException(str(error)) from None
    return {"read": found.rows_read, "good": found.rows_good, "quarantined": found.rows_quarantined}


def gather(group: DatasetGroup, kind: DatasetType) -> dict[str, Any]:
    """Make a night of the portions; returns what the next tasks and the report need of it."""
    from include.datasets.night.gather import NightStoppedError
    from include.datasets.night.gather import gather as gathered

    context = get_current_context()
    hook, planned = PersonalizeHook(aws_conn_id=AWS_CONN_ID), _plan(group, kind)
    try:
        night = gathered(
            s3(),
            group.storage,
            kind,
            group.datasets[kind],
            planned,
            written.read_portions(s3(), group.storage, planned),
            has_import=hook.has_import(hook.dataset_arn(group.name, kind)),
            now=hook.now(),
            known_ids=known.ids(s3(), group.storage, group.datasets) if kind == "interactions" else None,
            ordered=_job(group, kind, planned.run_key) in ("going on", "imported"),
            accept_drift=context["params"]["accept_drift"],
        )
    except NightStoppedError as stopped:
        said = f"{stopped} Mend the data, or trigger the DAG with accept_drift if it is right."
        context["ti"].xcom_push(key="stopped", value={"why": said, "night": written.as_json(stopped.night)})
        raise AirflowFailException(said) from None
    return {"channel": night.channel, "location": night.location, "import_mode": night.import_mode}


def send_events(group: DatasetGroup, kind: DatasetType, tracking_id: str) -> int:
    """Send the night by PutEvents, and return how many events Personalize has of it."""
    from include.datasets.events.send_night import send_night

    client = PersonalizeEventsHook(aws_conn_id=AWS_CONN_ID).conn
    return send_night(s3(), client, tracking_id, group.name, _places(group, kind)).events


def record(group: DatasetGroup, kind: DatasetType, import_job: str | None) -> None:
    """Write down that Personalize has the night; from here on its sources are taken."""
    now = PersonalizeHook(aws_conn_id=AWS_CONN_ID).now()
    night = recording.record(s3(), group.storage, _plan(group, kind), now, import_job)
    print(f"{night.rows_imported} rows of {kind} are in Personalize." if night else "Nothing to record.")


def report(group: DatasetGroup) -> dict[str, Any]:
    """Write the report of the run, as a record and as a page, print the page, and return the record."""
    run = run_key(get_current_context()["dag_run"])
    stopped = {kind: found for kind in group.datasets if (found := _stopped(kind))}
    nights = {kind: found for kind in group.datasets if (found := _night(group, kind, stopped.get(kind)))}
    told = Report(
        dataset_group=group.name,
        run_key=run,
        nights=tuple(nights.values()),
        written_at=PersonalizeHook(aws_conn_id=AWS_CONN_ID).now(),
        jobs={kind: night.import_job for kind, night in nights.items() if night.import_job},
        examples={kind: first_of_each_column(s3(), night.quarantine) for kind, night in nights.items()},
        stopped={kind: found["why"] for kind, found in stopped.items()},
    )
    text, record = as_text(told), as_record(told)
    place = Place.of(group.storage.workspace) / "reports/imports" / run
    s3().put_object(Bucket=place.bucket, Key=f"{place.key}.txt", Body=text.encode(), ContentType="text/plain")
    write_json(s3(), Place(place.bucket, f"{place.key}.json"), record)
    print(text)
    return {**record, "mail_subject": mail_subject(told), "page": f"{place}.txt"}


def mail_report(group: DatasetGroup, told: dict[str, Any]) -> None:
    """Mail the report's page, if it needs a person or people want it every night."""
    if not told["needs_a_person"] and group.alerts.nightly_report == "problems":
        raise AirflowSkipException("Nothing in the report needs a person.")
    page = read_bytes(s3(), Place.of(told["page"]))
    send_report(group.alerts.to, told["mail_subject"], (page or b"").decode(), group.alerts.webhook)


def _places(group: DatasetGroup, kind: DatasetType) -> NightPlaces:
    return NightPlaces(group.storage, kind, run_key(get_current_context()["dag_run"]))


def _plan(group: DatasetGroup, kind: DatasetType) -> Any:
    planned = written.read_plan(s3(), _places(group, kind))
    if planned is None:
        raise AirflowFailException(f"The plan of {kind} is not there any more: clear {kind}.plan and what follows it.")
    return planned


def _night(group: DatasetGroup, kind: DatasetType, stopped: dict[str, Any] | None) -> Any:
    """The night as recorded or gathered, or as it would have been, had it not been stopped; None where nothing is."""
    if stopped:
        return written.night_of(stopped["night"]) if stopped["night"] else None
    places = _places(group, kind)
    return written.read_record(s3(), places) or written.read_night(s3(), places)


def _stopped(kind: DatasetType) -> dict[str, Any] | None:
    """Why the dataset was not imported although there may have been something to import."""
    context = get_current_context()
    ti, run = context["ti"], context["dag_run"]
    states = ti.get_task_states(dag_id=run.dag_id, run_ids=[run.run_id], task_group_id=kind)[run.run_id]
    failed = sorted(task_id for task_id, state in states.items() if state == "failed")
    if not failed:
        return None
    why = f"{', '.join(failed)} failed; a mail of its own says why. Clear it when the cause is mended."
    return ti.xcom_pull(task_ids=f"{kind}.gather", key="stopped") or {"why": why, "night": None}


def _job(group: DatasetGroup, kind: DatasetType, run: str) -> str:
    return PersonalizeHook(aws_conn_id=AWS_CONN_ID).import_job_fate(import_name(group, kind), run)


def _fate(group: DatasetGroup, kind: DatasetType, other: Any) -> Any:
    """What became of another run's night: the import job tells, and the run's state in Airflow.

    A night that was partly sent as events is never given up: it goes on when its run is cleared.
    """
    job = _job(group, kind, other.run_key)
    if job == "imported":
        return "imported"
    sent = read_bytes(s3(), NightPlaces(group.storage, kind, other.run_key).sent) is not None
    state = get_current_context()["ti"].get_dagrun_state(other.dag_id, other.run_id)
    return "going on" if job == "going on" or sent or state in GOES_ON else "over"
