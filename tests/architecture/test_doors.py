"""Every address asks who you are, and tells a stranger nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cageot.baskets.content import open_catalogue
from cageot.baskets.models import Produce
from tests.desk import an_exchange
from tests.desk.a_week import AT, MONDAY_AFTER, Place, a_place, a_stranger, signed_in
from tests.guide import a_committee, a_meeting
from tests.workshops.a_workshop import rows_of

PUBLIC = {
    # A meeting of the network, for partners' people; one's own registration, by the link of the confirmation.
    "event_register", "event_calendar", "event_mine", "event_my_certificate",
    "account_login", "account_request_login_code", "account_confirm_login_code", "account_logout", "account_reset_password",
    "account_signup", "enter_demo", "set_language", "health",
    "content_latest", "content_public",  # what the baskets hold, where the garden chose to show it to everybody
    "depots_public", "depot_picture",  # where and when baskets are collected: what a garden puts on its own poster
    "renewal",  # a referrer's own link to one question; any other code opens one calm page
    "referral_code", "referral_form", "referral_follow",  # a referrer's code, or the person's own: any other opens one calm page
    "signup", "signup_price",  # a garden's page for whoever wants a basket, when its door is open
    "signup_place",  # somebody's own page, by their code; any other opens one calm page
    # A volunteer's code instead of an account (decision 0016); without it, one calm page, and files without names.
    "handover_enter", "handover_sheet", "handover_rest", "handover_sync", "handover_worker", "handover_manifest",
    # The doors of the member's space, and the way out.
    "enter", "enter_code", "enter_who", "enter_card", "enter_square", "leave", "refuse",
    # The member's own data: asks for a member who has come in, by its door.
    "data", "data_ask", "data_consent", "my_copy",
    # The member's pages: each leads to that door (tests/space/test_each_their_own.py). A calendar's address is its own secret.
    "my_basket", "baskets", "away", "back", "take_back", "my_depot", "swap", "swap_back", "contribution", "told", "wanted", "me", "details", "calendar",
    "calendar_stop", "feed", "my_workshops", "my_workshop", "my_workshop_file", "my_workshop_leave", "my_opinion", "my_recipes", "my_recipe",
    # A garden's workshops for anybody; somebody's own place by their code, a printed ticket's opinion by its own.
    "workshops_public", "workshops_feed", "session_public", "workshop_public_file", "session_place", "session_opinion", "session_ticket",
}  # fmt: skip
"""What answers before one has come in. Longer only with a reason."""

FOR_ALL = {"home", "acting_mine", "account_set_password", "account_change_password", "account_reauthenticate"}
"""What everybody signed in may open: it shows their own."""
FOR_STAFF = {
    # What gardens tell each other, and what national partners offer.
    "sheets", "sheet_new", "sheet", "sheet_history", "sheet_file", "sheet_also", "sheet_comment", "questions", "question_ask", "question", "question_answer",
    "flag", "digest", "offers", "offer", "offer_take",
    "events", "event", "event_minutes_paper",  # the meetings of the network
    "recipes", "recipe", "recipes_cards", "recipe_new",
    # The guide, and what is found in all of these.
    "guide", "chapter", "chapter_history", "templates", "template", "template_file", "guide_pdf", "guide_site", "search",
}  # fmt: skip
"""What the people of every garden read and write together."""


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address as written, with what answers."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, before + str(one.pattern))
            else:
                yield before + str(one.pattern), one

    return walk(get_resolver().url_patterns, "/")


def test_every_address_asks_for_a_sign_in_but_a_few() -> None:
    public = {one.name for _, one in routes() if not getattr(one.callback, "login_required", True)}
    assert public == PUBLIC


def test_every_address_has_its_own_name() -> None:
    names = [one.name for _, one in routes()]
    assert None not in names
    assert sorted(names) == sorted(set(names))


def _produce(place: Place) -> int:
    """A vegetable of the place: the first address that asks for one lets the garden have its own."""
    open_catalogue(place.garden, by=None, at=AT)
    return Produce.objects.filter(garden=place.garden).order_by("pk").values_list("pk", flat=True)[0]


def filled(route: str, place: Place) -> str:
    """The address of the place's own rows; a kind of address that nobody described here fails."""
    basket = place.baskets[0]
    if route.startswith(("/entraide/", "/offres/")):
        route = route.replace("<slug:what>", "fiche")
        for word, pk in an_exchange.rows_of(place.garden).items():
            route = route.replace(f"<int:{word}>", str(pk))
    number = {
        "/paniers/": basket.pk,
        "/conventions/": place.payer.agreement_id,
        "/derogations/": 1,
        "/argent/financements/": 1,
        "/argent/et-si/": 1,
        "/argent/reglement/": 1,
        f"/jardins/{place.garden.code}/argent/et-si/": 1,
        "/factures/": 1,
        "/paiements/": 1,
        f"/jardins/{place.garden.code}/foyers/": basket.household_id,
        f"/jardins/{place.garden.code}/remise/": 1,
        f"/jardins/{place.garden.code}/orientations/liens/": 1,
        f"/jardins/{place.garden.code}/reglages/tournees/": basket.depot.round_id,
        f"/jardins/{place.garden.code}/reglages/fermetures/": 1,
        f"/jardins/{place.garden.code}/reglages/tailles/": basket.size_id,
        f"/jardins/{place.garden.code}/reglages/depots/": basket.depot_id,
        f"/jardins/{place.garden.code}/demandes/": 1,
        "/partenaires/": place.payer.partner_id,
        "/personnes/": basket.garden.roles.values_list("person", flat=True).first(),
        "/roles/": basket.garden.roles.values_list("pk", flat=True).first(),
        f"/reseau/jardins/{place.garden.code}/etat/": basket.garden.statuses.values_list("pk", flat=True).first(),
    }
    values = {
        "<slug:garden>": place.garden.code, "<week:week>": basket.delivery.week, "<int:delivery>": basket.delivery_id, "<int:depot>": basket.depot_id,
        "<int:basket>": basket.pk, "<int:product>": basket.product_id, "<int:produce>": _produce(place), "<int:price>": basket.size.prices.get().pk,
        "<int:tariff>": place.payer.agreement.tariffs.get().pk, "<int:line>": place.payer.agreement.tariffs.get().lines.get().pk,
        "<int:subscription>": basket.subscription_id, "<int:membership>": 1, "<int:member>": basket.household.members.values_list("pk", flat=True).first(), "<int:support>": basket.household.supports.values_list("pk", flat=True).first(),
        "<payer:payer>": place.payer.partner_id, "<str:form>": "csv", "<slug:edition>": "2017", "<slug:token>": "a-token", "<str:token>": "a-token", "<int:referral>": 1, "<int:role>": 1, "<int:partner>": place.payer.partner_id, "<int:agreement>": place.payer.agreement_id, "<slug:code>": "A-CODE", "<slug:act>": "0f0f", "<int:sign_up>": 1, "<int:fee>": 1, "<int:move>": 1, "<int:ask>": 1, "<slug:data_class>": "household", "<str:code>": "ABCDE-FGHJK", "<int:household>": basket.household_id, "<int:message>": 1, "<int:acting_row>": 1, "<int:call>": 1, "<int:grant>": 1, "<int:step>": 1, "<int:tranche>": 1, "<int:year>": 2017, "<slug:account>": "512", "<int:entry>": 1, "<slug:what>": "balance",
    }  # fmt: skip
    values |= {
        "<slug:recipe>": "soupe-poireau-pomme-de-terre",
        "<slug:chapter>": "tarifs",
        "<slug:paper>": "charter",
        "<slug:step>": "sizes",
        "<int:version>": 1,
    }
    for mark, value in values.items():
        route = route.replace(mark, str(value))
    if "/rencontres/" in route:
        route = route.replace("<str:paper>", "liste")
        for word, number_ in a_meeting.rows_of(place.garden).items():
            route = route.replace(f"<int:{word}>", str(number_))
    if "/pilotage/" in route:
        route = route.replace("<str:paper>", "ordre-du-jour")
        for word, number_ in a_committee.rows_of(place.garden).items():
            route = route.replace(f"<int:{word}>", str(number_))
    if "/ateliers/" in route:
        for word, number_ in rows_of(place.garden).items():
            route = route.replace(f"<int:{word}>", str(number_))
    if "<int:pk>" in route:
        [pk] = [pk for start, pk in number.items() if route.startswith(start)]
        route = route.replace("<int:pk>", str(pk))
    assert "<" not in route, f"say in this test what stands in {route}"
    return route


def knock(client: Client, address: str) -> int:
    """Try to read; where one only writes, try to write."""
    status = client.get(address).status_code
    return client.post(address).status_code if status == 405 else status


@pytest.fixture
def place(settings, db) -> Place:
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    signed_in(place, "coordinator")  # somebody whose page and role a stranger may try
    return place


def asked() -> list[tuple[str, URLPattern]]:
    return [(route, one) for route, one in routes() if one.name not in PUBLIC | FOR_ALL]


def test_nobody_reads_anything_before_coming_in(place: Place) -> None:
    answers = {route: knock(Client(), filled(route, place)) for route, _ in asked()}
    assert {route: status for route, status in answers.items() if status != 302} == {}


def test_somebody_of_another_garden_finds_nothing_at_any_address(place: Place) -> None:
    """Sam coordinates another garden: ours does not exist for Sam, nor do the pages of the network."""
    sam = a_stranger()
    sam.raise_request_exception = False
    answers = {route: knock(sam, filled(route, place)) for route, one in asked() if one.name not in FOR_STAFF}
    assert {route: status for route, status in answers.items() if status != 404} == {}
