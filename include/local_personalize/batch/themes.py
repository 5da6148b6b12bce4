"""What recommended items have in common, in words of their own metadata.

Amazon has a language model write a title. Here a theme is the terms that weigh most over the items, found by TF-IDF:
it says less prettily, and as checkably, what is shared.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.filters.columns import SEPARATOR
from include.local_personalize.filters.records import Records

TERMS = 3  # of a theme


class Themes:
    """Terms of all items, weighed by how rare they are; one category is one term, as is one word of a text."""

    def __init__(self, records: Records, schema: AvroSchema, item_name: str) -> None:
        """``item_name`` is the column that names items."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._records = records
        read = [column for column in schema.columns if column.categorical or column.textual or column.name == item_name]
        self._whole = [column.name.upper() for column in read if column.categorical]
        self._words = [column.name.upper() for column in read if not column.categorical]
        vectorizer = TfidfVectorizer(analyzer=list, dtype=np.float32)
        # A word's analysis is that of scikit-learn: lower case, two letters at least, English stop words left out.
        self._analyse = TfidfVectorizer(stop_words="english").build_analyzer()
        documents = [list(self._terms(row)) for row in range(len(records.ids))]
        if not any(documents):
            raise ValueError("No item has metadata to find a theme in.")
        self._weights = vectorizer.fit_transform(documents)
        self._vocabulary = vectorizer.get_feature_names_out()

    def _terms(self, row: int) -> Iterator[str]:
        for name in self._whole:
            parts = (self._records.column(name).text(row) or "").split(SEPARATOR)
            yield from (part.strip().lower() for part in parts if part.strip())
        for name in self._words:
            yield from self._analyse(self._records.column(name).text(row) or "")

    def of(self, items: Sequence[str]) -> tuple[str, list[float]]:
        """The theme of items, and how close each is to it: the cosine, 0 to 1, of their weights.

        Terms of several items come before terms of one. Raises ValueError where no item has metadata.
        """
        rows = [self._records.row(item) for item in items]
        known = [row for row in rows if row is not None]
        weights = self._weights[known]
        shared = np.asarray((weights > 0).sum(axis=0)).ravel() > 1
        mean = np.asarray(weights.mean(axis=0)).ravel() if known else np.zeros(len(self._vocabulary))
        terms = [at for at in np.lexsort((-mean, ~shared))[:TERMS] if mean[at] > 0]
        if not terms:
            raise ValueError("The recommended items have no metadata to find a theme in.")
        theme = np.zeros(len(self._vocabulary), np.float32)
        theme[terms] = mean[terms] / np.linalg.norm(mean[terms])
        cosines = dict(zip(known, np.round(weights @ theme, 7).tolist(), strict=True))
        closeness = [cosines.get(row, 0.0) if row is not None else 0.0 for row in rows]
        return ", ".join(self._vocabulary[terms]), closeness
