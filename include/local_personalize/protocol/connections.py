"""The server's connections, which a fault may cut in the middle of a call."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.auto import AutoHTTPProtocol

_transports: dict[tuple[str, int], asyncio.Transport] = {}


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # uvicorn chooses the class when it is imported
    """A connection of uvicorn's that can be found by its client's address."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        _transports[_address(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _transports.pop(_address(self.transport), None)
        super().connection_lost(exc)


def _address(transport: Any) -> tuple[str, int]:
    host, port = transport.get_extra_info("peername")[:2]
    return str(host), int(port)


async def cut(request: Request) -> Response:
    """Close the request's connection without an answer; the response is for the server alone and goes nowhere."""
    if request.client:
        _transports[(request.client.host, request.client.port)].abort()
        await request.is_disconnected()
        await asyncio.sleep(0.01)  # until the server has taken note, or it would write to a closed connection
    return Response(status_code=499)
