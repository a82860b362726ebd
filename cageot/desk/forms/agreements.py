"""What is typed of an agreement: its clauses, its payers in order, and what each size costs to whom.

A part is typed as people say it: "4,20", "35 %", "reste". Whatever the rules refuse is told beside the answer that is
too high, with the highest amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import DayInput, EurosField, UnitInput
from cageot.core.templatetags.cageot import euros
from cageot.desk.queries import agreements as queries
from cageot.desk.queries.agreements import Example
from cageot.desk.queries.closing import payer_name
from cageot.funding import queries as funding
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft, TariffRefused
from cageot.funding.models import Agreement, AgreementPayer, Tariff
from cageot.funding.rules import tariffs
from cageot.funding.rules.tariffs import LineRule, ShareRule
from cageot.network.models import Garden, Partner

PAYERS = 3
"""Rows offered for payers; one more than there are, up to five."""
MOST_PAYERS = 5

_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%")


@dataclass(frozen=True)
class Part:
    """A part of a price: `kind` fixed (cents), percent (basis points) or rest."""

    kind: str
    cents: int = 0
    bp: int = 0

    def typed(self) -> str:
        """As a person would type it back."""
        if self.kind == "rest":
            return _("reste")
        if self.kind == "percent":
            return f"{self.bp // 100}" + (f",{self.bp % 100:02}" if self.bp % 100 else "") + " %"
        return f"{self.cents // 100},{self.cents % 100:02}"


class PartField(EurosField):
    """An amount ("3,60"), a percentage of the price ("30 %") or, for payers, "reste"."""

    default_error_messages = {
        "invalid": gettext_lazy("Écrivez un montant (4,20) ou un pourcentage (35 %)."),
        "invalid_or_rest": gettext_lazy("Écrivez un montant (4,20), un pourcentage (35 %) ou « reste »."),
        "over": gettext_lazy("Un pourcentage ne dépasse pas 100 %."),
    }

    def __init__(self, *, rest: bool = False, **kwargs: Any) -> None:
        self.rest = rest
        super().__init__(widget=kwargs.pop("widget", forms.TextInput({"autocomplete": "off", "size": 7})), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.typed() if isinstance(value, Part) else value

    def to_python(self, value: Any) -> Part | None:  # type: ignore[override]
        text = re.sub(r"[\u00a0\u202f]", " ", str(value or "")).strip().lower()
        if not text:
            return None
        if self.rest and text in ("reste", "le reste", "rest"):
            return Part("rest")
        if found := _PERCENT.fullmatch(text):
            return self._percent(int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")))
        try:
            cents = super().to_python(text)
        except ValidationError:
            raise ValidationError(
                self.error_messages["invalid_or_rest" if self.rest else "invalid"], code="invalid"
            ) from None
        return None if cents is None else Part("fixed", cents)

    def _percent(self, bp: int) -> Part:
        if bp > 10_000:
            raise ValidationError(self.error_messages["over"], code="over")
        return Part("percent", bp=bp)

    def validate(self, value: Part | None) -> None:
        super().validate(value.cents if value else None)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


@dataclass(frozen=True)
class SizeRow:
    """The bound fields of one size, each with the word of its column: price, the member's part, then each payer's."""

    name: str
    cells: list[tuple[str, Any]]

    @property
    def wrong(self) -> list[Any]:
        return [field for _word, field in self.cells if field.errors]

    @property
    def width(self) -> int:
        return len(self.cells) + 1


@dataclass(frozen=True)
class PayerRow:
    """The bound fields of one payer."""

    number: int
    who: Any
    baskets: Any
    cents: Any
    fixed: str


class AgreementForm(forms.Form):
    """An agreement, new or as it stands. `agreement` and `tariff` are None for a new one."""

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
    gardens = forms.ModelMultipleChoiceField(
        Garden.objects.none(), label=gettext_lazy("Jardins"), widget=forms.CheckboxSelectMultiple
    )
    audience = forms.CharField(
        label=gettext_lazy("Pour qui"), max_length=120, required=False,
        help_text=gettext_lazy("Par exemple : personnes aux minima sociaux, étudiants."),
    )  # fmt: skip
    affiliation = forms.ChoiceField(
        label=gettext_lazy("Affiliation"), choices=Agreement.Affiliation.choices, initial="any"
    )
    from_day = forms.DateField(label=gettext_lazy("Premier jour"), widget=DayInput())
    until_day = forms.DateField(label=gettext_lazy("Dernier jour"), widget=DayInput(), required=False)
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
    lines_from = forms.DateField(
        label=gettext_lazy("Tarifs applicables à partir du"), widget=DayInput(), required=False
    )

    def __init__(
        self, data: Any = None, *, gardens: Iterable[Garden], partners: Iterable[Partner], sizes: Sequence[tuple[str, str, int]],
        today: date, agreement: Agreement | None = None, tariff: Tariff | None = None, lines: Sequence[LineRule] = (),
        garden: Garden | None = None, used_until: date | None = None,
    ) -> None:  # fmt: skip
        self.today, self.agreement, self.tariff, self.used_until = today, agreement, tariff, used_until
        self.partners = {str(partner.pk): partner for partner in partners}
        self.payers = list(agreement.payers.select_related("partner").order_by("rank")) if agreement else []
        self.sizes = list(sizes) or [("", _("Toutes les tailles"), 1200)]
        self.lines = {line.size_code: line for line in lines}
        super().__init__(data, initial=self._initial(garden))
        self._clauses(list(gardens))
        self._payer_fields()
        self._line_fields()
        self._name_cells()

    def _initial(self, garden: Garden | None) -> dict[str, Any]:
        one = self.agreement
        if one is None:
            return {"gardens": [garden.pk] if garden else [], "from_day": self.today}
        names = (
            "name",
            "audience",
            "affiliation",
            "from_day",
            "until_day",
            "notice_days",
            "classification",
            "given_on",
            "in_programme",
            "status",
        )
        found = {name: getattr(one, name) for name in names}
        earliest = queries.day_after(self.used_until, at_least=one.from_day)
        return found | {
            "partner": one.partner_id,
            "gardens": list(one.gardens.values_list("pk", flat=True)),
            "lines_from": earliest,
        }

    def _clauses(self, gardens: list[Garden]) -> None:
        choices: list[tuple[str, str]] = [(pk, str(partner)) for pk, partner in self.partners.items()]
        if self.agreement is None:
            choices = [("", _("Choisir…")), *choices]
            del self.fields["lines_from"]
        else:
            for name in ("partner", "partner_name", "partner_kind", "from_day"):
                del self.fields[name]
            if self.agreement.status != Agreement.Status.DRAFT:
                del self.fields["status"], self.fields["in_programme"]
        if "partner" in self.fields:
            self.fields["partner"].choices = choices  # type: ignore[attr-defined]
            self.fields["partner"].required = not self.data.get("partner_name")
        self.fields["gardens"].queryset = Garden.objects.filter(pk__in=[garden.pk for garden in gardens])  # type: ignore[attr-defined]
        self.one_garden = len(gardens) == 1

    def _payer_fields(self) -> None:
        main = _("Le partenaire principal")
        choices = [("", _("Personne")), ("main", main), *((pk, str(partner)) for pk, partner in self.partners.items())]
        choices += [("network", _("Le réseau")), ("garden", _("Le jardin, sur ses fonds"))]
        self.rows = min(max(PAYERS, len(self.payers) + (1 if self.agreement else 0)), MOST_PAYERS)
        for number in range(self.rows):
            known = self.payers[number] if number < len(self.payers) else None
            if known is None:
                first = "main" if number == 0 and self.agreement is None else None
                label = _("Payeur %(n)s") % {"n": number + 1}
                self.fields[f"p{number}"] = forms.ChoiceField(
                    label=label, choices=choices, required=False, initial=first
                )
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

    def _line_fields(self) -> None:
        for index, (code, _name, price) in enumerate(self.sizes):
            line = self.lines.get(code)
            self.fields[f"l{index}_price"] = EurosField(
                label=_("Prix du panier"),
                max_cents=100_000,
                required=False,
                initial=line.price_cents if line else price,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": 7}),
            )
            self.fields[f"l{index}_member"] = PartField(
                label=_("Adhérent"), max_cents=100_000, required=False, initial=_member_part(line)
            )
            for number in range(self.rows):
                known = self.payers[number].pk if number < len(self.payers) else None
                share = next((each for each in line.shares if each.payer == known), None) if line and known else None
                self.fields[f"l{index}_s{number}"] = PartField(
                    label=self._payer_label(number), rest=True, max_cents=100_000, required=False,
                    initial=Part(share.kind, share.cents, share.bp) if share else None,
                )  # fmt: skip

    def _name_cells(self) -> None:
        """Fields drawn in a table have no label of their own: they are named aloud."""
        for number in range(self.rows):
            for name in (f"p{number}", f"p{number}_baskets", f"p{number}_cents"):
                self._say(name, _("Payeur %(n)s") % {"n": number + 1})
        for index, (_code, size, _price) in enumerate(self.sizes):
            for name in (
                f"l{index}_price",
                f"l{index}_member",
                *(f"l{index}_s{number}" for number in range(self.rows)),
            ):
                self._say(name, size)

    def _say(self, name: str, about: str) -> None:
        if name in self.fields:
            label = str(self.fields[name].label)
            full = label if label == about else _("%(about)s, %(label)s") % {"about": about, "label": label}
            self.fields[name].label = full
            self.fields[name].widget.attrs["aria-label"] = full

    def _payer_label(self, number: int) -> str:
        if number < len(self.payers):
            return payer_name(self.payers[number])
        return _("Payeur %(n)s") % {"n": number + 1}

    # --- For the template ---------------------------------------------------------------------

    @property
    def fine_print(self) -> Iterator[Any]:
        """Clauses with a usual answer, folded away."""
        return (
            self[name] for name in ["notice_days", "classification", "given_on", "in_programme"] if name in self.fields
        )

    @property
    def payer_rows(self) -> list[PayerRow]:
        return [
            PayerRow(
                number + 1, self[f"p{number}"] if f"p{number}" in self.fields else None, self[f"p{number}_baskets"],
                self[f"p{number}_cents"], self._payer_label(number) if number < len(self.payers) else "",
            )
            for number in range(self.rows)
        ]  # fmt: skip

    @property
    def payer_names(self) -> list[str]:
        """The columns of the payers."""
        return [self._payer_label(number) for number in range(self.rows)]

    @property
    def size_rows(self) -> list[SizeRow]:
        columns = [
            ("price", _("Prix")),
            ("member", _("Adhérent")),
            *((f"s{n}", name) for n, name in enumerate(self.payer_names)),
        ]
        return [
            SizeRow(name, [(word, self[f"l{index}_{column}"]) for column, word in columns])
            for index, (_code, name, _price) in enumerate(self.sizes)
        ]

    @property
    def status_asked(self) -> bool:
        return "status" in self.fields

    @property
    def wrong(self) -> list[Any]:
        """The fields with an error, in order."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def line_errors(self) -> list[str]:
        """What the rules refuse of what is typed: the errors of parts and prices."""
        return [
            str(error)
            for name in self.fields
            if name.startswith("l") and "_" in name and name in self.errors
            for error in self.errors[name]
        ]

    @property
    def fine_print_wrong(self) -> bool:
        return any(field.errors for field in self.fine_print)

    # --- Reading ------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        self._check_clauses(found)
        used = self._check_payers(found)
        written = [index for index in range(len(self.sizes)) if self._check_line(index, found, used)]
        if not written and not any(name.startswith("l") for name in self.errors):
            self.add_error("l0_member", _("Dites au moins ce que paie l’adhérent pour une taille de panier."))
        return found

    def _check_clauses(self, found: dict[str, Any]) -> None:
        first = found.get("from_day") or (self.agreement.from_day if self.agreement else None)
        last = found.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("Le dernier jour vient avant le premier."))
        since = found.get("lines_from")
        if self.agreement and since and since < self.agreement.from_day:
            self.add_error(
                "lines_from",
                _("La convention commence plus tard, le %(day)s.") % {"day": f"{self.agreement.from_day:%d/%m/%Y}"},
            )

    def _check_payers(self, found: dict[str, Any]) -> list[int]:
        """The numbers of the rows that name a payer."""
        seen: set[str] = set()
        used = list(range(len(self.payers)))
        main = str(self.agreement.partner_id) if self.agreement else found.get("partner", "")
        seen |= {str(payer.partner_id or payer.kind) for payer in self.payers}
        for number in range(len(self.payers), self.rows):
            who = found.get(f"p{number}")
            if not who:
                continue
            who = main if who == "main" else who
            if who in seen:
                self.add_error(f"p{number}", _("Ce payeur est déjà dans la liste. Un payeur n’y vient qu’une fois."))
            seen.add(who)
            used.append(number)
        for number, payer in enumerate(self.payers):
            self._check_quota(number, payer, found)
        if not used:
            self.add_error("p0", _("Choisissez au moins un payeur."))
        return used

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

    def _check_line(self, index: int, found: dict[str, Any], used: list[int]) -> bool:
        """Whether that size is written; what the rules refuse is told beside it."""
        if any(name.startswith(f"l{index}_") for name in self.errors):
            return False
        shares = [number for number in range(self.rows) if found.get(f"l{index}_s{number}") is not None]
        if found.get(f"l{index}_member") is None:
            if shares:
                self.add_error(f"l{index}_member", _("Dites ce que paie l’adhérent ; 0 s’il ne paie rien."))
            return False
        if not found.get(f"l{index}_price"):
            self.add_error(f"l{index}_price", _("Donnez le prix de ce panier."))
            return False
        for number in shares:
            if number not in used:
                self.add_error(
                    f"l{index}_s{number}", _("Choisissez d’abord qui est le payeur %(n)s.") % {"n": number + 1}
                )
        rule = self._rule(index, found)
        for refusal in tariffs.refusals(rule):
            self._refuse(index, refusal, shares)
        return True

    def _refuse(self, index: int, refusal: tariffs.Refusal, shares: list[int]) -> None:
        if isinstance(refusal, tariffs.CapExceeded):
            self.add_error(f"l{index}_member", over_the_cap(refusal))
        else:
            name = f"l{index}_s{shares[-1]}" if shares else f"l{index}_member"
            self.add_error(name, over_the_price(refusal))

    def _rule(self, index: int, found: dict[str, Any]) -> LineRule:
        member: Part = found[f"l{index}_member"]
        parts = [(number, found.get(f"l{index}_s{number}")) for number in range(self.rows)]
        shares = tuple(
            ShareRule(number, "local", part.kind, part.cents, part.bp) for number, part in parts if part is not None
        )
        return LineRule(
            0, self.sizes[index][0], found[f"l{index}_price"], member.kind, member.cents, member.bp, self.cap_bp, shares
        )  # fmt: skip

    @cached_property
    def cap_bp(self) -> int | None:
        """The cap that applies to what is typed: of the day it starts, exemptions included."""
        typed = self._typed()
        inside = (
            typed.get("in_programme")
            if "in_programme" in self.fields
            else self.agreement and self.agreement.in_programme
        )
        if not inside:
            return None
        day = typed.get("lines_from") or typed.get("from_day") or self.today
        if self.agreement is None:
            return queries.edition_cap(day)
        return max(queries.edition_cap(day), funding.exempted(self.agreement.pk, day) or 0)

    # --- Drafts -------------------------------------------------------------------------------

    def examples(self) -> list[tuple[str, Example]]:
        """Size → example, for every size that can be read, right or wrong."""
        found = self._typed()
        names = {number: self._name(number, found) for number in range(self.rows)}
        return [
            (name, queries.example_of(self._rule(index, found), found[f"l{index}_price"], names, self.cap_bp))
            for index, (_code, name, _price) in enumerate(self.sizes)
            if found.get(f"l{index}_price") and found.get(f"l{index}_member") is not None
        ]

    def _typed(self) -> dict[str, Any]:
        """What is typed so far, as far as it can be read; before anything is, what stands."""
        if self.is_bound:
            return self.cleaned_data
        return {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}

    def _name(self, number: int, found: dict[str, Any]) -> str:
        if number < len(self.payers):
            return self._payer_label(number)
        who = found.get(f"p{number}") or ""
        if who == "main":
            who = found.get("partner") or (str(self.agreement.partner_id) if self.agreement else "")
            if not who:
                return str(found.get("partner_name") or _("le partenaire"))
        known = {"network": _("Réseau"), "garden": _("Jardin")}
        return known.get(who) or str(self.partners.get(who) or _("payeur %(n)s") % {"n": number + 1})

    def payer_drafts(self, main: Partner) -> list[PayerDraft]:
        """The payers to add, in order: all of them for a new agreement."""
        found = self.cleaned_data
        return [
            self._payer_draft(found[f"p{number}"], main, found.get(f"p{number}_baskets"), found.get(f"p{number}_cents"))
            for number in range(len(self.payers), self.rows)
            if found.get(f"p{number}")
        ]

    def _payer_draft(self, who: str, main: Partner, baskets: int | None, cents: int | None) -> PayerDraft:
        if who in ("network", "garden"):
            return PayerDraft(who, None, baskets, cents)
        return PayerDraft("partner", main if who == "main" else self.partners[who], baskets, cents)

    def line_drafts(self) -> list[LineDraft]:
        """The sizes to write: those that are typed, and that changed."""
        found = self.cleaned_data
        ranks = self._ranks(found)
        return [
            self._line_draft(index, found, ranks)
            for index in range(len(self.sizes))
            if found.get(f"l{index}_member") is not None and (self.agreement is None or self._line_changed(index))
        ]

    def _line_changed(self, index: int) -> bool:
        return (
            any(name.startswith(f"l{index}_") for name in self.changed_data) or self.sizes[index][0] not in self.lines
        )

    def _ranks(self, found: dict[str, Any]) -> dict[int, int]:
        """Row of the form → rank of its payer, rows left empty not counted."""
        rows = [number for number in range(self.rows) if number < len(self.payers) or found.get(f"p{number}")]
        return {number: rank for rank, number in enumerate(rows)}

    def _line_draft(self, index: int, found: dict[str, Any], ranks: dict[int, int]) -> LineDraft:
        member: Part = found[f"l{index}_member"]
        parts = [(number, found.get(f"l{index}_s{number}")) for number in range(self.rows)]
        return LineDraft(
            found[f"l{index}_price"],
            tuple(ShareDraft(ranks[number], part.kind, part.cents, part.bp) for number, part in parts if part is not None),
            self.sizes[index][0],
            member_cents=member.cents if member.kind == "fixed" else None,
            member_bp=member.bp if member.kind == "percent" else None,
            from_day=found.get("lines_from"),
        )  # fmt: skip

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
        names = (
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
        return {name: self.cleaned_data[name] for name in names if name in self.fields and name in self.changed_data}

    def all_clauses(self) -> dict[str, Any]:
        """The clauses of a new agreement."""
        names = (
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
        return {name: self.cleaned_data[name] for name in names}

    # --- What the actions refused -------------------------------------------------------------

    def refuse(self, refused: TariffRefused) -> None:
        """Tell beside the size what was refused."""
        index = next((at for at, size in enumerate(self.sizes) if size[0] == refused.line.size_code), 0)
        for refusal in refused.refusals:
            self._refuse(index, refusal, [])

    def line_in_use(self) -> None:
        used = self.used_until
        self.add_error("lines_from", _(
            "Des paniers ont été réglés à ce tarif jusqu’au %(day)s. Ils ne changent plus : choisissez un jour après."
        ) % {"day": f"{used:%d/%m/%Y}" if used else ""})  # fmt: skip


def _member_part(line: LineRule | None) -> Part | None:
    return Part(line.member_kind, line.member_cents, line.member_bp) if line else None


def over_the_cap(refusal: tariffs.CapExceeded) -> str:
    return _(
        "La participation (%(member)s) dépasse le plafond de %(cap)s du prix (%(price)s) : %(highest)s au plus. "
        "Pour aller au-delà, demandez une dérogation au réseau."
    ) % {
        "member": euros(refusal.member), "cap": queries.percent(refusal.cap_bp), "price": euros(refusal.price),
        "highest": euros(refusal.highest),
    }  # fmt: skip


def over_the_price(refusal: tariffs.PayersExceedPrice) -> str:
    return _("L’adhérent et les payeurs font %(excess)s de trop pour un panier à %(price)s. Baissez une part, ou écrivez « reste ».") % {
        "excess": euros(refusal.excess), "price": euros(refusal.price),
    }  # fmt: skip


class EndForm(forms.Form):
    """When and why an agreement ends early."""

    last_day = forms.DateField(label=gettext_lazy("Dernier jour"), widget=DayInput())
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


class ExemptionForm(forms.Form):
    """A request to go past the cap: how far, why, and when."""

    most = PartField(
        label=gettext_lazy("Participation la plus haute"),
        help_text=gettext_lazy("En pourcentage du prix, par exemple 35 %."),
    )
    reason = forms.CharField(label=gettext_lazy("Pourquoi"), max_length=300, widget=forms.Textarea({"rows": 3}))
    from_day = forms.DateField(label=gettext_lazy("À partir du"), widget=DayInput())
    until_day = forms.DateField(label=gettext_lazy("Jusqu’au"), widget=DayInput())

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
