"""What is typed of a partner: what it is, what it does, where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import choice
from cageot.desk.forms.fields import SomeField
from cageot.desk.forms.settings import IdentifierField, PlaceField, postcode_of
from cageot.desk.queries.settings_partners import DOES
from cageot.network import territory
from cageot.network.models import Garden, Partner
from cageot.network.rules import identifiers

PUBLIC_KINDS = {"ccas", "caf", "msa", "department", "region", "state", "municipality", "university"}
"""Kinds that are public bodies, or run a public service."""


FEW = 6
"""Gardens that are listed at once; more are folded away."""


class PartnerForm(forms.Form):
    """An organisation. `gardens` are those that this person may link it to; `level` is asked of the network alone."""

    name = forms.CharField(label=_("Nom"), max_length=160)
    kind = forms.ChoiceField(label=_("Genre"), choices=[("", _("Choisir…")), *Partner.Kind.choices])
    public = forms.TypedChoiceField(
        label=_("Organisme"), coerce=lambda typed: typed == "oui", widget=forms.RadioSelect, empty_value=None, required=False,
        choices=[("oui", _("public")), ("non", _("privé"))], help_text=_("Vide : d’après le genre."),
    )  # fmt: skip
    does = forms.MultipleChoiceField(
        label=_("Ce qu’il fait"), choices=list(DOES.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une chose que fait ce partenaire.")},
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Échelle"), widget=forms.RadioSelect)
    gardens = SomeField(
        Garden.objects.none(),
        label=_("Jardins avec qui il travaille"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    place = PlaceField(required=False)
    siret = IdentifierField(
        identifiers.is_siret, _("Ce n’est pas un SIRET : il a quatorze chiffres, dont une clé."), label=_("SIRET")
    )
    contact = forms.CharField(
        label=_("Contact"),
        max_length=160,
        required=False,
        help_text=_("Le service ou la personne à qui écrire, et comment."),
    )

    def __init__(
        self, *args: Any, lookup: str, gardens: Iterable[Garden], network: bool, partner: Partner | None = None,
        namesake: Callable[[str], Partner | None], **kwargs: Any,
    ) -> None:  # fmt: skip
        choices = list(gardens)
        super().__init__(*args, **{"initial": _start(partner, choices)} | kwargs)
        self.partner, self.network, self.namesake = partner, network, namesake
        self.fields["place"].widget.attrs["hx-get"] = lookup
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (Partner.Level.LOCAL, choice(gettext("Local"), gettext("Il travaille avec les jardins cochés."))),
            (Partner.Level.NATIONAL, choice(gettext("National"), gettext("Tous les jardins le connaissent."))),
        ]
        self.fields["gardens"].queryset = Garden.objects.filter(pk__in=[one.pk for one in choices])  # type: ignore[attr-defined]
        if not network:
            del self.fields["level"]
            if len(choices) == 1:
                del self.fields["gardens"]
        self.only = choices[0] if len(choices) == 1 and not network else None

    # --- For the template ---------------------------------------------------------------------

    @property
    def plain(self) -> list[Any]:
        """All fields but the list of gardens, which may be long."""
        return [self[name] for name in self.fields if name != "gardens"]

    @property
    def gardens_asked(self) -> bool:
        return "gardens" in self.fields

    @property
    def linked_count(self) -> int:
        return len(self["gardens"].value() or [])

    @property
    def gardens_open(self) -> bool:
        """A short list is shown at once."""
        return len(self.fields["gardens"].queryset) <= FEW or bool(self["gardens"].errors)  # type: ignore[attr-defined]

    # --- Reading ------------------------------------------------------------------------------

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if other := self.namesake(name):
            raise forms.ValidationError(_("« %(name)s » est déjà dans la liste."), params={"name": other.name})
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.network and "gardens" in self.fields and not data.get("gardens") and "gardens" not in self.errors:
            self.add_error("gardens", gettext("Cochez au moins un jardin."))
        return data

    @property
    def linked(self) -> list[Garden]:
        """The gardens to link it to."""
        return [self.only] if self.only else list(self.cleaned_data["gardens"])

    @property
    def values(self) -> dict[str, Any]:
        """The partner's columns."""
        data = self.cleaned_data
        place: territory.Commune | None = data["place"]
        public = data["public"] if data["public"] is not None else data["kind"] in PUBLIC_KINDS
        found = {
            "name": data["name"],
            "kind": data["kind"],
            "public": public,
            "siret": data["siret"],
            "contact": data["contact"],
        }
        found |= {name: name in data["does"] for name in DOES} | {"commune_code": place.code if place else ""}
        return found | ({"level": data["level"]} if self.network else {})


def _start(partner: Partner | None, gardens: list[Garden]) -> dict[str, Any]:
    if partner is None:
        return {
            "level": Partner.Level.LOCAL,
            "does": ["funds"],
            "gardens": [one.pk for one in gardens] if len(gardens) == 1 else [],
        }
    return {
        "name": partner.name, "kind": partner.kind, "public": "oui" if partner.public else "non", "level": partner.level,
        "does": [name for name in DOES if getattr(partner, name)], "gardens": list(partner.gardens.values_list("pk", flat=True)),
        "place": _place(partner), "siret": partner.siret, "contact": partner.contact,
    }  # fmt: skip


def _place(partner: Partner) -> str:
    try:
        commune = territory.commune(partner.commune_code)
    except KeyError:
        return ""
    return f"{postcode_of('', commune)} {commune.name}".strip()
