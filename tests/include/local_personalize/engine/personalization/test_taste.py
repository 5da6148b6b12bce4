import numpy as np
import pytest
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.personalization import taste
from tests.include.local_personalize.engine.shops import checkerboard


@pytest.fixture(scope="module")
def histories() -> Histories:
    data, _ = checkerboard()
    return encode(data.interactions)


def test_folded_in_users_are_those_of_the_library(histories: Histories) -> None:
    fitted = taste.fit(histories, factors=8, half_life=5.0, seed=2)
    users = np.array([0, 7, 31])
    confidences = csr_matrix(
        (0.5 ** (histories.ages / 5.0), histories.items.copy(), histories.starts.copy()),
        (len(histories.user_ids), len(histories.item_ids)),
    )
    with threadpool_limits(1, "blas"):
        library = AlternatingLeastSquares(factors=8, regularization=fitted.regularisation)
        library.item_factors = fitted.factors
        expected = library.recalculate_user(users, confidences[users]) @ fitted.factors.T
    folded = [
        taste.fold_in(
            np.unique(histories.of(user)),
            confidences[user].toarray()[0, np.unique(histories.of(user))],
            fitted.factors,
            fitted.gram(),
            fitted.regularisation,
            np.empty((8, 8)),
        )
        for user in users
    ]
    assert np.array(folded) @ fitted.factors.T == pytest.approx(expected, abs=1e-4)


def test_regularisation_grows_with_the_data(histories: Histories) -> None:
    """The root of the mean energy of rows and of columns: 60 users with 18 events each, 40 items with 27 on average."""
    fitted = taste.fit(histories, factors=8, half_life=taste.NO_FADING, seed=2)
    assert fitted.regularisation == pytest.approx(0.7 * (18**0.5 + 27**0.5))


def test_one_seed_gives_one_taste(histories: Histories) -> None:
    one, same, other = (taste.fit(histories, 8, 5.0, seed).factors for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
