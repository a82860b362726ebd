"""What a payer is told: the same numbers on screen, in spreadsheets and on paper, and nobody to be recognised."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from cageot.baskets import actions as baskets
from cageot.baskets.models import WeekClose
from cageot.desk.pdf import write_pdf
from cageot.desk.queries.statements import Period, default_period, period_words, presets
from cageot.desk.views.statements import paper
from cageot.funding.models import AgreementPayer
from cageot.members.models import Household
from cageot.network.models import Partner
from tests.desk.a_week import Place, a_place
from tests.factories import AT, make_edition, make_garden, make_person, signed_in

pytestmark = pytest.mark.django_db
MARCH = "?du=2017-03-01&au=2017-03-31"


@pytest.fixture(autouse=True)
def _in_april(settings: Any) -> None:
    settings.TODAY = date(2017, 4, 12)


@pytest.fixture
def place() -> Place:
    """Twelve households of Blois, six of them supported, one week closed."""
    found = a_place(12)
    Household.objects.update(commune_code="41018")
    found.mark_all()
    found.close()
    return found


def ccas() -> Partner:
    return Partner.objects.get(name="CCAS de Blois")


def url(place: Place, form: str = "", period: str = MARCH) -> str:
    return f"/jardins/{place.garden.code}/releves/{ccas().pk}/{form and form + '/'}{period}"


def theo(place: Place) -> Client:
    return signed_in(make_person("treasurer", place.garden))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def test_the_statement_says_baskets_households_and_euros(place: Place) -> None:
    page = text(theo(place), url(place))
    assert "50,40 €" in page  # six baskets at 8,40 €
    assert "Blois (41)" in page or "Toutes les communes" in page
    assert "mars 2017" in page


def test_screen_spreadsheets_and_paper_say_the_same(place: Place) -> None:
    client = theo(place)
    rows = list(csv.reader(io.StringIO(client.get(url(place, "csv")).content.decode("utf-8-sig")), delimiter=";"))
    assert rows[-1] == ["Ensemble", "", "6", "6", "50,40"]
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(client.get(url(place, "xlsx")).content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert sheet[-1] == ["Ensemble", "", 6.0, 6.0, 50.4]
    paper = pdf_text(client.get(url(place, "pdf")).content)
    assert "50,40 €" in paper
    assert "Relevé · CCAS de Blois" in paper


def pdf_text(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(page.extract_text() for page in pages).replace("\xa0", " ").replace("\u202f", " ")


def test_the_paper_is_tagged_for_screen_readers(place: Place) -> None:
    reader = PdfReader(io.BytesIO(theo(place).get(url(place, "pdf")).content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("fr")
    assert reader.metadata is not None and "CCAS de Blois" in str(reader.metadata.title)
    assert b"pdfuaid" in theo(place).get(url(place, "pdf")).content or root["/StructTreeRoot"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_statement_is_the_same_to_the_byte_as_long_as_nothing_is_posted_in_it(
    place: Place, form: str, settings: Any
) -> None:
    client = theo(place)
    before = client.get(url(place, form)).content
    settings.TODAY = date(2019, 9, 1)
    assert client.get(url(place, form)).content == before
    baskets.reopen_week(WeekClose.objects.get(), reason="Erreur de pointage.", today=date(2017, 4, 3), by=None, at=AT)
    assert client.get(url(place, form)).content == before  # the correction belongs to April
    assert "−50,40 €" in text(client, url(place, period="?du=2017-04-01&au=2017-04-30"))


def test_a_week_closed_again_does_not_move_the_month_that_was_told(place: Place) -> None:
    """In April a week of March is reopened and closed again: March stays as it was sent, April holds the difference."""
    before = text(theo(place), url(place, "csv"))
    april = "?du=2017-04-01&au=2017-04-30"
    close = WeekClose.objects.get()
    baskets.reopen_week(close, reason="Erreur de pointage.", today=date(2017, 4, 3), by=None, at=AT)
    baskets.mark(place.garden, {place.baskets[0].pk: "cancelled"}, by=None, at=AT)
    baskets.close_week(place.garden, close.week, today=date(2017, 4, 3), by=None, at=AT)
    assert text(theo(place), url(place, "csv")) == before
    told = text(theo(place), url(place, "csv", april)).splitlines()[-1]
    assert told.split(";")[-2:] == ["-1", "-8,40"]


def test_file_names_carry_codes_and_dates_only(place: Place) -> None:
    name = theo(place).get(url(place, "pdf"))["Content-Disposition"]
    assert name == f'attachment; filename="releve-{place.garden.code}-{ccas().pk}-2017-03-01-2017-03-31.pdf"'


def test_an_open_week_is_not_in_any_statement() -> None:
    place = a_place(12)
    place.mark_all()
    assert "Rien dans cette période" in text(theo(place), url(place))


def test_small_groups_are_folded_and_the_reader_is_told(place: Place) -> None:
    small = Household.objects.filter(supports__isnull=False).first()
    Household.objects.filter(pk=small.pk if small else 0).update(commune_code="41295")
    baskets.reopen_week(
        WeekClose.objects.get(), reason="Une commune était fausse.", today=date(2017, 3, 28), by=None, at=AT
    )
    place.close()
    page = text(theo(place), url(place))
    assert "41295" not in page
    assert "réunis" in page


def test_fewer_than_five_households_come_with_a_warning() -> None:
    place = a_place(6)
    place.mark_all()
    place.close()
    page = text(theo(place), url(place))
    assert "Moins de cinq foyers" in page


def test_no_name_is_in_a_statement(place: Place) -> None:
    client = theo(place)
    for form in ("", "csv"):
        assert "Benali" not in text(client, url(place, form))
    assert "Benali" not in pdf_text(client.get(url(place, "pdf")).content)


def test_the_list_gives_each_payer_its_totals(place: Place) -> None:
    page = text(theo(place), f"/jardins/{place.garden.code}/releves/{MARCH}")
    assert "CCAS de Blois" in page
    assert "50,40 €" in page


def test_the_network_sees_all_gardens_together(place: Place) -> None:
    nadia = signed_in(make_person("network"))
    assert "CCAS de Blois" in text(nadia, f"/releves/{MARCH}")
    assert "50,40 €" in text(nadia, f"/releves/{ccas().pk}/{MARCH}")
    assert nadia.get(url(place)).status_code == 404


def test_a_helper_and_a_stranger_find_no_statement(place: Place) -> None:
    make_edition()
    stranger = make_person("coordinator", make_garden("ailleurs", "Ailleurs"))
    for person in (make_person("helper", place.garden), stranger):
        client = signed_in(person)
        for address in (
            url(place),
            url(place, "pdf"),
            f"/jardins/{place.garden.code}/releves/",
            "/releves/",
            f"/releves/{ccas().pk}/",
        ):
            assert client.get(address).status_code == 404, address
    mine = signed_in(stranger)
    assert mine.get(f"/jardins/ailleurs/releves/{ccas().pk}/").status_code == 404  # not a payer of that garden


@pytest.mark.parametrize(
    "period", ["?du=hier&au=demain", "?du=2017-03-31&au=2017-03-01", "?du=2017-02-31&au=2017-03-01"]
)
def test_dates_that_cannot_be_read_fall_back_to_the_last_month(place: Place, period: str) -> None:
    page = text(theo(place), url(place, period=period))
    assert "Voici le dernier mois entier." in page
    assert "mars 2017" in page


def test_a_file_that_does_not_exist_is_not_found(place: Place) -> None:
    assert theo(place).get(url(place, "docx")).status_code == 404


def test_a_sign_that_no_font_draws_does_not_stop_the_paper(place: Place) -> None:
    AgreementPayer.objects.update(kind="partner")
    Partner.objects.update(name='CCAS de Blois 🥕 #panic("x") *y*')
    client = signed_in(make_person("treasurer", place.garden))
    address = f"/jardins/{place.garden.code}/releves/{Partner.objects.get().pk}/pdf/{MARCH}"
    said = pdf_text(client.get(address).content)
    assert '#panic("x") *y*' in said


def test_periods_are_named_as_people_name_them() -> None:
    make_edition()
    assert period_words(Period(date(2017, 2, 1), date(2017, 2, 28))) == "février 2017"
    assert period_words(Period(date(2017, 4, 1), date(2017, 6, 30))) == "2e trimestre 2017"
    assert period_words(Period(date(2017, 1, 1), date(2017, 12, 31))) == "année 2017"
    assert period_words(Period(date(2017, 1, 2), date(2017, 12, 31))) == "du 02/01/2017 au 31/12/2017"
    assert default_period(date(2017, 1, 9)) == Period(date(2016, 12, 1), date(2016, 12, 31))
    labels = [one.label for one in presets(date(2017, 4, 12), default_period(date(2017, 4, 12)))]
    assert labels == ["mars 2017", "avril 2017", "1er trimestre 2017", "2e trimestre 2017", "édition 2017"]


def test_the_pages_ask_as_many_questions_with_few_households_as_with_many() -> None:
    counts = []
    for number, households in enumerate((6, 40)):
        place = a_place(households, code=f"jardin-{number}")
        place.mark_all()
        place.close()
        client = theo(place)
        counts.append(
            [_count(client, address) for address in (url(place), f"/jardins/{place.garden.code}/releves/{MARCH}")]
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def _count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_template_draws_an_empty_statement(place: Place) -> None:
    from cageot.desk.queries import statements as queries

    payer = queries.payer_for(str(ccas().pk), place.garden)
    assert payer is not None
    one = queries.statement(payer, place.garden, Period(date(2016, 1, 1), date(2016, 1, 31)))
    assert "Aucun panier" in pdf_text(write_pdf("statement.typ", paper(one), at=one.posted_at))
