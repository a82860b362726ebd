"""Calls for projects and grants on screen: the network opens, decides and pays; a garden applies and reports."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cageot.funding.actions import granting
from cageot.funding.actions.granting import Decision
from cageot.funding.models import BookEntry, FiscalYear, GrantApplication, GrantCall, GrantInstalment, GrantReport
from cageot.funding.rules.granting import Step
from cageot.network.actions import open_garden
from cageot.network.models import GardenStatus
from tests.desk.a_week import AT, Place, a_place, a_stranger, signed_in, text_of
from tests.funding.money_world import IN_FEBRUARY, make_application, make_call, make_fund, make_tranche

pytestmark = pytest.mark.django_db

MARCH = date(2017, 3, 15)
PLAN = [Step(8000, MARCH), Step(2000, date(2018, 2, 1), "Compte rendu accepté")]


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = IN_FEBRUARY
    return a_place()


@pytest.fixture
def lea(place: Place) -> Client:
    return signed_in(place, "coordinator")


@pytest.fixture
def nadia(place: Place) -> Client:
    return signed_in(place, "network")


@pytest.fixture
def call(place: Place) -> GrantCall:
    return make_call()


def at(name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=args)


def granted(call: GrantCall, place: Place, cents: int = 200_000) -> GrantApplication:
    one = make_application(call, place.garden, cents)
    granting.decide(call, [Decision(one, cents, "Bravo.")], PLAN, today=MARCH, by=None, at=AT)
    one.refresh_from_db()
    return one


# --- A garden applies -----------------------------------------------------------------------------


def test_a_garden_sees_the_open_call_and_begins(lea: Client, place: Place, call: GrantCall) -> None:
    page = text_of(lea.get(at("grants", place.garden.code)))
    assert "Ateliers de cuisine 2017" in page
    assert "il reste 18 jours" in page
    answer = lea.post(at("grant_start", place.garden.code, call.pk))
    one = GrantApplication.objects.get()
    assert answer.url == at("grant_apply", place.garden.code, one.pk, 1)  # type: ignore[attr-defined]
    page = text_of(lea.get(answer.url))  # type: ignore[attr-defined]
    assert "Paniers solidaires en 2016" in page
    assert "Paniers déjà prévus, aux dates de l’appel 3" in page  # laid by the week 12 of the tests


def test_three_steps_then_it_leaves(lea: Client, place: Place, call: GrantCall) -> None:
    lea.post(at("grant_start", place.garden.code, call.pk))
    one = GrantApplication.objects.get()
    first, second, third = (at("grant_apply", place.garden.code, one.pk, step) for step in (1, 2, 3))
    assert (
        lea.post(first, {"project": "Un atelier par mois", "baskets": "120", "households": "", "sessions": "10"}).url
        == second
    )  # type: ignore[attr-defined]
    page = text_of(lea.get(third))
    assert "Écrivez la somme que vous demandez" in page
    assert "Envoyer au réseau" not in page
    budget = {
        "asked_cents": "1 500",
        "cost_60": "500",
        "cost_60_label": "Farine",
        "cost_64": "1 300,50",
        "income_74": "1500",
    }
    assert lea.post(second, budget | {"calculer": "1"}).url == second  # type: ignore[attr-defined]
    assert "1 800,50 €" in text_of(lea.get(second))
    assert "Le budget doit être équilibré" in text_of(lea.get(third))
    assert lea.post(third).status_code == 422
    assert lea.post(second, budget | {"income_70": "300,50"}).url == third  # type: ignore[attr-defined]
    assert "Farine" in text_of(lea.get(third))
    assert lea.post(third, follow=True).status_code == 200
    one.refresh_from_db()
    assert (one.state, one.asked_cents, one.baskets) == ("sent", 150_000, 120)
    assert lea.get(first).status_code == 302  # it does not change any more


def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(lea: Client, place: Place, call: GrantCall) -> None:
    one = make_application(call, place.garden, sent=False)
    page = lea.post(at("grant_apply", place.garden.code, one.pk, 2), {"asked_cents": "mille", "cost_60": "-3"})
    assert page.status_code == 422
    assert "Écrivez un montant en euros" in text_of(page)
    assert 'value="mille"' in page.content.decode()
    assert one.lines.count() == 4


def test_a_draft_is_left_for_later_and_found_again(lea: Client, place: Place, call: GrantCall) -> None:
    one = granting.start(call, place.garden, today=IN_FEBRUARY, by=None, at=AT)
    answer = lea.post(
        at("grant_apply", place.garden.code, one.pk, 1), {"project": "Début", "plus_tard": "1"}, follow=True
    )
    assert "en préparation" in text_of(answer)
    assert "Début" in lea.get(at("grant_apply", place.garden.code, one.pk, 1)).content.decode()


def test_a_garden_takes_back_and_asks_again(lea: Client, place: Place, call: GrantCall) -> None:
    one = make_application(call, place.garden)
    here = at("grant", place.garden.code, one.pk)
    lea.post(here, {"acte": "retirer"})
    one.refresh_from_db()
    assert one.state == "withdrawn"
    lea.post(here, {"acte": "reprendre"})
    one.refresh_from_db()
    assert one.state == "draft"


def test_a_call_that_is_over_tells_so(lea: Client, place: Place, call: GrantCall, settings: Any) -> None:
    one = make_application(call, place.garden, sent=False)
    settings.TODAY = MARCH
    page = text_of(lea.post(at("grant_apply", place.garden.code, one.pk, 3)))
    assert "votre demande n’est pas partie" in page
    one.refresh_from_db()
    assert one.state == "draft"


# --- The network ----------------------------------------------------------------------------------


CALL = {
    "name": "Cuisine", "envelope_cents": "4 000", "opens_on": "2017-02-10", "closes_on": "2017-03-10",
    "from_day": "2017-03-01", "until_day": "2017-12-31", "purpose": "Cuisiner", "conditions": "",
}  # fmt: skip


def test_the_network_opens_a_call_within_its_money(nadia: Client, place: Place) -> None:
    tranche = make_tranche(cents=300_000)
    page = nadia.post(at("call_new"), CALL | {"tranche": tranche.pk})
    assert page.status_code == 422
    assert "Il ne reste que 3 000,00 €" in text_of(page)
    nadia.post(at("call_new"), CALL | {"tranche": tranche.pk, "envelope_cents": "3000"})
    one = GrantCall.objects.get()
    assert "Aucun jardin n’a encore répondu" in text_of(nadia.get(at("call", one.pk)))
    page = nadia.post(at("call_new"), CALL | {"tranche": tranche.pk, "closes_on": "2017-01-01"})
    assert "Le dernier jour vient avant le premier" in text_of(page)
    assert nadia.post(at("call_withdraw", one.pk)).url == at("calls")  # type: ignore[attr-defined]


def test_a_draft_is_the_garden_s_own(nadia: Client, place: Place, call: GrantCall) -> None:
    one = make_application(call, place.garden, sent=False)
    page = nadia.get(at("call", call.pk))
    assert "en préparation" in text_of(page)
    assert "2 000" not in text_of(page)
    assert nadia.get(at("network_grant", one.pk)).status_code == 404


def test_several_are_decided_at_once_from_an_equal_proposal(nadia: Client, place: Place, call: GrantCall) -> None:
    other = open_garden(code="autre", name="Autre jardin", commune_code="37261", on=AT.date(), by=None, at=AT)
    ours, theirs = make_application(call, place.garden, 600_000), make_application(call, other, 300_000)
    page = nadia.get(at("call_decide", call.pk))
    assert f'name="cents{ours.pk}" value="4000,00"' in page.content.decode()
    page = nadia.get(at("call_decide", call.pk), {"plafond": "3500", "minimum": ""})
    assert f'name="cents{theirs.pk}" value="2769,00"' in page.content.decode()
    plan = {
        "first_bp": "80",
        "first_on": "2017-03-20",
        "rest_on": "2018-02-01",
        "rest_condition": "Compte rendu accepté",
    }
    typed = {
        f"what{ours.pk}": "grant",
        f"cents{ours.pk}": "4500",
        f"what{theirs.pk}": "grant",
        f"cents{theirs.pk}": "2000",
    }
    page = nadia.post(at("call_decide", call.pk), plan | typed)
    assert "Vous accordez 6 500,00 €, et il reste 6 000,00 €" in text_of(page)
    assert not GrantInstalment.objects.exists()
    page = nadia.post(at("call_decide", call.pk), plan | typed | {f"what{theirs.pk}": "refuse"})
    assert "Dites au jardin pourquoi" in text_of(page)
    answer = nadia.post(at("call_decide", call.pk), plan | typed | {f"cents{ours.pk}": "4000"}, follow=True)
    assert "2 jardins sont prévenus" in text_of(answer)
    assert list(ours.instalments.values_list("cents", flat=True)) == [320_000, 80_000]
    assert "Aucune demande n’attend" in text_of(nadia.get(at("call_decide", call.pk), follow=True))


def test_the_network_pays_and_says_how_the_condition_was_met(nadia: Client, place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    here = at("network_grant", one.pk)
    first, second = one.instalments.all()
    nadia.post(here, {"acte": "verser", "versement": first.pk, "on": "2017-03-20", "reference": "VIR 7"})
    page = nadia.post(here, {"acte": "verser", "versement": second.pk, "on": "2018-02-01"})
    assert page.status_code == 422
    nadia.post(here, {"acte": "verser", "versement": second.pk, "on": "2018-02-01", "met": "Accepté"})
    assert set(one.instalments.values_list("met", flat=True)) == {"", "Accepté"}
    page = nadia.post(
        here, {"acte": "verser", "versement": second.pk, "on": "2018-02-01", "met": "Accepté"}, follow=True
    )
    assert "relisez la page" in text_of(page)
    assert nadia.post(here, {"acte": "verser", "versement": "x"}).status_code == 404
    assert nadia.post(here, {"acte": "autre"}).status_code == 404


def test_an_instalment_of_a_year_mistyped_is_in_no_book(nadia: Client, place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    first = one.instalments.all()[0]
    before = BookEntry.objects.count(), FiscalYear.objects.count()
    page = nadia.post(at("network_grant", one.pk), {"acte": "verser", "versement": first.pk, "on": "2007-03-20"})
    assert page.status_code == 422
    assert "Ce jour est avant le premier exercice de l’association" in text_of(page)
    assert (BookEntry.objects.count(), FiscalYear.objects.count()) == before
    first.refresh_from_db()
    assert first.paid_on is None


def test_a_garden_reports_and_the_network_answers(
    lea: Client, nadia: Client, place: Place, call: GrantCall, settings: Any
) -> None:
    one = granted(call, place)
    settings.TODAY = date(2018, 6, 1)
    page = text_of(nadia.get(at("calls")))
    assert "30/06/2018, dans 29 jours" in page
    here = at("grant_report", place.garden.code, one.pk)
    typed = {"done": "", "baskets": "390", "cost_60": "480", "unspent_cents": "100", "left": "carried"}
    page = lea.post(here, typed | {"envoyer": "1"})
    assert "Racontez ce qui a été fait" in text_of(page)
    assert GrantReport.objects.get().baskets == 390  # the rest is kept
    page = lea.post(here, typed | {"done": "Dix ateliers", "unspent_cents": "2000,01"})
    assert "il ne peut pas en rester plus" in text_of(page)
    lea.post(here, typed | {"done": "Dix ateliers", "envoyer": "1"})
    theirs = at("network_grant", one.pk)
    assert "Dix ateliers" in text_of(nadia.get(theirs))
    assert nadia.post(theirs, {"acte": "renvoyer", "r-words": ""}).status_code == 422
    nadia.post(theirs, {"acte": "renvoyer", "r-words": "Combien de personnes ?"})
    assert "Combien de personnes ?" in text_of(lea.get(here))
    lea.post(here, typed | {"done": "Dix ateliers, 20 personnes", "envoyer": "1"})
    nadia.post(theirs, {"acte": "accepter"})
    assert one.moves.get().cents == 190_000
    own = at("grant", place.garden.code, one.pk)
    page = lea.post(own, {"acte": "depenser", "cents": "150", "on": "2018-06-01", "words": "Un atelier"})
    assert "Il ne reste que 100,00 €" in text_of(page)
    page = lea.post(own, {"acte": "depenser", "cents": "100", "on": "2018-06-01", "words": "Un atelier"}, follow=True)
    assert "La dépense est notée" in text_of(page)


def test_a_grant_stops_and_money_comes_back(lea: Client, nadia: Client, place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    granting.pay(one.instalments.all()[0], on=MARCH, reference="", met="", by=None, at=AT)
    theirs = at("network_grant", one.pk)
    assert nadia.post(theirs, {"acte": "arreter", "s-on": "2017-07-01", "s-words": ""}).status_code == 422
    nadia.post(theirs, {"acte": "arreter", "s-on": "2017-07-01", "s-words": "Le jardin ferme", "toutes": "1"})
    assert "Cette aide s’arrête le samedi 1er juillet 2017" in text_of(lea.get(at("grant", place.garden.code, one.pk)))
    assert "ce qui n’est pas dépensé se rend au réseau" in text_of(
        lea.get(at("grant_report", place.garden.code, one.pk))
    )
    page = nadia.post(theirs, {"acte": "rembourser", "b-cents": "9000", "b-on": "2017-08-01"})
    assert "Le jardin n’a plus que 1 600,00 €" in text_of(page)
    nadia.post(theirs, {"acte": "rembourser", "b-cents": "600", "b-on": "2017-08-01"})
    assert one.moves.filter(kind="given_back").get().cents == 60_000


def test_a_garden_that_left_with_a_grant_is_shown(nadia: Client, place: Place, call: GrantCall, settings: Any) -> None:
    granted(call, place)
    settings.TODAY = date(2017, 8, 1)
    GardenStatus.objects.filter(garden=place.garden).update(status="left")
    assert "Un jardin est sorti du réseau avec une aide en cours" in text_of(nadia.get(at("calls")))


# --- The form -------------------------------------------------------------------------------------


def pages(answer: Any) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_figures_of_the_form_for_a_grant(lea: Client, nadia: Client, place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    lines = [
        granting.BudgetLine("cost", "60", "Ingrédients", spent=55_000), granting.BudgetLine("cost", "64", "Animation", spent=245_000),
        granting.BudgetLine("income", "74", "Réseau", spent=200_000), granting.BudgetLine("income", "75", "Participations", spent=100_000),
        granting.BudgetLine("cost", "864", "Bénévoles", spent=12_000), granting.BudgetLine("income", "870", "Bénévoles", spent=12_000),
    ]  # fmt: skip
    granting.save_report(one, {"done": "Dix ateliers"}, lines, by=None, at=AT)
    page = text_of(lea.get(at("grant_cerfa", place.garden.code, one.pk)))
    assert "60 – Achats 500,00 550,00 110 %" in page
    assert "La subvention de 2 000,00 € représente 66,7 % du total des produits." in page
    assert "n’est pas équilibré" not in page
    assert page.index("Bilan qualitatif") < page.index("Tableau de synthèse") < page.index("annexe")
    file = lea.get(at("grant_cerfa_pdf", place.garden.code, one.pk))
    assert len(PdfReader(io.BytesIO(file.content)).pages) == 3
    text = pages(file)
    assert "550,00" in text
    assert "15059" in text
    assert nadia.get(at("network_grant_cerfa", one.pk)).status_code == 200
    assert nadia.get(at("network_grant_cerfa_pdf", one.pk)).status_code == 200


def test_the_figures_of_the_form_for_a_tranche_name_gardens_and_no_person(
    nadia: Client, place: Place, call: GrantCall
) -> None:
    granted(call, place)
    page = text_of(nadia.get(at("tranche_cerfa", call.tranche_id)))
    assert "65 – Autres charges de gestion courante" in page
    assert "2 000,00 € accordés à des jardins pour leurs projets." in page
    assert "8000,00" in page  # what is left, dedicated
    assert "15059" in pages(nadia.get(at("tranche_cerfa_pdf", call.tranche_id)))


def test_words_of_any_script_and_length_are_printed(lea: Client, place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    granting.save_report(one, {"done": "مرحبا 🥕 # [typst] " * 150}, by=None, at=AT)
    assert lea.get(at("grant_cerfa_pdf", place.garden.code, one.pk)).status_code == 200


# --- Each their own -------------------------------------------------------------------------------


def test_a_garden_finds_nothing_of_another_s(place: Place, call: GrantCall) -> None:
    one = granted(call, place)
    sam = a_stranger()
    code = place.garden.code
    for name in ("grant", "grant_report", "grant_cerfa", "grant_cerfa_pdf"):
        assert sam.get(at(name, code, one.pk)).status_code == 404
        assert sam.get(at(name, "ailleurs", one.pk)).status_code == 404
    for name in ("calls", "call_new"):
        assert sam.get(at(name)).status_code == 404
    for name, pk in (("call", call.pk), ("network_grant", one.pk), ("tranche_cerfa", call.tranche_id)):
        assert sam.get(at(name, pk)).status_code == 404


def test_who_reads_money_only_reads(place: Place, call: GrantCall) -> None:
    one = make_application(call, place.garden, sent=False)
    aicha, helene = signed_in(place, "auditor"), signed_in(place, "helper")
    assert aicha.get(at("grants", place.garden.code)).status_code == 200
    assert aicha.get(at("grant_apply", place.garden.code, one.pk, 1)).status_code == 404
    assert helene.get(at("grants", place.garden.code)).status_code == 404
    assert aicha.post(at("grant", place.garden.code, one.pk), {"acte": "retirer"}).status_code in (403, 404)


def test_a_call_for_other_gardens_is_not_shown(lea: Client, place: Place) -> None:
    other = open_garden(code="autre", name="Autre jardin", commune_code="37261", on=AT.date(), by=None, at=AT)
    fund = make_fund()
    fund.gardens.add(other)
    call = make_call(make_tranche(fund))
    assert "Pas d’appel à projets en ce moment" in text_of(lea.get(at("grants", place.garden.code)))
    assert lea.post(at("grant_start", place.garden.code, call.pk)).status_code == 404


def test_a_page_asks_as_much_with_three_rows_as_with_thirty(
    lea: Client, nadia: Client, place: Place, django_assert_max_num_queries: Any
) -> None:
    def grants(count: int, since: int) -> None:
        tranche = make_tranche(make_fund(f"Fonds {since}"), cents=100_000_000)
        for number in range(since, since + count):
            call = make_call(tranche, name=f"Appel {number}", envelope_cents=300_000)
            granted(call, place)
            make_call(tranche, name=f"Ouvert {number}", envelope_cents=300_000)

    grants(3, 0)
    counts = {}
    addresses = {"calls": (nadia, at("calls")), "grants": (lea, at("grants", place.garden.code))}
    for name, (client, address) in addresses.items():
        client.get(address)
        with django_assert_max_num_queries(60) as asked:
            client.get(address)
        counts[name] = len(asked)
    grants(27, 3)
    for name, (client, address) in addresses.items():
        with django_assert_max_num_queries(60) as asked:
            client.get(address)
        assert len(asked) == counts[name], name
