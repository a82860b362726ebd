"""Fields: the words in double braces that a paper is filled with, such as {{jardin.nom}}. The vocabulary is here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
BLANK = "________________"
"""What stands where a value is missing: a line to fill by hand."""


@dataclass(frozen=True)
class Field:
    """A field: its name, what it says, and an invented example."""

    name: str
    label: str
    example: str


_TABLE = """
jardin.nom | Nom du jardin | Les Jardins du Val clair
jardin.adresse | Adresse du jardin | 12 chemin des Prés
jardin.commune | Commune du jardin | 00000 Exemple-sur-Loire
jardin.telephone | Téléphone du jardin | 02 00 00 00 00
jardin.courriel | Courriel du jardin | bonjour@jardin.example
jardin.siret | Numéro SIRET du jardin | 000 000 000 00000
jardin.contact | Personne à joindre au jardin | la coordination
reseau.nom | Nom du réseau | Réseau des jardins solidaires
edition.nom | Nom de l’édition du programme | Paniers solidaires 2026-2027
edition.plafond | Part la plus haute payée par le foyer | 30 %
partenaire.nom | Nom du partenaire | CCAS d’Exemple-sur-Loire
partenaire.adresse | Adresse du partenaire | 1 place de la Mairie, 00000 Exemple-sur-Loire
partenaire.contact | Personne à joindre chez le partenaire | l’accueil social
partenaire.telephone | Téléphone du partenaire | 02 00 00 00 01
partenaire.courriel | Courriel du partenaire | social@partenaire.example
partenaire.signataire | Signataire du partenaire | la présidence
convention.debut | Début de la convention | 1er octobre 2026
convention.fin | Fin de la convention | 30 septembre 2027
convention.public | Public de la convention | les personnes que le partenaire accompagne ou rencontre
convention.places | Nombre de foyers en même temps | 12
convention.paniers | Nombre de paniers prévus | 528
convention.plafond | Dépense à ne pas dépasser | 2 217,60 €
convention.preavis | Préavis | trois mois
convention.rythme | Rythme de la facturation | chaque trimestre
convention.delai | Délai de paiement | 30 jours
tarif.taille | Taille du panier | Grand
tarif.prix | Prix du panier | 12,00 €
tarif.adherent | Part du foyer | 3,60 €
tarif.partenaire | Part du partenaire | 4,20 €
tarif.autres | Part des autres payeurs | 4,20 €
tarif.mois | Part du foyer pour quatre paniers | 14,40 €
prise_en_charge.duree | Durée de la prise en charge | six mois, renouvelable
prise_en_charge.debut | Premier panier | jeudi 8 octobre 2026
prise_en_charge.fin | Fin de la prise en charge | 31 mars 2027
foyer.nom | Nom choisi par le foyer | Amina B.
depot.nom | Dépôt | Médiathèque
depot.adresse | Adresse du dépôt | 3 rue du Port, 00000 Exemple-sur-Loire
depot.jour | Jour de retrait | le jeudi
depot.heures | Heures de retrait | de 17 h à 19 h
absence.delai | Délai pour annoncer une absence | 48 heures
donnees.mois | Durée de conservation des données | 24 mois
atelier.titre | Titre de l’atelier | Tout cuisiner dans la courge
atelier.jour | Jour de l’atelier | mercredi 18 novembre 2026
atelier.heures | Heures de l’atelier | de 10 h à 12 h 30
atelier.lieu | Lieu de l’atelier | Cuisine du centre social, 5 rue Neuve
atelier.places | Nombre de places | 10
atelier.animation | Qui anime | deux adhérents et le jardin
comite.jour | Jour du comité | mardi 9 février 2027
comite.heures | Heures du comité | de 14 h à 16 h
comite.lieu | Lieu du comité | Salle de la médiathèque
budget.places | Nombre de places | 20
budget.semaines | Nombre de semaines | 44
budget.paniers | Nombre de paniers | 880
budget.total_paniers | Prix de tous les paniers | 10 560 €
budget.part_foyers | Part des foyers | 3 168 €
budget.part_partenaires | Part des partenaires locaux | 3 696 €
budget.part_reseau | Part du réseau et de ses partenaires | 3 696 €
budget.coordination | Coordination | 4 400 €
budget.ateliers | Ateliers | 1 500 €
budget.total | Total du budget | 17 000 €
date.jour | Date du jour | 1er octobre 2026
signataire.nom | Signataire du jardin | Camille Exemple
signataire.qualite | Qualité du signataire | présidence de l’association
"""

FIELDS: dict[str, Field] = {
    name: Field(name, label, example)
    for name, label, example in (line.split(" | ") for line in _TABLE.strip().splitlines())
}


SIZE = "tarif.taille"
"""What holds this field (a row, an item of a list) stands once for each size of the tariff: `blocks.by_size`."""


def of_size(text: str, number: int) -> str:
    """The same text about the size of this number: "tarif.prix" is that of the first, "tarif.prix 2" that of the second."""
    if number == 1:
        return text
    return FIELD.sub(lambda found: f"{{{{{found[1]} {number}}}}}" if found[1].startswith("tarif.") else found[0], text)


def sizes_in(values: Mapping[str, str]) -> int:
    """How many sizes these values know; at least one."""
    number = 1
    while f"{SIZE} {number + 1}" in values:
        number += 1
    return number


class UnknownField(ValueError):
    """A text has a field that nobody knows: `name`, and the known ones that look like it, `near`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.near = get_close_matches(name.lower(), FIELDS, 3, 0.5)
        super().__init__(name)


def names_in(text: str) -> list[str]:
    """Names between double braces, as they stand."""
    return FIELD.findall(text)


def check(texts: Iterable[str]) -> None:
    """Refusal: UnknownField for the first name that is not in the vocabulary."""
    for text in texts:
        for name in names_in(text):
            if name not in FIELDS:
                raise UnknownField(name)


@dataclass(frozen=True)
class Bit:
    """A part of a filled text. `kind`: "text", "value", "face" (3 glad, 2 so-so, 1 sad), or "blank" for a line to fill, with
    the `label` of what goes there."""

    text: str
    kind: str = "text"
    label: str = ""


def fill(text: str, values: Mapping[str, str] | None) -> list[Bit]:
    """The text with its fields replaced; without values, the fields stay as they are written, told apart as "field"."""
    return [bit for bit in _bits(text, values) if bit.text]


def _bits(text: str, values: Mapping[str, str] | None) -> Iterator[Bit]:
    at = 0
    for found in FIELD.finditer(text):
        yield Bit(text[at : found.start()])
        at = found.end()
        field = FIELDS.get(found[1].partition(" ")[0])
        label = field.label if field else found[1]
        if values is None:
            yield Bit(f"{{{{{found[1]}}}}}", "field", label)
        elif value := values.get(found[1], ""):
            yield Bit(value, "value", label)
        else:
            yield Bit(BLANK, "blank", label)
    yield Bit(text[at:])


FACES = ("🙂", "😐", "🙁")
"""The three faces of opinions, glad first, as a paper writes them: drawn on screen and in a PDF, signs in a DOCX."""
_FACE = re.compile(f"([{''.join(FACES)}])")


def with_faces(bits: Iterable[Bit]) -> Iterator[Bit]:
    """The same bits, with faces told apart from the words of the paper, to be drawn."""
    for bit in bits:
        if bit.kind != "text":
            yield bit
            continue
        for part in filter(None, _FACE.split(bit.text)):
            yield Bit(str(3 - FACES.index(part)), "face", part) if part in FACES else Bit(part)


def examples() -> dict[str, str]:
    """Invented values for all of them, to look at a paper."""
    return {field.name: field.example for field in FIELDS.values()}
