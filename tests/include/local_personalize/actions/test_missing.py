"""What every Describe, Delete and List has in common: ARNs of nothing, and tokens that nobody gave."""

import botocore.session
import pytest
from botocore import xform_name

MODEL = botocore.session.get_session().get_service_model("personalize")
OF_ONE = [name for name in MODEL.operation_names if name.startswith(("Describe", "Delete"))]
NEEDS_A_PARENT = "ListMetricAttributionMetrics"  # though the model does not say so
LISTS = [
    name
    for name in MODEL.operation_names
    if "nextToken" in MODEL.operation_model(name).input_shape.members and name != NEEDS_A_PARENT
]


@pytest.mark.parametrize("operation", OF_ONE)
def test_what_is_not_there_is_not_found(shop, operation):
    snake = xform_name(operation)
    kind = snake.partition("_")[2].replace("_", "-")
    [member] = MODEL.operation_model(operation).input_shape.members
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        getattr(shop.api, snake)(**{member: shop.missing(kind)})


@pytest.mark.parametrize("operation", LISTS)
def test_a_token_that_nobody_gave_is_refused(shop, operation):
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        getattr(shop.api, xform_name(operation))(nextToken="nonsense")


def test_a_page_has_at_most_a_hundred(shop):
    arn = shop.missing("metric-attribution")
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.list_metric_attribution_metrics(metricAttributionArn=arn, maxResults=101)
