"""How every form looks and how it reads what people type: label, help, error, all tied together for screen readers."""

import re
import unicodedata
from datetime import date
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import DjangoTemplates
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cageot.core.tabular.phones import display_phone, parse_phone
from cageot.core.tabular.values import BadValue
from cageot.core.templatetags.cageot import euros

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that say in which direction the next ones are read; no name needs them."""
_AMOUNT = re.compile(r"(\d+)(?:[.,](\d{1,2}))?")


class PlainRenderer(DjangoTemplates):
    """Form and field templates of the house; `{{ form }}` and `{{ form.name.as_field_group }}` are all a page needs."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"


class UnitInput(forms.TextInput):
    """A short answer with its unit beside it: `UnitInput("kg")`."""

    template_name = "core/forms/unit.html"

    def __init__(self, unit: str, attrs: dict[str, Any] | None = None) -> None:
        self.unit = unit
        super().__init__({"inputmode": "decimal", "autocomplete": "off"} | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["unit"] = self.unit
        return context


class DayInput(forms.DateInput):
    """The browser's own calendar; the value travels as 2026-11-26 whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


AGE = date(2000, 1, 1), date(2100, 12, 31)
"""No day that is typed lies outside, unless its field says otherwise: another one is mistyped."""


class DayField(forms.DateField):
    """A day of our age, in the browser's own calendar. `since`: an earlier first day, for what began before."""

    TOO_FAR = _("Cette date est trop loin : relisez l’année.")

    def __init__(self, *, since: date = AGE[0], **kwargs: Any) -> None:
        self.since = since
        limits = [MinValueValidator(since, self.TOO_FAR), MaxValueValidator(AGE[1], self.TOO_FAR)]
        super().__init__(widget=kwargs.pop("widget", DayInput()), validators=limits, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"min": self.since.isoformat(), "max": AGE[1].isoformat()}


class FileDrop(forms.FileInput):
    """A file to choose, or to drop on its place. `FileDrop(".csv,.xlsx,.ods")` says what it takes."""

    template_name = "core/forms/file.html"

    def __init__(self, accept: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(({"accept": accept} if accept else {}) | (attrs or {}))


class EurosField(forms.Field):
    """An amount typed as "3,60", "3.60 €" or "1 234,50"; gives whole cents. Refuses what is not an amount."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Écrivez un montant en euros, par exemple 3,60."),
        "min_cents": _("Le montant doit être d’au moins %(limit)s."),
        "max_cents": _("Le montant ne peut pas dépasser %(limit)s."),
    }

    def __init__(self, *, min_cents: int = 0, max_cents: int = 100_000_000, **kwargs: Any) -> None:
        self.min_cents, self.max_cents = min_cents, max_cents
        super().__init__(widget=kwargs.pop("widget", UnitInput("€")), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100},{value % 100:02}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        typed = re.sub(r"[\s€\u00a0\u202f]", "", str(value))
        found = _AMOUNT.fullmatch(typed) if len(typed) <= 12 else None
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        for code, limit, wrong in (
            ("min_cents", self.min_cents, value < self.min_cents),
            ("max_cents", self.max_cents, value > self.max_cents),
        ):
            if wrong:
                raise ValidationError(self.error_messages[code], code=code, params={"limit": euros(limit)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


def one_line(text: str) -> str:
    """What was typed, on one line, without signs that cannot be seen or kept, nor those that turn the words after them
    around (a name would then be read backwards on a list). Every script stays as it is."""
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or (unicodedata.category(sign) != "Cc" and sign not in TURNING)
    )
    return " ".join(kept.split())


class LineField(forms.CharField):
    """One line, in any script."""

    def clean(self, value: Any) -> str:
        return str(super().clean(one_line(value) if isinstance(value, str) else value))


class PhoneField(forms.CharField):
    """A telephone number as people write it; kept as "+33612345678", shown as "06 12 34 56 78"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput({"type": "tel", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return display_phone(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_phone(text).value
        except BadValue as wrong:
            raise ValidationError(wrong.message) from wrong


FieldOf = TypeVar("FieldOf", bound=forms.Field)


def sometimes(field: FieldOf) -> FieldOf:
    """A field that another answer makes compulsory: it may be empty, but its label does not say "(facultatif)"."""
    vars(field)["sometimes"] = True
    return field


def choice(title: str, hint: str) -> SafeString:
    """The words of a choice drawn as a card: a title and, under it, what it means."""
    return format_html('<span class="choice"><b>{}</b> <span>{}</span></span>', title, hint)
