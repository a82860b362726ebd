"""What is typed of a fund: where its money comes from, who it is for, how much of a basket it pays; and of its tranches."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import EurosField, LineField, UnitInput, sometimes
from cageot.core.templatetags.cageot import euros
from cageot.desk import words_funds as words
from cageot.desk.forms.fields import DayField, SomeField
from cageot.desk.forms.funds_places import HELP, PlacesField
from cageot.desk.forms.settings_network import PercentField
from cageot.desk.queries.funds import Offered
from cageot.funding.actions.funds import Standing
from cageot.funding.models import Agreement, Fund, Tranche
from cageot.funding.rules.conditions import Conditions, Wrong, spread_out
from cageot.network import territory
from cageot.network.models import Garden, Partner

FEW = 8
"""Gardens listed at once; more are folded away."""
MOST_CENTS = 10**12
GIVEN = (Fund.Kind.CAMPAIGN, Fund.Kind.BOX)
"""Kinds that nobody in particular gives."""


class FundForm(forms.Form):
    """A fund, new or as it stands. `used`: its money was notified, so who gives and who holds stay."""

    name = LineField(
        label=gettext_lazy("Nom du financement"), max_length=160, help_text=gettext_lazy("Celui que vous dites entre vous.")
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Genre"), choices=Fund.Kind.choices, initial=Fund.Kind.GRANT)
    partner = sometimes(forms.ChoiceField(label=gettext_lazy("Financeur"), required=False))
    partner_name = LineField(label=gettext_lazy("Son nom"), max_length=160, required=False)
    partner_kind = forms.ChoiceField(
        label=gettext_lazy("Ce que c’est"), choices=Partner.Kind.choices, initial="foundation", required=False
    )
    reference = LineField(
        label=gettext_lazy("Numéro de la convention ou de l’arrêté"), max_length=60, required=False,
        help_text=gettext_lazy("Il sera écrit sur les demandes de versement. Un même numéro ne sert qu’une fois."),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=gettext_lazy("Dans les comptes"), choices=Fund.Source.choices, initial=Fund.Source.PUBLIC
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Versement demandé"), choices=Fund.Rhythm.choices, initial=Fund.Rhythm.QUARTER
    )

    gardens = SomeField(
        Garden.objects.none(), label=gettext_lazy("Jardins"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=gettext_lazy("Aucun coché : tous."),
    )  # fmt: skip
    territories = PlacesField(label=gettext_lazy("Territoires des foyers"), required=False, help_text=HELP)
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("Publics"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=gettext_lazy("Ceux de vos conventions. Aucun coché : tous."),
    )  # fmt: skip
    affiliations = forms.MultipleChoiceField(
        label=gettext_lazy("Affiliations"), widget=forms.CheckboxSelectMultiple, required=False,
        choices=[one for one in Agreement.Affiliation.choices if one[0] != "any"],
        help_text=gettext_lazy("Aucune cochée : toutes."),
    )  # fmt: skip

    cap_cents = EurosField(label=gettext_lazy("Au plus, par panier"), max_cents=100_000, required=False)
    share_bp = PercentField(label=gettext_lazy("Au plus, en part du prix"), required=False)
    match_bp = forms.Field(required=False)
    priority = forms.IntegerField(
        label=gettext_lazy("Ordre"), min_value=1, max_value=999, initial=100, required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        help_text=gettext_lazy("À date de fin égale, le plus petit paie d’abord."),
    )  # fmt: skip
    expected = forms.BooleanField(label=gettext_lazy("Ces foyers viendront plus tard"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        offered: Offered,
        fund: Fund | None = None,
        used: bool = False,
        garden: Garden | None = None,
    ) -> None:
        self.fund, self.used, self.offered, self.garden = fund, used, offered, garden
        self.nobody = False
        initial: dict[str, Any] = {} if garden is None else {"kind": Fund.Kind.BOX, "source": Fund.Source.OWN}
        if fund:
            names = [name for name in self.base_fields if hasattr(fund, name) and name not in ("gardens", "partner")]
            initial = {name: getattr(fund, name) for name in names}
            initial |= {
                "partner": str(fund.partner_id or ""),
                "gardens": list(fund.gardens.values_list("pk", flat=True)),
            }
        super().__init__(data, initial=initial)
        self.partners = {str(one.pk): one for one in offered.partners}
        self.fields["match_bp"] = PercentField(
            label=_("Contrepartie locale"), required=False,
            help_text=_("Les partenaires locaux paient au moins cette part de ce que paie ce financement. 100 % : autant que lui."),
        )  # fmt: skip
        self.fields["partner"].choices = [("", _("Personne en particulier (dons, caisse)")), *((pk, str(one)) for pk, one in self.partners.items())]  # type: ignore[attr-defined]  # fmt: skip
        self.fields["gardens"].queryset = Garden.objects.filter(pk__in=[one.pk for one in offered.gardens])  # type: ignore[attr-defined]
        self.fields["audiences"].choices = [(one, one) for one in offered.audiences]  # type: ignore[attr-defined]
        if used:
            for name in ("kind", "source", "partner", "partner_name", "partner_kind"):
                del self.fields[name]
        if len(offered.gardens) < 2:
            del self.fields["gardens"]
        if not offered.audiences:
            del self.fields["audiences"]

    # --- For the template ---------------------------------------------------------------------

    def _some(self, *names: str) -> list[Any]:
        return [self[name] for name in names if name in self.fields]

    @property
    def first(self) -> list[Any]:
        return self._some("name", "kind", "partner")

    @property
    def fine_print(self) -> list[Any]:
        return self._some("source", "rhythm")

    @property
    def people(self) -> list[Any]:
        return self._some("territories", "audiences", "affiliations")

    @property
    def amounts(self) -> list[Any]:
        return self._some("cap_cents", "share_bp", "match_bp", "priority")

    @property
    def asks_partner(self) -> bool:
        return "partner_name" in self.fields

    @property
    def asks_gardens(self) -> bool:
        return "gardens" in self.fields

    @property
    def gardens_folded(self) -> bool:
        return len(self.offered.gardens) > FEW and not self["gardens"].errors

    @property
    def gardens_count(self) -> int:
        return len(self["gardens"].value() or [])

    @property
    def wrong(self) -> list[Any]:
        return [field for field in self if field.errors]

    # --- Reading ------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if (
            not self.used
            and found.get("kind") not in GIVEN
            and not found.get("partner")
            and not found.get("partner_name")
        ):
            self.add_error("partner", _("Choisissez qui donne cet argent, ou écrivez le nom d’un nouveau financeur."))
        if found.get("priority") is None:
            found["priority"] = 100
        self._read = self._conditions(found)
        return found

    def so_far(self) -> Conditions:
        """The conditions as far as they can be read from what was typed."""
        self.is_valid()
        return self._read

    @property
    def main(self) -> Partner | None:
        return self.partners.get(self.cleaned_data.get("partner") or "")

    def values(self, partner: Partner | None) -> dict[str, Any]:
        """What the fund becomes."""
        names = ("name", "kind", "reference", "source", "rhythm", "territories", "affiliations", "cap_cents", "share_bp",
                 "match_bp", "priority")  # fmt: skip
        found = {name: self.cleaned_data[name] for name in names if name in self.fields}
        found["audiences"] = self.cleaned_data.get("audiences") or []
        return found if self.used else found | {"partner": partner}

    def chosen_gardens(self) -> list[Garden]:
        return list(self.cleaned_data.get("gardens") or ())

    def _conditions(self, found: dict[str, Any]) -> Conditions:
        return spread_out(
            Conditions(
                frozenset(one.pk for one in found.get("gardens") or ()), frozenset(found.get("territories") or ()),
                frozenset(found.get("audiences") or ()), frozenset(found.get("affiliations") or ()), found.get("cap_cents"),
                found.get("share_bp"), found.get("match_bp"),
            ),
            territory.communes_in,
        )  # fmt: skip

    # --- What the action refused --------------------------------------------------------------

    def conditions_refused(self, wrong: list[Wrong]) -> None:
        for one in wrong:
            self.nobody = self.nobody or one.why in ("nobody", "nobody_together", "match_never")
            self.add_error(one.field if one.field in self.fields else None, words.wrong(one))

    def reference_taken(self, other: Fund) -> None:
        self.add_error("reference", _(
            "Ce numéro est déjà celui de « %(name)s ». Deux financements compteraient deux fois la même promesse : ouvrez celui-là, ou corrigez le numéro."
        ) % {"name": other.name})  # fmt: skip


class EndForm(forms.Form):
    """From when a fund pays no more, and why."""

    on = DayField(label=gettext_lazy("Ne paie plus depuis le"))
    because = LineField(
        label=gettext_lazy("Pourquoi"), max_length=200, help_text=gettext_lazy("Une phrase, sans nom de personne.")
    )  # fmt: skip


class TrancheForm(forms.Form):
    """A year (or less) of money."""

    label = LineField(label=gettext_lazy("Nom"), max_length=60, help_text=gettext_lazy("Par exemple l’année : 2018."))
    from_day = DayField(label=gettext_lazy("Paie les paniers du"))
    until_day = DayField(label=gettext_lazy("Jusqu’au"))
    promised_cents = EurosField(label=gettext_lazy("Montant promis"), min_cents=1, max_cents=MOST_CENTS)
    promised_on = DayField(label=gettext_lazy("Promis le"), required=False)
    due_on = DayField(
        label=gettext_lazy("Versement attendu le"), required=False, help_text=gettext_lazy("Passé ce jour, il est dit en retard.")
    )  # fmt: skip
    quota_baskets = forms.IntegerField(
        label=gettext_lazy("Paniers, au plus"), min_value=1, max_value=10_000_000, required=False,
        widget=UnitInput("paniers", {"inputmode": "numeric"}),
    )  # fmt: skip
    carries_over = forms.BooleanField(label=gettext_lazy("Le reste peut servir l’année suivante"), required=False)

    def __init__(self, data: Any = None, *, fund: Fund, today: date, tranche: Tranche | None = None) -> None:
        self.fund = fund
        if tranche:
            initial = {name: getattr(tranche, name) for name in self.base_fields}
        else:
            year = today.year
            initial = {
                "label": str(year), "from_day": date(year, 1, 1), "until_day": date(year, 12, 31), "promised_on": today,
            }  # fmt: skip
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("from_day") and found.get("until_day") and found["until_day"] < found["from_day"]:
            self.add_error("until_day", _("Le dernier jour vient avant le premier."))
        return found


class NotifyForm(forms.Form):
    """What the funder notified."""

    cents = EurosField(label=gettext_lazy("Montant notifié"), min_cents=0, max_cents=MOST_CENTS)
    on = DayField(label=gettext_lazy("Notifié le"))
    due_on = DayField(label=gettext_lazy("Versement attendu le"), required=False)

    def __init__(self, data: Any = None, *, tranche: Tranche, today: date) -> None:
        cents = tranche.promised_cents if tranche.notified_cents is None else tranche.notified_cents
        super().__init__(data, initial={"cents": cents, "on": tranche.notified_on or today, "due_on": tranche.due_on})


class RefuseForm(forms.Form):
    """The funder's refusal."""

    on = DayField(label=gettext_lazy("Refusé le"))
    because = LineField(
        label=gettext_lazy("Pourquoi"), max_length=200, help_text=gettext_lazy("Une phrase, sans nom de personne.")
    )  # fmt: skip


def standing(one: Standing, *, claimed: bool) -> str:
    """What stands against a change, and what may be done."""
    if claimed:
        return _(
            "%(used)s sont déjà réglés hors de ce que vous écrivez, dont %(claimed)s réclamés au financeur. Faites d’abord un avoir, ou gardez assez de jours et d’argent pour eux. Rien n’a été écrit."
        ) % {"used": euros(one.used), "claimed": euros(one.claimed)}  # fmt: skip
    return _(
        "%(used)s sont déjà réglés hors de ce que vous écrivez, et ne sont pas encore réclamés. Vous pouvez les rendre : un règlement les répartit à nouveau, et ce que personne d’autre ne paie revient à financer."
    ) % {"used": euros(one.used)}  # fmt: skip
