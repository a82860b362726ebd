"""The demonstration's grants to gardens: the call of 2017, decided, paid and reported; the call of 2018, open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from cageot.demo import cast
from cageot.demo.season import Stage, moment
from cageot.funding import journal
from cageot.funding.actions import funds as fund_actions
from cageot.funding.actions import granting
from cageot.funding.actions.granting import BudgetLine, Decision
from cageot.funding.models import Fund, GrantApplication, GrantCall, Tranche
from cageot.funding.queries import granting as queries
from cageot.funding.rules.granting import Step
from cageot.network.models import Partner, Person

ENVELOPE = {2017: 1_800_000, 2018: 2_000_000}
ASKED = (240_000, 300_000, 180_000, 260_000, 220_000, 150_000, 280_000, 200_000, 320_000, 140_000)
"""What the gardens ask in turn, cents. In 2017, ten ask and eight are granted."""
ASKING, GRANTED = 10, 8
PROJECTS = (
    "Un atelier de cuisine par mois avec les légumes du panier, au centre social, suivi d’un repas partagé.",
    "Trois visites du jardin et deux cueillettes ouvertes aux familles, avec le transport depuis les quartiers.",
    "Des recettes en images, écrites avec les adhérents, glissées dans chaque panier pendant six mois.",
    "Un atelier « conserves et soupes » par saison, avec la cuisine prêtée par la commune.",
)
FULL = "Votre projet touche beaucoup de foyers pour son prix. Bravo."
CUT = "L’enveloppe ne suffit pas pour tous : la même part est donnée à chacun."
NO = "Le projet ne parle pas des paniers solidaires. Revenez vers nous l’an prochain."


@dataclass(frozen=True)
class _Play:
    """Who grants, on which day the demonstration stands."""

    by: Person
    on: date


@transaction.atomic
def play(stages: Sequence[Stage], *, by: Person, on: date) -> None:
    """Play both calls up to that day, through the public actions."""
    show = _Play(by, on)
    fund = _fund(show)
    for year, first in ((2017, date(2017, 2, 1)), (2018, date(2018, 2, 15))):
        if first > on:
            break
        call = _call(show, fund, year, first)
        if year == 2017:
            _first(show, call, stages)
        else:
            _second(show, call, stages)


def _fund(show: _Play) -> Fund:
    partner = Partner.objects.get(name=cast.FUNDERS["terre"][0] + cast.MARK)
    fund = Fund(
        name="Cuisiner ensemble, 2017-2019", kind=Fund.Kind.GRANT, source=Fund.Source.BODY, partner=partner, reference="CE-2017",
        entity=journal.head(), priority=200,
    )  # fmt: skip
    day = date(2017, 1, 10)
    return fund_actions.open_fund(fund, today=show.on, by=show.by, at=moment(day, 9), expected=True)


def _tranche(show: _Play, fund: Fund, year: int, notified: date) -> Tranche:
    values = {
        "label": str(year), "from_day": date(year, 1, 1), "until_day": date(year, 12, 31), "promised_cents": ENVELOPE[year],
        "promised_on": date(2017, 1, 10), "due_on": notified + timedelta(days=60), "quota_baskets": None, "carries_over": True,
    }  # fmt: skip
    tranche = fund_actions.add_tranche(fund, values, by=show.by, at=moment(notified, 9))
    fund_actions.notify(
        tranche,
        cents=ENVELOPE[year],
        on=notified,
        due_on=notified + timedelta(days=60),
        by=show.by,
        at=moment(notified, 10),
    )
    return tranche


def _call(show: _Play, fund: Fund, year: int, first: date) -> GrantCall:
    values = {
        "name": f"Cuisiner ensemble {year}", "tranche": _tranche(show, fund, year, first - timedelta(days=12)), "opens_on": first,
        "closes_on": first + timedelta(days=44), "from_day": date(year, 4, 1), "until_day": date(year, 12, 31),
        "envelope_cents": ENVELOPE[year],
        "purpose": "Des ateliers pour cuisiner et conserver les légumes du panier, avec les foyers qui le reçoivent.",
        "conditions": "Au moins un atelier sur trois est ouvert à tout le quartier.",
    }  # fmt: skip
    return granting.open_call(values, by=show.by, at=moment(first, 9))


def _apply(
    call: GrantCall, stage: Stage, number: int, day: date, *, send: bool = True, whole: bool = True
) -> GrantApplication:
    one = granting.start(call, stage.garden, today=day, by=stage.by, at=moment(day, 14))
    asked = ASKED[number % len(ASKED)]
    sessions = 6 + number % 5
    values = {
        "project": PROJECTS[number % len(PROJECTS)], "baskets": 20 * sessions, "households": 12 + number, "sessions": sessions,
    }  # fmt: skip
    lines = _budget(asked) if whole else None
    granting.save_draft(one, values | ({"asked_cents": asked} if whole else {}), lines, by=stage.by, at=moment(day, 15))
    if send:
        granting.send(one, today=day, by=stage.by, at=moment(day, 16))
    return one


def _budget(asked: int) -> list[BudgetLine]:
    """A budget that balances: a fifth in ingredients, the rest in somebody's time; a third more comes from elsewhere."""
    food, travel, rooms, other = asked // 5, asked // 20, asked // 10, asked // 3
    return [
        BudgetLine("cost", "60", "Ingrédients et bocaux", food), BudgetLine("cost", "61", "Location de la cuisine", rooms),
        BudgetLine("cost", "62", "Déplacements", travel), BudgetLine("cost", "64", "Animation", asked + other - food - travel - rooms),
        BudgetLine("income", "74", "Appel à projets du réseau", asked), BudgetLine("income", "75", "Participations et dons", other),
        BudgetLine("cost", "864", "Heures de bénévoles", asked // 8), BudgetLine("income", "870", "Heures de bénévoles", asked // 8),
    ]  # fmt: skip


# --- 2017: decided, paid, reported ----------------------------------------------------------------


def _first(show: _Play, call: GrantCall, stages: Sequence[Stage]) -> None:
    asking = stages[:ASKING]
    sent = [
        _apply(call, stage, number, date(2017, 2, 20) + timedelta(days=number)) for number, stage in enumerate(asking)
    ]
    decided = date(2017, 3, 28)
    if decided > show.on:
        return
    for one in sent:
        one.refresh_from_db()
    plan = [Step(8000, date(2017, 4, 10)), Step(2000, date(2018, 3, 20), "Compte rendu accepté")]
    granting.decide(call, _decisions(sent), plan, today=decided, by=show.by, at=moment(decided, 11))
    for one in sent[:GRANTED]:
        one.refresh_from_db()
        _pay(show, one, date(2017, 4, 10))
    for number, (one, stage) in enumerate(zip(sent[:GRANTED], asking, strict=False)):
        _report(show, one, stage, number)


def _decisions(sent: Sequence[GrantApplication]) -> list[Decision]:
    """Eight share the envelope to the cent, as much as it allows; the others are refused."""
    left, found = ENVELOPE[2017], []
    for one in sent[:GRANTED]:
        cents = min(one.asked_cents, left)
        left -= cents
        found.append(
            Decision(one, cents, FULL if cents == one.asked_cents else CUT, "Un atelier ouvert à tout le quartier.")
        )
    return [*found, *(Decision(one, 0, NO) for one in sent[GRANTED:])]


def _pay(show: _Play, one: GrantApplication, day: date, met: str = "") -> None:
    part = one.instalments.filter(paid_on=None, stopped_on=None).first()
    if part and day <= show.on:
        granting.pay(part, on=day, reference=f"VIR {one.pk}-{day:%m%d}", met=met, by=show.by, at=moment(day, 15))


UNSPENT = {1: (42_000, "carried"), 4: (62_000, "given_back")}
"""Number of the garden → what it did not spend, cents, and what becomes of it."""
LATE = frozenset({6, 7})
"""The first of them has not reported yet; the last one has sent, and waits for an answer."""


def _report(show: _Play, one: GrantApplication, stage: Stage, number: int) -> None:
    written = date(2018, 1, 22) + timedelta(days=3 * number)
    if written > show.on or number == min(LATE):
        return
    unspent, left = UNSPENT.get(number, (0, "carried"))
    cut = one.asked_cents - one.granted_cents
    less = {"64": cut + unspent, "74": cut + (unspent if left == "given_back" else 0)}
    lines = [
        BudgetLine(line.side, line.account, line.label, spent=line.planned_cents - less.get(line.account, 0))
        for line in one.lines.all()
    ]
    values = {
        "done": "Les ateliers ont eu lieu comme prévu, le plus souvent le mercredi après la distribution.",
        "who": "Des familles du quartier, des personnes seules, quelques voisins.",
        "goals": "Oui : neuf foyers sur dix disent cuisiner plus de légumes.",
        "differences": "Un atelier annulé, faute de salle." if unspent else "",
        "rules": "La cuisine est comptée au prorata des jours d’atelier.", "in_kind": "Deux bénévoles à chaque atelier.",
        "baskets": one.baskets + number, "households": one.households - number % 3, "sessions": one.sessions - bool(unspent),
        "unspent_cents": unspent, "left": left,
    }  # fmt: skip
    granting.save_report(one, values, lines, by=stage.by, at=moment(written, 10))
    granting.send_report(one, today=written, by=stage.by, at=moment(written, 11))
    answered = written + timedelta(days=6)
    if answered > show.on or number == max(LATE):
        return
    granting.accept_report(one, words="Merci pour ce compte rendu.", today=answered, by=show.by, at=moment(answered, 9))
    _pay(show, one, answered + timedelta(days=4), met=f"Accepté le {answered:%d/%m/%Y}")
    back = answered + timedelta(days=12)
    if left == "given_back" and back <= show.on:
        owed = queries.fate(one).in_hand
        granting.give_back(one, cents=owed, on=back, words="Virement reçu", by=show.by, at=moment(back, 9))


# --- 2018: open -----------------------------------------------------------------------------------


def _second(show: _Play, call: GrantCall, stages: Sequence[Stage]) -> None:
    """The first garden is still writing; some have sent, one more has begun."""
    if not stages:
        return
    _apply(call, stages[0], 2, min(show.on, date(2018, 2, 26)), send=False, whole=False)
    for number, stage in enumerate(stages[1:7], 1):
        day = date(2018, 2, 20) + timedelta(days=2 * number)
        if day <= show.on:
            _apply(call, stage, number + 3, day, send=number < 6)
