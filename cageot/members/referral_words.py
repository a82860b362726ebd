"""What is said of a referral, by mail or SMS: to the garden, to who refers, to the person. Nobody is named in it.

Neither subject nor SMS tells a referral or a reduced price; a mail to the garden or to who refers says only where to look.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from cageot.members.telling import Words

Sentence = tuple[str, str]


def address(path: str) -> str:
    """A page's address as a mail can hold it."""
    return f"{settings.SITE}{path}"


def to_garden(event: str, path: str) -> Words:
    """Something waits for those who welcome people. `event`: new, answered, withdrawn, expired, remind, review."""
    said = {
        "new": _("Une nouvelle orientation vous attend."),
        "answered": _("Une précision demandée est arrivée."),
        "withdrawn": _("Une orientation a été retirée. Vous n’avez rien à faire."),
        "expired": _("Une orientation a pris fin : elle est restée trop longtemps sans réponse."),
        "remind": _("Une ou plusieurs orientations attendent votre réponse."),
        "review": _("Votre liste d’attente est à relire."),
    }[event]
    return Words(_("À voir dans Cageot"), f"{said}\n\n{address(path)}", said)


def to_referrer(event: str, garden: str) -> Words:
    """Something of what they sent. `event`: arrived, asked, ask_again, waiting, accepted, declined, expired, withdrawn."""
    said = {
        "arrived": _("Le jardin a bien reçu ce que vous avez envoyé. Il vous répondra."),
        "asked": _("Le jardin a une question. Ouvrez votre page de suivi pour y répondre."),
        "ask_again": _("Le jardin attend toujours votre réponse. Ouvrez votre page de suivi."),
        "waiting": _("Il n’y a pas de place tout de suite : le jardin garde la demande sur sa liste."),
        "accepted": _("Le jardin a accueilli la personne. Merci."),
        "declined": _("Le jardin ne peut pas donner suite. Votre page de suivi dit pourquoi."),
        "expired": _("Le jardin n’a pas pu répondre à temps. La demande a pris fin : vous pouvez la refaire."),
        "withdrawn": _("La personne a retiré sa demande. Vous n’avez rien à faire."),
    }[event]
    return Words(_("Des nouvelles de votre envoi"), f"{_('Bonjour,')}\n\n{said}\n\n{garden}", said)


def to_person(event: str, garden: str, phone: str) -> Words:
    """What becomes of their request. `event`: arrived, waiting, declined, expired."""
    said = {
        "arrived": _("Votre demande est arrivée. Le jardin vous répond bientôt. Vous n’avez rien à faire."),
        "waiting": _("Il n’y a pas de place tout de suite. Le jardin garde votre demande."),
        "declined": _("Le jardin ne peut pas vous accueillir cette fois. Vous pouvez l’appeler pour en parler."),
        "expired": _("Votre demande est restée sans réponse. Nous en sommes désolés. Vous pouvez la refaire."),
    }[event]
    lines = [_("Bonjour,"), said, f"{garden} {phone}".strip()]
    return Words(_("Une nouvelle pour vous"), "\n\n".join(lines), f"{said} {garden}"[:160])
