"""Every operator here speaks to the server."""

import pytest


@pytest.fixture(autouse=True)
def speaks_to_the_server(endpoints: None) -> None:
    """As an operator does where the endpoints are set."""
