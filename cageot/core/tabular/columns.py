"""The columns that an import knows, and the many names that people give them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .words import gist, plain

CORRECTIONS = "À corriger"
"""Header of the column that an annotated copy adds; left out when the copy comes back."""


@dataclass(frozen=True)
class Column:
    """A column of an import: its key, the name that the export writes, and other names it goes by.

    `several`: many columns of a file may be of that kind, since none of them is read.
    """

    key: str
    title: str
    label: str | Promise = field(compare=False)
    synonyms: tuple[str, ...]
    several: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The surest first."""
        return (self.title, *self.synonyms)


def _column(key: str, title: str, label: str | Promise, synonyms: str, *, several: bool = False) -> Column:
    return Column(key, title, label, tuple(name.strip() for name in synonyms.split("|")), several)


HOUSEHOLD_COLUMNS = (
    _column(
        "number",
        "N° adhérent",
        _("Numéro d’adhérent"),
        "n°|numéro|no|num|code adhérent|identifiant adhérent|numéro de foyer|numéro de dossier|matricule|"
        "num adhérent|member number|member id|number|n adhérent|code client|numéro client|id|ident|identifiant|réf|référence|référence adhérent|code foyer|code famille|n° d'inscription",
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
        "family name|lastname|nom de naissance|nom marital|nom 1",
    ),
    _column(
        "first_name",
        "Prénom",
        _("Prénom"),
        "prénom usuel|prénom de l'adhérent|prénom adhérent|first name|given name|firstname|prénoms|prénom 1",
    ),
    _column(
        "full_name",
        "Nom et prénom",
        _("Nom et prénom ensemble"),
        "nom prénom|prénom nom|prénom et nom|nom/prénom|nom complet|adhérent|adhérente|nom & prénom|foyer|"
        "famille|bénéficiaire|membre|name|full name|member|household|identité|nom prénom adhérent|"
        "nom et prénom de l'adhérent|client|abonné|noms et prénoms|adhérent·e|usager|titulaire",
    ),
    _column(
        "address",
        "Adresse",
        _("Adresse"),
        "rue|adresse postale|adresse complète|voie|domicile|address|street|numéro et rue|n° et rue|"
        "adresse domicile|adresse ligne|adresse du domicile|adresse personnelle|n° rue|lieu d'habitation",
    ),
    _column(
        "address_more",
        "Complément d’adresse",
        _("Complément d’adresse"),
        "adresse 2|adresse (suite)|adresse suite|complément|bâtiment|bât|appartement|appt|résidence|étage|lieu-dit|"
        "address line 2",
    ),
    _column(
        "postcode",
        "CP",
        _("Code postal"),
        "code postal|c.p.|code post|postal|postcode|zip|zip code|postal code|cpostal|code p|cp domicile",
    ),
    _column(
        "commune",
        "Ville",
        _("Commune"),
        "commune|localité|city|town|ville de résidence|commune de résidence|cp ville|code postal ville|code postal et ville|cp commune|code postal commune|lieu de résidence",
    ),
    _column(
        "phone",
        "Téléphone",
        _("Téléphone"),
        "tél|tel fixe|téléphone fixe|fixe|n° de téléphone|numéro de téléphone|n° tél|téléphone domicile|"
        "phone|telephone|phone number|tél. domicile|coordonnées téléphoniques|contact téléphone|contact téléphonique|tél. contact|tél. fixe domicile|n° tél. fixe",
    ),
    _column(
        "mobile",
        "Portable",
        _("Mobile"),
        "mobile|téléphone portable|tél portable|tél. port|port|gsm|téléphone mobile|tél mobile|"
        "n° de portable|numéro de portable|cell|cell phone|mobile phone|sms|tél. cellulaire|n° tél. portable|n° tél. mobile",
    ),
    _column(
        "email",
        "Mail",
        _("Adresse électronique"),
        "e-mail|email|courriel|mél|adresse mail|adresse e-mail|adresse électronique|adresse email|@|"
        "e-mail address|adresse mel|adresse courriel|courrier électronique|email address|contact mail|mail contact|email de contact",
    ),
    _column(
        "adults",
        "Adultes",
        _("Adultes"),
        "nb adultes|nombre d'adultes|adulte|nbre adultes|adults|nb d'adultes|adultes au foyer|adultes du foyer|majeurs|nb majeurs|nb de majeurs",
    ),
    _column(
        "children",
        "Enfants",
        _("Enfants"),
        "nb enfants|nombre d'enfants|enfant|nbre enfants|children|nb d'enfants|mineurs|kids|enfants à charge|"
        "nombre d'enfants à charge|enfants au foyer|enfants du foyer|nb mineurs|nb de mineurs|nombre de mineurs|dont enfants",
    ),
    _column(
        "household_size",
        "Nb pers.",
        _("Nombre de personnes"),
        "nb personnes|nombre de personnes|nbre pers|nbre de personnes|personnes|pers|nb pers foyer|"
        "nombre de personnes au foyer|taille du foyer|composition du foyer|household size|people|"
        "nombre de bouches|nb de personnes au foyer|composition familiale|nb de pers au foyer|"
        "taille du ménage|nb de personnes|personnes au foyer|composition|composition du ménage|foyer composition|nb personnes composant le foyer|nb total de personnes|nombre total de personnes",
    ),
    _column(
        "language",
        "Langue",
        _("Langue"),
        "langue parlée|langues|language|langue de contact|langue maternelle|langue usuelle|langue comprise",
    ),
    _column(
        "size",
        "Type de panier",
        _("Taille de panier"),
        "panier|taille|taille de panier|taille du panier|format|formule|basket|basket size|size|type panier|"
        "formule panier|format du panier|abonnement|type d'abonnement|formule choisie|taille panier|choix du panier|choix panier|panier choisi|modèle de panier|nature du panier|formule d'abonnement",
    ),
    _column(
        "frequency",
        "Fréquence",
        _("Rythme"),
        "rythme|périodicité|semaine|sem|semaines de livraison|fréquence de livraison|fréquence panier|parité|"
        "frequency|week|rythme de livraison|paire/impaire|semaine paire/impaire|semaine a/b|semaines paires ou impaires|rythme du panier|rythme de retrait|fréquence abonnement|fréquence de retrait|p/i|fréq|hebdo/quinzaine|hebdo ou quinzaine|rythme hebdo/quinzaine|semaine p/i|alternance",
    ),
    _column(
        "depot",
        "Point de dépôt",
        _("Dépôt"),
        "dépôt|lieu de dépôt|point de retrait|lieu de retrait|point de distribution|lieu de distribution|"
        "lieu de livraison|point de livraison|point relais|relais|retrait|depot|pick-up point|pickup point|"
        "collection point|lieu|distribution|pt de dépôt|point dépôt|point de retrait du panier|lieu de retrait du panier|lieu panier|dépôt de retrait|site|site de retrait|point de collecte|lieu de collecte|pick up point|pickup|casier|retirer|récupérer|venir chercher|où retirer",
    ),
    _column(
        "tariff",
        "Tarif",
        _("Tarif"),
        "type de tarif|catégorie tarifaire|tarif appliqué|tariff|solidaire/plein|type tarif|solidaire|tarif solidaire|panier solidaire|adhérent solidaire|tarif du panier|catégorie de tarif|statut tarifaire|plein/solidaire|rate|price category",
    ),
    _column(
        "partner",
        "Partenaire",
        _("Partenaire de la convention"),
        "financé par|financeur|financement|organisme|convention|payeur|pris en charge par|organisme payeur|"
        "organisme financeur|partenaire financeur|partner|funder|payer|paid by|prise en charge par|"
        "structure partenaire|affiliation|payeurs|tiers payeur|tiers-payeur|organisme de prise en charge|convention avec|partenaire social|partenaire de la convention|structure de prise en charge|organisme financeur du panier",
    ),
    _column(
        "support_from",
        "Début",
        _("Début"),
        "depuis le|depuis|du|date de début|date début|début de prise en charge|début prise en charge|"
        "commence le|à partir du|dès le|start|start date|from|date d'entrée|date entrée|entrée|"
        "début convention|début du contrat|début contrat|début le|début abonnement|date d'effet|date de démarrage|démarrage|date d'arrivée|arrivée|début de l'abonnement|premier panier|date du premier panier|1er panier|début de droits|date début de droits|prise d'effet|date début contrat|date début convention|date début abonnement|début pec|date début pec|début aide|date début prise en charge",
    ),
    _column(
        "until",
        "Fin",
        _("Fin"),
        "jusqu'au|jusqu'à|au|date de fin|date fin|fin de prise en charge|fin prise en charge|échéance|fin le|"
        "end|end date|until|to|date de sortie|sortie|fin convention|fin du contrat|fin contrat|se termine le|"
        "date d'échéance|fin abonnement|fin de droits|date d'arrêt|arrêt|fin de l'abonnement|valable jusqu'au|fin des droits|date de fin de droits|dernier panier|date du dernier panier|terme|date fin contrat|date fin convention|date fin abonnement|fin pec|date fin pec|fin aide|date fin prise en charge",
    ),
    _column(
        "member_part",
        "Participation",
        _("Participation de l’adhérent"),
        "prix payé|part adhérent|part de l'adhérent|participation adhérent|montant payé|reste à charge|"
        "member part|pays|participation par panier|prix adhérent|participation de l'adhérent|part foyer|"
        "participation financière|price paid|prix payé par panier|part bénéficiaire|participation demandée|participation du foyer|montant de la participation|montant participation|contribution|contribution de l'adhérent|part usager|reste à payer|montant payé par l'adhérent|payé par l'adhérent|participation (€)",
    ),
    _column(
        "membership_paid_on",
        "Cotisation payée le",
        _("Cotisation payée le"),
        "date de cotisation|date cotisation|adhésion payée le|adhésion réglée le|cotisation réglée le|"
        "date de paiement de la cotisation|membership paid on|date paiement adhésion|"
        "membership paid|date de règlement adhésion|paiement adhésion|date paiement cotisation|date de paiement de l'adhésion|date règlement cotisation|date de règlement de la cotisation",
    ),
    _column(
        "comment",
        "Remarques",
        _("Remarques"),
        "commentaire|notes|note|observations|obs|divers|infos|informations|remarque|comment|comments|remarks|"
        "à savoir|précisions|information complémentaire|commentaires|mémo|annotations|à noter|message|allergies|régime alimentaire|détails|divers à savoir",
        several=True,
    ),
    _column(
        "weekday",
        "Jour",
        _("Jour de livraison"),
        "jour de livraison|jour de retrait|jour de distribution|jour de collecte|jour de dépôt|jour de la semaine|"
        "jour du panier|weekday|day|pick-up day|delivery day",
    ),
    _column(
        "private",
        "Quotient familial",
        _("Revenus, âge, dossier social"),
        "qf|quotient|quotient caf|revenus|revenu|revenu fiscal de référence|rfr|ressources|ressources mensuelles|"
        "date de naissance|né le|née le|né(e) le|date naissance|ddn|âge|âges|âge des enfants|âges des enfants|"
        "année de naissance|lieu de naissance|nationalité|situation familiale|situation|situation professionnelle|"
        "profession|métier|n° allocataire|numéro allocataire|n° allocataire caf|n° caf|n° msa|n° de sécurité sociale|"
        "n° sécurité sociale|nir|rsa|minima sociaux|aides perçues|date of birth|birth date|birthday|income|"
        "iban|rib|bic|coordonnées bancaires",
        several=True,
    ),
)
"""What an import of households understands, in the order in which an export writes it."""


def recognise(headers: Sequence[str], columns: Sequence[Column] = HOUSEHOLD_COLUMNS) -> dict[str, str | None]:
    """Each header with the key of its column, or None when it is unknown, or says again what a surer one says.

    Headers are unique, as `Table.columns` are. Of two that claim one column, the surest name has it, then the first;
    the second of two telephones is the mobile. "Nom" without "Prénom" is the full name.
    """
    found = _second_phone([_found(header, tuple(columns)) for header in headers])
    several = {column.key for column in columns if column.several}
    claims = sorted((one.doubt, place, one.key) for place, one in enumerate(found) if one)
    surest = {key: place for _doubt, place, key in reversed(claims)}
    keys = [
        one.key if one and (one.key in several or surest[one.key] == place) else None for place, one in enumerate(found)
    ]
    if "last_name" in keys and "first_name" not in keys and "full_name" not in keys:
        keys = ["full_name" if key == "last_name" else key for key in keys]
    return dict(zip(headers, keys, strict=True))


def key_of(header: str, columns: Sequence[Column] = HOUSEHOLD_COLUMNS) -> str | None:
    """The column that a header names by itself, or None."""
    found = _found(header, tuple(columns))
    return found.key if found else None


def first_name_first(header: str) -> bool:
    """Whether a column of full names says that it writes "Prénom Nom"."""
    words = plain(header).split()
    return {"prenom", "nom"} <= set(words) and words.index("prenom") < words.index("nom")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a header is taken for; the lower the `doubt`, the surer."""

    key: str
    doubt: int


_WHOSE = frozenset(
    """adherent adherente usager usagere beneficiaire foyer membre client cliente famille abonne abonnee menage
    personnel personnelle perso principal principale contact titulaire allocataire votre vo""".split()
)
"""Whose it is: "Prénom de l’usager" is "Prénom", and "Part du bénéficiaire" is the part of the "adhérent"."""
_ASIDE = frozenset(
    """panier actuel actuelle souhaite souhaitee souhaitez choisi choisie demande demandee prevu prevue attribue attribuee
    par pour dan sur svp obligatoire ans moin dispositif quel quelle est vou ou un une comment merci indiquer""".split()
)
_OTHERS = frozenset(
    """conjoint conjointe epoux epouse mari second seconde autre referent referente tuteur tutrice curateur enfant mere pere
    urgence pro professionnel""".split()
)
"""Somebody else than whom the column is about: "Téléphone (conjoint)" is not "Téléphone"."""
_NUMBERED = frozenset(("last_name", "first_name", "full_name", "phone", "mobile", "email", "address"))
"""What a household may have several of, numbered: "Tél. 1". "Enfant 1" is not a number of children."""
"""What else a header may say without changing what it is, as `gist` leaves it: "Date de début du panier"."""
_SAME = {"nombre": "nb", "nbre": "nb", "telephone": "tel", "numero": "n", "no": "n", "num": "n"}
_SOUNDS = 0.9
"""One slip of the pen in a word of eight letters."""


@lru_cache(maxsize=4096)
def _found(header: str, columns: tuple[Column, ...]) -> _Found | None:
    exact = _names(columns)
    readings = _readings(header)
    for further, reading in enumerate(readings):
        if (found := exact.get(reading)) and (further < 2 or found.key in _NUMBERED):
            return _Found(found.key, found.doubt + 100 * further)
    for further, reading in enumerate(readings):
        if (found := _loosely(reading, columns)) and (further < 2 or found.key in _NUMBERED):
            return _Found(found.key, found.doubt + 1_000)
    spelled = _spelled(columns)
    near = get_close_matches(gist(header), spelled, n=1, cutoff=_SOUNDS)
    return _Found(spelled[near[0]], 2_000) if near else None


def _loosely(reading: str, columns: tuple[Column, ...]) -> _Found | None:
    """The same words in any order, without those that say whose it is."""
    words = set(reading.split())
    words -= {word for word in words if word.isdecimal() and (len(words) > 2 or len(word) > 1)}
    whose, free = _loose(columns)
    kept = words - _WHOSE - _ASIDE
    found = free.get(_bag(kept)) or free.get(_bag(kept | words & {"panier"}))
    return found or (whose.get(_bag(kept | words & {"panier"})) if words & _WHOSE else None)


@cache
def _names(columns: tuple[Column, ...]) -> dict[str, _Found]:
    """Every name that leads to one column only."""
    return _unique(
        [(_reduced(name), _Found(column.key, doubt)) for column in columns for doubt, name in enumerate(column.names)]
    )


@cache
def _spelled(columns: tuple[Column, ...]) -> dict[str, str]:
    """Names long enough for a slip of the pen to be told from another word."""
    exact = _names(columns)
    return {
        gist(name): found.key
        for column in columns
        for name in column.names
        if len(gist(name)) > 5 and (found := exact.get(_reduced(name)))
    }


@cache
def _loose(columns: tuple[Column, ...]) -> tuple[dict[str, _Found], dict[str, _Found]]:
    """Bags of words: of the names that say whose it is, without these words; of those that do not."""
    names = [(set(name.split()), found) for name, found in _names(columns).items()]
    return (
        _unique([(_bag(words - _WHOSE), found) for words, found in names if words & _WHOSE]),
        _unique([(_bag(words), found) for words, found in names if not words & _WHOSE]),
    )


def _unique(named: Sequence[tuple[str, _Found]]) -> dict[str, _Found]:
    claims: dict[str, list[_Found]] = {}
    for name, found in named:
        claims.setdefault(name, []).append(found)
    return {
        name: min(some, key=lambda found: found.doubt)
        for name, some in claims.items()
        if name and len({found.key for found in some}) == 1
    }


def _reduced(name: str) -> str:
    """Little words fall, unless nothing else would be left of "Du" or "Au"; "Nombre" and "Nbre" are one word."""
    return " ".join(_SAME.get(word, word) for word in gist(name).split()) or name.strip()


def _bag(words: set[str]) -> str:
    return " ".join(sorted(words))


def _readings(header: str) -> list[str]:
    """The header whole, then without what stands in brackets, then without a number at its end ("Tél. 2")."""
    bare = header.split("(")[0].split("[")[0]
    if _OTHERS & set(gist(header[len(bare) :]).split()):
        bare = header
    return [_reduced(header), _reduced(bare), _reduced(bare.rstrip(" 0123456789"))]


def _second_phone(found: list[_Found | None]) -> list[_Found | None]:
    """The second of two telephones is taken for the mobile if nothing else is."""
    places = [place for place, one in enumerate(found) if one and one.key == "phone"]
    if len(places) > 1 and not any(one and one.key == "mobile" for one in found):
        found[places[1]] = _Found("mobile", 0)
    return found
