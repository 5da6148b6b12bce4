"""Random call sequences over the whole control plane and the runtime: the service never breaks a promise of its API.

After every call: no 500; the answer fits its output shape; an error is one that the books expect, and none is missing.
Held throughout: names are taken once, parents outlive children, statuses only follow the graph of Amazon's states,
a List shows exactly what was made and not deleted, and whatever a description names can itself be described.
"""

import itertools
import json
import re

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from include.local_personalize.actions import offered
from include.local_personalize.protocol.service_models import SERVICES
from tests.include.local_personalize.books import Books, Entry
from tests.include.local_personalize.contract import DELETION_ORDER
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import ROLE, camel, checkerboard, schema_text
from tests.waiting import until

HOURS_A_DAY = 24
AN_HOUR_AND_A_BIT = 1.01  # the books' hour, longer than the service's states by more than a run takes
SETTINGS = settings(
    max_examples=16,
    stateful_step_count=50,
    phases=[Phase.generate],  # shrinking would repeat a failure on a real server for minutes; the steps are printed
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
RECIPE = "arn:aws:personalize:::recipe/aws-popularity-count"
LISTS = {  # resource: (operation, key of the answer)
    "dataset_group": ("list_dataset_groups", "datasetGroups"),
    "schema": ("list_schemas", "schemas"),
    "dataset": ("list_datasets", "datasets"),
    "solution": ("list_solutions", "solutions"),
    "solution_version": ("list_solution_versions", "solutionVersions"),
    "campaign": ("list_campaigns", "campaigns"),
    "event_tracker": ("list_event_trackers", "eventTrackers"),
    "filter": ("list_filters", "Filters"),
    "dataset_import_job": ("list_dataset_import_jobs", "datasetImportJobs"),
    "dataset_export_job": ("list_dataset_export_jobs", "datasetExportJobs"),
}
CHOICE = st.integers(0, 2**16)
LETTER = st.sampled_from("ab")
regions = itertools.count(1)


def offers(operation):
    return operation in {xform_name(name) for name in offered()}


class Caller(RuleBasedStateMachine):
    """A caller who tries everything and keeps books."""

    server: Server
    files: dict[str, str]

    def __init__(self):
        super().__init__()
        self.books = Books()
        # A region of its own: whatever an earlier example has left is out of sight, lists and quotas included.
        region = f"region-{next(regions)}"
        self.api, self.runtime, self.events = (watched(self.server.client(each, region)) for each in SERVICES)
        self.origin = self.server.http("GET", "/_local/clock").json()["offset_days"]
        self.numbers = itertools.count(1)

    # One call, judged.

    def call(self, operation, must=(), may=(), client=None, **request):
        """The answer, or None where the call was refused as the books say; ``must`` and ``may`` hold error codes."""
        must, may = {f"{code}Exception" for code in must}, {f"{code}Exception" for code in may}
        try:
            answer = getattr(client or self.api, operation)(**request)
        except ClientError as error:
            answer, code = None, error.response["Error"]["Code"]
        else:
            code = None
        expected = must | may if must else may | {None}
        assert code in expected, f"{operation}({request}) gave {code or 'success'}; expected {expected}"
        return answer

    def unready(self, *entries):
        """The error that a call must get which needs these to be ACTIVE."""
        return {"ResourceInUse"} if not all(self.books.active(entry) for entry in entries) else set()

    def taken(self, resource, name):
        return {"ResourceAlreadyExists"} if any(one.name == name for one in self.books.all(resource)) else set()

    def full(self, entries, limit):
        """The error where one more is too many: for certain, and if those being deleted count (not documented)."""
        staying = [one for one in entries if one.phase != "DELETE"]
        return (
            {"LimitExceeded"} if len(staying) >= limit else set(),
            {"LimitExceeded"} if len(entries) >= limit else set(),
        )

    def one(self, choice, *resources):
        found = self.books.all(*resources)
        return found[choice % len(found)] if found else None

    def fresh(self, stem):
        return f"{stem}-{next(self.numbers)}"

    def made(self, resource, answer, name, under=(), works=False, **facts):
        if answer is not None:
            arn = answer[f"{camel(resource)}Arn"]
            self.books.add(Entry(resource, arn, name, self.books.hour, under, works=works, facts=facts))

    def see(self, entry):
        """Describe an entry and hold the description against the books."""
        described = self.call(f"describe_{entry.resource}", **{f"{camel(entry.resource)}Arn": entry.arn})
        described = described[camel(entry.resource)]
        assert described[f"{camel(entry.resource)}Arn"] == entry.arn
        status = described.get("status")
        if entry.phase == "STOP":
            assert status in ("CREATE STOPPING", "CREATE STOPPED")
        else:
            assert status == self.books.status(entry), entry.arn
        if status:
            entry.saw(status)
            assert bool(described.get("failureReason")) == (status == "CREATE FAILED")
        return described

    # Making things.

    @initialize(depth=st.sampled_from([5, 4, 5, 3, 0]), hours=st.integers(0, 2))
    def a_shop_that_is_already_open(self, depth, hours):
        """Random steps alone would seldom come as far as a campaign."""
        steps = [
            (lambda: self.create_group("a"), lambda: self.create_schema("a", "Interactions")),
            (lambda: self.create_dataset(0, 0, "Interactions"), lambda: self.create_solution(0, "a")),
            (lambda: self.import_data(0, "good", "FULL"), lambda: self.create_filter(0, "a", True)),
            (lambda: self.create_version(0, "FULL"), lambda: self.create_tracker(0)),
            (lambda: self.create_campaign(0, "a"),),
        ]
        for number, together in enumerate(steps[:depth], 1):
            for step in together:
                step()
            self.time_passes(hours if number == depth else 2)

    @rule(letter=LETTER)
    def create_group(self, letter):
        name = letter
        must, may = self.full(self.books.all("dataset_group"), 5)
        taken = self.taken("dataset_group", name)
        answer = self.call("create_dataset_group", taken or must, may | must, name=name)
        self.made("dataset_group", answer, name)

    @rule(letter=LETTER, kind=st.sampled_from(["Interactions", "Users", "Items"]))
    def create_schema(self, letter, kind):
        name = f"{letter}-{kind}"
        answer = self.call("create_schema", self.taken("schema", name), name=name, schema=schema_text(kind))
        self.made("schema", answer, name, kind=kind)

    @precondition(lambda self: self.books.all("schema") and self.books.all("dataset_group"))
    @rule(group=CHOICE, schema=CHOICE, kind=st.sampled_from(["Interactions", "Interactions", "users", "ITEMS"]))
    def create_dataset(self, group, schema, kind):
        group, schema = self.one(group, "dataset_group"), self.one(schema, "schema")
        wrong = {"InvalidInput"} if schema.facts["kind"].lower() != kind.lower() else set()
        arn = f"{group.arn.replace('dataset-group/', 'dataset/')}/{kind.upper()}"
        taken = {"ResourceAlreadyExists"} if arn in self.books.entries else set()
        must = self.unready(group) | wrong | taken
        name = self.fresh("dataset")
        request = {"datasetGroupArn": group.arn, "schemaArn": schema.arn, "datasetType": kind}
        self.made(
            "dataset", self.call("create_dataset", must, name=name, **request), name, (group, schema), kind=kind.upper()
        )

    @precondition(lambda self: self.books.all("dataset"))
    @rule(
        dataset=CHOICE,
        file=st.sampled_from(["good", "good", "bad", "missing"]),
        mode=st.sampled_from(["FULL", "FULL", "INCREMENTAL"]),
    )
    def import_data(self, dataset, file, mode):
        dataset = self.one(dataset, "dataset")
        flying = [one for one in self.books.all("dataset_import_job") if self.books.moving(one)]
        must, _ = self.full(flying, 5)
        if mode == "INCREMENTAL" and "imported" not in dataset.facts:
            must |= {"InvalidInput"}
        name = self.fresh("import")
        location = {"dataLocation": self.files[dataset.facts["kind"] if file == "good" else file]}
        request = {"datasetArn": dataset.arn, "dataSource": location, "importMode": mode, "roleArn": ROLE}
        answer = self.call("create_dataset_import_job", must | self.unready(dataset), jobName=name, **request)
        self.made("dataset_import_job", answer, name, (dataset,), works=True, file=file)

    @precondition(lambda self: offers("create_dataset_export_job") and self.books.all("dataset"))
    @rule(dataset=CHOICE)
    def export_data(self, dataset):
        dataset = self.one(dataset, "dataset")
        name = self.fresh("export")
        place = {"s3DataDestination": {"path": f"s3://shop/stateful/{self.api.meta.region_name}/{name}/"}}
        request = {"datasetArn": dataset.arn, "jobOutput": place, "roleArn": ROLE, "ingestionMode": "ALL"}
        answer = self.call("create_dataset_export_job", self.unready(dataset), jobName=name, **request)
        self.made("dataset_export_job", answer, name, (dataset,), works=True)

    @precondition(lambda self: self.books.all("dataset_group"))
    @rule(group=CHOICE, letter=LETTER)
    def create_solution(self, group, letter):
        group, name = self.one(group, "dataset_group"), letter
        request = {"datasetGroupArn": group.arn, "recipeArn": RECIPE, "performAutoTraining": False}
        must = self.unready(group) | self.taken("solution", name)
        self.made("solution", self.call("create_solution", must, name=name, **request), name, (group,))

    @precondition(lambda self: self.books.all("solution"))
    @rule(solution=CHOICE, mode=st.sampled_from(["FULL", "FULL", "FULL", "UPDATE"]))
    def create_version(self, solution, mode):
        solution = self.one(solution, "solution")
        flying = [one for one in self.books.all("solution_version") if self.books.moving(one)]
        must, _ = self.full([one for one in flying if one.phase == "CREATE"], 20)
        must |= self.unready(solution) | ({"InvalidInput"} if mode == "UPDATE" else set())
        answer = self.call("create_solution_version", must, solutionArn=solution.arn, trainingMode=mode)
        self.made("solution_version", answer, "", (solution, *solution.under), works=True)

    @precondition(lambda self: self.books.all("solution_version"))
    @rule(version=CHOICE, letter=LETTER)
    def create_campaign(self, version, letter):
        version, name = self.one(version, "solution_version"), letter
        must = self.unready(version) | self.taken("campaign", name)
        answer = self.call("create_campaign", must, name=name, solutionVersionArn=version.arn)
        self.made("campaign", answer, name, (version, version.under[0]))

    @precondition(lambda self: offers("create_event_tracker") and self.books.all("dataset_group"))
    @rule(group=CHOICE)
    def create_tracker(self, group):
        group = self.one(group, "dataset_group")
        must, may = self.full(self.books.on(group, "event_tracker"), 1)
        interactions = [one for one in self.books.on(group, "dataset") if one.facts["kind"] == "INTERACTIONS"]
        must |= self.unready(group) | (self.unready(interactions[0]) if interactions else {"InvalidInput"})
        name = self.fresh("tracker")
        answer = self.call(
            "create_event_tracker", must, may | {"ResourceAlreadyExists"} & must, name=name, datasetGroupArn=group.arn
        )
        self.made("event_tracker", answer, name, (group,), tracking=answer and answer["trackingId"])

    @precondition(lambda self: offers("create_filter") and self.books.all("dataset_group"))
    @rule(group=CHOICE, letter=LETTER, sound=st.booleans())
    def create_filter(self, group, letter, sound):
        group, name = self.one(group, "dataset_group"), letter
        expression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")' if sound else "EXCLUDE everything"
        without = not any(one.facts["kind"] == "INTERACTIONS" for one in self.books.on(group, "dataset"))
        must = self.unready(group) | self.taken("filter", name) | (set() if sound else {"InvalidInput"})
        may = {"InvalidInput"} if without else set()
        answer = self.call(
            "create_filter", must, may, name=name, datasetGroupArn=group.arn, filterExpression=expression
        )
        self.made("filter", answer, name, (group,))

    # Changing and using them.

    @precondition(lambda self: self.books.all("campaign"))
    @rule(campaign=CHOICE, version=CHOICE)
    def update_campaign(self, campaign, version):
        campaign, version = self.one(campaign, "campaign"), self.one(version, "solution_version")
        must = self.unready(campaign, version) | ({"ResourceInUse"} if self.books.updating(campaign) else set())
        if self.call("update_campaign", must, campaignArn=campaign.arn, solutionVersionArn=version.arn):
            campaign.updating_since = self.books.hour
            # Until the update is done both versions are in use, and afterwards the old one may go.
            campaign.under = (version, version.under[0], *campaign.under)

    @precondition(lambda self: self.books.all("solution_version"))
    @rule(version=CHOICE)
    def stop_version(self, version):
        version = self.one(version, "solution_version")
        underway = self.books.status(version) in ("CREATE PENDING", "CREATE IN_PROGRESS")
        must = set() if underway else {"ResourceInUse"}
        if self.call("stop_solution_version_creation", must, solutionVersionArn=version.arn) is not None:
            version.phase = "STOP"
            until(lambda: self.see(version)["status"] == "CREATE STOPPED", f"{version.arn} is stopped", 20)
            version.phase, version.outcome, version.since = "CREATE", "CREATE STOPPED", self.books.hour - 2

    @precondition(lambda self: self.books.all("solution_version"))
    @rule(version=CHOICE)
    def read_metrics(self, version):
        version = self.one(version, "solution_version")
        answer = self.call("get_solution_metrics", self.unready(version), solutionVersionArn=version.arn)
        assert answer is None or answer["metrics"]

    @precondition(lambda self: self.books.all("campaign"))
    @rule(campaign=CHOICE, limit=st.sampled_from([1, 5, 500, 501]))
    def recommend(self, campaign, limit):
        campaign = self.one(campaign, "campaign")
        must = ({"InvalidInput"} if limit > 500 else set()) | ({"InvalidInput"} if self.unready(campaign) else set())
        request = {"campaignArn": campaign.arn, "userId": "u1", "numResults": limit}
        answer = self.call("get_recommendations", must, client=self.runtime, **request)
        assert answer is None or 1 <= len(answer["itemList"]) <= limit

    @precondition(lambda self: self.books.all("event_tracker"))
    @rule(tracker=CHOICE, events=st.integers(1, 3))
    def put_events(self, tracker, events):
        tracker = self.one(tracker, "event_tracker")
        datasets = [one for one in self.books.on(tracker.under[0], "dataset") if one.facts["kind"] == "INTERACTIONS"]
        ready = datasets and self.books.active(datasets[0]) and self.books.active(tracker)
        event = {"eventType": "watch", "itemId": "i1", "sentAt": 1_700_000_000}
        request = {
            "trackingId": tracker.facts["tracking"],
            "sessionId": "s",
            "userId": "u1",
            "eventList": [event] * events,
        }
        self.call("put_events", set() if ready else {"InvalidInput"}, client=self.events, **request)

    @precondition(lambda self: self.books.all("dataset_group", "dataset", "solution", "campaign"))
    @rule(choice=CHOICE, key=st.sampled_from("ab"), value=st.sampled_from(["", "1"]), add=st.booleans())
    def tag(self, choice, key, value, add):
        entry = self.one(choice, "dataset_group", "dataset", "solution", "campaign")
        may = self.unready(entry)
        if add:
            if (
                self.call("tag_resource", may=may, resourceArn=entry.arn, tags=[{"tagKey": key, "tagValue": value}])
                is not None
            ):
                entry.tags[key] = value
        elif self.call("untag_resource", may=may, resourceArn=entry.arn, tagKeys=[key]) is not None:
            entry.tags.pop(key, None)
        answer = self.call("list_tags_for_resource", resourceArn=entry.arn)
        assert {tag["tagKey"]: tag["tagValue"] for tag in answer["tags"]} == entry.tags

    @rule(hours=st.sampled_from([1, 1, 2]))
    def time_passes(self, hours):
        """The clock moves on; what works is given the moment that its next state takes in real time."""
        for _ in range(hours):  # at the opening it may be none
            gone = self.books.pass_hour()
            days = self.origin + self.books.hour * AN_HOUR_AND_A_BIT / HOURS_A_DAY
            self.server.http("PUT", "/_local/clock", json={"offset_days": days}).raise_for_status()
            for entry in gone:
                arn = {f"{camel(entry.resource)}Arn": entry.arn}
                self.call(f"describe_{entry.resource}", {"ResourceNotFound"}, **arn)
            for entry in [one for one in self.books.entries.values() if one.works and one.phase == "CREATE"]:
                self.wait_for(entry)

    def wait_for(self, entry):
        age = self.books.hour - entry.since
        if age not in (1, 2) or entry.outcome == "CREATE STOPPED":
            return
        wanted = ("CREATE IN_PROGRESS",) if age == 1 else ("ACTIVE", "CREATE FAILED")
        request = {f"{camel(entry.resource)}Arn": entry.arn}

        def described():
            found = self.call(f"describe_{entry.resource}", **request)[camel(entry.resource)]
            entry.saw(found["status"])
            return found if found["status"] in wanted else None

        found = until(described, f"{entry.arn} is {' or '.join(wanted)}", 20)
        if age == 2:
            entry.outcome = found["status"]
        if entry.resource == "dataset_import_job" and age == 2:
            assert (found["status"] == "ACTIVE") == (entry.facts["file"] == "good"), found.get("failureReason")
            entry.under[0].facts |= {"imported": "yes"} if found["status"] == "ACTIVE" else {}

    # Taking them away.

    @precondition(lambda self: self.books.all(*DELETION_ORDER))
    @rule(choice=CHOICE)
    def delete(self, choice):
        self.try_to_delete(self.one(choice, *DELETION_ORDER))

    @precondition(lambda self: self.books.all("dataset"))
    @rule(choice=CHOICE)
    def delete_what_others_need(self, choice):
        self.try_to_delete(self.one(choice, "dataset_group", "dataset", "solution", "schema"))

    def try_to_delete(self, entry):
        must, may = self.in_use(entry)
        arn = {f"{camel(entry.resource)}Arn": entry.arn}
        codes = {"ResourceInUse"}
        if self.call(f"delete_{entry.resource}", codes if must else (), codes if may else (), **arn) is None:
            return False
        if entry.resource == "schema":
            del self.books.entries[entry.arn]
            return True
        versions = self.books.on(entry, "solution_version") if entry.resource == "solution" else []
        for going in [entry, *versions]:
            going.phase, going.since = "DELETE", self.books.hour
        return True

    def in_use(self, entry):
        """Whether a deletion has to be refused, and whether it may be."""
        books, moving = self.books, self.books.moving
        if entry.resource == "schema":
            return bool(books.on(entry, "dataset")), False
        must, may = moving(entry) or books.updating(entry), False
        if entry.resource == "dataset_group":
            must |= bool(books.on(entry, "dataset", "solution", "event_tracker", "filter"))
        elif entry.resource == "dataset":
            works = books.on(entry, "dataset_import_job", "dataset_export_job")
            works += books.on(entry.under[0], "solution_version")
            solutions = books.on(entry.under[0], "solution")
            campaigns = [one for solution in solutions for one in books.on(solution, "campaign")]
            must |= any(map(moving, works)) or any(moving(one) or books.active(one) for one in campaigns)
            may = bool(books.on(entry.under[0], "event_tracker", "filter"))
        elif entry.resource == "solution":
            must |= any(one.under[0] in books.on(entry, "solution_version") for one in books.on(entry, "campaign"))
            must |= any(map(moving, books.on(entry, "solution_version")))
            may = bool(books.on(entry, "campaign"))
        return must, may

    # What always holds.

    @rule(resource=st.sampled_from(sorted(LISTS)), size=st.sampled_from([1, 2, 100]))
    def a_list_shows_exactly_what_is_there(self, resource, size):
        operation, key = LISTS[resource]
        if not offers(operation):
            return
        pages = self.api.get_paginator(operation).paginate(PaginationConfig={"PageSize": size})
        found = [summary for page in pages for summary in page[key]]
        for summary in found:
            entry = self.books.entries.get(summary[f"{camel(resource)}Arn"])
            if entry and entry.phase != "STOP":
                assert summary.get("status") == self.books.status(entry)
        shown = [summary[f"{camel(resource)}Arn"] for summary in found]
        assert len(shown) == len(set(shown))
        expected = [one.arn for one in self.books.all(resource)]
        assert sorted(shown) == sorted(expected)

    @precondition(lambda self: self.books.entries)
    @rule(choice=CHOICE)
    def a_description_fits_the_books(self, choice):
        entries = list(self.books.entries.values())
        self.see(entries[choice % len(entries)])

    @invariant()
    def the_newest_fits_the_books(self):
        if self.books.entries:
            self.see(next(reversed(self.books.entries.values())))

    def teardown(self):
        """Whatever is left names only what is there, and goes in the documented order."""
        there = {entry.arn for entry in self.books.entries.values()}
        for entry in [one for one in self.books.entries.values() if not one.resource.endswith("_job")]:
            named = set(re.findall(r"arn:aws:personalize:[a-z]+[^\"]+", json.dumps(self.see(entry), default=str)))
            assert named <= there, f"{entry.arn} names what is gone"
        self.time_passes(2)
        for resource in DELETION_ORDER:
            for entry in self.books.all(resource):
                assert self.try_to_delete(entry) or entry.phase == "DELETE"
            self.time_passes(2)
        assert self.books.all(*DELETION_ORDER) == []


@pytest.fixture(scope="module")
def caller(environment, tmp_path_factory, put):
    """The machine over a server of its own, every answer of which is held against its output shape."""
    hour = json.dumps({"pending_seconds": 3_600, "in_progress_seconds": 3_600})
    server = Server(tmp_path_factory.mktemp("stateful") / "data", environment, ("--delays", hour)).start()
    lines = {
        "INTERACTIONS": checkerboard(users=50),
        "USERS": ["USER_ID,AGE", "u1,30"],
        "ITEMS": ["ITEM_ID,GENRES,CREATION_TIMESTAMP", "i1,drama,1600000000"],
        "bad": ["USER_ID,SIZE", "u1,2"],
    }
    files = {kind: put(f"stateful/{kind}.csv", content) for kind, content in lines.items()}
    yield type("Caller", (Caller,), {"server": server, "files": files | {"missing": "s3://shop/stateful/none.csv"}})
    assert server.end() == 0


def watched(client):
    client.meta.events.register("after-call", fits_its_shape)
    return client


def fits_its_shape(http_response, parsed, model, **_):
    """Both the raw JSON and what botocore made of it have the members and types of the operation's output shape."""
    assert http_response.status_code < 500, parsed
    if http_response.status_code >= 400 or model.output_shape is None:
        return
    understood = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    for answer in (json.loads(http_response.content), understood):
        report = ParamValidator().validate(answer, model.output_shape)
        assert not report.has_errors(), f"{model.name}: {report.generate_report()}"


def test_no_sequence_of_calls_breaks_a_promise(caller):
    run_state_machine_as_test(caller, settings=SETTINGS)
