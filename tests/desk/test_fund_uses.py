"""What a fund paid beside baskets is on every page that tells what its money did: claims, statement, Cerfa, the fund's own."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from cageot.desk.queries.claims_text import writer
from cageot.funding import journal
from cageot.funding.actions import claiming
from cageot.funding.actions.claiming import Part
from cageot.funding.models import Payment, Tranche
from cageot.network.models import Garden
from cageot.workshops.actions import costs
from tests.desk.a_week import text_of
from tests.factories import AT, make_person, signed_in
from tests.funding.money_world import closed_weeks, settle
from tests.funding.test_uses import close, grant, notified, reduced
from tests.workshops.a_workshop import make_session

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": None, "at": AT}


@pytest.fixture(autouse=True)
def _in_july(settings: Any) -> None:
    settings.TODAY = date(2017, 7, 3)


@pytest.fixture
def nadia() -> Client:
    return signed_in(make_person("network"))


@pytest.fixture
def garden() -> Garden:
    return closed_weeks(households=6).garden


@pytest.fixture
def tranche(garden: Garden) -> Tranche:
    """42,00 € of baskets, a grant of 200,00 €, a session that cost 80,00 € and 20,00 €; another one was taken back."""
    made = notified()
    settle(date(2017, 6, 30))
    grant(made, garden, 20_000)
    session = make_session(garden, date(2017, 5, 12))
    costs.charge(session, nature="622", label="Diététicienne", cents=8_000, tranche=made, **WHO)
    costs.charge(session, nature="613", label="Salle", cents=2_000, tranche=made, **WHO)
    wrong = costs.charge(
        make_session(garden, date(2017, 5, 19)), nature="606", label="Bols", cents=500, tranche=made, **WHO
    )
    costs.take_back(wrong, reason="Payé par le jardin.", **WHO)
    made.refresh_from_db()
    assert made.used_cents == 4_200 + 20_000 + 10_000
    return made


def test_the_statement_tells_projects_and_sessions_and_all_that_was_used(nadia: Client, tranche: Tranche) -> None:
    url = f"/argent/financements/{tranche.fund_id}/releve/"
    page = text_of(nadia.get(url))
    assert "Projets des jardins 1 projet 200,00 €" in page
    assert "Ateliers 1 atelier 100,00 €" in page
    assert "Ensemble 6 6 342,00 €" in page
    found = nadia.get(f"{url}xlsx/").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(found)).get_sheet_by_index(0).to_python()
    assert ["Projets des jardins", "1 projet", "", "", 200] in rows
    assert ["Ateliers", "1 atelier", "", "", 100] in rows
    assert ["Ensemble", "", 6, 6, 342] in rows
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(nadia.get(f"{url}pdf/").content)).pages)
    assert "Projets des jardins" in paper and "1 atelier" in paper


def test_a_fund_that_paid_a_project_alone_has_a_statement(nadia: Client, garden: Garden) -> None:
    tranche = notified()
    grant(tranche, garden, 20_000)
    url = f"/argent/financements/{tranche.fund_id}/releve/"
    page = text_of(nadia.get(url))
    assert "Rien encore" not in page
    assert "Ensemble 0 0 200,00 €" in page
    assert nadia.get(f"{url}pdf/").content.startswith(b"%PDF")


def test_the_figures_of_the_form_count_sessions(nadia: Client, tranche: Tranche) -> None:
    page = text_of(nadia.get(f"/argent/tranches/{tranche.pk}/cerfa/"))
    assert "34 % de la somme notifiée est utilisée" in page
    assert "658,00 € ne sont pas encore utilisés" in page
    assert "Ateliers des jardins 100,00 100,00" in page
    assert "Jardin val 6 342,00 €" in page


def test_the_claim_asks_for_projects_and_sessions_in_words_that_stay(nadia: Client, tranche: Tranche) -> None:
    page = text_of(nadia.get("/argent/factures/preparer/"))
    assert "Projet de jardin : Appel 1 · mars 2017 · Jardin val" in page
    assert "Ateliers · mai 2017 · Jardin val 100,00 €" in page
    assert "342,00 €" in page


def test_the_flow_of_funds_tells_all_that_each_garden_had(nadia: Client, tranche: Tranche) -> None:
    assert "Jardin val 342,00 €" in text_of(nadia.get(f"/argent/financements/{tranche.fund_id}/"))


def test_what_the_next_settlement_leaves_counts_projects_and_sessions(nadia: Client, tranche: Tranche) -> None:
    page = text_of(nadia.get("/argent/reglement/?jour=2017-06-30"))
    assert f"{tranche.fund.name} {tranche.label} 42,00 € rien 658,00 €" in page


def test_less_than_sessions_took_is_told_with_what_to_do(nadia: Client, garden: Garden) -> None:
    tranche = notified()
    costs.charge(
        make_session(garden, date(2017, 5, 12)), nature="622", label="Repas", cents=8_000, tranche=tranche, **WHO
    )
    page = nadia.post(
        f"/argent/financements/tranches/{tranche.pk}/notifier/", {"cents": "10,00", "on": "2017-07-01", "rendre": "1"}
    )
    assert page.status_code == 422
    assert "70,00 € de plus sont allés à des ateliers. Reprenez d’abord ce coût" in text_of(page)


def test_dates_that_leave_a_session_outside_are_told_so(nadia: Client, garden: Garden) -> None:
    tranche = notified()
    costs.charge(
        make_session(garden, date(2017, 5, 12)), nature="622", label="Repas", cents=8_000, tranche=tranche, **WHO
    )
    told = "80,00 € ont payé des ateliers tenus hors de ces dates. Reprenez d’abord ce coût, ou gardez ces dates."
    form = {"label": "2017", "from_day": "2017-01-01", "until_day": "2017-04-30", "promised_cents": "1000,00"}
    page = nadia.post(f"/argent/financements/tranches/{tranche.pk}/modifier/", form)
    assert page.status_code == 422
    assert told in text_of(page)
    ended = {"on": "2017-05-01", "because": "Fondation dissoute"}
    page = nadia.post(f"/argent/financements/{tranche.fund_id}/fin/", ended)
    assert page.status_code == 422
    assert told in text_of(page)


def test_less_than_has_come_is_told_with_what_to_give_back_first(nadia: Client) -> None:
    tranche = notified()
    head, funder = journal.head(), tranche.fund.partner
    for cents, once, parts in ((100_000, "a", (Part(100_000, tranche=tranche),)), (-40_000, "b", ())):
        claiming.receive(
            head, partner=funder, day=date(2017, 5, 2), cents=cents, means="transfer", reference="", once=once, parts=parts,
            by=None, at=AT,
        )  # fmt: skip
    url, form = f"/argent/financements/tranches/{tranche.pk}/notifier/", {"cents": "600,00", "on": "2017-07-01"}
    page = nadia.post(url, form)
    assert page.status_code == 422
    assert "1 000,00 € sont déjà reçus, soit 400,00 € de plus. Rendez d’abord cette différence" in text_of(page)
    payment = Payment.objects.get(once="b")
    assert nadia.post(f"/paiements/{payment.pk}/", {f"t{tranche.pk}": "400,00"}).status_code == 302
    assert nadia.post(url, form).status_code == 302
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.received_cents) == (60_000, 60_000)


def test_what_a_later_claim_took_off_is_told_on_the_answer_and_the_credit_note(
    nadia: Client, garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.funding.test_uses.text", writer(journal.head(), []))
    claim, _after = reduced(notified(), garden)
    form = {"answer": "partly", "cents": "199,99", "reason": "Hors du territoire.", "day": "2017-07-03"}
    page = nadia.post(f"/factures/{claim.pk}/reponse/", form)
    assert page.status_code == 422
    assert "Un papier suivant a déjà repris une partie de cette demande : 200,00 € au moins" in text_of(page)
    assert nadia.post(f"/factures/{claim.pk}/reponse/", form | {"cents": "200,00"}).status_code == 302
    page = nadia.post(f"/factures/{claim.pk}/avoir/", {"reason": "Mauvaise adresse."}, follow=True)
    assert "Un papier suivant a déjà repris ce que celui-ci demandait" in text_of(page)


def test_money_is_given_back_to_its_funder_from_the_page_of_the_payment(nadia: Client, settings: Any) -> None:
    tranche = notified(carries_over=False)
    head, funder = journal.head(), tranche.fund.partner
    claiming.receive(
        head, partner=funder, day=date(2017, 5, 2), cents=100_000, means="transfer", reference="", once="a",
        parts=(Part(100_000, tranche=tranche),), by=None, at=AT,
    )  # fmt: skip
    close(2017)
    settings.TODAY = date(2018, 2, 1)
    assert funder
    data = {"cents": "1000,00", "day": "2018-02-01", "partner": funder.pk, "reference": "VIR", "means": "transfer", "back": "on", "once": "z"}  # fmt: skip
    answer = nadia.post("/argent/paiements/", data)
    payment = Payment.objects.get(once="z")
    page = text_of(nadia.get(answer["Location"]))
    assert "Rendu au financeur" in page
    nadia.post(answer["Location"], {f"t{tranche.pk}": "1000,00"})
    assert payment.parts.get().cents == -100_000
    assert "rendu · Crédits de l’État, 2017" in text_of(nadia.get(answer["Location"]))
