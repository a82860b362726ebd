"""The demonstration's workshops seen from outside: what people thought of those that were held, and who enrols by the public page."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from cageot.demo.season import moment
from cageot.network.models import Garden
from cageot.network.secrets import secret
from cageot.workshops.actions import enrolling, opinions
from cageot.workshops.models import Enrolment, Kind, Opinion, Session

GLAD, SO_SO, SAD = 3, 2, 1
FACES = (GLAD,) * 8 + (SO_SO,) * 2 + (SAD,)
SENTENCES: dict[str, tuple[str, ...]] = {
    "": (
        "J’ai rencontré mes voisins.", "Ambiance chaleureuse.", "À refaire.", "Un peu court.", "Je reviendrai avec ma sœur.",
        "On a bien ri.", "La salle était froide.", "Merci aux bénévoles.",
    ),
    Kind.COOKING: (
        "Je ne savais pas cuisiner le panais, maintenant si.", "Les enfants ont mangé de la soupe !", "Facile à refaire sans four.",
        "Trop de monde autour des plaques.", "J’emporte la recette.",
    ),
    Kind.GARDENING: ("J’ai planté mes premières salades.", "Il faisait froid, mais beau.", "Les jardiniers expliquent bien."),
    Kind.NUTRITION: ("Je lis les étiquettes autrement.", "Personne ne m’a fait la leçon.", "Un peu rapide pour moi."),
    Kind.MEAL: ("Très bon repas.", "Je suis venu seul, je suis reparti avec des amis."),
}  # fmt: skip
FROM_OUTSIDE = (
    ("Lucie", "lucie@example.org", "", 1, 1),
    ("Bruno", "", "+33639980101", 2, 0),
    ("Awa", "awa@example.org", "", 1, 0),
)


def play(garden: Garden, sessions: Sequence[Session], enrolments: Sequence[Enrolment], *, on: date, seed: int) -> int:
    """Opinions on all that was held, in bulk; at `garden`, three people from outside who come. Returns how many opinions."""
    chance = random.Random(f"{seed} opinions")
    people: dict[int, int] = {}
    for one in enrolments:
        if one.state == Enrolment.State.CAME:
            people[one.session.pk] = people.get(one.session.pk, 0) + one.adults
    rows = []
    for session in sessions:
        if session.state != Session.State.HELD:
            continue
        words = SENTENCES[""] + SENTENCES.get(session.workshop.kind, ())
        told = [one for one in range(people.get(session.pk, 0) + session.adults) if chance.random() < 0.6]
        rows += [_opinion(session, words, chance) for _one in told]
    Opinion.objects.bulk_create(rows, batch_size=2000)
    _from_outside(garden, on)
    return len(rows)


def _opinion(session: Session, words: Sequence[str], chance: random.Random) -> Opinion:
    face = chance.choice(FACES)
    glad = [word for word in words if not word.startswith(("Un peu", "Trop", "La salle"))]
    other = [word for word in words if word not in glad]
    sentence = chance.choice(glad if face == GLAD else other) if chance.random() < 0.4 else ""
    return Opinion(session=session, face=face, sentence=sentence[: opinions.LONGEST], once=f"{chance.getrandbits(256):064x}", on=session.ends_at.date())  # fmt: skip


def _from_outside(garden: Garden, on: date) -> None:
    """They come to the next session that has room for all of them."""
    at = moment(on, 8)
    rows = Session.objects.filter(garden=garden, state=Session.State.PLANNED, starts_at__gt=at, workshop__open_door=False, workshop__public=True)  # fmt: skip
    for session in rows.select_related("workshop"):
        if session.seats is None or session.seats - session.seats_taken < 7:
            continue
        for first_name, email, phone, adults, children in FROM_OUTSIDE:
            who = enrolling.Outsider(first_name, email, phone, secret()[1])
            enrolling.enrol(
                session, outsider=who, adults=adults, children=children, source=Enrolment.By.PUBLIC, by=None, at=at
            )
        return
