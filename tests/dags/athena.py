"""A server that speaks Athena's protocol: every request must be what the service's own model allows."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.loaders
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("athena", "service-2"), "athena")


class Athena:
    """Queries by their tokens: the same token is the same query, as the API says of ClientRequestToken."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []  # every StartQueryExecution
        self.states: dict[str, str] = {}  # of every query, by its id
        self.next_state = "SUCCEEDED"
        self._by_token: dict[str, tuple[str, dict[str, Any]]] = {}

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Do what is asked; 400 if the model does not allow it."""
        report = ParamValidator().validate(request, MODEL.operation_model(operation).input_shape)
        if report.has_errors():
            return 400, {"__type": "InvalidRequestException", "Message": report.generate_report()}
        return {"StartQueryExecution": self._start, "GetQueryExecution": self._get}[operation](request)

    def _start(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(request)
        token = request["ClientRequestToken"]
        if token not in self._by_token:
            query = f"query-{len(self._by_token) + 1}"
            self._by_token[token], self.states[query] = (query, request), self.next_state
        query, first = self._by_token[token]
        if first != request:
            return 400, {"__type": "InvalidRequestException", "Message": "Idempotent parameters do not match"}
        return 200, {"QueryExecutionId": query}

    def _get(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status = {"State": self.states[request["QueryExecutionId"]], "StateChangeReason": "as the test says"}
        return 200, {"QueryExecution": {"QueryExecutionId": request["QueryExecutionId"], "Status": status}}


@contextmanager
def served(athena: Athena) -> Iterator[str]:
    """Serve it over HTTP; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].removeprefix("AmazonAthena.")
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = athena.answer(operation, request)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Requests are kept, not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
