"""What is typed about a garden: who it is, its sizes and prices, its depots."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import BasketSize, Product
from cageot.core.forms import EurosField, FileDrop
from cageot.core.pictures import picture_of
from cageot.desk.forms.fields import DayField, PhoneField
from cageot.desk.forms.households import Section
from cageot.desk.queries.settings import communes, place_of
from cageot.network import territory
from cageot.network.models import Garden
from cageot.network.rules import identifiers

# --- The garden ----------------------------------------------------------------------------------


class IdentifierField(forms.CharField):
    """A number that proves itself, typed with or without spaces."""

    def __init__(self, proves: Callable[[str], bool], wrong: Any, **kwargs: Any) -> None:
        super().__init__(max_length=50, required=False, **kwargs)
        self.proves, self.wrong = proves, wrong

    def clean(self, value: Any) -> str:
        text = identifiers.compact(super().clean(value))
        if text and not self.proves(text):
            raise forms.ValidationError(self.wrong)
        return text


class PlaceField(forms.CharField):
    """A commune, typed with its postcode or without, completed under the field (`hx-get` is set by the form)."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "list": "communes",
            "autocomplete": "off",
            "hx-target": "#communes",
            "hx-trigger": "input changed delay:200ms",
        }
        known: dict[str, Any] = {
            "label": _("Commune"),
            "help_text": _("Code postal et nom, par exemple « 41000 Blois »."),
        }
        super().__init__(max_length=120, widget=forms.TextInput(attrs), **known | kwargs)

    def clean(self, value: Any) -> Any:
        """The commune; None when nothing is typed and nothing is required."""
        typed = super().clean(value)
        if not typed:
            return None
        if found := commune_of(typed):
            return found
        options = communes(typed)
        if not options:
            raise forms.ValidationError(
                _("Cette commune n’est pas dans la liste officielle. Écrivez son code postal et son nom.")
            )
        raise forms.ValidationError(
            _("Plusieurs communes conviennent. Écrivez l’une d’elles : %(options)s."),
            params={"options": ", ".join(options)},
        )


def postcode_of(typed: str, commune: territory.Commune) -> str:
    """The postcode that was typed, else the commune's first."""
    code = re.search(r"\d{5}", typed)
    return code[0] if code else commune.postcodes[0] if commune.postcodes else ""


PLAIN = (
    "name",
    "legal_name",
    "address",
    "management_address",
    "phone",
    "email",
    "website",
    "siret",
    "iban",
    "bic",
    "ics",
    "vat_subject",
)


class GardenForm(forms.Form):
    """Who the garden is."""

    name = forms.CharField(label=_("Nom d’usage"), max_length=120, help_text=_("Celui que les adhérents connaissent."))
    legal_name = forms.CharField(label=_("Raison sociale"), max_length=160, required=False)
    address = forms.CharField(label=_("Adresse du siège"), max_length=200, required=False)
    place = PlaceField()
    management_address = forms.CharField(
        label=_("Adresse de gestion, si elle est autre"), max_length=200, required=False
    )
    phone = PhoneField(label=_("Téléphone public"), required=False)
    email = forms.EmailField(label=_("Adresse électronique publique"), required=False)
    website = forms.URLField(label=_("Site"), required=False, assume_scheme="https")
    siret = IdentifierField(
        identifiers.is_siret,
        _("Ce n’est pas un SIRET : il a quatorze chiffres, dont une clé. Vérifiez-le sur un courrier de l’INSEE."),
        label=_("SIRET"),
    )
    iban = IdentifierField(
        identifiers.is_iban,
        _("Cet IBAN ne se vérifie pas : un chiffre manque ou a changé. Recopiez-le depuis un relevé (RIB)."),
        label=_("IBAN"),
    )
    bic = IdentifierField(identifiers.is_bic, _("Un BIC a huit ou onze signes, par exemple AGRIFRPP."), label=_("BIC"))
    ics = IdentifierField(
        identifiers.is_ics, _("Cet ICS ne se vérifie pas : il ressemble à FR72ZZZ123456. Votre banque vous l’a donné."),
        label=_("Identifiant de créancier (ICS)"), help_text=_("Seulement si le jardin prélève ses adhérents."),
    )  # fmt: skip
    vat_subject = forms.BooleanField(label=_("Le jardin est assujetti à la TVA"), required=False)

    def __init__(self, garden: Garden, lookup: str, *args: Any, **kwargs: Any) -> None:
        start = {name: getattr(garden, name) for name in PLAIN} | {"place": place_of(garden)}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.fields["place"].widget.attrs["hx-get"] = lookup

    @property
    def sections(self) -> list[Section]:
        return [
            (
                gettext("Qui"),
                "",
                [self[name] for name in ("name", "legal_name", "address", "place", "management_address")],
            ),
            (gettext("Pour le public"), "", [self[name] for name in ("phone", "email", "website")]),
            (gettext("Comptes"), "", [self[name] for name in ("siret", "iban", "bic", "ics", "vat_subject")]),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """The garden's columns."""
        commune = self.cleaned_data["place"]
        return {name: self.cleaned_data[name] for name in PLAIN} | {
            "commune_code": commune.code, "postcode": postcode_of(self.data.get("place", ""), commune)
        }  # fmt: skip


def commune_of(typed: str) -> territory.Commune | None:
    """The one commune so written, with its postcode or without."""
    code = re.search(r"\b\d{5}\b", typed)
    name = re.sub(r"\d", " ", typed).strip(" ,()")
    if name:
        return territory.commune_named(name, code[0] if code else None)
    served = territory.by_postcode(code[0]) if code else ()
    return served[0] if len(served) == 1 else None


# --- Sizes and prices ----------------------------------------------------------------------------


class PriceForm(forms.Form):
    """The price of a size, from a day on."""

    price = EurosField(label=_("Prix"), min_cents=1, max_cents=500_00)
    from_day = DayField(label=_("À partir du"))


class SizeForm(PriceForm):
    """A new size with its first price."""

    name = forms.CharField(
        label=_("Nom"), max_length=60, help_text=_("Par exemple « petit », « grand », « panier famille ».")
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("De quel produit"), widget=forms.RadioSelect, empty_label=None
    )
    field_order = ["product", "name", "price", "from_day"]

    def __init__(self, garden: Garden, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden = garden
        products = Product.objects.filter(garden=garden, archived_on=None)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
        if products.count() < 2:
            del self.fields["product"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if BasketSize.objects.filter(Q(name__iexact=name) | Q(code=slugify(name)[:20]), garden=self.garden).exists():
            raise forms.ValidationError(_("Le jardin a déjà cette taille."))
        if not slugify(name):
            raise forms.ValidationError(_("Écrivez au moins une lettre ou un chiffre."))
        return name

    @property
    def code(self) -> str:
        """What agreements will call it."""
        return str(slugify(self.cleaned_data["name"]))[:20]


class SizeNameForm(forms.Form):
    """Another name for a size; agreements know it by its code."""

    name = forms.CharField(label=_("Nom"), max_length=60)

    def __init__(self, size: BasketSize, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"name": size.name}} | kwargs)
        self.size = size

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not slugify(name):
            raise forms.ValidationError(_("Écrivez au moins une lettre ou un chiffre."))
        others = BasketSize.objects.filter(garden=self.size.garden_id, name__iexact=name).exclude(pk=self.size.pk)
        if others.exists():
            raise forms.ValidationError(_("Le jardin a déjà une taille de ce nom."))
        return name


# --- The logo ------------------------------------------------------------------------------------

MOST_BYTES = 300 * 1024


class LogoForm(forms.Form):
    """A picture of the garden. An SVG may hold script, so it is not taken."""

    logo = forms.FileField(
        label=_("Image"), widget=FileDrop(".png,.jpg,.jpeg,.webp"), help_text=_("PNG, JPEG ou WebP, 300 ko au plus.")
    )

    def clean_logo(self) -> bytes:
        file = self.cleaned_data["logo"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("Cette image est trop lourde : 300 ko au plus. Réduisez-la, ou choisissez-en une autre.")
            )
        content: bytes = file.read()
        if picture_of(content) is None:
            raise forms.ValidationError(_("Ce fichier n’est pas une image PNG, JPEG ou WebP."))
        return content
