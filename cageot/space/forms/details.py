"""What a member says of themselves: how to reach them, where they live, in which language to write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField, PhoneField
from cageot.members.models import Member
from cageot.network import territory
from cageot.space.languages import MEMBERS, names


class MemberPhone(PhoneField):
    """A number, with one short sentence when it is none."""

    def clean(self, value: Any) -> str:
        try:
            return super().clean(value)
        except forms.ValidationError as wrong:
            raise forms.ValidationError(_("Ce numéro est mal écrit. Il a dix chiffres.")) from wrong


CONTACT = ("mobile", "phone", "email")
CODES_GO_TO = ("mobile", "email")
DETAILS = ("language", "address", "postcode", "reach_through", "nickname")


class DetailsForm(forms.Form):
    """Nothing is compulsory. The commune is chosen among those of the postcode.

    Whoever is `acting` for the member is not asked where codes are sent: they would keep a way in of their own.
    """

    mobile = MemberPhone(label=_("Téléphone portable"), required=False)
    phone = MemberPhone(label=_("Autre téléphone"), required=False)
    email = forms.EmailField(
        label=_("Adresse mail"), required=False, error_messages={"invalid": _("Cette adresse mail n’est pas complète.")}
    )
    reach_through = LineField(
        label=_("Quelqu’un qui peut vous joindre"),
        max_length=120,
        required=False,
        help_text=_("Son nom et son numéro."),
    )
    language = forms.ChoiceField(label=_("Langue pour vous écrire"))
    address = LineField(label=_("Adresse"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Code postal"), max_length=5, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    commune = forms.ChoiceField(label=_("Commune"), required=False)
    nickname = LineField(
        label=_("Votre nom sur les listes"), max_length=40, required=False,
        help_text=_("Les bénévoles du dépôt le voient."),
    )  # fmt: skip

    def __init__(
        self, member: Member, *args: Any, asks_nickname: bool = False, acting: bool = False, **kwargs: Any
    ) -> None:
        household = member.household
        kwargs["initial"] = {name: getattr(member, name) for name in CONTACT} | {
            name: getattr(household, name) for name in DETAILS
        } | {"commune": household.commune_code}  # fmt: skip
        super().__init__(*args, **kwargs)
        self.household = household
        for name in ("mobile", "phone", "email", "postcode"):
            self.fields[name].widget.attrs["dir"] = "ltr"  # in a page that runs from right to left too
        for name in ("reach_through", "address", "nickname"):
            self.fields[name].widget.attrs["dir"] = "auto"
        if not asks_nickname:
            del self.fields["nickname"]
        if acting:
            for name in CODES_GO_TO:
                del self.fields[name]
        self.fields["language"].choices = _languages(household.language)  # type: ignore[attr-defined]
        self.communes = territory.by_postcode(self._postcode())
        self.fields["commune"].choices = [("", "—"), *((one.code, one.name) for one in self.communes)]  # type: ignore[attr-defined]

    def _postcode(self) -> str:
        typed = str(self.data.get("postcode", "") if self.is_bound else self.household.postcode).strip()
        return typed if typed.isascii() and typed.isdigit() and len(typed) in (4, 5) else ""

    def clean_postcode(self) -> str:
        typed: str = self.cleaned_data["postcode"].strip()
        if typed and not self.communes:
            raise forms.ValidationError(_("Ce code postal n’existe pas. Il a cinq chiffres, par exemple 41000."))
        return typed.zfill(5) if typed else ""

    def clean(self) -> dict[str, Any]:
        """One commune for that postcode is the one; of several, the person says which."""
        data = super().clean() or {}
        if "commune" in self.errors:
            del self.errors["commune"]  # it was one of the former postcode's
            data["commune"] = ""
        if not data.get("commune") and data.get("postcode"):
            if len(self.communes) == 1:
                data["commune"] = self.communes[0].code
            elif self.communes:
                self.add_error("commune", _now("Choisissez votre commune dans la liste."))
        return data

    @property
    def contact(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT if name in self.fields}

    @property
    def details(self) -> dict[str, Any]:
        """The household's columns; a town that the garden wrote, without a postcode, stays."""
        found = {name: self.cleaned_data[name] for name in DETAILS if name in self.fields}
        code = self.cleaned_data.get("commune")
        if code:
            town = next(one.name for one in self.communes if one.code == code)
            found |= {"commune_code": code, "town": town}
        elif self.household.postcode and not found["postcode"]:
            found |= {"commune_code": "", "town": ""}
        return found


def _languages(current: str) -> list[tuple[str, str]]:
    """Those we write in, by their own name; what the garden noted stays possible."""
    found = names(MEMBERS)
    if current not in MEMBERS:
        try:
            found.append((current, str(get_language_info(current)["name_local"])))
        except KeyError:
            found.append((current, current))
    return found
