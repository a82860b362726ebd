"""Calls, applications in three steps, decisions, accounts of a grant: what is typed, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import EurosField, LineField, sometimes
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.fields import DayField
from cageot.desk.words_grants import ACCOUNTS, PLAIN
from cageot.funding.actions.granting import BudgetLine, Decision
from cageot.funding.models import GrantApplication, GrantCall, GrantLine, GrantReport, Tranche
from cageot.funding.rules import cerfa
from cageot.funding.rules.granting import Step

MOST = 10_000_000_00
"""No amount of these forms is greater, in cents: what is above is mistyped."""
USUAL = {cerfa.COST: ("60", "61", "62", "64", cerfa.INDIRECT), cerfa.INCOME: ("70", "74", "75")}
"""The accounts that most projects use; the others are a click away."""


def words(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea({"rows": rows, **attrs})


class CallForm(forms.Form):
    """A call for projects."""

    name = LineField(label=gettext_lazy("Nom de l’appel"), max_length=160)
    tranche = forms.ModelChoiceField(
        Tranche.objects.none(), label=gettext_lazy("Sur quel financement"),
        help_text=gettext_lazy("L’argent promis peut être appelé. Il ne peut être accordé qu’une fois notifié."),
    )  # fmt: skip
    envelope_cents = EurosField(label=gettext_lazy("Enveloppe"), min_cents=1, max_cents=MOST)
    opens_on = DayField(label=gettext_lazy("Réponses à partir du"))
    closes_on = DayField(label=gettext_lazy("Réponses jusqu’au"))
    from_day = DayField(label=gettext_lazy("Actions à partir du"))
    until_day = DayField(label=gettext_lazy("Actions jusqu’au"))
    purpose = forms.CharField(
        label=gettext_lazy("À quoi sert l’argent"), max_length=2000, widget=words(3),
        help_text=gettext_lazy("Les jardins lisent ces mots."),
    )  # fmt: skip
    conditions = forms.CharField(label=gettext_lazy("Conditions"), max_length=2000, widget=words(3), required=False)

    def __init__(self, data: Any = None, *, tranches: Any, call: GrantCall | None = None) -> None:
        initial = {name: getattr(call, name) for name in self.base_fields} if call else {}
        super().__init__(data, initial=initial)
        field = self.fields["tranche"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = tranches

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        for first, last in (("opens_on", "closes_on"), ("from_day", "until_day")):
            if found.get(first) and found.get(last) and found[last] < found[first]:
                self.add_error(last, _("Le dernier jour vient avant le premier."))
        return found


# --- Applying -------------------------------------------------------------------------------------


class ProjectForm(forms.Form):
    """Step 1: the project and its numbers. Nothing is compulsory in a draft."""

    project = forms.CharField(
        label=gettext_lazy("Le projet"), max_length=4000, required=False, widget=words(7),
        help_text=gettext_lazy("Que voulez-vous faire, avec qui, quand, où ? Ne nommez personne."),
    )  # fmt: skip
    baskets = forms.IntegerField(
        label=gettext_lazy("Paniers accompagnés"), min_value=0, max_value=999_999, required=False
    )
    households = forms.IntegerField(label=gettext_lazy("Foyers"), min_value=0, max_value=99_999, required=False)
    sessions = forms.IntegerField(label=gettext_lazy("Ateliers"), min_value=0, max_value=9_999, required=False)

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {"project": found["project"]} | {
            name: found[name] or 0 for name in ("baskets", "households", "sessions")
        }


@dataclass(frozen=True)
class BudgetRow:
    """One account of a budget form, as its line of the page."""

    side: str
    account: str
    name: str
    plain: str
    cents: forms.BoundField
    label: forms.BoundField | None
    planned: int

    @property
    def shown(self) -> str:
        return f"{self.account} · {self.name}" if self.account != cerfa.INDIRECT else self.name


class BudgetForm(forms.Form):
    """Step 2: what is asked, what the project costs, who pays the rest. One line for each account of the form."""

    asked_cents = EurosField(label=gettext_lazy("Somme demandée au réseau"), required=False, max_cents=MOST)

    real = False

    def __init__(
        self, data: Any = None, *, application: GrantApplication, initial: dict[str, Any] | None = None
    ) -> None:
        self.lines = {(one.side, one.account): one for one in application.lines.all()}
        start = {"asked_cents": application.asked_cents or None} | (initial or {})
        for (side, account), line in self.lines.items():
            start[f"{side}_{account}"] = (line.spent_cents if self.real else line.planned_cents) or None
            start[f"{side}_{account}_label"] = "" if line.label == str(ACCOUNTS[account]) else line.label
        super().__init__(data, initial=start)
        for side, account in self._accounts():
            name, more = str(ACCOUNTS[account]), _("Précision")
            field = EurosField(label=name, required=False, max_cents=MOST)
            self.fields[f"{side}_{account}"] = field
            if not self.real:
                self.fields[f"{side}_{account}_label"] = LineField(
                    label=f"{name} : {more}", max_length=120, required=False
                )

    def _accounts(self) -> Iterator[tuple[str, str]]:
        for side in (cerfa.COST, cerfa.INCOME):
            for account in (*cerfa.ACCOUNTS[side], *cerfa.IN_KIND[side]):
                yield side, account

    def _rows(self, side: str, accounts: Iterable[str]) -> list[BudgetRow]:
        return [
            BudgetRow(
                side, account, str(ACCOUNTS[account]), str(PLAIN[account]), self[f"{side}_{account}"],
                None if self.real else self[f"{side}_{account}_label"],
                self.lines[side, account].planned_cents if (side, account) in self.lines else 0,
            )
            for account in accounts
        ]  # fmt: skip

    @property
    def costs(self) -> list[BudgetRow]:
        """The costs of most projects."""
        return self._rows(cerfa.COST, USUAL[cerfa.COST])

    @property
    def incomes(self) -> list[BudgetRow]:
        """The resources of most projects."""
        return self._rows(cerfa.INCOME, USUAL[cerfa.INCOME])

    @property
    def others(self) -> list[BudgetRow]:
        """The other accounts of the form, costs then resources."""
        return [
            row
            for side in (cerfa.COST, cerfa.INCOME)
            for row in self._rows(side, [one for one in cerfa.ACCOUNTS[side] if one not in USUAL[side]])
        ]

    @property
    def others_typed(self) -> bool:
        return any(self[row.cents.name].value() or row.cents.errors for row in self.others)

    @property
    def given(self) -> list[BudgetRow]:
        return [*self._rows(cerfa.COST, cerfa.IN_KIND["cost"]), *self._rows(cerfa.INCOME, cerfa.IN_KIND["income"])]

    @property
    def given_typed(self) -> bool:
        return any(self[row.cents.name].value() for row in self.given)

    @property
    def totals(self) -> tuple[int, int]:
        """Costs and resources as they were kept last."""
        money = [one for key, one in self.lines.items() if not cerfa.is_in_kind(key[1])]
        cents = [sum(self._cents(one) for one in money if one.side == side) for side in (cerfa.COST, cerfa.INCOME)]
        return cents[0], cents[1]

    def _cents(self, line: GrantLine) -> int:
        return line.spent_cents if self.real else line.planned_cents

    def budget(self) -> list[BudgetLine]:
        """The lines that are typed."""
        found = self.cleaned_data
        lines = []
        for side, account in self._accounts():
            cents = found.get(f"{side}_{account}") or 0
            known = self.lines.get((side, account))
            label = (
                known.label if self.real and known else found.get(f"{side}_{account}_label") or str(ACCOUNTS[account])
            )
            lines.append(BudgetLine(side, account, label, *((0, cents) if self.real else (cents, 0))))
        return lines


# --- Accounts of a grant --------------------------------------------------------------------------


class ReportForm(BudgetForm):
    """What was done, what was spent, what is left and what becomes of it."""

    real = True
    asked_cents = None  # type: ignore[assignment]  # not a field of this one

    done = forms.CharField(
        label=gettext_lazy("Ce qui a été fait"), max_length=4000, required=False, widget=words(5),
        help_text=gettext_lazy("Quand, où, comment. Ne nommez personne."),
    )  # fmt: skip
    who = forms.CharField(
        label=gettext_lazy("Pour qui"), max_length=2000, required=False, widget=words(2),
        help_text=gettext_lazy("Combien de personnes, de quels publics."),
    )  # fmt: skip
    goals = forms.CharField(
        label=gettext_lazy("Les objectifs sont-ils atteints ?"), max_length=2000, required=False, widget=words(2)
    )
    differences = forms.CharField(
        label=gettext_lazy("Ce qui a changé par rapport au projet"), max_length=2000, required=False, widget=words(2),
        help_text=gettext_lazy("Expliquez ici les écarts entre le budget prévu et les dépenses."),
    )  # fmt: skip
    rules = forms.CharField(
        label=gettext_lazy("Comment sont comptées les charges partagées"), max_length=2000, required=False, widget=words(2),
        help_text=gettext_lazy("Par exemple : un dixième du loyer, pour deux jours par mois."),
    )  # fmt: skip
    in_kind = forms.CharField(
        label=gettext_lazy("Bénévolat, prêts et dons en nature"), max_length=2000, required=False, widget=words(2)
    )
    baskets = forms.IntegerField(label=gettext_lazy("Paniers"), min_value=0, max_value=999_999, required=False)
    households = forms.IntegerField(label=gettext_lazy("Foyers"), min_value=0, max_value=99_999, required=False)
    sessions = forms.IntegerField(label=gettext_lazy("Ateliers"), min_value=0, max_value=9_999, required=False)
    unspent_cents = EurosField(
        label=gettext_lazy("Ce qui reste de l’aide du réseau"), required=False, max_cents=MOST,
        help_text=gettext_lazy("0 si tout est dépensé."),
    )  # fmt: skip
    left = forms.ChoiceField(
        label=gettext_lazy("Ce que devient le reste"), choices=GrantReport.Left, widget=forms.RadioSelect, required=False,
        initial=GrantReport.Left.CARRIED,
    )  # fmt: skip

    TEXTS = ("done", "who", "goals", "differences", "rules", "in_kind")
    NUMBERS = ("baskets", "households", "sessions")

    def __init__(
        self, data: Any = None, *, application: GrantApplication, report: GrantReport | None, found: Any
    ) -> None:
        start: dict[str, Any] = {"baskets": found.baskets, "households": found.households}
        if report:
            start = {name: getattr(report, name) for name in (*self.TEXTS, *self.NUMBERS, "unspent_cents", "left")}
        super().__init__(data, application=application, initial=start)
        if report is None:
            self.initial["income_74"] = application.granted_cents
        if application.stopped_on:
            del self.fields["left"]

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        kept = {name: found[name] for name in self.TEXTS}
        kept |= {name: found[name] or 0 for name in (*self.NUMBERS, "unspent_cents")}
        return kept | ({"left": found["left"]} if found.get("left") else {})


class UseForm(forms.Form):
    """Money that was carried over, spent."""

    cents = EurosField(label=gettext_lazy("Somme dépensée"), min_cents=1, max_cents=MOST)
    on = DayField(label=gettext_lazy("Le"))
    words = LineField(label=gettext_lazy("Pour quoi"), max_length=300)


# --- The network's answers ------------------------------------------------------------------------


class PayForm(forms.Form):
    """An instalment that was paid."""

    on = DayField(label=gettext_lazy("Versé le"))
    reference = LineField(label=gettext_lazy("Référence du virement"), max_length=80, required=False)
    met = LineField(label=gettext_lazy("Comment la condition est remplie"), max_length=200)

    def __init__(self, data: Any = None, *, condition: str, today: date) -> None:
        super().__init__(data, initial={"on": today})
        if not condition:
            del self.fields["met"]


class WhyForm(forms.Form):
    """A sentence that the garden reads."""

    words = LineField(label=gettext_lazy("Vos mots au jardin"), max_length=300)


class StopForm(forms.Form):
    """A grant that ends before its term."""

    on = DayField(label=gettext_lazy("À partir du"))
    words = LineField(
        label=gettext_lazy("Pourquoi"), max_length=300, help_text=gettext_lazy("Le jardin lira ces mots.")
    )


class BackForm(forms.Form):
    """Money that a garden gave back."""

    cents = EurosField(label=gettext_lazy("Somme rendue"), min_cents=1, max_cents=MOST)
    on = DayField(label=gettext_lazy("Reçue le"))
    words = LineField(label=gettext_lazy("Référence"), max_length=300, required=False)


class ProposeForm(forms.Form):
    """How amounts are proposed: at most, at least."""

    plafond = EurosField(label=gettext_lazy("Au plus, par jardin"), required=False, max_cents=MOST)
    minimum = EurosField(label=gettext_lazy("Au moins, par jardin"), required=False, max_cents=MOST)


def _about(label: str, garden: str) -> SafeString:
    """A label that names its garden to who does not see the card it stands in."""
    return format_html('{}<span class="hidden"> : {}</span>', label, garden)


LATER, GRANT, REFUSE = "later", "grant", "refuse"


@dataclass(frozen=True)
class Choice:
    """One application of the decision page, with its fields and what is shown beside them."""

    application: GrantApplication
    what: forms.BoundField
    cents: forms.BoundField
    words: forms.BoundField
    conditions: forms.BoundField


class DecideForm(forms.Form):
    """Several applications decided together, and how grants are paid."""

    first_bp = forms.IntegerField(
        label=gettext_lazy("Premier versement"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("En pourcentage : 100 pour tout verser d’un coup."),
    )
    first_on = DayField(label=gettext_lazy("Le"))
    rest_on = sometimes(DayField(label=gettext_lazy("Le reste, le"), required=False))
    rest_condition = LineField(label=gettext_lazy("À quelle condition"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, call: GrantCall, applications: Sequence[GrantApplication], proposed: dict[int, int], today: date
    ) -> None:  # fmt: skip
        self.applications = applications
        rest = date(call.until_day.year + 1, 2, 15)
        start = {
            "first_bp": 80, "first_on": today + timedelta(days=15), "rest_on": rest,
            "rest_condition": _("Compte rendu accepté"),
        }  # fmt: skip
        super().__init__(data, initial=start)
        choices = [(GRANT, _("Accorder")), (REFUSE, _("Refuser")), (LATER, _("Plus tard"))]
        for one in applications:
            name = one.garden.name
            cents = proposed.get(one.pk, 0)
            self.fields[f"what{one.pk}"] = forms.ChoiceField(
                label=_about(_("Décision"), name),
                choices=choices,
                initial=GRANT if cents else LATER,
            )
            self.fields[f"cents{one.pk}"] = sometimes(
                EurosField(
                    label=_about(_("Somme accordée"), name), required=False, max_cents=MOST, initial=cents or None
                )
            )
            self.fields[f"words{one.pk}"] = sometimes(
                LineField(label=_about(_("Vos mots au jardin"), name), max_length=300, required=False)
            )
            self.fields[f"conditions{one.pk}"] = LineField(
                label=_about(_("Conditions"), name), max_length=300, required=False
            )

    @property
    def rows(self) -> list[Choice]:
        names = ("what", "cents", "words", "conditions")
        return [Choice(one, *(self[f"{name}{one.pk}"] for name in names)) for one in self.applications]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        for one in self.applications:
            what, cents = found.get(f"what{one.pk}"), found.get(f"cents{one.pk}")
            if what == GRANT and f"cents{one.pk}" in found and not cents:
                self.add_error(f"cents{one.pk}", _("Écrivez la somme, ou choisissez « Plus tard »."))
            if what == GRANT and cents and cents > one.asked_cents:
                self.add_error(
                    f"cents{one.pk}",
                    _("Le jardin demande %(sum)s : ce ne peut pas être plus.") % {"sum": euros(one.asked_cents)},
                )
            if what == REFUSE and not found.get(f"words{one.pk}"):
                self.add_error(f"words{one.pk}", _("Dites au jardin pourquoi : il lira ces mots."))
        if found.get("first_bp", 100) < 100 and not found.get("rest_on") and "rest_on" not in self.errors:
            self.add_error("rest_on", _("Dites quand le reste est versé."))
        first, rest = found.get("first_on"), found.get("rest_on")
        if found.get("first_bp", 100) < 100 and first and rest and rest < first:
            self.add_error("rest_on", _("Le reste se verse après le premier versement."))
        return found

    def decisions(self) -> list[Decision]:
        """What is decided now: those left for later are not in it."""
        found = self.cleaned_data
        return [
            Decision(
                one, (found[f"cents{one.pk}"] or 0) if found[f"what{one.pk}"] == GRANT else 0, found[f"words{one.pk}"],
                found[f"conditions{one.pk}"],
            )
            for one in self.applications
            if found[f"what{one.pk}"] != LATER
        ]  # fmt: skip

    def plan(self) -> list[Step]:
        found = self.cleaned_data
        bp = found["first_bp"] * 100
        first = Step(bp, found["first_on"])
        return [first] if bp == 10_000 else [first, Step(10_000 - bp, found["rest_on"], found["rest_condition"])]
