"""Why a member may not do something, in plain words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.rules.absences import Policy
from cageot.space.rules.away import May


def why_not(can: May, policy: Policy) -> str:
    """Why nothing may be done about a basket, and what to do; "" when something may."""
    if can.why == "quota":
        return ngettext(
            "Vous avez déjà eu votre absence de l’année. Appelez le jardin.",
            "Vous avez déjà eu vos %(n)s absences de l’année. Appelez le jardin.",
            policy.quota or 0,
        ) % {"n": policy.quota}
    return {
        "": "",
        "late": _("C’est trop tard pour changer. Il fallait le dire avant. Appelez le jardin."),
        "past": _("Ce jour est passé."),
        "not_allowed": _("Ce panier ne se change pas ici. Appelez le jardin."),
        "closed": _("Cette semaine est terminée. Ce panier ne change plus."),
        "done": _("C’est déjà noté pour ce panier."),
    }[can.why]


def why_no_swap(why: str) -> str:
    """Why a vegetable is not swapped, and what to do; "" when it may be."""
    return {
        "": "",
        "not_allowed": _("Le jardin n’échange pas les légumes."),
        "closed": _("Cette semaine est terminée. Ce panier ne change plus."),
        "past": _("Ce jour est passé."),
        "away": _("Vous ne prenez pas ce panier. Rien ne s’échange."),
        "late": _("C’est trop tard pour changer. Le jardin prépare déjà les paniers."),
        "untold": _("Le jardin n’a pas encore dit ce qu’il y a dedans. Revenez plus tard."),
        "used": _("Vous avez fait tous vos échanges. Pour en faire un autre, annulez-en un."),
        "changed": _("Le contenu vient de changer. Regardez de nouveau, puis choisissez."),
    }[why]
