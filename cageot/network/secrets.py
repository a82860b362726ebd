"""Secret codes: a link, a card, a way back. Shown once to whoever gets one; only its print is kept."""

from __future__ import annotations

import hashlib
import re
import secrets as chance

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody takes for one another."""
LENGTH = 16
"""Signs of a code: 79 bits, that nobody tries out, even knowing every print."""


def secret() -> tuple[str, str]:
    """A new code, in groups of four ("ABCD-EFGH-JKMN-PQRS"), and the print under which it is kept."""
    letters = "".join(chance.choice(ALPHABET) for _ in range(LENGTH))
    code = "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
    return code, digest(code)


def digest(code: str) -> str:
    """The print under which a code is kept. Spaces, dashes and case do not matter."""
    return hashlib.sha256(re.sub(r"[\W_]", "", code).upper().encode()).hexdigest()
