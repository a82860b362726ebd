"""Those who are referred to the first garden of the demonstration, over its last weeks: links, answers, a person sent
twice, a waiting list, one that nobody answered. Claire refers for the CCAS, signed in; others by their links."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction

from cageot.baskets.models import Depot
from cageot.demo import cast, names
from cageot.funding.models import Agreement
from cageot.members import referrals
from cageot.members.models import Household, Referral, ReferralStep
from cageot.members.referrals import Draft, Sender
from cageot.network import territory
from cageot.network.actions import give_access
from cageot.network.models import Garden, Partner, Person, Role

PARIS = ZoneInfo("Europe/Paris")
REASONS = ("no_depot", "unreached", "hours")
NOTES = ("après 18 h", "plutôt le matin", "2e étage, interphone 14", "laisser un message", "")
QUESTIONS = ("Le vendredi à 17 h, est-ce possible pour elle ?", "A-t-elle un moyen de venir jusqu’à la gare ?")
DAYS = 42
"""How far back the first was sent."""


@dataclass
class _Desk:
    """What the play needs at hand."""

    garden: Garden
    by: Person
    on: date
    chance: random.Random
    senders: list[Sender]
    towns: list[str]
    depots: list[int]
    seed: int
    number: int = 0

    def name(self) -> str:
        """A first name that nobody here has yet."""
        known = sorted(names.WOMEN + names.MEN)
        random.Random(f"names {self.seed}").shuffle(known)
        return known[self.number % len(known)]

    def at(self, days_ago: int, hour: int) -> datetime:
        return datetime.combine(self.on - timedelta(days=days_ago), time(hour, self.chance.randrange(60)), PARIS)

    def send(self, days_ago: int, sender: int = 0, **details: object) -> Referral:
        """Somebody invented is referred."""
        chance, self.number = self.chance, self.number + 1
        adults, children = names.household(chance)
        way = chance.choice(["referrer", "sms", "sms", "phone", "mail"])
        first = str(details.pop("first_name", "") or self.name())
        reach = {"sms": f"+336399801{chance.randint(10, 99)}", "phone": f"+332619111{chance.randint(10, 99)}", "mail": names.mail(first, "demo")}  # fmt: skip
        said = {
            "first_name": first, "reach_by": way, "reach_at": reach.get(way, ""), "adults": adults, "children": children,
            "commune_code": chance.choice(self.towns), "months": chance.choice([3, 6, 6, 12]), "depot_key": chance.choice(self.depots),
            "note": chance.choice(NOTES), "consent_spoken": chance.random() < 0.8, "tells_outcome": chance.random() < 0.8,
        }  # fmt: skip
        at = self.at(days_ago, chance.randint(9, 17))
        draft = Draft(**said | details)  # type: ignore[arg-type]
        one, _code = referrals.send(draft, self.senders[sender % len(self.senders)], once=f"demo {self.seed} {self.number}", today=at.date(), at=at)  # fmt: skip
        return one


def play(garden: Garden, *, by: Person, on: date, seed: int) -> None:
    """Everything of this page, as of a day."""
    chance = random.Random(f"orientations {seed}")
    with transaction.atomic():
        senders = _senders(garden, by, on, seed)
        if not senders:
            return
        home = garden.commune
        towns = [home.code, home.code, *(one.code for one in territory.largest(home.department, 6))]
        depots = list(Depot.objects.open_to(None).filter(garden=garden, kind=Depot.Kind.OPEN).order_by("pk").values_list("pk", flat=True))  # fmt: skip
        desk = _Desk(garden, by, on, chance, senders, towns, depots, seed)
        _unfold(desk, _events(desk))


def _senders(garden: Garden, by: Person, on: date, seed: int) -> list[Sender]:
    """Claire for the CCAS, and the links of two other organisations, on the agreement of the first in force."""
    first = on - timedelta(days=DAYS + 20)
    running = Agreement.objects.filter(gardens=garden, status=Agreement.Status.ACTIVE).on(on)
    agreement = running.filter(partner__kind=Partner.Kind.CCAS).first() or running.first()
    refers = Partner.objects.filter(gardens=garden, refers=True)
    ccas = refers.filter(kind=Partner.Kind.CCAS).first() or refers.first()
    if ccas is None:
        return []
    at = datetime.combine(first, time(10), PARIS)
    claire = _claire(ccas, first, at)
    senders = [Sender(garden, ccas, agreement, str(claire), cast.REFERRER.email, person=claire)]
    others = [("Mme Ravel", refers.filter(kind=Partner.Kind.ASSOCIATION).order_by("pk").first()), ("L’accueil", ccas)]
    for label, partner in others:
        if partner:
            link, _code = referrals.open_link(
                garden, partner=partner, agreement=agreement, label=label, reach=names.mail("orientation", partner.name.removesuffix(cast.MARK)[:24]), from_day=first,
                until_day=None, by=by, at=at,
            )  # fmt: skip
            senders.append(Sender(garden, partner, agreement, label, link.reach, link=link))
    return senders


def _claire(ccas: Partner, since: date, at: datetime) -> Person:
    """Somebody who refers, with her own account."""
    login, _new = give_access(
        email=cast.REFERRER.email, name="Claire Marchandeau", role=Role.Kind.REFERRER, garden=None, partner=ccas, on=since,
        by=None, at=at,
    )  # fmt: skip
    return login.person


Event = tuple[int, Callable[[], None]]


def _events(desk: _Desk) -> list[Event]:
    """What happens, so many days ago."""
    there: dict[str, Referral] = {}

    def now(key: str) -> Referral:
        return Referral.objects.select_related("garden", "partner", "agreement", "merged_into").get(pk=there[key].pk)

    def send(key: str, days: int, sender: int = 0, **details: object) -> Event:
        return days, lambda: there.update({key: desk.send(days, sender, **details)})

    def do(days: int, key: str, action: Callable[..., object], *words: str, **more: object) -> Event:
        return days, lambda: (action(now(key), *words, at=desk.at(days, 18), **more), None)[1]

    garden = {"by": desk.by}
    events = [
        send("forgotten", 40, 1), send("late", 12, 2), send("new", 2), send("today", 0, 1),
        send("list", 25), do(22, "list", referrals.wait, **garden), send("list2", 19, 2), do(14, "list2", referrals.wait, **garden),
        send("asked", 9), do(5, "asked", referrals.ask, QUESTIONS[0], **garden),
        send("told", 8, 1), do(6, "told", referrals.ask, QUESTIONS[1], **garden),
        do(1, "told", referrals.answer, "Oui, sa voisine l’emmène.", side=ReferralStep.Side.REFERRER, by=None),
        send("back", 17), do(11, "back", referrals.withdraw, side=ReferralStep.Side.PERSON, by=None),
        send("twice", 4, tells_outcome=True, first_name="Khadija", adults=1, children=2, commune_code=desk.towns[0]),
        send("twice2", 3, 1, tells_outcome=True, first_name="Kadidja", adults=1, children=2, commune_code=desk.towns[0]),
    ]  # fmt: skip
    for number, reason in enumerate(REASONS):
        days = 38 - 7 * number
        events += [send(reason, days, number), do(days - 2 - number, reason, referrals.decline, reason, **garden)]
    for number, household in enumerate(_welcomed(desk)):
        days = max((desk.on - household.joined_on).days, 0)
        key = f"welcomed{number}"
        details = {"adults": max(household.adults, 1), "children": household.children, "commune_code": household.commune_code or desk.towns[0]}  # fmt: skip
        events += [send(key, days + 5, number, **details), do(days, key, partial(_accept, household), **garden)]
    return events


def _accept(household: Household, one: Referral, *, by: Person, at: datetime) -> None:
    referrals.accept(one, household, by=by, at=at)


def _welcomed(desk: _Desk) -> list[Household]:
    """Households that came lately with a support: those who were referred and welcomed."""
    since = desk.on - timedelta(days=DAYS - 5)
    rows = Household.objects.filter(
        garden=desk.garden, joined_on__range=(since, desk.on), supports__isnull=False, referral=None
    )
    return list(rows.distinct().order_by("-joined_on", "pk")[:5])


def _unfold(desk: _Desk, events: list[Event]) -> None:
    """Day after day: the clocks in the morning, then what people do."""
    for days in range(DAYS + 5, -1, -1):
        day = desk.on - timedelta(days=days)
        referrals.tick(today=day, at=datetime.combine(day, time(7), PARIS))
        for _days, happens in (event for event in events if event[0] == days):
            happens()
