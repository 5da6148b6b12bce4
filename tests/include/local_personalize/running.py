"""The service as a process of its own."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
import psutil
from botocore.config import Config

from tests.waiting import until

REGION = "us-east-1"


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all have ended; those that the machine has yet to bury have."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                return False
    return True


@dataclass
class Server:
    """One process of the service over one data folder; it may be stopped, killed and started again."""

    data: Path
    environment: dict[str, str]
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    plain: httpx.Client | None = field(default=None, init=False)

    def start(self) -> "Server":
        port_file = self.data.with_suffix(".port")
        port_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "include.local_personalize", "--port", str(self.port)]
        command += ["--data-dir", str(self.data), "--port-file", str(port_file), *self.options]
        self.process = subprocess.Popen(command, env=self.environment, text=True)
        until(lambda: port_file.exists() or self.process.poll() is not None, "the service listens")
        assert port_file.exists(), f"the service ended with {self.process.returncode}"
        self.port = int(port_file.read_text())
        self.plain = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=30)
        return self

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, kill: bool = False) -> int:
        """Stop, or kill -9, the process; returns its exit status. No process of it may be left."""
        self.plain.close()
        children = self.children()
        (self.process.kill if kill else self.process.terminate)()
        status = self.process.wait(timeout=10)
        until(lambda: gone(children), "its processes end with it", 5)
        return status

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=region,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"mode": "legacy", "max_attempts": 0}),
        )

    def http(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.plain.request(method, path, **request)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None
