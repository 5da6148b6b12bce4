"""Three protocols on one port: the request's target header or path says which operation of which service it is."""

import asyncio
import json
import logging
import os
from typing import Any, NoReturn
from uuid import uuid4

import orjson
from anyio import CapacityLimiter, to_thread
from botocore.model import OperationModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from include.local_personalize import operations
from include.local_personalize.actions import offered
from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import ApiError, InvalidInput, SerializationError, UnknownOperation
from include.local_personalize.protocol import connections, model_check, sts
from include.local_personalize.protocol.service_models import control_operations, error_status, path_operations
from include.local_personalize.service import Service
from include.local_personalize.state.arns import Arns, region_of
from include.local_personalize.state.resources import Resources

JSON_1_1 = "application/x-amz-json-1.1"
REST_JSON = "application/json"
CONTROL, RUNTIME = "personalize", "personalize-runtime"
LARGEST_BODY = 2 * 2**20
READING = ("Describe", "List", "Get")
log = logging.getLogger(__name__)


class Wire:
    """The AWS side of the service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        # Recommendations are all computing: more threads than cores would only interrupt each other.
        self._runtime_threads = CapacityLimiter(os.cpu_count() or 2)

    async def answer(self, request: Request) -> Response:
        """Answer any HTTP request that is not for /_local/; never raises."""
        target = request.headers.get("x-amz-target")
        protocol = JSON_1_1 if target else REST_JSON
        operation = control_operations().get(target) if target else path_operations().get(request.url.path)
        try:
            body = await _body(request)
            if request.method == "POST" and operation is not None:
                return await self._operate(operation, body, request, protocol)
            if request.method == "POST" and sts.is_query(request.headers.get("content-type", ""), target):
                return sts.answer(body, self._service.account)
            raise UnknownOperation(
                f"{request.method} {target or request.url.path} is no operation of Personalize or STS."
            )
        except ClientDisconnect:
            return Response(status_code=400)
        except ApiError as error:
            return _error(error, _status(error, operation, protocol), protocol)

    async def _operate(self, operation: OperationModel, body: bytes, http: Request, protocol: str) -> Response:
        request = _parsed(body)
        region = region_of(http.headers.get("authorization", ""), self._service.default_region)
        self._service.calls.count(operation.name)
        faults, names = self._service.conditions.faults, _names(request)
        if faults.strikes("connection_cut", operation.name, names):
            return await connections.cut(http)
        faults.refuse(operation.name, names)
        threads = self._runtime_threads if operation.service_model.service_name == RUNTIME else None
        answer = await to_thread.run_sync(self._logged, operation, request, region, limiter=threads)
        if faults.strikes("answer_lost", operation.name, names):
            return await connections.cut(http)
        slow = faults.strikes("slow_answer", operation.name, names)
        delay = (
            slow.details["seconds"] if slow else self._service.conditions.delays.answer_seconds.get(operation.name, 0)
        )
        if delay:
            await asyncio.sleep(delay)
        # The operations of the events service have no output shape, and AWS sends them an empty body.
        content = b"" if protocol == REST_JSON and operation.output_shape is None else orjson.dumps(answer)
        return Response(content, headers=_headers(protocol))

    def _logged(self, operation: OperationModel, request: Any, region: str) -> Answer:
        mutating = not operation.name.startswith(READING)
        status, answer = "OK", {}
        try:
            answer = self._act(operation, request, region, mutating)
        except ApiError as error:
            status = error.code
            raise
        except Exception:
            log.exception("%s failed", operation.name)
            status = "InternalFailure"
            raise ApiError("The local Personalize failed; its log has the details.") from None
        finally:
            if mutating and isinstance(request, dict):
                self._service.calls.mutated(operation.name, self._service.clock.now(), request, answer, status)
        return answer

    def _act(self, operation: OperationModel, request: Any, region: str, mutating: bool) -> Answer:
        service = self._service
        model_check.check_request(operation.input_shape, request)
        action = offered().get(operation.name) or _refused(operation.name)
        arns = Arns(region, service.account)
        with service.store.writing() if mutating else service.store.reading() as connection:
            call = Call(operation.name, request, arns, Resources(connection, service.clock.now()), service)
            answer = action(call)
        for follow_up in call.after_commit:
            follow_up()
        if mutating and operation.service_model.service_name == CONTROL:
            service.jobs.wake()
        if service.checks_answers:
            model_check.check_response(operation.output_shape, answer)
        return answer


def _refused(name: str) -> NoReturn:
    raise InvalidInput(operations.refusal(name))


def _names(request: Any) -> list[str]:
    """What a fault's pattern may fit: the ARNs and names that a request gives."""
    members = request.items() if isinstance(request, dict) else ()
    return [
        value
        for name, value in members
        if isinstance(value, str) and name.endswith(("Arn", "name", "Name", "trackingId"))
    ]


def _status(error: ApiError, operation: OperationModel | None, protocol: str) -> int:
    if protocol == REST_JSON and error.rest_status:
        return error.rest_status
    return error.status if operation is None else error_status(operation, error.code, error.status)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise SerializationError(f"The request is larger than {LARGEST_BODY} bytes.")
    return bytes(body)


def _parsed(body: bytes) -> Any:
    """The JSON of a request; members that are null count as absent, as they do at AWS."""
    try:
        return json.loads(body or b"{}", object_pairs_hook=_without_nulls, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SerializationError(f"The body is not valid JSON: {error}") from None


def _without_nulls(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _headers(protocol: str) -> dict[str, str]:
    return {"content-type": protocol, "x-amzn-requestid": str(uuid4())}


def _error(error: ApiError, status: int, protocol: str) -> Response:
    if protocol == JSON_1_1:
        body, headers = {"__type": error.code, "message": error.message}, {}
    else:
        body, headers = {"message": error.message}, {"x-amzn-errortype": error.code}
    return Response(json.dumps(body).encode(), status, headers | _headers(protocol))
