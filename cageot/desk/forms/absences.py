"""What is answered about an absence: what to do with the basket, which week, who receives it, and why past a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import AbsencePolicy
from cageot.baskets.taking_back import Target
from cageot.core.forms import choice
from cageot.desk.queries.absences import Receiver

if TYPE_CHECKING:
    _PolicyForm = forms.ModelForm[AbsencePolicy]
else:
    _PolicyForm = forms.ModelForm

LATER, POT = "plus-tard", "pot"


class AbsenceForm(forms.Form):
    """Cancel, postpone or give one basket."""

    how = forms.ChoiceField(label=_("Que faire du panier ?"), widget=forms.RadioSelect)
    to = forms.ChoiceField(label=_("Si vous le reportez, repris quand ?"), required=False)
    receiver = forms.ChoiceField(label=_("Si vous le donnez, à qui ?"), required=False)
    reason = forms.CharField(
        label=_("Passer outre une règle, parce que…"), max_length=200, required=False,
        help_text=_("Seulement si une règle du jardin l’empêche. Ce que vous écrivez reste dans l’historique."),
    )  # fmt: skip

    def __init__(self, targets: Sequence[Target], receivers: Sequence[Receiver], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receivers = {str(one.pk): one for one in receivers}
        self.fields["how"].choices = [  # type: ignore[attr-defined]
            ("postpone", choice(gettext("Reporter"), gettext("Le foyer le reprend une autre semaine."))),
            ("cancel", choice(gettext("Annuler"), gettext("Il n’est ni préparé ni payé."))),
            ("give", choice(gettext("Donner"), gettext("Un autre foyer le reçoit ; qui paie ne change pas."))),
        ]
        weeks = [(str(one.delivery), one.label) for one in targets]
        self.fields["to"].choices = [(LATER, gettext("plus tard, le foyer le dira")), *weeks]  # type: ignore[attr-defined]
        names = [(str(one.pk), one.name) for one in receivers]
        self.fields["receiver"].choices = [(POT, gettext("au pot commun")), *names]  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    """Which week a postponed basket is taken back."""

    to = forms.ChoiceField(label=_("Repris le"))
    reason = forms.CharField(
        label=_("Passer outre une règle, parce que…"), max_length=200, required=False,
        help_text=_("Seulement si une règle du jardin l’empêche. Ce que vous écrivez reste dans l’historique."),
    )  # fmt: skip

    def __init__(self, targets: Sequence[Target], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(str(one.delivery), one.label) for one in targets]  # type: ignore[attr-defined]


class PotForm(TakeBackForm):
    """A basket of the common pot, for somebody."""

    receiver = forms.ChoiceField(label=_("Pour qui"))
    field_order = ["receiver", "to", "reason"]

    def __init__(self, targets: Sequence[Target], receivers: Sequence[Receiver], *args: Any, **kwargs: Any) -> None:
        super().__init__(targets, *args, **kwargs)
        self.receivers = {str(one.pk): one for one in receivers}
        self.fields["receiver"].choices = [(str(one.pk), one.name) for one in receivers]  # type: ignore[attr-defined]


class ExtraForm(forms.Form):
    """One more basket, once."""

    size = forms.ChoiceField(label=_("Taille"), widget=forms.RadioSelect)
    to = forms.ChoiceField(label=_("Le"))

    def __init__(self, sizes: Sequence[tuple[int, str]], targets: Sequence[Target], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].choices = [(str(pk), label) for pk, label in sizes]  # type: ignore[attr-defined]
        self.fields["to"].choices = [(str(one.delivery), one.label) for one in targets]  # type: ignore[attr-defined]


class PolicyForm(_PolicyForm):
    """What households may do about a basket of this product."""

    class Meta:
        model = AbsencePolicy
        fields = ("may_postpone", "may_cancel", "may_give", "notice_days", "quota", "max_doubles", "unused")
        labels = {
            "may_postpone": _("Le foyer peut le reporter à une autre semaine"),
            "may_cancel": _("Le foyer peut l’annuler"),
            "may_give": _("Le foyer peut le donner"),
            "notice_days": _("Jours de délai avant la livraison"),
            "quota": _("Absences par an et par foyer, au plus"),
            "max_doubles": _("Paniers repris une même semaine, en tout, au plus"),
            "unused": _("Ce qui n’est pas repris à la fin de l’année"),
        }
        help_texts = {
            "quota": _("Vide : sans limite."),
            "max_doubles": _(
                "Vide : sans limite. Le jardin ne peut pas doubler tous les paniers de la dernière semaine d’août."
            ),
        }
        widgets = {"unused": forms.RadioSelect}
