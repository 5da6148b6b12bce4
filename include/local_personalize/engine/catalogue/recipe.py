"""What the catalogue says of a recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.local_personalize.engine.catalogue.parameters import Parameter


@dataclass(frozen=True)
class UseCase:
    """What a recipe of a domain adds to the custom recipe that it is trained as.

    Only events of ``event_type`` train, of which 1,000 are needed (None: all events). The items of a user's events of
    ``removes`` are never recommended to that user (None: nothing is removed). ``user_required`` and ``item_required``
    say what GetRecommendations must name.
    """

    domain: str
    trained_as: str
    event_type: str | None
    removes: str | None
    user_required: bool
    item_required: bool


@dataclass(frozen=True)
class Recipe:
    """Names, types, defaults and ranges are the documented ones.

    ``algorithm`` and ``feature_transformation`` are the last parts of their ARNs; where AWS documents none, they are
    the recipe's name.
    """

    name: str
    type: str
    description: str
    hyperparameters: Mapping[str, Parameter] = field(default_factory=dict)
    featurization: Mapping[str, Parameter] = field(default_factory=dict)
    algorithm: str = ""
    feature_transformation: str = ""
    update_allowed: bool = False
    batch_inference_allowed: bool = False
    themes_allowed: bool = False
    exploration_allowed: bool = False
    events_config_allowed: bool = False
    objective_allowed: bool = False
    ranking_influence_allowed: bool = False
    use_case: UseCase | None = None

    @property
    def domain(self) -> str | None:
        """ECOMMERCE, VIDEO_ON_DEMAND, or None for a recipe of custom solutions."""
        return self.use_case.domain if self.use_case else None

    @property
    def default_hyperparameters(self) -> dict[str, str]:
        """As DescribeAlgorithm gives them."""
        return {name: parameter.default for name, parameter in self.hyperparameters.items()}

    @property
    def default_feature_transformation(self) -> dict[str, str]:
        """As DescribeFeatureTransformation gives them."""
        return {name: parameter.default for name, parameter in self.featurization.items()}

    @property
    def tunable(self) -> dict[str, Parameter]:
        """The hyperparameters that hyperparameter optimisation searches; empty where the recipe does not allow it."""
        return {name: parameter for name, parameter in self.hyperparameters.items() if parameter.tunable}
