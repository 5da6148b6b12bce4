"""Dataset group files: what is wrong is said with file, line, key and what is allowed, all at once."""

from pathlib import Path

import pytest

from include.config import ConfigError, load, load_file

MOVIES = (Path(__file__).parents[3] / "include/dataset_groups/movies.yaml").read_text()


def write(folder: Path, text: str, name: str = "movies.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def changed(*changes: tuple[str, str]) -> str:
    text = MOVIES
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must stand in movies.yaml once"
        text = text.replace(old, new)
    return text


def test_the_file_that_ships_is_right() -> None:
    (group,) = load()

    assert group.name == "movies"
    assert group.solutions[0].create["performAutoTraining"] is False  # the service's default is true


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("floors:", "flors:", "solutions.0.gate.flors", "unknown key. Allowed: floors, max_drop"),
        ("alerts:\n", "alerts:\n  cc: [x]\n", "alerts.cc", "unknown key. Allowed: to"),
        ("role: PersonalizeS3Access", "", "role", "missing, and needed"),
        ("role: PersonalizeS3Access", "role: arn:aws:iam::1:role/x", "role", "should match pattern"),
        (
            "full_every_days: 7",
            "full_every_days: 0",
            "solutions.0.cadence.full_every_days",
            "greater than or equal to 1",
        ),
        ("full_every_days: 7", "full_every_days: soon", "solutions.0.cadence.full_every_days", "valid integer"),
        ("aws-user-personalization", "aws-sims", "solutions.0.cadence", "aws-sims has no trainingMode=UPDATE"),
        ("s3://movies-braze", "movies-braze", "storage.delivery", "allowed: s3://bucket"),
        ("s3://movies-braze", "s3://movies-braze/", "storage.delivery", "without a slash at the end"),
        ('"0 5 * * *"', '"5 o\'clock"', "schedules.export", "should match pattern"),
        ("numResults: 12", "numResult: 12", "solutions.0.exports.0.create", "Did you mean numResults?"),
        ("numResults: 12", "numResults: many", "solutions.0.exports.0.create", "Invalid type for parameter numResults"),
        ("numResults: 12", "roleArn: x", "solutions.0.exports.0.create", "roleArn is supplied by the programme"),
        ("minProvisionedTPS: 1", "minProvisionedTPS: 0", "solutions.0.campaign.create", "valid min value: 1"),
        (
            "minProvisionedTPS: 1",
            "minProvisionedTPS: 1\n        solutionVersionArn: x",
            "solutions.0.campaign.create",
            "solutionVersionArn is supplied by the programme",
        ),
        (
            "campaignConfig: {",
            "campaignConfig: {syncWithLatestSolutionVersion: true, ",
            "solutions.0.campaign.create",
            "versions that the gate blocked. Allowed: false",
        ),
        (
            "    create:\n      name: movies-for-you\n    cad",
            "    create:\n      name: movies-for-you\n      performAutoTraining: true\n    cad",
            "solutions.0.create",
            "performAutoTraining: versions the service trains pass no gate. Allowed: false",
        ),
        (
            "    create:\n      name: movies-for-you\n    cad",
            "    create:\n      name: movies for you\n    cad",
            "solutions.0.create",
            "1 to 63 letters, digits, - and _",
        ),
        ("create: {name: movies}", "create: {}", "dataset_group.create", 'Missing required parameter in input: "name"'),
        ("coverage: 0.02", "covrage: 0.02", "solutions.0.gate.floors", "covrage: no such metric. Allowed: coverage"),
        ("coverage_collapse: 0.5", "max_drop: {coverage: 40}", "solutions.0.gate.max_drop.coverage", "less than 1"),
        ("compare: [norm", "compare: [coverage, norm", "solutions.0.gate.compare", "coverage: no mean over test users"),
        (
            "false_block_rate: 0.02",
            "false_block_rate: 2",
            "solutions.0.gate.false_block_rate",
            "less than or equal to 0.2",
        ),
        (
            "{name: TIMESTAMP, type: long}",
            "{name: TIMESTAMP, type: int}",
            "datasets.interactions.schema.2",
            "TIMESTAMP must be there with type",
        ),
        (
            "min_items: 3",
            "min_items: 11",
            "solutions.0.exports.0.braze",
            "min_items is 11; allowed: at most max_items, 10",
        ),
        ("shape: ids", "shape: objects", "solutions.0.exports.0.braze", "fields name the Items columns"),
        (
            "shape: ids",
            "shape: objects, fields: {name: TITEL}",
            "solutions",
            "TITEL: no column of datasets.items. Allowed: ITEM_ID, TITLE, GENRES",
        ),
        ("to: [data-engineering@example.com]", "to: []", "alerts.to", "at least 1 item"),
        (
            "to: [data-engineering@example.com]",
            "to: [me@example.com]\n  webhook: https://x/y",
            "alerts.webhook",
            "match pattern",
        ),
        ("update_between: true", "update_every_hours: 1", "solutions.0.cadence", "needs update_between: true"),
        ("update_between: true", "update_every_hours: 5", "solutions.0.cadence.update_every_hours", "1, 2, 3, 4, 6, 8"),
        ("coverage_collapse: 0.5", "on_block: ask\n    backtest: {}", "solutions.0.backtest", "would be held again"),
        ("coverage_collapse: 0.5", "ask_hours: 48", "solutions.0.gate.ask_hours", "less than or equal to 24"),
        ("data_hours: 36", "data_hours: 0", "freshness.data_hours", "greater than 0"),
        ("training_hour: 0.24", "training_hour: -1", "prices.training_hour", "greater than or equal to 0"),
        ("currency: USD", "currency: dollars", "prices.currency", "match pattern '^[A-Z]{3}$'"),
        ("version_days: 9", "version_weeks: 2", "freshness.version_weeks", "unknown key. Allowed: data_hours, version"),
        ("nightly_report: problems", "nightly_report: never", "alerts.nightly_report", "'problems' or 'always'"),
    ],
)
def test_an_error_names_file_line_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, key: str, says: str
) -> None:
    text = changed((old, new))
    file = write(tmp_path, text)

    with pytest.raises(ConfigError) as error:
        load_file(file)

    (line,) = str(error.value).splitlines()
    place, _, rest = line.partition(": ")
    number = int(place.removeprefix(f"{file}:"))
    assert rest.startswith(f"{key}: ")
    assert says in rest
    named = key.rpartition(".")[2]
    written = text.splitlines()[number - 1]
    assert named in written or named in ("role", "name") or named.isdigit()


def test_every_problem_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    write(
        tmp_path, changed(("floors:", "flors:"), ("numResults: 12", "numResult: 12"), ("min_items: 3", "min_items: 0"))
    )
    write(tmp_path, changed(("alerts:", "alert:")), "other.yaml")

    with pytest.raises(ConfigError) as error:
        load(tmp_path)

    lines = str(error.value).splitlines()
    assert [("movies.yaml" in line, "other.yaml" in line) for line in lines] == [(True, False)] * 3 + [
        (False, True)
    ] * 2


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no *.yaml file here"),
        ({"a.yaml": ""}, "a.yaml: empty"),
        ({"a.yaml": "a: [1"}, "a.yaml: not YAML"),
        ({"a.yaml": MOVIES, "b.yaml": MOVIES}, "dataset group movies stands in more than one file"),
        (
            {"a.yaml": MOVIES, "b.yaml": changed(("{name: movies}", "{name: films}"))},
            "storage.workspace s3://movies-workspace stands in more than one file",
        ),
    ],
)
def test_folders_that_cannot_be_used(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        write(tmp_path, text, name)

    with pytest.raises(ConfigError) as error:
        load(tmp_path)

    assert says in str(error.value)


def test_a_solution_named_twice_is_refused(tmp_path: Path) -> None:
    head, solution = MOVIES.split("solutions:\n")
    file = write(tmp_path, f"{head}solutions:\n{solution}{solution}")

    with pytest.raises(ConfigError, match="name movies-for-you stands twice"):
        load_file(file)
