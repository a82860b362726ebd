"""The recipes that come with Cageot, as they stand in `data/recipes.toml` (docs/data-sources.md)."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class ShippedRecipe:
    """A recipe as it comes. `fields`: its columns; `produce`: codes of its vegetables, the main one first;
    `digest`: twelve signs that change with any of it."""

    code: str
    fields: dict[str, Any]
    produce: tuple[str, ...]
    digest: str


@lru_cache(maxsize=1)
def recipes() -> tuple[ShippedRecipe, ...]:
    """The recipes that ship, in the order of the file."""
    found = tomllib.loads((DATA / "recipes.toml").read_text(encoding="utf-8"))["recipe"]
    return tuple(_one(dict(each)) for each in found)


def _one(read: dict[str, Any]) -> ShippedRecipe:
    said = json.dumps(read, sort_keys=True, ensure_ascii=False)
    code, produce = read.pop("code"), tuple(read.pop("produce"))
    return ShippedRecipe(code, read, produce, sha256(said.encode()).hexdigest()[:12])
