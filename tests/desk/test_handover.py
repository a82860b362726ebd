"""Handing over at the depot: a volunteer's link, the list, what a phone sends, the paper sheet; strangers included."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import cageot.core
import cageot.desk
from cageot.baskets import absences, handover
from cageot.baskets import actions as baskets
from cageot.baskets.audit import audit
from cageot.baskets.models import Basket, Depot, DepotLink, HandOver, Ways
from cageot.baskets.rules.handover import follow, root
from cageot.funding.models import Agreement, TariffLine
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.models import LogEvent, Person
from cageot.network.secrets import digest
from tests.desk.a_week import (
    AT,
    FRIDAY,
    MONDAY_AFTER,
    NAMES,
    THURSDAY,
    WEEK,
    Place,
    a_place,
    a_stranger,
    signed_in,
    text_of,
)
from tests.factories import make_basket, make_delivery, make_household

pytestmark = pytest.mark.django_db
FIVE = datetime(2017, 3, 23, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = THURSDAY


@pytest.fixture
def place() -> Place:
    return a_place()


def depot(place: Place, name: str = "Gare") -> Depot:
    return Depot.objects.select_related("garden").get(garden=place.garden, name=name)


def a_link(place: Place, name: str = "Gare", label: str = "Anne", **dates: Any) -> tuple[DepotLink, str]:
    days = {"from_day": date(2017, 3, 1), "until_day": None} | dates
    return handover.open_link(depot(place, name), label=label, **days, by=None, at=AT)


def phone(code: str) -> Client:
    """A volunteer's phone that typed its code."""
    client = Client()
    assert client.post("/depot/", {"code": code}).status_code == 302
    return client


def a_phone(place: Place, label: str = "Anne", **more: Any) -> tuple[Client, DepotLink]:
    link, code = a_link(place, label=label, **more)
    return phone(code), link


def url(link: DepotLink, page: str = "") -> str:
    return f"/depot/{link.pk}/{page}"


def at_the_gare(place: Place) -> list[Basket]:
    return [one for one in place.baskets if one.depot.name == "Gare"]


def state(basket: Basket) -> str:
    return Basket.objects.get(pk=basket.pk).state


def event(
    link: DepotLink, basket: Basket, said: str, after: str | None = None, at: datetime = FIVE, **more: Any
) -> dict[str, Any]:
    key = str(follow(UUID(after) if after else root(basket.pk), said, link.pk))
    return {"basket": basket.pk, "state": said, "after": after, "key": key, "at": at.timestamp() * 1000} | more


def send(client: Client, link: DepotLink, *events: dict[str, Any], sent: datetime = FIVE) -> Any:
    body = {"sent": sent.timestamp() * 1000, "said": list(events)}
    return client.post(url(link, "envoi/"), json.dumps(body), content_type="application/json")


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """It is half past six in the evening of the day."""
    from cageot.core import clock

    def now() -> datetime:
        return datetime(settings.TODAY.year, settings.TODAY.month, settings.TODAY.day, 17, 30, tzinfo=UTC)

    monkeypatch.setattr(clock, "now", now)


# --- The link ---------------------------------------------------------------------------------------


def test_a_coordinator_makes_a_link_shown_once(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    page = lea.post(
        f"/jardins/{place.garden.code}/remise/ajouter/",
        {"label": "Marie", "depot": depot(place).pk, "from_day": "2017-03-01"},
    )
    code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", text_of(page))
    assert code and page.headers["Cache-Control"].count("no-store")
    link = DepotLink.objects.get()
    assert link.digest == digest(code[0]) and code[0] not in str(link.__dict__)
    assert "<svg" in page.content.decode() and f"/depot/#{code[0]}" in page.content.decode()
    listed = lea.get(f"/jardins/{place.garden.code}/remise/")
    assert "Marie Gare depuis le 01/03/2017 jamais ouvert" in text_of(listed)
    assert code[0] not in listed.content.decode()
    phone(code[0])
    assert "Marie Gare depuis le 01/03/2017 23 mars, 18:30 ouvert" in text_of(
        lea.get(f"/jardins/{place.garden.code}/remise/")
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label": ""}, "Pour qui"),
        ({"until_day": "2017-02-01"}, "Le dernier jour vient avant le premier"),
        ({"depot": "999999"}, "Dépôt"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused_in_words(place: Place, wrong: dict[str, str], said: str) -> None:
    data = {"label": "Marie", "depot": depot(place).pk, "from_day": "2017-03-01"} | wrong
    page = text_of(signed_in(place, "coordinator").post(f"/jardins/{place.garden.code}/remise/ajouter/", data))
    assert "à revoir" in page and said in page
    assert not DepotLink.objects.exists()


def test_only_who_edits_the_garden_makes_and_stops_links(place: Place) -> None:
    link, _code = a_link(place)
    sam = a_stranger()
    for client in (signed_in(place, "helper"), signed_in(place, "treasurer"), sam):
        for page in ("remise/", "remise/ajouter/", f"remise/{link.pk}/arreter/"):
            assert client.get(f"/jardins/{place.garden.code}/{page}").status_code == 404
    assert sam.post(f"/jardins/ailleurs/remise/{link.pk}/arreter/").status_code == 404
    assert DepotLink.objects.get().revoked_at is None


def test_the_code_may_be_typed_as_people_type(place: Place) -> None:
    link, code = a_link(place)
    answer = Client().post("/depot/", {"code": f" {code.lower().replace('-', ' ')} "})
    assert answer.headers["Location"] == url(link)
    assert code not in str(answer.headers["Location"])


def test_unknown_ended_and_stopped_links_open_the_same_calm_page(place: Place, settings: Any) -> None:
    ended, ended_code = a_link(place, until_day=date(2017, 3, 22))
    stopped, stopped_code = a_link(place)
    coming, coming_code = a_link(place, from_day=date(2017, 4, 1))
    stopped_phone = phone(stopped_code)
    handover.revoke_link(stopped, by=None, at=FIVE)

    def calm(answer: Any) -> str:
        assert answer.status_code == 404
        return re.sub(r'value="[^"]*"', "", answer.content.decode())

    pages = {
        calm(Client().post("/depot/", {"code": code}))
        for code in (ended_code, stopped_code, coming_code, "AAAA", "", "é\0")
    }
    pages |= {calm(Client().get(url(one))) for one in (ended, stopped, coming)}
    pages |= {calm(stopped_phone.get(url(stopped))), calm(Client().get("/depot/999999/"))}
    assert len(pages) == 1
    assert "Ce lien n’ouvre rien aujourd’hui" in pages.pop()


def test_a_code_opens_its_own_depot_only(place: Place) -> None:
    anne, link = a_phone(place)
    other, _code = a_link(place, "Jardin")
    assert anne.get(url(link)).status_code == 200
    anne.cookies[f"depot-{other.pk}"] = anne.cookies[f"depot-{link.pk}"].value
    assert anne.get(url(other)).status_code == 404
    [basket] = [one for one in place.baskets if one.depot.name == "Jardin"][:1]
    assert send(anne, link, event(link, basket, "collected")).json()["results"] != {}
    assert state(basket) == "planned"


def test_guessing_codes_is_stopped_and_the_right_one_waits_too(place: Place) -> None:
    _link, code = a_link(place)
    client = Client()
    for _try in range(30):
        assert client.post("/depot/", {"code": "WRONG"}).status_code == 404
    assert client.post("/depot/", {"code": code}).status_code == 429


def test_the_cookie_is_for_this_list_alone_and_no_script_reads_it(place: Place) -> None:
    client, link = a_phone(place)
    cookie = client.cookies[f"depot-{link.pk}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (url(link), True, "Lax")


# --- The list -----------------------------------------------------------------------------------------


def test_the_list_names_people_shortly_and_says_how_far_it_is(place: Place) -> None:
    client, link = a_phone(place)
    page = text_of(client.get(url(link)))
    assert "Gare Jeudi 23 mars 0 sur 4" in page
    assert "Amina B. Panier Retiré : Amina B." in page
    for name in NAMES:
        assert name not in page and name.split()[1] not in page


@pytest.mark.parametrize(("names", "shown"), [("number", "n° 100"), ("nickname", "Les Tulipes")])
def test_the_list_follows_the_garden_s_rule_for_names(place: Place, names: str, shown: str) -> None:
    Ways.objects.create(garden=place.garden, names=names)
    Household.objects.filter(number="100").update(nickname="Les Tulipes")
    client, link = a_phone(place)
    assert shown in text_of(client.get(url(link)))


def test_nobody_can_tell_who_is_supported(place: Place) -> None:
    client, link = a_phone(place)

    def seen() -> list[str]:
        pages = [client.get(url(link)), client.get(url(link, "reste/")), client.get(url(link, "envoi/"))]
        pages += [client.get(url(link) + f"?panier={at_the_gare(place)[0].pk}")]
        return [
            re.sub(r'(csrfmiddlewaretoken" value=|name="key" value=)"[^"]*"', "", one.content.decode()) for one in pages
        ]

    before = seen()
    Support.objects.all().delete()
    Membership.objects.all().delete()
    TariffLine.objects.update(member_cents=1)
    Agreement.objects.update(name="Un autre nom")
    Member.objects.update(phone="0254000000", email="x@exemple.fr")
    assert seen() == before
    assert not re.search(r"€|tarif|solidaire|convention|CCAS|02 ?54", " ".join(before))


def test_names_show_from_the_eve_on_and_buttons_on_the_day(place: Place, settings: Any) -> None:
    client, link = a_phone(place)
    settings.TODAY = THURSDAY - timedelta(days=2)
    page = text_of(client.get(url(link)))
    assert "4 paniers seront distribués" in page and "Amina" not in page
    settings.TODAY = THURSDAY - timedelta(days=1)
    eve = client.get(url(link))
    assert "Amina B." in text_of(eve) and "disabled" in eve.content.decode()
    client.post(url(link), {"say": f"{at_the_gare(place)[0].pk} collected "})
    assert state(at_the_gare(place)[0]) == "planned"


def test_a_depot_without_delivery_to_come_says_so(place: Place, settings: Any) -> None:
    client, link = a_phone(place)
    settings.TODAY = date(2017, 12, 24)
    assert "Aucune distribution n’est prévue ici" in text_of(client.get(url(link)))


def test_without_script_each_button_says_and_takes_back(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]

    def press(label: str) -> None:
        page = client.get(url(link)).content.decode()
        [value] = re.findall(rf'<button name="say" value="({basket.pk} \w+ [^"]*)">{label}<', page)
        assert client.post(url(link), {"say": value}).headers["Location"] == url(link) + f"#b{basket.pk}"

    press("Retiré")
    assert state(basket) == "collected"
    assert "1 sur 4" in text_of(client.get(url(link)))
    press("Défaire")
    assert state(basket) == "planned"
    press("Retiré")
    assert state(basket) == "collected"
    assert [row.state for row in HandOver.objects.all()] == ["collected", "planned", "collected"]


def test_a_button_pressed_twice_counts_once(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    for _twice in range(2):
        client.post(url(link), {"say": f"{basket.pk} collected "})
    row = HandOver.objects.get()
    assert (row.link, row.by, row.received_at.hour) == (link, None, 17)


def test_a_basket_is_given_on_to_somebody_of_the_list_or_not(place: Place) -> None:
    client, link = a_phone(place)
    first, second, third, fourth = at_the_gare(place)
    more = text_of(client.get(url(link) + f"?panier={first.pk}"))
    assert "quelqu’un d’autre" in more
    client.post(url(link), {"say": f"{first.pk} given_on ", "to": str(second.household_id)})
    client.post(url(link), {"say": f"{third.pk} given_on ", "to": ""})
    client.post(url(link), {"say": f"{fourth.pk} given_on ", "to": "999999"})
    found = {one.pk: one for one in Basket.objects.filter(state="given_on")}
    assert found[first.pk].given_to_id == second.household_id
    assert found[third.pk].given_to_id is found[fourth.pk].given_to_id is None
    client.post(url(link), {"say": f"{first.pk} planned {follow(root(first.pk), 'given_on', link.pk)}"})
    assert Basket.objects.get(pk=first.pk).given_to is None


def test_a_basket_given_before_the_day_waits_for_who_receives_it(place: Place, settings: Any) -> None:
    """Amina gave hers to the Roux household of the other depot, who now collects at the Gare."""
    basket, luc = at_the_gare(place)[0], next(one for one in place.baskets if one.depot.name == "Jardin").household
    settings.TODAY = THURSDAY - timedelta(days=3)
    absences.give(basket, to=luc, today=settings.TODAY, reason="elle est malade", by=None, at=AT)
    settings.TODAY = THURSDAY
    client, link = a_phone(place)
    page = text_of(client.get(url(link)))
    assert "Amina" not in page
    assert "Retiré : Anna L." in page or "Retiré : Marc P." in page
    for said in ("collected", "given_on"):
        [value] = re.findall(rf'value="({basket.pk} \w+ [^"]*)">Retiré<', client.get(url(link)).content.decode())
        client.post(url(link), {"say": value.replace("collected", said)})
        kept = Basket.objects.get(pk=basket.pk)
        assert (kept.state, kept.given_to) == (said, luc)
        [value] = re.findall(rf'value="({basket.pk} \w+ [^"]*)">Défaire<', client.get(url(link)).content.decode())
        client.post(url(link), {"say": value})
        assert Basket.objects.get(pk=basket.pk).given_to == luc


def without_a_basket(place: Place, number: str, name: str) -> Household:
    """A household of the Gare whose rhythm gives it nothing that week."""
    found = make_household(place.garden, "Noël", number=number)
    Member.objects.filter(household=found).update(first_name=name)
    gare, size = depot(place), at_the_gare(place)[0].size
    baskets.subscribe(found, size=size, depot=gare, frequency="odd", from_day=date(2017, 1, 1), by=None, at=AT)
    return found


def offered(page: str) -> list[str]:
    """Whom the page offers a basket to, in its order."""
    [choice] = re.findall(r'<select name="to">(.*?)</select>', page, re.DOTALL)[:1]
    return re.findall(r"<option[^>]*>([^<]*)</option>", choice)


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("without", ["Zola N.", "Abel N.", "le pot commun du jardin", "Paul D.", "quelqu’un d’autre"]),
        ("pot", ["le pot commun du jardin", "Zola N.", "Abel N.", "Paul D.", "quelqu’un d’autre"]),
        ("anybody", ["quelqu’un d’autre", "Paul D.", "Zola N.", "Abel N.", "le pot commun du jardin"]),
    ],
)
def test_an_unclaimed_basket_goes_to_the_next_by_the_garden_s_rule(place: Place, rule: str, order: list[str]) -> None:
    """Households of the depot without a basket that week, those that were handed the fewest first; by shown names only."""
    Ways.objects.create(garden=place.garden, next_first=rule)
    abel, zola = without_a_basket(place, "901", "Abel"), without_a_basket(place, "902", "Zola")
    before = make_delivery(place.garden, THURSDAY - timedelta(days=14))
    one = at_the_gare(place)[0]
    old = make_basket(one.household, before, one.size, one.depot, "given_on")
    Basket.objects.filter(pk=old.pk).update(given_to=abel)
    client, link = a_phone(place)
    first = at_the_gare(place)[0]
    page = client.get(url(link) + f"?panier={first.pk}").content.decode()
    found = [name for name in offered(page) if name.split()[0] in {"Zola", "Abel", "le", "Paul", "quelqu’un"}]
    assert found == order
    client.post(url(link), {"say": f"{first.pk} given_on ", "to": str(zola.pk)})
    assert Basket.objects.get(pk=first.pk).given_to == zola
    again = client.get(url(link) + f"?panier={at_the_gare(place)[1].pk}").content.decode()
    assert "Zola N." not in offered(again)  # it has a basket now


def test_who_said_to_be_away_is_not_next_and_another_depot_s_household_may_not_be_named(place: Place) -> None:
    client, link = a_phone(place)
    first, second = at_the_gare(place)[:2]
    absences.cancel(Basket.objects.get(pk=second.pk), today=AT.date(), by=None, at=AT)
    names = offered(client.get(url(link) + f"?panier={first.pk}").content.decode())
    assert "Paul D." not in names
    elsewhere = Basket.objects.filter(depot__name="Jardin")[0]
    client.post(url(link), {"say": f"{first.pk} given_on ", "to": str(elsewhere.household_id)})
    kept = Basket.objects.get(pk=first.pk)
    assert (kept.state, kept.given_to, kept.pot) == ("given_on", None, False)


def test_a_basket_goes_to_the_common_pot_from_the_depot_and_comes_back_when_that_was_wrong(place: Place) -> None:
    client, link = a_phone(place)
    first, second = at_the_gare(place)[:2]
    client.post(url(link), {"say": f"{first.pk} given_on ", "to": "0"})
    sent = event(link, second, "given_on") | {"to": 0}
    assert list(send(client, link, sent).json()["results"].values()) == ["done"]
    assert [Basket.objects.get(pk=one.pk).pot for one in (first, second)] == [True, True]
    client.post(url(link), {"say": f"{first.pk} planned {follow(root(first.pk), 'given_on', link.pk)}"})
    assert Basket.objects.get(pk=first.pk).pot is False
    baskets.mark(place.garden, {second.pk: "collected"}, by=None, at=FIVE)
    kept = Basket.objects.get(pk=second.pk)
    assert (kept.state, kept.pot, kept.given_to) == ("collected", False, None)


def test_what_was_postponed_to_the_pot_stays_there(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    absences.give(basket, to=None, today=AT.date(), by=None, at=AT)
    send(client, link, event(link, basket, "unclaimed"))
    kept = Basket.objects.get(pk=basket.pk)
    assert (kept.state, kept.pot) == ("moved", True)


def test_the_garden_says_to_whom_unclaimed_baskets_go(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    where = f"/jardins/{place.garden.code}/remise/paniers-non-retires/"
    assert "À qui d’abord" in text_of(lea.get(where))
    lea.post(where, {"next_in_line": "on", "next_first": "pot"})
    ways = Ways.objects.get(garden=place.garden)
    assert (ways.next_in_line, ways.next_first) == (True, "pot")
    assert lea.post(where, {"next_first": "moi"}).status_code == 200
    lea.post(where, {"next_first": "pot"})
    assert Ways.objects.get(garden=place.garden).next_in_line is False
    for client in (signed_in(place, "helper"), signed_in(place, "treasurer"), a_stranger()):
        assert client.get(where).status_code == 404


# --- Who said what, and when ------------------------------------------------------------------------


def test_each_thing_said_at_the_desk_is_kept_with_who_and_when(place: Place) -> None:
    signed_in(place, "coordinator")
    person = Person.objects.get(login__email="lea@exemple.fr")
    first = at_the_gare(place)[0]
    for minute, said in enumerate(("collected", "planned", "collected")):
        baskets.mark(place.garden, {first.pk: said}, by=person, at=FIVE + timedelta(minutes=minute))
    baskets.mark(place.garden, {first.pk: "collected"}, by=None, at=FIVE + timedelta(hours=1))  # nothing new
    rows = HandOver.objects.filter(basket=first)
    assert [(row.state, row.by, row.said_at.minute) for row in rows] == [
        ("collected", person, FIVE.minute), ("planned", person, FIVE.minute + 1), ("collected", person, FIVE.minute + 2),
    ]  # fmt: skip


def test_marking_all_the_rest_keeps_who_said_it_of_each(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    delivery = at_the_gare(place)[0].delivery_id
    lea.post(reverse("desk:mark_rest", args=[place.garden.code, WEEK, delivery]))
    rows = HandOver.objects.filter(basket__delivery=delivery)
    assert {(row.state, str(row.by)) for row in rows} == {("collected", "Léa Martin")}
    assert rows.count() == len(at_the_gare(place))


def test_the_basket_s_page_tells_who_said_what_and_when(place: Place) -> None:
    client, link = a_phone(place, "Rosa")
    first, second = at_the_gare(place)[:2]
    client.post(url(link), {"say": f"{first.pk} given_on ", "to": str(second.household_id)})
    client.post(url(link), {"say": f"{first.pk} note", "note": "Prévenue", "key": str(uuid4())})
    lea = signed_in(place, "coordinator")
    where = reverse("desk:household_basket", args=[place.garden.code, first.household_id, first.pk])
    page = text_of(lea.get(where))
    assert "donné à Paul D." in page
    assert "noté « donné » jeudi 23 mars 2017" in page
    assert "Rosa, au dépôt" in page
    assert "mot : « Prévenue »" in page
    baskets.mark(place.garden, {first.pk: "collected"}, by=Person.objects.get(login__email="lea@exemple.fr"), at=FIVE)
    absences.cancel(Basket.objects.get(pk=second.pk), today=AT.date(), by=None, at=FIVE)
    assert "noté « retiré » jeudi 23 mars 2017, 17:00, Léa Martin" in text_of(lea.get(where))
    other = reverse("desk:household_basket", args=[place.garden.code, second.household_id, second.pk])
    assert "Un panier annulé jeudi 23 mars 2017, 17:00, le jardin" in text_of(lea.get(other))


def test_a_desk_s_word_and_a_volunteer_s_stay_one_tree(place: Place) -> None:
    """What the desk marked is named as a volunteer's page names it, so that who answers it replaces it."""
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    baskets.mark(place.garden, {basket.pk: "unclaimed"}, by=None, at=FIVE)
    [[_pk, shown, head, _note]] = client.get(url(link, "envoi/")).json()["rows"]
    assert (shown, head) == ("unclaimed", str(follow(root(basket.pk), "unclaimed", 0)))
    send(client, link, event(link, basket, "planned", after=head))
    assert state(basket) == "planned"


def test_a_garden_that_does_not_give_on_has_no_such_button(place: Place) -> None:
    Ways.objects.create(garden=place.garden, next_in_line=False)
    client, link = a_phone(place)
    page = client.get(url(link) + f"?panier={at_the_gare(place)[0].pk}").content.decode()
    assert "Panier donné" not in page


def test_a_note_is_kept_replaced_and_taken_away(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    for text, shown in (("Passe demain <b>", "Passe demain &lt;b&gt;"), ("A appelé", "A appelé"), ("", "<q></q>")):
        client.post(url(link), {"say": f"{basket.pk} note", "note": text, "key": str(uuid4())})
        HandOver.objects.filter(said_at__gt=FIVE).update(said_at=FIVE - timedelta(minutes=9 - HandOver.objects.count()))
        [line] = re.findall(rf'<li id="b{basket.pk}".*?</li>', client.get(url(link)).content.decode())
        assert shown in line
    assert state(basket) == "planned"
    assert HandOver.objects.count() == 3


def test_all_the_rest_did_not_come_once_confirmed(place: Place) -> None:
    client, link = a_phone(place)
    first, *others = at_the_gare(place)
    client.post(url(link), {"say": f"{first.pk} collected "})
    assert "3 paniers de Gare seront notés « non retiré »" in text_of(client.get(url(link, "reste/")))
    client.post(url(link, "reste/"))
    assert [state(one) for one in (first, *others)] == ["collected", *["unclaimed"] * 3]
    assert "Tous les paniers sont notés" in text_of(client.get(url(link)))
    assert "Il ne reste personne" in text_of(client.get(url(link, "reste/")))


@pytest.mark.parametrize(
    "said", ["", "x", "12", "12 eaten ", "999999 collected ", "12 collected not-a-key", "12 cancelled ", "² collected "]
)
def test_what_no_button_says_changes_nothing(place: Place, said: str) -> None:
    client, link = a_phone(place)
    assert client.post(url(link), {"say": said}).status_code == 302
    assert {one.state for one in place.baskets} == {"planned"}
    assert not HandOver.objects.exists()


# --- What a phone sends ---------------------------------------------------------------------------------


def test_what_is_sent_twice_counts_once(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    said = event(link, basket, "collected")
    first = send(client, link, said, said).json()
    again = send(client, link, said).json()
    assert first["results"] == again["results"] == {said["key"]: "done"}
    assert again["rows"] == [[basket.pk, "collected", said["key"], ""]]
    assert HandOver.objects.count() == 1


def test_two_phones_that_tick_the_same_name_agree(place: Place) -> None:
    (anne, link), (ben, other) = a_phone(place), a_phone(place, "Ben")
    basket = at_the_gare(place)[0]
    assert set(send(anne, link, event(link, basket, "collected")).json()["results"].values()) == {"done"}
    assert set(send(ben, other, event(other, basket, "collected")).json()["results"].values()) == {"done"}
    assert state(basket) == "collected"
    assert {row.link for row in HandOver.objects.all()} == {link, other}


@pytest.mark.parametrize("first", ["anne", "ben"])
def test_somebody_came_wins_over_nobody_came_and_is_told(place: Place, first: str) -> None:
    (anne, link), (ben, other) = a_phone(place), a_phone(place, "Ben")
    basket = at_the_gare(place)[0]
    came = lambda: send(anne, link, event(link, basket, "collected"))  # noqa: E731
    nobody = lambda: send(ben, other, event(other, basket, "unclaimed", at=FIVE + timedelta(hours=1)))  # noqa: E731
    answers = [one().json() for one in ((came, nobody) if first == "anne" else (nobody, came))]
    assert state(basket) == "collected"
    assert list(answers[-1]["results"].values()) == (["overruled"] if first == "anne" else ["done"])
    page = text_of(signed_in(place, "helper").get(place.url("remise/")))
    assert "Amina B. · Gare dit « non retiré », noté « retiré » Ben, jeudi 23 mars, 18:00" in page


def test_who_saw_what_stood_corrects_it(place: Place) -> None:
    (anne, link), (ben, other) = a_phone(place), a_phone(place, "Ben")
    basket = at_the_gare(place)[0]
    ticked = event(link, basket, "collected")
    send(anne, link, ticked)
    [[_pk, _state, head, _note]] = ben.get(url(other, "envoi/")).json()["rows"]
    send(ben, other, event(other, basket, "unclaimed", after=head))
    assert state(basket) == "unclaimed"


def test_what_the_desk_said_meanwhile_yields_to_what_happened(place: Place) -> None:
    client, link = a_phone(place)
    first, second = at_the_gare(place)[:2]
    baskets.mark(place.garden, {first.pk: "cancelled", second.pk: "collected"}, by=None, at=FIVE)
    answer = send(client, link, event(link, first, "collected"), event(link, second, "unclaimed")).json()
    assert list(answer["results"].values()) == ["done", "overruled"]
    assert (state(first), state(second)) == ("collected", "collected")


def test_a_desk_correction_stands_against_what_is_sent_again(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    ticked = event(link, basket, "collected")
    send(client, link, ticked)
    baskets.mark(place.garden, {basket.pk: "unclaimed"}, by=None, at=FIVE)
    answer = send(client, link, ticked).json()
    assert state(basket) == "unclaimed"
    [[_pk, shown, head, _note]] = answer["rows"]
    assert shown == "unclaimed"
    send(client, link, event(link, basket, "planned", after=head))
    assert state(basket) == "planned"


def test_a_postponed_basket_already_taken_back_is_not_had_twice(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    baskets.mark(place.garden, {basket.pk: "moved"}, by=None, at=FIVE)
    assert list(send(client, link, event(link, basket, "collected")).json()["results"].values()) == ["done"]
    other = at_the_gare(place)[1]
    baskets.mark(place.garden, {other.pk: "moved"}, by=None, at=FIVE)
    again = Basket.objects.get(pk=other.pk)
    again.pk, again.kind, again.copy, again.origin_id, again.state = None, "taken_back", 1, other.pk, "planned"
    again.save()
    assert list(send(client, link, event(link, other, "collected")).json()["results"].values()) == ["overruled"]
    assert state(other) == "moved"


def test_a_week_closed_meanwhile_keeps_the_record_without_effect(place: Place, settings: Any) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    settings.TODAY = MONDAY_AFTER
    place.mark(unclaimed=1)
    place.mark_all()
    place.close()
    said = event(link, basket, "collected")
    assert send(client, link, said, sent=FIVE).json()["results"] == {said["key"]: "closed"}
    assert state(basket) == "unclaimed"
    row = HandOver.objects.get(link=link)
    assert row.overruled and row.said_at == FIVE
    assert list(audit()) == []
    page = text_of(signed_in(place, "coordinator").get(place.url("remise/")))
    assert "dit « retiré », noté « non retiré » Anne, jeudi 23 mars, 17:00" in page
    client.post(url(link), {"say": f"{basket.pk} collected "})
    assert state(basket) == "unclaimed"


def test_what_was_said_before_the_link_ended_still_arrives(place: Place, settings: Any) -> None:
    client, link = a_phone(place, until_day=THURSDAY)
    settings.TODAY = FRIDAY
    basket = at_the_gare(place)[0]
    answer = send(client, link, event(link, basket, "collected"))
    assert answer.status_code == 404
    assert set(answer.json()) == {"results"}
    assert state(basket) == "collected"


def test_a_stopped_link_changes_nothing_but_nothing_is_lost(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    handover.revoke_link(link, by=None, at=FIVE)
    answer = send(client, link, event(link, basket, "collected"))
    assert (answer.status_code, list(answer.json()["results"].values())) == (404, ["gone"])
    assert state(basket) == "planned"
    assert "dit « retiré », noté « prévu » Anne" in text_of(signed_in(place, "helper").get(place.url("remise/")))


def test_a_link_stopped_long_ago_delivers_nothing(place: Place, settings: Any) -> None:
    client, link = a_phone(place)
    handover.revoke_link(link, by=None, at=FIVE)
    settings.TODAY = THURSDAY + timedelta(days=9)
    assert send(client, link, event(link, at_the_gare(place)[0], "collected")).json() == {"results": {}}
    assert not HandOver.objects.exists()


@pytest.mark.parametrize("hours", [-9000, -3, 3, 9000])
def test_a_wrong_clock_is_put_right(place: Place, hours: int) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    off = timedelta(hours=hours)
    send(client, link, event(link, basket, "collected", at=FIVE + off), sent=FIVE + timedelta(minutes=90) + off)
    said = HandOver.objects.get()
    assert state(basket) == "collected"
    assert said.said_at.date() == THURSDAY and said.said_at <= said.received_at
    if hours > 0:
        assert said.said_at == FIVE


def test_a_name_that_does_not_follow_is_not_taken(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    forged = event(link, basket, "collected") | {"key": str(uuid4())}
    assert list(send(client, link, forged).json()["results"].values()) == ["unknown"]
    assert state(basket) == "planned"


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "{}", '{"sent": 1}', '{"sent": "x", "said": []}', '{"sent": 1e300, "said": []}', '{"sent": NaN, "said": []}',
     '{"sent": 1, "said": {}}', '{"sent": 1, "said": [1]}', '{"sent": 1, "said": [{"basket": "1"}]}', "[" * 100_000, '{"sent": 1, "said": [null]}',
     '{"sent": 1, "said": [{"basket": true, "at": 1, "key": "x"}]}', "\x00", '{"sent":1,"said":[{"basket":99999999999999999999999,"at":1,"key":"a"}]}'],
)  # fmt: skip
def test_malformed_sendings_are_refused_whole(place: Place, body: str) -> None:
    client, link = a_phone(place)
    assert client.post(url(link, "envoi/"), body, content_type="application/json").status_code == 400
    assert not HandOver.objects.exists()


def test_more_events_than_a_sending_may_hold_are_refused(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    many = [{"basket": basket.pk, "at": 1, "key": str(uuid4()), "note": "x"} for _one in range(201)]
    assert send(client, link, *many).status_code == 400
    assert send(client, link, *many[:200]).status_code == 200
    assert HandOver.objects.count() == 200


def test_a_phone_that_sends_without_end_is_slowed_down(place: Place) -> None:
    client, link = a_phone(place)
    answers = [client.get(url(link, "envoi/")).status_code for _one in range(121)]
    assert answers[-2:] == [200, 429]


def test_sending_needs_the_token_and_the_code(place: Place) -> None:
    client, link = a_phone(place)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert send(strict, link).status_code == 403
    assert send(Client(), link).status_code == 404


def test_a_note_in_any_script_is_one_short_line(place: Place) -> None:
    client, link = a_phone(place)
    basket = at_the_gare(place)[0]
    note = {
        "basket": basket.pk,
        "at": FIVE.timestamp() * 1000,
        "key": str(uuid4()),
        "note": "a\x00\n محمد " + "é" * 300,
    }
    assert list(send(client, link, note).json()["results"].values()) == ["done"]
    kept = HandOver.objects.get().note
    assert kept.startswith("a محمد é") and len(kept) == 200


def test_addresses_and_the_log_hold_no_code_and_no_name(place: Place) -> None:
    link, code = a_link(place)
    client = phone(code)
    pages = [client.get(url(link)), client.get("/depot/sw.js"), client.get(url(link, "manifeste.json"))]
    addresses = " ".join(
        re.findall(r'(?:href|src|action|"start_url")[=:]\s*"([^"]*)"', " ".join(one.content.decode() for one in pages))
    )
    assert code not in addresses and digest(code) not in addresses and "Amina" not in addresses
    log = " ".join(f"{one.verb} {one.about} {one.detail}" for one in LogEvent.objects.all())
    assert code not in log and "Anne" not in log


def test_the_worker_and_the_manifest_tell_nothing(place: Place) -> None:
    manifest = Client().get("/depot/5/manifeste.json")
    assert json.loads(manifest.content)["start_url"] == "/depot/5/"
    worker = Client().get("/depot/sw.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    assert "desk/handover.css" in worker.content.decode()


# --- On paper ---------------------------------------------------------------------------------------------


def sheet_url(place: Place, name: str = "Gare") -> str:
    basket = at_the_gare(place)[0]
    return place.url(f"remise/{basket.delivery_id}/{depot(place, name).pk}/")


def test_a_paper_sheet_is_entered_all_but_some(place: Place) -> None:
    helene = signed_in(place, "helper")
    first, second, *others = at_the_gare(place)
    assert "4 paniers à noter, tous retirés sauf… " in text_of(helene.get(sheet_url(place)))
    answer = helene.post(
        sheet_url(place),
        {f"b{first.pk}": "unclaimed", f"b{second.pk}": "given_on", **{f"b{one.pk}": "" for one in others}},
        follow=True,
    )
    assert "Gare : 4 paniers notés, dont 2 qui n’ont pas été retirés." in text_of(answer)
    assert [state(one) for one in (first, second, *others)] == ["unclaimed", "given_on", "collected", "collected"]
    assert {row.by and row.by.first_name for row in HandOver.objects.all()} == {"Hélène"}
    assert {one.state for one in place.baskets if one.depot.name == "Jardin"} == {"planned"}


def test_what_a_phone_said_meanwhile_stays_when_the_paper_is_entered(place: Place) -> None:
    client, link = a_phone(place)
    first, *others = at_the_gare(place)
    send(client, link, event(link, first, "given_on"))
    answer = signed_in(place, "helper").post(
        sheet_url(place), {f"b{one.pk}": "" for one in (first, *others)}, follow=True
    )
    assert "1 panier avait été noté entre-temps" in text_of(answer)
    assert state(first) == "given_on"


def test_a_paper_sheet_of_a_closed_week_writes_nothing(place: Place, settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    helene = signed_in(place, "helper")
    basket = at_the_gare(place)[0]
    place.mark_all()
    place.close()
    answer = helene.post(sheet_url(place), {f"b{basket.pk}": "unclaimed"}, follow=True)
    assert "rien n’a été noté" in text_of(answer)
    assert state(basket) == "collected"


def test_a_sheet_of_a_day_to_come_or_of_others_is_not_there(place: Place, settings: Any) -> None:
    assert a_stranger().get(sheet_url(place)).status_code == 404
    assert signed_in(place, "treasurer").get(sheet_url(place)).status_code == 404
    settings.TODAY = THURSDAY - timedelta(days=1)
    assert signed_in(place, "helper").get(sheet_url(place)).status_code == 404


def test_the_counts_feed_the_close(place: Place, settings: Any) -> None:
    client, link = a_phone(place)
    for one in at_the_gare(place):
        send(client, link, event(link, one, "collected"))
    settings.TODAY = MONDAY_AFTER
    place.mark_all()
    assert place.close().solidarity_baskets == 3


# --- Cost, and the look -----------------------------------------------------------------------------------


def test_pages_cost_the_same_queries_with_three_and_thirty_names() -> None:
    counts = []
    for households, code in ((4, "petit"), (40, "grand")):
        place = a_place(households, code=code)
        client, link = a_phone(place)
        lea = signed_in(place, "coordinator")
        some = at_the_gare(place)
        pages = [
            (client, url(link)),
            (client, url(link, "envoi/")),
            (lea, place.url("remise/")),
            (lea, sheet_url(place)),
        ]
        lea.get(sheet_url(place))
        with CaptureQueriesContext(connection) as sending:
            send(client, link, *[event(link, one, "collected") for one in some])
        asked = [len(sending)]
        for who, page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert who.get(page).status_code == 200
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def test_the_list_has_the_colours_of_the_house() -> None:
    """It has a sheet of its own, for its weight; the tokens are the same."""

    def tokens(path: Path) -> dict[str, str]:
        return dict(re.findall(r"--([a-z-]+): (light-dark\([^)]*\)|#\w{6})", path.read_text()))

    house = Path(cageot.core.__file__).parent / "static/core/cageot.css"
    ours = tokens(Path(cageot.desk.__file__).parent / "static/desk/handover.css")
    assert len(ours) > 12
    assert ours.items() <= tokens(house).items()
