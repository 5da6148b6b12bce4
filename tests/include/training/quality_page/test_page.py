"""The page as HTML, parsed as a browser would."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from include import config
from include.config import Prices
from include.training.quality_page import page
from include.training.quality_page.page import Frame, SolutionPage, solution_page
from include.training.quality_page.versions import Version, versions
from tests.include.training.quality_page.test_versions import trained

(SOLUTION,) = config.load_file(Path(config.__file__).parents[1] / "dataset_groups/movies.yaml").solutions
NDCG, OTHER = "normalized_discounted_cumulative_gain_at_25", "precision_at_5"
FRAME = Frame(root="/airflow", group="movies", groups=["movies", "books"], nonce="n0nce")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
VOID = {"meta", "input", "line", "circle", "path", "polygon", "polyline", "rect", "wbr"}


class Page(HTMLParser):
    """Tags with their attributes, and a check that what is opened is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def arn(number: int) -> str:
    return f"arn:aws:personalize:us-east-1:1:solution/s/{number:08x}"


def many(
    count: int, reason: str = "because", failure: str | None = None, challenger: str | None = None
) -> list[Version]:
    found = [
        trained(
            arn(number), number, name=f"s-20261122T030405-{number:08x}",
            metrics={NDCG: 0.2 + number % 7 / 100, OTHER: 0.1}, failure=failure,
            mode="UPDATE" if number % 3 else "FULL",
        )
        for number in range(count)
    ]  # fmt: skip
    verdicts = [{"solution_version_arn": each.arn, "passed": False, "reason": reason} for each in found]
    return versions(found, verdicts, [], [], [], arn(0), challenger)


def shown(*solutions: SolutionPage) -> Page:
    return Page(page.html(FRAME, solutions))


@pytest.mark.parametrize("count", [1, 200])
def test_every_version_is_in_each_chart_and_in_the_table(count: int) -> None:
    found = shown(solution_page(SOLUTION, many(count), Prices()))
    rows = [attributes["id"] for attributes in found.all("tr") if "id" in attributes]
    marks = [attributes["href"] for attributes in found.all("a") if "aria-label" in attributes]

    assert rows == [f"v-{number:08x}" for number in reversed(range(count))]
    assert sorted(marks) == sorted(f"#{row}" for row in rows for _ in (NDCG, OTHER, "hours"))


def test_a_solution_without_versions_says_what_to_do() -> None:
    found = shown(solution_page(SOLUTION, [], Prices()))

    assert "No version yet" in "".join(found.text)
    assert {"data-airflow": None, "href": "/airflow/dags/movies.train_solutions"} in found.all("a")
    assert found.all("table") == []


def test_charts_of_rules_come_first_and_the_others_are_folded_away() -> None:
    found = solution_page(SOLUTION, many(2), Prices())

    assert [chart.metric for chart in found.judged] == [NDCG]
    assert [chart.metric for chart in found.others] == [OTHER]
    assert found.judged[0].floor
    assert found.judged[0].floor.label == "0.05"  # movies.yaml


def test_text_from_elsewhere_stays_text() -> None:
    frame = Frame(root="", group=EVIL, groups=[EVIL], nonce="n0nce")
    found = many(2, reason=EVIL, failure=EVIL)
    parts = replace(solution_page(SOLUTION, found, Prices()), name=EVIL, campaign=EVIL)
    for html in (page.html(frame, [parts]), page.trouble(frame, EVIL, EVIL)):
        parsed = Page(html)
        assert [each.get("nonce") for each in parsed.all("script")] == ["n0nce"]
        assert parsed.all("img") == []
        assert not any(name.startswith("on") for _, attributes in parsed.tags for name in attributes)


def test_nothing_is_loaded_from_elsewhere_and_no_style_escapes_the_policy() -> None:
    html = page.html(FRAME, [solution_page(SOLUTION, many(2), Prices())])

    assert re.findall(r"https?:", html) == []
    assert re.findall(r"\b(?:src|style)=", html) == []
    assert {tag for tag, _ in Page(html).tags} & {"link", "iframe", "object", "base"} == set()


def test_links_lead_to_the_run_and_to_the_promote_dag() -> None:
    found = shown(solution_page(SOLUTION, many(2), Prices()))
    links = [attributes["href"] for attributes in found.all("a") if "data-airflow" in attributes]

    assert links == [
        "/airflow/dags/movies.train_solutions/runs"
        "?run_after_gte=2026-11-22T03:04:05.000Z&run_after_lte=2026-11-22T03:04:05.999Z",
        "/airflow/dags/movies.promote_solution_version",
        "/airflow/dags/movies.train_solutions/runs"
        "?run_after_gte=2026-11-22T03:04:05.000Z&run_after_lte=2026-11-22T03:04:05.999Z",
    ]  # the champion, version 0, is not to be promoted again
    assert [attributes["value"] for attributes in found.all("input")] == [arn(1)]


def test_the_facts_name_the_champion_all_hours_and_their_price() -> None:
    found = solution_page(SOLUTION, many(3), Prices(training_hour=0.5, currency="EUR"))
    text = " ".join("".join(shown(found).text).split())

    assert found.champion is found.versions[0]
    assert found.newest is found.versions[2]
    assert "Training since 1 Nov 2026 3.00 h, 1.50 EUR 3 versions" in text
    assert text.count("0.50 EUR") >= 3


def test_a_challenger_has_a_mark_in_each_chart_a_word_in_the_table_and_its_place_among_the_facts() -> None:
    campaign = SOLUTION.campaign.model_copy(update={"create": {"name": "movies-b"}})
    tested = SOLUTION.model_copy(update={"challenger": campaign})
    found = shown(solution_page(tested, many(3, challenger=arn(1)), Prices()))
    text = " ".join("".join(found.text).split())
    marks = [attributes for attributes in found.all("circle") if attributes.get("class") == "ring beside"]

    assert len(marks) == 1 + len((NDCG, OTHER))  # the legend's, and one in each chart of a metric
    assert "Challenger in campaign movies-b 00000001" in text
    assert text.count("00000001 challenger") == 1
    links = [attributes["href"] for attributes in found.all("a") if "data-airflow" in attributes]
    assert links.count("/airflow/dags/movies.challenge_champion") == 2  # as often as to the promote DAG
    for nobody in (solution_page(SOLUTION, many(3), Prices()), solution_page(tested, many(3), Prices())):
        assert "hallenger" not in "".join(shown(nobody).text)


def test_a_recipe_that_is_billed_by_interactions_has_hours_and_no_price() -> None:
    other = SOLUTION.model_copy(update={"recipe": "aws-user-personalization-v2"})
    text = " ".join("".join(shown(solution_page(other, many(3), Prices())).text).split())

    assert "3.00 h 3 versions; billed by interactions" in text
    assert "USD" not in text


def test_times_are_given_to_the_minute_for_the_browser_to_tell_in_its_own_way() -> None:
    times = {attributes["datetime"] for attributes in shown(solution_page(SOLUTION, many(2), Prices())).all("time")}

    assert times == {"2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"}


def test_several_solutions_stand_below_each_other() -> None:
    other = SOLUTION.model_copy(update={"create": {"name": "more"}})
    found = shown(solution_page(SOLUTION, many(2), Prices()), solution_page(other, [], Prices()))

    assert [attributes["id"] for attributes in found.all("h2")] == ["solution-1", "solution-2"]
    assert {"#solution-1", "#solution-2"} <= {attributes["href"] for attributes in found.all("a")}
    assert "No version yet" in "".join(found.text)
