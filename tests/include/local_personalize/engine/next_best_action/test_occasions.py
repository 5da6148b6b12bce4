import pyarrow as pa

from include.local_personalize.engine.next_best_action import occasions

DAY = occasions.SECONDS_A_DAY


def read(*rows: tuple[int, str, str, str], period: int = 14) -> occasions.Occasions:
    table = pa.table(
        dict(zip(("TIMESTAMP", "USER_ID", "ACTION_ID", "EVENT_TYPE"), zip(*rows, strict=True), strict=True))
    )
    return occasions.read(table, {"u": 0, "v": 1}, {"join": 0, "buy": 1}, period)


def test_what_the_user_did_with_the_action_before_is_counted() -> None:
    past = read(
        (3, "u", "join", "Taken"), (1, "u", "join", "VIEWED"), (2, "u", "join", "NOT_TAKEN"), (4, "u", "join", "VIEWED")
    )
    assert past.left.tolist() == [0, 1, 2, 2]
    assert past.taken.tolist() == [0, 0, 0, 1]
    assert past.was_taken.tolist() == [False, False, True, False]


def test_an_occasion_ends_well_if_the_action_is_taken_within_the_period() -> None:
    past = read(
        (0, "u", "join", "VIEWED"),  # 15 days before the same user takes the same action
        (1 * DAY, "u", "join", "VIEWED"),
        (2 * DAY, "v", "join", "VIEWED"),  # another user
        (3 * DAY, "u", "buy", "VIEWED"),  # another action
        (15 * DAY, "u", "join", "TAKEN"),
    )
    assert past.ended_well.tolist() == [False, True, False, False, True]


def test_unknown_users_and_actions_are_left_out() -> None:
    assert not len(read((1, "stranger", "join", "TAKEN"), (2, "u", "withdrawn", "TAKEN")).times)
    assert not len(occasions.read(None, {"u": 0}, {"join": 0}, 14).times)


def test_only_six_weeks_before_the_latest_interaction_are_considered() -> None:
    past = read((0, "u", "join", "TAKEN"), (1, "u", "join", "TAKEN"), (42 * DAY + 1, "v", "join", "TAKEN"))
    assert past.considered.tolist() == [False, True, True]
