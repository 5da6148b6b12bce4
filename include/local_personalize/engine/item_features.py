"""What items are like: their metadata as numbers, and what it says of items that nobody has had yet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix, hstack, vstack

from include.local_personalize.engine import training_columns
from include.local_personalize.engine.data import TrainingData
from include.local_personalize.engine.histories import Bools, Floats

CATEGORICAL, TEXTUAL, NUMERIC = "categorical", "textual", "numeric"
SEPARATOR = "|"
QUANTILES = 8
MOST_WORDS = 20_000
POWER_ITERATIONS = 2
PENALTIES = tuple(10.0**power for power in range(-2, 5))

Float32s = npt.NDArray[np.float32]


def columns(data: TrainingData, config: Mapping[str, Any]) -> dict[str, str]:
    """The kind of each column of items that trains: those that ``config``, a solutionConfig, includes or does not
    exclude by its trainingDataConfig, without ids, booleans, and what is neither categorical nor textual.
    """
    if data.items is None:
        return {}
    kinds = data.item_kinds if data.item_kinds is not None else _kinds_by_type(data.items)
    known = [name for name in kinds if name in data.items.column_names]
    return {name: kinds[name] for name in training_columns.chosen(known, config, "ITEMS")}


def _kinds_by_type(items: pa.Table) -> dict[str, str]:
    kinds = {}
    for field in items.schema:
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            kinds[field.name] = NUMERIC
        elif field.name != "ITEM_ID" and not pa.types.is_boolean(field.type):
            kinds[field.name] = CATEGORICAL
    return kinds


def features(items: pa.Table | None, kinds: Mapping[str, str], item_ids: Sequence[str]) -> csr_matrix:
    """Items x features, a row for each of ``item_ids``: empty for one without metadata, else of length 1.

    Each column that an item has a value for counts the same, however many words or categories that value has. Rare
    categories and words count more than frequent ones (TF-IDF); of a number, what counts is between which of its
    quantiles it lies.
    """
    from sklearn.preprocessing import normalize

    blocks = [_block(items[name], kind) for name, kind in kinds.items()] if items is not None and len(items) else []
    blocks = [block for block in blocks if block.shape[1]]
    if items is None or not blocks:
        return csr_matrix((len(item_ids), 0))
    known = normalize(hstack(blocks, "csr"))
    row_of = {item: row for row, item in enumerate(items["ITEM_ID"].to_pylist())}
    rows = np.array([row_of.get(item, -1) for item in item_ids], np.int64)
    nothing = csr_matrix((1, known.shape[1]))
    return vstack((known, nothing), "csr")[np.where(rows < 0, len(items), rows)]


def _block(column: pa.ChunkedArray, kind: str) -> csr_matrix:
    return _numbers(column) if kind == NUMERIC else _words(column, kind)


def _words(column: pa.ChunkedArray, kind: str) -> csr_matrix:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text or "" for text in column.to_pylist()]
    analyzer = "word" if kind == TEXTUAL else _categories
    most = MOST_WORDS if kind == TEXTUAL else None
    vectorizer = TfidfVectorizer(analyzer=analyzer, max_features=most, sublinear_tf=True, dtype=np.float32)
    try:
        return vectorizer.fit_transform(texts)
    except ValueError:  # so it says that no text has a word
        return csr_matrix((len(texts), 0))


def _categories(text: str) -> list[str]:
    return [each for each in text.split(SEPARATOR) if each]


def _numbers(column: pa.ChunkedArray) -> csr_matrix:
    from sklearn.preprocessing import SplineTransformer, normalize

    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    present = np.flatnonzero(np.isfinite(values))
    if len(np.unique(values[present])) < 2:  # the same for all items: it tells none from another
        return csr_matrix((len(values), 0))
    knots = np.unique(np.quantile(values[present], np.linspace(0, 1, QUANTILES + 1)))
    spline = SplineTransformer(degree=1, knots=knots[:, None], sparse_output=True)
    encoded = normalize(spline.fit_transform(values[present, None]))
    placed = csr_matrix((np.ones(len(present)), (present, np.arange(len(present)))), (len(values), len(present)))
    return (placed @ encoded).tocsr()


def compressed(matrix: csr_matrix, width: int, seed: int) -> Float32s:
    """Items x at most ``width``: the directions in which the features differ most, each row of length 1 or 0."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    if not matrix.shape[1]:
        return np.zeros(matrix.shape, np.float32)
    if min(matrix.shape) <= width:
        return np.asarray(normalize(matrix).toarray(), np.float32)
    svd = TruncatedSVD(width, n_iter=POWER_ITERATIONS, random_state=seed)
    return np.asarray(normalize(svd.fit_transform(matrix)), np.float32)


def foretold(features: Float32s, factors: Float32s | Floats, warm: Bools) -> Floats:
    """Factors of all items: those of the ``warm`` ones as they are, those of the others by ridge regression on their
    dense ``features`` (see compressed), with the penalty that foretells each warm item best from the others.

    ``factors`` has a row for each warm item, ``features`` and the result one for each item. An item without features
    gets the mean of the warm ones.
    """
    from sklearn.linear_model import RidgeCV

    every = np.tile(factors.mean(axis=0, dtype=np.float64), (len(warm), 1))
    every[warm] = factors
    described = features.any(axis=1)
    learnt, wanted = warm & described, ~warm & described
    if learnt.any() and wanted.any():
        dense = features.astype(np.float64)
        every[wanted] = RidgeCV(PENALTIES).fit(dense[learnt], every[learnt]).predict(dense[wanted])
    return every
