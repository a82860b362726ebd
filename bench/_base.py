"""Bases for a benchmark: a fresh one, a copy of a demonstration, a throw-away PostgreSQL; all gone at the end."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = [sys.executable, "-m", "cageot.config.cli", "demo", "--build-only"]
HOME = ROOT / "var" / "bench"
"""Where the demonstrations of the benchmarks are kept from one time to the next."""

sys.path.insert(0, str(ROOT))


def django_with(url: str | None = None, **environment: str) -> Path:
    """Start Django on a fresh base, or on one that is there. Returns its temporary home."""
    home = Path(tempfile.mkdtemp(prefix="cageot-bench-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ |= {"CAGEOT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cageot.config.settings", **environment}
    os.environ["DATABASE_URL"] = url or f"sqlite:///{home / 'bench.sqlite3'}"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return home


def demo_file(scale: int) -> Path:
    """The demonstration at a scale, built by the command when it is not there or older sources made it."""
    environment = {**os.environ, "CAGEOT_HOME": str(HOME)}
    subprocess.run([*BUILD, "--scale", str(scale)], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    [found] = HOME.glob(f"demo-*-x{scale}.sqlite3")
    return found


def copy_of(file: Path) -> str:
    """The address of a copy to play with."""
    folder = Path(tempfile.mkdtemp(prefix="cageot-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"sqlite:///{shutil.copy(file, folder)}"


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh PostgreSQL server, as the tests use it."""
    from tests.postgres import throw_away

    with throw_away() as url:
        yield url


def on_postgres(scale: int, server: str) -> str:
    """The address of a demonstration at a scale, built on that server."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE demo{scale}")
    url = server.rpartition("/")[0] + f"/demo{scale}"
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([*BUILD, "--scale", str(scale), "--database", url], check=True, cwd=ROOT,
                       env={**os.environ, "CAGEOT_HOME": home}, stdout=subprocess.DEVNULL)  # fmt: skip
    return url
