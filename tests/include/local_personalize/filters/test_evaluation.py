"""What filters leave, on a shop small enough to see, and against an evaluation row by row."""

import operator
from collections import defaultdict

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.local_personalize import filters
from include.local_personalize.datasets.csv_to_parquet import ARROW_TYPES
from include.local_personalize.engine import EVERYTHING, Allowed
from include.local_personalize.filters import Datasets, Event, Interactions, InvalidExpression, Records
from tests.include.local_personalize.filters.schemas import SCHEMAS

ITEMS = [
    {"ITEM_ID": "jaws", "GENRES": "thriller|sea", "STUDIO": "u", "PRICE": 19.99, "YEAR": 1975},
    {"ITEM_ID": "nemo", "GENRES": "family|sea", "STUDIO": "p", "PRICE": 9.5, "YEAR": 2003},
    {"ITEM_ID": "up", "GENRES": "family", "STUDIO": "p", "PRICE": 12.0, "YEAR": 2009},
    {"ITEM_ID": "bare"},
]
USERS = [{"USER_ID": "ann", "AGE": 30, "TIER": "gold"}, {"USER_ID": "bob", "AGE": 12}]
EVENTS = [
    ("ann", "jaws", "Watch", 10),
    ("ann", "nemo", "click", 20),
    ("bob", "up", "watch", 30),
    ("bob", "old", "watch", 5),
]


def table(kind, rows):
    columns = SCHEMAS[kind].columns
    return pa.table(
        {column.name: pa.array([row.get(column.name) for row in rows], ARROW_TYPES[column.type]) for column in columns}
    )


def events_table(events):
    return table("INTERACTIONS", [dict(zip(("USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"), event, strict=True))
                                  for event in events])  # fmt: skip


def part(folder, content):
    file = folder / f"{len(list(folder.iterdir()))}.parquet"
    pq.write_table(content, file)
    return file


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    records = {
        "ITEMS": Records(SCHEMAS["ITEMS"], [part(folder, table("ITEMS", ITEMS))]),
        "USERS": Records(SCHEMAS["USERS"], [part(folder, table("USERS", USERS))]),
    }
    interactions = Interactions("INTERACTIONS", [part(folder, events_table(EVENTS))])
    return Datasets(records.__getitem__, lambda _: interactions)


def left(datasets, expression, user="ann", item="", **values):
    return filters.allowed(filters.parse(expression), values, datasets, user, item)


def only(*ids):
    return Allowed(frozenset(ids), only=True)


def but(*ids):
    return Allowed(frozenset(ids))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('INCLUDE ItemID WHERE Items.GENRES IN ("sea")', only("jaws", "nemo")),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("Sea")', only()),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("family|sea")', only()),
        ('INCLUDE ItemID WHERE Items.GENRES NOT IN ("sea")', only("up", "bare")),
        ('EXCLUDE ItemID WHERE Items.GENRES IN ("sea", "family")', but("jaws", "nemo", "up")),
        ("INCLUDE ItemID WHERE Items.PRICE = 19.99", only("jaws")),
        ("INCLUDE ItemID WHERE Items.PRICE != 19.99", only("nemo", "up", "bare")),
        ("INCLUDE ItemID WHERE Items.PRICE < 19.99", only("nemo", "up")),
        ('INCLUDE ItemID WHERE Items.YEAR IN (1975, "2009")', only("jaws", "up")),
        ('INCLUDE ItemID WHERE Items.STUDIO IN ("u") OR Items.YEAR > 2000 AND Items.PRICE < 10', only("jaws", "nemo")),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")', but("jaws")),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', only("jaws", "nemo")),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("WATCH")', only("nemo")),
        (
            'INCLUDE ItemID WHERE Items.GENRES IN ("sea") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")',
            only("jaws"),
        ),
        (
            'EXCLUDE ItemID WHERE Items.STUDIO IN ("p") | INCLUDE ItemID WHERE Items.YEAR > 2005'
            ' | INCLUDE ItemID WHERE Items.STUDIO IN ("u")',
            only("jaws"),
        ),
        ('EXCLUDE ItemID WHERE Items.STUDIO IN ("u") | EXCLUDE ItemID WHERE Items.YEAR = 2009', but("jaws", "up")),
        ("INCLUDE ItemID WHERE Items.YEAR > 2005 IF CurrentUser.AGE > 18", only("up")),
        ("INCLUDE ItemID WHERE Items.YEAR > 2005 IF CurrentUser.AGE < 18", EVERYTHING),
        ('EXCLUDE ItemID WHERE Items.YEAR > 2005 IF CurrentUser.AGE > 18 AND CurrentUser.TIER = "gold"', but("up")),
        ('EXCLUDE ItemID WHERE Items.YEAR > 2005 IF CurrentUser.AGE > 18 AND CurrentUser.TIER != "gold"', EVERYTHING),
        ('INCLUDE UserID WHERE Users.TIER IN ("gold")', only("ann")),
        ('EXCLUDE UserID WHERE Users.TIER NOT IN ("gold")', but("bob")),
        ('INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("WATCH")', only("ann", "bob")),
        ('EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click")', but("ann")),
    ],
)
def test_an_expression_leaves(datasets, expression, expected):
    assert left(datasets, expression) == expected


@pytest.mark.parametrize(
    ("item", "expected"), [("jaws", only("nemo")), ("nemo", only()), ("bare", only()), ("none", only())]
)
def test_the_current_item_is_compared_with(datasets, item, expected):
    expression = "INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES AND Items.PRICE < CurrentItem.PRICE"
    assert left(datasets, expression, item=item) == expected


def test_an_unknown_user_has_neither_events_nor_metadata(datasets):
    nobody = {"datasets": datasets, "user": "nobody"}
    assert left(expression='INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', **nobody) == only()
    assert left(expression="EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 0", **nobody) == EVERYTHING
    assert left(expression="EXCLUDE ItemID WHERE Items.YEAR > 2005 IF CurrentUser.AGE != 0", **nobody) == but("up")


def test_values_come_with_the_request(datasets):
    include = "INCLUDE ItemID WHERE Items.GENRES IN ($GENRES) AND Items.YEAR > $YEAR"
    assert left(datasets, include, GENRES='"sea","thriller"', YEAR="1990") == only("nemo")
    assert left(datasets, include, GENRES='"family"', YEAR='"2005"') == only("up")
    types = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPES)"
    assert left(datasets, types, TYPES='"*"') == but("jaws", "nemo")
    two = f"{types} | EXCLUDE ItemID WHERE Items.YEAR > $YEAR"
    assert left(datasets, two, YEAR="2005") == but("up"), "an EXCLUDE without its values is left out"
    assert left(datasets, two) == EVERYTHING


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"GENRES": '"sea"'}, "needed for every parameter of INCLUDE: YEAR"),
        ({"GENRES": '"sea"', "YEAR": "1", "MOOD": '"dark"'}, "no parameter MOOD"),
        ({"GENRES": "sea", "YEAR": "1"}, "value of \\$GENRES must be numbers, or strings in double quotes"),
        ({"GENRES": "3", "YEAR": "1"}, 'write "3" in double quotes'),
        ({"GENRES": '"*"', "YEAR": "1"}, "is for EVENT_TYPE"),
        ({"GENRES": '"sea"', "YEAR": '"late"'}, 'which "late" is not'),
        ({"GENRES": '"sea"', "YEAR": "1,2"}, "needs one value, not 2"),
        ({"GENRES": '"sea"', "YEAR": "$GENRES"}, "cannot stand for another"),
    ],
)
def test_values_that_do_not_fit(datasets, values, reason):
    with pytest.raises(InvalidExpression, match=reason):
        left(datasets, "INCLUDE ItemID WHERE Items.GENRES IN ($GENRES) AND Items.YEAR > $YEAR", **values)


def test_the_same_question_has_the_same_answer_object(datasets):
    """Engines may keep what they derive from it."""
    expression = "INCLUDE ItemID WHERE Items.YEAR > 2001"
    assert left(datasets, expression).ids is left(datasets, expression).ids


def test_newer_records_replace_older_ones(tmp_path):
    old = part(tmp_path, table("ITEMS", ITEMS).select(["ITEM_ID", "YEAR"]))  # from before the other columns
    new = part(tmp_path, table("ITEMS", [{"ITEM_ID": "up", "YEAR": 2}, {"ITEM_ID": "aa", "PRICE": 19.99}]))
    records = Records(SCHEMAS["ITEMS"], [old, new], table("ITEMS", [{"ITEM_ID": "jaws", "YEAR": 1}]))
    assert records.ids.to_pylist() == ["aa", "bare", "jaws", "nemo", "up"]
    assert records.metadata("up", ["YEAR", "STUDIO"]) == {"YEAR": "2"}
    assert records.metadata("jaws", ["YEAR"]) == {"YEAR": "1"}
    assert records.metadata("aa", ["PRICE", "YEAR"]) == {"PRICE": "19.99"}
    assert records.metadata("zz", ["PRICE"]) == {}


WATCHED = ((filters.evaluation.Test("EVENT_TYPE", filters.expression.Operator.IN, ("watch",)),),)


def test_the_latest_hundred_events_of_each_type_count(tmp_path):
    """105 watches and 3 clicks of one user, oldest first; then one newer watch that is not in the bulk data."""
    watches = [("ann", f"w{at}", "watch", 100 + at) for at in range(105)]
    bulk = part(tmp_path, events_table([*watches, *(("ann", f"c{at}", "click", at) for at in range(3))]))
    interactions = Interactions("INTERACTIONS", [bulk])
    assert interactions.subjects("ann", WATCHED) == {f"w{at}" for at in range(5, 105)}
    put = events_table([("ann", "new", "Watch", 1_000)])
    expected = {"new", *(f"w{at}" for at in range(6, 105))}
    assert Interactions("INTERACTIONS", [bulk], put).subjects("ann", WATCHED) == expected
    assert interactions.subjects("ann", WATCHED, [Event("new", "Watch", 1_000)]) == expected
    assert interactions.subjects("ann", WATCHED, [Event("new", "Watch", 0)]) == {f"w{at}" for at in range(5, 105)}


@pytest.mark.parametrize("unit", [1, 1_000_000_000])
def test_events_as_old_as_the_hundredth_count_too(tmp_path, unit):
    """60 watches each at moments 3, 2 and 1 of one user, and one at 0; another user has few enough to keep all."""
    watches = [("ann", f"w{time}-{at}", "watch", time * unit) for time in (1, 3, 2) for at in range(60)]
    few = [("bob", f"b{at}", "watch", at) for at in range(100)]
    bulk = part(tmp_path, events_table([*watches, ("ann", "oldest", "watch", 0), *few]))
    interactions = Interactions("INTERACTIONS", [bulk])
    expected = {f"w{time}-{at}" for time in (3, 2) for at in range(60)}
    assert interactions.subjects("ann", WATCHED) == expected
    assert interactions.subjects("ann", WATCHED, [Event("ancient", "watch", -1)]) == expected
    assert interactions.subjects("bob", WATCHED) == {f"b{at}" for at in range(100)}


def test_a_dataset_without_data_leaves_what_it_must():
    empty = Datasets(lambda kind: Records(SCHEMAS[kind], []), lambda kind: Interactions(kind, []))
    assert left(empty, 'INCLUDE ItemID WHERE Items.GENRES IN ("sea")') == only()
    assert left(empty, 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")') == EVERYTHING
    assert left(empty, 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("*")') == only()


# The same, drawn at random and evaluated row by row in plain Python.

WORDS = st.sampled_from(["sea", "war", "Sea"])
GENRES = st.none() | st.lists(WORDS, min_size=1, max_size=3).map("|".join)
YEARS = st.none() | st.integers(-3, 3)
IDS = st.sampled_from([f"i{at}" for at in range(8)])
ITEM_ROWS = st.lists(
    st.fixed_dictionaries({"ITEM_ID": IDS, "GENRES": GENRES, "STUDIO": st.none() | WORDS, "YEAR": YEARS}), max_size=12
)
TYPES = st.sampled_from(["buy", "Buy", "view"])
EVENT_ROWS = st.lists(st.tuples(st.sampled_from(["ann", "bob"]), IDS, TYPES, st.integers(0, 50)), max_size=20)
COMPARED = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@st.composite
def conditions(draw):
    """An expression's condition and its meaning for one row."""
    kind = draw(st.sampled_from(["words", "number", "same genre"]))
    if kind == "number":
        sign, number = draw(st.sampled_from(sorted(COMPARED))), draw(st.integers(-3, 3))
        return (
            f"Items.YEAR {sign} {number}",
            lambda row, _: sign == "!=" if row["YEAR"] is None else COMPARED[sign](row["YEAR"], number),
        )
    negated = draw(st.booleans())
    verb = "NOT IN" if negated else "IN"
    if kind == "same genre":
        return (
            f"Items.GENRES {verb} CurrentItem.GENRES",
            lambda row, current: bool(parts(row["GENRES"]) & parts(current["GENRES"])) != negated,
        )
    field, words = draw(st.sampled_from(["GENRES", "STUDIO"])), draw(st.lists(WORDS, min_size=1, max_size=2))
    listed = ", ".join(f'"{word}"' for word in words)
    return (
        f"Items.{field} {verb} ({listed})",
        lambda row, _: bool((parts(row[field]) if field == "GENRES" else {row[field]}) & set(words)) != negated,
    )


def parts(text):
    return set() if text is None else set(text.split("|"))


@st.composite
def expressions(draw):
    """An expression, whether it includes, and the ids that it selects of items, current item and events of ann."""
    includes = draw(st.booleans())
    verb = "INCLUDE" if includes else "EXCLUDE"
    if draw(st.booleans()):
        wanted, negated = draw(st.lists(TYPES | st.just("*"), min_size=1, max_size=2)), draw(st.booleans())
        listed = ", ".join(f'"{word}"' for word in wanted)
        text = f"{verb} ItemID WHERE Interactions.EVENT_TYPE {'NOT IN' if negated else 'IN'} ({listed})"
        lower = {word.lower() for word in wanted}
        return (
            text,
            includes,
            lambda _, __, events: {
                item
                for user, item, kind, _ in events
                if user == "ann" and (kind.lower() in lower or "*" in lower) != negated
            },
        )
    groups = draw(st.lists(st.lists(conditions(), min_size=1, max_size=3), min_size=1, max_size=2))
    text = " OR ".join(" AND ".join(words for words, _ in group) for group in groups)
    return (
        f"{verb} ItemID WHERE {text}",
        includes,
        lambda items, current, _: {
            item
            for item, row in items.items()
            if any(all(meaning(row, current) for _, meaning in group) for group in groups)
        },
    )


@settings(max_examples=100, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ITEM_ROWS, ITEM_ROWS, EVENT_ROWS, EVENT_ROWS, st.lists(expressions(), min_size=1, max_size=3), IDS)
def test_whole_columns_say_the_same_as_row_by_row(tmp_path, bulk, put, events, recent, drawn, current_id):
    part_file, events_file = tmp_path / "items.parquet", tmp_path / "events.parquet"
    pq.write_table(table("ITEMS", bulk), part_file)
    pq.write_table(events_table(events), events_file)
    records = Records(SCHEMAS["ITEMS"], [part_file], table("ITEMS", put))
    interactions = Interactions("INTERACTIONS", [events_file])
    put_events = [Event(item, kind, time) for user, item, kind, time in recent if user == "ann"]
    datasets = Datasets(lambda _: records, lambda _: interactions, lambda _, __: put_events)

    items = {row["ITEM_ID"]: row for row in [*bulk, *put]}
    current = items.get(current_id, defaultdict(lambda: None))
    selected = [(includes, meaning(items, current, events + recent)) for _, includes, meaning in drawn]
    included = [ids for includes, ids in selected if includes]
    excluded = set().union(*(ids for includes, ids in selected if not includes))
    expected = Allowed(frozenset(set().union(*included) - excluded if included else excluded), only=bool(included))

    text = " | ".join(words for words, _, __ in drawn)
    filters.check(filters.parse(text), SCHEMAS)
    assert left(datasets, text, item=current_id) == expected
