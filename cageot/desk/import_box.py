"""Where a file waits between the pages of the wizard: a folder of its own, readable by this site only.

Nothing of it travels in cookies or addresses. The file goes when the import is done or given up, and after a day at most.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

KEPT_SECONDS = 24 * 3600
KEPT = ("garden", "person", "done", "whole")
"""What is still said of a file that has served: whose it was, and how many households it brought."""
_TOKEN = re.compile(r"[0-9a-f]{32}")


class Gone(Exception):
    """There is no such file any more, or it is not this person's."""


class Box:
    """One file brought by one person for one garden, and what they answered so far (`notes`)."""

    def __init__(self, folder: Path, notes: dict[str, Any]) -> None:
        self._folder, self.notes = folder, notes

    @property
    def token(self) -> str:
        return self._folder.name

    @property
    def file(self) -> bytes:
        """What was brought. Refusal: Gone, once it is done."""
        try:
            return (self._folder / "file").read_bytes()
        except FileNotFoundError:
            raise Gone from None

    def save(self, **notes: Any) -> None:
        """Keep these notes with the others."""
        self.notes.update(notes)
        _write(self._folder / "notes.json", json.dumps(self.notes).encode())

    def forget_file(self) -> None:
        """The file has served: only the counts of what it brought stay, until the box is emptied."""
        (self._folder / "file").unlink(missing_ok=True)
        self.notes = {name: value for name, value in self.notes.items() if name in KEPT}
        self.save()

    def drop(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> bool:
        """Say that a run of the import begins, once: False when one is under way, or when it is done."""
        if self.running or self.notes.get("done"):
            return False
        (self._folder / "run").unlink(missing_ok=True)
        try:
            _write_new(self._folder / "run", str(os.getpid()).encode())
        except FileExistsError:
            return False
        self.save(failed="", step="")
        return True

    def stop(self, **notes: Any) -> None:
        """The run is over, and this is how."""
        self.save(**notes)
        (self._folder / "run").unlink(missing_ok=True)

    @property
    def running(self) -> bool:
        """Whether a run is under way in a process that is alive."""
        return (pid := self._pid()) is not None and _alive(pid)

    @property
    def interrupted(self) -> bool:
        """A run began, and its process died before the end."""
        return (pid := self._pid()) is not None and not _alive(pid)

    def _pid(self) -> int | None:
        try:
            return int((self._folder / "run").read_text() or 0)
        except FileNotFoundError:
            return None


def new(garden: int, person: int, name: str, data: bytes) -> Box:
    """Put a file in a box. Boxes older than a day are emptied on the way."""
    for old in _old():
        shutil.rmtree(old, ignore_errors=True)
    folder = _home() / secrets.token_hex(16)
    folder.mkdir(parents=True, mode=0o700)
    _write(folder / "file", data)
    box = Box(folder, {"garden": garden, "person": person, "name": name})
    box.save()
    return box


def find(token: str, garden: int, person: int) -> Box:
    """The box of that person for that garden. Refusal: Gone."""
    folder = _home() / token
    try:
        notes = json.loads((folder / "notes.json").read_bytes()) if _TOKEN.fullmatch(token) else {}
    except FileNotFoundError:
        raise Gone from None
    if (notes.get("garden"), notes.get("person")) != (garden, person):
        raise Gone
    return Box(folder, notes)


def _home() -> Path:
    return Path(settings.HOME) / "import"


def _old() -> Iterator[Path]:
    before = time.time() - KEPT_SECONDS
    return (folder for folder in _home().glob("*") if folder.stat().st_mtime < before)


def _write(path: Path, data: bytes) -> None:
    """All or nothing, and for this site's eyes only."""
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    _write_new(aside, data)
    aside.replace(path)


def _write_new(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
