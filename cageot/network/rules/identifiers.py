"""Numbers that carry their own proof: SIREN, SIRET, IBAN, BIC, ICS. Each is read as people type it, spaces and all.

Sources: SIRET, INSEE (Luhn's key; La Poste's establishments sum to a multiple of 5 instead); IBAN and BIC,
ISO 13616 and ISO 9362 (97 key of ISO 7064); ICS, Banque de France, "identifiant créancier SEPA" (the same key,
without its business code).
"""

from __future__ import annotations

import re

LENGTHS = {"FR": 27, "MC": 27, "BE": 16, "DE": 22, "LU": 20, "CH": 21, "ES": 24, "IT": 27, "PT": 25, "NL": 18, "GB": 22}
"""How long an IBAN of these countries is; others have 15 to 34 signs."""
_LA_POSTE = "356000000"


def compact(text: str) -> str:
    """Capitals and digits only: "fr76 3000" → "FR763000"."""
    return re.sub(r"[\s.\-]", "", text).upper()


def is_siren(text: str) -> bool:
    """Nine digits whose key is right."""
    if not re.fullmatch(r"[0-9]{9}", text):
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(text))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_siret(text: str) -> bool:
    """Fourteen digits whose key is right."""
    if not re.fullmatch(r"\d{14}", text):
        return False
    if text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(text))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """A country, a key that is right, and the length of that country."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    return len(text) == LENGTHS.get(text[:2], len(text)) and _key_is_right(text[4:] + text[:4])


def is_bic(text: str) -> bool:
    """Bank, country, place, and perhaps a branch."""
    return bool(re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", text))


def is_ics(text: str) -> bool:
    """A French SEPA creditor identifier, "FR72ZZZ123456"."""
    if not re.fullmatch(r"FR\d{2}[A-Z0-9]{3}[A-Z0-9]{6}", text):
        return False
    return _key_is_right(text[7:] + text[:4])


def _key_is_right(text: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97 == 1
