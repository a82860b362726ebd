"""`cageot allocate`: a scenario in a file, the best allocation out, and what is wrong with the file said by its place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from cageot.config import cli

pytestmark = pytest.mark.django_db

SCENARIO: dict[str, Any] = {
    "funds": [
        {"id": "dgcs-2017", "budget_cents": 5000000, "from": "2017-01-01", "until": "2017-12-31", "gardens": None,
         "communes": None, "audiences": ["rsa", "student"], "affiliations": None, "cap_per_basket_cents": 400,
         "max_share_percent": 40, "priority": 2}
    ],
    "groups": [
        {"id": "g1", "garden": "blois", "commune": "41018", "audience": "rsa", "affiliation": "caf", "day": "2017-03-23",
         "baskets": 12, "price_cents": 1200, "member_cents": 360}
    ],
}  # fmt: skip
ANSWER = {
    "need_cents": 10080, "covered_cents": 4800, "uncovered_cents": 5280,
    "shares": [{"group": "g1", "fund": "dgcs-2017", "cents": 4800}],
    "funds": [{"id": "dgcs-2017", "used_cents": 4800, "left_cents": 4995200}],
    "certificate": {"bound_cents": 4800, "limits": [{"group": "g1", "fund": "dgcs-2017", "why": "cap_per_basket"}]},
    "next_euro": [{"audience": "any", "garden": "blois", "uncovered_cents": 5280}],
}  # fmt: skip


def ask(tmp_path: Path, text: str | bytes, *words: str) -> int:
    path = tmp_path / "scenario.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return cli.main(["allocate", str(path), *words])


def test_the_answer_is_the_one_of_the_open_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(tmp_path, json.dumps(SCENARIO), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == ANSWER


def test_it_is_also_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(tmp_path, json.dumps(SCENARIO)) == 0
    told = capsys.readouterr().out.replace("\xa0", " ").replace("\u202f", " ")
    assert "couvert : 48,00 €, et rien ne couvre plus" in told
    assert "non couvert, blois : 52,80 €" in told


def changed(path: str, value: Any) -> str:
    """The scenario with one thing changed: "funds.0.from"."""
    data = copy.deepcopy(SCENARIO)
    *way, last = path.split(".")
    place: Any = data
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("funds.0.budget_cents", -1, "funds[0].budget_cents : ne peut pas être négatif"),
        ("funds.0.budget_cents", "5000", "funds[0].budget_cents : un nombre entier est attendu, sans guillemets"),
        ("funds.0.budget_cents", 12.5, "funds[0].budget_cents : un nombre entier est attendu"),
        ("funds.0.budget_cents", True, "funds[0].budget_cents : un nombre entier est attendu"),
        ("funds.0.budget_cents", 10**16, "funds[0].budget_cents : est trop grand"),
        ("funds.0.from", "2018-01-01", "funds[0].from : vient après « until »"),
        ("funds.0.until", "31/12/2017", "funds[0].until : une date est attendue"),
        ("funds.0.until", "2017-02-30", "funds[0].until : une date est attendue"),
        ("funds.0.gardens", "blois", "funds[0].gardens : une liste"),
        ("funds.0.audiences", ["rsa", 3], "funds[0].audiences[1] : un texte"),
        ("funds.0.max_share_percent", 101, "funds[0].max_share_percent : un pourcentage"),
        ("funds.0.max_share_percent", 33.333, "funds[0].max_share_percent : un pourcentage"),
        ("funds.0.colour", "red", "funds[0].colour : n’est pas connu"),
        ("funds.0.id", "", "funds[0].id : ne peut pas être vide"),
        ("groups.0.member_cents", 1201, "groups[0].member_cents : dépasse le prix du panier"),
        ("groups.0.baskets", -3, "groups[0].baskets : ne peut pas être négatif"),
        ("groups.0.garden", None, "groups[0].garden : un texte"),
        ("groups.0", 3, "groups[0] : un objet"),
        ("funds", {}, "funds : une liste"),
        ("rules", [], "rules : n’est pas connu"),
    ],
)
def test_a_wrong_file_is_refused_by_its_place_and_nothing_is_printed(
    path: str, value: Any, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, changed(path, value), "--format", "json") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err.replace("\xa0", " ")


@pytest.mark.parametrize("name", ["funds", "groups"])
def test_two_rows_of_one_name_are_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = copy.deepcopy(SCENARIO)
    data[name] *= 2
    assert ask(tmp_path, json.dumps(data)) == 2
    assert f"{name}[1].id : sert déjà à une autre ligne" in capsys.readouterr().err.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff\xfe{", "ce n’est pas du JSON"),
        (b"{", "1:2 : ce n’est pas du JSON"),
        (b'{"funds": [], "funds": [], "groups": []}', "funds : écrit deux fois"),
        (b'{"funds": [{"id": "a", "budget_cents": NaN}], "groups": []}', "NaN : ce n’est pas du JSON"),
        (b'{"funds": [], "groups": ' + b"[" * 100_000, "ce n’est pas du JSON"),
        (b'{"funds": [{"id": "a", "budget_cents": ' + b"9" * 5000 + b'}], "groups": []}', "est trop grand"),
        (b"{}", "funds : manque"),
        (b"[]", "$ : un objet"),
    ],
)
def test_what_is_not_a_scenario_is_refused(
    text: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, text) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err.replace("\xa0", " ")


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["allocate", str(tmp_path / "nowhere.json")]) == 2
    assert "nowhere.json" in capsys.readouterr().err


def test_nothing_to_share_is_shared_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(tmp_path, '{"funds": [], "groups": []}', "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["covered_cents"] == 0
