"""Which base a word speaks to, and what it says when there is none, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.endurance.terminal import cageot
from tests.reading import plain

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("terminal")]
DEMO = "demo-2018-03-14-2018-x1.sqlite3"
FIGURES = ["figures", "--edition", "2017", "--format", "json"]
LOOKING = {
    "figures": FIGURES,
    "check": ["check"],
    "close": ["close", "--garden", "blois", "--week", "2017-W12"],
    "import": ["import", "households", "adherents.xlsx", "--garden", "blois"],
    "user": ["user", "list"],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration of one garden, built once."""
    home = tmp_path_factory.mktemp("built")
    done = cageot(home, "demo", "--build-only", small=True)
    assert done.returncode == 0, done.stderr
    return home / DEMO


@pytest.fixture
def demo(built: Path, tmp_path: Path) -> Path:
    """A home where the demonstration stands, as after `cageot demo`."""
    return Path(shutil.copy(built, tmp_path / DEMO))


def change(base: Path, statement: str) -> None:
    connection = sqlite3.connect(base)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("verb", LOOKING)
def test_a_word_that_finds_no_base_says_what_to_do_and_leaves_nothing(tmp_path: Path, verb: str) -> None:
    done = cageot(tmp_path, *LOOKING[verb])
    assert done.returncode == 1
    assert "« cageot demo » en montre une" in plain(done.stderr) and "cageot user add" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_empty_file_is_no_base(tmp_path: Path) -> None:
    (tmp_path / "cageot.sqlite3").touch()
    done = cageot(tmp_path, "check", "--format", "json")
    assert done.returncode == 1
    assert "cageot demo" in json.loads(done.stdout)["error"]


def test_after_the_demonstration_its_figures_are_asked_without_more_words(demo: Path) -> None:
    (demo.parent / "cageot.sqlite3").touch()  # as an earlier version left it
    done = cageot(demo.parent, *FIGURES)
    assert done.returncode == 0
    assert json.loads(done.stdout)["gardens"] == 1
    assert str(demo) in done.stderr and "--database" in done.stderr


def test_the_clock_of_a_demonstration_stands_on_its_day_however_it_was_chosen(demo: Path) -> None:
    words = ["close", "--garden", "blois", "--week", "2018-W12", "--dry-run"]
    url = f"sqlite:///{demo}"
    for done in (
        cageot(demo.parent, *words),
        cageot(demo.parent / "elsewhere", *words, "--database", url),
    ):
        assert done.returncode == 1
        assert "est à venir" in done.stdout


def test_the_demonstration_that_was_used_last_is_taken(demo: Path) -> None:
    older = demo.with_name("demo-2018-02-07-2018-x1.sqlite3")
    shutil.copy(demo, older)
    os.utime(older, (1, 1))
    assert str(demo) in cageot(demo.parent, *FIGURES).stderr


def test_a_base_of_ones_own_is_never_left_for_a_demonstration(demo: Path) -> None:
    home = demo.parent
    new = ["--role", "coordinator", "--garden", "val", "--new-garden", "Jardin du Val", "--commune", "Blois"]
    assert cageot(home, "user", "add", "lea@jardin.example", "--name", "Léa", *new).returncode == 0
    done = cageot(home, *FIGURES)
    assert done.returncode == 2  # no edition yet in this base
    assert DEMO not in done.stderr
    asked = cageot(home, *FIGURES, "--database", f"sqlite:///{demo}", DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")
    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize(("kind", "advice"), [("demo", "« cageot demo » la prépare de nouveau"), ("real", "« cageot serve » la met à jour")])  # fmt: skip
def test_a_base_of_an_older_version_is_told_so(demo: Path, kind: str, advice: str) -> None:
    change(demo, "DELETE FROM django_migrations WHERE app = 'funding'")
    if kind == "real":
        change(demo, "UPDATE network_installation SET kind = 'real'")
    done = cageot(demo.parent, *FIGURES)
    assert done.returncode == 1
    assert advice in plain(json.loads(done.stdout)["error"])


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("bonjour", 2, "n’est pas comprise"),
        ("mysql://nom:mot@machine/base", 2, "n’est pas comprise"),
        ("postgres://machine:porte/base", 2, "n’est pas comprise"),
        ("sqlite://", 2, "n’est pas comprise"),
        ("postgres://cageot@127.0.0.1:1/cageot", 1, "La base ne répond pas"),
        ("sqlite:////nowhere/at/all.sqlite3", 1, "Il n’y a pas encore de base"),
        (f"sqlite:///{__file__}", 1, "ne peut pas être lue"),
        ("sqlite:////tmp", 1, "ne peut pas être lue"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_words(tmp_path: Path, url: str, code: int, said: str) -> None:
    done = cageot(tmp_path, "check", "--database", url)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_address_in_the_environment_is_told_by_every_word_but_help(tmp_path: Path) -> None:
    assert cageot(tmp_path, "serve", DATABASE_URL="bonjour").returncode == 2
    assert cageot(tmp_path, "check", DATABASE_URL="bonjour").returncode == 2
    assert cageot(tmp_path, "check", "--help", DATABASE_URL="bonjour").returncode == 0


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    for verb in ("serve", "demo"):
        done = cageot(tmp_path / "a-file", verb)
        assert done.returncode == 1
        assert "CAGEOT_HOME" in done.stderr and "Traceback" not in done.stderr
