"""Which operations of the three services work: python -m include.local_personalize.operations prints README's table."""

from collections import defaultdict

from include.local_personalize.actions import offered
from include.local_personalize.protocol.service_models import operation_names

# A sentence for each operation that will never make sense without AWS behind it.
REFUSED: dict[str, str] = {}


def refusal(name: str) -> str:
    """What an operation that is not offered answers."""
    return REFUSED.get(name, f"{name} is not offered by the local Personalize.")


def table() -> str:
    """Markdown: how many operations work, those of each family, and why the others are answered with an error."""
    every, works = sorted(operation_names().values()), offered()
    families = defaultdict(list)
    for name in every:
        if name in works:
            families[works[name].__module__.rsplit(".", 1)[-1].replace("_", " ")].append(name)
    lines = [f"{len(works)} of the {len(every)} operations work:", "", "| family | operations |", "| --- | --- |"]
    lines += [f"| {family} | {', '.join(names)} |" for family, names in sorted(families.items())]
    refused = [name for name in every if name not in works]
    if refused:
        lines += ["", "| answered with an error | why |", "| --- | --- |"]
        lines += [f"| {name} | {refusal(name)} |" for name in refused]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
