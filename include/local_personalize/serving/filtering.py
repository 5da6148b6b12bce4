"""The filters that a request names, applied to the data of its group."""

from collections.abc import Mapping

from include.local_personalize import filters
from include.local_personalize.call import Call
from include.local_personalize.engine import EVERYTHING, Allowed
from include.local_personalize.engine.catalogue import Recipe
from include.local_personalize.errors import InvalidInput
from include.local_personalize.filters.group_data import GroupData
from include.local_personalize.state.lifecycle import ACTIVE

SUBJECTS = {"PERSONALIZED_ACTIONS": "ACTIONID", "USER_SEGMENTATION": "USERID"}


def usable(call: Call, filter_arn: str, group_arn: str, recipe: Recipe) -> filters.Filter:
    """The filter of an ARN; raises ResourceNotFound, or InvalidInput where this recipe or group cannot use it."""
    found = call.resources.get(filter_arn, "filter")
    status = found.lifecycle.status(call.now)
    if status != ACTIVE:
        raise InvalidInput(f"{filter_arn} must be ACTIVE; its status is {status}.")
    if found.parent != group_arn:
        raise InvalidInput(f"{filter_arn} belongs to another dataset group than {group_arn}.")
    parsed = filters.parse(found.body["filterExpression"])
    subject = SUBJECTS.get(recipe.type, "ITEMID")
    if parsed.subject != subject:
        raise InvalidInput(f"{filter_arn} is about {parsed.subject}; recipe {recipe.name} needs one about {subject}.")
    if parsed.reads_current_item and recipe.type != "RELATED_ITEMS":
        raise InvalidInput(f"{filter_arn} reads CurrentItem, which only recipes of type RELATED_ITEMS have.")
    if recipe.name == "aws-item-attribute-affinity" and "INTERACTIONS" in parsed.datasets:
        raise InvalidInput(f"{filter_arn} reads Interactions, which {recipe.name} cannot filter on.")
    return parsed


def allowed(
    data: GroupData, filter_: filters.Filter, values: Mapping[str, str], user_id: str = "", item_id: str = ""
) -> Allowed:
    """What a filter leaves; raises InvalidInput for values that do not fit it, and where it needs a user."""
    if filter_.reads_current_user and not user_id:
        raise InvalidInput("userId is required: the filter reads what the user did, or CurrentUser.")
    try:
        return filters.allowed(filter_, values, data.datasets, user_id, item_id)
    except filters.InvalidExpression as error:
        raise InvalidInput(str(error)) from None


def both(first: Allowed, second: Allowed) -> Allowed:
    """What two filters leave together."""
    for one, other in ((first, second), (second, first)):
        if one == EVERYTHING:
            return other
    if first.only and second.only:
        return Allowed(first.ids & second.ids, only=True)
    if first.only or second.only:
        only, without = (first, second) if first.only else (second, first)
        return Allowed(only.ids - without.ids, only=True)
    return Allowed(first.ids | second.ids)
