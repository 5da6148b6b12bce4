"""The command line: python -m include.local_personalize."""

import argparse
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from include.local_personalize.manual import MANUAL
from include.local_personalize.protocol import fault_settings
from include.local_personalize.protocol.faults import Faults
from include.local_personalize.state import quotas
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.lifecycle import Delays


def main() -> None:
    options = _options()
    try:
        folder = DataFolder(options.data_dir)
    except BlockingIOError as error:
        _give_up(f"{options.data_dir} is in use by process {error}; stop that one or give another --data-dir.")
    except OSError as error:
        _give_up(
            f"cannot write to --data-dir {options.data_dir} ({error.strerror}); give a folder that you may write to."
        )
    try:
        listener = socket.create_server((options.host, options.port), backlog=512)
    except OSError as error:
        _give_up(
            f"cannot listen on {options.host}:{options.port} ({os.strerror(error.errno or 0)}); "
            "give another --host or --port, or --port 0 for a free one."
        )
    _serve(options, folder, listener)


def _serve(options: argparse.Namespace, folder: DataFolder, listener: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415 (with the next two a second of imports, which errors above and worker processes spare)

    from include.local_personalize.protocol import app  # noqa: PLC0415 (see above)
    from include.local_personalize.protocol.connections import Connection  # noqa: PLC0415 (see above)
    from include.local_personalize.service import Options, open_service  # noqa: PLC0415 (see above)

    service = open_service(
        folder,
        Options(
            account=options.account,
            region=options.region,
            workers=options.workers,
            offset_days=options.clock_offset_days,
            delays=options.delays,
            quotas=options.quotas,
            faults=options.faults,
            check_answers=options.check_answers,
        ),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app.build(service),
            http=Connection,
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=1,
            date_header=False,
        )
    )
    # For a signal before uvicorn has its own handlers, and for the one it raises again once it has stopped.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: setattr(server, "should_exit", True))
    service.jobs.start()
    try:
        port = listener.getsockname()[1]
        print(
            f"The local Personalize listens on http://{options.host}:{port}; its data is in {folder.root}.", flush=True
        )
        if options.port_file:
            _write_whole(options.port_file, str(port))
        server.run(sockets=[listener])
    finally:
        service.jobs.close()
        folder.release()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m include.local_personalize",
        description="Amazon Personalize on this machine: imports, training, campaigns and batch jobs that really work.",
        epilog=MANUAL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data-dir", type=Path, required=True, help="folder for all state; survives restarts")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=_port, default=8700, help="port, 0 for any free one (default %(default)s)")
    parser.add_argument("--port-file", type=Path, help="file to write the port to once it listens")
    parser.add_argument("--account", type=_account, default="123456789012", help="account id (default %(default)s)")
    parser.add_argument("--region", default="us-east-1", help="region of unsigned requests (default %(default)s)")
    parser.add_argument("--clock-offset-days", type=float, help="days that the clock is ahead (default: as last set)")
    parser.add_argument(
        "--delays", type=_json_of(Delays.of), metavar="JSON", help="as PUT /_local/delays (default: as last set)"
    )
    parser.add_argument(
        "--quotas", type=_json_of(_quotas), metavar="JSON", help="as PUT /_local/quotas (default: as last set)"
    )
    parser.add_argument(
        "--faults", type=_json_of(fault_settings.read), default=Faults(), metavar="JSON", help="as PUT /_local/faults"
    )
    parser.add_argument(
        "--check-answers", action="store_true", help="hold every answer against botocore's model of it: for tests"
    )
    parser.add_argument("--workers", type=_workers, default=2, help="jobs done at a time (default %(default)s)")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give 0 to 65535")
    return int(text)


def _account(text: str) -> str:
    if not (text.isdecimal() and len(text) == 12):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id; give 12 digits")
    return text


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers; give 1 to 64")
    return int(text)


def _json_of(read: Callable[[Any], Any]) -> Callable[[str], Any]:
    """What argparse calls with the text of a JSON option; `read` raises ValueError for settings that are wrong."""

    def of(text: str) -> Any:
        try:
            return read(json.loads(text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return of


def _quotas(overrides: Any) -> Any:
    quotas.limits(overrides)
    return overrides


def _write_whole(file: Path, text: str) -> None:
    """Write so that a reader finds either no file or the whole text."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.replace(file)


def _give_up(message: str) -> Any:
    sys.exit(f"local_personalize: {message}")


if __name__ == "__main__":
    main()
