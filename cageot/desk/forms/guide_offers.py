"""What is typed of national offers: by the network that writes them, by gardens that take them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField, UnitInput
from cageot.desk.forms.bounded import BoundedForm
from cageot.desk.forms.fields import DayField
from cageot.desk.forms.guide_practice import CheckedForm, long
from cageot.desk.queries.guide_offers import spots
from cageot.guide.actions.offers import Written
from cageot.guide.models import Offer, OfferPlace, Uptake
from cageot.guide.rules import offering
from cageot.network import territory
from cageot.network.models import Garden, Partner, Person


class OfferForm(BoundedForm):
    """An offer."""

    LONG = {"text": 4000, "spots": 30_000, "agreement": 8000, "asks": 800}

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Partenaire national"), empty_label=_("Choisir…"))
    kind = forms.ChoiceField(label=_("Genre"), choices=Offer.Kind.choices)
    title = LineField(label=_("Titre"), max_length=140)
    text = long(_("Ce qui est proposé"), 6)
    from_day = DayField(label=_("Du"))
    until_day = DayField(label=_("Au"), required=False, help_text=_("Vide : sans fin."))
    places = forms.IntegerField(
        label=_("Jardins, au plus"), required=False, min_value=1, max_value=10_000, help_text=_("Vide : autant qu’on veut."),
    )  # fmt: skip
    departments = LineField(
        label=_("Départements"), max_length=400, required=False, help_text=_("Par exemple « 41, 37 ». Vide : partout.")
    )
    spots = long(
        _("Lieux"), 6, required=False,
        help_text=_("Un par ligne, avec sa commune : « Boutique de Blois ; 41000 Blois ». Chaque jardin voit le plus proche."),
    )  # fmt: skip
    agreement = long(_("Modèle d’accord local"), 10, required=False, help_text=_("Les champs entre accolades, comme {{jardin.nom}}, se remplissent avec les données du jardin."))  # fmt: skip
    asks = long(
        _("Ce qu’on demandera au jardin"), 3, required=False,
        help_text=_("Un nombre par ligne, six au plus : « Kilos collectés ; kg ». Une phrase est toujours demandée."),
    )  # fmt: skip
    contact = LineField(label=_("Contact chez le partenaire"), max_length=160, required=False)

    def __init__(self, data: Any = None, *, offer: Offer | None = None) -> None:
        start: dict[str, Any] = {}
        if offer:
            names = ("partner", "kind", "title", "text", "from_day", "until_day", "places", "agreement", "contact")
            start = {name: getattr(offer, name) for name in names}
            start |= {"departments": ", ".join(offer.departments), "asks": offering.asks_text(offer.asks)}
            start["spots"] = "\n".join(f"{one.name} ; {_where(one.commune_code)}" for one in offer.spots.order_by("name", "commune_code"))  # fmt: skip
        super().__init__(data, initial=start)
        self.fields["partner"].queryset = Partner.objects.filter(level=Partner.Level.NATIONAL)  # type: ignore[attr-defined]

    def clean_departments(self) -> list[str]:
        codes = [one.strip().upper() for one in self.cleaned_data["departments"].split(",") if one.strip()]
        known = {one.code for one in territory.departments()}
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(
                _("Le département « %(code)s » n’existe pas. Écrivez par exemple 41 ou 2A."),
                params={"code": unknown[0][:20]},
            )
        return list(dict.fromkeys(codes))

    def clean_spots(self) -> list[tuple[str, str]]:
        if "spots" in self.cut:
            return []
        found: list[tuple[str, str]] = []
        for number, line in enumerate(self.cleaned_data["spots"].splitlines(), 1):
            if not line.strip():
                continue
            name, sign, where = (part.strip() for part in line.rpartition(";"))
            code = _commune(where)
            if not sign or not name or len(name) > 120 or code is None:
                raise forms.ValidationError(
                    _("Ligne %(n)s : « %(line)s ». Écrivez le nom, un point-virgule, le code postal et la commune."),
                    params={"n": number, "line": line.strip()[:80]},
                )
            found.append((name, code))
        if len(found) > offering.MOST_SPOTS:
            raise forms.ValidationError(_("300 lieux au plus."))
        return found

    def clean_agreement(self) -> str:
        text: str = self.cleaned_data["agreement"]
        if unknown := offering.unknown(text):
            raise forms.ValidationError(
                _("Le champ « %(name)s » n’existe pas. Voyez la liste à côté."), params={"name": unknown[0][:60]}
            )
        return text

    def clean_asks(self) -> Sequence[offering.Ask]:
        try:
            return offering.asks(self.cleaned_data["asks"])
        except offering.BadLine as error:
            raise forms.ValidationError(
                _(
                    "Ligne %(n)s : « %(line)s ». Écrivez six lignes au plus, toutes différentes : ce qu’on compte, un point-virgule, l’unité."
                ),
                params={"n": error.number, "line": error.said},
            ) from error

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        first, last = said.get("from_day"), said.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("La fin vient avant le début."))
        return said

    @property
    def written(self) -> Written:
        said = {name: self.cleaned_data[name] for name in self.fields}
        return Written(**said)


def _commune(text: str) -> str | None:
    """The INSEE code of « 41000 Blois », « Blois » or « 41018 »."""
    postcode, _space, name = text.partition(" ")
    if not postcode.isdigit():
        found = territory.commune_named(text)
    elif name:
        found = territory.commune_named(name, postcode)
    else:
        served = territory.by_postcode(postcode)
        found = served[0] if served else None
    return found.code if found else None


def _where(code: str) -> str:
    try:
        place = territory.commune(code)
    except KeyError:
        return code
    return f"{place.postcodes[0]} {place.name}" if place.postcodes else place.name


class UptakeForm(BoundedForm):
    """Taking an offer up: where, when, and the local agreement."""

    LONG = {"agreement": 8000}

    spot = forms.ModelChoiceField(OfferPlace.objects.none(), label=_("Où"), required=False, empty_label=_("À choisir plus tard"))  # fmt: skip
    on_day = DayField(label=_("Quand"), required=False)
    agreement = long(_("Accord local"), 14, required=False, help_text=_("Déjà rempli : relisez, complétez les lignes vides, changez ce qu’il faut."))  # fmt: skip

    def __init__(self, data: Any = None, *, offer: Offer, garden: Garden, start: dict[str, Any]) -> None:
        super().__init__(data, initial=start)
        places = list(offer.spots.all())
        words = {one.spot.pk: one.words for one in spots(places, garden)}
        field: Any = self.fields["spot"]
        field.queryset = offer.spots.all()
        field.choices = [("", field.empty_label), *words.items()]
        if not places:
            del self.fields["spot"]


class ReportForm(CheckedForm):
    """What came of it: a few numbers and a sentence."""

    CHECKED: ClassVar[Sequence[str]] = ("report",)

    def __init__(self, data: Any = None, *, uptake: Uptake, by: Person) -> None:
        self.codes = {one["code"]: f"n_{one['code']}" for one in uptake.offer.asks}
        start = {self.codes[code]: said for code, said in uptake.answers.items() if code in self.codes}
        super().__init__(data, by=by, garden=uptake.garden, initial=start | {"report": uptake.report})
        for one in uptake.offer.asks:
            self.fields[self.codes[one["code"]]] = forms.IntegerField(
                label=one["label"],
                min_value=0,
                max_value=10_000_000,
                widget=UnitInput(one["unit"]) if one["unit"] else forms.NumberInput(),
            )
        self.fields["report"] = LineField(
            label=_("En une phrase"), max_length=300, help_text=_("Ce que vous en diriez à un autre jardin. Sans nommer personne.")
        )  # fmt: skip

    @property
    def answers(self) -> dict[str, int]:
        return {code: self.cleaned_data[name] for code, name in self.codes.items()}
