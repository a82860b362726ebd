"""The wizard, page after page, as Léa who coordinates the garden goes through it; and as others may not."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cageot.core.tabular.reading import read_table
from cageot.desk import import_box
from cageot.desk.actions import import_run, importing
from cageot.desk.queries import import_pages
from cageot.members.models import Household, ImportMap
from cageot.network.models import Garden
from tests.desk.an_import import COLUMNS, TODAY, WRONG, a_file, a_garden, imported
from tests.factories import make_depot, make_garden, make_household, make_person, signed_in
from tests.reading import plain

pytestmark = pytest.mark.django_db
START = "/jardins/blois/import/"


@pytest.fixture
def garden(settings: Any, tmp_path: Path) -> Garden:
    settings.TODAY, settings.HOME = TODAY, tmp_path
    return a_garden()


@pytest.fixture
def lea(garden: Garden) -> Client:
    return signed_in(make_person("coordinator", garden))


def upload(client: Client, data: bytes, name: str = "foyers.csv") -> Any:
    return client.post(START, {"file": SimpleUploadedFile(name, data)})


def bring(client: Client, data: bytes) -> str:
    """Upload and accept the columns as they were recognised; the address of the wizard's pages."""
    visit = str(upload(client, data)["Location"]).removesuffix("colonnes/")
    page = client.get(f"{visit}colonnes/").content.decode()
    client.post(f"{visit}colonnes/", chosen(page))
    return visit


def chosen(page: str) -> dict[str, str]:
    """What each list of a page stands at."""
    lists = re.findall(r'<select name="(\w+)".*?</select>', page, re.S)
    return {name: _selected(page, name) for name in lists}


def _selected(page: str, name: str) -> str:
    found = re.search(rf'<select name="{name}"(.*?)</select>', page, re.S)
    assert found
    selected = re.search(r'value="([^"]*)" selected', found[1])
    return selected[1] if selected else ""


def test_a_good_file_goes_from_the_first_page_to_the_last(lea: Client) -> None:
    visit = bring(lea, a_file({}, {"N° adhérent": "8", "Nom": "Petit"}))
    review = lea.get(f"{visit}relecture/")
    assert "Importer les 2 foyers" in review.content.decode()
    done = lea.post(f"{visit}relecture/", {"import": "all"}, follow=True)
    assert "2 foyers ajoutés" in done.content.decode()
    assert "à reprendre" not in done.content.decode(), "nothing is left"
    assert Household.objects.count() == 2


def test_the_file_is_erased_when_all_is_done(lea: Client, tmp_path: Path) -> None:
    visit = bring(lea, a_file({}))
    [file] = (tmp_path / "import").glob("*/file")
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert not file.exists()
    assert "Durand" not in (file.parent / "notes.json").read_text()
    assert "Import fait" in lea.get(f"{visit}relecture/", follow=True).content.decode()


def test_giving_up_erases_the_file_and_writes_nothing(lea: Client, tmp_path: Path) -> None:
    visit = bring(lea, a_file({}))
    lea.post(f"{visit}abandon/")
    assert list((tmp_path / "import").iterdir()) == []
    assert lea.get(f"{visit}relecture/").status_code == 404
    assert not Household.objects.exists()


def test_a_file_left_there_goes_after_a_day(lea: Client, tmp_path: Path) -> None:
    bring(lea, a_file({}))
    [old] = (tmp_path / "import").iterdir()
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    bring(lea, a_file({}))
    assert not old.exists()


def test_what_is_no_table_is_refused_on_the_first_page_and_not_kept(lea: Client, tmp_path: Path) -> None:
    answer = upload(lea, b"%PDF-1.4 rien", "tableau.pdf")
    assert "C’est un PDF" in answer.content.decode()
    assert list((tmp_path / "import").iterdir()) == []


def test_the_good_lines_come_in_and_the_copy_to_correct_stays(lea: Client) -> None:
    visit = bring(lea, WRONG.read_bytes())
    page = lea.get(f"{visit}relecture/").content.decode()
    assert "Importer les 17 lignes bonnes" in page
    assert "31/02/2017" in page
    done = lea.post(f"{visit}relecture/", {"import": "good"}, follow=True).content.decode()
    assert "17 foyers ajoutés" in done and "13 lignes restent à reprendre" in done
    copy = lea.get(f"{visit}a-corriger.xlsx")
    assert len(read_table(copy.content).rows) == 30


def test_nothing_is_written_by_the_button_of_a_whole_file_when_the_file_is_not(lea: Client) -> None:
    visit = bring(lea, WRONG.read_bytes())
    answer = lea.post(f"{visit}relecture/", {"import": "all"}, follow=True)
    assert "Rien n’a été écrit" in answer.content.decode()
    assert not Household.objects.exists()


def test_a_column_is_said_by_hand_and_remembered(lea: Client) -> None:
    data = a_file({"Perso": "06 12 34 56 78"})
    visit = str(upload(lea, data)["Location"]).removesuffix("colonnes/")
    page = lea.get(f"{visit}colonnes/").content.decode()
    assert "à dire" in page
    answers = chosen(page)
    [unknown] = [name for name, key in answers.items() if key == ""]
    lea.post(f"{visit}colonnes/", answers | {unknown: "mobile"})
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert Household.objects.get().members.get().mobile == "+33612345678"
    assert ImportMap.objects.get().columns == {"Perso": "mobile"}
    visit = str(upload(lea, data)["Location"])
    assert "à dire" not in lea.get(visit).content.decode()


def test_two_columns_cannot_hold_the_same_thing_and_one_must_hold_the_name(lea: Client) -> None:
    visit = str(upload(lea, a_file({"Perso": "1"}))["Location"])
    answers = chosen(lea.get(visit).content.decode())
    [unknown] = [name for name, key in answers.items() if key == ""]
    assert "n’en gardez qu’une" in lea.post(visit, answers | {unknown: "number"}).content.decode()
    nameless = {name: "" if key in ("last_name", "full_name") else key for name, key in answers.items()}
    assert "Dites quelle colonne contient le nom" in lea.post(visit, nameless).content.decode()


def test_words_that_the_garden_has_not_are_asked_once(lea: Client, garden: Garden) -> None:
    data = a_file({"Point de dépôt": "Gare"}, {"N° adhérent": "8", "Nom": "Petit", "Point de dépôt": "Épicerie"})
    visit = bring(lea, data)
    page = lea.get(f"{visit}correspondances/").content.decode()
    asked = chosen(page)
    assert asked["m0"] == "Gare de Blois" and "Proposé d’après le nom" in page
    wrong = lea.post(f"{visit}correspondances/", asked | {"m1": "+", "d1": ""})
    assert "Dites quel jour ce dépôt livre" in wrong.content.decode()
    lea.post(f"{visit}correspondances/", asked | {"m1": "+", "d1": "2"})
    assert "le dépôt « Épicerie »" in plain(lea.get(f"{visit}relecture/").content.decode())
    said = json.loads(lea.get(f"{visit}correspondances.json").content)
    assert said["values"] == {"depots": {"Gare": "Gare de Blois"}}
    assert said["create"]["depots"] == {"Épicerie": {"weekday": 2}}
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert garden.depots.get(name="Épicerie").weekday == 2
    again = str(upload(lea, data)["Location"])
    answer = lea.post(again, chosen(lea.get(again).content.decode()))
    assert answer["Location"].endswith("relecture/"), "what was said once is not asked again"


def test_a_look_alike_is_shown_with_the_household_and_waits_for_a_tick(lea: Client, garden: Garden) -> None:
    imported(garden, a_file({"Mail": "paul@example.org"}))
    visit = bring(lea, a_file({"N° adhérent": "", "Nom": "Durand"}))
    page = lea.get(f"{visit}relecture/").content.decode()
    assert "Même nom que le foyer 7 (Durand Paul)" in page and "C’est un autre foyer" in page
    assert 'name="import"' not in page
    lea.post(f"{visit}relecture/", {"garder": "2", "again": "1"})
    assert "Importer 1 foyer" in lea.get(f"{visit}relecture/").content.decode()
    lea.post(f"{visit}relecture/", {"garder": "2", "import": "all"})
    assert Household.objects.count() == 2


def test_a_big_file_goes_behind_a_page_that_tells_how_far_it_is(lea: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    class Later:
        def __init__(self, target: Any, args: tuple[Any, ...], daemon: bool) -> None:
            started.append((target, args))

        def start(self) -> None:
            pass

    monkeypatch.setattr(import_run, "BEHIND", 1)
    monkeypatch.setattr(import_run.threading, "Thread", Later)
    monkeypatch.setattr(import_run.connection, "close", lambda: None)
    visit = bring(lea, a_file({}, {"N° adhérent": "8", "Nom": "Petit"}))
    waiting = lea.post(f"{visit}relecture/", {"import": "all"}, follow=True).content.decode()
    assert "data-poll" in waiting and 'http-equiv="refresh"' in waiting
    assert "Lecture des lignes" in waiting and "2 % du travail" in waiting.replace("\xa0", " ")
    lea.post(f"{visit}relecture/", {"import": "all"})
    [(target, args)] = started
    target(*args)
    assert "2 foyers ajoutés" in lea.get(f"{visit}fait/").content.decode()


def test_an_import_whose_process_died_can_be_started_again(lea: Client, tmp_path: Path) -> None:
    visit = bring(lea, a_file({}))
    [folder] = (tmp_path / "import").iterdir()
    (folder / "run").write_text("999999999")
    assert "Rien n’est à moitié écrit" in lea.get(f"{visit}fait/", follow=True).content.decode()
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert Household.objects.count() == 1


def test_a_failure_is_told_and_one_may_start_again(lea: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = bring(lea, a_file({}))

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(importing, "welcome_many", broken)
        page = lea.post(f"{visit}relecture/", {"import": "all"}, follow=True).content.decode()
    assert "Rien n’est à moitié écrit" in page
    assert not Household.objects.exists()
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert Household.objects.count() == 1


def test_each_thing_to_correct_is_told_with_its_lines(lea: Client) -> None:
    visit = bring(lea, a_file({"Participation": "99 €"}, {"N° adhérent": "8", "Nom": "Petit", "Participation": "99 €"}))
    page = re.sub(r"\s+", " ", lea.get(f"{visit}relecture/").content.decode())
    assert 'Participation<br><span class="soft">lignes 2, 3</span>' in page
    assert "Télécharger la copie à corriger" in page


def test_look_alikes_by_the_hundred_are_answered_page_after_page_or_all_at_once(
    lea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_pages, "SHOWN", 2)
    phone = {"N° adhérent": "", "Portable": "06 12 34 56 78"}
    visit = bring(lea, a_file(*({**phone, "Nom": f"Nom{number}"} for number in range(5))))
    assert "Les 4 lignes sont toutes d’autres foyers" in lea.get(f"{visit}relecture/").content.decode()
    lea.post(f"{visit}relecture/", {"vue": ["3", "4"], "garder": ["3", "4"], "again": "1"})
    page = lea.get(f"{visit}relecture/").content.decode()
    assert 'value="5"' in page and "Les 2 lignes sont toutes" in page
    lea.post(f"{visit}relecture/", {"vue": ["5", "6"], "tous": "1", "again": "1"})
    assert "Importer les 5 foyers" in lea.get(f"{visit}relecture/").content.decode()


def test_a_column_taken_for_another_asks_a_page_of_words_and_says_to_check_it(
    lea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_pages, "ASKED", 3)
    lines = [
        {"N° adhérent": str(number), "Nom": f"Nom{number}", "Point de dépôt": f"Rue {number}"} for number in range(5)
    ]
    visit = bring(lea, a_file(*lines))
    page = lea.get(f"{visit}correspondances/").content.decode()
    assert len(re.findall(r'<select name="m', page)) == 3
    assert "Et 2 autres mots" in page
    lea.post(f"{visit}correspondances/", dict.fromkeys(("m0", "m1", "m2"), "Jardin"))
    page = lea.get(f"{visit}correspondances/").content.decode()
    lea.post(f"{visit}correspondances/", chosen(page) | {name: "Jardin" for name in chosen(page) if name[0] == "m"})
    assert "Importer les 5 foyers" in lea.get(f"{visit}relecture/").content.decode(), "the first answers still hold"


def test_a_file_without_depots_is_asked_for_one_and_the_answer_is_of_that_file(lea: Client) -> None:
    data = a_file({"Point de dépôt": ""}, {"N° adhérent": "8", "Nom": "Petit", "Point de dépôt": ""})
    visit = bring(lea, data)
    page = lea.get(f"{visit}correspondances/").content.decode()
    assert "Cases vides (2 lignes)" in page and "Créer ce dépôt" not in page
    lea.post(f"{visit}correspondances/", {"m0": "Jardin"})
    lea.post(f"{visit}relecture/", {"import": "all"})
    assert Household.objects.count() == 2
    assert not ImportMap.objects.filter(values__has_key="depot").exclude(values__depot={}).exists()


def test_a_home_stop_is_not_among_the_depots_to_choose(lea: Client, garden: Garden) -> None:
    home = make_household(garden, "Benali")
    make_depot(garden, "Chez Benali", 4, household=home)
    visit = bring(lea, a_file({"Point de dépôt": "Épicerie"}))
    page = lea.get(f"{visit}correspondances/").content.decode()
    assert "Maison des Provinces" in page and "Chez Benali" not in page


PAGES = ("colonnes/", "correspondances/", "correspondances.json", "relecture/", "a-corriger.xlsx", "fait/")


@pytest.mark.parametrize("role", ["helper", "treasurer", "network"])
def test_only_who_may_write_households_finds_these_pages(garden: Garden, lea: Client, role: str) -> None:
    visit, other = bring(lea, a_file({})), signed_in(make_person(role, garden))
    addresses = [START, "/jardins/blois/foyers/export/csv/", *(f"{visit}{page}" for page in PAGES)]
    assert {other.get(address).status_code for address in addresses} == {404}


def test_a_colleague_does_not_find_the_file_of_another(garden: Garden, lea: Client) -> None:
    visit, colleague = bring(lea, a_file({})), signed_in(make_person("coordinator", garden))
    assert {colleague.get(f"{visit}{page}").status_code for page in PAGES} == {404}
    assert colleague.post(f"{visit}abandon/").status_code == 404


def test_the_file_of_one_garden_is_not_found_at_another_s_address(garden: Garden, lea: Client) -> None:
    visit = bring(lea, a_file({}))
    make_person("coordinator", make_garden("ailleurs", "Ailleurs"))
    assert lea.get(visit.replace("/blois/", "/ailleurs/") + "relecture/").status_code == 404


@pytest.mark.parametrize("token", ["..", "0" * 32, "a", "%2e%2e", "notes-json"])
def test_an_address_made_up_leads_nowhere(lea: Client, token: str) -> None:
    assert lea.get(f"{START}{token}/relecture/").status_code == 404
    with pytest.raises(import_box.Gone):
        import_box.find(token, 1, 1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_away_in_the_columns_that_come_in(garden: Garden, lea: Client, form: str) -> None:
    imported(garden, a_file({}))
    answer = lea.get(f"/jardins/blois/foyers/export/{form}/")
    table = read_table(answer.content)
    assert table.columns == COLUMNS
    assert "Durand" in table.rows[0].cells
    assert "no-store" in answer["Cache-Control"]
    gone = lea.get(f"/jardins/blois/foyers/export/{form}/?etat=sans")
    assert b"Durand" not in gone.content
    assert lea.get("/jardins/blois/foyers/export/pdf/").status_code == 404


def test_the_review_asks_as_many_questions_for_three_lines_as_for_sixty(lea: Client, garden: Garden) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for many in (3, 60):
        for number in range(many):
            make_household(garden, f"Nom{number}")
        visit = bring(
            lea,
            a_file(
                *(
                    {"N° adhérent": str(number), "Nom": f"Nouveau{number}", "Participation": "99 €"}
                    for number in range(many)
                )
            ),
        )
        with CaptureQueriesContext(connection) as asked:
            lea.get(f"{visit}relecture/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
