"""What a member answers about a basket: what becomes of it, when it is taken back, where it is collected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
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
    word = forms.CharField(
        label=_("Le mot du dépôt réservé"), max_length=128, required=False,
        help_text=_("Pour un dépôt réservé seulement : le mot que l’on vous y a donné."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(
        self, places: Sequence[Elsewhere], *args: object, may_try: Callable[[], bool] = lambda: True, **kwargs: object
    ) -> None:
        """`may_try` counts one try of a word, and says whether it is allowed."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        free = [one for one in places if not one.full]
        self.fields["depot"].choices = [(str(one.pk), choice(one.name, _where(one))) for one in free]  # type: ignore[attr-defined]
        self.words, self.may_try = {str(one.pk): one.word for one in free if one.word}, may_try
        if not self.words:
            del self.fields["word"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        word, typed = self.words.get(data.get("depot", "")), data.get("word", "")
        if word and typed and not self.may_try():
            self.add_error("word", gettext("Trop d’essais. Attendez une heure, ou appelez le jardin."))
        elif word and not check_password(typed, word):
            self.add_error(
                "word", gettext("Ce n’est pas le mot de ce dépôt. Demandez-le là-bas, ou choisissez un autre.")
            )
        return data


def _where(one: Elsewhere) -> str:
    reserved = gettext("Réservé aux %(who)s") % {"who": one.audience} if one.audience else gettext("Réservé")
    parts = (said(one.day), one.hours, one.address, reserved if one.word else "")
    return " · ".join(part for part in parts if part)
