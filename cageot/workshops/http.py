"""Sheets and photos as they are sent."""

from __future__ import annotations

from django.http import HttpResponse

from cageot.workshops.models import Material
from cageot.workshops.rules import files


def sent(one: Material, *, kept: str = "") -> HttpResponse:
    """A file: sheets are downloaded, photos shown; nothing in them runs. `kept`: how long browsers keep it."""
    way = "inline" if one.kind == Material.Kind.PHOTO else "attachment"
    name = files.safe_name(one.name, one.media_type).encode("ascii", "ignore").decode() or "document"
    response = HttpResponse(bytes(one.content), content_type=one.media_type)
    response.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["ETag"] = f'"{one.digest}"'
    if kept:
        response.headers["Cache-Control"] = kept
    return response
