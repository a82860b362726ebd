"""What each size costs to whom, under one tariff: the fields of a grid, their checks, and the live example.

Whatever the rules refuse is told beside the answer that is too high, with the highest amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import DayField, EurosField
from cageot.desk.forms.agreements_parts import Part, PartField, member_part, over_the_cap, over_the_price
from cageot.desk.queries import agreements as queries
from cageot.desk.queries.agreements import Example
from cageot.desk.queries.closing import payer_name
from cageot.funding import queries as funding
from cageot.funding.actions import LineDraft, ShareDraft, TariffRefused
from cageot.funding.models import Agreement, AgreementPayer
from cageot.funding.rules import tariffs
from cageot.funding.rules.tariffs import LineRule, ShareRule

Size = tuple[str, str, int]
"""A size to write a line for: its code, its name, its price in cents."""


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


class LinesForm(forms.Form):
    """A grid: sizes down, payers across. Forms that hold one say who the payers are and which cap applies."""

    rows: int
    agreement: Agreement | None

    def set_up(
        self, *, sizes: Sequence[Size], lines: Sequence[LineRule], payers: Iterable[AgreementPayer], fresh_prices: bool
    ) -> None:
        """What the grid is made of; to call before `super().__init__`. `fresh_prices`: of the sizes, not of the lines."""
        self.sizes: list[Size] = list(sizes) or [("", _("Toutes les tailles"), 1200)]
        self.lines = {line.size_code: line for line in lines}
        self.payers = list(payers)
        self.fresh_prices = fresh_prices

    def line_fields(self) -> None:
        for index, (code, _name, price) in enumerate(self.sizes):
            line = self.lines.get(code)
            self.fields[f"l{index}_price"] = EurosField(
                label=_("Prix du panier"),
                max_cents=100_000,
                required=False,
                initial=line.price_cents if line and not (self.fresh_prices and price) else price,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": 7}),
            )
            self.fields[f"l{index}_member"] = PartField(
                label=_("Adhérent"), max_cents=100_000, required=False, initial=member_part(line)
            )
            for number in range(self.rows):
                known = self.payers[number].pk if number < len(self.payers) else None
                share = next((each for each in line.shares if each.payer == known), None) if line and known else None
                self.fields[f"l{index}_s{number}"] = PartField(
                    label=self.payer_label(number), rest=True, max_cents=100_000, required=False,
                    initial=Part(share.kind, share.cents, share.bp) if share else None,
                )  # fmt: skip
        self._name_cells()

    def _name_cells(self) -> None:
        """Fields drawn in a table have no label of their own: they are named aloud."""
        for index, (_code, size, _price) in enumerate(self.sizes):
            for name in self._columns(index):
                self.say(name, size)

    def _columns(self, index: int) -> list[str]:
        return [f"l{index}_price", f"l{index}_member", *(f"l{index}_s{number}" for number in range(self.rows))]

    def say(self, name: str, about: str) -> None:
        if name in self.fields:
            label = str(self.fields[name].label)
            full = label if label == about else _("%(about)s, %(label)s") % {"about": about, "label": label}
            self.fields[name].label = full
            self.fields[name].widget.attrs["aria-label"] = full

    def payer_label(self, number: int) -> str:
        if number < len(self.payers):
            return payer_name(self.payers[number])
        return _("Payeur %(n)s") % {"n": number + 1}

    # --- For the template ---------------------------------------------------------------------

    @property
    def payer_names(self) -> list[str]:
        """The columns of the payers."""
        return [self.payer_label(number) for number in range(self.rows)]

    @property
    def size_rows(self) -> list[SizeRow]:
        words = [_("Prix"), _("Adhérent"), *self.payer_names]
        return [
            SizeRow(name, [(word, self[column]) for word, column in zip(words, self._columns(index), strict=True)])
            for index, (_code, name, _price) in enumerate(self.sizes)
        ]

    @property
    def wrong(self) -> list[Any]:
        """The fields with an error, in order."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def line_errors(self) -> list[str]:
        """What the rules refuse of what is typed: the errors of parts and prices."""
        names = [name for index in range(len(self.sizes)) for name in self._columns(index) if name in self.errors]
        return [str(error) for name in names for error in self.errors[name]]

    # --- Reading ------------------------------------------------------------------------------

    def check_lines(self, found: dict[str, Any], used: Sequence[int]) -> None:
        """At least one size is written, by payers among `used`, and as the rules allow."""
        written = [index for index in range(len(self.sizes)) if self._check_line(index, found, used)]
        if not written and not self.line_errors:
            self.add_error("l0_member", _("Dites au moins ce que paie l’adhérent pour une taille de panier."))

    def _check_line(self, index: int, found: dict[str, Any], used: Sequence[int]) -> bool:
        """Whether that size is written; what the rules refuse is told beside it."""
        if any(name in self.errors for name in self._columns(index)):
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
        for refusal in tariffs.refusals(self._rule(index, found)):
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
        """The cap that applies to what is typed: of the day it starts, exemptions included; None outside the programme."""
        typed = self.typed()
        if not self.in_programme_so_far(typed):
            return None
        day: date = typed.get("lines_from") or typed.get("from_day") or self.today
        if self.agreement is None:
            return queries.edition_cap(day)
        return max(queries.edition_cap(day), funding.exempted(self.agreement.pk, day) or 0)

    today: date

    def in_programme_so_far(self, typed: dict[str, Any]) -> bool:
        raise NotImplementedError

    def typed(self) -> dict[str, Any]:
        """What is typed so far, as far as it can be read; before anything is, what stands."""
        if self.is_bound:
            return self.cleaned_data
        return {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}

    # --- Drafts -------------------------------------------------------------------------------

    def examples(self) -> list[tuple[str, Example]]:
        """Size → example, for every size that can be read, right or wrong."""
        found = self.typed()
        names = {number: self.name_so_far(number, found) for number in range(self.rows)}
        return [
            (name, queries.example_of(self._rule(index, found), found[f"l{index}_price"], names, self.cap_bp))
            for index, (_code, name, _price) in enumerate(self.sizes)
            if found.get(f"l{index}_price") and found.get(f"l{index}_member") is not None
        ]

    def name_so_far(self, number: int, found: dict[str, Any]) -> str:
        """Who the payer of that column is, as it stands or as it is typed."""
        return self.payer_label(number)

    def ranks(self) -> dict[int, int]:
        """Column of the grid → rank of its payer."""
        return {number: number for number in range(self.rows)}

    def written(self, indexes: Iterable[int]) -> list[LineDraft]:
        """The drafts of these sizes, those left empty not counted."""
        found, ranks = self.cleaned_data, self.ranks()
        return [self._draft(index, found, ranks) for index in indexes if found.get(f"l{index}_member") is not None]

    def _draft(self, index: int, found: dict[str, Any], ranks: dict[int, int]) -> LineDraft:
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

    # --- What the actions refused -------------------------------------------------------------

    def refuse_line(self, refused: TariffRefused) -> None:
        """Tell beside the size what was refused."""
        index = next((at for at, size in enumerate(self.sizes) if size[0] == refused.line.size_code), 0)
        for refusal in refused.refusals:
            self._refuse(index, refusal, [])


class TariffForm(LinesForm):
    """One more grid of an agreement: its name, from when, and what each size costs to whom."""

    tariff_name = forms.CharField(
        label=gettext_lazy("Nom du tarif"), max_length=80,
        help_text=gettext_lazy("Ce qui le distingue de l’autre : « QF 1 », « étudiants », « grande famille »."),
    )  # fmt: skip
    lines_from = DayField(label=gettext_lazy("Applicable à partir du"))

    def __init__(
        self, data: Any = None, *, agreement: Agreement, sizes: Sequence[Size], lines: Sequence[LineRule], today: date
    ) -> None:
        self.agreement, self.today = agreement, today
        self.set_up(sizes=sizes, lines=lines, payers=queries.payers_of(agreement), fresh_prices=True)
        self.rows = len(self.payers)
        super().__init__(data, initial={"lines_from": max(today, agreement.from_day)})
        self.line_fields()

    def in_programme_so_far(self, typed: dict[str, Any]) -> bool:
        assert self.agreement is not None
        return self.agreement.in_programme

    def clean_tariff_name(self) -> str:
        name: str = self.cleaned_data["tariff_name"].strip()
        assert self.agreement is not None
        if self.agreement.tariffs.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("La convention a déjà un tarif de ce nom."))
        return name

    def clean_lines_from(self) -> date:
        day: date = self.cleaned_data["lines_from"]
        assert self.agreement is not None
        if day < self.agreement.from_day:
            raise forms.ValidationError(
                _("La convention commence plus tard, le %(day)s.") % {"day": f"{self.agreement.from_day:%d/%m/%Y}"}
            )
        return day

    def clean(self) -> dict[str, Any]:
        self.check_lines(self.cleaned_data, list(range(self.rows)))
        return self.cleaned_data

    def drafts(self) -> list[LineDraft]:
        return self.written(range(len(self.sizes)))
