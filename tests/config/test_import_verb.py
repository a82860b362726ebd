"""`cageot import households`: what it answers, on which stream, with which exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from cageot.config import cli
from cageot.core.tabular.reading import read_table
from cageot.members.models import Household, ImportMap, Support
from cageot.network.models import Garden
from tests.desk.an_import import ACCESS, TODAY, WORKBOOK, WRONG, a_file, a_garden

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(settings: Any) -> Garden:
    settings.TODAY = TODAY
    return a_garden()


def bring(file: Path, *words: str) -> int:
    return cli.main(["import", "households", str(file), "--garden", "blois", *words])


def answered(capsys: pytest.CaptureFixture[str]) -> Any:
    """Nothing but JSON on the standard output."""
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def make(*lines: dict[str, str]) -> Path:
        path = tmp_path / "foyers.csv"
        path.write_bytes(a_file(*lines))
        return path

    return make


def test_a_good_file_comes_in_and_a_second_time_changes_nothing(
    garden: Garden, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file({}, {"N° adhérent": "8", "Nom": "Petit"})
    assert bring(path, "--dry-run", "--format", "json") == 0
    tried = answered(capsys)
    assert (tried["good"], tried["written"], Household.objects.count()) == (2, 0, 0)
    assert bring(path, "--format", "json") == 0
    first = answered(capsys)
    assert (first["file"], first["rows"], first["good"], first["already"], first["written"]) == (
        "foyers.csv",
        2,
        2,
        0,
        2,
    )
    assert bring(path, "--format", "json") == 0
    again = answered(capsys)
    assert (again["already"], again["written"], Household.objects.count()) == (2, 0, 2)


def test_a_wrong_file_writes_nothing_and_says_where(garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(WRONG, "--format", "json") == 1
    told = answered(capsys)
    assert (told["rows"], told["good"], told["written"], Household.objects.count()) == (30, 17, 0, 0)
    [date] = [one for one in told["problems"] if one["line"] == 7]
    assert date["column"] == "Début" and date["value"] == "31/02/2017" and "n’existe pas" in date["message"]
    assert told["to_match"] == [{"kind": "size", "value": "Moyen", "lines": [14], "proposed": ""}]


def test_the_good_lines_alone_come_in_when_asked(garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(WRONG, "--good-rows", "--format", "json") == 1
    assert answered(capsys)["written"] == Household.objects.count() == 17


def test_a_person_reads_sentences(garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(ACCESS) == 1
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert "adherents-access.csv : 120 lignes." in said
    assert (
        "! lignes 2, 28, " in said and "(12 en tout), Participation « 3,60 € » : 3,60 € dépasse 30 % de 8,00 €" in said
    )
    assert "Rien n’a été écrit" in said


@pytest.mark.parametrize("name", ["nulle-part.csv", "photo.png"])
def test_what_is_no_table_is_told_with_code_two(
    garden: Garden, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert bring(tmp_path / name, "--format", "json") == 2
    assert answered(capsys)["error"]


def test_a_garden_that_does_not_exist_is_told_with_code_two(garden: Garden) -> None:
    assert cli.main(["import", "households", str(ACCESS), "--garden", "nulle-part"]) == 2


def test_correspondences_are_taken_from_a_file_and_remembered(
    garden: Garden, file: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(
        {"Point de dépôt": "La Gare", "Perso": "06 12 34 56 78", "Type de panier": "Moyen"},
        {"N° adhérent": "8", "Nom": "Petit", "Point de dépôt": "Épicerie"},
    )
    given = tmp_path / "map.json"
    given.write_text(json.dumps({
        "columns": {"Perso": "mobile"}, "values": {"depots": {"la gare": "Gare de Blois"}},
        "create": {"depots": {"Épicerie": {"weekday": "mardi"}}, "sizes": {"Moyen": {"price": "10,00"}}},
    }))  # fmt: skip
    assert bring(path, "--format", "json") == 1
    assert {one["value"] for one in answered(capsys)["to_match"]} == {"La Gare", "Moyen", "Épicerie"}
    assert bring(path, "--map", str(given), "--format", "json") == 0
    assert answered(capsys)["created"]["depots"] == 1
    assert garden.depots.get(name="Épicerie").weekday == 2
    assert Household.objects.get(number="7").members.get().mobile == "+33612345678"
    assert ImportMap.objects.get().columns == {"Perso": "mobile"}
    assert (
        bring(
            file({"N° adhérent": "9", "Nom": "Roux", "Point de dépôt": "La Gare", "Perso": "06 12 34 56 79"}),
            "--format",
            "json",
        )
        == 0
    )


@pytest.mark.parametrize(
    "said",
    ["{", "[]", '{"colones": {}}', '{"columns": {"Perso": "chausson"}}', '{"values": {"frequencies": {"1/2": "parfois"}}}',
     '{"create": {"depots": {"Gare": {"weekday": 9}}}}', '{"create": {"sizes": {"Moyen": {}}}}'],
)  # fmt: skip
def test_correspondences_that_cannot_be_understood_are_told_with_code_two(
    garden: Garden, file: Any, tmp_path: Path, said: str
) -> None:
    given = tmp_path / "map.json"
    given.write_text(said)
    assert bring(file({}), "--map", str(given)) == 2
    assert not Household.objects.exists()


def test_missing_depots_and_agreements_are_created_when_asked(garden: Garden, file: Any) -> None:
    path = file({"Point de dépôt": "Épicerie", "Tarif": "Solidaire", "Partenaire": "CIAS", "Participation": "3,60 €"})
    assert bring(path) == 1
    assert bring(path, "--create", "depots=vendredi", "--create", "agreements") == 0
    assert garden.depots.get(name="Épicerie").weekday == 5
    assert Support.objects.get().agreement.partner.name == "CIAS"
    assert bring(path, "--create", "chaussons") == 2


def test_look_alikes_wait_until_one_says_that_they_are_others(
    garden: Garden, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(file({"Mail": "paul@example.org"}))
    path = file({"N° adhérent": ""})
    capsys.readouterr()
    assert bring(path, "--format", "json") == 1
    [held] = answered(capsys)["duplicates"]
    assert held["line"] == 2 and "foyer 7" in held["like"][0]
    assert bring(path, "--keep-duplicates") == 0
    assert Household.objects.count() == 2


def test_the_annotated_copy_tells_what_to_correct(garden: Garden, tmp_path: Path) -> None:
    copy = tmp_path / "copie.xlsx"
    assert bring(WRONG, "--annotate", str(copy)) == 1
    assert [row.line for row in read_table(copy).rows] == [row.line for row in read_table(WRONG).rows]


def test_the_workbook_comes_in_for_its_good_lines(garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(WORKBOOK, "--good-rows", "--format", "json") == 1
    told = answered(capsys)
    assert told["written"] == 35
    assert told["repaired"] > 0
    assert any("total" in note for note in told["file_notes"])


def test_whoever_watches_sees_what_is_being_written(garden: Garden, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", seen := Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    assert bring(file({})) == 0
    assert all(
        step in seen.getvalue() for step in ("Lecture des lignes", "Foyers", "Paniers, jusqu’à la fin de la saison")
    )


def test_words_to_match_are_told_once_with_what_they_may_mean(
    garden: Garden, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"N° adhérent": str(number), "Nom": f"Durand{number}", "Point de dépôt": "La Gare"} for number in range(12)
    ]
    assert bring(file(*lines), "--dry-run") == 1
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert "Dépôts : que veut dire « La Gare » (12 lignes) ? Peut-être Gare de Blois." in said
    assert said.count("La Gare") == 3, "one remark for all lines, its value, one question"
