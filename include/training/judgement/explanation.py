"""What the gate found, in sentences and numbers."""

from collections.abc import Collection, Sequence

from include.config import Gate
from include.training.champion import Champion, Metrics
from include.training.judgement import rules
from include.training.judgement.comparison import Comparison
from include.training.judgement.references import Reference, has
from include.training.judgement.verdict import Numbers


def too_far(comparisons: Sequence[Comparison], told: Collection[str]) -> list[str]:
    """The drops that chance does not explain, one for each metric; metrics that are `told` are left out."""
    found: dict[str, str] = {}
    for each in comparisons:
        if each.too_far and each.reference.metric not in {*found, *told}:
            whose = f", {_whose(each.reference)}," if each.reference.against != "champion" else ""
            said = rules.fell(each.reference.metric, each.challenger, each.reference.value, whose)
            found[each.reference.metric] = f"{said}; {each.allowed:.0%} is allowed"
    return list(found.values())


def floors(gate: Gate) -> str:
    """The floors, in words."""
    return ", ".join(f"{metric} at least {floor:g}" for metric, floor in gate.floors.items()) or "none set"


def compared(gate: Gate, challenger: Metrics, champion: Metrics) -> str:
    """What a version that passed was held against, in words."""
    metrics = dict.fromkeys([*gate.compare, *gate.max_drop])
    changes = [f"{metric} {challenger[metric]:.4f} against the champion's {champion[metric]:.4f}" for metric in metrics]
    return ", ".join(changes) or f"all floors are met ({floors(gate)})"


def resolution(smallest: float | None, test_users: int | None) -> str:
    """What cannot be told from noise, in a sentence."""
    users = "An unknown number of test users" if test_users is None else f"About {test_users:,} test users"
    if smallest is None:
        return f"{users}: no metric is compared, so no drop can be told from noise."
    return f"{users}: drops under {smallest:.0%} cannot be told from noise."


def numbers(
    gate: Gate, challenger: Metrics, champions: Sequence[Champion], comparisons: Sequence[Comparison]
) -> list[Numbers]:
    """The numbers of every metric that a rule names, those that are compared with champions first."""
    metrics = dict.fromkeys(
        [*gate.compare, *gate.max_drop, *gate.floors, *([rules.COVERAGE] if gate.coverage_collapse else [])]
    )
    return [_numbers(gate, metric, challenger, champions, comparisons) for metric in metrics]


def _numbers(
    gate: Gate, metric: str, challenger: Metrics, champions: Sequence[Champion], comparisons: Sequence[Comparison]
) -> Numbers:
    own = {each.reference.against: each for each in comparisons if each.reference.metric == metric}
    least = [each.threshold for each in own.values()] + rules.least(gate, metric, champions)
    champion = _number(champions[0].metrics, metric) if champions else None
    now = _number(challenger, metric)
    return Numbers(
        metric=metric,
        challenger=now,
        champion=champion,
        usual=own["usual"].reference.value if "usual" in own else None,
        best=own["best"].reference.value if "best" in own else None,
        change=now / champion - 1 if now is not None and champion else None,
        allowed=own["champion"].allowed if own else None,
        threshold=max(least, default=None),
        learnt=_learnt(own["champion"].reference) if own else "set in the YAML",
    )


def _number(metrics: Metrics, metric: str) -> float | None:
    return metrics[metric] if has(metrics, metric) else None


def _learnt(reference: Reference) -> str:
    changes = reference.noise.changes
    return f"learnt from {changes} change{'s' if changes > 1 else ''}" if changes else "default"


def _whose(reference: Reference) -> str:
    what = "the usual one" if reference.against == "usual" else "the best"
    return f"{what} of the last {reference.count} champions"
