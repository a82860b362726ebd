"""Forms with long answers, which are bounded without losing what was typed."""

from __future__ import annotations

from typing import Any

from django import forms

from cageot.desk import words_exchange


class BoundedForm(forms.Form):
    """Long answers come back cut where their limit is when they are longer, and it is said; nothing else is lost."""

    LONG: dict[str, int] = {}
    """Long answers, with the signs that each may have."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        self.cut: dict[str, int] = {}
        if data is not None:
            for name, most in self.LONG.items():
                typed = data.get(name, "").replace("\r\n", "\n")
                if len(typed) > most:
                    self.cut[name] = len(typed)
                    data = data.copy()
                    data[name] = typed[:most]
        super().__init__(data, *args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name, length in self.cut.items():
            self.add_error(name, self.too_long(length, self.LONG[name]))
        for name in self.LONG:
            if isinstance(said.get(name), str):
                said[name] = said[name].replace("\r\n", "\n").strip()
                if not said[name] and self.fields[name].required:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return said

    def too_long(self, length: int, most: int) -> str:
        """What is said of an answer of that length where `most` signs hold."""
        return words_exchange.too_long(length, most)
