"""The backtest block: null by default, and what cannot be is said with its key and what is allowed."""

from pathlib import Path

import pytest

from include.config import ConfigError, load_file

MOVIES = (Path(__file__).parents[3] / "include/dataset_groups/movies.yaml").read_text()


def with_backtest(folder: Path, block: str, recipe: str = "aws-user-personalization") -> Path:
    text = MOVIES.replace("    campaign:\n      create:", f"    backtest: {block}\n    campaign:\n      create:")
    assert text != MOVIES
    file = folder / "movies.yaml"
    text = text.replace("aws-user-personalization", recipe).replace("update_between: true", "")
    file.write_text(text.replace("version_days: 9", "version_days: 13"))
    return file


def test_there_is_none_unless_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "movies.yaml"
    file.write_text(MOVIES)

    assert load_file(file).solutions[0].backtest is None
    assert load_file(with_backtest(tmp_path, "null")).solutions[0].backtest is None


def test_an_empty_block_has_defaults(tmp_path: Path) -> None:
    backtest = load_file(with_backtest(tmp_path, "{}")).solutions[0].backtest

    assert backtest is not None
    assert (backtest.users, backtest.least_users, backtest.wait_days) == (20_000, 3_000, 5)
    assert backtest.allowed_loss == 0.01
    assert backtest.create == {}


@pytest.mark.parametrize(
    ("block", "key", "says"),
    [
        ("{users: 200}", "backtest", "least_users is 3000; allowed: at most users, 200"),
        ("{users: 50}", "backtest.users", "greater than or equal to 100"),
        ("{wait_days: 7}", "backtest", "wait_days is 7, so that the next FULL version would come first. Allowed: less"),
        ("{allowed_loss: 1}", "backtest.allowed_loss", "less than 1"),
        ("{metric: coverage}", "backtest.metric", "mean_reciprocal_rank_at_25"),
        ("{create: {numResults: 24}}", "backtest.create", "Allowed: at least 25, or leave it out"),
        ("{create: {numResult: 25}}", "backtest.create", "Did you mean numResults?"),
        ("{create: {roleArn: x}}", "backtest.create", "roleArn is supplied by the programme"),
        ("{days: 3}", "backtest.days", "unknown key. Allowed: users, least_users, wait_days"),
    ],
)
def test_what_cannot_be(tmp_path: Path, block: str, key: str, says: str) -> None:
    file = with_backtest(tmp_path, block)

    with pytest.raises(ConfigError) as error:
        load_file(file)

    (line,) = str(error.value).splitlines()
    assert f": solutions.0.{key}: " in line
    assert says in line


@pytest.mark.parametrize("recipe", ["aws-sims", "aws-personalized-ranking-v2", "aws-trending-now"])
def test_recipes_that_do_not_answer_for_a_user_alone_have_none(tmp_path: Path, recipe: str) -> None:
    with pytest.raises(ConfigError, match=f"solutions.0.backtest: {recipe} does not answer for a user alone. Allowed"):
        load_file(with_backtest(tmp_path, "{}", recipe))


def test_the_watch_waits_for_longer_than_a_champion_may_serve(tmp_path: Path) -> None:
    file = with_backtest(tmp_path, "{}")
    file.write_text(file.read_text().replace("version_days: 13", "version_days: 12"))

    with pytest.raises(ConfigError, match=r"serve a version for 12 days .* Allowed: more than 12 there"):
        load_file(file)  # a week by the cadence, and five days for users to come back
