"""Fields that several forms of the desk share."""

from __future__ import annotations

from typing import Any

from django import forms

from cageot.core.forms import DayField, PhoneField

__all__ = ["DayField", "PhoneField", "SomeField", "refuse", "status_of"]


class SomeField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """Several rows, ticked. A number that no row can have is an unknown choice, where SQLite would stumble over it."""

    def _check_values(self, value: Any) -> Any:
        for one in value:
            if not (str(one).isascii() and str(one).isdigit() and len(str(one)) < 19):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": one}
                )
        return super()._check_values(value)  # type: ignore[misc]  # private, and not in the stubs


def refuse(form: forms.Form, message: str, field: str | None = None) -> None:
    """Show why an action was refused, beside the answer that caused it when there is one."""
    form.add_error(field, message)


def status_of(form: forms.Form) -> int:
    """How a page with a form is answered: 422 when something typed is to be corrected, else 200."""
    return 422 if form.errors else 200
