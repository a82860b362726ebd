"""A part of a price as people type it: "4,20", "35 %", "reste"; and why the rules refuse one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.forms import EurosField
from cageot.core.templatetags.cageot import euros
from cageot.desk.queries.agreements import percent
from cageot.funding.rules import tariffs
from cageot.funding.rules.tariffs import LineRule

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


def member_part(line: LineRule | None) -> Part | None:
    return Part(line.member_kind, line.member_cents, line.member_bp) if line else None


def over_the_cap(refusal: tariffs.CapExceeded) -> str:
    return _(
        "La participation (%(member)s) dépasse le plafond de %(cap)s du prix (%(price)s) : %(highest)s au plus. "
        "Pour aller au-delà, demandez une dérogation au réseau."
    ) % {
        "member": euros(refusal.member), "cap": percent(refusal.cap_bp), "price": euros(refusal.price),
        "highest": euros(refusal.highest),
    }  # fmt: skip


def over_the_price(refusal: tariffs.PayersExceedPrice) -> str:
    return _("L’adhérent et les payeurs font %(excess)s de trop pour un panier à %(price)s. Baissez une part, ou écrivez « reste ».") % {
        "excess": euros(refusal.excess), "price": euros(refusal.price),
    }  # fmt: skip
