"""Two weeks of a shop, night by night: what it drops in S3, and what goes wrong.

A deed happens beside a night's run; everything it does must leave no trace in the dataset.
"""

from collections import Counter
from dataclasses import dataclass, field

DAY = 86_400
START = 1_700_000_000 // DAY * DAY
USERS, ITEMS = 100, 40


@dataclass(frozen=True)
class Night:
    """Files by key below <incoming>, and the deeds of the night.

    kills: task ids whose worker is killed while it works. again: names of earlier nights, of whose runs a task is
    cleared afterwards, with all that follows it.
    """

    name: str
    files: dict[str, list[str]] = field(default_factory=dict)
    kills: tuple[str, ...] = ()
    service_dies: bool = False
    clears: tuple[tuple[str, str], ...] = ()
    backfill: bool = False
    disturbance: dict[str, list[str]] = field(default_factory=dict)  # files that only the disturbed shop drops


def events(night: int, count: int, first: int = 0) -> list[str]:
    """Interactions of a night, each row there only once in all nights."""
    return [
        f"u{(7 * n + night) % USERS},i{(3 * n + night) % ITEMS},{START + night * DAY + 11 * n},view"
        for n in range(first, first + count)
    ]


def items(night: int, numbers: range) -> list[str]:
    return [f"i{number},Title {number} of night {night}" for number in numbers]


def users(night: int, numbers: range) -> list[str]:
    return [f"u{number},{18 + (number + night) % 60}" for number in numbers]


def wanted(nights: list[Night], kind: str) -> Counter[tuple[str, ...]]:
    """What the dataset must hold after all nights: each good row once, and of an id of items and users the last one."""
    rows = [tuple(line.split(",")) for night in nights for key, lines in night.files.items()
            if key.startswith(f"{kind}/") for line in lines if line not in BROKEN]  # fmt: skip
    if kind == "interactions":
        return Counter(set(rows))
    return Counter({row[0]: row for row in rows}.values())


HEADERS = {"interactions": "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", "items": "ITEM_ID,TITLE", "users": "USER_ID,AGE"}
BROKEN = [",i1,1700000000,view", "u1,i1,yesterday,view", "u1,i1", "u1,i1,1700000000000,view"]

FORTNIGHT = [
    Night(
        "history",
        {
            "interactions/history.csv": events(0, 3_000),
            "items/history.csv": items(0, range(ITEMS)),
            "users/history.csv": users(0, range(USERS)),
        },
        kills=("create_dataset_group", "items.create_schema", "interactions.create_dataset"),
    ),
    Night("1", {"interactions/1.csv": events(1, 1_200) + BROKEN}, kills=("interactions.plan", "interactions.check")),
    Night(
        "2",
        {"interactions/2a.csv": events(2, 1_100), "items/2.csv": items(2, range(3)), "users/2.csv": users(2, range(5))},
        kills=("items.gather", "users.record", "interactions.gather"),
    ),
    Night(
        "3, and files of night 1 and 2 once more",
        {"interactions/3.csv": events(3, 1_300)},
        kills=("interactions.import",),
        disturbance={
            "interactions/1.csv": events(1, 1_200) + BROKEN,
            "interactions/2a-again.csv": events(2, 1_100),
        },
    ),
    Night(
        "4, and a late file of night 2",
        {"interactions/4.csv": events(4, 1_000), "interactions/2b.csv": events(2, 400, first=1_100)},
        service_dies=True,
    ),
    Night("5, nothing came"),
    Night("6, a small one", {"interactions/6.csv": events(6, 300)}, kills=("report",)),
    Night("7, which carries 6", {"interactions/7.csv": events(7, 900)}, kills=("interactions.record",)),
    Night(
        "8",
        {
            "interactions/8.csv": events(8, 1_400),
            "items/8.csv": items(0, range(3, ITEMS)) + items(8, range(ITEMS, ITEMS + 2)),
            "users/8.csv": users(8, range(10)),
        },
        kills=("items.import", "users.plan"),
    ),
    Night("9", {"interactions/9.csv": events(9, 1_250)}, clears=(("8", "interactions.plan"), ("2", "items.gather"))),
    Night("10", {"interactions/10.csv": events(10, 1_050)}, backfill=True),
    Night("11, every row broken", {"interactions/11.csv": BROKEN * 50}, kills=("interactions.check",)),
    Night(
        "12", {"interactions/12.csv": events(12, 1_150)}, kills=("announce",), clears=(("12", "interactions.check"),)
    ),
    Night("13", {"interactions/13.csv": events(13, 1_600)}, service_dies=True, kills=("interactions.gather",)),
]
