"""National offers brought home: how far they are, the local agreement filled, what a garden is asked at the end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from cageot.guide.rules import fields

EARTH_KM = 6371.0
NEAR_KM = 40
"""Within this distance a place is said to be near."""
MOST_ASKS = 6
MOST_SPOTS = 300

FIELDS = {
    name: fields.FIELDS[name].label
    for name in ("jardin.nom", "jardin.adresse", "jardin.commune", "jardin.telephone", "jardin.courriel", "jardin.siret", "jardin.contact",
                 "reseau.nom", "edition.nom", "partenaire.nom", "partenaire.contact", "date.jour")
} | {"offre.titre": "Titre de l’offre", "offre.lieu": "Lieu choisi (magasin, agence)", "offre.commune": "Commune du lieu",
     "offre.jour": "Jour de l’action", "offre.demande": "Ce qui est demandé au jardin à la fin"}  # fmt: skip
"""What a model of local agreement may be filled with: nothing of money, nothing of members."""


def unknown(text: str) -> list[str]:
    """Fields of a model that nobody knows, once each, in their order."""
    return list(dict.fromkeys(name for name in fields.names_in(text) if name not in FIELDS))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The local agreement; what is not known is a line to fill by hand."""
    return "".join(bit.text for bit in fields.fill(text, values))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance between two places (longitude, latitude in degrees), as the crow flies."""
    (east, north), (to_east, to_north) = ((radians(place[0]), radians(place[1])) for place in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True)
class Reach:
    """Whether an offer is for a garden, and how near: `km` to its nearest place when it has places."""

    near: bool
    km: int | None = None


def reach(distances: Iterable[float], departments: Sequence[str], mine: str) -> Reach:
    """Distances from the garden to the offer's places, its départements (none: everywhere), and the garden's.

    Near: a place within 40 km; without places, its own département or everywhere. A département that is not named has no offer.
    """
    named = not departments or mine in departments
    nearest = min(distances, default=None)
    if nearest is None:
        return Reach(named)
    return Reach(named and nearest <= NEAR_KM, round(nearest))


@dataclass(frozen=True)
class Ask:
    """A number that a garden is asked: its code in the answers, its label, its unit."""

    code: str
    label: str
    unit: str


class BadLine(ValueError):
    """A line that is not understood: its number, from 1, and what it says."""

    def __init__(self, number: int, said: str) -> None:
        self.number, self.said = number, said[:80]
        super().__init__(said)


def asks(text: str) -> list[Ask]:
    """What is asked, a line each: "Kilos collectés ; kg". Two lines never have the same code. Refusal: BadLine."""
    found: dict[str, Ask] = {}
    for number, line in enumerate(text.splitlines(), 1):
        label, _sign, unit = (part.strip() for part in line.partition(";"))
        if not label and not unit:
            continue
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30]
        if not code or code in found or len(label) > 80 or len(unit) > 20 or len(found) == MOST_ASKS:
            raise BadLine(number, line)
        found[code] = Ask(code, label, unit)
    return list(found.values())


def asks_text(found: Iterable[Mapping[str, str]]) -> str:
    """The same as it is typed."""
    return "\n".join(f"{one['label']} ; {one['unit']}" if one["unit"] else one["label"] for one in found)


def totals(asked: Iterable[Mapping[str, str]], answers: Sequence[Mapping[str, int]]) -> list[tuple[str, str, int]]:
    """Label, unit and sum of each number that was asked, over all who answered."""
    return [(one["label"], one["unit"], sum(said.get(one["code"], 0) for said in answers)) for one in asked]
