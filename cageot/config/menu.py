"""The rail on the left: what this person may open, grouped by task."""

from typing import Any

from django.http import HttpRequest


def menu(request: HttpRequest) -> dict[str, Any]:
    return {"menu": []}
