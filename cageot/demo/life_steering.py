"""Blois's committee: its partners, its gardeners, a member; two meetings held, what they decided, and the one to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from cageot.demo.season import moment
from cageot.desk.queries.steering import proposed_agenda
from cageot.guide.actions import steering
from cageot.guide.models import CommitteeMember, Meeting
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
        "1. Tour de table\n2. Les six premiers mois en chiffres\n3. Les orientations : ce qui marche, ce qui bloque\n4. Le dépôt du lycée\n5. Date du prochain comité",
        "Les six premiers mois sont au-dessus de ce qui était prévu. Le dépôt de la gare est presque plein le jeudi.\n\n"
        "Le CCAS oriente le plus, la CAF commence. Les travailleurs sociaux demandent une feuille simple, à remettre en main propre : "
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
        "Beaucoup de prises en charge finissent le 31 décembre : chacun prévient les personnes qu’il suit avant Noël. "
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
