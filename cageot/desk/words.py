"""What is said on the desk's screens of states, questions, and reasons of a share: one home for each word.

States and payers' classes keep their short word beside the model; here are the sentences.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.models import Basket
from cageot.core.templatetags.cageot import day, euros
from cageot.funding.models import Share

TONES = {
    "planned": "carrot",
    "collected": "leaf",
    "unclaimed": "squash",
    "given_on": "sky",
    "cancelled": "",
    "moved": "",
}
"""The colour of each state of a basket."""

BASKETS = {
    "planned": gettext_lazy("Paniers sans pointage"),
    "collected": gettext_lazy("Paniers retirés"),
    "unclaimed": gettext_lazy("Paniers non retirés"),
    "given_on": gettext_lazy("Paniers donnés"),
    "cancelled": gettext_lazy("Paniers annulés à temps"),
    "moved": gettext_lazy("Paniers reportés"),
}
"""The baskets of each state, in the order they are told."""

CHOICES = {
    "planned": gettext_lazy("Prévu"),
    "collected": gettext_lazy("Retiré"),
    "unclaimed": gettext_lazy("Non retiré"),
    "given_on": gettext_lazy("Donné"),
    "cancelled": gettext_lazy("Annulé"),
}
"""What may be said of one basket when marking, as short as a finger wants it."""

GROUPS = {
    "solidarity": gettext_lazy("Paniers à prix solidaire"),
    "other": gettext_lazy("Paniers d’une convention hors programme"),
    "ordinary": gettext_lazy("Paniers ordinaires"),
}

PAYERS = {
    "member": gettext_lazy("Adhérents"),
    "garden": gettext_lazy("Jardin"),
    "network": gettext_lazy("Réseau"),
    "uncovered": gettext_lazy("Non couvert"),
}
"""Who pays when no agreement's payer is named."""

GAPS = {
    "quota_out": gettext_lazy("le quota d’un payeur est épuisé"),
    "no_agreement": gettext_lazy("la convention ne court pas ces jours-là"),
    "no_line": gettext_lazy("la taille du panier manque à la convention"),
    "nobody": gettext_lazy("la convention ne prévoit personne pour cette part"),
}
"""Why cents have no payer, said of several baskets."""


def state(code: str) -> str:
    """The short word of a state: "retiré"."""
    return str(Basket.State(code).label)


def counted(code: str, count: int) -> str:
    """So many baskets in a state, in two words: "50 retirés"."""
    said = {
        "planned": ngettext("%(count)s à pointer", "%(count)s à pointer", count),
        "collected": ngettext("%(count)s retiré", "%(count)s retirés", count),
        "unclaimed": ngettext("%(count)s non retiré", "%(count)s non retirés", count),
        "given_on": ngettext("%(count)s donné", "%(count)s donnés", count),
        "cancelled": ngettext("%(count)s annulé", "%(count)s annulés", count),
        "moved": ngettext("%(count)s reporté", "%(count)s reportés", count),
    }
    return said[code] % {"count": count}


def payer(by: str) -> str:
    """Who pays, when it is not a payer with a name of its own."""
    return str(PAYERS[by]) if by in PAYERS else str(Share.By(by).label).capitalize()


def gap(why: str) -> str:
    return str(GAPS[why]) if why in GAPS else str(Share.Why(why).label)


def question(what: str, count: int, about: str) -> str:
    """An open question of the close, as a sentence. `about`: the day of a delivery to come, or a size."""
    if what == "no_edition":
        return _("Aucune édition du programme ne couvre cette semaine.")
    if what == "not_over":
        about = day(date.fromisoformat(about))
    return _asked(what, count) % {"count": count, "about": about}


def _asked(what: str, count: int) -> str:
    return {
        "not_over": ngettext(
            "La livraison de %(about)s est à venir : %(count)s panier.",
            "La livraison de %(about)s est à venir : %(count)s paniers.",
            count,
        ),
        "unmarked": ngettext("%(count)s panier sans pointage.", "%(count)s paniers sans pointage.", count),
        "no_price": ngettext(
            "La taille « %(about)s » n’a pas de prix : %(count)s panier.",
            "La taille « %(about)s » n’a pas de prix : %(count)s paniers.",
            count,
        ),
        "no_line": ngettext(
            "Une convention ne dit rien de la taille « %(about)s » : %(count)s panier.",
            "Une convention ne dit rien de la taille « %(about)s » : %(count)s paniers.",
            count,
        ),
    }[what]


def answer(what: str) -> str:
    """What to do about an open question: the words of its link."""
    return {
        "not_over": _("Voir la livraison"),
        "unmarked": _("Pointer"),
        "no_price": _("Donner un prix"),
        "no_line": _("Compléter la convention"),
    }.get(what, _("Prévenir la tête de réseau"))


def because(why: str, *, agreement: str, asked: int, given_to_garden: bool = False, quota_of: str = "") -> str:
    """Why somebody pays that part of a basket, or why they do not. `asked` in cents; `quota_of`: who ran out."""
    if why == "given" and given_to_garden:
        return _("panier donné à un autre foyer : à la charge du jardin, selon la convention « %(agreement)s »") % {
            "agreement": agreement
        }
    if why == "quota_out" and quota_of:
        return _("quota épuisé de %(payers)s") % {"payers": quota_of}
    return _REASONS[why] % {"agreement": agreement, "asked": euros(asked)}


_REASONS = {
    "price": gettext_lazy("le prix du panier, sans prise en charge"),
    "member_part": gettext_lazy("participation prévue par la convention « %(agreement)s »"),
    "capped": gettext_lazy(
        "participation ramenée au plafond du programme ; la convention « %(agreement)s » en prévoyait %(asked)s"
    ),
    "given": gettext_lazy("rien à payer : panier donné à un autre foyer"),
    "fixed": gettext_lazy("montant prévu par la convention « %(agreement)s »"),
    "percent": gettext_lazy("pourcentage prévu par la convention « %(agreement)s »"),
    "rest": gettext_lazy("le reste, selon la convention « %(agreement)s »"),
    "quota": gettext_lazy("ce qu’il restait de son quota ; la convention « %(agreement)s » prévoyait %(asked)s"),
    "quota_out": gettext_lazy("quota épuisé ; la convention « %(agreement)s » prévoyait %(asked)s"),
    "no_agreement": gettext_lazy("la convention « %(agreement)s » ne court pas ce jour-là"),
    "no_line": gettext_lazy("la convention « %(agreement)s » ne dit rien de cette taille"),
    "nobody": gettext_lazy("la convention « %(agreement)s » ne prévoit personne pour cette part"),
}


def changed(name: str, before: int, now: int, payers: dict[int, str]) -> str:
    """One difference between what was seen and what stands: "Paniers retirés : 41 → 42"."""
    kind, _colon, key = name.partition(":")
    if kind == "state":
        return _("%(what)s : %(before)s → %(now)s") % {"what": BASKETS[key], "before": before, "now": now}
    what = payers.get(int(key), _("Payeur")) if kind == "payer" else payer(key)
    return _("%(what)s : %(before)s → %(now)s") % {"what": what, "before": euros(before), "now": euros(now)}
