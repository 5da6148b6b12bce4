"""Loopback ports nobody listens on, in blocks, so that two stacks on one machine never choose the same."""

import random
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from include.demo.failure import DemoError

HOST = "127.0.0.1"
BLOCK = 10
# Below the range from which kernels take the near end of outgoing connections, so that no client sits on a port
# between its choice and its use.
BLOCKS = range(10_000, 20_000, BLOCK)
GRPC_OFFSET = 10_000  # SeaweedFS listens for gRPC this far above each HTTP port


class Ports:
    """A context that owns nine free ports, each with its gRPC twin; its tenth, held, is the sign of ownership."""

    def __init__(self) -> None:
        self._guard, self._free = _own_a_block()

    def take(self) -> int:
        """One free port of the block; another one next time."""
        return self._free.pop()

    def fileno(self) -> int:
        """The guard's file descriptor: whoever inherits it owns the block too."""
        return self._guard.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guard.close()


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require(port: int) -> int:
    """The port itself, if it is free.

    Raises DemoError if another program has it.
    """
    if not 0 < port < 65_536:
        raise DemoError(f"PORT={port} is no port: choose one from 1 to 65535, or leave PORT out for a free one.")
    if not is_free(port):
        raise DemoError(f"Port {port} on {HOST} is taken by another program: choose another PORT, "
                        "or leave PORT out for a free one.")  # fmt: skip
    return port


def _own_a_block() -> tuple[socket.socket, list[int]]:
    for base in random.sample(BLOCKS, len(BLOCKS)):
        guard = socket.socket()
        with suppress(OSError):
            guard.bind((HOST, base))
            ports = list(range(base + 1, base + BLOCK))
            if all(is_free(port) and is_free(port + GRPC_OFFSET) for port in ports):
                return guard, ports
        guard.close()
    raise DemoError(
        f"No {BLOCK} free ports in a row from {BLOCKS.start} to {BLOCKS.stop} on {HOST}: end some programs."
    )
