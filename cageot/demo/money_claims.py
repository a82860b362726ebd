"""What payers were asked for, in the demonstration: a year of invoices and calls for funds, paid, late, refused in part, disputed.

At the garden of Blois the CCAS is asked each month since 2018: January and February wait for Odile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from cageot.demo.season import moment
from cageot.desk.queries import claims as pages
from cageot.desk.queries.claims_text import writer
from cageot.funding.actions import claiming as actions
from cageot.funding.actions.claiming import Part
from cageot.funding.models import Agreement, Claim, Entity, Fund
from cageot.network.models import Garden, Partner, Person, Role
from cageot.network.rules import identifiers

QUARTERS = (date(2017, 4, 12), date(2017, 7, 11), date(2017, 10, 10), date(2018, 1, 11))
"""The days on which a quarter was asked for."""
MONTHLY = date(2018, 1, 15)
"""Since then the garden asks each month."""
STREETS = ("4, rue des Lilas", "1, place de la République", "12, avenue du Général-Leclerc", "3, rue du Port")


def steps(garden: Garden, *, officer: Person, on: date) -> Iterator[tuple[date, Callable[[], None]]]:
    """The day of each round of papers of the first garden and of the network head, and what makes and answers them."""
    odile = Person.objects.filter(roles__garden=garden, roles__kind=Role.Kind.TREASURER).first() or officer
    yield QUARTERS[0], partial(_terms, garden, odile)
    for day in QUARTERS:
        if day <= on:
            yield day, partial(_round, actions.entity_for(garden), [garden], day, odile, on)
            yield day, partial(_round, actions.entity_for(None), [], day, officer, on)
    if on >= MONTHLY:
        yield MONTHLY, partial(_each_month, garden, odile)


def _each_month(garden: Garden, by: Person) -> None:
    for agreement in Agreement.objects.filter(gardens=garden, status=Agreement.Status.ACTIVE):
        actions.set_terms(
            agreement, rhythm=Fund.Rhythm.MONTH, due_days=30, engagement="", by=by, at=moment(MONTHLY, 10)
        )


def _round(entity: Entity, gardens: list[Garden], day: date, by: Person, on: date) -> None:
    """What a quarter gave to ask, and what came of it: payers answer before the quarter is settled."""
    _asked(entity, gardens, day, by)
    _answers(entity, day, by, on)


def _terms(garden: Garden, by: Person) -> None:
    """How the payers of the garden want to be asked: public bodies by the portal, with a service code."""
    payers = Partner.objects.filter(pays__agreement__gardens=garden).distinct().order_by("pk")
    for place, partner in enumerate(payers):
        values = {
            "siret": siret(place), "legal_name": "", "address": STREETS[place % len(STREETS)], "postcode": garden.postcode or "41000",
            "city": garden.commune.name, "email": "", "channel": "portal" if partner.public else "mail",
            "service_code": f"SOCIAL-{place + 1:02}" if partner.public else "", "engagement": "",
        }  # fmt: skip
        actions.set_billing(partner, values, by=by, at=moment(QUARTERS[0], 9))
    for agreement in Agreement.objects.filter(gardens=garden, classification=Agreement.Classification.SCHEME):
        actions.set_terms(agreement, rhythm="quarter", due_days=60, engagement="", by=by, at=moment(QUARTERS[0], 9))


def siret(place: int) -> str:
    """A number whose key is right and that no establishment bears: it begins with 9999."""
    start = f"9999{place:05}0001"
    return next(start + key for key in "0123456789" if identifiers.is_siret(start + key))


def _asked(entity: Entity, gardens: list[Garden], day: date, by: Person) -> None:
    """All that a quarter gave to ask, made and sent on a morning."""
    found = pages.Place(None, entity, gardens, may_write=True)
    asked = [draft.digest for draft in pages.to_claim(found, day).ready]
    at = moment(day, 9, 30)
    made = actions.issue(
        entity,
        gardens=[garden.pk for garden in gardens],
        asked=asked,
        today=day,
        text=writer(entity, gardens),
        by=by,
        at=at,
    )
    actions.send(made, on=day, by=by, at=at)


def _answers(entity: Entity, day: date, by: Person, on: date) -> None:
    """Old papers are accepted and paid; then one is accepted in part, one is disputed, one is late, the last ones wait."""
    claims = list(Claim.objects.filter(entity=entity, corrects=None).order_by("issued_on", "pk"))
    since = [claim for claim in claims if claim.issued_on >= QUARTERS[2]]
    odd = {claim.pk: kind for claim, kind in zip(since, ("late", "disputed", "partly"), strict=False)}
    for place, claim in enumerate(claims):
        if claim.issued_on == day:
            kind = odd.get(claim.pk, "paid" if day < QUARTERS[3] or place % 2 else "waits")
            _answer(claim, kind, entity, by, on)


def _answer(claim: Claim, kind: str, entity: Entity, by: Person, on: date) -> None:
    heard = min(claim.issued_on + timedelta(days=9), on)
    at = moment(heard, 14)
    if kind == "disputed":
        actions.dispute(claim, answer="Deux paniers ne seraient pas de notre territoire.", on=heard, by=by, at=at)
    elif kind == "partly" and claim.total_cents > 6000:
        actions.accept_in_part(
            claim, accepted_cents=claim.total_cents - 2520, answer="Un foyer avait déménagé en cours de mois.", on=heard,
            text=writer(entity, []), by=by, at=at,
        )  # fmt: skip
        actions.send(claim.corrections.all(), on=heard, by=by, at=at)
    elif kind in ("paid", "late"):
        actions.accept(claim, on=heard, by=by, at=at)
    if kind == "paid":
        _pay(claim, by, on)


def _pay(claim: Claim, by: Person, on: date) -> None:
    claim.refresh_from_db()
    day = min(claim.issued_on + timedelta(days=24 + claim.pk % 9), on)
    if claim.open_cents > 0:
        actions.receive(
            claim.entity, partner=claim.partner, day=day, cents=claim.open_cents, means="transfer",
            reference=f"VIR {claim.number}", once=f"demo {claim.entity_id} {claim.number}",
            parts=[Part(claim.open_cents, claim=claim)], by=by, at=moment(day, 11),
        )  # fmt: skip
