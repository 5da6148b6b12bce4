"""The documented hyperparameters of aws-user-personalization, and what they mean to this engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from include.local_personalize.engine.histories import Histories


@dataclass(frozen=True)
class Hyperparameters:
    """``hidden_dimension`` is the number of factors of taste, ``bptt`` how many of a user's newest events
    transitions start from, and ``recency_mask`` whether newer events count more. Users whose history is shorter
    or longer than the percentiles do not train.

    The service's own default for hidden_dimension is 149. Here 64 factors measure the same in less than half
    the time, so 149 is used only when asked for.
    """

    hidden_dimension: int = 64
    bptt: int = 32
    recency_mask: bool = True
    min_user_history_length_percentile: float = 0.0
    max_user_history_length_percentile: float = 0.99

    @classmethod
    def of(cls, solution_config: Mapping[str, Any]) -> "Hyperparameters":
        """From a solutionConfig without faults (see recipes.check_solution_config), whose values are strings."""
        given = {
            **solution_config.get("algorithmHyperParameters", {}),
            **solution_config.get("featureTransformationParameters", {}),
        }
        readers: dict[str, Callable[[str], Any]] = {
            "hidden_dimension": int,
            "bptt": int,
            "recency_mask": lambda text: text.lower() == "true",
        }
        return cls(**{name: readers.get(name, float)(value) for name, value in given.items()})

    def trainable(self, histories: Histories) -> Histories:
        """The histories without those that are too short or too long, such as a robot's."""
        lengths = histories.lengths
        shortest, longest = np.quantile(
            lengths[lengths > 0], (self.min_user_history_length_percentile, self.max_user_history_length_percentile)
        )
        return histories.where(np.repeat((lengths >= shortest) & (lengths <= longest), lengths))
