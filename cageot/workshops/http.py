"""Sheets and photos as they are sent."""

from __future__ import annotations

from django.http import HttpResponse

from cageot.network.http import somebodys_file
from cageot.workshops.models import Material
from cageot.workshops.rules import files


def sent(one: Material, *, kept: str = "") -> HttpResponse:
    """A file: sheets are downloaded, photos shown; nothing in them runs. `kept`: how long browsers keep it."""
    name, shown = files.safe_name(one.name, one.media_type), one.kind == Material.Kind.PHOTO
    response = somebodys_file(bytes(one.content), one.media_type, name, shown=shown)
    response.headers["ETag"] = f'"{one.digest}"'
    if kept:
        response.headers["Cache-Control"] = kept
    return response
