"""How fast a running service answers under load, and how much memory its processes take."""

import asyncio
import json
import multiprocessing
import random
import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import psutil

CLIENTS = 8
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Latency:
    """Of requests by CLIENTS clients at once, each asking again as soon as it has its answer."""

    p50_ms: float
    p99_ms: float
    a_second: float


def recommendations(port: int, campaign: str, users: Sequence[str], requests: int) -> Latency:
    """Ask for the recommendations of users drawn at random: plain HTTP, each client over a connection that it keeps.

    The clients share one event loop in a process of its own: threads would wait for one another, and measure that.
    """
    asked = random.Random(0).choices(users, k=requests)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        seconds, elapsed = process.submit(_measured, port, campaign, asked).result()
    p50, p99 = np.percentile(seconds, (50, 99)) * 1000
    return Latency(float(p50), float(p99), len(seconds) / elapsed)


def _measured(port: int, campaign: str, users: list[str]) -> tuple[list[float], float]:
    """The seconds of each request, and those of all."""
    return asyncio.run(_asked(port, campaign, users))


async def _asked(port: int, campaign: str, users: list[str]) -> tuple[list[float], float]:
    began = time.perf_counter()
    clients = [_client(port, campaign, users[number::CLIENTS]) for number in range(CLIENTS)]
    seconds = [each for client in await asyncio.gather(*clients) for each in client]
    return seconds, time.perf_counter() - began


async def _client(port: int, campaign: str, users: list[str]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    seconds = []
    for user in users:
        body = json.dumps({"campaignArn": campaign, "userId": user, "numResults": 25}).encode()
        head = f"POST /recommendations HTTP/1.1\r\nhost: local\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        began = time.perf_counter()
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        content = await reader.readexactly(int(LENGTH.search(answer)[1]))
        seconds.append(time.perf_counter() - began)
        assert answer.startswith(b"HTTP/1.1 200"), content
    writer.close()
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
