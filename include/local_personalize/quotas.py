"""How many resources of a kind may be pending or in progress in one account and region."""

from include.local_personalize.errors import LimitExceeded

IN_FLIGHT = {
    "dataset-import-job": 5,
    "batch-inference-job": 5,
    "solution-version": 20,
}


def check_in_flight(kind: str, in_flight: int) -> None:
    """Raise LimitExceeded, in Amazon's words, where one more of this kind would break its quota."""
    limit = IN_FLIGHT.get(kind)
    if limit is not None and in_flight >= limit:
        raise LimitExceeded(f"More than {limit} resources with PENDING or IN_PROGRESS status.")
