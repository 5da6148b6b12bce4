"""Expressions that CreateFilter takes and refuses, as data."""

import pytest

from include.local_personalize import filters
from tests.include.local_personalize.filters.schemas import SCHEMAS

TAKEN = [
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")',
    'INCLUDE ItemID WHERE Interactions.event_type IN ("*")',
    "EXCLUDE ItemID WHERE INTERACTIONS.event_type IN (*)",
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
    'exclude itemId where Items.genres in ("comedy")',
    'EXCLUDE ItemID WHERE Items.GENRES IN ("shoe") AND Items.STUDIO NOT IN ("boot")',
    "INCLUDE ItemID WHERE Items.YEAR IN (1999, 2000) OR Items.PRICE >= -1.5e2",
    'INCLUDE ItemID WHERE Items.YEAR IN ("1999")',
    "INCLUDE ItemID WHERE Items.PRICE != $PRICE",
    "INCLUDE ItemID WHERE Items.PRICE < ($PRICE)",
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRES IN CurrentItem.GENRES",
    "INCLUDE ItemID WHERE Items.YEAR > CurrentItem.PRICE",
    "EXCLUDE ItemID WHERE Items.STUDIO IN (CurrentItem.GENRES)",
    "EXCLUDE ItemID WHERE Items.GENRES IN ($GENRES) IF CurrentUser.AGE = $AGE AND CurrentUser.TIER != $TIER",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") IF CurrentUser.TIER IN ("gold", "silver")',
    'INCLUDE ItemID WHERE Items.ITEM_ID IN ("i1") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")',
    r'EXCLUDE ItemID WHERE Items.STUDIO IN ("the \"best\" studio")',
    'INCLUDE UserID WHERE Users.TIER IN ("gold") | EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("buy")',
    "INCLUDE ActionID WHERE Actions.VALUE > ($VALUE) IF CurrentUser.AGE > 18",
    'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("NOT_TAKEN")',
    "EXCLUDE ItemID WHERE Items.STUDIO IN (" + ", ".join(['"x"'] * 400) + ")",
]
REFUSED = {
    "": "It ends too soon; expected INCLUDE or EXCLUDE.",
    "INCLUDE ItemID": "It ends too soon; expected WHERE.",
    'INCLUDE Item WHERE Items.STUDIO IN ("x")': "expected ItemID, UserID or ActionID",
    'INCLUDE ItemID WHERE Items.STUDIO IN ("x"': "It ends too soon",
    "INCLUDE ItemID WHERE Items.STUDIO IN ('x')": "Cannot read \"'x')\" at character 39",
    'INCLUDE ItemID WHERE Items.STUDIO LIKE "x"': "Cannot read 'LIKE",
    'INCLUDE ItemID WHERE STUDIO IN ("x")': "expected .",
    'INCLUDE ItemID WHERE Items.STUDIO IN ("x") |': "expected INCLUDE or EXCLUDE",
    "EXCLUDE ItemID WHERE Items.GENRES NOT IN ($p)": (
        "Invalid input symbol: $p. Placeholders are not allowed with NOT_IN operator."
    ),
    'EXCLUDE ItemID WHERE Items.ON_SALE IN ("true")': "boolean",
    'EXCLUDE ItemID WHERE Items.STORY IN ("war")': "textual",
    'EXCLUDE ItemID WHERE Items.COLOUR IN ("red")': "ITEMS.COLOUR is no field",
    'EXCLUDE ItemID WHERE Shelves.COLOUR IN ("red")': "not by SHELVES",
    "EXCLUDE ItemID WHERE Users.AGE > 18": "not by USERS",
    'EXCLUDE UserID WHERE Items.GENRES IN ("war")': "not by ITEMS",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") AND Interactions.EVENT_TYPE IN ("buy")': "can read one dataset",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") | EXCLUDE UserID WHERE Users.AGE > 18': "All expressions",
    "EXCLUDE ItemID WHERE Interactions.TIMESTAMP > 3": "only be filtered on EVENT_TYPE",
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = "buy"': "only be filtered on EVENT_TYPE",
    "EXCLUDE ItemID WHERE Items.GENRES IN (*)": "* is for EVENT_TYPE",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("*")': "* is for EVENT_TYPE",
    "EXCLUDE ItemID WHERE Items.GENRES IN (3)": 'write "3" in double quotes',
    'EXCLUDE ItemID WHERE Items.YEAR IN ("late")': 'which "late" is not',
    'EXCLUDE ItemID WHERE Items.STUDIO = "x"': "Use IN or NOT IN",
    "EXCLUDE ItemID WHERE Items.STUDIO < $STUDIO": "Use IN or NOT IN",
    'EXCLUDE ItemID WHERE Items.YEAR > "late"': 'which "late" is not',
    "EXCLUDE ItemID WHERE Items.PRICE > CurrentItem.STUDIO": "not both numbers or both strings",
    "EXCLUDE ItemID WHERE Items.PRICE > CurrentItem.COLOUR": "CURRENTITEM.COLOUR is no field",
    "EXCLUDE ItemID WHERE Items.PRICE > Items.YEAR": "only Items with CurrentItem can",
    "EXCLUDE ItemID WHERE Items.PRICE > CurrentUser.AGE": "only Items with CurrentItem can",
    "EXCLUDE ItemID WHERE CurrentUser.AGE > 18": "only be checked in an IF",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") IF CurrentUser.AGE > 18 AND Items.YEAR > 3': "IF comes last",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") IF CurrentUser.AGE > 18 OR CurrentUser.AGE < 3': "Cannot read 'OR",
    'EXCLUDE ItemID WHERE Items.GENRES IN ("war") IF CurrentUser.AGE > 1 IF CurrentUser.AGE < 9': "Cannot read 'IF",
    "EXCLUDE ItemID WHERE Items.YEAR > 3 IF CurrentUser.AGE > CurrentItem.YEAR": "only Items with CurrentItem can",
    'EXCLUDE UserID WHERE Users.TIER IN ("gold") IF CurrentUser.AGE > 18': "no current user",
    f'EXCLUDE ItemID WHERE Items.STUDIO IN ("{"x" * 2_500}")': "at most 2500 are allowed",
}


@pytest.mark.parametrize("expression", TAKEN)
def test_is_taken(expression):
    filters.check(filters.parse(expression), SCHEMAS)


@pytest.mark.parametrize(("expression", "reason"), REFUSED.items())
def test_is_refused(expression, reason):
    with pytest.raises(filters.InvalidExpression) as error:
        filters.check(filters.parse(expression), SCHEMAS)
    assert reason in str(error.value)


def test_a_dataset_that_the_group_has_not_cannot_be_filtered_on():
    with pytest.raises(filters.InvalidExpression, match="has no dataset USERS"):
        filters.check(
            filters.parse("EXCLUDE ItemID WHERE Items.YEAR > 3 IF CurrentUser.AGE > 18"), {"ITEMS": SCHEMAS["ITEMS"]}
        )


def test_ten_fields_are_allowed_and_eleven_are_not():
    ten = ["Items.YEAR > 3", "Items.PRICE > CurrentItem.YEAR"]
    parsed = filters.parse(f"EXCLUDE ItemID WHERE {' AND '.join(ten)} IF CurrentUser.AGE > 3")
    assert {(field.dataset, field.name) for field in parsed.fields} == {
        ("ITEMS", "YEAR"),
        ("ITEMS", "PRICE"),
        ("USERS", "AGE"),
    }
    filters.check(parsed, SCHEMAS, most_fields=3)
    with pytest.raises(filters.InvalidExpression, match="reads 3 fields; at most 2"):
        filters.check(parsed, SCHEMAS, most_fields=2)
