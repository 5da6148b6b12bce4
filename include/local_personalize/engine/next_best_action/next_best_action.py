"""aws-next-best-action as a model: for each action a logistic regression on what users are like and did with it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import Training, TrainingError
from include.local_personalize.engine.histories import Bools, Floats, Int64s
from include.local_personalize.engine.next_best_action import occasions
from include.local_personalize.engine.next_best_action.occasions import TAKEN, Occasions
from include.local_personalize.engine.personalization import taste
from include.local_personalize.engine.query import Query, StreamedEvent
from include.local_personalize.engine.ranking import Ranking, Trained
from include.local_personalize.engine.segments.affinity import tastes_of_users

FACTORS = 16
DEFAULT_PERIOD = 14
SHARE_OF_TEST_USERS = 0.1
DECIMALS = 7
MOST_ITERATIONS = 1_000
SMALLEST = 1e-9  # deviation: a column that is the same for everyone says nothing
PERIOD = "action_optimization_period"
ACTION_ARRAYS = ("values", "expiries", "repeat_days")
NO_EXPIRY = np.iinfo(np.int64).max
NO_ACTIONS = "Create failed. The recipe needs an Actions dataset with at least one action."


@dataclass(frozen=True)
class Actions:
    """What each is worth, when it expires (epoch seconds), and for how many days after an interaction it is not
    recommended again.
    """

    ids: list[str]
    values: Floats
    expiries: Int64s
    repeat_days: Int64s


@dataclass(frozen=True)
class Propensities:
    """Rows for actions; ``scored`` says which have had enough interactions to learn from, the others score 0."""

    weights: Floats
    intercepts: Floats
    scored: Bools

    def of(self, actions: Int64s, features: Floats) -> Floats:
        """For pairs of an action and a row of features, the probability that the action is taken."""
        logits = (self.weights[actions] * features).sum(axis=1) + self.intercepts[actions]
        return np.where(self.scored[actions], expit(logits), 0.0)


@dataclass(frozen=True)
class NextBestAction:
    """``tastes`` and ``activity`` have a row for each user. ``done`` has, for pairs of user and action, how often it
    was left, how often taken, and the time of the last interaction.
    """

    recipe: ClassVar[str] = "aws-next-best-action"

    user_ids: list[str]
    actions: Actions
    tastes: Floats
    activity: Floats
    done: dict[tuple[int, int], tuple[int, int, int]]
    propensities: Propensities

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {user: number for number, user in enumerate(self.user_ids)}

    def answer(self, query: Query) -> Ranking:
        """Actions with the probability that the user takes them; of equal ones those of more value come first. Actions
        without enough interactions have the score 0 and come last.
        """
        user = self._numbers.get(query.user_id, -1)
        scores = self._scores(user, query.streamed)
        ids, values = self.actions.ids, self.actions.values
        allowed = [action for action in range(len(ids)) if ids[action] in query.allowed]
        best = sorted(allowed, key=lambda action: (-scores[action], -values[action], ids[action]))[: query.num_results]
        return Ranking([ids[action] for action in best], [float(scores[action]) for action in best])

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return map(self.answer, queries)

    def unavailable(self, user_id: str, now: float, streamed: Sequence[StreamedEvent]) -> frozenset[str]:
        """The actions that have expired, or that the user was occupied with too recently to be asked again."""
        user, ids = self._numbers.get(user_id, -1), self.actions.ids
        last = {action: self.done.get((user, action), (0, 0, 0))[2] for action in range(len(ids))}
        numbers = {action: number for number, action in enumerate(ids)}
        for event in streamed:
            if event.item_id in numbers:
                action = numbers[event.item_id]
                last[action] = max(last[action], event.timestamp)
        waits = self.actions.repeat_days * occasions.SECONDS_A_DAY
        return frozenset(
            ids[action]
            for action in range(len(ids))
            if self.actions.expiries[action] <= now or (last[action] and now < last[action] + waits[action])
        )

    def _scores(self, user: int, streamed: Sequence[StreamedEvent]) -> Floats:
        put = Counter((event.item_id, event.event_type.upper() == TAKEN) for event in streamed)
        actions = np.arange(len(self.actions.ids))
        before = [self.done.get((user, action), (0, 0, 0)) for action in range(len(actions))]
        left = np.array([before[at][0] + put[action, False] for at, action in enumerate(self.actions.ids)], np.int64)
        taken = np.array([before[at][1] + put[action, True] for at, action in enumerate(self.actions.ids)], np.int64)
        # A user without interactions with items is an average one.
        tastes = self.tastes[user] if user >= 0 else np.zeros(self.tastes.shape[1])
        activity = np.full(len(actions), self.activity[user] if user >= 0 else 0.0)
        features = occasions.features(np.tile(tastes, (len(actions), 1)), activity, taken, left)
        return np.round(self.propensities.of(actions, features), DECIMALS)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        header = {"recipe": self.recipe, "user_ids": self.user_ids, "action_ids": self.actions.ids}
        arrays = {
            "tastes": self.tastes,
            "activity": self.activity,
            "pairs": np.array(list(self.done), np.int64).reshape(-1, 2),
            "done": np.array(list(self.done.values()), np.int64).reshape(-1, 3),
            **{name: getattr(self.actions, name) for name in ACTION_ARRAYS},
            **vars(self.propensities),
        }
        storage.write(folder, header, arrays)


def train(training: Training) -> Trained:
    """Measure propensities on a tenth of the users, who did not train them, and learn them from everyone."""
    actions = _actions(training)
    histories, data = training.histories, training.data
    users = {user: number for number, user in enumerate(histories.user_ids)}
    numbers = {action: number for number, action in enumerate(actions.ids)}
    period = int(training.config.get("featureTransformationParameters", {}).get(PERIOD, DEFAULT_PERIOD))
    fitted = taste.fit(histories, FACTORS, taste.HALF_LIFE, training.seed)
    tastes = tastes_of_users(histories, fitted, training.seed).astype(np.float64)
    tastes = (tastes - tastes.mean(axis=0)) / np.maximum(tastes.std(axis=0), SMALLEST)
    activity = np.log1p(histories.lengths)
    activity = (activity - activity.mean()) / max(activity.std(), SMALLEST)
    past = occasions.read(data.action_interactions, users, numbers, period)
    recent = past.where(past.considered)
    features = occasions.features(tastes[recent.users], activity[recent.users], recent.taken, recent.left)
    held_out = np.random.default_rng(training.seed).random(len(users)) < SHARE_OF_TEST_USERS
    tested = held_out[recent.users]
    shown = _learnt(recent.where(~tested), features[~tested], len(numbers))
    metrics = _metrics(shown, recent.where(tested), features[tested])
    done: dict[tuple[int, int], tuple[int, int, int]] = {}
    for user, action, time, was_taken, left, taken in zip(
        past.users.tolist(), past.actions.tolist(), past.times.tolist(), past.was_taken.tolist(),
        past.left.tolist(), past.taken.tolist(), strict=True,
    ):  # fmt: skip
        done[user, action] = (left + (not was_taken), taken + was_taken, time)
    propensities = _learnt(recent, features, len(numbers))
    return Trained(NextBestAction(histories.user_ids, actions, tastes, activity, done, propensities), metrics)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> NextBestAction:
    """The model that ``save`` wrote."""
    pairs, counts = (arrays[name].tolist() for name in ("pairs", "done"))
    return NextBestAction(
        header["user_ids"],
        Actions(header["action_ids"], *(arrays[name] for name in ACTION_ARRAYS)),
        arrays["tastes"],
        arrays["activity"],
        {(user, action): tuple(done) for (user, action), done in zip(pairs, counts, strict=True)},
        Propensities(arrays["weights"], arrays["intercepts"], arrays["scored"]),
    )


def _actions(training: Training) -> Actions:
    table = training.data.actions
    if table is None or not len(table):
        raise TrainingError(NO_ACTIONS)
    ids = table["ACTION_ID"].to_pylist()

    def column(name: str, default: float) -> list[float]:
        values = table[name].to_pylist() if name in table.column_names else [None] * len(ids)
        return [default if value is None else value for value in values]

    return Actions(
        ids,
        np.array(column("VALUE", 0.0), np.float64),
        np.array(column("ACTION_EXPIRATION_TIMESTAMP", NO_EXPIRY), np.int64),
        np.array(column("REPEAT_FREQUENCY", 0), np.int64),
    )


def _learnt(past: Occasions, features: Floats, actions: int) -> Propensities:
    """A regression for each action with FEWEST_OF_EACH occasions at which it was taken, and as many at which not."""
    from sklearn.linear_model import LogisticRegression

    weights, intercepts = np.zeros((actions, features.shape[1])), np.zeros(actions)
    scored = np.zeros(actions, np.bool_)
    for action in range(actions):
        mine = past.actions == action
        taken = np.count_nonzero(past.was_taken[mine])
        outcomes = past.ended_well[mine]
        enough = min(taken, np.count_nonzero(mine) - taken) >= occasions.FEWEST_OF_EACH
        if enough and len(np.unique(outcomes)) == 2:
            regression = LogisticRegression(max_iter=MOST_ITERATIONS).fit(features[mine], outcomes)
            weights[action], intercepts[action], scored[action] = regression.coef_[0], regression.intercept_[0], True
    return Propensities(weights, intercepts, scored)


def _metrics(propensities: Propensities, past: Occasions, features: Floats) -> dict[str, float]:
    """Area under the ROC curve, and precision and recall where an action is foretold if it is likelier than not;
    of nothing to measure on, what chance gives.
    """
    from sklearn.metrics import precision_score, recall_score, roc_auc_score

    known = propensities.scored[past.actions]
    truth = past.ended_well[known]
    if len(np.unique(truth)) < 2:
        return {"area_under_curve": 0.5, "precision": 0.0, "recall": 0.0}
    scores = propensities.of(past.actions[known], features[known])
    foretold = scores >= 0.5
    measured = {
        "area_under_curve": roc_auc_score(truth, scores),
        "precision": precision_score(truth, foretold, zero_division=0.0),
        "recall": recall_score(truth, foretold),
    }
    return {name: round(float(value), 4) for name, value in measured.items()}
