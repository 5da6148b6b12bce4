"""Asynchronous clients of this process: one for all who wait with the same settings, open while somebody does.

To make one costs 20 ms of the triggerer's only thread; with one for each of 500 waits, the last of them took its first
look half a minute late, and the triggerer was reported as blocked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Opening = Callable[[], Awaitable[AbstractAsyncContextManager[Any]]]


@dataclass
class _Line:
    users: int = 0
    client: Any = None
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)


_lines: dict[tuple[int, str], _Line] = {}


@asynccontextmanager
async def shared(settings: str, opened: Opening) -> AsyncIterator[Any]:
    """The client with these settings, opened by the first who asks and closed after the last."""
    key = (id(asyncio.get_running_loop()), settings)
    line = _lines.setdefault(key, _Line())
    line.users += 1
    try:
        async with line.opening:
            if line.client is None:
                line.client = await line.closing.enter_async_context(await opened())
        yield line.client
    finally:
        line.users -= 1
        if not line.users:
            del _lines[key]
            await line.closing.aclose()
