"""What a member answers about a basket: what becomes of it, when it is taken back, where it is collected."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.taking_back import Target
from cageot.core.forms import choice
from cageot.core.templatetags.cageot import day as said
from cageot.space.queries.baskets import Elsewhere
from cageot.space.rules.away import May

CHOOSE = {"required": _("Choisissez une réponse."), "invalid_choice": _("Choisissez une réponse.")}
ON = "le-"


class AwayForm(forms.Form):
    """What becomes of a basket that the household will not take."""

    what = forms.ChoiceField(label=_("Que faire du panier ?"), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, may: May, targets: Sequence[Target], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        found = []
        if "postpone" in may.ways:
            found += [(f"{ON}{one.delivery}", choice(_later_words(one), _hint(one))) for one in targets if not one.full]
            found.append(("postpone", choice(gettext("Je le prendrai plus tard"), gettext("Je dirai quand."))))
        if "cancel" in may.ways:
            found.append(("cancel", choice(gettext("Je l’annule"), gettext("Je ne le paie pas."))))
        if "give" in may.ways:
            words = gettext("Il est pour quelqu’un d’autre. Je paie ma part.")
            found.append(("give", choice(gettext("Je le donne"), words)))
        self.fields["what"].choices = found  # type: ignore[attr-defined]

    @property
    def how(self) -> str:
        """postpone, cancel or give."""
        what: str = self.cleaned_data["what"]
        return "postpone" if what.startswith(ON) else what

    @property
    def delivery(self) -> int | None:
        """The delivery that it is postponed to, when it is said."""
        what: str = self.cleaned_data["what"]
        return int(what.removeprefix(ON)) if what.startswith(ON) else None


def _later_words(one: Target) -> str:
    return gettext("Je le prends le %(day)s") % {"day": said(one.day)}


def _hint(one: Target) -> str:
    return gettext("Deux paniers ce jour-là.") if one.double else ""


class TakeBackForm(forms.Form):
    """When a postponed basket is collected."""

    to = forms.ChoiceField(label=_("Quel jour ?"), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, targets: Sequence[Target], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(one.delivery), choice(said(one.day), _hint(one))) for one in targets if not one.full
        ]


class DepotForm(forms.Form):
    """Where a basket is collected. The button says for how long."""

    depot = forms.ChoiceField(label=_("Où prendre le panier ?"), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, places: Sequence[Elsewhere], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["depot"].choices = [(str(one.pk), choice(one.name, _where(one))) for one in places if not one.full]  # type: ignore[attr-defined]


def _where(one: Elsewhere) -> str:
    return " · ".join(part for part in (said(one.day), one.hours, one.address) if part)
