"""How fast a running service answers under load, and how much memory its processes take."""

import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import psutil

CLIENTS = 8
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Latency:
    """Of requests by CLIENTS clients at once, each asking again as soon as it has its answer."""

    p50_ms: float
    p99_ms: float
    a_second: float


def recommendations(port: int, campaign: str, users: Sequence[str], requests: int) -> Latency:
    """Ask for the recommendations of users drawn at random: plain HTTP, each client over a connection that it keeps."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_client, port, campaign, users, requests // CLIENTS, seed) for seed in range(CLIENTS)]
        seconds = [each for client in clients for each in client.result()]
    elapsed = time.perf_counter() - began
    p50, p99 = np.percentile(seconds, (50, 99)) * 1000
    return Latency(float(p50), float(p99), len(seconds) / elapsed)


def _client(port: int, campaign: str, users: Sequence[str], requests: int, seed: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    drawn, seconds = random.Random(seed).choices(users, k=requests), []
    for user in drawn:
        body = json.dumps({"campaignArn": campaign, "userId": user, "numResults": 25})
        began = time.perf_counter()
        connection.request("POST", "/recommendations", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        seconds.append(time.perf_counter() - began)
        assert answer.status == 200, content
    connection.close()
    return seconds


class PeakMemory(threading.Thread):
    """Looks again and again at the resident memory of a process and its children, added up, until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._process = psutil.Process(pid)
        self._stopped = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._stopped.wait(SECONDS_BETWEEN_LOOKS):
            self.peak_bytes = max(self.peak_bytes, self._now())

    def stop(self) -> int:
        """The largest sum seen, in bytes."""
        self._stopped.set()
        self.join()
        return self.peak_bytes

    def _now(self) -> int:
        total = 0
        try:
            for process in (self._process, *self._process.children(recursive=True)):
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            pass
        return total
