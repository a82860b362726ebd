"""A throw-away PostgreSQL on a free port, for the second half of the tests, the races and the benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """The folder of the newest server installed here, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    other = shutil.which("initdb")
    return found[-1].parent if found else Path(other).parent if other else None


@contextmanager
def throw_away() -> Iterator[str]:
    """The address of a fresh server, stopped and removed at the end. Nothing is synced to disk: it is not to last."""
    here = binaries()
    assert here, "no PostgreSQL server on this machine"
    folder = Path(tempfile.mkdtemp(prefix="cageot-postgres-"))
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    start = [*_as_postgres(folder), str(here / "postgres"), "-D", str(folder / "data")]
    try:
        _lay(here, folder)
        for name, value in {**OPTIONS, "port": (port := free_port()), "unix_socket_directories": folder}.items():
            start += ["-c", f"{name}={value}"]
        with subprocess.Popen(start, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                url = f"postgres://postgres@127.0.0.1:{port}/postgres"
                _wait_for(url, server)
                yield url
            finally:
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


OPTIONS = {"listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off", "max_connections": 60}


def _lay(here: Path, folder: Path) -> None:
    words = ["-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [*_as_postgres(folder), str(here / "initdb"), *words], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )


def _as_postgres(folder: Path) -> list[str]:
    """What stands before a server's command: the server refuses root, and must not outlive us if we are killed."""
    if not shutil.which("setpriv"):
        return []
    user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT", "env", f"HOME={folder}", "LC_ALL=C.UTF-8"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL does not start"
            time.sleep(0.1)
    raise TimeoutError("PostgreSQL does not answer")
