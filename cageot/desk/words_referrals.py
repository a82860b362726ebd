"""What is said on screen of a referral: to the garden, to who refers, to the person, to the network."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

TONES = {
    "sent": "carrot",
    "asked": "sky",
    "waiting": "squash",
    "accepted": "leaf",
    "declined": "",
    "withdrawn": "",
    "expired": "beet",
}

STATES = {
    "sent": gettext_lazy("à répondre"),
    "asked": gettext_lazy("précision demandée"),
    "waiting": gettext_lazy("liste d’attente"),
    "accepted": gettext_lazy("accueillie"),
    "declined": gettext_lazy("sans suite"),
    "withdrawn": gettext_lazy("retirée"),
    "expired": gettext_lazy("restée sans réponse"),
}
"""The state, as the garden reads it."""

TO_REFERRER = {
    "sent": gettext_lazy("Le jardin l’a reçue et va répondre."),
    "asked": gettext_lazy("Le jardin a une question pour vous."),
    "waiting": gettext_lazy("Pas de place tout de suite : la demande est sur la liste d’attente."),
    "accepted": gettext_lazy("La personne est accueillie au jardin."),
    "declined": gettext_lazy("Le jardin ne peut pas donner suite."),
    "withdrawn": gettext_lazy("La demande a été retirée. Ce qui disait qui est la personne est effacé."),
    "expired": gettext_lazy("Le jardin n’a pas répondu à temps, et la demande a pris fin. Vous pouvez la refaire."),
}
QUIET = gettext_lazy("Le jardin répond directement à la personne : elle n’a pas demandé que la suite vous soit dite.")
"""What a referrer reads of an answer when the person did not agree that they be told."""

TO_PERSON = {
    "sent": gettext_lazy("Votre demande est arrivée. Le jardin vous répond bientôt."),
    "asked": gettext_lazy("Le jardin a une question. Vous pouvez répondre ici."),
    "waiting": gettext_lazy("Pas de place tout de suite. Le jardin garde votre demande et vous appelle."),
    "accepted": gettext_lazy("Vous êtes accueilli au jardin. Bienvenue."),
    "withdrawn": gettext_lazy("Votre demande est retirée. Ce que nous savions de vous est effacé."),
    "expired": gettext_lazy("Votre demande est restée sans réponse. Nous en sommes désolés. Vous pouvez la refaire."),
}
KIND = {
    "no_place": gettext_lazy("Il n’y a plus de place cette saison."),
    "far": gettext_lazy("Le jardin ne va pas jusque chez vous."),
    "no_depot": gettext_lazy("Il n’y a pas de lieu de retrait assez près de chez vous."),
    "hours": gettext_lazy("Le jour et l’heure du retrait ne vont pas avec les vôtres."),
    "unreached": gettext_lazy("Le jardin n’a pas réussi à vous joindre."),
    "not_wanted": gettext_lazy("Vous avez préféré ne pas continuer."),
    "already": gettext_lazy("Vous avez déjà un panier au jardin."),
    "twice": gettext_lazy("Votre demande est déjà arrivée par quelqu’un d’autre."),
    "elsewhere": gettext_lazy("Une autre aide vous ira mieux : la personne qui vous suit vous la dira."),
    "agreement_full": gettext_lazy("Il n’y a plus de place pour le moment."),
}
"""Why not, in words for the person: kind, and without judging."""

AFTER = gettext_lazy("Vous pouvez appeler le jardin pour en parler, ou revenir plus tard.")


def to_person(state: str, reason: str) -> str:
    """Where their request stands, for the person."""
    if state != "declined":
        return str(TO_PERSON[state])
    return f"{KIND[reason]} {AFTER}" if reason in KIND else str(AFTER)


STEPS = {
    "": gettext_lazy("Envoyée"),
    "sent": gettext_lazy("Réponse à la question"),
    "asked": gettext_lazy("Précision demandée"),
    "waiting": gettext_lazy("Mise sur la liste d’attente"),
    "accepted": gettext_lazy("Accueillie"),
    "declined": gettext_lazy("Sans suite"),
    "withdrawn": gettext_lazy("Retirée"),
    "expired": gettext_lazy("Prend fin, sans réponse"),
}


def step(before: str, after: str) -> str:
    """One step, in a few words."""
    if before == after == "waiting":
        return _("Gardée sur la liste d’attente")
    return str(STEPS[after] if before else STEPS[""])


NEXT = {
    "remind": gettext_lazy("rappel le %(day)s"),
    "ask_again": gettext_lazy("question rappelée le %(day)s"),
    "review": gettext_lazy("à relire le %(day)s"),
    "expire": gettext_lazy("prend fin le %(day)s"),
    "forget": gettext_lazy("mots libres effacés le %(day)s"),
}

ALIKE = {
    "reach": gettext_lazy("même prénom, même moyen de joindre"),
    "home": gettext_lazy("même prénom, même commune, même foyer"),
}


def household(adults: int, children: int) -> str:
    """ "2 adultes, 1 enfant"."""
    said = ngettext("%(n)s adulte", "%(n)s adultes", adults) % {"n": adults}
    if children:
        said += ", " + ngettext("%(n)s enfant", "%(n)s enfants", children) % {"n": children}
    return said


def months(count: int) -> str:
    return ngettext("%(n)s mois", "%(n)s mois", count) % {"n": count}


def ago(days: int) -> str:
    """ "aujourd’hui", "hier", "il y a 4 jours"."""
    if days < 2:
        return _("hier") if days == 1 else _("aujourd’hui")
    return _("il y a %(n)s jours") % {"n": days}


def places(free: int | None) -> tuple[str, str]:
    """Places left on an agreement, and their tone."""
    if free is None:
        return _("places libres"), "leaf"
    if free == 0:
        return _("complet"), "beet"
    return ngettext("encore %(n)s place", "encore %(n)s places", free) % {"n": free}, "leaf" if free > 3 else "squash"


def usual(days: int | None) -> str:
    """How fast a garden usually answers, as those who refer read it; "" when it is not known yet."""
    if days is None:
        return ""
    if days < 1:
        return _("Ce jardin répond en général le jour même.")
    return ngettext(
        "Ce jardin répond en général en %(n)s jour.", "Ce jardin répond en général en %(n)s jours.", days
    ) % {"n": days}


MEANWHILE = {
    "sent": gettext_lazy("Une réponse vient d’arriver à votre question. Relisez-la, puis décidez."),
    "asked": gettext_lazy("Quelqu’un du jardin vient de demander une précision. Rien n’a changé."),
    "waiting": gettext_lazy("Quelqu’un du jardin vient de la mettre sur la liste d’attente. Rien d’autre n’a changé."),
    "accepted": gettext_lazy("Cette personne est déjà accueillie. Rien n’a changé."),
    "declined": gettext_lazy("Il lui a déjà été répondu qu’il n’y a pas de suite. Rien n’a changé."),
    "withdrawn": gettext_lazy(
        "Cette demande a été retirée entre-temps. Rien n’a changé, et il n’y a plus rien à faire."
    ),
    "expired": gettext_lazy("Cette demande a pris fin entre-temps. Demandez à qui oriente de la refaire."),
    "": gettext_lazy("Cette demande n’existe plus."),
}
"""Why a step was refused, by where the referral stands."""
