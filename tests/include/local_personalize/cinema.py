"""A shop with metadata: films of two colours, users who watch and buy those of their own colour."""

from typing import Any

from tests.include.local_personalize.shop import Shop

USERS, ITEMS, EACH = 60, 40, 20
DISTINCT = 14  # items of one user, of the twenty of a colour
START = 1_600_000_000
FIELDS: dict[str, list[tuple[Any, ...]]] = {
    "Interactions": [
        ("USER_ID", "string"),
        ("ITEM_ID", "string"),
        ("EVENT_TYPE", "string"),
        ("DEVICE", "string", "categorical"),
        ("TIMESTAMP", "long"),
    ],
    "Items": [
        ("ITEM_ID", "string"),
        ("GENRES", "string", "categorical"),
        ("PRICE", "float"),
        ("YEAR", "int"),
        ("TITLE", "string"),
        ("STORY", ["null", "string"], "textual"),
        ("IN_STOCK", "boolean"),
    ],
    "Users": [("USER_ID", "string"), ("AGE", "int"), ("TIER", "string", "categorical")],
}


def colour(number: int) -> str:
    return "black" if number % 2 else "white"


def history(user: int) -> list[tuple[int, str]]:
    """Items and event types of one user, oldest first: items of the user's colour, some of them twice, each fourth
    of them bought.
    """
    return [
        (2 * ((user // 2 + step % DISTINCT) % (ITEMS // 2)) + user % 2, "Buy" if step % 4 == 3 else "watch")
        for step in range(EACH)
    ]


def bought(user: int) -> set[str]:
    return {f"i{item}" for item, event_type in history(user) if event_type == "Buy"}


def had(user: int) -> set[str]:
    return {f"i{item}" for item, _ in history(user)}


def genres(item: int) -> str:
    return colour(item) + ("|third" if item % 3 == 0 else "")


def interactions() -> list[str]:
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,DEVICE,TIMESTAMP"]
    for user in range(USERS):
        for step, (item, event_type) in enumerate(history(user)):
            lines.append(f"u{user},i{item},{event_type},{'tv' if step % 2 else 'phone'},{START + 1_000 * step + user}")
    return lines


def items() -> list[str]:
    lines = ["ITEM_ID,GENRES,PRICE,YEAR,TITLE,STORY,IN_STOCK"]
    for item in range(ITEMS):
        story = "A drama of ships" if item % 2 else "A comedy of robots"
        lines.append(f"i{item},{genres(item)},{item}.99,{2000 + item},Film {item},{story},true")
    return lines


def users() -> list[str]:
    return ["USER_ID,AGE,TIER"] + [f"u{user},{10 + user},{'gold' if user % 2 else 'silver'}" for user in range(USERS)]


class Cinema:
    """The data in a group of its own, and what is made of it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.group = shop.group()
        self.datasets = {kind: shop.dataset(self.group, kind, fields) for kind, fields in FIELDS.items()}
        for kind, lines in (("Interactions", interactions()), ("Items", items()), ("Users", users())):
            assert shop.import_lines(self.datasets[kind], lines)["status"] == "ACTIVE"
        self._versions: dict[str, str] = {}

    def version(self, recipe: str) -> str:
        """A trained version of a recipe, the same for all who ask."""
        if recipe not in self._versions:
            self._versions[recipe] = self.shop.version(self.shop.solution(self.group, recipe))
        return self._versions[recipe]

    def filter(self, expression: str) -> str:
        request = {"name": self.shop.name("filter"), "datasetGroupArn": self.group, "filterExpression": expression}
        arn = self.shop.api.create_filter(**request)["filterArn"]
        assert self.shop.settled("filter", arn)["status"] == "ACTIVE"
        return arn
