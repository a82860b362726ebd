"""Nothing that a helper, a volunteer or a passer-by may open shows who pays a reduced price.

By construction: every address of the site is tried by those who do not see money. An address is either **shared**: then
it is read here (pages, PDF, CSV, XLSX, pictures) and must be the same to the letter whoever is supported, half of the
households, the others, or nobody; or **private**: then it must not open to them. One that is in neither list fails.
A new paper of `desk.papers.PAPERS` is shared without being listed: it has its address, and its test, from the table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from cageot.baskets.content import open_catalogue
from cageot.baskets.handover import open_link
from cageot.baskets.models import Basket, Content, ContentLine, Door, Produce, Subscription, Swap, SwapOffer, Ways
from cageot.baskets.places import show_photo
from cageot.core import clock
from cageot.desk.papers import PAPERS
from cageot.funding.models import Agreement, TariffLine
from cageot.members import actions as members
from cageot.members.models import Household, Membership, Support
from cageot.network.models import GardenLogo
from tests.architecture.test_doors import FOR_ALL, filled, routes
from tests.desk.a_week import AT, MONDAY_AFTER, THURSDAY, WEEK, Place, a_place, signed_in

pytestmark = pytest.mark.slow

PAPERS_OF_THE_WEEK = {paper.address(form) for paper in PAPERS for form in paper.forms}

SHARED = PAPERS_OF_THE_WEEK | {
    # The network's meetings: who organises, the gardens, partners' people.
    "events", "event", "event_register", "event_calendar", "event_minutes_paper", "event_registration",
    # The doors of the member's space.
    "enter", "enter_card", "enter_square",
    # The week, its lists, its content.
    "week", "marking", "papers", "changes", "content", "content_harvest", "content_packed", "content_swaps", "content_slip",
    "content_slip_a4", "content_slip_a5", "content_slip_picture", "produce", "produce_new", "produce_edit",
    # Households, for the garden's people; absences.
    "households", "household", "absence", "absence_take_back", "pot", "pot_give",
    # The hand-over, by a volunteer and at the desk.
    "handover_week", "handover_paper", "handover_enter", "handover_sheet", "handover_rest", "handover_sync",
    "handover_manifest", "handover_worker",
    # Workshops: open to all members alike.
    "workshops", "workshops_export", "workshops_again", "workshop", "workshop_new", "workshop_edit", "workshop_dates", "workshop_places",
    "workshop_place", "workshop_place_new", "workshop_file", "workshop_file_new", "session", "session_enrol", "session_party", "session_came",
    "session_move", "session_cancel", "session_card", "session_opinions", "session_poster_a4", "session_poster_a3", "session_poster_tabs",
    "session_list", "session_tickets",
    # For anybody.
    "content_public", "depots_public", "depot_picture", "workshops_public", "workshops_feed", "session_public", "workshop_public_file", "session_opinion", "session_ticket",
    "referral_code",
    "signup", "signup_price", "leaflet",
    # The garden's own face and the programme's rules.
    "garden_logo", "charter",
    # What gardens tell each other, and what national partners offer.
    "sheets", "sheet", "sheet_new", "sheet_edit", "sheet_history", "sheet_file", "questions", "question", "question_ask", "flag", "digest",
    "offers", "offer", "uptake", "uptake_paper",
    # The guide and its toolbox, with invented values.
    "guide", "chapter", "chapter_history", "templates", "template", "template_file", "guide_pdf", "guide_site",
    "search",
    # Recipes.
    "recipes", "recipe", "recipes_cards", "recipe_new", "session_recipes",
}  # fmt: skip
"""What a helper, a volunteer or anybody may open. It shows nothing of who pays."""

PRIVATE = {
    # The network prepares its meetings, and the recipes of all.
    "event_new", "event_edit", "event_cancel", "event_slot_new", "event_slot", "event_people", "event_people_file", "event_paper", "event_minutes",
    "recipe_edit",
    # A garden's committee reads its money.
    "steering", "steering_brief", "steering_brief_paper", "steering_seat_new", "steering_seat", "steering_meeting_new", "steering_meeting",
    "steering_meeting_edit", "steering_minutes", "steering_paper", "steering_decision",
    # What is kept of people, and how long; what a payer's money did.
    "household_privacy", "household_copy", "data_requests", "data_request", "my_copy", "data", "retention", "retention_class",
    "funded", "funded_statement", "funded_file",
    "claims", "all_claims", "claims_prepare", "all_claims_prepare", "claims_files", "all_claims_files", "claim", "claim_file", "claim_answer", "claim_credit",
    "payments", "all_payments", "payment", "billing", "claim_terms",
    # What is told to people, and how they come in; who acts for whom reads what that member reads.
    "messages", "message", "messages_letters", "message_bounce", "messages_lost", "cards", "household_ways", "acting_new",
    # Closing, and who pays.
    "closing", "reopening", "who_pays", "agreements", "agreement_new", "all_agreements", "agreement", "agreement_edit", "agreement_end",
    "exemption_ask", "statements", "statement", "statement_file", "all_statements", "all_statement", "all_statement_file",
    "household_support", "household_support_preview", "household_support_edit", "household_support_end", "household_membership",
    "household_membership_edit", "agreement_tariff_new",
    # Grants of the network to gardens, and the form's figures.
    "calls", "call_new", "call", "call_edit", "call_decide", "network_grant", "network_grant_cerfa", "network_grant_cerfa_pdf", "tranche_cerfa",
    "tranche_cerfa_pdf", "grants", "grant", "grant_apply", "grant_report", "grant_cerfa", "grant_cerfa_pdf",
    "session_costs",
    # What lies ahead of a garden's money.
    "watch", "watch_rule", "watch_again", "watch_garden", "what_if", "what_if_keep", "what_if_drop", "forecast", "garden_what_if",
    "garden_what_if_keep", "garden_what_if_drop",
    # Funds and their tranches; a payer that becomes another.
    "funds", "fund_new", "all_funds", "all_fund_new", "fund", "fund_edit", "fund_end", "tranche_new", "tranche_edit", "tranche_notify",
    "tranche_refuse", "tranche_withdraw", "partner_merge",
    # Who pays what, funds included; settlements and their proof; what a fund's money did.
    "money_split", "money_split_file", "settling", "settlement", "settlement_lines", "fund_statement", "fund_statement_file",
    # The accountant's books.
    "books", "books_details", "books_write", "books_opened", "books_year", "books_account", "books_journal", "books_entry", "books_files", "books_file", "books_earmarked", "books_close", "books_dates",
    "all_books", "all_books_details", "all_books_write", "all_books_opened", "all_books_year", "all_books_account", "all_books_journal", "all_books_entry", "all_books_files", "all_books_file", "all_books_earmarked", "all_books_close", "all_books_dates",
    "all_books_entities", "all_books_gather", "all_books_transfer",
    # What follows a support.
    "ends", "all_ends", "household_after", "household_steps", "household_chosen", "supports_move", "renewals", "renewal_answer", "renewal",
    # Who is referred, by whom: for who welcomes people, and for who refers.
    "referrals", "referral", "referral_links", "referral_link_new", "referral_link_stop", "referral_ways", "my_referrals", "my_referral", "my_referral_workshops",
    "referral_access_new", "referral_access_end",
    "referral_new", "referral_form", "referral_follow",
    # Who signs up, waits, is welcomed; and how the garden sets it.
    "signups", "signup_place", "signup_welcome", "signup_welcome_told", "welcome_referral", "welcome_referral_told", "welcomed", "door", "membership_fees",
    # Changing households, bringing and taking them away.
    "household_new", "household_edit", "household_leave", "household_subscription", "household_subscription_preview", "household_stop", "household_basket", "extra",
    "household_person", "household_person_new",
    "import_start", "import_columns", "import_matches", "import_matches_file", "import_review", "import_copy", "import_done",
    "households_export",
    # The garden's settings.
    "settings", "settings_garden", "settings_communes", "settings_size_new", "settings_size", "settings_deliveries", "settings_content",
    "holidays", "holidays_shift", "absence_policy", "rounds", "round_new", "round", "round_close", "depots_export", "depot_new", "depot",
    "depot_close", "depot_reopen", "depot_photo", "home_stop_new", "depot_pause", "handover_links", "handover_link_new", "handover_link_stop", "handover_ways",
    "products", "product_new", "product",
    "settings_logo", "team", "person", "person_edit", "role_new", "role_end", "partners", "partner", "partner_new", "partner_edit", "partner_communes",
    # What the network looks at, its offers; an agreement that a garden signs.
    "moderation", "hide", "offer_new", "offer_edit", "offer_file", "offer_take", "uptake_agreement",
    # Writing the guide; papers filled with the garden's money; its start.
    "chapter_new", "chapter_edit", "chapter_newer", "template_edit", "template_newer", "guide_file", "guide_import",
    "garden_papers", "garden_paper", "garden_paper_edit", "garden_paper_file", "start", "start_step",
    # The programme.
    "programme_now", "programme", "programme_workshops", "programme_workshops_file", "gardens", "garden_card", "garden_card_edit", "garden_new", "garden_status", "all_partners", "all_partner_new",
    "all_people", "all_role_new", "all_agreement_new", "network_communes", "settings_network", "settings_edition", "settings_edition_budget",
    "settings_edition_edit", "settings_edition_new",
    # A member's own pages: to nobody but the member (tests/space/test_each_their_own.py).
    "my_basket", "baskets", "away", "take_back", "my_depot", "swap", "contribution", "told", "me", "details", "calendar", "my_workshops", "my_workshop", "my_workshop_file", "my_recipes", "my_recipe",
}  # fmt: skip
"""What only those who run the garden, keep its accounts or run the programme may open."""

ACTS = {
    "event_state", "event_came", "event_certificate", "event_mine", "event_my_certificate",
    "steering_convene", "steering_cancel", "steering_decide", "steering_done",
    "recipe_archive",
    "sheet_publish", "sheet_also", "sheet_comment", "sheet_attach", "sheet_detach", "question_answer", "question_helped", "flag_settle", "uptake_act",
    "chapter_preview", "chapter_restore", "chapter_move", "chapter_archive", "garden_paper_back", "start_tick",
    "workshop_archive", "workshop_file_change", "session_answer", "session_cost_back",
    "call_withdraw", "grant_start",
    "claims_send", "all_claims_send", "claim_sent", "payment_unmatch", "payment_withdraw",
    "household_consent", "data_ask", "data_consent",
    "signup_offer", "signup_answer", "signup_drop", "signup_wait", "welcome_send", "membership_fee_withdraw",
    "leave", "enter_code", "enter_who", "act_for", "refuse", "wanted", "household_card", "household_card_stop", "household_mend", "acting_stop",
    "message_resend", "message_drop", "messages_printed",
    "ends_ask", "household_after_ask", "household_onward", "household_steps_back", "supports_move_undo",
    "content_latest", "agreement_line_withdraw", "agreement_resume", "agreement_tariff_withdraw", "agreement_withdraw", "exemption_withdraw",
    "garden_status_withdraw", "household_contact", "household_person_remove", "settings_price_withdraw",
    "mark_rest", "undo", "content_live", "content_copy", "content_publish", "household_come_back", "household_paid", "household_renew",
    "exemption_answer", "import_drop", "holidays_zone", "absence_undo", "extra_drop", "depots_order", "depot_pause_end", "product_archive", "household_received", "household_go_on",
    "back", "swap_back", "calendar_stop", "feed", "my_workshop_leave", "my_opinion", "session_place", "card_came",
}  # fmt: skip
"""What only writes, or leads to another address: asked to be read, it shows nothing."""

NOT_OURS = FOR_ALL | {
    "account_login", "account_request_login_code", "account_confirm_login_code", "account_logout", "account_reset_password",
    "account_signup", "enter_demo", "set_language", "health",
}  # fmt: skip
"""Signing in, and one's own account: nothing of the garden stands there."""

MONEY = re.compile(
    r"€|euro|tarif|solidaire|prise en charge|convention|CCAS|quota|participation|non couvert", re.IGNORECASE
)
OF_VEGETABLES = {
    "content",
    "content_live",
    "content_harvest",
    "produce",
    "produce_new",
    "produce_edit",
    "signup",
    "signup_price",
    "workshop",
    "workshop_new",
    "workshop_edit",
    "recipes",
    "recipe",
    "recipe_new",
    "recipes_cards",
    "session_recipes",
}
"""Pages that tell what vegetables, baskets and workshops cost, the same for everybody: there, euros are no secret, the rest is."""

OF_THE_GUIDE = {
    "guide",
    "chapter",
    "chapter_history",
    "templates",
    "template",
    "template_file",
    "guide_pdf",
    "guide_site",
}
"""How such programmes work, in general, with invented figures: words of money are its subject. That it is the same whoever is
supported is held with all the others."""

THREE_WEEKS = MONDAY_AFTER + timedelta(weeks=3)


@pytest.fixture
def place(settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The garden on the day of its first delivery, at a quarter past four: what is printed bears that moment."""
    settings.TODAY = THURSDAY
    monkeypatch.setattr(clock, "now", lambda: datetime(2017, 3, 23, 15, 15, tzinfo=UTC))
    place = a_place()
    Ways.objects.create(garden=place.garden, content_shown=Ways.Shown.PUBLIC, swaps=1)
    GardenLogo.objects.create(garden=place.garden, kind="image/png", content=b"a picture")
    Door.objects.create(garden=place.garden, open=True, words="On cultive ensemble.")
    basket = place.baskets[0]
    show_photo(basket.depot, kind="image/png", content=b"a door", alt="", by=None, at=AT)
    content = Content.objects.create(round=basket.depot.round, size=basket.size, week=WEEK, published_at=AT)
    open_catalogue(place.garden, by=None, at=AT)
    one, other = Produce.objects.filter(garden=place.garden)[:2]
    ContentLine.objects.create(
        content=content, produce=one, milli=1000, unit=one.unit, unit_cents=one.unit_cents, swappable=True
    )
    SwapOffer.objects.create(content=content, produce=other, milli=1000, unit=other.unit)
    for basket in place.baskets[:2]:  # one is supported, the other is not
        Swap.objects.create(basket=basket, away=one, taken=other, at=AT)
    return place


class Readers:
    """Those who do not see money: somebody passing by, a volunteer with the depot's code, a helper of the garden."""

    def __init__(self, place: Place) -> None:
        self.place = place
        depot = place.baskets[0].depot
        self.link, code = open_link(depot, label="Rosa", from_day=THURSDAY, until_day=None, by=None, at=AT)
        self.volunteer = Client()
        self.volunteer.post(reverse("desk:handover_enter"), {"code": code})
        self.all = {"anybody": Client(), "a volunteer": self.volunteer, "a helper": signed_in(place, "helper")}

    def answers(self, names: set[str] | None = None) -> Iterator[tuple[str, str, HttpResponse]]:
        """(name of the address, reader, answer) for each address of the site, or of these names."""
        for route, one in routes():
            if one.name in NOT_OURS or (names is not None and one.name not in names):
                continue
            address = filled(route.replace("<int:link>", str(self.link.pk)), self.place)
            for who, client in self.all.items():
                yield str(one.name), who, client.get(address)  # type: ignore[misc]

    def read(self, names: set[str] = SHARED) -> dict[tuple[str, str], object]:
        """(name of the address, reader) → what is read there."""
        found = {(name, who): content(answer) for name, who, answer in self.answers(names) if answer.status_code == 200}
        if "pot_give" in names:  # a page of a basket that its household left to the common pot
            given = Basket.objects.filter(pk=self.place.baskets[0].pk)
            given.update(state="moved", pot=True)
            found |= {
                (name, who): content(answer)
                for name, who, answer in self.answers({"pot", "pot_give"})
                if answer.status_code == 200
            }
            given.update(state="planned", pot=False)
        return found


def content(answer: Any) -> object:
    """What a person reads of an answer: the text of a PDF, the cells of a workbook, a page without its passing tokens."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers["Content-Type"].partition(";")[0]
    if kind == "application/pdf":
        pdf = PdfReader(io.BytesIO(data))
        return [page.extract_text() for page in pdf.pages], str(pdf.metadata)
    if kind.endswith("spreadsheetml.sheet"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    if kind.startswith("image/png"):
        return data
    if kind == "application/zip" or kind.endswith("wordprocessingml.document"):
        with ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith(".docx")}
    return re.sub(
        r'(csrfmiddlewaretoken" value|name="seen" value|name="code" value|data-csrf)="[^"]*"', r"\1", data.decode()
    )


# --- The registry ---------------------------------------------------------------------------------


def test_every_address_is_either_shared_and_read_here_or_private(place: Place) -> None:
    """A page that is new must join one of the lists at the top of this file: SHARED, PRIVATE or ACTS."""
    names = {str(one.name) for _route, one in routes()} - NOT_OURS
    assert names - SHARED - PRIVATE - ACTS == set(), "say whether it is SHARED, PRIVATE or only ACTS"
    assert (SHARED | PRIVATE | ACTS) - names == set(), "gone from the site: take it off the list"
    assert not SHARED & PRIVATE and not SHARED & ACTS and not PRIVATE & ACTS


def test_what_is_private_opens_to_nobody_who_does_not_see_money(place: Place) -> None:
    opened = [(name, who) for name, who, answer in Readers(place).answers(PRIVATE | ACTS) if answer.status_code == 200]
    assert opened == []


def test_what_is_shared_is_read_here_indeed(place: Place) -> None:
    """Else a surface would be called shared, and its content never compared."""
    unread = SHARED - {name for name, _who in Readers(place).read()}
    assert sorted(unread) == []


# --- The same, to the letter ----------------------------------------------------------------------


def swap(place: Place) -> None:
    """Whoever was supported is not any more, and the others are, by the same agreement; memberships follow."""
    supported = set(Support.objects.values_list("household", flat=True))
    [pattern] = Support.objects.all()[:1]
    Support.objects.all().delete()
    Membership.objects.all().delete()
    for household in Household.objects.filter(garden=place.garden):
        if household.pk not in supported:
            Support.objects.create(
                household=household, agreement=pattern.agreement, tariff=pattern.tariff, from_day=pattern.from_day, until_day=pattern.until_day
            )  # fmt: skip
            Membership.objects.create(
                household=household, kind="solidarity", fee_cents=100, from_day=AT.date(), until_day=None
            )


def nobody_supported() -> None:
    Support.objects.all().delete()
    Membership.objects.all().delete()
    TariffLine.objects.update(member_cents=1)
    Agreement.objects.update(name="Un autre nom", audience="étudiants")


def test_a_basket_that_ends_with_its_support_is_not_told(place: Place) -> None:
    """The last day of a subscription is often that of a support: nobody without money reads it, nor how many are left."""
    readers = Readers(place)
    endless = readers.read()
    Subscription.objects.filter(household__in=Support.objects.values("household")).update(until_day=THREE_WEEKS)
    assert differing(endless, readers.read()) == {}
    page = signed_in(place, "coordinator").get(f"/jardins/{place.garden.code}/foyers/").content.decode()
    assert "arrête" in page


def test_who_paid_their_fee_is_not_told(place: Place) -> None:
    readers = Readers(place)
    joined = members.join(
        place.baskets[0].household, kind="solidarity", fee_cents=500, from_day=AT.date(), until_day=date(2017, 12, 31), paid_on=None,
        by=None, at=AT,
    )  # fmt: skip
    unpaid = readers.read()
    members.note_paid(joined, on=MONDAY_AFTER, by=None, at=AT)
    assert differing(unpaid, readers.read()) == {}


def test_every_shared_surface_is_the_same_whoever_is_supported(place: Place) -> None:
    readers = Readers(place)
    first = readers.read()
    swap(place)
    assert differing(first, readers.read()) == {}, "it tells who is supported"
    nobody_supported()
    assert differing(first, readers.read()) == {}, "it tells how many are supported, or at which tariff"


def differing(
    one: dict[tuple[str, str], object], other: dict[tuple[str, str], object]
) -> dict[tuple[str, str], object]:
    return {key: (one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def test_no_shared_surface_says_a_word_of_money(place: Place) -> None:
    told = {}
    for (name, who), page in Readers(place).read().items():
        text = re.sub(r"<head>.*?</head>|<title>.*?</title>", "", str(page), flags=re.DOTALL)
        found = set(MONEY.findall(text)) - ({"€"} if name in OF_VEGETABLES else set())
        if found and not isinstance(page, bytes) and name not in OF_THE_GUIDE:
            told[name, who] = found
    assert told == {}


def test_papers_show_nobody_s_full_name(place: Place) -> None:
    names = ("Benali", "Durand", "Lévy", "Petit", "Kaya", "Roux")
    read = Readers(place).read(PAPERS_OF_THE_WEEK)
    assert {name for name, _who in read} == PAPERS_OF_THE_WEEK
    assert {key: name for key, page in read.items() for name in names if name in str(page)} == {}


def test_a_closed_week_tells_a_helper_no_more(place: Place) -> None:
    place.mark_all()
    place.close()
    assert not MONEY.search(str(Readers(place).read({"week"})["week", "a helper"]))


# --- The network, and the log ---------------------------------------------------------------------


def test_the_network_reads_no_name(place: Place) -> None:
    place.mark_all()
    place.close()
    client = signed_in(place, "network")
    answers = {route: client.get(filled(route, place)) for route, one in routes() if one.name not in NOT_OURS and "<int:link>" not in route}  # fmt: skip
    answers = {
        route: answer for route, answer in answers.items() if not route.startswith("/guide/")
    }  # "petit" is a word there
    pages = {route: str(content(answer)) for route, answer in answers.items() if answer.status_code == 200}
    names = {member.last_name for member in place.baskets[0].household.members.model.objects.all()}
    assert len(pages) >= 4 and len(names) > 3
    assert {route: name for route, page in pages.items() for name in names if re.search(rf"\b{name}\b", page)} == {}


def test_the_log_names_nobody_and_no_amount(place: Place) -> None:
    from cageot.network.models import LogEvent

    place.mark_all()
    place.close()
    names = [str(member) for member in place.baskets[0].household.members.model.objects.all()]
    for event in LogEvent.objects.all():
        written = f"{event.verb} {event.about} {event.detail}"
        assert not MONEY.search(written)
        assert not any(name in written for name in names)
