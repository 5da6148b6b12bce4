"""The challenger's campaign: none by default, and never one that is another's."""

from pathlib import Path

import pytest

from include.config import ConfigError, load, load_file

MOVIES = (Path(__file__).parents[3] / "include/dataset_groups/movies.yaml").read_text()
DOCUMENTED = "# challenger: {create: {name: movies-for-you-challenger}}"


def write(folder: Path, challenger: str, text: str = MOVIES) -> Path:
    assert text.count(DOCUMENTED) == 1
    file = folder / "movies.yaml"
    file.write_text(text.replace(DOCUMENTED, f"challenger: {challenger}"))
    return file


def test_there_is_none_unless_it_is_asked_for(tmp_path: Path) -> None:
    (group,) = load()
    assert group.solutions[0].challenger is None
    assert load_file(write(tmp_path, "null")).solutions[0].challenger is None


def test_what_the_movies_file_tells_of_is_right(tmp_path: Path) -> None:
    (solution,) = load_file(write(tmp_path, DOCUMENTED.removeprefix("# challenger: "))).solutions

    assert solution.challenger
    assert solution.challenger.probe == solution.campaign.probe
    assert [campaign.name for campaign in solution.campaigns] == ["movies-for-you", "movies-for-you-challenger"]


@pytest.mark.parametrize(
    ("challenger", "key", "says"),
    [
        ("{create: {name: movies-for-you}}", "challenger", "the champion's campaign. Allowed: null, or one of another"),
        ("{create: {nam: x}}", "challenger.create", "Did you mean name?"),
        ("{create: {name: x, solutionVersionArn: x}}", "challenger.create", "supplied by the programme"),
        ("{create: {name: x}, cadence: {}}", "challenger.cadence", "unknown key. Allowed: create, probe"),
    ],
)
def test_an_error_names_line_key_and_what_is_allowed(tmp_path: Path, challenger: str, key: str, says: str) -> None:
    file = write(tmp_path, challenger)
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if text.strip().startswith("challenger:"))

    with pytest.raises(ConfigError) as error:
        load_file(file)

    assert str(error.value).startswith(f"{file}:{line}: solutions.0.{key}: ")
    assert says in str(error.value)


def test_no_solution_of_the_group_has_the_challengers_campaign(tmp_path: Path) -> None:
    head, solution = MOVIES.split("solutions:\n")
    other = solution.replace(DOCUMENTED, "").replace("name: movies-for-you", "name: more")
    file = write(tmp_path, "{create: {name: more}}", f"{head}solutions:\n{solution}{other}")

    with pytest.raises(ConfigError, match=r"campaign name more stands twice. Allowed: once a group"):
        load_file(file)


def test_no_other_group_has_the_challengers_campaign(tmp_path: Path) -> None:
    write(tmp_path, "{create: {name: films}}")
    films = MOVIES.replace("{name: movies}", "{name: films}").replace("s3://movies-", "s3://films-")
    (tmp_path / "films.yaml").write_text(films.replace("name: movies-for-you", "name: films"))

    with pytest.raises(ConfigError, match=r"campaign films stands in more than one file. Allowed: names that no other"):
        load(tmp_path)
