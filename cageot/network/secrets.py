"""Secret codes: a link, a card, a way back. Shown once to whoever gets one; only its print is kept."""

from __future__ import annotations

import hashlib
import re
import secrets as chance

from django.utils.crypto import salted_hmac

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody takes for one another."""
LENGTH = 16
"""Signs of a code: 79 bits, that nobody tries out, even knowing every print."""


def secret() -> tuple[str, str]:
    """A new code, in groups of four ("ABCD-EFGH-JKMN-PQRS"), and the print under which it is kept."""
    return _told("".join(chance.choice(ALPHABET) for _ in range(LENGTH)))


def digest(code: str) -> str:
    """The print under which a code is kept. Spaces, dashes and case do not matter."""
    return hashlib.sha256(re.sub(r"[\W_]", "", code).upper().encode()).hexdigest()


def derived(purpose: str, *parts: object) -> tuple[str, str]:
    """A code that follows from this installation's key and these parts, and its print: asked again, the same.

    For what may be sent twice: the second sending finds the first. One of the parts must itself be secret.
    """
    told = "\n".join(str(part) for part in parts)
    drawn = int.from_bytes(salted_hmac(f"cageot.secrets.{purpose}", told, algorithm="sha256").digest())
    letters = ""
    for _ in range(LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[place]
    return _told(letters)


def _told(letters: str) -> tuple[str, str]:
    code = "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
    return code, digest(code)
