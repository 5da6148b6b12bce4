"""The control plane under /_local/: plain JSON for tests and operators, no part of Amazon's API."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.local_personalize.protocol import fault_settings
from include.local_personalize.protocol.faults import Faults
from include.local_personalize.service import Service
from include.local_personalize.state import quotas
from include.local_personalize.state.lifecycle import Delays

MOST_DAYS = 36_500


def routes(service: Service) -> list[Route]:
    """GET health and calls; GET and PUT clock, delays, quotas and faults; DELETE faults."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "account": service.account, "now": service.clock.now()})

    async def calls(_: Request) -> Response:
        return JSONResponse(service.calls.shown())

    async def show_clock(_: Request) -> Response:
        return JSONResponse({"offset_days": service.clock.offset_days, "now": service.clock.now()})

    async def set_clock(request: Request) -> Response:
        settings = await _json(request)
        days = settings.get("offset_days") if isinstance(settings, dict) and len(settings) == 1 else None
        if isinstance(days, bool) or not isinstance(days, int | float) or not -MOST_DAYS <= days <= MOST_DAYS:
            return _refusal(f'send {{"offset_days": number}}, from -{MOST_DAYS} to {MOST_DAYS}')
        service.store.keep_setting("offset_days", days)
        service.clock.offset_days = float(days)
        await run_in_threadpool(service.jobs.run_schedule)
        service.jobs.wake()
        return await show_clock(request)

    async def show_delays(_: Request) -> Response:
        return JSONResponse(vars(service.conditions.delays))

    async def set_delays(request: Request) -> Response:
        try:
            delays = Delays.of(await _json(request))
        except ValueError as error:
            return _refusal(str(error))
        service.store.keep_setting("delays", vars(delays))
        service.conditions.delays = delays
        return await show_delays(request)

    async def show_quotas(_: Request) -> Response:
        return JSONResponse(service.conditions.quotas)

    async def set_quotas(request: Request) -> Response:
        overrides = await _json(request)
        try:
            service.conditions.quotas = quotas.limits(overrides)
        except ValueError as error:
            return _refusal(str(error))
        service.store.keep_setting("quotas", overrides)
        return await show_quotas(request)

    async def show_faults(_: Request) -> Response:
        return JSONResponse({"rules": service.conditions.faults.shown()})

    async def set_faults(request: Request) -> Response:
        try:
            service.conditions.faults = fault_settings.read(await _json(request))
        except ValueError as error:
            return _refusal(str(error))
        return await show_faults(request)

    async def end_faults(request: Request) -> Response:
        service.conditions.faults = Faults()
        return await show_faults(request)

    return [
        Route("/_local/health", health),
        Route("/_local/calls", calls),
        Route("/_local/clock", show_clock),
        Route("/_local/clock", set_clock, methods=["PUT"]),
        Route("/_local/delays", show_delays),
        Route("/_local/delays", set_delays, methods=["PUT"]),
        Route("/_local/faults", show_faults),
        Route("/_local/faults", set_faults, methods=["PUT"]),
        Route("/_local/faults", end_faults, methods=["DELETE"]),
        Route("/_local/quotas", show_quotas),
        Route("/_local/quotas", set_quotas, methods=["PUT"]),
    ]


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None


def _refusal(message: str) -> Response:
    return JSONResponse({"message": message}, 400)
