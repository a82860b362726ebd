"""The papers of a week: who may print them, what stands on them, in which names."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, BasketSize, Product, Round, Ways
from cageot.baskets.rules.naming import MOST_LETTERS
from cageot.core.week import Week
from cageot.desk.papers import PAPERS
from cageot.desk.rules.papers import A4, LABELS
from cageot.members.models import Household, Member
from tests.desk.a_week import AT, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot

pytestmark = pytest.mark.django_db
PAGES = ["feuilles/", "changements/", *(f"feuilles/{one.slug}.{form}" for one in PAPERS for form in one.forms)]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = THURSDAY - timedelta(days=1)


def read(place, paper, asked="", role="helper"):
    """A PDF as one reads it: its text, one space between words."""
    answer = signed_in(place, role).get(place.url(f"feuilles/{paper}.pdf{asked}"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages))


def plain(text):
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def lines_of(place, asked=""):
    content = signed_in(place, "helper").get(place.url(f"feuilles/lignes.csv{asked}")).content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_whoever_sees_the_week_may_print_it_and_nobody_else(page):
    place = a_place()
    for role in ("coordinator", "helper", "treasurer"):
        assert signed_in(place, role).get(place.url(page)).status_code == 200
    assert a_stranger().get(place.url(page)).status_code == 404
    assert signed_in(place, "network").get(place.url(page)).status_code == 404


def test_a_treasurer_does_not_choose_the_labels_of_the_garden():
    place = a_place()
    assert signed_in(place, "treasurer").post(place.url("feuilles/"), {"labels": "L7651"}).status_code == 404
    assert not Ways.objects.filter(labels="L7651").exists()


# --- What stands on them --------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["preparation", "etiquettes", "route", "depot"])
def test_a_paper_names_people_shortly_with_their_depot_and_day(paper):
    text = read(a_place(), paper)
    for name in ("Amina B.", "Paul D.", "Luc R."):
        assert name in text
    assert not re.search("Benali|Durand|Lévy|Petit|Kaya|Roux", text)
    assert "jeudi 23 mars" in text
    assert "Gare" in text
    assert "vendredi" not in text, "another day has its own papers"


@pytest.mark.parametrize("paper", ["preparation", "route", "depot"])
def test_a_paper_says_whose_it_is_when_it_was_printed_and_how_many_pages_it_has(paper):
    text = read(a_place(), paper)
    assert "Jardin du Val de Loire" in text
    assert re.search(r"imprimé le mercredi 22 mars à \d+ h \d\d", text)
    assert re.search(r"1 / \d", text)


def test_a_paper_is_tagged_for_those_who_hear_it():
    place = a_place()
    content = signed_in(place, "helper").get(place.url("feuilles/depot.pdf")).content
    catalog = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "fr"


def test_a_cancelled_or_postponed_basket_is_on_no_paper():
    place = a_place()
    place.mark(cancelled=1, moved=1)
    for paper in ("etiquettes", "route", "depot"):
        text = read(place, paper)
        assert "Amina B." not in text
        assert "Paul D." not in text
    assert "2 paniers" in read(place, "preparation")


def test_a_basket_that_was_given_bears_the_name_of_who_takes_it():
    place = a_place()
    first, second, *_rest = place.baskets
    Basket.objects.filter(pk=first.pk).update(given_to=second.household)
    rows = [row[3] for row in lines_of(place)[1:]]
    assert rows.count("Paul D.") == 2
    assert "Amina B." not in rows
    assert "2 × Panier" in read(place, "depot")


def test_another_product_stands_beside_the_basket_of_the_same_household():
    place = a_place()
    first = place.baskets[0]
    eggs = Product.objects.create(garden=place.garden, code="oeufs", name="Œufs", rank=1)
    six = BasketSize.objects.create(garden=place.garden, product=eggs, code="six", name="6 œufs")
    Basket.objects.create(garden=place.garden, household=first.household, delivery=first.delivery, product=eggs, size=six, depot=first.depot)  # fmt: skip
    assert "Panier, Œufs · 6 œufs" in read(place, "depot")
    assert "4 Panier, 1 Œufs · 6 œufs" in read(place, "route")
    assert read(place, "etiquettes").count("Amina B.") == 2


def test_the_preparation_sheet_has_the_parts_that_are_asked():
    place = a_place()
    totals = read(place, "preparation", "?partie=totaux")
    assert "En tout" in totals
    assert "Amina B." not in totals
    assert "Amina B." in read(place, "preparation", "?partie=noms")


def test_rounds_packed_on_the_same_day_share_a_preparation_sheet():
    place = a_place()
    Round.objects.filter(garden=place.garden, weekday=5).update(packed_before=1)
    page = signed_in(place, "helper").get(place.url("feuilles/")).content.decode()
    assert "Tout ce qui se prépare jeudi 23 mars" in page
    assert "?preparation=2017-03-23" in page
    text = read(place, "preparation", "?preparation=2017-03-23")
    assert "jeudi 23 mars · vendredi 24 mars 6 paniers · à préparer le jeudi 23 mars" in text


def test_one_round_or_one_depot_can_be_printed_alone():
    place = a_place()
    other = make_depot(
        place.garden, "Mairie", hours="17 h – 19 h", address="1, place de la Mairie", phone="+33254112233"
    )
    Basket.objects.filter(pk=place.baskets[0].pk).update(depot=other)
    text = read(place, "route", f"?jour=2017-03-23&depot={other.pk}")
    assert "Amina B." in text
    assert "Paul D." not in text
    assert "1, place de la Mairie" in text
    assert "02 54 11 22 33" in text
    assert len(lines_of(place, f"?jour=2017-03-23&tournee={other.round_id}")) == 1 + 4


@pytest.mark.parametrize(
    "asked", ["?jour=2017-03-21", "?jour=demain", "?depot=99999", "?tournee=x", "?preparation=2017"]
)
def test_what_is_not_there_is_never_another_day_s_sheet(asked):
    place = a_place()
    client = signed_in(place, "helper")
    answer = client.get(place.url(f"feuilles/route.pdf{asked}"), follow=True)
    assert "aucun panier n’y est prévu" in text_of(answer)
    assert client.get(place.url(f"feuilles/{asked}")).status_code == 200


def test_a_week_without_baskets_has_nothing_to_print():
    place = a_place()
    client = signed_in(place, "helper")
    assert "Rien à imprimer cette semaine" in text_of(client.get(place.url("feuilles/", week=WEEK + 1)))
    assert "Pas de livraison cette semaine" in text_of(client.get(place.url("changements/", week=WEEK + 1)))
    answer = client.get(place.url("feuilles/etiquettes.pdf", week=WEEK + 1), follow=True)
    assert "Rien à imprimer" in text_of(answer)


# --- Labels ---------------------------------------------------------------------------------------


def pages(place, asked=""):
    content = signed_in(place, "helper").get(place.url(f"feuilles/etiquettes.pdf{asked}")).content
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_there_is_one_label_for_each_basket_and_the_sheet_is_remembered():
    place = a_place(120)
    client = signed_in(place, "helper")
    assert len(pages(place)) == 3  # 60 baskets on Thursday, 21 labels on a sheet
    answer = client.post(place.url("feuilles/"), {"labels": "L7651"}, follow=True)
    assert "Planche L7651 gardée." in text_of(answer)
    assert len(pages(place)) == 1


def test_a_sheet_that_was_begun_is_finished_first():
    assert len(pages(a_place(80), "?premiere=3")) == 2  # 40 baskets: 19 and 21
    assert len(pages(a_place(80, code="autre"), "?premiere=4")) == 3


@pytest.mark.parametrize("first", ["0", "22", "-1", "premier", "999999999999999999999"])
def test_a_first_label_out_of_the_sheet_is_said_in_a_sentence(first):
    place = a_place()
    answer = signed_in(place, "helper").get(place.url(f"feuilles/etiquettes.pdf?premiere={first}"), follow=True)
    assert "Une planche L7160 a 21 étiquettes : la première libre est un nombre de 1 à 21." in text_of(answer)


def test_an_unknown_sheet_of_labels_is_refused():
    place = a_place()
    answer = signed_in(place, "helper").post(place.url("feuilles/"), {"labels": "X1"}, follow=True)
    assert "Cette planche n’est pas connue." in text_of(answer)
    assert not Ways.objects.exists()


@given(st.sampled_from(sorted(LABELS)), st.integers(0, 200), st.integers(1, 65))
def test_labels_stand_inside_the_page_and_never_over_each_other(code, labels, first):
    sheet = LABELS[code]
    places = [sheet.place(number) for number in range(sheet.count)]
    for x, y in places:
        assert x > 0 and x + sheet.width <= A4[0]
        assert y > 0 and y + sheet.height <= A4[1]
    assert len(set(places)) == sheet.count
    xs, ys = sorted({x for x, _ in places}), sorted({y for _, y in places})
    assert all(after - before >= sheet.width for before, after in zip(xs, xs[1:], strict=False))
    assert all(after - before >= sheet.height - 0.01 for before, after in zip(ys, ys[1:], strict=False))
    first = min(first, sheet.count)
    assert (sheet.pages(labels, first) - 1) * sheet.count < labels + first - 1 <= sheet.pages(
        labels, first
    ) * sheet.count or not labels


# --- Names ----------------------------------------------------------------------------------------


def rename(place, number, first, last):
    Member.objects.filter(household=place.baskets[number].household).update(first_name=first, last_name=last)


@pytest.mark.parametrize("paper", ["preparation", "etiquettes", "route", "depot"])
def test_no_name_blocks_everybody_s_sheet(paper):
    place = a_place()
    names = [
        ("Amina 🥕", "Benali"),
        ("美玲", "李"),
        ("أمينة", "بن علي"),
        ("Marie-Antoinette-Joséphine " * 3, "d’" + "Abc" * 25),
    ]
    for number, (first, last) in zip((0, 1, 4, 5), names, strict=True):  # Thursday's households
        rename(place, number, first[:80], last[:80])
    text = read(place, paper)
    assert "Marie-Antoinette" in text.replace("- ", "-")
    number = place.baskets[0].household.number
    assert f"n° {number}" in text, "what cannot be drawn goes by its number"


def test_names_in_greek_cyrillic_and_vietnamese_are_printed_as_they_are():
    place = a_place()
    for number, (first, last) in enumerate([("Оксана", "Шевченко"), ("Ngọc", "Nguyễn")]):
        rename(place, number, first, last)
    rename(place, 4, "Ἀθηνᾶ", "Παπαδοπούλου")
    text = read(place, "depot").replace("ọọ", "ọ")  # drawn in two strokes, each of which the file calls by its letter
    for name in ("Оксана Ш.", "Ngọc N.", "Ἀθηνᾶ Π."):
        assert name in text


def test_the_garden_s_rule_says_how_people_are_called():
    place = a_place()
    Ways.objects.create(garden=place.garden, names="number")
    number = place.baskets[0].household.number
    assert f"n°\u00a0{number}" in [row[3] for row in lines_of(place)]
    Ways.objects.update(names="nickname")
    Household.objects.filter(pk=place.baskets[0].household_id).update(nickname="Les Tilleuls")
    assert {"Les Tilleuls", "Paul D."} <= {row[3] for row in lines_of(place)}


def test_two_households_that_would_read_alike_are_told_apart_on_every_day():
    place = a_place()
    rename(place, 4, "Amina", "Bouzid")
    on_thursday = {row[3] for row in lines_of(place, "?jour=2017-03-23")}
    on_friday = {row[3] for row in lines_of(place, "?jour=2017-03-24")}
    assert {name for name in on_thursday | on_friday if name.startswith("Amina")} == {"Amina Be.", "Amina Bo."}


def test_a_spreadsheet_opens_a_formula_as_text():
    place = a_place()
    rename(place, 0, "=HYPERLINK(1)", "Benali")
    client = signed_in(place, "helper")
    assert "'=HYPERLINK(1) B." in [row[3] for row in lines_of(place)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(place.url("feuilles/lignes.xlsx")).content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["Jour", "Tournée", "Dépôt", "Nom"]
    assert "=HYPERLINK(1) B." in [row[3] for row in rows]
    assert len(rows) == 1 + 4


# --- What changed ---------------------------------------------------------------------------------


def two_weeks():
    """The garden with its week 12 and the one after, as laid."""
    place = a_place()
    baskets.open_deliveries(place.garden, first=(WEEK + 1).monday, last=(WEEK + 1).sunday, weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=WEEK.monday)
    return place


def of_next_week(place):
    rows = Basket.objects.filter(garden=place.garden, delivery__week=WEEK + 1).order_by("household__number")
    return list(rows.select_related("delivery", "garden", "household", "depot"))


def changes_of(place, week: Week = WEEK + 1):
    return text_of(signed_in(place, "helper").get(place.url("changements/", week=week)))


def test_nothing_that_changed_is_said_so():
    page = changes_of(two_weeks())
    assert "Jeudi 30 mars Depuis le jeudi 23 mars. Rien n’a changé." in page


def test_the_first_time_a_round_goes_is_said_so():
    assert "C’est la première fois que cette tournée part." in changes_of(a_place(), WEEK)


def test_who_is_new_gone_moved_resized_absent_and_back_is_told_on_screen_and_on_top_of_the_paper():
    place = two_weeks()
    large = BasketSize.objects.create(garden=place.garden, product=place.baskets[0].product, code="grand", name="Grand")
    amina, paul, anna, marc, rose, luc = of_next_week(place)
    Basket.objects.filter(pk=place.baskets[0].pk).update(state="cancelled")  # Amina comes back
    Basket.objects.filter(pk=paul.pk).update(state="moved")  # Paul is away
    baskets.change_basket(anna, by=None, at=AT, depot=amina.depot)  # Anna comes from Friday
    baskets.change_basket(luc, by=None, at=AT, size=large)
    baskets.stop_subscription(rose.subscription, last_day=WEEK.sunday, by=None, at=AT)  # Rose left
    page = changes_of(place)
    for told in (
        "De retour Amina B. Panier, Gare", "Absent Paul D. Panier, Gare", "Autre dépôt Anna L. Gare, avant Jardin",
        "Autre taille Luc R. Grand, avant Panier", "Parti Rose K. Panier, Gare",
    ):  # fmt: skip
        assert told in page
    assert "Marc P." not in page
    signed = signed_in(place, "helper").get(place.url("feuilles/preparation.pdf?jour=2017-03-30", week=WEEK + 1))
    paper = plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(signed.content)).pages))
    before_totals = paper[: paper.index("En tout")]
    for told in ("Amina B. (Panier, Gare)", "Anna L. (Gare, avant Jardin)", "Luc R. (Grand, avant Panier)", "Rose K."):
        assert told in before_totals


def test_every_other_week_is_told_by_number_only():
    place = two_weeks()
    one = place.baskets[1]
    subscription = one.subscription
    subscription.frequency = "even"
    subscription.save()
    baskets.lay_baskets(place.garden, from_day=WEEK.monday)
    page = changes_of(place)
    assert "1 qui ne vient pas" in page
    assert "Paul D." not in page


# --- Cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_papers_cost_the_same_queries_with_three_and_thirty_baskets(page):
    counts = []
    for households, code in ((3, "petit"), (30, "grand-jardin")):
        place = a_place(households, code=code)
        client = signed_in(place, "coordinator")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(place.url(page)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 22


def test_no_more_letters_than_the_rule_allows():
    place = a_place(30)
    for name in [row[3] for row in lines_of(place)[1:]]:
        letters = re.fullmatch(r"\S+ (\w+)\.(?: \(\d+\))?", name)
        assert letters
        assert len(letters[1]) <= MOST_LETTERS
