"""The spaces of French that no line may break: before : ; ? ! » % €, and after «.

People and translators type plain spaces. What the screens say gets the others from a catalogue made of the sentences
themselves (`bin/compile_messages.py`); what people write, where it is shown.
"""

from __future__ import annotations

import re

WIDE = "\u00a0"

_BEFORE = re.compile(r"(?<=\S) (?=[:;?!»€]|%%|%(?![(\w]))")
_AFTER = re.compile(r"(?<=«) ")


def french(text: str) -> str:
    """The same text with the no-break spaces of French where plain ones stand; nothing else changes. Placeholders of
    Python ("%(name)s", "%s", "%%") are left as they are. Source: Lexique des règles typographiques en usage à
    l’Imprimerie nationale, whose narrow space before ; ? ! is made plain, as many typefaces do not have it."""
    return _AFTER.sub(WIDE, _BEFORE.sub(WIDE, text))
