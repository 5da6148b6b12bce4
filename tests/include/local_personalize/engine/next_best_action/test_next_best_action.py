"""Users with even numbers join the even club and the others the odd one, more often than not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Allowed, Query, StreamedEvent, Trained, TrainingError, load, train
from tests.include.local_personalize.engine.shops import START, USERS, checkerboard

NBA = "aws-next-best-action"
DAY = 86_400
ACTIONS = pa.table(
    {
        "ACTION_ID": ["even-club", "odd-club", "new-app", "old-app"],
        "VALUE": [1.0, 1.0, 5.0, None],
        "ACTION_EXPIRATION_TIMESTAMP": [None, START + 50 * DAY, None, None],
        "REPEAT_FREQUENCY": [10, None, 1, None],
    }
)


def club_history() -> pa.Table:
    """Each user sees each club ten times in 40 days, takes the own one four times in five and the other one in ten."""
    random = np.random.default_rng(1)
    rows = []
    for user in range(USERS):
        for time in range(START, START + 40 * DAY, 4 * DAY):
            for parity, club in enumerate(("even-club", "odd-club")):
                chance = 0.8 if user % 2 == parity else 0.1
                rows.append((f"u{user}", club, "TAKEN" if random.random() < chance else "VIEWED", time + user))
    names = ("USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


DATA = replace(checkerboard()[0], actions=ACTIONS, action_interactions=club_history())
LAST = START + 36 * DAY  # about when everyone saw the clubs for the last time


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(NBA, {"featureTransformationParameters": {"action_optimization_period": "7"}}, None, DATA, 1)


@pytest.mark.parametrize("user", range(4))
def test_the_action_that_a_user_takes_comes_first(trained: Trained, user: int) -> None:
    ranking = trained.model.answer(Query(user_id=f"u{user}"))
    own, other = ("even-club", "odd-club") if user % 2 == 0 else ("odd-club", "even-club")
    assert ranking.items == [own, other, "new-app", "old-app"]
    assert ranking.scores[0] > 0.5 > ranking.scores[1] > 0


def test_actions_without_enough_interactions_score_nothing_and_are_ordered_by_value(trained: Trained) -> None:
    ranking = trained.model.answer(Query(user_id="u0"))
    assert dict(zip(ranking.items[2:], ranking.scores[2:], strict=True)) == {"new-app": 0.0, "old-app": 0.0}
    untrained = train(NBA, {}, None, replace(DATA, action_interactions=None), 1)
    ranking = untrained.model.answer(Query(user_id="u0"))
    assert (ranking.items[0], set(ranking.scores)) == ("new-app", {0.0})
    assert untrained.metrics == {"area_under_curve": 0.5, "precision": 0.0, "recall": 0.0}


def test_metrics_are_measured_on_users_who_did_not_train(trained: Trained) -> None:
    """Who knew all of the above would be right in 85 of 100 cases and rank 92 of 100 pairs right."""
    assert list(trained.metrics) == ["area_under_curve", "precision", "recall"]
    assert all(value > 0.75 for value in trained.metrics.values())


def test_what_is_put_after_training_changes_scores_at_once(trained: Trained) -> None:
    views = tuple(StreamedEvent("odd-club", "TAKEN", LAST + hour) for hour in range(20))
    before, after = (
        dict(zip(ranking.items, ranking.scores, strict=True))
        for ranking in (trained.model.answer(Query(user_id="u0", streamed=put)) for put in ((), views))
    )
    assert after["odd-club"] > before["odd-club"]
    assert after["even-club"] == before["even-club"]


def test_expired_actions_and_those_done_lately_are_unavailable(trained: Trained) -> None:
    def unavailable(now: int, *streamed: StreamedEvent) -> set[str]:
        return set(trained.model.unavailable("u0", now, streamed))

    assert unavailable(LAST + 9 * DAY) == {"even-club"}
    assert unavailable(LAST + 11 * DAY) == set()
    assert unavailable(START + 50 * DAY) == {"odd-club"}
    installed = StreamedEvent("new-app", "TAKEN", LAST + 11 * DAY)
    assert unavailable(LAST + 11 * DAY + 1, installed) == {"new-app"}


def test_a_filter_and_a_number_of_results_are_obeyed(trained: Trained) -> None:
    allowed = Allowed(frozenset({"even-club", "old-app", "none"}), only=True)
    assert trained.model.answer(Query(user_id="u1", allowed=allowed)).items == ["even-club", "old-app"]
    assert len(trained.model.answer(Query(user_id="stranger", num_results=3)).items) == 3


def test_a_saved_model_answers_the_same(trained: Trained, tmp_path: Path) -> None:
    trained.model.save(tmp_path / "model")
    restored = load(tmp_path / "model")
    queries = [Query(user_id=user) for user in ("u0", "u1", "stranger")]
    assert list(restored.answer_many(queries)) == list(trained.model.answer_many(queries))
    assert restored.unavailable("u0", LAST + DAY, ()) == trained.model.unavailable("u0", LAST + DAY, ())


@pytest.mark.parametrize("actions", [None, ACTIONS.slice(0, 0)])
def test_actions_are_needed(actions: pa.Table | None) -> None:
    with pytest.raises(TrainingError, match="needs an Actions dataset"):
        train(NBA, {}, None, replace(DATA, actions=actions), 1)
