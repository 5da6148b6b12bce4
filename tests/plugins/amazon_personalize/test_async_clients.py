"""Who waits at the same time with the same settings uses one client."""

import asyncio
from typing import Any

import pytest

from amazon_personalize.hook import PersonalizeHook

pytestmark = pytest.mark.usefixtures("endpoints")


async def entered(*hooks: PersonalizeHook) -> list[Any]:
    """The clients that hooks give while all are in use."""
    waiting = asyncio.Barrier(len(hooks))

    async def wait(hook: PersonalizeHook) -> Any:
        async with await hook.get_async_conn() as client:
            await client.list_recipes()
            await waiting.wait()
            return client

    return list(await asyncio.gather(*(wait(hook) for hook in hooks)))


def test_one_client_serves_the_same_settings() -> None:
    slow = {"read_timeout": 7}

    first, second, other, slower, slower_too = asyncio.run(
        entered(
            PersonalizeHook(),
            PersonalizeHook(),
            PersonalizeHook(region_name="eu-west-1"),
            PersonalizeHook(config=dict(slow)),
            PersonalizeHook(config=dict(slow)),
        )
    )

    assert first is second
    assert slower is slower_too
    assert len({first, other, slower}) == 3
    assert other.meta.region_name == "eu-west-1"


def test_a_client_is_closed_after_the_last_and_made_anew_for_the_next() -> None:
    async def twice() -> tuple[list[Any], list[Any]]:
        return await entered(PersonalizeHook()), await entered(PersonalizeHook())

    (first,), (second,) = asyncio.run(twice())

    assert first is not second


def test_who_cannot_open_one_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def after_a_failure() -> list[Any]:
        with monkeypatch.context() as broken:
            broken.setenv("AWS_ENDPOINT_URL_PERSONALIZE", "nowhere")
            with pytest.raises(ValueError, match="Invalid endpoint"):
                await entered(PersonalizeHook())
        return await entered(PersonalizeHook(), PersonalizeHook())

    assert len(set(asyncio.run(after_a_failure()))) == 1
