"""The columns that an import knows, and the many names that people give them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .words import gist, plain

CORRECTIONS = "À corriger"
"""Header of the column that an annotated copy adds; left out when the copy comes back."""


@dataclass(frozen=True)
class Column:
    """A column of an import: its key, the name that the export writes, and other names it goes by."""

    key: str
    title: str
    label: str | Promise = field(compare=False)
    synonyms: tuple[str, ...]


def _column(key: str, title: str, label: str | Promise, synonyms: str) -> Column:
    return Column(key, title, label, tuple(name.strip() for name in synonyms.split("|")))


HOUSEHOLD_COLUMNS = (
    _column(
        "number",
        "N° adhérent",
        _("Numéro d’adhérent"),
        "n°|numéro|no|num|code adhérent|identifiant adhérent|numéro de foyer|numéro de dossier|matricule|"
        "num adhérent|member number|member id|number|n adhérent|code client|numéro client",
    ),
    _column(
        "civility",
        "Civilité",
        _("Civilité"),
        "civ|titre|m/mme|mme/m|mme m|m mme|title|genre|madame monsieur",
    ),
    _column(
        "last_name",
        "Nom",
        _("Nom"),
        "nom de famille|nom d'usage|nom usuel|nom de l'adhérent|nom adhérent|patronyme|last name|surname|"
        "family name|lastname",
    ),
    _column(
        "first_name",
        "Prénom",
        _("Prénom"),
        "prénom usuel|prénom de l'adhérent|prénom adhérent|first name|given name|firstname",
    ),
    _column(
        "full_name",
        "Nom et prénom",
        _("Nom et prénom ensemble"),
        "nom prénom|prénom nom|prénom et nom|nom/prénom|nom complet|adhérent|adhérente|nom & prénom|foyer|"
        "famille|bénéficiaire|membre|name|full name|member|household|identité|nom prénom adhérent|"
        "nom et prénom de l'adhérent|client|abonné|noms et prénoms|adhérent·e",
    ),
    _column(
        "address",
        "Adresse",
        _("Adresse"),
        "rue|adresse postale|adresse complète|voie|domicile|address|street|numéro et rue|n° et rue|"
        "adresse domicile|adresse ligne",
    ),
    _column(
        "postcode",
        "CP",
        _("Code postal"),
        "code postal|c.p.|code post|postal|postcode|zip|zip code|postal code",
    ),
    _column(
        "commune",
        "Ville",
        _("Commune"),
        "commune|localité|city|town|ville de résidence|commune de résidence",
    ),
    _column(
        "phone",
        "Téléphone",
        _("Téléphone"),
        "tél|tel fixe|téléphone fixe|fixe|n° de téléphone|numéro de téléphone|n° tél|téléphone domicile|"
        "phone|telephone|phone number|tél. domicile|coordonnées téléphoniques",
    ),
    _column(
        "mobile",
        "Portable",
        _("Mobile"),
        "mobile|téléphone portable|tél portable|tél. port|port|gsm|téléphone mobile|tél mobile|"
        "n° de portable|numéro de portable|cell|cell phone|mobile phone|sms",
    ),
    _column(
        "email",
        "Mail",
        _("Adresse électronique"),
        "e-mail|email|courriel|mél|adresse mail|adresse e-mail|adresse électronique|adresse email|@|"
        "e-mail address|adresse mel|adresse courriel|courrier électronique|email address",
    ),
    _column(
        "adults",
        "Adultes",
        _("Adultes"),
        "nb adultes|nombre d'adultes|adulte|nbre adultes|adults|nb d'adultes",
    ),
    _column(
        "children",
        "Enfants",
        _("Enfants"),
        "nb enfants|nombre d'enfants|enfant|nbre enfants|children|nb d'enfants|mineurs|kids|enfants à charge|"
        "nombre d'enfants à charge",
    ),
    _column(
        "household_size",
        "Nb pers.",
        _("Nombre de personnes"),
        "nb personnes|nombre de personnes|nbre pers|nbre de personnes|personnes|pers|nb pers foyer|"
        "nombre de personnes au foyer|taille du foyer|composition du foyer|household size|people|"
        "nombre de bouches|nb de personnes au foyer|composition familiale|nb de pers au foyer|"
        "taille du ménage|nb de personnes|personnes au foyer",
    ),
    _column(
        "language",
        "Langue",
        _("Langue"),
        "langue parlée|langues|language|langue de contact",
    ),
    _column(
        "size",
        "Type de panier",
        _("Taille de panier"),
        "panier|taille|taille de panier|taille du panier|format|formule|basket|basket size|size|type panier|"
        "formule panier|format du panier|abonnement|type d'abonnement|formule choisie",
    ),
    _column(
        "frequency",
        "Fréquence",
        _("Rythme"),
        "rythme|périodicité|semaine|sem|semaines de livraison|fréquence de livraison|fréquence panier|parité|"
        "frequency|week|rythme de livraison|paire/impaire|semaine paire/impaire",
    ),
    _column(
        "depot",
        "Point de dépôt",
        _("Dépôt"),
        "dépôt|lieu de dépôt|point de retrait|lieu de retrait|point de distribution|lieu de distribution|"
        "lieu de livraison|point de livraison|point relais|relais|retrait|depot|pick-up point|pickup point|"
        "collection point|lieu|distribution|pt de dépôt|point dépôt",
    ),
    _column(
        "tariff",
        "Tarif",
        _("Tarif"),
        "type de tarif|catégorie tarifaire|tarif appliqué|tariff|solidaire/plein|type tarif",
    ),
    _column(
        "partner",
        "Partenaire",
        _("Partenaire de la convention"),
        "financé par|financeur|financement|organisme|convention|payeur|pris en charge par|organisme payeur|"
        "organisme financeur|partenaire financeur|partner|funder|payer|paid by|prise en charge par|"
        "structure partenaire|affiliation",
    ),
    _column(
        "support_from",
        "Début",
        _("Début"),
        "depuis le|depuis|du|date de début|date début|début de prise en charge|début prise en charge|"
        "commence le|à partir du|dès le|start|start date|from|date d'entrée|date entrée|entrée|"
        "début convention|début du contrat|début contrat|début le|début abonnement",
    ),
    _column(
        "until",
        "Fin",
        _("Fin"),
        "jusqu'au|jusqu'à|au|date de fin|date fin|fin de prise en charge|fin prise en charge|échéance|fin le|"
        "end|end date|until|to|date de sortie|sortie|fin convention|fin du contrat|fin contrat|se termine le|"
        "date d'échéance|fin abonnement|fin de droits",
    ),
    _column(
        "member_part",
        "Participation",
        _("Participation de l’adhérent"),
        "prix payé|part adhérent|part de l'adhérent|participation adhérent|montant payé|reste à charge|"
        "member part|pays|participation par panier|prix adhérent|participation de l'adhérent|part foyer|"
        "participation financière|price paid|prix payé par panier",
    ),
    _column(
        "membership_paid_on",
        "Cotisation payée le",
        _("Cotisation payée le"),
        "date de cotisation|date cotisation|adhésion payée le|adhésion réglée le|cotisation réglée le|"
        "date de paiement de la cotisation|membership paid on|date paiement adhésion|"
        "membership paid|date de règlement adhésion|paiement adhésion",
    ),
    _column(
        "comment",
        "Remarques",
        _("Remarques"),
        "commentaire|notes|note|observations|obs|divers|infos|informations|remarque|comment|comments|remarks|"
        "à savoir|précisions|information complémentaire",
    ),
)
"""What an import of households understands, in the order in which an export writes it."""

_TWO_PHONES = {"phone": "mobile"}


def recognise(headers: Sequence[str], columns: Sequence[Column] = HOUSEHOLD_COLUMNS) -> dict[str, str | None]:
    """Each header with the key of its column, or None when it is unknown or could be several: to be mapped by hand.

    Headers are unique, as `Table.columns` are. Two that claim the same column get none, save two telephones;
    "Nom" without "Prénom" is the full name.
    """
    keys = [key_of(header, columns) for header in headers]
    keys = _second_phone(keys)
    if "last_name" in keys and "first_name" not in keys and "full_name" not in keys:
        keys = ["full_name" if key == "last_name" else key for key in keys]
    claimed = Counter(key for key in keys if key)
    return {header: key if key and claimed[key] == 1 else None for header, key in zip(headers, keys, strict=True)}


def key_of(header: str, columns: Sequence[Column] = HOUSEHOLD_COLUMNS) -> str | None:
    """The column that a header names by itself, or None."""
    names = _names(tuple(columns))
    return next((names[reading] for reading in _readings(header) if reading in names), None)


def first_name_first(header: str) -> bool:
    """Whether a column of full names says that it writes "Prénom Nom"."""
    words = plain(header).split()
    return {"prenom", "nom"} <= set(words) and words.index("prenom") < words.index("nom")


@cache
def _names(columns: tuple[Column, ...]) -> dict[str, str]:
    """Every name that leads to one column only."""
    claims: dict[str, set[str]] = {}
    for column in columns:
        for name in (column.title, *column.synonyms):
            claims.setdefault(_reduced(name), set()).add(column.key)
    return {name: min(keys) for name, keys in claims.items() if len(keys) == 1}


def _reduced(name: str) -> str:
    """Little words fall, unless nothing else would be left of "Du" or "Au"."""
    return gist(name) or name.strip()


def _readings(header: str) -> list[str]:
    """The header whole, then without what stands in brackets, then without a number at its end ("Tél. 2")."""
    bare = header.split("(")[0].split("[")[0]
    return [_reduced(header), _reduced(bare), _reduced(bare.rstrip(" 0123456789"))]


def _second_phone(keys: list[str | None]) -> list[str | None]:
    """The second of two telephones is taken for the mobile if nothing else is."""
    places = [index for index, key in enumerate(keys) if key == "phone"]
    if len(places) == 2 and "mobile" not in keys:
        keys = keys[: places[1]] + ["mobile"] + keys[places[1] + 1 :]
    return keys
