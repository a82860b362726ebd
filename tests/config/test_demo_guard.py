"""The demonstration never lands in a base that holds real data."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

import pytest

from cageot.config import database
from cageot.config.verbs import demo
from cageot.demo import guard
from cageot.network.models import Garden, Installation
from tests.factories import make_garden


@pytest.mark.django_db
def test_an_empty_base_may_receive_it() -> None:
    assert guard.state() is guard.State.EMPTY


@pytest.mark.django_db
def test_a_base_with_one_garden_is_real() -> None:
    make_garden()
    assert guard.state() is guard.State.REAL


@pytest.mark.django_db
def test_a_garden_without_any_mark_is_real_too() -> None:
    Garden.objects.create(code="x", name="X", commune_code="41018")
    assert guard.state() is guard.State.REAL


@pytest.mark.django_db
def test_a_stopped_build_is_started_again_and_a_whole_one_is_opened() -> None:
    Installation.objects.create(kind="demo", pseudonym_key="ab")
    assert guard.state() is guard.State.HALF
    guard.finish()
    assert guard.state() is guard.State.READY


@pytest.mark.django_db
def test_the_command_refuses_a_real_base_and_leaves_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    make_garden()
    options = argparse.Namespace(
        on=date(2018, 3, 14), seed=1, scale=1, database="postgres://somewhere/else", fresh=True, build_only=True, port=0
    )
    assert demo.run(options) == 1
    assert "réelles" in capsys.readouterr().err
    assert Garden.objects.count() == 1


def test_the_demonstration_has_a_file_of_its_own_named_after_what_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAGEOT_HOME", str(tmp_path))
    for name in ("DATABASE_URL", "CAGEOT_DEMO", "CAGEOT_TODAY", "CAGEOT_SQLITE_SYNCHRONOUS"):
        monkeypatch.setenv(name, "")
    database.choose(["demo", "--on", "2018-02-07", "--scale", "3"])
    assert os.environ["DATABASE_URL"] == f"sqlite:///{tmp_path}/demo-2018-02-07-2018-x3.sqlite3.building"
    assert os.environ["CAGEOT_TODAY"] == "2018-02-07"
    (tmp_path / "demo-2018-02-07-2018-x3.sqlite3").touch()
    database.choose(["demo", "--on", "2018-02-07", "--scale", "3"])
    assert os.environ["DATABASE_URL"].endswith("x3.sqlite3")


def test_other_words_keep_their_own_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///mine")
    database.choose(["close", "--garden", "val"])
    assert os.environ["DATABASE_URL"] == "sqlite:///mine"
