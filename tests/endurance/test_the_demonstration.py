"""`cageot demo` stopped, twice at once, and before a base that is somebody's: in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest

from tests import postgres
from tests.endurance.terminal import cageot, start
from tests.processes import ENGINES, a_base, needs_postgres

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("terminal")]
BUILD = ["demo", "--build-only"]
LEA = ["user", "add", "lea@jardin.example", "--name", "Léa", "--role", "coordinator", "--garden", "val",
       "--new-garden", "Jardin du Val", "--commune", "41018"]  # fmt: skip


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A base that is not there yet, or empty."""
    with a_base(request.param, tmp_path) as url:
        yield url


def build_until_it_is_at_work(home: Path, *words: str) -> subprocess.Popen[str]:
    process = start(home, *BUILD, *words, small=True, PYTHONUNBUFFERED="1")
    assert process.stdout
    assert "se prépare" in process.stdout.readline()
    return process


def test_a_build_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    process = build_until_it_is_at_work(tmp_path)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_build_that_is_killed_is_made_again_from_nothing(tmp_path: Path, url: str) -> None:
    process = build_until_it_is_at_work(tmp_path, "--database", url)
    process.kill()
    process.communicate(timeout=60)
    assert cageot(tmp_path, "figures", "--edition", "2017", "--database", url).returncode != 0
    done = cageot(tmp_path, *BUILD, "--database", url, small=True)
    assert done.returncode == 0, done.stderr
    assert cageot(tmp_path, "check", "--database", url).returncode == 0


def test_a_season_just_built_is_served_to_many_at_once(tmp_path: Path, url: str) -> None:
    process = start(tmp_path, "demo", "--database", url, "--port", "0", small=True, PYTHONUNBUFFERED="1")
    assert process.stdout
    try:
        address = next(line.split()[1] for line in process.stdout if line.startswith("Ouvrez"))
        with ThreadPoolExecutor(8) as many:
            pages = list(many.map(lambda _: page(f"{address}/entrer/"), range(40)))
        assert all("lea@example.org" in one for one in pages)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()
    with pytest.raises(URLError):
        urlopen(address)


def page(address: str) -> str:
    """What is read there, once the site answers."""
    for _ in range(300):
        try:
            return str(urlopen(address).read().decode())
        except URLError as error:
            assert isinstance(error.reason, ConnectionError), error
            time.sleep(0.1)
    raise TimeoutError(address)


def test_two_builds_at_once_make_one_demonstration(tmp_path: Path, url: str) -> None:
    first = build_until_it_is_at_work(tmp_path, "--database", url)
    second = cageot(tmp_path, *BUILD, "--database", url, small=True)
    out, err = first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), err + second.stderr
    assert "attend son tour" in second.stdout and "se prépare" not in second.stdout
    assert "est prête" in out and "est prête" in second.stdout
    assert cageot(tmp_path, "check", "--database", url).returncode == 0


def test_a_base_that_is_somebodys_is_refused_and_keeps_what_it_holds(tmp_path: Path, url: str) -> None:
    assert cageot(tmp_path, *LEA, "--database", url).returncode == 0
    for fresh in [], ["--fresh"]:
        done = cageot(tmp_path, *BUILD, *fresh, "--database", url)
        assert done.returncode == 1
        assert "données réelles" in done.stderr
    assert "lea@jardin.example" in cageot(tmp_path, "user", "list", "--database", url).stdout
    assert cageot(tmp_path, "figures", "--edition", "2017", "--database", url).returncode == 2  # nothing came in


@needs_postgres
def test_the_tables_of_another_program_are_refused_and_kept(tmp_path: Path) -> None:
    with postgres.throw_away() as url:
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("CREATE TABLE recipes (name text)")
        assert cageot(tmp_path, *BUILD, "--fresh", "--database", url).returncode == 1
        with psycopg.connect(url) as base:
            assert base.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == [
                ("recipes",)
            ]


@needs_postgres
def test_a_first_migration_that_was_cut_is_no_obstacle(tmp_path: Path) -> None:
    with postgres.throw_away() as url:
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("CREATE TABLE django_migrations (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
                         " app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)")  # fmt: skip
        done = cageot(tmp_path, *BUILD, "--database", url, small=True)
        assert done.returncode == 0, done.stderr


def test_a_demonstration_of_another_day_is_not_taken_for_the_one_that_is_asked(tmp_path: Path, url: str) -> None:
    asked = [*BUILD, "--database", url]
    assert cageot(tmp_path, *asked, "--on", "2017-02-01", small=True).returncode == 0
    done = cageot(tmp_path, *asked, "--on", "2018-03-14")
    assert done.returncode == 1
    assert "--on 2017-02-01" in done.stderr and "--fresh" in done.stderr
    again = cageot(tmp_path, *asked).stdout  # nothing said: the one that is there, at once
    assert "2017-02-01" in again and "se prépare" not in again
