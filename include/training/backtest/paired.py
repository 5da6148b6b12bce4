"""The paired judgement: whether a challenger loses more than is allowed, by the same users' values of both."""

from dataclasses import dataclass

from include.training.backtest.interval import Interval, fieller, smallest_loss
from include.training.backtest.metrics import Values

LEAST_USERS = 100  # the mean of fewer skewed values is not near enough to normal


@dataclass(frozen=True)
class PairedVerdict:
    """A judgement of a challenger beside its champion: whether it passed, and why in a sentence or two.

    champion, challenger: means of the metric over the users. interval: of the relative change; None where there are too
    few users or hits to tell anything, so that nothing is blocked. smallest_loss: the resolution, as a share;
    resolution: the same as a sentence.
    """

    passed: bool
    reason: str
    metric: str
    users: int
    champion: float
    challenger: float
    allowed_loss: float
    interval: Interval | None
    smallest_loss: float | None
    resolution: str


def judge(
    champion: Values, challenger: Values, *, metric: str, allowed_loss: float, false_block_rate: float
) -> PairedVerdict:
    """Judge a challenger by per-user values of a metric, of both versions and the same users in the same order.

    It is blocked where a true loss of no more than `allowed_loss` (a share of the champion's mean) would give such
    values at most with probability `false_block_rate`.
    """
    if len(champion) != len(challenger):
        raise ValueError(f"{len(champion)} values of one version, {len(challenger)} of the other: not the same users")
    users = len(champion)
    interval = fieller(champion, challenger, false_block_rate) if users >= LEAST_USERS else None
    means = (float(champion.mean()), float(challenger.mean())) if users else (0.0, 0.0)
    if interval is None:
        told = (
            f"Passed, since the backtest could tell nothing: {users:,} users came back, with {metric} {means[0]:.4f}."
        )
        return PairedVerdict(True, told, metric, users, *means, allowed_loss, None, None, _resolution(users, None))
    passed = interval.high >= -allowed_loss
    smallest = smallest_loss(interval, allowed_loss, false_block_rate)
    reason = _reason(passed, metric, users, means, interval, allowed_loss, false_block_rate)
    return PairedVerdict(
        passed, reason, metric, users, *means, allowed_loss, interval, smallest, _resolution(users, smallest)
    )


def _reason(
    passed: bool,
    metric: str,
    users: int,
    means: tuple[float, float],
    interval: Interval,
    allowed_loss: float,
    false_block_rate: float,
) -> str:
    """What was found, in the style of the gate's reasons."""
    champion, challenger = means
    moved = "fell" if interval.change < 0 else "rose"
    sure = f"{1 - 2 * false_block_rate:.0%} confidence: {interval.low:+.1%} to {interval.high:+.1%}"
    return (
        f"{'Passed' if passed else 'Blocked'}: for {users:,} users who came back, {metric} {moved} by "
        f"{abs(interval.change):.1%}, from {champion:.4f} to {challenger:.4f} ({sure}); a loss of {allowed_loss:.0%} "
        "is allowed."
    )


def _resolution(users: int, smallest: float | None) -> str:
    """What cannot be told from noise, in a sentence."""
    if smallest is None:
        return f"{users:,} users who came back: no loss can be told from noise."
    return f"{users:,} users who came back: losses under {smallest:.1%} cannot be told from noise."
