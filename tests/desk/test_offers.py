"""National offers brought home: what is near, the local agreement, what came of it, and never one garden too many."""

from __future__ import annotations

import io
import re
import threading
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.guide.actions import offers
from cageot.guide.models import Offer, OfferPlace, Uptake
from cageot.network.models import Garden, Partner
from tests.desk.a_week import MONDAY_AFTER, Place, a_place, a_stranger, signed_in
from tests.desk.an_exchange import AT, make_author, make_offer
from tests.factories import make_garden

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY_AFTER
    return a_place()


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def plain(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text(answer)))


def typed(partner: Partner, **changed: str) -> dict[str, str]:
    return {
        "partner": str(partner.pk), "kind": "collection", "title": "Collecte", "text": "Une journée.", "from_day": "2017-03-01", "until_day": "2017-06-30",
        "places": "2", "departments": "", "spots": "Boutique de Blois ; 41000 Blois\nBoutique de Tours ; Tours", "agreement": "Pour {{jardin.nom}}.",
        "asks": "Kilos collectés ; kg", "contact": "",
    } | changed  # fmt: skip


def take(offer: Offer, garden: Garden) -> Uptake:
    return offers.take_up(offer, garden, spot=None, on_day=None, agreement="", today=MONDAY_AFTER, by=None, at=AT)


# --- Written by the network -----------------------------------------------------------------------


def test_the_network_writes_an_offer_and_changes_it(place: Place) -> None:
    partner = Partner.objects.create(name="Boutiques bio", kind="company", level="national")
    nadia = signed_in(place, "network")
    nadia.post("/offres/nouvelle/", typed(partner))
    offer = Offer.objects.get()
    assert sorted(offer.spots.values_list("name", "commune_code")) == [("Boutique de Blois", "41018"), ("Boutique de Tours", "37261")]  # fmt: skip
    kept = offer.spots.get(commune_code="41018").pk
    page = text(nadia.get(f"/offres/{offer.pk}/modifier/"))
    assert "Boutique de Blois ; 41000 Blois" in page and "Kilos collectés ; kg" in page
    nadia.post(f"/offres/{offer.pk}/modifier/", typed(partner, spots="Boutique de Blois ; 41000 Blois", places=""))
    assert offer.spots.get().pk == kept and Offer.objects.get().places is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("spots", "Ici ; Blois\nNulle part ; Nulleville", "Ligne 2"), ("spots", "sans commune", "Ligne 1"), ("departments", "41, 99", "« 99 »"),
        ("agreement", "{{tarif.prix}}", "« tarif.prix »"), ("asks", "Kilos\nkilos", "Ligne 2"), ("until_day", "2017-01-01", "La fin vient avant le début"),
        ("places", "0", "supérieur"), ("text", "", "obligatoire"),
    ],
)  # fmt: skip
def test_an_offer_that_is_not_clear_is_refused_and_kept_on_screen(
    place: Place, field: str, value: str, said: str
) -> None:
    partner = Partner.objects.create(name="Boutiques bio", kind="company", level="national")
    answer = signed_in(place, "network").post("/offres/nouvelle/", typed(partner, **{field: value}))
    assert answer.status_code == 422 and said in text(answer).replace("&#x27;", "'") and not Offer.objects.exists()
    assert 'value="Collecte"' in text(answer)


def test_a_garden_writes_no_offer_and_reads_no_other_s(place: Place) -> None:
    offer = make_offer()
    client, sam = signed_in(place, "coordinator"), a_stranger()
    for page in ("nouvelle/", f"{offer.pk}/modifier/", f"{offer.pk}/jardins.csv"):
        assert client.get(f"/offres/{page}").status_code == 404
    uptake = take(offer, place.garden)
    for page in ("", "accord/", "accord.pdf"):
        assert sam.get(f"/offres/accords/{uptake.pk}/{page}").status_code == 404
    assert sam.post(f"/offres/accords/{uptake.pk}/faire/", {"abandonner": "1"}).status_code == 404
    assert place.garden.name not in text(sam.get(f"/offres/{offer.pk}/"))
    for role in ("referrer", "funder"):
        assert signed_in(place, role).get("/offres/").status_code == 404
    assert Client().get("/offres/").status_code == 302


# --- What is near ---------------------------------------------------------------------------------


def test_a_garden_sees_first_what_is_near_with_the_distance(place: Place) -> None:
    make_offer(title="Près")
    make_offer(title="Loin", spots=[("Boutique de Lille", "59350")])
    make_offer(title="À Paris", spots=[], departments=["75"])
    make_offer(title="Partout", spots=[])
    page = plain(signed_in(place, "helper").get("/offres/"))
    near, elsewhere = page.split("Ailleurs", 1)[0], page.split("Ailleurs", 1)[1]
    assert "Près" in near and "Partout" in near and "chez vous · Boutique de Blois" in near
    assert "Loin" in elsewhere and re.search(r"à \d{3} km · Boutique de Lille", elsewhere) and "pas dans votre département" in elsewhere  # fmt: skip
    assert "à 53 km" in plain(signed_in(place, "helper").get(f"/offres/{Offer.objects.get(title='Près').pk}/"))


# --- Taken up -------------------------------------------------------------------------------------


def test_a_garden_takes_it_up_from_an_agreement_that_is_filled_signs_it_and_tells(place: Place) -> None:
    offer, lea = make_offer(), signed_in(place, "coordinator")
    page = text(lea.get(f"/offres/{offer.pk}/prendre/"))
    assert "Entre Jardin du Val de Loire et Boutique de Blois, le ________________." in page
    spot = OfferPlace.objects.get(offer=offer, commune_code="41018")
    lea.post(f"/offres/{offer.pk}/prendre/", {"spot": spot.pk, "on_day": "2017-04-08", "agreement": "Un accord à nous.\n\n- un point\n- deux"})  # fmt: skip
    uptake = Uptake.objects.get()
    assert (uptake.state, uptake.spot, Offer.objects.get().taken) == ("preparing", spot, 1)
    paper = lea.get(f"/offres/accords/{uptake.pk}/accord.pdf")
    said = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.content)).pages)
    assert "Un accord à nous." in said and "Pour Jardin du Val de Loire" in said and "Boutiques bio" in said
    lea.post(f"/offres/accords/{uptake.pk}/faire/", {"signe": "1"})
    assert Uptake.objects.get().state == "agreed"
    helper = signed_in(place, "helper")
    answer = helper.post(f"/offres/accords/{uptake.pk}/", {"n_kilos-collectes": "", "report": "Belle journée."})
    assert answer.status_code == 422 and "Belle journée." in text(answer)
    helper.post(f"/offres/accords/{uptake.pk}/", {"n_kilos-collectes": "120", "report": "Belle journée."})
    told = Uptake.objects.get()
    assert (told.state, told.answers, told.report) == ("done", {"kilos-collectes": 120}, "Belle journée.")
    nadia = signed_in(place, "network")
    assert "120 kg" in plain(nadia.get(f"/offres/{offer.pk}/")) and "Belle journée." in text(nadia.get(f"/offres/{offer.pk}/"))  # fmt: skip
    file = nadia.get(f"/offres/{offer.pk}/jardins.csv").content.decode("utf-8-sig")
    assert "Jardin du Val de Loire" in file and "120" in file and "Belle journée." in file


def test_the_day_and_the_place_that_are_chosen_stand_in_the_agreement(place: Place) -> None:
    offer, lea = make_offer(), signed_in(place, "coordinator")
    spot = OfferPlace.objects.get(offer=offer, commune_code="37261")
    filled = "Entre Jardin du Val de Loire et Boutique de Blois, le ________________."
    lea.post(f"/offres/{offer.pk}/prendre/", {"spot": spot.pk, "on_day": "2017-04-08", "agreement": filled})
    uptake = Uptake.objects.get()
    assert uptake.agreement == "Entre Jardin du Val de Loire et Boutique de Tours, le samedi 8 avril 2017."
    assert "à remplir" not in text(lea.get(f"/offres/accords/{uptake.pk}/"))
    Uptake.objects.update(agreement="____________ et __________")
    assert "2 lignes restent à remplir" in text(lea.get(f"/offres/accords/{uptake.pk}/"))


def test_a_report_names_no_member(place: Place) -> None:
    uptake = take(make_offer(), place.garden)
    answer = signed_in(place, "helper").post(f"/offres/accords/{uptake.pk}/", {"n_kilos-collectes": "1", "report": "Merci Amina Benali"})  # fmt: skip
    assert answer.status_code == 422 and "le nom d’une personne" in plain(answer)
    assert Uptake.objects.get().reported_on is None


def test_a_helper_reads_and_tells_but_does_not_sign(place: Place) -> None:
    offer, helper = make_offer(), signed_in(place, "helper")
    assert helper.get(f"/offres/{offer.pk}/prendre/").status_code == 404
    uptake = take(offer, place.garden)
    assert helper.get(f"/offres/accords/{uptake.pk}/").status_code == 200
    assert helper.get(f"/offres/accords/{uptake.pk}/accord/").status_code == 404
    assert helper.post(f"/offres/accords/{uptake.pk}/faire/", {"signe": "1"}).status_code == 404
    auditor = signed_in(place, "auditor")
    assert auditor.post(f"/offres/accords/{uptake.pk}/", {"n_kilos-collectes": "1", "report": "x"}).status_code == 404


def test_two_clicks_take_one_place(place: Place) -> None:
    offer, lea = make_offer(places=1), signed_in(place, "coordinator")
    for _click in range(2):
        answer = lea.post(f"/offres/{offer.pk}/prendre/", {"agreement": "x", "on_day": ""})
        assert answer.status_code == 302
    assert (Uptake.objects.count(), Offer.objects.get().taken) == (1, 1)
    sam = a_stranger()
    answer = sam.post(f"/offres/{offer.pk}/prendre/", {"agreement": "Mon texte", "on_day": ""})
    assert answer.status_code == 422 and "Les places viennent d’être prises" in text(answer) and "Mon texte" in text(answer)  # fmt: skip
    lea.post(f"/offres/accords/{Uptake.objects.get().pk}/faire/", {"abandonner": "1"})
    assert sam.post(f"/offres/{offer.pk}/prendre/", {"agreement": "x", "on_day": ""}).status_code == 302
    assert Offer.objects.get().taken == 1


def test_an_offer_that_is_closed_or_over_is_not_taken_up(place: Place) -> None:
    over = make_offer(until_day=date(2017, 3, 26))
    closed = make_offer()
    offers.close_offer(closed, today=MONDAY_AFTER, by=make_author(), at=AT)
    for offer in (over, closed):
        with pytest.raises(offers.Closed):
            take(offer, place.garden)
    assert "Finies" in text(signed_in(place, "helper").get("/offres/"))


def test_fewer_places_than_gardens_is_refused(place: Place) -> None:
    offer = make_offer()
    for code in ("un", "deux"):
        take(offer, make_garden(code))
    answer = signed_in(place, "network").post(f"/offres/{offer.pk}/modifier/", typed(offer.partner, places="1"))
    assert answer.status_code == 422 and "2 jardins en profitent déjà" in plain(answer)


def test_the_database_itself_refuses_one_garden_too_many(place: Place) -> None:
    offer = make_offer(places=1)
    take(offer, place.garden)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Uptake.objects.create(offer=offer, garden=place.garden, at=AT)


def test_five_megabytes_are_refused_and_what_fits_is_kept(place: Place) -> None:
    answer = signed_in(place, "coordinator").post(f"/offres/{make_offer().pk}/prendre/", {"agreement": "début " + "x" * 5_000_000, "on_day": ""})  # fmt: skip
    assert answer.status_code == 422 and "la fin a été coupée" in text(answer) and "début xxx" in text(answer)
    assert not Uptake.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time")
def test_twenty_gardens_at_once_for_five_places(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    offer = make_offer(places=5)
    gardens = [make_garden(f"g{number}") for number in range(20)]
    done: list[str] = []

    def one(garden: Garden) -> None:
        try:
            take(offer, garden)
            done.append("taken")
        except offers.NoPlaceLeft:
            done.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[garden]) for garden in gardens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["full"] * 15 + ["taken"] * 5
    assert (Offer.objects.get().taken, Uptake.objects.count()) == (5, 5)


def test_more_offers_and_gardens_ask_no_more_queries(place: Place) -> None:
    first = make_offer(places=None)
    clients = (signed_in(place, "coordinator"), signed_in(place, "network"))

    def asked() -> list[int]:
        counts = []
        for client in clients:
            for page in ("/offres/", f"/offres/{first.pk}/"):
                client.get(page)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(page).status_code == 200
                counts.append(len(queries))
        return counts

    def grow(start: int, count: int) -> None:
        for number in range(start, start + count):
            make_offer(title=f"Offre {number}")
            take(first, make_garden(f"g{number}"))

    grow(0, 3)
    before = asked()
    grow(3, 27)
    assert asked() == before
