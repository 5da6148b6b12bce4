"""The page as HTML: charts drawn as SVG on the server, tables beside them, nothing from elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.config import Prices, Solution
from include.training.quality_page import chart, words
from include.training.quality_page.chart import Chart
from include.training.quality_page.versions import Standing, Version

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {each.__name__: each for each in (words.shortened, words.date, words.moment, words.duration)}


@dataclass(frozen=True)
class SolutionPage:
    """A solution: versions oldest first, charts of the metrics that the gate judges by, of the others, and of hours.

    cost: what so many training hours cost; nothing where hours are not what is billed.
    """

    name: str
    campaign: str
    challengers_campaign: str | None
    versions: Sequence[Version]
    judged: Sequence[Chart]
    others: Sequence[Chart]
    training: Chart | None
    cost: Callable[[float], str]

    @property
    def champion(self) -> Version | None:
        """The version that serves."""
        return next((version for version in self.versions if version.is_champion), None)

    @property
    def challenger(self) -> Version | None:
        """The version that the challenger's campaign serves."""
        return next((version for version in self.versions if version.is_challenger), None)

    @property
    def newest(self) -> Version | None:
        """The version that was trained last."""
        return self.versions[-1] if self.versions else None

    @property
    def hours(self) -> float:
        """The training hours of all versions, as Personalize bills them."""
        return sum(version.trained.hours or 0 for version in self.versions)

    @property
    def resolution(self) -> str | None:
        """What the newest verdict that says so cannot tell from noise."""
        return next((version.resolution for version in reversed(self.versions) if version.resolution), None)


@dataclass(frozen=True)
class Frame:
    """What stands around the solutions: `root` is where Airflow is, `nonce` what the page's own script is known by."""

    root: str
    group: str | None
    groups: Sequence[str]
    nonce: str


def solution_page(solution: Solution, versions: Sequence[Version], prices: Prices) -> SolutionPage:
    """Choose and draw the charts of a solution."""
    measured = sorted({metric for version in versions for metric in version.trained.metrics})
    limited = [metric for version in versions for metric in version.allowed]
    rules = dict.fromkeys([*limited, *solution.gate.max_drop, *solution.gate.floors])
    judged = [metric for metric in rules if metric in measured]

    def cost(hours: float) -> float | None:
        return prices.of_training(solution.recipe, hours)

    def drawn(metrics: Sequence[str]) -> list[Chart]:
        charts = (chart.chart(metric, versions, solution.gate.floors.get(metric)) for metric in metrics)
        return [each for each in charts if each]

    return SolutionPage(
        name=solution.name,
        campaign=solution.campaign_name,
        challengers_campaign=solution.challenger.name if solution.challenger else None,
        versions=versions,
        judged=drawn(judged),
        others=drawn([metric for metric in measured if metric not in judged]),
        training=chart.training(versions, cost, prices.currency),
        cost=lambda hours: words.money(cost(hours), prices.currency),
    )


def html(frame: Frame, solutions: Sequence[SolutionPage]) -> str:
    """Write the page of a group; its legend explains the standings that occur."""
    found = {version.standing for solution in solutions for version in solution.versions}
    return TEMPLATES.get_template("page.html.jinja").render(
        frame=frame,
        solutions=solutions,
        standings=[standing for standing in Standing if standing in found],
        has_challenger=any(solution.challenger for solution in solutions),
        has_bands=any(each.band for solution in solutions for each in solution.judged),
        size=chart,
    )


def trouble(frame: Frame, what: str, remedy: str) -> str:
    """Write the page that says why there is none."""
    return TEMPLATES.get_template("trouble.html.jinja").render(frame=frame, what=what, remedy=remedy)
