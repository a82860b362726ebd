"""What is typed of a product: its name, its weeks, its rhythms; and the people a size is meant for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Product, Subscription
from cageot.baskets.rules.subscribing import rhythms_of
from cageot.desk.forms.fields import refuse
from cageot.desk.queries.products import week_choices
from cageot.network.models import Garden


class ProductForm(forms.Form):
    """A product. Two weeks bound its season; both empty, it is delivered all the year round."""

    name = forms.CharField(
        label=_("Nom"), max_length=60, help_text=_("Par exemple « Œufs », « Pain », « Panier de fruits ».")
    )
    rhythms = forms.MultipleChoiceField(
        label=_("Rythmes proposés"), choices=Subscription.Frequency.choices, widget=forms.CheckboxSelectMultiple,
        initial=["weekly", "even", "odd"], help_text=_("Qui a déjà un autre rythme le garde."),
        error_messages={"required": _("Cochez au moins un rythme.")},
    )  # fmt: skip
    first_week = forms.TypedChoiceField(
        label=_("Livré à partir de"), required=False, coerce=int, empty_value=None,
        help_text=_("Laissez « toute l’année » deux fois si ce produit n’a pas de saison."),
    )  # fmt: skip
    last_week = forms.TypedChoiceField(
        label=_("Jusqu’à"), required=False, coerce=int, empty_value=None,
        help_text=_("Elle peut venir avant la première : la saison passe alors le nouvel an."),
    )  # fmt: skip
    in_agreements = forms.BooleanField(
        label=_("Les conventions paient ce produit"), required=False,
        help_text=_("Sinon, chaque foyer le paie à son prix, même pris en charge."),
    )  # fmt: skip

    def __init__(
        self, garden: Garden, today: date, *args: Any, product: Product | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **({"initial": _start(product)} if product else {}) | kwargs)
        self.garden, self.product = garden, product
        for name in ("first_week", "last_week"):
            self.fields[name].choices = week_choices(today.year)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not _slug(name):
            raise forms.ValidationError(_("Écrivez au moins une lettre ou un chiffre."))
        others = Product.objects.filter(garden=self.garden)
        if self.product:
            others = others.exclude(pk=self.product.pk)
        # Compared as they are called in files: SQLite knows no capital letter with an accent.
        if any(_slug(name) in (_slug(one.name), one.code) for one in others):
            raise forms.ValidationError(_("Le jardin a déjà ce produit."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, other in (("first_week", "last_week"), ("last_week", "first_week")):
            if data.get(name) is None and data.get(other) is not None and not self.errors:
                refuse(self, gettext("Dites les deux semaines, ou « toute l’année » deux fois."), name)
        return data

    @property
    def code(self) -> str:
        return _slug(self.cleaned_data["name"])

    @property
    def values(self) -> dict[str, Any]:
        """The product's columns."""
        data = self.cleaned_data
        same = {name: data[name] for name in ("name", "first_week", "last_week", "in_agreements")}
        return same | {"rhythms": ",".join(rhythms_of(",".join(data["rhythms"])))}


def _slug(name: str) -> str:
    """What a product is called in files; œ is two letters there."""
    return str(slugify(name.replace("œ", "oe").replace("Œ", "Oe")))[:20]


def _start(product: Product) -> dict[str, Any]:
    same = {name: getattr(product, name) for name in ("name", "first_week", "last_week", "in_agreements")}
    return same | {"rhythms": rhythms_of(product.rhythms)}


class PeopleForm(forms.Form):
    """For how many people a size is meant."""

    people = forms.IntegerField(
        label=_("Pour combien de personnes, au plus"), min_value=1, max_value=30, required=False,
        help_text=_("Cageot conseille cette taille aux foyers de ce nombre. Laissez vide si vous ne conseillez pas."),
    )  # fmt: skip
