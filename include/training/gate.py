"""The gate: whether a new solution version may take the champion's place."""

from collections.abc import Sequence

from include.config import Gate
from include.training.champion import Champion, Metrics
from include.training.judgement import explanation, resolution, rules, training_data
from include.training.judgement.comparison import compare
from include.training.judgement.references import references
from include.training.judgement.verdict import Verdict
from include.training.lineage import Version, root


def judge_full(
    gate: Gate,
    challenger: Metrics,
    champions: Sequence[Champion] = (),
    test_users: int | None = None,
    hours: float | None = None,
    data: training_data.Facts | None = None,
    popularity: Metrics | None = None,
) -> Verdict:
    """Judge a FULL version by its metrics, as GetSolutionMetrics gives them.

    `champions` are the version that serves and those that served before it, newest first; without any, floors alone
    decide. `test_users` is their number, `hours` the version's trainingHours, `data` facts of what it was trained on:
    None where they are not known. `popularity` are the metrics of aws-popularity-count, where the gate asks for them. A
    rule whose metric either side lacks is not met.
    """
    held = [
        reference
        for metric in gate.compare
        if rules.usable(metric, challenger, champions)
        for reference in references(metric, champions, test_users)
    ]
    comparisons = compare(held, challenger, gate.false_block_rate)
    problems = rules.problems(gate, challenger, champions)
    problems += rules.not_better_than_popularity(gate, challenger, popularity or {})
    problems += explanation.too_far(comparisons, told=rules.beyond_max_drop(gate, challenger, champions))
    changes = training_data.changes(gate.data, data or {}, champions)
    problems += [change.sentence for change in changes if change.too_far]
    if problems:
        reason = f"Blocked: {'; '.join(problems)}."
    elif not champions:
        reason = f"Passed: the first version, judged by floors alone ({explanation.floors(gate)})."
    else:
        reason = f"Passed: {explanation.compared(gate, challenger, champions[0].metrics)}."
    smallest = resolution.smallest_drop(held, gate.false_block_rate)
    return Verdict(
        passed=not problems,
        reason=reason,
        metrics=challenger,
        champion_metrics=champions[0].metrics if champions else {},
        numbers=explanation.numbers(gate, challenger, champions, comparisons),
        resolution=explanation.resolution(smallest, test_users) if champions else None,
        smallest_drop=smallest,
        popularity_metrics=popularity or {},
        data=data or {},
        data_changes=changes,
        warnings=[*rules.warnings(gate, held), *rules.short_training(hours, champions)],
    )


def judge_update(history: Sequence[Version], challenger_arn: str, champion_arn: str | None) -> Verdict:
    """Judge an UPDATE version by what can differ: it must be ACTIVE and stand on the FULL version that serves.

    Its metrics are those of its FULL parent, so that comparing them would compare the parent with itself.
    """
    challenger = next((version for version in history if version.arn == challenger_arn), None)
    if challenger is None or challenger.status != "ACTIVE":
        return Verdict(False, f"Blocked: {challenger_arn} is not an ACTIVE version of the solution.")
    if champion_arn is None:
        return Verdict(False, "Blocked: nothing serves yet, and an UPDATE cannot be the first. Train a FULL version.")
    parent, champion_root = root(history, challenger_arn), root(history, champion_arn)
    if parent is None or parent != champion_root:
        updates, serves = (found.id if found else "that is unknown" for found in (parent, champion_root))
        return Verdict(
            False, f"Blocked: it updates FULL version {updates}, but the campaign serves one of FULL version {serves}."
        )
    return Verdict(True, f"Passed: it updates FULL version {parent.id}, which the gate passed and the campaign serves.")
