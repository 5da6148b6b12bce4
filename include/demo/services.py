"""The programs of a stack: how each is started, and how it shows that it is ready."""

import smtplib
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from include.demo.environment import REGION, Addresses
from include.demo.ports import HOST, Ports
from include.demo.processes import REPOSITORY

BIN = Path(sys.executable).parent
AIRFLOW = [sys.executable, "-m", "airflow"]
MOST_VOLUMES = 1_000  # each bucket has its own; SeaweedFS would allow as many as the disk has free gigabytes
MAKE_TABLES = [*AIRFLOW, "db", "migrate"]
MAKE_POOLS = [*AIRFLOW, "pools", "import", str(REPOSITORY / "plugins/amazon_personalize/pools.json")]
AIRFLOW_PROCESSES = {
    # Log servers would listen on every interface; on one machine the api-server reads the log files themselves.
    "scheduler": [*AIRFLOW, "scheduler", "--skip-serve-logs"],
    "dag-processor": [*AIRFLOW, "dag-processor"],
    "triggerer": [*AIRFLOW, "triggerer", "--skip-serve-logs"],
    "api-server": [*AIRFLOW, "api-server"],
}


def postgres(data: Path, sockets: Path) -> list[str]:
    """PostgreSQL for Airflow's metadata."""
    return [sys.executable, "-m", "include.demo.postgres", str(data), str(sockets)]


def s3(addresses: Addresses, ports: Ports, data: Path, sockets: Path) -> list[str]:
    """SeaweedFS, all its parts in one process, each on loopback; it takes its credentials from the environment."""
    listeners = {part: ports.take() for part in ("master", "volume", "filer", "admin")}
    return [
        str(BIN / "weed"),
        "mini",
        f"-dir={data}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        *(f"-{part}.port={port}" for part, port in listeners.items()),
        f"-s3.port={addresses.s3_port}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-filer.localSocket={sockets / 'filer'}",
        f"-s3.localSocket={sockets / 's3'}",
        "-admin.ui=false",
        "-webdav=false",
        f"-volume.max={MOST_VOLUMES}",
        "-master.telemetry=false",
    ]


def personalize(addresses: Addresses, data: Path, clock_offset_days: float) -> list[str]:
    """The local implementation of Amazon's API."""
    return [
        *(sys.executable, "-m", "include.local_personalize"),
        *("--port", str(addresses.personalize_port)),
        *("--data-dir", str(data)),
        *("--clock-offset-days", str(clock_offset_days)),
    ]


def smtp(addresses: Addresses, mails: Path) -> list[str]:
    """A mail server that keeps every mail as a file."""
    catcher = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{addresses.smtp_port}"]
    return [*catcher, "-c", "aiosmtpd.handlers.Mailbox", str(mails)]


def s3_client(addresses: Addresses) -> Any:
    """A boto3 client of the S3 server."""
    return _client("s3", addresses.s3, addresses)


def personalize_client(addresses: Addresses, service: str) -> Any:
    """A boto3 client of one of the services that the local Personalize answers for."""
    return _client(service, addresses.personalize, addresses)


def _client(service: str, endpoint: str, addresses: Addresses) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=addresses.access_key,
        aws_secret_access_key=addresses.secret_key,
        config=Config(proxies={}, connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3}),
    )


def s3_is_ready(addresses: Addresses) -> bool:
    """Whether it lists its buckets to the holder of the credentials."""
    if not listens(addresses.s3_port):
        return False
    with closing(s3_client(addresses)) as client:
        try:
            client.list_buckets()
        except (BotoCoreError, ClientError):
            return False
    return True


def postgres_is_ready(sockets: Path) -> bool:
    """Whether it takes connections."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(sockets / ".s.PGSQL.5432")) == 0


def smtp_is_ready(addresses: Addresses) -> bool:
    """Whether it greets."""
    try:
        with smtplib.SMTP(HOST, addresses.smtp_port, timeout=2) as client:
            return client.noop()[0] == 250
    except OSError:
        return False


def answers(url: str) -> bool:
    """Whether an HTTP server answers with 200 there."""
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def listens(port: int) -> bool:
    """Whether a server takes connections on the port."""
    with socket.socket() as client:
        client.settimeout(2)
        return client.connect_ex((HOST, port)) == 0
