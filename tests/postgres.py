"""A throw-away PostgreSQL, reached by its socket, for the second half of the tests, the races and the benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

OPTIONS = {
    "listen_addresses": "",  # its socket stands in its own folder: no port to be taken by another meanwhile
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": 60,
    # A vacuum that strikes while a test holds its rows in an open transaction counts the tables as empty; every
    # question is then answered by reading them whole, and a played season never ends.
    "autovacuum": "off",
    "lock_timeout": "180s",  # who waits for ever says so
}
STOPS_WITHIN = 20
"""Seconds."""


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
    for name, value in {**OPTIONS, "unix_socket_directories": folder}.items():
        start += ["-c", f"{name}={value}"]
    try:
        _lay(here, folder)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(start, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            url = f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
            _wait_for(url, server, folder / "log")
            yield url
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """At once; and if it does not, as one stops what does not listen."""
    server.send_signal(signal.SIGQUIT)
    with suppress(subprocess.TimeoutExpired):
        server.wait(STOPS_WITHIN)
        return
    server.kill()
    server.wait(STOPS_WITHIN)


def _lay(here: Path, folder: Path) -> None:
    words = ["-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [*_as_postgres(folder), str(here / "initdb"), *words],
        check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def _as_postgres(folder: Path) -> list[str]:
    """What stands before a server's command: the server refuses root, and must not outlive us if we are killed."""
    if not shutil.which("setpriv"):
        return []
    user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT", "env", f"HOME={folder}", "LC_ALL=C.UTF-8"]


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None, f"PostgreSQL does not start: {log.read_text()}"
            time.sleep(0.1)
    raise TimeoutError(f"PostgreSQL does not answer: {log.read_text()}")
