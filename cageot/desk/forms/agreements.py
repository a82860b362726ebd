"""What is typed of an agreement: its clauses, its payers in order, and what each size costs to whom.

As long as nothing is settled under it, all of it may be corrected; after that, its first day, its partner and its payers
stay, and a tariff changes from a later day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import DayField, EurosField, UnitInput
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.agreements_lines import LinesForm, Size
from cageot.desk.forms.agreements_parts import Part, PartField
from cageot.desk.forms.fields import SomeField
from cageot.desk.queries import agreements as queries
from cageot.funding.actions import Corrected, LineDraft, PayerDraft
from cageot.funding.models import Agreement, AgreementPayer, Tariff
from cageot.funding.rules.tariffs import LineRule
from cageot.network.models import Garden, Partner

PAYERS = 3
"""Rows offered for payers; one more than there are, up to five."""
MOST_PAYERS = 5
FEW_GARDENS = 6
"""Gardens that are listed at once; more are folded away."""

CLAUSES = (
    "name",
    "audience",
    "affiliation",
    "until_day",
    "notice_days",
    "classification",
    "given_on",
    "in_programme",
    "status",
)


@dataclass(frozen=True)
class PayerRow:
    """The bound fields of one payer: `who` when it may be chosen, else `fixed`, its name."""

    number: int
    who: Any
    baskets: Any
    cents: Any
    fixed: str


class AgreementForm(LinesForm):
    """An agreement, new or as it stands. `agreement` and `tariff` are None for a new one.

    `free`: nothing is settled under it, so its first day, its partner and its payers may still be corrected.
    """

    partner = forms.ChoiceField(
        label=gettext_lazy("Partenaire principal"),
        error_messages={"required": gettext_lazy("Choisissez un partenaire, ou écrivez le nom d’un nouveau.")},
    )
    partner_name = forms.CharField(label=gettext_lazy("Son nom"), max_length=160, required=False)
    partner_kind = forms.ChoiceField(
        label=gettext_lazy("Ce que c’est"), choices=Partner.Kind.choices, initial="ccas", required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Nom de la convention"),
        max_length=160,
        help_text=gettext_lazy("Celui que vous dites entre vous."),
    )
    gardens = SomeField(Garden.objects.none(), label=gettext_lazy("Jardins"), widget=forms.CheckboxSelectMultiple)
    audience = forms.CharField(
        label=gettext_lazy("Pour qui"), max_length=120, required=False,
        help_text=gettext_lazy("Par exemple : personnes aux minima sociaux, étudiants."),
    )  # fmt: skip
    affiliation = forms.ChoiceField(
        label=gettext_lazy("Affiliation"), choices=Agreement.Affiliation.choices, initial="any"
    )
    from_day = DayField(label=gettext_lazy("Premier jour"))
    until_day = DayField(label=gettext_lazy("Dernier jour"), required=False)
    notice_days = forms.IntegerField(
        label=gettext_lazy("Préavis"),
        min_value=0,
        max_value=730,
        initial=90,
        widget=UnitInput("jours", {"inputmode": "numeric"}),
    )
    classification = forms.ChoiceField(
        label=gettext_lazy("Dans les comptes"), choices=Agreement.Classification.choices, initial="sale"
    )
    given_on = forms.ChoiceField(
        label=gettext_lazy("Panier donné à un autre foyer"), choices=Agreement.GivenOn.choices, initial="as_collected"
    )
    in_programme = forms.BooleanField(
        label=gettext_lazy("Compte dans le programme (le plafond s’applique)"), required=False, initial=True
    )
    status = forms.ChoiceField(
        label=gettext_lazy("État"),
        choices=[("draft", gettext_lazy("en projet")), ("active", gettext_lazy("signée, en cours"))],
        initial="active",
    )
    lines_from = DayField(label=gettext_lazy("Tarifs applicables à partir du"), required=False)
    tariff_name = forms.CharField(label=gettext_lazy("Nom du tarif"), max_length=80, required=False)

    def __init__(
        self, data: Any = None, *, gardens: Iterable[Garden], partners: Iterable[Partner], sizes: Sequence[Size],
        today: date, agreement: Agreement | None = None, tariff: Tariff | None = None, lines: Sequence[LineRule] = (),
        garden: Garden | None = None, used_until: date | None = None, free: bool = True, since: date | None = None,
        several: bool = False,
    ) -> None:  # fmt: skip
        self.today, self.agreement, self.tariff, self.used_until = today, agreement, tariff, used_until
        self.free, self.several = free, several
        self.partners = {str(partner.pk): partner for partner in partners}
        if agreement:
            self.partners.setdefault(str(agreement.partner_id), agreement.partner)
        known = queries.payers_of(agreement) if agreement else []
        self.partners |= {str(one.partner_id): one.partner for one in known if one.partner}
        self.set_up(sizes=sizes, lines=lines, payers=known, fresh_prices=since is not None)
        super().__init__(data, initial=self._initial(garden, since))
        self._clauses(list(gardens))
        self._payer_fields()
        self.line_fields()

    def _initial(self, garden: Garden | None, since: date | None) -> dict[str, Any]:
        one = self.agreement
        if one is None:
            return {"gardens": [garden.pk] if garden else [], "from_day": self.today}
        earliest = queries.day_after(self.used_until, at_least=one.from_day)
        return {name: getattr(one, name) for name in (*CLAUSES, "from_day")} | {
            "partner": str(one.partner_id),
            "gardens": list(one.gardens.values_list("pk", flat=True)),
            "lines_from": max(since, earliest) if since else earliest,
            "tariff_name": self.tariff.name if self.tariff else "",
        }

    def _clauses(self, gardens: list[Garden]) -> None:
        choices: list[tuple[str, str]] = [(pk, str(partner)) for pk, partner in self.partners.items()]
        if self.agreement is None:
            choices = [("", _("Choisir…")), *choices]
            self._drop("lines_from", "tariff_name")
        else:
            self._drop("partner_name", "partner_kind")
            if not self.free:
                self._drop("partner", "from_day", "in_programme")
            if self.agreement.status != Agreement.Status.DRAFT:
                self._drop("status")
        if "partner" in self.fields:
            self.fields["partner"].choices = choices  # type: ignore[attr-defined]
            self.fields["partner"].required = not self.data.get("partner_name")
        self.fields["gardens"].queryset = Garden.objects.filter(pk__in=[garden.pk for garden in gardens])  # type: ignore[attr-defined]
        self.one_garden = len(gardens) == 1 and not self.several

    def _drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def _payer_fields(self) -> None:
        choices = [("", _("Personne")), ("main", _("Le partenaire principal"))]
        choices += [(pk, str(partner)) for pk, partner in self.partners.items()]
        choices += [("network", _("Le réseau")), ("garden", _("Le jardin, sur ses fonds"))]
        self.rows = min(max(PAYERS, len(self.payers) + (1 if self.agreement else 0)), MOST_PAYERS)
        for number in range(self.rows):
            known = self.payers[number] if number < len(self.payers) else None
            if known is None or self.free:
                self.fields[f"p{number}"] = forms.ChoiceField(
                    label=_("Payeur %(n)s") % {"n": number + 1}, choices=choices, required=False, initial=self._first_choice(number, known)
                )  # fmt: skip
            self.fields[f"p{number}_baskets"] = forms.IntegerField(
                label=_("Quota en paniers"), min_value=0, max_value=1_000_000, required=False,
                initial=known.quota_baskets if known else None, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"p{number}_cents"] = EurosField(
                label=_("Quota en euros"),
                max_cents=10**10,
                required=False,
                initial=known.quota_cents if known else None,
            )
            for name in (f"p{number}", f"p{number}_baskets", f"p{number}_cents"):
                self.say(name, _("Payeur %(n)s") % {"n": number + 1})

    def _first_choice(self, number: int, known: AgreementPayer | None) -> str | None:
        if known is None:
            return "main" if number == 0 and self.agreement is None else None
        assert self.agreement is not None
        if known.partner_id == self.agreement.partner_id:
            return "main"
        return str(known.partner_id) if known.partner_id else known.kind

    # --- For the template ---------------------------------------------------------------------

    @property
    def fine_print(self) -> Iterator[Any]:
        """Clauses with a usual answer, folded away."""
        return (
            self[name] for name in ["notice_days", "classification", "given_on", "in_programme"] if name in self.fields
        )

    @property
    def fine_print_wrong(self) -> bool:
        return any(field.errors for field in self.fine_print)

    @property
    def payer_rows(self) -> list[PayerRow]:
        return [
            PayerRow(
                number + 1, self[f"p{number}"] if f"p{number}" in self.fields else None, self[f"p{number}_baskets"],
                self[f"p{number}_cents"], self.payer_label(number) if number < len(self.payers) else "",
            )
            for number in range(self.rows)
        ]  # fmt: skip

    @property
    def status_asked(self) -> bool:
        return "status" in self.fields

    @property
    def gardens_folded(self) -> bool:
        """A long list of gardens is folded away, unless something is wrong with it."""
        return len(self.fields["gardens"].queryset) > FEW_GARDENS and not self["gardens"].errors  # type: ignore[attr-defined]

    @property
    def gardens_count(self) -> int:
        return len(self["gardens"].value() or [])

    # --- Reading ------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        self._follow_first_day(found)
        self._check_clauses(found)
        self.check_lines(found, self._check_payers(found))
        return found

    def _follow_first_day(self, found: dict[str, Any]) -> None:
        """A tariff that applied from the first day follows it when it is corrected."""
        if self.agreement and found.get("from_day") and found.get("lines_from") == self.agreement.from_day:
            found["lines_from"] = found["from_day"]

    def _check_clauses(self, found: dict[str, Any]) -> None:
        first = found.get("from_day") or (self.agreement.from_day if self.agreement else None)
        last, since = found.get("until_day"), found.get("lines_from")
        if first and last and last < first:
            self.add_error("until_day", _("Le dernier jour vient avant le premier."))
        if self.agreement and since and first and since < first:
            self.add_error(
                "lines_from", _("La convention commence plus tard, le %(day)s.") % {"day": f"{first:%d/%m/%Y}"}
            )
        if self.several and found.get("gardens") is not None and len(found["gardens"]) < 2:
            self.add_error(
                "gardens", _("Cochez au moins deux jardins. Une convention d’un seul jardin s’écrit au jardin.")
            )

    def _check_payers(self, found: dict[str, Any]) -> list[int]:
        """The numbers of the rows that name a payer."""
        seen: set[str] = set()
        used = []
        for number in range(self.rows):
            who = self._who(number, found)
            if not who:
                continue
            if who in seen:
                name = f"p{number}" if f"p{number}" in self.fields else f"p{number}_baskets"
                self.add_error(name, _("Ce payeur est déjà dans la liste. Un payeur n’y vient qu’une fois."))
            seen.add(who)
            used.append(number)
        for number, payer in enumerate(self.payers):
            self._check_quota(number, payer, found)
        if not used:
            self.add_error("p0", _("Choisissez au moins un payeur."))
        return used

    def _who(self, number: int, found: dict[str, Any]) -> str:
        """The payer of a row as one word: a partner's number, "network", "garden"; nothing for an empty row."""
        if f"p{number}" not in self.fields:
            return str(self.payers[number].partner_id or self.payers[number].kind)
        who: str = found.get(f"p{number}") or ""
        if who != "main":
            return who
        return str(
            found.get("partner") or (self.agreement.partner_id if self.agreement and not self.free else "") or "main"
        )

    def _check_quota(self, number: int, payer: AgreementPayer, found: dict[str, Any]) -> None:
        baskets, cents = found.get(f"p{number}_baskets"), found.get(f"p{number}_cents")
        if baskets is not None and baskets < payer.used_baskets:
            self.add_error(
                f"p{number}_baskets",
                _("%(n)s paniers sont déjà payés : le quota ne peut pas être plus bas.") % {"n": payer.used_baskets},
            )
        if cents is not None and cents < payer.used_cents:
            self.add_error(
                f"p{number}_cents",
                _("%(sum)s sont déjà payés : le quota ne peut pas être plus bas.") % {"sum": euros(payer.used_cents)},
            )

    def clean_tariff_name(self) -> str:
        name: str = self.cleaned_data["tariff_name"].strip()
        if not self.tariff or not name:
            return self.tariff.name if self.tariff else ""
        if self.tariff.agreement.tariffs.filter(name__iexact=name).exclude(pk=self.tariff.pk).exists():
            raise ValidationError(_("La convention a déjà un tarif de ce nom."))
        return name

    def in_programme_so_far(self, typed: dict[str, Any]) -> bool:
        if "in_programme" in self.fields:
            return bool(typed.get("in_programme"))
        return bool(self.agreement and self.agreement.in_programme)

    # --- Drafts -------------------------------------------------------------------------------

    def name_so_far(self, number: int, found: dict[str, Any]) -> str:
        if f"p{number}" not in self.fields:
            return self.payer_label(number)
        who = self._who(number, found)
        if who == "main":
            return str(found.get("partner_name") or _("le partenaire"))
        known = {"network": _("Réseau"), "garden": _("Jardin")}
        return known.get(who) or str(self.partners.get(who) or _("payeur %(n)s") % {"n": number + 1})

    def ranks(self) -> dict[int, int]:
        """Rows left empty are not counted."""
        rows = [number for number in range(self.rows) if self._who(number, self.cleaned_data)]
        return {number: rank for rank, number in enumerate(rows)}

    def payer_drafts(self, main: Partner) -> list[PayerDraft]:
        """The payers to add, in order: all of them for a new agreement."""
        rows = range(len(self.payers), self.rows)
        return [draft for number in rows if (draft := self._payer_draft(number, main))]

    def corrected(self, main: Partner) -> list[Corrected]:
        """Every row of a free agreement: the payer that stood there, and what it becomes."""
        rows = [
            (self.payers[number] if number < len(self.payers) else None, self._payer_draft(number, main))
            for number in range(self.rows)
        ]
        return [Corrected(payer, draft) for payer, draft in rows if payer or draft]

    def _payer_draft(self, number: int, main: Partner) -> PayerDraft | None:
        found = self.cleaned_data
        who = self._who(number, found)
        quota = (found.get(f"p{number}_baskets"), found.get(f"p{number}_cents"))
        if not who:
            return None
        if who in ("network", "garden"):
            return PayerDraft(who, None, *quota)
        return PayerDraft("partner", main if who == "main" else self.partners[who], *quota)

    @property
    def main(self) -> Partner | None:
        """The main partner that is chosen; None for one to create, or when it may not be chosen any more."""
        return self.partners.get(self.cleaned_data.get("partner") or "")

    @property
    def payers_changed(self) -> bool:
        """Whether a free agreement's partner, first day or payers are to be corrected."""
        names = {"partner", "from_day"} | {
            f"p{number}{end}" for number in range(self.rows) for end in ("", "_baskets", "_cents")
        }
        return bool(names & set(self.changed_data))

    def line_drafts(self) -> list[LineDraft]:
        """The sizes to write: those that are typed, and that changed."""
        return self.written(
            index for index in range(len(self.sizes)) if self.agreement is None or self._line_changed(index)
        )

    def _line_changed(self, index: int) -> bool:
        return (
            any(name.startswith(f"l{index}_") for name in self.changed_data) or self.sizes[index][0] not in self.lines
        )

    def quotas(self) -> list[tuple[AgreementPayer, int | None, int | None]]:
        """Known payers whose quota changed, with the new one."""
        found = self.cleaned_data
        return [
            (payer, found.get(f"p{number}_baskets"), found.get(f"p{number}_cents"))
            for number, payer in enumerate(self.payers)
            if {f"p{number}_baskets", f"p{number}_cents"} & set(self.changed_data)
        ]

    def description(self) -> dict[str, Any]:
        """The clauses that may change."""
        return {name: self.cleaned_data[name] for name in CLAUSES if name in self.fields and name in self.changed_data}

    def all_clauses(self) -> dict[str, Any]:
        """The clauses of a new agreement."""
        return {name: self.cleaned_data[name] for name in CLAUSES}

    # --- What the actions refused -------------------------------------------------------------

    def line_in_use(self) -> None:
        used = self.used_until
        self.add_error("lines_from", _(
            "Des paniers ont été réglés à ce tarif jusqu’au %(day)s. Ils ne changent plus : choisissez un jour après."
        ) % {"day": f"{used:%d/%m/%Y}" if used else ""})  # fmt: skip


class EndForm(forms.Form):
    """When and why an agreement ends early."""

    last_day = DayField(label=gettext_lazy("Dernier jour"))
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=200,
        help_text=gettext_lazy("Une phrase, sans nom de personne. Elle reste avec la convention."),
    )

    def __init__(self, data: Any = None, *, agreement: Agreement, today: date) -> None:
        self.agreement = agreement
        super().__init__(data, initial={"last_day": today})

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day < self.agreement.from_day:
            raise ValidationError(
                _("La convention commence le %(day)s.") % {"day": f"{self.agreement.from_day:%d/%m/%Y}"}
            )
        if self.agreement.until_day and day > self.agreement.until_day:
            raise ValidationError(_("Elle finit déjà le %(day)s.") % {"day": f"{self.agreement.until_day:%d/%m/%Y}"})
        return day


class ResumeForm(forms.Form):
    """Until when an agreement that was ended goes on after all."""

    until_day = DayField(
        label=gettext_lazy("Nouveau dernier jour"),
        required=False,
        help_text=gettext_lazy("Laissez vide s’il n’y a pas de fin prévue."),
    )

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        self.agreement = agreement
        super().__init__(data)

    def clean_until_day(self) -> date | None:
        day: date | None = self.cleaned_data["until_day"]
        if day and day < self.agreement.from_day:
            raise ValidationError(
                _("La convention commence le %(day)s.") % {"day": f"{self.agreement.from_day:%d/%m/%Y}"}
            )
        return day


class ExemptionForm(forms.Form):
    """A request to go past the cap: how far, why, and when."""

    most = PartField(
        label=gettext_lazy("Participation la plus haute"),
        help_text=gettext_lazy("En pourcentage du prix, par exemple 35 %."),
    )
    reason = forms.CharField(label=gettext_lazy("Pourquoi"), max_length=300, widget=forms.Textarea({"rows": 3}))
    from_day = DayField(label=gettext_lazy("À partir du"))
    until_day = DayField(label=gettext_lazy("Jusqu’au"))

    def __init__(self, data: Any = None, *, agreement: Agreement, today: date) -> None:
        self.agreement = agreement
        super().__init__(data, initial={"from_day": max(today, agreement.from_day), "until_day": agreement.until_day})

    def clean_most(self) -> int:
        part: Part = self.cleaned_data["most"]
        if part.kind != "percent":
            raise ValidationError(_("Écrivez un pourcentage du prix, par exemple 35 %."))
        return part.bp

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        first, last = found.get("from_day"), found.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("Le dernier jour vient avant le premier."))
        if first and found.get("most") is not None and found["most"] <= queries.edition_cap(first):
            cap = queries.percent(queries.edition_cap(first))
            self.add_error(
                "most", _("Le plafond est déjà de %(cap)s : une dérogation n’est utile qu’au-delà.") % {"cap": cap}
            )
        return found


class AnswerForm(forms.Form):
    """The network's answer to a request."""

    granted = forms.ChoiceField(choices=[("oui", "oui"), ("non", "non")])
    answer = forms.CharField(label=gettext_lazy("Votre réponse"), max_length=300, required=False)
