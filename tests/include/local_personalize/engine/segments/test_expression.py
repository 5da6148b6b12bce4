import pytest

from include.local_personalize.engine.segments.expression import Condition, parse


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ('ITEMS.genres = "Comedy"', [Condition("GENRES", "Comedy")]),
        ('Items.A="x" and items.b = 1.5', [Condition("A", "x"), Condition("B", 1.5)]),
        ('ITEMS.A = "say \\"AND\\" = \\u00e9"', [Condition("A", 'say "AND" = é')]),
        ('ITEMS.A = "x" AND ITEMS.B = "y" AND ITEMS.C = -2', [*map(Condition, "ABC", ["x", "y", -2.0])]),
    ],
)
def test_conditions_are_read(text: str, conditions: list[Condition]) -> None:
    assert list(parse(text)) == conditions


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "its end"),
        ('ITEMS.A = "x" AND', "its end"),
        ('ITEMS.A = "x" OR ITEMS.B = "y"', "character 15, 'OR ITEMS.B"),
        ('ITEMS.A != "x"', "character 9, '!= "),
        ('USERS.A = "x"', "character 1, 'USERS.A"),
        ("ITEMS.A = x", "character 11, 'x'"),
        ('ITEMS.A IN ("x")', "character 9, 'IN"),
        ('ITEMS.A = "\\q"', "a string that is not valid"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, place: str) -> None:
    with pytest.raises(ValueError, match="write them like") as error:
        parse(text)
    assert place in str(error.value)
