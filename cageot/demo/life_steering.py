"""Blois's committee: its partners, its gardeners, a member; two meetings held, what they decided, and the one to come.

The network's meetings: the national day of 2017, a regional one in spring 2018."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from cageot.demo.season import moment
from cageot.desk.queries.steering import proposed_agenda
from cageot.guide.actions import steering
from cageot.guide.models import CommitteeMember, Event, Meeting, Registration, Slot
from cageot.guide.rules.events import bands
from cageot.network.models import Garden, Partner, Person

FROM = date(2017, 1, 10)


@dataclass(frozen=True)
class Seat:
    """Somebody who sits; `partner` is a kind of the garden's partners, "" for the garden and its members."""

    name: str
    function: str
    partner: str = ""
    members: bool = False
    since: date = FROM
    until: date | None = None


SEATS = (
    Seat("Hélène Marchais", "directrice du CCAS", "ccas"),
    Seat("Olivier Tanguy", "action sociale", "msa"),
    Seat("Catherine Le Floc’h", "responsable de l’antenne", "caf", since=date(2017, 9, 1)),
    Seat("Bernard Chauvet", "conseiller en action sociale", "caf", until=date(2017, 8, 31)),
    Seat("Sœur Monique Perrin", "bénévole", "association"),
    Seat("Léa Aubrun", "coordinatrice du jardin"),
    Seat("Thierry Brossard", "directeur du jardin"),
    Seat("Rose-Marie Diallo", "adhérente", members=True),
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """A decision. `late`: it is not done yet."""

    text: str
    owner: str
    due: date
    done: date | None = None


@dataclass(frozen=True)
class Held:
    """A meeting that was held. `absent`: places in `SEATS` of those who did not come."""

    day: date
    place: str
    agenda: str
    notes: str
    absent: tuple[int, ...]
    decided: tuple[Decided, ...]


HELD = (
    Held(
        date(2017, 6, 22), "CCAS, salle du rez-de-chaussée",
        "1. Tour de table\n2. Les six premiers mois en chiffres\n3. Les orientations : ce qui marche, ce qui bloque\n4. Le dépôt du lycée\n5. Date du prochain comité",
        "Les six premiers mois sont au-dessus de ce qui était prévu. Le dépôt de la gare est presque plein le jeudi.\n\n"
        "Le CCAS oriente le plus, la CAF commence. Les travailleurs sociaux demandent une feuille simple, à remettre en main propre : "
        "l’adhérente qui siège propose de la relire.\n\n"
        "Visite du jardin à la fin de la réunion.",
        (2,),
        (
            Decided("Faire une feuille d’une page pour les travailleurs sociaux", "Léa Aubrun", date(2017, 9, 15), date(2017, 9, 12)),
            Decided("Demander au lycée une place pour un dépôt le mardi", "Thierry Brossard", date(2017, 10, 1), date(2017, 10, 20)),
            Decided("Inviter deux adhérents au comité de novembre", "Rose-Marie Diallo", date(2017, 11, 1), date(2017, 11, 30)),
        ),
    ),
    Held(
        date(2017, 11, 30), "Au jardin, sous la serre",
        "1. Tour de table\n2. Ce qui a été décidé le 22/06/2017\n3. Le bilan de l’année\n4. Les prises en charge qui finissent en décembre\n5. Le budget 2018\n6. Date du prochain comité",
        "Bilan lu ensemble, à partir du dossier. Ce qui manque vient surtout des foyers sans prise en charge de la CAF.\n\n"
        "Beaucoup de prises en charge finissent le 31 décembre : chacun prévient les personnes qu’il suit avant Noël. "
        "On garde des paliers pour ceux qui passent au prix ordinaire.\n\n"
        "La MSA propose une diététicienne pour trois ateliers en 2018.",
        (3,),
        (
            Decided("Prévenir chaque foyer dont la prise en charge finit en décembre", "Hélène Marchais", date(2017, 12, 20), date(2017, 12, 18)),
            Decided("Trouver trois dates d’ateliers avec la diététicienne de la MSA", "Olivier Tanguy", date(2018, 1, 31), date(2018, 1, 22)),
            Decided("Écrire au Département pour financer les foyers sans aide", "Thierry Brossard", date(2018, 2, 28)),
            Decided("Compter avec le CCAS les foyers en attente, et dire combien de places ouvrir", "Léa Aubrun", date(2018, 4, 6)),
            Decided("Chercher un relais pour la tournée de Vineuil en août", "Sœur Monique Perrin", date(2018, 6, 1)),
        ),
    ),
)  # fmt: skip
NEXT = date(2018, 4, 12)


def play(garden: Garden, *, by: Person, on: date) -> None:
    """The committee of this garden as it stands on a day."""
    if on <= FROM:
        return
    partners = {one.kind: one for one in Partner.objects.filter(gardens=garden, level="local").order_by("-pk")}
    with transaction.atomic():
        seats = [_sit(garden, n, seat, partners, by, on) for n, seat in enumerate(SEATS)]
        for held in HELD:
            if held.day < on:
                _hold(garden, held, seats, by, on)
        if HELD[-1].day < on < NEXT:
            at = moment(NEXT, 14, 30)
            coming = Meeting(
                garden=garden, at=at, place="Mairie, salle Lavoisier", agenda=proposed_agenda(garden, at),
                brief_from=date(2017, 3, 1), brief_until=date(2018, 2, 28),
            )  # fmt: skip
            steering.save_meeting(coming, by=by, at=moment(on - timedelta(days=2), 16))


def _sit(
    garden: Garden, n: int, seat: Seat, partners: dict[str, Partner], by: Person, on: date
) -> CommitteeMember | None:
    """Nobody sits before their first day."""
    if seat.since > on:
        return None
    one = CommitteeMember(
        garden=garden, partner=partners.get(seat.partner), name=seat.name, function=seat.function,
        email=f"comite{n}@example.org", for_members=seat.members, from_day=seat.since, until_day=seat.until,
    )  # fmt: skip
    return steering.save_seat(one, by=by, at=moment(seat.since, 10))


def _hold(garden: Garden, held: Held, seats: list[CommitteeMember | None], by: Person, on: date) -> None:
    at, after = moment(held.day, 14), moment(held.day, 17)
    first = date(held.day.year, 1, 1)
    one = Meeting(garden=garden, at=at, place=held.place, agenda=held.agenda, brief_from=first, brief_until=held.day.replace(day=1) - timedelta(days=1))  # fmt: skip
    steering.save_meeting(one, by=by, at=moment(held.day - timedelta(days=30), 9))
    Meeting.objects.filter(pk=one.pk).update(convened_at=moment(held.day - timedelta(days=21), 9))
    sat = [seat for seat in seats if seat and seat.from_day <= held.day <= (seat.until_day or held.day)]
    came = [seat for seat in sat if seats.index(seat) not in held.absent]
    steering.write_minutes(one, notes=held.notes, present=came, by=by, at=after)
    for said in held.decided:
        made = steering.decide(one, text=said.text, owner=said.owner, due_on=said.due, by=by, at=after)
        if said.done and said.done <= on:
            steering.settle(made, done_on=said.done, by=by, at=moment(said.done, 11))


# --- The network's meetings -----------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """A session of a meeting's programme; `seats` for those one chooses."""

    starts: str
    ends: str
    title: str
    speaker: str = ""
    room: str = ""
    seats: int | None = None
    minutes: str = ""


NATIONAL = (
    Session("09:00", "10:00", "Accueil, café", room="Hall"),
    Session("10:00", "11:00", "Alimentation pour tous : où en est-on ?", "Le réseau, trois jardins", "Grande salle"),
    Session("11:15", "12:45", "Cuisiner avec ceux qui n’ont qu’une plaque", "Jardin du Clos-Joli", "Cuisine", 24,
            "Une plaque, une casserole, un couteau : huit recettes goûtées. Les fiches sont au guide."),
    Session("11:15", "12:45", "Convaincre une CAF, une MSA", "Deux caisses, un jardin", "Salle 1", 40,
            "Venir avec les chiffres du dossier, une adhérente et un panier. Demander d’abord un an."),
    Session("11:15", "12:45", "Orienter sans étiqueter", "Un CCAS, un jardin", "Salle 2", 40,
            "La feuille d’une page, remise en main propre, marche mieux que le formulaire envoyé."),
    Session("12:45", "14:00", "Repas du jardin", room="Réfectoire"),
    Session("14:00", "15:30", "Et quand l’aide s’arrête ?", "Atelier en petits groupes", "Salle 1", 40,
            "Prévenir huit semaines avant, proposer des paliers, garder l’adhésion."),
    Session("14:00", "15:30", "Un comité de pilotage qui sert", "Un jardin, une agglomération", "Salle 2", 40,
            "Deux réunions par an, un dossier d’une page, trois décisions avec un nom et une date."),
    Session("14:00", "15:30", "Visite du jardin", "Les jardiniers", "Départ du hall", 25),
    Session("15:45", "16:30", "Ce que l’on emporte", room="Grande salle"),
)  # fmt: skip
REGIONAL = (
    Session("09:30", "10:00", "Accueil", room="Mairie"),
    Session("10:00", "12:00", "Remplir les tournées d’été", "Jardin de Lorient", "Salle du conseil", 20),
    Session("10:00", "12:00", "Parler d’argent avec ses partenaires", "Le réseau", "Petite salle", 20),
    Session("12:00", "13:30", "Repas", room="Sous la halle"),
    Session("13:30", "15:30", "Visite et questions", room="Au jardin"),
)  # fmt: skip
ABOUT = "Une journée pour ceux qui font vivre les paniers solidaires : jardins, partenaires, adhérents. On vient avec une question, on repart avec une réponse et deux adresses."
NATIONAL_DAY, REGIONAL_DAY = date(2017, 10, 12), date(2018, 4, 19)
CAME = 104
FIRST = (
    "Amélie",
    "Bruno",
    "Céline",
    "Driss",
    "Élodie",
    "Fabien",
    "Gaëlle",
    "Hakim",
    "Inès",
    "Joël",
    "Karima",
    "Ludovic",
    "Maud",
)
LAST = ("Arnoux", "Belkacem", "Caradec", "Delmas", "Evrard", "Ferrand", "Guivarch", "Hamon")
NEEDS = ("sans porc", "végétarien", "fauteuil roulant", "sans gluten", "vient avec un bébé")


def play_meetings(gardens: Sequence[Garden], *, on: date, seed: int) -> int:
    """The national day of 2017, held with a hundred people, and a regional one that is coming. How many registrations."""
    chance = random.Random(f"{seed} meetings")
    count = 0
    with transaction.atomic():
        if on > NATIONAL_DAY - timedelta(days=60):
            day = _meeting("Alimentation pour tous : la journée nationale", "Cité des associations", "45234", "", NATIONAL_DAY, 120, NATIONAL)  # fmt: skip
            count += _register(day, gardens, CAME, chance, held=on > NATIONAL_DAY)
            if on > NATIONAL_DAY:
                Event.objects.filter(pk=day.pk).update(state=Event.State.HELD, minutes=MINUTES)
        if on > REGIONAL_DAY - timedelta(days=60):
            near = [one for one in gardens if one.commune.region == "24"]
            day = _meeting("Jardins du Centre : une journée entre nous", "Mairie, salle des fêtes", "41018", "24", REGIONAL_DAY, 30, REGIONAL)  # fmt: skip
            count += _register(day, near or gardens[:4], 17, chance, held=False)
            if on > REGIONAL_DAY:
                Event.objects.filter(pk=day.pk).update(state=Event.State.HELD)
    return count


MINUTES = """Cent quatre personnes, trente-huit jardins et une quarantaine de partenaires. Merci aux adhérentes qui ont ouvert la journée.

Trois choses reviennent partout : ce qui manque se joue sur les foyers sans caisse, les fins d’aide se préparent tôt, et la cuisine donne envie de rester.

Chaque jardin repart avec une fiche à écrire avant Noël."""


def _meeting(
    title: str, place: str, commune: str, region: str, day: date, seats: int, programme: Sequence[Session]
) -> Event:
    event = Event.objects.create(
        title=title, text=ABOUT, place=place, commune_code=commune, region=region, first_day=day, last_day=day, seats=seats, hours=6,
        access="À quinze minutes à pied de la gare. Partagez un trajet : dites-le à l’inscription.",
        register_until=day - timedelta(days=7), state=Event.State.OPEN,
    )  # fmt: skip
    Slot.objects.bulk_create(
        Slot(
            event=event, day=day, from_time=time.fromisoformat(one.starts), until_time=time.fromisoformat(one.ends), title=one.title,
            speaker=one.speaker, room=one.room, chosen=one.seats is not None, seats=one.seats, minutes=one.minutes,
        )
        for one in programme
    )  # fmt: skip
    return event


def _register(event: Event, gardens: Sequence[Garden], count: int, chance: random.Random, *, held: bool) -> int:
    """People of the gardens and of their partners; what they chose, where they come from."""
    slots = list(event.slots.filter(chosen=True))
    partners = list(Partner.objects.filter(gardens__in=gardens).order_by("pk").distinct()[:60])
    rows, links, taken = [], [], Counter[int]()
    for n in range(count):
        garden = gardens[n % len(gardens)]
        partner = partners[n // 3] if n % 3 == 2 and n // 3 < len(partners) else None
        travel = ("none", "none", "offers", "seeks")[n % 4]
        state = ("absent" if n % 25 == 24 else "came") if held else "coming"
        rows.append(Registration(
            event=event, garden=None if partner else garden, first_name=FIRST[n % len(FIRST)], last_name=LAST[n * 3 % len(LAST)],
            organisation=partner.name if partner else garden.name, email=f"rencontre{n}@example.org", meals=n % 9 != 0,
            needs=NEEDS[n % len(NEEDS)] if n % 8 == 5 else "", travel=travel, travel_from=garden.commune_code if travel != "none" else "",
            travel_seats=chance.randint(1, 4) if travel == "offers" else 0, travel_note="départ vers 7 h" if travel == "offers" else "",
            share_contact=travel != "none" and n % 5 != 0, state=state, at=moment(event.first_day - timedelta(days=20 + n % 25), 9 + n % 9, n % 60),
        ))  # fmt: skip
    made = Registration.objects.bulk_create(rows)
    for one in made:
        for band in bands(slots):
            free = [slot for slot in band.slots if slot.seats is None or taken[slot.pk] < slot.seats]
            if free and chance.random() < 0.9:
                slot = chance.choice(free)
                taken[slot.pk] += 1
                links.append(Registration.slots.through(registration=one, slot=slot))
    Registration.slots.through.objects.bulk_create(links)
    for slot in slots:
        Slot.objects.filter(pk=slot.pk).update(seats_taken=taken[slot.pk])
    Event.objects.filter(pk=event.pk).update(seats_taken=count)
    return count
