"""A treasurer asks payers for their part: read, made in one stroke, sent, answered, paid; strangers see nothing of it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.desk.queries.claims_text import writer
from cageot.funding.models import Agreement, Billing, Claim, ClaimTerms, Payment
from cageot.network.models import Partner
from tests.desk.a_week import a_stranger, signed_in, text_of
from tests.funding.claim_world import JULY, OCTOBER, WEEKLY, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_july(settings: Any) -> None:
    settings.TODAY = JULY


@pytest.fixture
def world() -> World:
    found = World()
    found.close(14, 15)
    found.text = writer(found.entity, [found.garden])
    return found


def url(world: World, page: str = "factures/") -> str:
    return f"/jardins/{world.garden.code}/argent/{page}"


@pytest.fixture
def theo(world: World) -> Client:
    return signed_in(world.place, "treasurer")


def ask(client: Client, world: World) -> Claim:
    """Read what is to be asked, and make it."""
    page = client.get(url(world, "factures/preparer/"))
    seen = [row.draft.digest for row in page.context["page"].rows]
    answer = client.post(url(world, "factures/preparer/"), {"papier": seen})
    assert answer.status_code == 302, text_of(answer)
    return Claim.objects.order_by("pk").last()  # type: ignore[return-value]


def test_what_is_to_be_asked_stands_on_the_page_with_its_steps(world: World, theo: Client) -> None:
    page = text_of(theo.get(url(world)))
    assert "CCAS de Blois" in page and "50,40 €" in page
    assert "Semaines closes" in page and "1 papier à relire" in page


def test_a_treasurer_reads_makes_downloads_and_sends(world: World, theo: Client) -> None:
    read = text_of(theo.get(url(world, "factures/preparer/")))
    assert "avril 2017" in read and "6" in read and "8,40 €" in read
    claim = ask(theo, world)
    assert claim.text["seller"]["name"] == world.entity.name
    page = text_of(theo.get(url(world)))
    assert "1 papier fait, pour 50,40 €" in page and "À envoyer" in page
    archive = zipfile.ZipFile(io.BytesIO(theo.get(url(world, "factures/fichiers/")).content))
    assert archive.namelist() == ["facture-2017-0001.pdf"]
    theo.post(url(world, "factures/envoyer/"), {"papier": [claim.pk]})
    claim.refresh_from_db()
    assert claim.sent_on == JULY
    assert "À envoyer" not in text_of(theo.get(url(world)))


def test_what_changed_meanwhile_is_said_and_nothing_is_made(world: World, theo: Client) -> None:
    page = theo.get(url(world, "factures/preparer/"))
    seen = [row.draft.digest for row in page.context["page"].rows]
    world.close(16)
    answer = theo.post(url(world, "factures/preparer/"), {"papier": seen})
    assert answer.status_code == 409 and "rien n’a été fait" in text_of(answer)
    assert not Claim.objects.exists()
    answer = theo.post(url(world, "factures/preparer/"), {})
    assert "Rien n’était coché" in text_of(answer)


def test_the_paper_says_what_was_frozen_whatever_changes_later(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    before = theo.get(f"/factures/{claim.pk}/pdf/").content
    words = (
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(before)).pages)
        .replace("\xa0", " ")
        .replace("\u202f", " ")
    )
    assert "Facture 2017-0001" in words and "50,40 €" in words and "article 293 B" in words and "40 €" in words
    Partner.objects.update(name="Autre nom")
    type(world.garden).objects.update(name="Autre jardin", legal_name="Autre association")
    assert theo.get(f"/factures/{claim.pk}/pdf/").content == before


def test_nothing_on_the_paper_tells_of_a_household(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    page = text_of(theo.get(f"/factures/{claim.pk}/"))
    for name in ("Benali", "Durand", "Lévy", "Petit", "Kaya", "Roux"):
        assert name not in page and name not in str(claim.text)


def test_facturx_is_for_invoices_to_public_bodies_only(world: World, theo: Client, settings: Any) -> None:
    claim = ask(theo, world)
    assert theo.get(f"/factures/{claim.pk}/facturx/").status_code == 404
    world.close(27)
    Partner.objects.update(public=True, siret="73282932000074")

    settings.TODAY = OCTOBER
    theo = signed_in(world.place, "treasurer")
    claim = ask(theo, world)
    answer = theo.get(f"/factures/{claim.pk}/facturx/")
    assert answer.status_code == 200 and b"factur-x.xml" in answer.content
    assert "portail de l’État" in text_of(theo.get(f"/factures/{claim.pk}/"))
    assert theo.get(f"/factures/{claim.pk}/xml/").content.startswith(b"<?xml")
    assert theo.get(f"/factures/{claim.pk}/doc/").status_code == 404


def test_accepted_in_part_shows_its_credit_note(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    form = {"answer": "partly", "cents": "40,00", "reason": "", "day": "2017-07-03"}
    assert "Écrivez la raison du payeur" in text_of(theo.post(f"/factures/{claim.pk}/reponse/", form))
    answer = theo.post(f"/factures/{claim.pk}/reponse/", form | {"reason": "Un foyer a déménagé.", "cents": "60"})
    assert "moins de 50,40 €" in text_of(answer)
    theo.post(f"/factures/{claim.pk}/reponse/", form | {"reason": "Un foyer a déménagé."})
    page = text_of(theo.get(f"/factures/{claim.pk}/"))
    assert "Avoir 2017-0002 : Un foyer a déménagé." in page and "40,00 €" in page
    assert "déjà notée" in text_of(
        theo.post(f"/factures/{claim.pk}/reponse/", form | {"answer": "accepted"}, follow=True)
    )


def test_the_day_of_an_answer_is_the_one_typed_and_has_come(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    form = {"answer": "partly", "cents": "40,00", "reason": "Un foyer a déménagé.", "day": "2018-07-03"}
    for answer in ("partly", "accepted", "disputed"):
        ahead = theo.post(f"/factures/{claim.pk}/reponse/", form | {"answer": answer})
        assert ahead.status_code == 422
        assert "Ce jour n’est pas encore là" in text_of(ahead)
    theo.post(f"/factures/{claim.pk}/reponse/", form | {"day": "2017-07-02"})
    claim.refresh_from_db()
    credit = Claim.objects.get(kind="credit")
    assert claim.answered_on == date(2017, 7, 2)
    assert credit.issued_on > claim.answered_on, "the paper is of the day when it is made"


def test_no_answer_that_may_be_needed_is_said_to_be_optional(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    page = theo.get(f"/factures/{claim.pk}/reponse/")
    assert "facultatif" not in text_of(page)
    assert "Montant accepté Seulement s’il accepte en partie." in text_of(page)
    fund = text_of(signed_in(world.place, "network").get("/argent/financements/nouveau/"))
    assert "Financeur" in fund
    assert "Financeur (facultatif)" not in fund


def test_a_dispute_then_a_credit_note_and_it_can_be_asked_again(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    theo.post(
        f"/factures/{claim.pk}/reponse/", {"answer": "disputed", "reason": "Pas notre public.", "day": "2017-07-03"}
    )
    assert "contestée" in text_of(theo.get(f"/factures/{claim.pk}/"))
    assert theo.post(f"/factures/{claim.pk}/avoir/", {"reason": ""}).status_code == 422
    theo.post(f"/factures/{claim.pk}/avoir/", {"reason": "Mauvais service."})
    credit = Claim.objects.get(kind="credit")
    assert "Avoir 2017-0002" in text_of(theo.get(f"/factures/{credit.pk}/"))
    assert credit.text["lines"][0]["cents"] == -claim.text["lines"][0]["cents"]
    assert "1 papier à relire" in text_of(theo.get(url(world)))


def test_a_payment_is_noted_once_and_matched_as_proposed(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    form = {
        "cents": "50,40",
        "day": "2017-07-03",
        "partner": str(claim.partner_id),
        "reference": "VIR 2017-0001",
        "means": "transfer",
        "once": "a" * 32,
    }
    answer = theo.post(url(world, "paiements/"), form)
    assert theo.post(url(world, "paiements/"), form).url == answer.url
    payment = Payment.objects.get()
    page = theo.get(answer.url)
    assert page.context["form"][f"c{claim.pk}"].value() == "50,40"
    too_much = theo.post(answer.url, {f"c{claim.pk}": "60"})
    assert too_much.status_code == 422 and "Il ne reste que 50,40 €" in text_of(too_much)
    theo.post(answer.url, {f"c{claim.pk}": "50,40"})
    claim.refresh_from_db()
    assert claim.open_cents == 0
    assert "réglée" in text_of(theo.get(f"/factures/{claim.pk}/"))
    theo.post(f"/paiements/{payment.pk}/defaire/")
    theo.post(f"/paiements/{payment.pk}/retirer/")
    assert not Payment.objects.exists()


def test_money_of_tomorrow_is_not_noted(world: World, theo: Client) -> None:
    form = {"cents": "50", "day": "2017-07-04", "partner": "", "means": "transfer", "once": "b" * 32}
    assert "pas encore là" in text_of(theo.post(url(world, "paiements/"), form))
    assert not Payment.objects.exists()


def test_late_ones_come_first_with_how_late_they_are(world: World, theo: Client, settings: Any) -> None:
    ask(theo, world)
    settings.TODAY = date(2017, 9, 20)
    page = text_of(signed_in(world.place, "treasurer").get(url(world)))
    assert "en retard de 49 jours" in page and "31 à 60 jours de retard" in page


def test_a_wrong_siret_is_said(world: World, theo: Client) -> None:
    partner = world.place.payer.partner
    assert partner
    partner.gardens.add(world.garden)
    address = f"/partenaires/{partner.pk}/facturation/"
    assert "quatorze chiffres" in text_of(theo.post(address, {"siret": "73282932000075", "channel": "mail"}))
    assert "demande un SIRET" in text_of(theo.post(address, {"siret": "", "channel": "portal"}))
    theo.post(address, {"siret": "732 829 320 00074", "channel": "portal", "service_code": "SOCIAL-04"})
    partner.refresh_from_db()
    assert partner.siret == "73282932000074" and Billing.objects.get().service_code == "SOCIAL-04"


def test_an_agreement_is_asked_each_month_once_it_says_so(world: World, theo: Client, settings: Any) -> None:
    world.close(27)
    agreement = Agreement.objects.get()
    theo.post(f"/conventions/{agreement.pk}/facturation/", {"rhythm": "month", "due_days": "20", "engagement": "E-12"})
    assert ClaimTerms.objects.get().due_days == 20
    settings.TODAY = date(2017, 8, 2)
    theo = signed_in(world.place, "treasurer")
    claim = ask(theo, world)
    assert claim.total_cents == 3 * WEEKLY and claim.text["buyer"]["engagement"] == "E-12"
    assert claim.due_on == date(2017, 8, 22)


@pytest.mark.parametrize("role", ["helper", "referrer", "funder"])
def test_who_does_not_see_money_sees_no_claim(world: World, theo: Client, role: str) -> None:
    claim = ask(theo, world)
    client = signed_in(world.place, role)
    for address in (url(world), url(world, "paiements/"), f"/factures/{claim.pk}/", f"/factures/{claim.pk}/pdf/"):
        assert client.get(address).status_code == 404


def test_another_garden_sees_nothing_and_an_auditor_only_reads(world: World, theo: Client) -> None:
    claim = ask(theo, world)
    world.pay(100)
    paid = Payment.objects.get()
    stranger = a_stranger()
    for address in (url(world), f"/factures/{claim.pk}/", f"/factures/{claim.pk}/pdf/", f"/paiements/{paid.pk}/"):
        assert stranger.get(address).status_code == 404
    auditor = signed_in(world.place, "auditor")
    assert auditor.get(f"/factures/{claim.pk}/").status_code == 200
    assert auditor.get(f"/factures/{claim.pk}/avoir/").status_code in (403, 404)
    network = signed_in(world.place, "network")
    assert network.get(f"/factures/{claim.pk}/").status_code == 200
    assert network.get(f"/factures/{claim.pk}/avoir/").status_code == 404
    assert "2017-0001" in text_of(network.get("/argent/factures/?partout=1&etat=toutes"))


def test_the_pages_ask_as_many_questions_whatever_the_number_of_papers(world: World, theo: Client) -> None:
    def questions(address: str) -> int:
        theo.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert theo.get(address).status_code == 200
        return len(seen)

    ask(theo, world)
    world.pay(100)
    few = [questions(url(world, page)) for page in ("factures/?etat=toutes", "paiements/")]
    for number in range(12):
        world.credit(Claim.objects.filter(corrects=None).order_by("pk").last())  # type: ignore[arg-type]
        world.issue()
        world.pay(100, once=str(number))
    many = [questions(url(world, page)) for page in ("factures/?etat=toutes", "paiements/")]
    assert many == few and max(many) < 30
