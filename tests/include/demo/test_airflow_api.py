"""What the client does with answers that a real Airflow gives seldom, against a server of the test's own."""

import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from include.demo import airflow_api
from include.demo.airflow_api import AirflowApi
from include.demo.failure import DemoError


class Script(BaseHTTPRequestHandler):
    """Lets everybody in, and gives the statuses it was told to, one a call."""

    statuses: list[int]
    asked = 0

    def do_POST(self):
        self._answer(201, {"access_token": "token"})

    def do_GET(self):
        type(self).asked += 1
        self._answer(self.statuses.pop(0) if self.statuses else 200, {"asset_events": []})

    def _answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(airflow_api, "PAUSE_SECONDS", 0.01)
    Script.asked = 0
    with HTTPServer(("127.0.0.1", 0), Script) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with closing(AirflowApi(f"http://127.0.0.1:{server.server_port}", "any")) as api:
            yield api
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("statuses", "asked"), [([], 1), ([500, 500], 3), ([401], 2)])
def test_a_question_is_asked_again_where_the_next_answer_may_differ(server, statuses, asked):
    Script.statuses = list(statuses)
    assert server.runs_caused_by("dag", "run") == []
    assert Script.asked == asked


@pytest.mark.parametrize("status", [404, 422, 503])
def test_other_refusals_are_told_at_once(server, status):
    Script.statuses = [status]
    with pytest.raises(DemoError, match=f"Airflow answered GET /assets/events with {status}"):
        server.runs_caused_by("dag", "run")
    assert Script.asked == 1


def test_a_server_that_never_recovers_is_told_in_the_end(server):
    Script.statuses = [500] * 100
    with pytest.raises(DemoError, match="with 500"):
        server.runs_caused_by("dag", "run")
