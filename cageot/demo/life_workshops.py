"""The demonstration's workshops: a whole season held in 2017, the season 2018 under way, written in bulk; at Blois, what comes.

A garden holds 25 in a year, the first seven one more: 957 for the 38 gardens, as the programme reported more than 950. Members
come mostly, a few to each; open doors are counted.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from cageot.baskets.rules.holidays import holidays_of
from cageot.demo import life_public
from cageot.demo.season import Stage, moment
from cageot.members.models import Household
from cageot.network.models import Edition, Garden, Partner, Person
from cageot.workshops.actions import changing, enrolling, planning
from cageot.workshops.actions.changing import Scope
from cageot.workshops.models import Enrolment, Kind, Place, Session, Workshop
from cageot.workshops.rules.series import Every, days_of, moments, nth_weekday

ONE_MORE = 7
"""Gardens, from the first, that hold one more workshop in 2017."""


@dataclass(frozen=True)
class Offer:
    """A workshop of every garden. `months`: when it was held in 2017, on the so manyth `weekday` of the month."""

    kind: str
    title: str
    summary: str
    months: tuple[int, ...]
    weekday: int
    rank: int = 2
    starts: time = time(14)
    ends: time = time(16, 30)
    seats: int | None = 12
    place: int = 0
    open_door: bool = False
    partner: str = ""
    facilitators: str = ""
    bring: str = ""
    childcare: str = "none"
    lasts: int = 1


OFFERS = (
    Offer(Kind.COOKING, "Cuisiner le panier", "On cuisine ensemble les légumes de la semaine, et on goûte.",
          (1, 2, 3, 4, 5, 6, 9, 10, 11, 12), 4, facilitators="Une adhérente qui aime cuisiner", bring="Un tablier, une boîte",
          childcare="with"),
    Offer(Kind.NUTRITION, "Bien manger sans se ruiner", "Avec la MSA : composer un repas, lire une étiquette, garder ses légumes.",
          (3, 5, 10), 2, 3, time(9, 30), time(11, 30), 15, partner="msa", facilitators="Une diététicienne de la MSA"),
    Offer(Kind.GARDENING, "Mains dans la terre", "Semer, repiquer, récolter avec les jardiniers.", (3, 4, 5, 6), 6, 1, time(9, 30), time(12), 10, 1,
          bring="Des bottes", childcare="with"),
    Offer(Kind.VISIT, "Visite de la ferme", "Le jardin ouvre ses portes : serres, parcelles, goûter.", (5, 9), 6, 3, time(14), time(17), None, 1, True),
    Offer(Kind.MEAL, "Repas partagé", "Chacun apporte un plat, le jardin apporte la soupe.", (6, 12), 5, 3, time(18, 30), time(21), 30, 1,
          bring="Un plat à partager", childcare="with"),
    Offer(Kind.FILM, "Film et discussion", "Un film sur la terre et ceux qui la cultivent, puis on en parle.", (11,), 4, 3, time(18), time(20, 30), 30),
    Offer(Kind.TRAINING, "Conserver ses légumes", "Bocaux, séchage, congélation : deux jours pour tout essayer.", (9,), 3, 4, time(9, 30), time(16, 30), 8,
          childcare="care", lasts=2),
    Offer(Kind.ASSEMBLY, "Assemblée générale", "Les comptes, les projets, un verre.", (4,), 5, 2, time(18), time(20), None, 1, True),
    Offer(Kind.OTHER, "Café des adhérents", "On se connaît mieux, on échange des recettes.", (2,), 2, 1, time(10), time(11, 30), 15),
)  # fmt: skip
STUDENTS = Offer(
    Kind.COOKING, "Cuisine étudiante", "Un soir par mois avec une diététicienne : bon, vite fait, pas cher.", (), 3, 3, time(18), time(20), 12,
    partner="student", facilitators="Une diététicienne", bring="Une boîte pour emporter",
)  # fmt: skip


def play(stages: Sequence[Stage], *, on: date, seed: int) -> int:
    """Write the workshops of every garden up to today, and what comes. Returns how many sessions there are."""
    with transaction.atomic():
        editions = list(Edition.objects.all())
        people = _households(stages)
        sessions: list[Session] = []
        enrolments: list[Enrolment] = []
        for n, stage in enumerate(stages):
            chance = random.Random(f"{seed} workshops {stage.garden.code}")
            offers = _offered(stage)
            sessions += _season(stage, offers, n < ONE_MORE, on, editions, chance)
        Session.objects.bulk_create(sessions)
        chances = {stage.garden.pk: random.Random(f"{seed} who came {stage.garden.code}") for stage in stages}
        for session in sessions:
            enrolments += _came(session, people[session.garden_id], on, chances[session.garden_id])
        Enrolment.objects.bulk_create(enrolments)
        _take_places(sessions, enrolments)
        _at_blois(stages[0], people[stages[0].garden.pk], on)
        life_public.play(stages[0].garden, sessions, enrolments, on=on, seed=seed)
    return len(sessions)


@dataclass(frozen=True)
class Member:
    """A household that may come, and from when until when."""

    household: Household
    joined: date
    left: date | None


def _households(stages: Sequence[Stage]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {stage.garden.pk: [] for stage in stages}
    rows = Household.objects.filter(garden__in=list(found), erased_on=None).order_by("garden", "number")
    for one in rows:
        found[one.garden_id].append(Member(one, one.joined_on, one.left_on))
    return found


# --- In bulk --------------------------------------------------------------------------------------


def _offered(stage: Stage) -> list[tuple[Offer, Workshop, Place]]:
    """The garden's places and workshops."""
    garden = stage.garden
    places = Place.objects.bulk_create(
        [
            Place(garden=garden, name="Cuisine de la maison de quartier", address="rue du Marché", commune_code=garden.commune_code,
                  access="La porte verte, à côté de l’école. Un bus s’arrête devant.", step_free=True),
            Place(garden=garden, name="Au jardin", address=garden.address, commune_code=garden.commune_code,
                  access="Garez-vous devant la serre. Le chemin est en terre."),
        ]
    )  # fmt: skip
    partners = list(Partner.objects.filter(gardens=garden).order_by("pk"))
    offers = [*OFFERS, *([STUDENTS] if stage.cast.students else [])]
    workshops = Workshop.objects.bulk_create(
        Workshop(
            garden=garden, kind=one.kind, title=one.title, summary=one.summary, seats=one.seats, open_door=one.open_door,
            facilitators=one.facilitators, bring=one.bring, childcare=one.childcare, languages=["fr"],
            transport="Un covoiturage part du dépôt de la gare" if one.kind == Kind.VISIT else "",
        )
        for one in offers
    )  # fmt: skip
    links = [
        Workshop.partners.through(workshop_id=workshop.pk, partner_id=partner.pk)  # type: ignore[attr-defined]
        for one, workshop in zip(offers, workshops, strict=True)
        if one.partner
        for partner in [other for other in partners if other.kind == one.partner][:1]
    ]
    Workshop.partners.through.objects.bulk_create(links)
    return [(one, workshop, places[one.place]) for one, workshop in zip(offers, workshops, strict=True)]


def _season(
    stage: Stage, offers: Sequence[tuple[Offer, Workshop, Place]], more: bool, on: date, editions: Sequence[Edition], chance: random.Random
) -> list[Session]:  # fmt: skip
    """The sessions of 2017, and those of 2018 that are past or planned."""
    found = []
    for offer, workshop, place in offers:
        for year in (2017, 2018):
            months = offer.months if year == 2017 else tuple(month for month in offer.months if month <= 6)
            if more and year == 2017 and offer.title == "Café des adhérents":
                months = (*months, 11)
            days = [nth_weekday(year, month, offer.weekday, offer.rank) for month in months]
            word = f"{workshop.pk:x}{year}" if len(days) > 1 else ""
            for day in days:
                off = set(holidays_of(year, ""))
                while day in off:
                    day += timedelta(weeks=1)
                if day < on or not _of_blois(stage.garden) or offer.kind not in (Kind.COOKING, Kind.VISIT, Kind.ASSEMBLY):  # fmt: skip
                    found.append(_session(offer, workshop, place, day, word, on, editions, chance))
    return found


def _of_blois(garden: Garden) -> bool:
    return garden.code == "blois"


def _session(
    offer: Offer, workshop: Workshop, place: Place, day: date, word: str, on: date, editions: Sequence[Edition], chance: random.Random
) -> Session:  # fmt: skip
    starts, ends = moments(day, offer.starts, offer.ends, offer.lasts)
    held = day < on
    adults, children = (chance.randint(5, 16), chance.randint(0, 5)) if offer.open_door and held else (0, 0)
    return Session(
        workshop=workshop, garden_id=workshop.garden_id, edition=planning.edition_on(day, editions), place=place, starts_at=starts,
        ends_at=ends, series=word, seats=offer.seats, state=Session.State.HELD if held else Session.State.PLANNED, adults=adults,
        children=children,
    )  # fmt: skip


def _came(session: Session, people: Sequence[Member], on: date, chance: random.Random) -> list[Enrolment]:
    """Who came to a session, or is to come: a few households, of whom one in twelve did not."""
    day = session.starts_at.date()
    if session.workshop.open_door or day > on + timedelta(days=60):
        return []
    there = [one for one in people if one.joined <= day and (one.left is None or one.left > day)]
    chosen = chance.sample(there, min(len(there), chance.randint(2, 5)))
    found, taken = [], 0
    for rank, one in enumerate(chosen):
        adults, children = 1 + (chance.random() < 0.25), chance.choice((0, 0, 0, 1, 2))
        taken += adults + children
        if session.seats is not None and taken > session.seats:
            break
        state = Enrolment.State.ENROLLED
        if day < on:
            state = Enrolment.State.ABSENT if chance.random() < 0.08 else Enrolment.State.CAME
        at = min(moment(day - timedelta(days=9 - rank), 10, chance.randint(0, 59)), moment(on - timedelta(days=1), 18))
        source = Enrolment.By.SPACE if chance.random() < 0.4 else Enrolment.By.STAFF
        found.append(Enrolment(session=session, household=one.household, adults=adults, children=children, state=state, source=source, at=at))  # fmt: skip
    return found


def _take_places(sessions: Sequence[Session], enrolments: Sequence[Enrolment]) -> None:
    """Places taken, and people who came, kept beside who takes them and who comes."""
    for one in enrolments:
        one.session.seats_taken += one.adults + one.children
        if one.state == Enrolment.State.CAME:
            one.session.came += one.adults + one.children
    taken = [one for one in sessions if one.seats_taken]
    Session.objects.bulk_update(taken, ["seats_taken", "came"], batch_size=300)


# --- What comes at Blois --------------------------------------------------------------------------


def _at_blois(stage: Stage, people: Sequence[Member], on: date) -> None:
    """A series that one may join, of which one date is full and people wait; a cancelled one; an open door; the general meeting."""
    garden, by = stage.garden, stage.by
    rows = Workshop.objects.filter(garden=garden)
    kitchen, farm = Place.objects.filter(garden=garden).order_by("pk")
    here = [one.household for one in people if one.joined <= on and one.left is None]
    at = moment(on - timedelta(days=12), 10)
    cooking = rows.get(title="Cuisiner le panier")
    days = days_of(Every.WEEK, _next(on, 4, 8), until=on + timedelta(weeks=6))
    made = _plan(cooking, days, time(14), time(16, 30), kitchen, 12, by, at)
    _enrol(made[0], here[3:17], by, at)
    _enrol(made[1], here[5:8], by, at)
    late = made[3]
    _enrol(late, here[8:12], by, at)
    changing.cancel(late, Scope.ONE, reason="La cuisine est en travaux", by=by, at=moment(on - timedelta(days=2), 16))
    farm_day = nth_weekday(on.year, min(on.month + 2, 12), 6, 2)
    _plan(rows.get(title="Visite de la ferme"), [farm_day], time(14), time(17), farm, None, by, at)
    _plan(rows.get(title="Assemblée générale"), [_next(on, 5, 20)], time(18), time(20), farm, None, by, at)
    _plan(rows.get(kind=Kind.TRAINING), [_next(on, 3, 37)], time(9, 30), time(16, 30), kitchen, 8, by, at, lasts=2)
    if students := rows.filter(title=STUDENTS.title).first():
        months = days_of(Every.MONTH, _next(on, 3, 6), until=on + timedelta(weeks=14))
        [first, *_others] = _plan(students, months, time(18), time(20), kitchen, 12, by, at)
        _enrol(first, here[20:24], by, at)


def _plan(
    workshop: Workshop, days: Sequence[date], starts: time, ends: time, place: Place, seats: int | None, by: Person, at: datetime,
    lasts: int = 1,
) -> list[Session]:  # fmt: skip
    return planning.plan(
        workshop, days=days, starts=starts, ends=ends, place=place, seats=seats, lasts=lasts, by=by, at=at
    )


def _next(on: date, weekday: int, ahead: int) -> date:
    """The first such weekday at least so many days ahead."""
    day = on + timedelta(days=ahead)
    return day + timedelta(days=(weekday - day.isoweekday()) % 7)


def _enrol(session: Session, households: Sequence[Household], by: Person, at: datetime) -> None:
    for n, household in enumerate(households):
        source = Enrolment.By.SPACE if n % 2 else Enrolment.By.STAFF
        who = {"source": source, "by": None if n % 2 else by, "at": at + timedelta(minutes=7 * n)}
        enrolling.enrol(session, household=household, adults=1, children=int(n % 3 == 0), **who)  # type: ignore[arg-type]
