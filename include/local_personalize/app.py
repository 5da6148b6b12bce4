"""The ASGI application: Amazon's side and the control plane."""

from starlette.applications import Starlette
from starlette.routing import Route

from include.local_personalize import control
from include.local_personalize.service import Service
from include.local_personalize.wire import Wire

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def build(service: Service) -> Starlette:
    """Everything that is not under /_local/ is Amazon's."""
    wire = Wire(service)
    return Starlette(routes=[*control.routes(service), Route("/{path:path}", wire.answer, methods=METHODS)])
