"""The `cageot` command: what each word answers, and with which exit code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cageot.config import cli
from cageot.config.verbs import serve
from cageot.network.models import Garden, Login, Role
from tests.desk.a_week import WEEK, Place, a_place
from tests.reading import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings: Any) -> Place:
    from tests.desk.a_week import MONDAY_AFTER

    settings.TODAY = MONDAY_AFTER
    return a_place()


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "verb", ["demo", "serve", "import", "close", "figures", "allocate", "check", "remind", "send", "purge", "user"]
)
def test_every_word_explains_itself_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([verb, "--help"])
    assert end.value.code == 0
    assert f"cageot {verb}" in capsys.readouterr().out.split("Exemple")[1]


def test_a_word_that_does_not_exist_is_told_with_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["recolter"])
    assert end.value.code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["close"], "il manque : --garden, --week"),
        (["close", "--garden", "val", "--week", "12"], "« 12 » n’est pas une semaine : écrivez par exemple 2017-W12"),
        (["demo", "--on", "14/03/2018"], "« 14/03/2018 » n’est pas une date : écrivez par exemple 2018-03-14"),
        (["demo", "--scale", "0"], "donnez un nombre entier à partir de 1"),
        (["serve", "--port", "99999"], "donnez un nombre entier de 0 à 65535"),
        (["check", "--format", "xml"], "'xml' n’est pas connu"),
        (["figures", "--edition", "2017", "--dataset", "x"], "mots inconnus : --dataset x"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_the_language_of_the_terminal(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert told in plain(capsys.readouterr().err)


def test_the_terminal_speaks_english_when_the_machine_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAGEOT_LANG", "en_GB.UTF-8")
    with pytest.raises(SystemExit):
        cli.main(["close"])
    said = capsys.readouterr().err
    assert said.startswith("usage: cageot close") and "missing: --garden, --week" in said


def test_a_day_outside_the_seasons_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--on", "2031-01-01", "--build-only"]) == 2
    assert "La démonstration joue du" in capsys.readouterr().err


def test_nowhere_to_listen_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--host", "203.0.113.7"]) == 2
    assert "203.0.113.7" in capsys.readouterr().err


def test_closing_twice_from_the_terminal_closes_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.mark_all()
    words = ["close", "--garden", place.garden.code, "--week", str(WEEK), "--format", "json"]
    assert cli.main(words) == 0
    first = said(capsys)
    assert cli.main(words) == 0
    again = said(capsys)
    assert first["already_closed"] is False and again["already_closed"] is True
    assert first | {"already_closed": True} == again


def test_a_dry_run_writes_nothing_and_says_what_is_asked(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["close", "--garden", place.garden.code, "--week", str(WEEK), "--dry-run", "--format", "json"]
    assert cli.main(words) == 1
    assert said(capsys)["questions"]
    place.mark_all()
    assert cli.main(words) == 0
    assert said(capsys)["solidarity_baskets"] > 0
    assert not place.garden.closes.exists()


def test_a_week_that_is_not_ready_says_why(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["close", "--garden", place.garden.code, "--week", str(WEEK)]) == 1
    assert "pointage" in capsys.readouterr().err


def test_an_unknown_garden_or_week_is_asked_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["close", "--garden", "nulle-part", "--week", "2017-W12"]) == 2
    assert "nulle-part" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        cli.main(["close", "--garden", "val", "--week", "2017-W60"])
    assert end.value.code == 2


def test_check_is_clean_after_a_close_and_finds_a_broken_guard(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    from cageot.config import guards

    place.mark_all()
    place.close()
    assert cli.main(["check", "--format", "json"]) == 0
    assert said(capsys)["clean"] is True
    guards.lift()
    try:
        assert cli.main(["check", "--format", "json"]) == 1
        assert {one["what"] for one in said(capsys)["findings"]} == {"trigger_missing"}
    finally:
        guards.lay()


def test_check_finds_what_somebody_altered_behind_the_guards(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    from cageot.config import guards
    from cageot.funding.models import Share

    place.mark_all()
    place.close()
    guards.lift()
    share = Share.objects.filter(by="member").first()
    assert share
    Share.objects.filter(pk=share.pk).update(cents=share.cents + 1)
    guards.lay()
    assert cli.main(["check", "--format", "json"]) == 1
    found = {one["what"] for one in said(capsys)["findings"]}
    assert {"shares_differ_from_price", "member_part_differs", "entry_altered"} <= found


def test_figures_add_up(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.mark_all()
    place.close()
    assert cli.main(["figures", "--edition", "2017", "--format", "json"]) == 0
    figures = said(capsys)
    assert figures["solidarity_baskets"] > 0
    assert set(figures["paid_by"]) == {"members", "local", "national", "network", "gardens"}
    price = 1200 * figures["solidarity_baskets"]
    assert sum(figures["paid_by"].values()) + figures["uncovered_cents"] == price
    assert figures["max_member_share"] <= 0.30
    assert cli.main(["figures", "--edition", "1789"]) == 2


def test_somebody_is_let_in_with_a_new_garden(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["user", "add", "lea@exemple.fr", "--name", "Léa Martin", "--role", "coordinator", "--garden", "neuf"]
    assert cli.main(words) == 1
    assert "--new-garden" in capsys.readouterr().err
    assert cli.main([*words, "--new-garden", "Jardin neuf", "--commune", "Blois"]) == 0
    assert Garden.objects.get(code="neuf").commune_code == "41018"
    assert cli.main(words) == 0  # giving twice changes nothing
    assert Role.objects.count() == Login.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ["user", "add"],
        ["user", "add", "pas-une-adresse", "--role", "network", "--name", "N"],
        ["user", "add", "a@exemple.fr", "--name", "N"],
        ["user", "add", "a@exemple.fr", "--name", "N", "--role", "network", "--garden", "val"],
        ["user", "add", "a@exemple.fr", "--name", "N", "--role", "helper"],
    ],
)
def test_a_half_asked_access_is_refused_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    assert capsys.readouterr().err.strip()
    assert not Login.objects.exists()


def test_another_port_is_taken_when_the_first_is_not_free() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.free_port("127.0.0.1", port) != port
