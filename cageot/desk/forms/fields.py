"""Fields that several forms of the desk share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cageot.core.forms import DayInput
from cageot.core.tabular.phones import display_phone, parse_phone
from cageot.core.tabular.values import BadValue


class DayField(forms.DateField):
    """A day, in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=kwargs.pop("widget", DayInput()), **kwargs)


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


def refuse(form: forms.Form, message: str, field: str | None = None) -> None:
    """Show why an action was refused, beside the answer that caused it when there is one."""
    form.add_error(field, message)
