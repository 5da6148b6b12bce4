"""Why a cell cannot be imported."""


class BadCellError(ValueError):
    """The message says what is wrong with the cell, as a sentence that begins with the column's name."""
