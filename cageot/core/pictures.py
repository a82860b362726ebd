"""What a picture is, from its own bytes: its name, and what the browser said of it, prove nothing."""

from __future__ import annotations

BEGINS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""How pictures begin; a WebP says so after its length."""


def picture_of(content: bytes) -> str | None:
    """The media type of a PNG, JPEG or WebP picture; None for anything else. An SVG may hold script: it is no picture."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begins, kind in BEGINS.items() if content.startswith(begins)), None)
