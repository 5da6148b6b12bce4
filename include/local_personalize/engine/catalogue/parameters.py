"""The parameters of recipes: their defaults and what they may be. The API spells every value as a string."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class WholeNumber:
    """An integer from ``least`` to ``most``."""

    default: str
    least: int
    most: int
    tunable: bool = False
    only_tuned: bool = False

    @property
    def allowed(self) -> str:
        """What a value must be, as the end of a sentence."""
        return f"a whole number from {self.least} to {self.most}"

    def admits(self, text: str) -> bool:
        """Whether a value is allowed."""
        try:
            return self.least <= int(text) <= self.most
        except ValueError:
            return False


@dataclass(frozen=True)
class Number:
    """A decimal number from ``least`` to ``most``."""

    default: str
    least: float
    most: float
    tunable: bool = False
    only_tuned: bool = False

    @property
    def allowed(self) -> str:
        """What a value must be, as the end of a sentence."""
        return "a number" if math.isinf(self.most) else f"a number from {self.least:g} to {self.most:g}"

    def admits(self, text: str) -> bool:
        """Whether a value is allowed."""
        try:
            return self.least <= float(text) <= self.most
        except ValueError:
            return False


@dataclass(frozen=True)
class Choice:
    """One of ``values``; capital letters do not matter."""

    default: str
    values: tuple[str, ...]
    tunable: bool = False
    only_tuned: bool = False

    @property
    def allowed(self) -> str:
        """What a value must be, as the end of a sentence."""
        return " or ".join(self.values) if len(self.values) == 2 else f"one of {', '.join(self.values)}"

    def admits(self, text: str) -> bool:
        """Whether a value is allowed."""
        return text.lower() in {value.lower() for value in self.values}


# ``tunable`` says whether hyperparameter optimisation may search it, ``only_tuned`` that nothing else may set it.
Parameter = WholeNumber | Number | Choice
