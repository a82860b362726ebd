"""Every address, asked by every role, for its own garden's things and for another's: what the site answers is docs/access.md.

Two gardens are played side by side. Everybody below is of the first one; the second one's people bear an unmistakable
name, which nobody else may ever read. `bin/registers access` writes the page anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cageot.baskets.handover import open_link
from cageot.baskets.models import DepotPause, Door, SignUp, Ways
from cageot.baskets.places import show_photo
from cageot.funding import journal
from cageot.funding.actions.books import take_turn
from cageot.funding.models import (
    CapExemption,
    Claim,
    Entity,
    Fund,
    GrantApplication,
    GrantCall,
    Payment,
    SavedScenario,
    Tranche,
)
from cageot.members.models import (
    Acting,
    DataRequest,
    Household,
    Member,
    Membership,
    MembershipFee,
    Referral,
    ReferralLink,
)
from cageot.network.models import GardenLogo, Message, Partner, Person
from tests.architecture.test_doors import FOR_ALL, FOR_STAFF, PUBLIC, filled, routes
from tests.desk.a_week import AT, CAST, MONDAY_AFTER, Place, a_place, signed_in
from tests.desk.claim_texts import a_text
from tests.members.a_full_base import dump, make

pytestmark = pytest.mark.slow
PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
THEIRS, OURS = "ZQXJ7", "WKVY3"
STAFF = ["referrer", "helper", "treasurer", "coordinator", "auditor", "funder", "network"]
ROLES = ["anybody", "volunteer", "member", *STAFF]
ENDS_A_VISIT = {"account_logout", "leave", "set_language", "enter_demo"}
"""What one does not do in the middle of a visit: it is only said that it acts."""
SAID = {
    "household_consent": {"kind": "news", "give": "1"}, "data_consent": {"kind": "news", "give": "1"},
    "data_ask": {"kind": "correction", "words": "x"},
}  # fmt: skip
"""What is sent to addresses that answer an empty form as if they were not there."""
OPENS_TO_ALL = PUBLIC | FOR_ALL
SHUT = {"·", "sign-in"}
NAMELESS = ["anybody", "funder", "network"]
"""Who reads the full name of no household, not even of the first garden."""


class World:
    """Two gardens, and somebody of each role in the first."""

    def __init__(self) -> None:
        self.ours, self.theirs = a_place(), a_place(code="ailleurs")
        other = Partner.objects.create(name="CCAS d’ailleurs", kind="ccas", funds=True, refers=True)
        agreement = self.theirs.payer.agreement
        agreement.partner = other
        agreement.save(update_fields=["partner"])
        agreement.payers.update(partner=other)
        self.theirs.payer.refresh_from_db()
        Partner.objects.update(funds=True, refers=True)
        self.rows = {
            place.garden.code: self._things(place, mark) for place, mark in ((self.theirs, THEIRS), (self.ours, OURS))
        }
        self.clients = {role: self._somebody(role) for role in ROLES}

    def _things(self, place: Place, mark: str) -> dict[str, int]:
        """One row of each kind that an address names, in a garden whose households bear a mark."""
        garden, basket = place.garden, place.baskets[0]
        Member.objects.filter(household__garden=garden).update(last_name=mark, search=mark.lower())
        Household.objects.filter(garden=garden).update(address=mark)
        Ways.objects.update_or_create(garden=garden, defaults={"content_shown": Ways.Shown.PUBLIC})
        Door.objects.update_or_create(garden=garden, defaults={"open": True})
        common = {"garden": garden, "partner": place.payer.partner, "agreement": place.payer.agreement}
        referral = make(
            Referral, **common, state="sent", link=None, first_name="Rania", last_name="" if mark == OURS else mark
        )
        sign_up = make(
            SignUp, garden=garden, state="asked", ended="", last_name=mark, size=basket.size, depot=basket.depot
        )
        message = make(
            Message,
            garden=garden,
            about=f"members.household:{basket.household_id}",
            to=mark,
            body=mark,
            state="waiting",
            sent_at=None,
        )
        asked = make(DataRequest, household=basket.household, kind="correction", words=mark, state="open")
        GardenLogo.objects.update_or_create(
            garden=garden, defaults={"kind": "image/png", "content": b"a picture", "digest": "d"}
        )
        show_photo(basket.depot, kind="image/png", content=b"a door", alt="", by=None, at=AT)
        fee = make(MembershipFee, garden=garden, kind="ordinary")
        membership = make(Membership, household=basket.household, kind="ordinary", paid_on=None)
        acting = make(Acting, member=basket.household.members.get(), person=make(Person), until_day=None)
        exemption = make(
            CapExemption,
            agreement=place.payer.agreement,
            status="asked",
            max_member_bp=4000,
            decided_by=None,
            decided_on=None,
        )
        other = garden.depots.exclude(pk=basket.depot_id)[0]
        pause = make(
            DepotPause, depot=basket.depot, replacement=other, from_day=date(2017, 4, 1), until_day=date(2017, 4, 30)
        )
        way_in = make(ReferralLink, **common, label=mark, reach="")
        link, self.code = open_link(
            basket.depot, label="Rosa", from_day=date(2017, 3, 1), until_day=None, by=None, at=AT
        )
        entity = journal.entity_of(garden)
        asked_for = make(
            Claim, entity=entity, year=2017, sequence=1, number="2017-0001", kind="invoice", partner=place.payer.partner,
            agreement=place.payer.agreement, tranche=None, corrects=None, total_cents=5040, paid_cents=0, advance_cents=0,
            credited_cents=0, state="sent", text=a_text(), from_day=date(2017, 1, 1), until_day=date(2017, 3, 31),
        )  # fmt: skip
        paid = make(Payment, entity=entity, partner=place.payer.partner, cents=5040, means="transfer")
        fund = make(
            Fund, name=f"Financement {garden.code}", kind="box", source="own", partner=None, entity=entity, cap_cents=None, share_bp=None,
            match_bp=None, ended_on=None, ended_because="", territories=[], audiences=[], affiliations=[],
        )  # fmt: skip
        days = {"from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31)}
        tranche = make(
            Tranche, fund=fund, label="2017", **days, promised_cents=10_000, notified_cents=10_000, notified_on=date(2017, 1, 10),
            refused_on=None, refused_because="", quota_baskets=None,
        )  # fmt: skip
        call = make(
            GrantCall, name=f"Appel {garden.code}", tranche=tranche, opens_on=date(2017, 1, 1), closes_on=date(2017, 12, 1), **days, envelope_cents=5_000
        )  # fmt: skip
        grant = make(
            GrantApplication, call=call, garden=garden, project="Un projet", state="granted", granted_cents=2_000, decided_on=date(2017, 2, 1),
            sent_on=date(2017, 1, 20), decision="", stopped_on=None, stopped_because="",
        )  # fmt: skip
        kept = make(SavedScenario, name=f"Scénario {garden.code}", entity=entity, moves={}, result={})
        entry = self._written(entity, garden.pk)
        self._written(journal.head(), garden.pk)
        return {
            "/argent/financements/tranches/<int:pk>": tranche.pk, "/argent/financements/<int:pk>": fund.pk, "<int:tranche>": tranche.pk,
            "<int:call>": call.pk, "<int:grant>": grant.pk, "/argent/et-si/<int:pk>": kept.pk, "<int:entry>": entry,
            "/factures/<int:pk>": asked_for.pk, "/paiements/<int:pk>": paid.pk,
            "<int:fee>": fee.pk, "<int:membership>": membership.pk, "<int:acting_row>": acting.pk, "/derogations/<int:pk>": exemption.pk,
            f"/jardins/{garden.code}/reglages/fermetures/<int:pk>": pause.pk,
            "<int:referral>": referral.pk, "<int:sign_up>": sign_up.pk, "<int:message>": message.pk, "<int:link>": link.pk,
            f"/jardins/{garden.code}/demandes/<int:pk>": asked.pk, f"/jardins/{garden.code}/remise/<int:pk>": link.pk,
            f"/jardins/{garden.code}/orientations/liens/<int:pk>": way_in.pk,
        }  # fmt: skip

    @staticmethod
    def _written(entity: Entity, garden: int) -> int:
        """A line of the accountant's books, of 2017."""
        take_turn()
        lines = [journal.Line("512", 1_000, garden=garden), journal.Line("7541", -1_000, garden=garden)]
        entry = journal.write(
            entity, journal="OD", day=date(2017, 3, 1), label="Un don", piece="D-1", lines=lines, event=journal.Event("sweep", garden), by=None, at=AT
        )  # fmt: skip
        assert entry
        return entry.pk

    def _somebody(self, role: str) -> Client:
        client = signed_in(self.ours, role) if role in CAST else Client()
        if role == "volunteer":
            client.post(reverse("desk:handover_enter"), {"code": self.code})
        if role == "member":
            session = client.session
            session["member"] = {"pk": self.ours.baskets[0].household.members.get().pk, "way": "mail", "acting": None}
            session.save()
        client.raise_request_exception = False
        return client

    def address(self, route: str, place: Place) -> str:
        """The address of that place's own things."""
        route = route.replace("<slug:garden>", place.garden.code)
        for mark, pk in self.rows[place.garden.code].items():
            route = route.replace(mark, f"{mark.partition('<')[0]}{pk}")
        return filled(route.replace("copie.<str:form>", "copie.json"), place)

    def ask(self, role: str, name: str, address: str) -> tuple[str, HttpResponse]:
        """What one role is answered: reads, acts, leads on, sign-in, · (it does not exist). Nothing that is done stays."""
        client = self.clients[role]
        kept = client.cookies.copy()
        with transaction.atomic():
            answer: Any = client.get(address)
            acts = answer.status_code == 405
            if acts and name not in ENDS_A_VISIT:
                answer = client.post(address, SAID.get(name, {}))
            word = "acts" if acts and name in ENDS_A_VISIT else _word(answer, acts)
            transaction.set_rollback(True)
        client.cookies = kept
        return word, answer


def _word(answer: Any, acts: bool) -> str:
    status = answer.status_code
    if status == 404:
        return "·"
    if status in (301, 302):
        to = answer.headers["Location"]
        if to.startswith((reverse("account_login"), reverse("space:enter"))):
            return "sign-in"
        return "acts" if acts else "leads on"
    if status in (200, 400, 403, 409, 410, 422, 429):
        return "acts" if acts else "reads" if status == 200 else "·" if status in (403, 410) else "asks"
    return str(status)


def body(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode("utf-8", "replace")


@pytest.fixture
def world(settings, db) -> World:
    settings.TODAY = MONDAY_AFTER
    return World()


def asked() -> Iterator[tuple[str, str]]:
    for route, one in routes():
        yield str(one.name), route


def test_every_address_answers_each_role_as_printed_and_nobody_reads_another_garden(world: World) -> None:
    rows, leaks, opened, broken = [], [], [], []
    for name, route in asked():
        ours, theirs = world.address(route, world.ours), world.address(route, world.theirs)
        words = {}
        for role in ROLES:
            words[role], answer = world.ask(role, name, ours)
            text = body(answer)
            if role != "network" and THEIRS in text:
                leaks.append(f"{role} reads the other garden’s people at {route}")
            if role in NAMELESS and OURS in text:
                leaks.append(f"{role} reads a name at {route}")
            if words[role].isdigit():
                broken.append(f"{role} {route}: {words[role]}")
        foreign = []
        if theirs != ours:
            for role in ROLES:
                word, answer = world.ask(role, name, theirs)
                if THEIRS in body(answer):
                    leaks.append(f"{role} reads the other garden’s people at {theirs}")
                if word not in SHUT:
                    foreign.append(role)
            outsiders = [role for role in foreign if role != "network"]
            if outsiders and name not in OPENS_TO_ALL | FOR_STAFF:
                opened.append(f"{route} opens to {', '.join(outsiders)} of another garden")
        rows.append((name, route, words, foreign if theirs != ours else None))
    assert broken == []
    assert leaks == []
    assert opened == []
    page = printed(rows)
    if os.environ.get("CAGEOT_WRITE_ACCESS"):
        PAGE.write_text(page)
    if connection.vendor == "sqlite":
        assert page == PAGE.read_text(), "docs/access.md is not what the site answers: bin/registers access"


def printed(rows: list[tuple[str, str, dict[str, str], list[str] | None]]) -> str:
    head = (
        "# Who sees what\n\n"
        "Written by `bin/registers access`: every address, really asked by somebody of each role, for the things of their own garden,\n"
        "then for those of another garden. `tests/architecture/test_who_sees_what.py` asks again and fails when the site answers otherwise.\n\n"
        "**reads**: a page or a file. **acts**: it only writes. **leads on**: to another page. **asks**: it wants more to answer.\n"
        "**sign-in**: it asks who one is. **·**: it does not exist for them (404). *Elsewhere*: who is answered about another garden.\n"
        "A volunteer comes in by a depot’s link, a member by a code or a card; the auditor reads until a day; a funder reads\n"
        "figures of its partner, small groups folded; the network reads all gardens, and the name of no household.\n\n"
    )
    columns = ["address", *ROLES, "elsewhere"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for name, route, words, foreign in sorted(rows, key=lambda row: (row[1], row[0])):
        where = (
            "—" if foreign is None else "everybody" if len(foreign) == len(ROLES) else ", ".join(foreign) or "nobody"
        )
        shown = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        lines.append(f"| `{shown}` ({name}) | " + " | ".join(words[role] for role in ROLES) + f" | {where} |")
    return head + "\n".join(lines) + "\n"


def test_an_auditor_writes_nothing_at_any_address(world: World) -> None:
    """Their role is to read: what they send is answered as if they had none, and the base is the same after all of it."""
    auditor = world.clients["auditor"]
    addresses = {route: world.address(route, world.ours) for name, route in asked() if name not in OPENS_TO_ALL}
    before = _without_traces(dump())
    answers = {route: _word(auditor.post(address), acts=False) for route, address in addresses.items()}
    assert {route: word for route, word in answers.items() if word not in (*SHUT, "405")} == {}
    assert _without_traces(dump()) == before


def _without_traces(text: str) -> str:
    return "\n".join(
        line
        for line in text.splitlines()
        if not line.startswith(("network_logevent", "django_session", "cache", "network_attempts"))
    )


def test_the_printed_page_leaves_few_addresses_that_nobody_of_this_world_opens() -> None:
    """An address that answers nobody proves nothing: its things are not in this world (an import under way, a code)."""
    lines = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    silent = [line[0] for line in lines if set(line[1 : 1 + len(ROLES)]) <= SHUT]
    assert len(lines) > 500
    assert len(silent) < 50, silent


def test_after_its_day_an_audit_reads_nothing(world: World, settings: Any) -> None:
    page = world.ours.url()
    assert world.clients["auditor"].get(page).status_code == 200
    settings.TODAY = date(2019, 1, 1)
    assert world.clients["auditor"].get(page).status_code == 404


def test_a_referrer_sees_what_their_organisation_sent_and_nothing_else(world: World) -> None:
    remi = world.clients["referrer"]
    own, other = (world.rows[place.garden.code]["<int:referral>"] for place in (world.ours, world.theirs))
    assert remi.get(reverse("desk:my_referral", args=[own])).status_code == 200
    assert remi.get(reverse("desk:my_referral", args=[other])).status_code == 404
