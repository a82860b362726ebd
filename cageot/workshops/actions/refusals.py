"""Why somebody could not enrol by themselves, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.network.actions import Refused
from cageot.workshops.actions import enrolling


def refusal(refused: Refused) -> str:
    """Why somebody could not enrol by themselves, and what to do."""
    if isinstance(refused, enrolling.ChildAlone):
        return _("Un enfant vient avec un adulte. Ajoutez un adulte.")
    if isinstance(refused, enrolling.TooManyPeople):
        words = ngettext("Il y a %(n)s place en tout. Venez moins nombreux.", "Il y a %(n)s places en tout. Venez moins nombreux.", refused.seats)  # fmt: skip
        return words % {"n": refused.seats}
    if isinstance(refused, enrolling.NoPlaceLeft):
        return ngettext("Il reste %(n)s place.", "Il reste %(n)s places.", refused.left) % {"n": refused.left}
    if isinstance(refused, enrolling.NoEnrolment):
        return _("Venez sans vous inscrire. La porte est ouverte.")
    if isinstance(refused, enrolling.NotComing):
        return _("Vous avez dit que vous ne venez pas. Inscrivez-vous à nouveau.")
    if isinstance(refused, enrolling.AlreadyMarked):
        return _("Votre venue est déjà notée.")
    return _("C’est annulé ou passé. Choisissez un autre atelier.")
