"""The ASGI application: Amazon's side and the control plane."""

from email.utils import formatdate

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include.local_personalize.protocol import control
from include.local_personalize.protocol.wire import Wire
from include.local_personalize.service import Service
from include.local_personalize.state.clock import Clock

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class DateHeader:
    """Tells the service's own time in every answer: callers may measure ages by the clock that wrote them."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header as the answer starts."""

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = formatdate(self._clock.now(), usegmt=True)
            await send(message)

        await self._app(scope, receive, send_dated)


def build(service: Service) -> Starlette:
    """Everything that is not under /_local/ is Amazon's."""
    wire = Wire(service)
    return Starlette(
        routes=[*control.routes(service), Route("/{path:path}", wire.answer, methods=METHODS)],
        middleware=[Middleware(DateHeader, clock=service.clock)],
    )
