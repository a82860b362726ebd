"""A fund in words: its conditions as one sentence, how far its money has come, what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day, euros, share
from cageot.funding.models import Agreement
from cageot.funding.rules.conditions import WHOLE, Conditions, Wrong, parted
from cageot.network import territory

NAMED = 3
"""Gardens, places or publics named in a sentence; more are counted."""

# --- Places -------------------------------------------------------------------------------------

_MASCULINE = "14 15 18 25 29 30 32 39 41 45 46 47 49 56 59 62 63 67 68 69 81 83 90 94 95"
_FEMININE = "16 17 19 21 23 24 26 31 33 42 43 44 48 50 51 52 53 55 57 58 70 71 72 73 74 76 77 80 85 86 87 93 2A 2B 971 972 973 988 987"
_PLURAL = "04 05 06 08 13 22 40 64 65 66 78 79 88 92"
_BARE = "75 82 84 974 975 976 977 978 986"
_ARTICLES = {
    **dict.fromkeys(_MASCULINE.split(), "du"),
    **dict.fromkeys(_FEMININE.split(), "de la"),
    **dict.fromkeys(_PLURAL.split(), "des"),
    **dict.fromkeys(_BARE.split(), "de"),
}
_REGIONS = {"24": "du", "44": "du", "32": "des", "52": "des", "01": "de la", "03": "de la", "02": "de la"}
"""The article before a département's or a region's name in French; the others take "de l’", or "de" for a region."""
_USUAL = {"54": "de", "71": "de", "77": "de", "44": "de", "93": "de", "976": "de"}


def of_place(place: str) -> str:
    """ "department:41" → "du Loir-et-Cher"; elsewhere than in French, the name alone."""
    word, code = parted(place)
    name = place_name(place)
    if (get_language() or "fr")[:2] != "fr":
        return name
    if word == "department":
        return _after(_USUAL.get(code) or _ARTICLES.get(code, "de l’"), name)
    if word == "region":
        return _after(_REGIONS.get(code, "de"), name)
    if word == "epci":
        return f"de l’intercommunalité {name}"
    return _of_town(name)


def _after(article: str, name: str) -> str:
    if article == "de" and _elided(name):
        return f"d’{name}"
    if article == "de la" and _elided(name):
        article = "de l’"
    return f"{article}{name}" if article.endswith("’") else f"{article} {name}"


def _of_town(name: str) -> str:
    """ "Le Mans" → "du Mans", "Les Ulis" → "des Ulis", "Auch" → "d’Auch"."""
    for article, joined in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return joined + name[len(article) :]
    return f"d’{name}" if _elided(name) else f"de {name}"


def _elided(name: str) -> bool:
    return name[:1].upper() in "AÂEÉÈÊIÎOÔUÛY" or name.startswith("Hérault")


def place_name(place: str) -> str:
    """The name of a territory; its code when it is not known."""
    word, code = parted(place)
    try:
        if word == "commune":
            return territory.commune(code).name
        if word == "epci":
            return territory.body(code).name
        if word == "department":
            return territory.department(code).name
        return next(region.name for region in territory.regions() if region.code == code)
    except (KeyError, StopIteration):
        return code


PLACE_KINDS = {
    "commune": gettext_lazy("commune"),
    "epci": gettext_lazy("intercommunalité"),
    "department": gettext_lazy("département"),
    "region": gettext_lazy("région"),
}

# --- The sentence -------------------------------------------------------------------------------


def sentence(conditions: Conditions, gardens: Mapping[int, str]) -> str:
    """The conditions as one sentence. `gardens`: the names of those it is for."""
    return f"{_for_whom(conditions, gardens)} ; {_how_much(conditions)}."


def _for_whom(one: Conditions, gardens: Mapping[int, str]) -> str:
    if one.for_everybody:
        return _("Pour tous les foyers")
    publics = (
        _listed([f"« {public} »" for public in sorted(one.audiences, key=territory.folded)], "publics")
        if one.audiences
        else ""
    )
    many = len(one.audiences)
    if one.territories:
        places = _listed(_places(one.territories), "places")
        parts = [_("Pour les foyers %(places)s") % {"places": places}]
        if publics:
            parts.append(ngettext("public %(publics)s", "publics %(publics)s", many) % {"publics": publics})
    elif publics:
        parts = [ngettext("Pour le public %(publics)s", "Pour les publics %(publics)s", many) % {"publics": publics}]
    else:
        parts = [_("Pour les foyers")]
    rest = []
    if one.affiliations:
        known = dict(Agreement.Affiliation.choices)
        bodies = or_([_affiliation(code, str(known.get(code, code))) for code in sorted(one.affiliations)])
        rest.append(_("affiliés %(bodies)s") % {"bodies": bodies})
    if one.gardens:
        names = _listed(sorted((f"« {gardens.get(pk, '…')} »" for pk in one.gardens), key=territory.folded), "gardens")
        rest.append(ngettext("du jardin %(gardens)s", "des jardins %(gardens)s", len(one.gardens)) % {"gardens": names})
    if rest and parts == [_("Pour les foyers")]:
        parts, rest = [f"{parts[0]} {rest[0]}"], rest[1:]
    return ", ".join([*parts, *rest])


def _affiliation(code: str, name: str) -> str:
    if (get_language() or "fr")[:2] != "fr":
        return name
    return {"caf": "à la CAF", "msa": "à la MSA", "other": "à un autre régime"}.get(code, name)


def _places(places: Iterable[str]) -> list[str]:
    """Territories after "de", the widest first."""
    widest = sorted(places, key=lambda place: (_WIDTH.index(parted(place)[0]), territory.folded(place_name(place))))
    return [of_place(place) for place in widest]


_WIDTH = ("region", "department", "epci", "commune")


def _listed(names: Sequence[str], what: str) -> str:
    """The names, or the first ones and how many more."""
    if len(names) <= NAMED:
        return and_(names)
    more = len(names) - NAMED + 1
    said = {
        "places": ngettext("%(n)s autre territoire", "%(n)s autres territoires", more),
        "publics": ngettext("%(n)s autre public", "%(n)s autres publics", more),
        "gardens": ngettext("%(n)s autre jardin", "%(n)s autres jardins", more),
    }[what]
    return and_([*names[: NAMED - 1], said % {"n": more}])


def and_(names: Sequence[str]) -> str:
    """ "un, deux et trois"."""
    return _("%(some)s et %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def or_(names: Sequence[str]) -> str:
    return _("%(some)s ou %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def _how_much(one: Conditions) -> str:
    limits = []
    if one.cap_cents is not None:
        limits.append(euros(one.cap_cents))
    if one.share_bp is not None:
        limits.append(_("%(share)s du prix") % {"share": percent(one.share_bp)})
    said = _("au plus %(limits)s par panier") % {"limits": and_(limits)} if limits else _("sans limite par panier")
    return f"{said}, {_match(one.match_bp)}" if one.match_bp else said


def _match(match_bp: int) -> str:
    if match_bp == WHOLE:
        return _("si les partenaires locaux paient au moins autant")
    if match_bp == WHOLE // 2:
        return _("si les partenaires locaux paient au moins la moitié de cette somme")
    return _("si les partenaires locaux paient au moins %(share)s de cette somme") % {"share": percent(match_bp)}


def percent(basis_points: int) -> str:
    """4000 → "40 %", 3350 → "33,5 %"."""
    return share(basis_points / WHOLE, 0 if basis_points % 100 == 0 else 1 if basis_points % 10 == 0 else 2)


# --- How far money has come ---------------------------------------------------------------------

STATES: dict[str, tuple[object, str]] = {
    "promised": (gettext_lazy("promis"), ""),
    "notified": (gettext_lazy("notifié"), "sky"),
    "partly": (gettext_lazy("reçu en partie"), "squash"),
    "received": (gettext_lazy("reçu"), "leaf"),
    "refused": (gettext_lazy("refusé"), "beet"),
}
"""How far a tranche's money has come: its word and its colour."""


def late(days: int, cents: int) -> str:
    """Money that should have come."""
    said = ngettext(
        "%(sum)s attendus depuis %(n)s jour", "%(sum)s attendus depuis %(n)s jours", days
    )  # fmt: skip
    return said % {"sum": euros(cents), "n": days}


# --- What is wrong ------------------------------------------------------------------------------


def wrong(one: Wrong) -> str:
    """What does not hold in the conditions, and what to do about it."""
    names = [place_name(place) for place in one.what] if one.field == "territories" else []
    if one.why == "unknown_place":
        return _("Territoire inconnu : %(names)s. Écrivez le nom ou le code postal d’une commune, le nom d’une intercommunalité, d’un département ou d’une région.") % {"names": and_(names)}  # fmt: skip
    if one.why == "place_twice":
        return _("« %(inside)s » est déjà compris dans « %(around)s » : gardez l’un des deux.") % {"inside": names[0], "around": names[1]}  # fmt: skip
    if one.why == "nobody":
        return _("Personne ne répond à cette condition : aucun panier des douze derniers mois. Corrigez-la, ou cochez « Ces foyers viendront plus tard ».") % {}  # fmt: skip
    return str(_WRONG[one.why])


_WRONG = {
    "cap_nothing": gettext_lazy("Au plus 0,00 € par panier, ce financement ne paierait rien. Écrivez un montant, ou laissez vide."),
    "share_out_of_range": gettext_lazy("Écrivez une part du prix entre 1 % et 100 %, ou laissez vide."),
    "match_nothing": gettext_lazy("Écrivez une contrepartie au-dessus de 0 %, ou laissez vide."),
    "match_never": gettext_lazy("Aucun partenaire local ne paie les paniers de ces foyers : avec cette contrepartie, ce financement ne paierait rien. Enlevez-la, ou cochez « Ces foyers viendront plus tard »."),
    "nobody_together": gettext_lazy("Chaque condition convient à quelqu’un, mais aucun foyer ne les remplit toutes à la fois. Enlevez-en une, ou cochez « Ces foyers viendront plus tard »."),
}  # fmt: skip

# --- The log ------------------------------------------------------------------------------------

VERBS = {
    "funding.fund_opened": gettext_lazy("Financement écrit"),
    "funding.fund_changed": gettext_lazy("Financement modifié"),
    "funding.fund_ended": gettext_lazy("Fin du financement notée"),
    "funding.fund_resumed": gettext_lazy("Financement repris"),
    "funding.tranche_added": gettext_lazy("Tranche ajoutée"),
    "funding.tranche_changed": gettext_lazy("Tranche modifiée"),
    "funding.tranche_notified": gettext_lazy("Montant notifié"),
    "funding.tranche_refused": gettext_lazy("Tranche refusée par le financeur"),
    "funding.tranche_withdrawn": gettext_lazy("Tranche retirée"),
}


def happened(verb: str) -> str:
    """A line of the log in words; a verb that has none is shown as it is."""
    return str(VERBS.get(verb, verb))


def period(first: date, last: date) -> str:
    """ "du 01/03/2017 au 28/02/2018"."""
    return _("du %(first)s au %(last)s") % {"first": day(first, "plain"), "last": day(last, "plain")}


def short(name: str, signs: int) -> str:
    """A name cut to fit on a drawing."""
    return Truncator(name).chars(signs)
