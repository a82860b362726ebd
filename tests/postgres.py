"""A throw-away PostgreSQL on a free port, for the second half of the tests, the races and the benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of the newest server installed here, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    other = shutil.which("initdb")
    return found[-1].parent if found else Path(other).parent if other else None


@contextmanager
def throw_away() -> Iterator[str]:
    """The address of a fresh server, stopped and removed at the end. Nothing is synced to disk: it is not to last."""
    folder = Path(tempfile.mkdtemp(prefix="cageot-postgres-"))
    here = binaries()
    assert here, "no PostgreSQL server on this machine"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        _run(
            folder,
            here / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
        _run(folder, here / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", options, "-w", "start")
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(folder, here / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, *words: object, check: bool = True) -> None:
    """Run as the user `postgres` when we are root: the server refuses root."""
    command = [str(word) for word in words]
    if os.getuid() == 0:
        command = [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--init-groups",
            "env",
            f"HOME={folder}",
            "LC_ALL=C.UTF-8",
            *command,
        ]
    subprocess.run(command, check=check, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
