"""The recipes of custom solutions. Source: Amazon Personalize developer guide, the page of each recipe."""

from collections.abc import Mapping

from include.local_personalize.engine.catalogue.parameters import Choice, Number, Parameter, WholeNumber
from include.local_personalize.engine.catalogue.recipe import Recipe

USER_PERSONALIZATION = "USER_PERSONALIZATION"
PERSONALIZED_RANKING = "PERSONALIZED_RANKING"
RELATED_ITEMS = "RELATED_ITEMS"
POPULAR_ITEMS = "POPULAR_ITEMS"
USER_SEGMENTATION = "USER_SEGMENTATION"
PERSONALIZED_ACTIONS = "PERSONALIZED_ACTIONS"

PERCENTILE_FILTERING = "JSON-percentile-filtering"
TRUE_OR_FALSE = ("true", "false")


def _history_percentiles(least: str, most: str) -> dict[str, Parameter]:
    return {
        "min_user_history_length_percentile": Number(least, 0, 1),
        "max_user_history_length_percentile": Number(most, 0, 1),
    }


SEQUENCE: Mapping[str, Parameter] = {
    "hidden_dimension": WholeNumber("149", 32, 256, tunable=True),
    "bptt": WholeNumber("32", 2, 32, tunable=True),
    "recency_mask": Choice("true", TRUE_OR_FALSE, tunable=True),
}
RECENCY_BIAS: Mapping[str, Parameter] = {"apply_recency_bias": Choice("true", TRUE_OR_FALSE)}
LEGACY_SEQUENCE: Mapping[str, Parameter] = {
    "hidden_dimension": WholeNumber("43", 32, 256, tunable=True),
    "bptt": WholeNumber("32", 1, 32),
    "recency_mask": Choice("true", TRUE_OR_FALSE, tunable=True),
}
COLD_START: Mapping[str, Parameter] = {
    "cold_start_max_interactions": WholeNumber("15", 1, 1_000_000),
    "cold_start_max_duration": Number("5.0", 0, 1_000_000),
    "cold_start_relative_from": Choice("latestItem", ("currentTime", "latestItem")),
}
SEGMENTATION: Mapping[str, Parameter] = {"hidden_dimension": WholeNumber("149", 32, 256)}
HISTORY = _history_percentiles("0.0", "0.99")

CUSTOM_RECIPES = (
    Recipe(
        "aws-user-personalization",
        USER_PERSONALIZATION,
        "Items that a user is likely to turn to next, some of them new ones whose appeal is still being explored.",
        SEQUENCE,
        HISTORY,
        feature_transformation=PERCENTILE_FILTERING,
        update_allowed=True,
        batch_inference_allowed=True,
        exploration_allowed=True,
        objective_allowed=True,
    ),
    Recipe(
        "aws-user-personalization-v2",
        USER_PERSONALIZATION,
        "Items that a user is likely to turn to next, from larger catalogues, with event types weighed as you say.",
        RECENCY_BIAS,
        batch_inference_allowed=True,
        exploration_allowed=True,
        events_config_allowed=True,
    ),
    Recipe(
        "aws-personalized-ranking",
        PERSONALIZED_RANKING,
        "Puts a list of items that you give into the order in which they interest a user.",
        SEQUENCE,
        HISTORY,
        feature_transformation=PERCENTILE_FILTERING,
        batch_inference_allowed=True,
        objective_allowed=True,
    ),
    Recipe(
        "aws-personalized-ranking-v2",
        PERSONALIZED_RANKING,
        "Puts a list of items into the order in which they interest a user, with event types weighed as you say.",
        RECENCY_BIAS,
        batch_inference_allowed=True,
        events_config_allowed=True,
    ),
    Recipe(
        "aws-similar-items",
        RELATED_ITEMS,
        "Items that resemble an item, by who has had them and by what their metadata says.",
        {
            "popularity_discount_factor": Number("0.0", 0, 1),
            "item_id_hidden_dim": WholeNumber("100", 30, 200, tunable=True, only_tuned=True),
            "item_metadata_hidden_dim": WholeNumber("100", 30, 200, tunable=True, only_tuned=True),
        },
        batch_inference_allowed=True,
        themes_allowed=True,
    ),
    Recipe(
        "aws-sims",
        RELATED_ITEMS,
        "Items that the same users have had together with an item.",
        {
            "popularity_discount_factor": Number("0.5", 0, 1, tunable=True),
            "min_cointeraction_count": WholeNumber("3", 0, 10, tunable=True),
        },
        _history_percentiles("0.005", "0.995")
        | {
            "min_item_interaction_count_percentile": Number("0.01", 0, 1),
            "max_item_interaction_count_percentile": Number("0.9", 0, 1),
        },
        feature_transformation="sims",
        batch_inference_allowed=True,
    ),
    Recipe(
        "aws-semantic-similarity",
        RELATED_ITEMS,
        "Items whose texts mean something alike.",
        ranking_influence_allowed=True,
        batch_inference_allowed=True,
    ),
    Recipe(
        "aws-popularity-count",
        POPULAR_ITEMS,
        "The items with the most interactions, the same for everyone: what other recipes have to beat.",
        feature_transformation="sims",
        batch_inference_allowed=True,
    ),
    Recipe(
        "aws-trending-now",
        POPULAR_ITEMS,
        "The items whose interactions grow the fastest, the same for everyone.",
        featurization={
            "trend_discovery_frequency": Choice("2 hours", ("30 minutes", "1 hour", "2 hours", "3 hours", "1 day"))
        },
        algorithm="aws-trending-now-custom",
    ),
    Recipe(
        "aws-item-affinity",
        USER_SEGMENTATION,
        "For each item, the users who are the likeliest to turn to it.",
        SEGMENTATION,
        feature_transformation="item-affinity",
    ),
    Recipe(
        "aws-item-attribute-affinity",
        USER_SEGMENTATION,
        "For attributes of items, the users who are the likeliest to turn to items that have them.",
        SEGMENTATION,
        feature_transformation="item-attribute-affinity",
    ),
    Recipe(
        "aws-next-best-action",
        PERSONALIZED_ACTIONS,
        "The actions, such as joining a loyalty programme, that a user is the likeliest to take in the days to come.",
        featurization={"action_optimization_period": WholeNumber("14", 7, 28)},
    ),
    Recipe(
        "aws-hrnn",
        USER_PERSONALIZATION,
        "Legacy: items that a user is likely to turn to next, from the order of events.",
        LEGACY_SEQUENCE,
        HISTORY,
        feature_transformation=PERCENTILE_FILTERING,
        batch_inference_allowed=True,
    ),
    Recipe(
        "aws-hrnn-metadata",
        USER_PERSONALIZATION,
        "Legacy: items that a user is likely to turn to next, from the order of events and from metadata.",
        LEGACY_SEQUENCE,
        HISTORY,
        feature_transformation="featurize_metadata",
        batch_inference_allowed=True,
    ),
    Recipe(
        "aws-hrnn-coldstart",
        USER_PERSONALIZATION,
        "Legacy: items that a user is likely to turn to next, with room for new ones.",
        SEQUENCE,
        {**HISTORY, **COLD_START},
        feature_transformation="featurize_coldstart",
        update_allowed=True,
        batch_inference_allowed=True,
    ),
)
