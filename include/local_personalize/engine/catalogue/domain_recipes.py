"""The recipes of recommenders, pre-configured for a domain. Source: developer guide, use cases of each domain."""

from include.local_personalize.engine.catalogue.recipe import Recipe, UseCase

VIDEO_ON_DEMAND = "VIDEO_ON_DEMAND"
ECOMMERCE = "ECOMMERCE"

DOMAIN_RECIPES = (
    Recipe(
        "aws-vod-because-you-watched-x",
        "RELATED_ITEMS",
        "Videos that others watched together with a video, without those that the user has watched.",
        use_case=UseCase(VIDEO_ON_DEMAND, "aws-sims", "Watch", "Watch", user_required=True, item_required=True),
    ),
    Recipe(
        "aws-vod-more-like-x",
        "RELATED_ITEMS",
        "Videos that resemble a video, without those that the user has watched.",
        use_case=UseCase(VIDEO_ON_DEMAND, "aws-similar-items", None, "Watch", user_required=True, item_required=True),
    ),
    Recipe(
        "aws-vod-most-popular",
        "POPULAR_ITEMS",
        "The videos that are watched the most.",
        use_case=UseCase(
            VIDEO_ON_DEMAND, "aws-popularity-count", "Watch", None, user_required=True, item_required=False
        ),
    ),
    Recipe(
        "aws-vod-trending-now",
        "POPULAR_ITEMS",
        "The videos whose popularity grows the fastest.",
        use_case=UseCase(VIDEO_ON_DEMAND, "aws-trending-now", None, None, user_required=False, item_required=False),
    ),
    Recipe(
        "aws-vod-top-picks",
        "USER_PERSONALIZATION",
        "Videos that a user is likely to watch next, without those that the user has watched.",
        exploration_allowed=True,
        use_case=UseCase(
            VIDEO_ON_DEMAND, "aws-user-personalization", None, "Watch", user_required=True, item_required=False
        ),
    ),
    Recipe(
        "aws-ecomm-popular-items-by-views",
        "POPULAR_ITEMS",
        "The items that customers view the most.",
        use_case=UseCase(ECOMMERCE, "aws-popularity-count", "View", None, user_required=True, item_required=False),
    ),
    Recipe(
        "aws-ecomm-popular-items-by-purchases",
        "POPULAR_ITEMS",
        "The items that customers buy the most.",
        use_case=UseCase(ECOMMERCE, "aws-popularity-count", "Purchase", None, user_required=True, item_required=False),
    ),
    Recipe(
        "aws-ecomm-frequently-bought-together",
        "RELATED_ITEMS",
        "Items that customers buy together with an item.",
        use_case=UseCase(ECOMMERCE, "aws-sims", "Purchase", None, user_required=False, item_required=True),
    ),
    Recipe(
        "aws-ecomm-customers-who-viewed-x-also-viewed",
        "RELATED_ITEMS",
        "Items that customers view together with an item, without those that the user has bought.",
        use_case=UseCase(ECOMMERCE, "aws-sims", "View", "Purchase", user_required=True, item_required=True),
    ),
    Recipe(
        "aws-ecomm-recommended-for-you",
        "USER_PERSONALIZATION",
        "Items that a customer is likely to turn to next, without those that the customer has bought.",
        exploration_allowed=True,
        use_case=UseCase(
            ECOMMERCE, "aws-user-personalization", None, "Purchase", user_required=True, item_required=False
        ),
    ),
)
