"""Search finds what people mean: without accents, with a slip, in the singular; and only what they may read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cageot.network import finding
from cageot.network.finding import Text
from cageot.network.models import Findable
from cageot.network.rules import reading
from cageot.network.rules.reach import Can, Reach
from tests import factories as make

pytestmark = pytest.mark.django_db
ANYBODY = Reach(by_garden={1: frozenset({Can.SEE_WEEK})})


def keys(answer: finding.Answer) -> list[str]:
    return [one.key for one in answer.found]


@pytest.fixture
def library() -> None:
    finding.put(
        Text("recipe", "soupe", "Soupe de poireaux", "Émincez les poireaux, ajoutez les pommes de terre et l’eau."),
        Text(
            "recipe",
            "gratin",
            "Gratin de courge",
            "La courge cuit au four avec un peu de crème. Servez avec du poireau.",
        ),
        Text(
            "sheet",
            "navette",
            "Une navette pour les dépôts",
            "Les bénévoles conduisent à tour de rôle, chaque semaine.",
        ),
        Text("chapter", "dignite", "Dignité", "Personne ne peut deviner qui paie moins à la préparation des listes."),
    )


PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "finding.md").read_text()
TABLE = re.findall(r"^\| (?!typed)([^|]+?) \|(.*)\|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("typed", "found"), [(typed, found.split(", ")) for typed, found in TABLE])
def test_a_word_is_found_as_people_type_it(library: None, typed: str, found: list[str]) -> None:
    """The table of docs/rules/finding.md."""
    assert keys(finding.find(typed, ANYBODY)) == [key.strip() for key in found if key.strip()]


def test_the_title_weighs_more_than_the_text(library: None) -> None:
    assert keys(finding.find("poireau", ANYBODY))[0] == "soupe"


def test_a_slip_is_said(library: None) -> None:
    assert finding.find("poirreau", ANYBODY).instead == "poireau"
    assert finding.find("poireau", ANYBODY).instead == ""


def test_when_no_text_has_all_the_words_those_with_some_are_given(library: None) -> None:
    answer = finding.find("poireau navette", ANYBODY)
    assert set(keys(answer)) == {"soupe", "gratin", "navette"}
    assert not answer.all_words


def test_a_kind_can_be_asked_for(library: None) -> None:
    assert keys(finding.find("semaine personne", ANYBODY, kinds=["chapter"])) == ["dignite"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "de la", "!!! ---", "'\" OR 1=1 --", "(((", "*", "a" * 5000, "NEAR(a b)", "\x00"]
)
def test_nothing_typed_breaks_it(library: None, typed: str) -> None:
    assert finding.find(typed, ANYBODY).found is not None


def test_words_are_marked_where_they_stand(library: None) -> None:
    [one] = finding.find("benevoles", ANYBODY).found
    assert ("bénévoles", True) in one.excerpt
    assert "".join(part for part, _asked in one.excerpt).startswith("Les bénévoles conduisent")


def test_each_reads_their_own() -> None:
    val, sens = make.make_garden("val"), make.make_garden("sens", "Jardin de Sens")
    finding.put(
        Text("session", "1", "Cuisine à Blois", "chou", reach="garden", garden=val.pk),
        Text("session", "2", "Cuisine à Sens", "chou", reach="garden", garden=sens.pk),
        Text("sheet", "3", "À relire", "chou", reach="network"),
        Text("sheet", "4", "Pour tous", "chou"),
    )
    here = Reach(by_garden={val.pk: frozenset({Can.SEE_WEEK})})
    assert set(keys(finding.find("choux", here))) == {"1", "4"}
    assert set(keys(finding.find("choux", Reach()))) == {"4"}
    assert set(keys(finding.find("choux", Reach(network=True)))) == {"1", "2", "3", "4"}


def test_what_is_changed_or_taken_away_is_found_no_more(library: None) -> None:
    finding.put(Text("recipe", "soupe", "Velouté de potimarron", "Du potimarron et de l’eau."))
    assert keys(finding.find("poireaux", ANYBODY)) == ["gratin"]
    assert keys(finding.find("potimarron", ANYBODY)) == ["soupe"]
    finding.take_away("recipe", "soupe", "gratin")
    assert keys(finding.find("poireaux", ANYBODY)) == []
    assert Findable.objects.count() == 2


def test_pages_follow_one_another_in_the_same_order() -> None:
    finding.put(*(Text("recipe", str(n), f"Soupe {n}", "carotte " * (n % 7 + 1)) for n in range(45)))
    pages = [keys(finding.find("carottes", ANYBODY, page=page)) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({key for page in pages for key in page}) == 45
    assert finding.find("carottes", ANYBODY).total == 45


def test_a_question_asks_the_same_whatever_there_is(library: None) -> None:
    def asked(question: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            finding.find(question, ANYBODY)
        return len(asked)

    few = asked("poireaux soupe")
    finding.put(*(Text("recipe", str(n), f"Soupe {n}", "poireau et carotte") for n in range(60)))
    assert asked("poireaux soupe") == few <= 4


def test_many_are_put_in_few_statements(library: None) -> None:
    with CaptureQueriesContext(connection) as few:
        finding.put(*(Text("recipe", str(n), f"Soupe {n}", "poireau") for n in range(3)))
    with CaptureQueriesContext(connection) as many:
        finding.put(*(Text("recipe", str(n), f"Soupe {n}", "poireau") for n in range(300)))
    assert len(few) <= 4
    assert len(many) <= 8


@given(st.text(alphabet="aàâbcdeéèêiîïoôuùûç ’-Ww9", max_size=80))
def test_accents_and_case_never_change_what_is_looked_for(text: str) -> None:
    assert reading.stems(text) == reading.stems(text.upper()) == reading.stems(reading.bare(text))


@given(st.text(max_size=400), st.text(max_size=30))
def test_an_excerpt_holds_nothing_but_the_text(text: str, typed: str) -> None:
    shown = "".join(part for part, _asked in reading.excerpt(text, reading.question(typed)))
    whole = " ".join(text.split())
    assert " ".join(shown.strip("… ").split()) in whole or "…" in text
