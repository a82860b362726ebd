"""Fields that several forms of the desk share."""

from __future__ import annotations

from typing import Any

from django import forms

from cageot.core.forms import DayInput, PhoneField

__all__ = ["DayField", "PhoneField", "refuse"]


class DayField(forms.DateField):
    """A day, in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=kwargs.pop("widget", DayInput()), **kwargs)


def refuse(form: forms.Form, message: str, field: str | None = None) -> None:
    """Show why an action was refused, beside the answer that caused it when there is one."""
    form.add_error(field, message)
