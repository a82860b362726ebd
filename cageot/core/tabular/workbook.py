"""XLSX, XLS, XLSB and ODS workbooks, opened in a process apart (see `opener`)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from . import opener
from .table import Cell, UnreadableFile, too_many


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; its rows start at line 1 and may end early."""

    name: str
    rows: list[list[Cell]]
    hidden: bool = False


def open_workbook(data: bytes, rows_allowed: int) -> list[Sheet]:
    """Every worksheet, in order. Refuses (UnreadableFile) what is locked, broken or beyond `rows_allowed`."""
    answer = _ask(data, rows_allowed)
    if why := answer.get("refused"):
        raise UnreadableFile(too_many(rows_allowed) if why == "rows" else refusal(why))
    return [Sheet(sheet["name"], [_row(row) for row in sheet["rows"]], sheet["hidden"]) for sheet in answer["sheets"]]


def _ask(data: bytes, rows_allowed: int) -> dict[str, Any]:
    command = [sys.executable, "-P", str(Path(opener.__file__)), str(rows_allowed)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=opener.SECONDS, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        return {"refused": "broken"}
    return answer


def refusal(why: str) -> str:
    """What to tell about a workbook that is locked ("password") or cannot be opened (anything else)."""
    if why == "password":
        return _(
            "Ce classeur est protégé par un mot de passe. "
            "Enlevez le mot de passe dans votre tableur, enregistrez, puis apportez le fichier de nouveau."
        )
    return _(
        "Ce classeur est abîmé, incomplet ou trop grand pour être ouvert. Ouvrez-le dans votre tableur, copiez le "
        "tableau seul dans un nouveau classeur, enregistrez, puis apportez ce nouveau fichier."
    )


def _row(cells: list[str | list[str]]) -> list[Cell]:
    return [cell if isinstance(cell, str) else date.fromisoformat(cell[0]) for cell in cells]
