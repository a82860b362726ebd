"""Each page, wide and on a phone, by day and at night: everybody can read it, with eyes or without."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page

from cageot.baskets.content import compose, open_catalogue
from cageot.baskets.models import Produce, Ways
from cageot.baskets.rules.content import Row
from cageot.funding import journal
from cageot.funding.actions import ledger
from cageot.funding.journal import Line
from cageot.funding.models import Fund, Tranche
from cageot.guide.actions.book import ship
from cageot.network.models import Person, Role
from tests.desk import an_exchange
from tests.desk.a_week import AT, MONDAY_AFTER, WEEK, Place, a_place, signed_in
from tests.funding.money_world import make_tranche
from tests.guide import a_committee, a_meeting
from tests.journeys.conftest import look
from tests.workshops.a_workshop import rows_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

COORDINATOR = [
    "week", "marking", "papers", "changes", "closing", "who_pays", "households", "household_new", "household", "household_edit", "household_support",
    "agreements", "agreement_new", "agreement", "agreement_edit", "statements", "statement", "settings", "import_start",
    "content", "content_swaps", "content_slip", "produce", "produce_new", "settings_content", "holidays", "holidays_shift", "rounds", "round_new", "round",
    "depot_new", "depot", "depot_close", "depot_pause", "depot_photo", "home_stop_new", "household_basket", "handover_ways", "depots_public", "absence", "extra", "pot", "absence_policy", "handover_week", "handover_links", "handover_link_new",
    "agreement_tariff_new", "partners", "partner_new", "partner", "team", "role_new", "charter", "settings_logo", "settings_size",
    "household_person_new", "household_support_edit", "agreement_withdraw",
    "ends", "household_after", "household_steps", "household_chosen", "supports_move",
    "products", "product_new", "product", "household_subscription", "household_stop",
    "messages", "message_bounce", "messages_lost", "cards", "household_ways", "acting_new",
    "signup", "signups", "door", "membership_fees", "welcomed",
    "referrals", "referral_links", "referral_link_new", "referral_access_new", "referral_ways", "referral_code",
    "workshops", "workshop", "workshop_new", "workshop_edit", "workshop_dates", "workshops_again", "workshop_places", "workshop_place",
    "workshop_file_new", "session", "session_enrol", "session_party", "session_came", "session_move", "session_cancel", "session_costs",
    "claims", "claims_prepare", "payments", "billing", "claim_terms",
    "household_privacy", "data_requests", "grants", "funds", "fund_new", "forecast", "garden_what_if", "money_split",
    "books", "books_write", "books_details", "books_journal", "books_close", "books_earmarked", "books_files", "books_account",
    "sheets", "sheet", "sheet_new", "sheet_edit", "sheet_history", "questions", "question", "question_ask", "flag", "digest",
    "offers", "offer", "uptake", "uptake_agreement",
    "guide", "chapter", "chapter_history", "templates", "template", "garden_papers", "garden_paper", "garden_paper_edit", "start",
    "steering", "steering_brief", "steering_seat", "steering_meeting_new", "steering_meeting", "steering_minutes", "steering_decision",
    "events", "event", "event_register", "event_registration",
    "recipes", "recipe", "recipe_new", "session_recipes",
]  # fmt: skip
NETWORK = [
    "programme", "programme_workshops", "gardens", "all_agreements", "all_statements", "settings_network", "settings_edition", "settings_edition_edit",
    "settings_edition_budget", "settings_edition_new", "garden_card", "garden_status", "garden_new", "all_partners", "all_partner_new",
    "all_ends", "all_people", "all_role_new", "person", "role_end", "all_agreement_new",
    "all_claims", "all_payments",
    "watch", "watch_rule", "what_if", "retention", "retention_class", "calls", "call_new", "all_funds", "all_fund_new", "fund", "fund_edit", "tranche_notify", "partner_merge", "settling", "fund_statement",
    "all_books", "all_books_entities", "all_books_transfer",
    "moderation", "hide", "offer_new", "offer_edit",
    "event_new", "event_edit", "event_cancel", "event_slot", "event_people", "event_minutes",
    "chapter_edit", "chapter_new", "guide_import", "template_edit", "recipe_edit",
]  # fmt: skip


def address(name: str, place: Place) -> str:
    basket = place.baskets[0]
    arguments: dict[str, list[object]] = {
        "week": [place.garden.code, WEEK], "marking": [place.garden.code, WEEK], "closing": [place.garden.code, WEEK],
        "holidays": [place.garden.code, 2017], "round": [place.garden.code, basket.depot.round_id],
        **{name: [place.garden.code, basket.depot_id] for name in ("depot", "depot_close", "depot_pause", "depot_photo")},
        "absence": [place.garden.code, basket.household_id, basket.pk], "extra": [place.garden.code, basket.household_id],
        "household_basket": [place.garden.code, basket.household_id, basket.pk],
        "absence_policy": [place.garden.code, basket.product_id], "papers": [place.garden.code, WEEK], "changes": [place.garden.code, WEEK],
        "handover_week": [place.garden.code, WEEK],
        "content": [place.garden.code, WEEK], "content_swaps": [place.garden.code, WEEK], "content_slip": [place.garden.code, WEEK],
        "who_pays": [basket.pk], "agreement": [place.payer.agreement_id], "agreement_edit": [place.payer.agreement_id],
        "statement": [place.garden.code, str(place.payer.partner_id)], "programme": ["2017"], "programme_workshops": ["2017"],
        "referral_code": [], "gardens": [], "all_agreements": [], "all_statements": [], "agreement_tariff_new": [place.payer.agreement_id],
        "agreement_withdraw": [place.payer.agreement_id], "partner": [place.payer.partner_id],
        "product": [place.garden.code, basket.product_id], "settings_size": [place.garden.code, basket.size_id],
        **{name: [place.garden.code, basket.household_id, basket.household.supports.values_list("pk", flat=True).first()] for name in ("household_after", "household_steps")},
        "household_support_edit": [place.garden.code, basket.household_id, basket.household.supports.values_list("pk", flat=True).first()],
        "settings_edition": ["2017"], "settings_edition_edit": ["2017"], "settings_edition_budget": ["2017"],
        "billing": [place.payer.partner_id], "claim_terms": [place.payer.agreement_id],
        **dict.fromkeys(["all_claims", "all_payments", "settling", "watch", "watch_rule", "what_if", "all_funds", "all_fund_new", "calls", "call_new", "all_ends", "settings_network", "settings_edition_new", "garden_new", "all_partners", "all_partner_new", "all_people", "all_role_new", "all_agreement_new", "retention"], []),
        "retention_class": ["household"], "partner_merge": [place.payer.partner_id],
        **{name: [Fund.objects.values_list("pk", flat=True).first()] for name in ("fund", "fund_edit", "fund_statement")},
        "tranche_notify": [Tranche.objects.values_list("pk", flat=True).first()],
        **{name: [] for name in ("all_books", "all_books_entities", "all_books_transfer")},
        **{name: [place.garden.code, 2017] for name in ("books_journal", "books_close", "books_earmarked", "books_files")},
        "books_account": [place.garden.code, 2017, "512"],
        "person": [Person.objects.values_list("pk", flat=True).first()], "role_end": [Role.objects.values_list("pk", flat=True).first()],
    }  # fmt: skip
    there = rows_of(place.garden)
    for word in ("workshop", "workshop_edit", "workshop_dates", "workshop_file_new"):
        arguments[word] = [place.garden.code, there["workshop"]]
    for word in (
        "session",
        "session_recipes",
        "session_enrol",
        "session_came",
        "session_move",
        "session_cancel",
        "session_costs",
    ):
        arguments[word] = [place.garden.code, there["session"]]
    arguments["session_party"] = [place.garden.code, there["session"], there["enrolment"]]
    met = a_meeting.rows_of(place.garden)
    arguments |= dict.fromkeys(("events", "event_new"), [])
    arguments |= dict.fromkeys(
        ("event", "event_register", "event_edit", "event_cancel", "event_people", "event_minutes"), [met["event"]]
    )
    arguments |= {"event_registration": [met["event"], met["registration"]], "event_slot": [met["event"], met["slot"]]}
    steered = a_committee.rows_of(place.garden)
    arguments |= dict.fromkeys(("steering_meeting", "steering_minutes"), [place.garden.code, steered["meeting"]])
    arguments |= {
        "steering_seat": [place.garden.code, steered["seat"]],
        "steering_decision": [place.garden.code, steered["decision"]],
    }
    arguments["workshop_place"] = [place.garden.code, there["place"]]
    told = an_exchange.rows_of(place.garden)
    arguments |= dict.fromkeys(
        ("sheets", "sheet_new", "questions", "question_ask", "digest", "offers", "moderation", "offer_new"), []
    )
    arguments |= dict.fromkeys(("sheet", "sheet_edit", "sheet_history"), [told["sheet"]])
    arguments |= dict.fromkeys(("offer", "offer_edit"), [told["offer"]]) | dict.fromkeys(
        ("uptake", "uptake_agreement"), [told["uptake"]]
    )
    arguments |= {"question": [told["question"]]} | dict.fromkeys(("flag", "hide"), ["fiche", told["sheet"]])
    arguments |= dict.fromkeys(("guide", "templates", "chapter_new", "guide_import", "recipes", "recipe_new"), [])
    arguments |= dict.fromkeys(("recipe", "recipe_edit"), ["soupe-poireau-pomme-de-terre"])
    arguments |= dict.fromkeys(("chapter", "chapter_history", "chapter_edit"), ["tarifs"])
    arguments |= {"template": ["agreement"], "template_edit": ["agreement"]}
    arguments |= dict.fromkeys(("garden_paper", "garden_paper_edit"), [place.garden.code, "agreement"])
    arguments["acting_new"] = arguments["household_ways"] = [place.garden.code, basket.household_id]
    of_household = [place.garden.code, basket.household_id]
    default = (
        of_household
        if name
        in {
            "household",
            "household_edit",
            "household_privacy",
            "household_support",
            "household_person_new",
            "household_subscription",
            "household_stop",
            "household_chosen",
            "home_stop_new",
            "welcomed",
        }
        else [place.garden.code]
    )
    return reverse(f"desk:{name}", args=arguments.get(name, default))


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    place.mark_all()
    make_tranche()
    place.payer.partner.gardens.add(place.garden)  # its own partner: how it wants to be asked is the garden's to say
    ship(at=AT)
    open_catalogue(place.garden, by=None, at=AT)
    Ways.objects.create(garden=place.garden, swaps=2)
    round, vegetables = place.baskets[0].depot.round, Produce.objects.filter(garden=place.garden)[:4]
    rows = [Row(one.pk, one.unit, one.unit_cents, {place.baskets[0].size_id: 1000}) for one in vegetables]
    compose(round, WEEK, sizes=[place.baskets[0].size_id], rows=rows, seen=None, by=None, at=AT)
    brought = [Line("512", 123_450), Line("102", -123_450)]
    ledger.open_books(journal.entity_of(place.garden), day=date(2017, 1, 1), lines=brought, once=1, by=None, at=AT)
    return place


@pytest.fixture
def refused_by_policy(page: Page) -> list[str]:
    """What the browser says that the content policy forbade, or that failed."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_the_sign_in_page_looks_well(page: Page, live_server: Any, refused_by_policy: list[str]) -> None:
    page.goto(live_server.url + reverse("account_login"))
    look(page, "sign_in")
    assert refused_by_policy == []


@pytest.mark.parametrize("role", ["coordinator", "network"])
def test_pages_look_well(
    role: str, page: Page, live_server: Any, place: Place, come_in: Any, refused_by_policy: list[str]
) -> None:
    come_in(signed_in(place, role))
    faults = []
    for name in COORDINATOR if role == "coordinator" else NETWORK:
        answer = page.goto(live_server.url + address(name, place))
        assert answer is not None
        try:
            assert answer.status == 200, name
            look(page, name)
        except AssertionError as fault:
            faults.append(str(fault))
    assert faults == []
    assert refused_by_policy == []
