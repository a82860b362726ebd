"""The garden's settings as its coordinator changes them, and what follows for baskets and agreements."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.actions import open_size
from cageot.baskets.models import Basket, BasketSize, Delivery, SizePrice
from cageot.baskets.subscriptions import open_product
from cageot.core.week import Week
from cageot.desk.rules import season
from cageot.funding.models import Agreement
from cageot.network.models import Garden, GardenLogo, LogEvent
from tests.desk.a_week import AT, MONDAY_AFTER, WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot, make_size

pytestmark = pytest.mark.django_db
MONDAY = WEEK.monday


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    return a_place()


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def url(place, page=""):
    return f"/jardins/{place.garden.code}/reglages/{page}"


def lay(place, weeks=4):
    """Deliveries on both days of these weeks, and their baskets."""
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=weeks, days=-1), weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=MONDAY)


def days(place, number="100"):
    return list(
        Basket.objects.filter(household__number=number)
        .order_by("delivery__day")
        .values_list("delivery__day", flat=True)
    )


# --- Who may --------------------------------------------------------------------------------------


def test_settings_are_the_coordinations_alone(place):
    for client in (
        signed_in(place, "helper"),
        signed_in(place, "treasurer"),
        signed_in(place, "network"),
        a_stranger(),
    ):
        for page in ("", "jardin/", "communes/", "tailles/ajouter/", "livraisons/2017/"):
            assert client.get(url(place, page)).status_code == 404


def test_a_size_of_another_garden_is_not_found(lea, place):
    other = a_place(1, code="autre")
    size = BasketSize.objects.get(garden=other.garden)
    assert lea.post(url(place, f"tailles/{size.pk}/"), {"price": "1", "from_day": "2017-04-01"}).status_code == 404


def test_the_settings_ask_the_database_as_much_for_many_depots_as_for_two(place, lea):
    def count():
        with CaptureQueriesContext(connection) as seen:
            assert lea.get(url(place)).status_code == 200
        return len(seen)

    count()
    few = count()
    for number in range(20):
        make_depot(place.garden, f"Dépôt {number}")
        make_size(place.garden, f"t{number}")
    lay(place, weeks=20)
    assert count() == few <= 25


# --- The garden -----------------------------------------------------------------------------------

GARDEN = {"name": "Jardin du Val de Loire", "place": "41000 Blois"}


def test_the_garden_keeps_its_numbers_without_spaces_and_shows_them_with(place, lea):
    lea.post(
        url(place, "jardin/"), GARDEN | {"siret": "732 829 320 00074", "iban": "fr76 3000 6000 0112 3456 7890 189"}
    )
    garden = Garden.objects.get(pk=place.garden.pk)
    assert (garden.siret, garden.iban) == ("73282932000074", "FR7630006000011234567890189")
    page = text_of(lea.get(url(place)))
    assert "SIRET 732 829 320 00074" in page
    assert "IBAN FR76 3000 6000 0112 3456 7890 189" in page
    assert LogEvent.objects.get(verb="network.garden_changed").detail == {"fields": ["iban", "postcode", "siret"]}


def test_a_wrong_digit_is_told_and_nothing_is_written(place, lea):
    page = text_of(
        lea.post(
            url(place, "jardin/"),
            GARDEN | {"name": "Autre", "siret": "73282932000075", "iban": "FR7630006000011234567890188"},
        )
    )
    assert "Ce n’est pas un SIRET" in page
    assert "Cet IBAN ne se vérifie pas" in page
    assert Garden.objects.get(pk=place.garden.pk).name == "Jardin du Val de Loire"


@pytest.mark.parametrize(
    ("typed", "code", "postcode"),
    [("41350 Vineuil", "41295", "41350"), ("blois", "41018", "41000"), ("La Chaussée St Victor", "41047", "41260")],
)
def test_a_commune_is_known_by_its_name_or_its_postcode(place, lea, typed, code, postcode):
    lea.post(url(place, "jardin/"), GARDEN | {"place": typed})
    garden = Garden.objects.get(pk=place.garden.pk)
    assert (garden.commune_code, garden.postcode) == (code, postcode)


def test_a_name_that_several_communes_bear_asks_which(place, lea):
    page = text_of(lea.post(url(place, "jardin/"), GARDEN | {"place": "41350"}))
    assert "Plusieurs communes conviennent. Écrivez l’une d’elles :" in page
    assert "41350 Vineuil" in page
    assert "Cette commune n’est pas dans la liste officielle." in text_of(
        lea.post(url(place, "jardin/"), GARDEN | {"place": "Xyzzy"})
    )
    assert "41350 Vineuil" in lea.get(url(place, "communes/"), {"place": "vineui"}).content.decode()


# --- Sizes and prices -----------------------------------------------------------------------------


def test_a_price_holds_from_its_day_and_tells_which_agreement_was_signed_for_another(place, lea):
    size = BasketSize.objects.get()
    answer = lea.post(url(place, f"tailles/{size.pk}/"), {"price": "12,50", "from_day": "2017-04-03"}, follow=True)
    said = (
        "La convention « CCAS 2017 » a été signée pour un panier à 12,00 € ; il est à 12,50 € à partir du 03/04/2017."
    )
    assert said in text_of(answer)
    [agreement] = Agreement.objects.filter(gardens=place.garden)
    lead = f"/conventions/{agreement.pk}/modifier/?tarif={agreement.tariffs.get().pk}&amp;du=2017-04-03"
    assert lead in answer.content.decode()
    form = lea.get(lead.replace("&amp;", "&")).content.decode()
    assert 'value="2017-04-03"' in form, "the new line waits for the day of the new price"
    assert 'value="12,50"' in form
    page = text_of(lea.get(url(place)))
    assert "Panier 12,50 € à partir du 03/04/2017 une convention dit un autre prix 12,00 €" in page


def test_the_same_price_warns_of_nothing(place, lea):
    answer = lea.post(
        url(place, f"tailles/{BasketSize.objects.get().pk}/"), {"price": "12", "from_day": "2017-04-03"}, follow=True
    )
    assert "a été signée" not in text_of(answer)


def test_a_price_may_not_reach_back_into_a_closed_week(place, lea, settings):
    place.mark_all()
    place.close()
    settings.TODAY = MONDAY_AFTER
    answer = lea.post(url(place, f"tailles/{BasketSize.objects.get().pk}/"), {"price": "13", "from_day": "2017-03-24"})
    assert "Une semaine est déjà close après ce jour, avec l’ancien prix." in text_of(answer)
    assert SizePrice.objects.count() == 1


def test_a_new_size_has_a_code_for_agreements_and_its_name_only_once(place, lea):
    form = {"name": "Panier famille", "price": "18,00", "from_day": "2017-03-20"}
    lea.post(url(place, "tailles/ajouter/"), form)
    assert BasketSize.objects.get(code="panier-famille").prices.get().cents == 1800
    assert "Le jardin a déjà cette taille." in text_of(lea.post(url(place, "tailles/ajouter/"), form))


def test_a_size_takes_another_name_and_agreements_still_know_it(place, lea):
    size = BasketSize.objects.get()
    lea.post(url(place, "tailles/ajouter/"), {"name": "Grand", "price": "18", "from_day": "2017-03-20"})
    refused = lea.post(url(place, f"tailles/{size.pk}/"), {"name": "grand", "renommer": "1"})
    assert "Le jardin a déjà une taille de ce nom." in text_of(refused)
    lea.post(url(place, f"tailles/{size.pk}/"), {"name": "Panier du jardin", "renommer": "1"})
    size.refresh_from_db()
    assert (size.name, size.code) == ("Panier du jardin", "panier")
    assert "Panier du jardin 12,00 €" in text_of(lea.get(url(place)))
    [agreement] = Agreement.objects.filter(gardens=place.garden)
    assert "Panier du jardin" in text_of(lea.get(f"/conventions/{agreement.pk}/"))


def test_a_price_to_come_is_taken_back_and_one_that_holds_is_not(place, lea):
    size = BasketSize.objects.get()
    lea.post(url(place, f"tailles/{size.pk}/"), {"price": "13", "from_day": "2017-05-01"})
    assert "13,00 € à venir" in text_of(lea.get(url(place, f"tailles/{size.pk}/")))
    now, coming = size.prices.all()
    answer = lea.post(url(place, f"tailles/{size.pk}/prix/{now.pk}/retirer/"), follow=True)
    assert "Ce prix s’applique déjà" in text_of(answer)
    lea.post(url(place, f"tailles/{size.pk}/prix/{coming.pk}/retirer/"))
    assert [price.cents for price in size.prices.all()] == [1200]


# --- The logo -------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_a_logo_is_shown_to_the_garden_and_not_to_a_stranger(place, lea):
    lea.post(url(place, "logo/"), {"logo": SimpleUploadedFile("logo.png", PNG)})
    shown = lea.get(f"/jardins/{place.garden.code}/logo/")
    assert (shown.content, shown["Content-Type"]) == (PNG, "image/png")
    assert f"/jardins/{place.garden.code}/logo/?" in lea.get(url(place)).content.decode()
    assert a_stranger().get(f"/jardins/{place.garden.code}/logo/").status_code == 404
    lea.post(url(place, "logo/"), {"retirer": "1"})
    assert lea.get(f"/jardins/{place.garden.code}/logo/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.png", b"<svg onload='alert(1)'/>", "Ce fichier n’est pas une image PNG, JPEG ou WebP."),
        ("logo.png", PNG + bytes(301 * 1024), "Cette image est trop lourde : 300 ko au plus."),
    ],
)
def test_what_is_not_a_light_picture_is_refused(place, lea, name, content, said):
    answer = lea.post(url(place, "logo/"), {"logo": SimpleUploadedFile(name, content)})
    assert said in text_of(answer)
    assert not GardenLogo.objects.exists()


def test_sizes_stand_under_their_product_when_there_are_several(place, lea):
    page = text_of(lea.get(url(place)))
    assert "Panier de légumes Panier" not in page
    eggs = open_product(place.garden, code="oeufs", name="Œufs", in_agreements=False, by=None, at=AT)
    open_size(place.garden, code="six", name="Boîte de 6", cents=240, from_day=AT.date(), product=eggs, by=None, at=AT)
    page = text_of(lea.get(url(place)))
    assert "Panier de légumes Panier 12,00 € Œufs Boîte de 6 2,40 €" in page


def test_the_settings_say_who_works_here_and_lead_to_the_charter(place, lea):
    page = text_of(lea.get(url(place)))
    assert "Léa Martin coordination du jardin" in page
    assert "La charte du programme" in page


# --- The deliveries of a year ---------------------------------------------------------------------


def ticked(place, year=2017, without=()):
    return [str(week) for week in season.weeks_of(year) if week.sunday >= MONDAY and week.number not in without]


def test_the_preview_says_what_laying_then_does(place, lea):
    asked = {"semaine": ticked(place, without=[15, 52])}
    preview = text_of(lea.post(url(place, "livraisons/2017/"), asked))
    assert "Livraisons de plus 76" in preview  # 38 weeks to come, each a Thursday and a Friday
    assert "Paniers de plus 228" in preview
    assert Delivery.objects.count() == 2, "nothing is written yet"
    answer = lea.post(url(place, "livraisons/2017/"), asked | {"ecrire": "1"}, follow=True)
    assert "76 livraisons de plus. 228 paniers de plus." in text_of(answer)
    assert Delivery.objects.count() == 78
    assert not Delivery.objects.filter(week__in=[Week(2017, 15), Week(2017, 52)]).exists()
    again = lea.post(url(place, "livraisons/2017/"), asked | {"ecrire": "1"}, follow=True)
    assert "C’est posé. Rien n’a changé." in text_of(again)


def test_an_unticked_week_loses_its_deliveries_and_their_baskets(place, lea):
    lay(place)
    asked = {"semaine": [str(Week(2017, week)) for week in (12, 13, 15)]}
    assert "Paniers retirés 6" in text_of(lea.post(url(place, "livraisons/2017/"), asked))
    lea.post(url(place, "livraisons/2017/"), asked | {"ecrire": "1"})
    assert days(place) == [date(2017, 3, 23), date(2017, 3, 30), date(2017, 4, 13)]


def test_a_form_that_came_empty_removes_nothing_before_somebody_saw_that_it_would(place, lea):
    lay(place)
    before = days(place)
    seen = lea.post(url(place, "livraisons/2017/"), {"ecrire": "1"})
    assert "Livraisons retirées" in text_of(seen)
    assert days(place) == before
    lea.post(url(place, "livraisons/2017/"), {"ecrire": "1", "aucune": "1"})
    assert [day for day in days(place) if day >= MONDAY] == []


def test_a_week_whose_baskets_are_marked_keeps_its_deliveries(place, lea):
    place.mark(collected=1)
    answer = lea.post(
        url(place, "livraisons/2017/"), {"semaine": ticked(place, without=[12]), "ecrire": "1"}, follow=True
    )
    assert "Des paniers sont déjà pointés en semaine 12 : elle garde ses livraisons. Rien n’a été écrit." in text_of(
        answer
    )
    assert Delivery.objects.count() == 2


def test_a_closed_week_and_a_past_one_cannot_be_unticked(place, lea, settings):
    place.mark_all()
    place.close()
    lea.post(url(place, "livraisons/2017/"), {"semaine": ticked(place, without=[12]), "ecrire": "1"})
    assert Delivery.objects.filter(week=WEEK).count() == 2
    settings.TODAY = date(2018, 2, 1)
    assert "Cette année est passée" in text_of(lea.get(url(place, "livraisons/2017/")))
    lea.post(url(place, "livraisons/2017/"), {"semaine": [], "ecrire": "1"})
    assert Delivery.objects.filter(week=WEEK).count() == 2


def test_a_year_without_depot_says_what_to_do_first():
    client = a_stranger()
    assert "Pas encore de dépôt" in text_of(client.get("/jardins/ailleurs/reglages/livraisons/2017/"))


# --- What is decided without rows -----------------------------------------------------------------


def test_years_have_fifty_two_weeks_or_fifty_three_each_in_one_month():
    assert len(season.weeks_of(2017)) == 52
    assert len(season.weeks_of(2020)) == 53
    shown = season.by_month(season.cells(2020, set(), set(), date(2020, 1, 1)))
    assert [month.month for month, _cells in shown] == list(range(1, 13))
    assert sum(len(boxes) for _month, boxes in shown) == 53


def test_a_new_year_proposes_every_week_and_a_begun_one_what_is_laid():
    assert all(cell.ticked for cell in season.cells(2018, set(), set(), date(2017, 11, 1)))
    begun = season.cells(2017, {Week(2017, 12), Week(2017, 13)}, {Week(2017, 12)}, MONDAY)
    assert [cell.week.number for cell in begun if cell.ticked] == [12, 13]
    assert [cell.week.number for cell in begun if not cell.fixed][0] == 13
