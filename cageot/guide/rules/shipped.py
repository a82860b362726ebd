"""The guide, the papers and the steps that come with Cageot, as they stand in `guide/data/` (docs/data-sources.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cageot.guide.rules import blocks
from cageot.guide.rules.blocks import Block

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class Chapter:
    """A chapter as it comes. `digest`: begins the hash of what it says."""

    slug: str
    rank: int
    title: str
    summary: str
    tags: tuple[str, ...]
    text: str

    @property
    def digest(self) -> str:
        return digest(self.text)


@dataclass(frozen=True)
class Paper:
    """A paper of the toolbox as it comes."""

    code: str
    title: str
    purpose: str
    blocks: tuple[Block, ...]

    @property
    def digest(self) -> str:
        return digest("\n".join(map(blocks.said, self.blocks)))


@dataclass(frozen=True)
class Step:
    """A step of the start. `fact`: what the garden must hold for it to be ticked (rules/starting.py); `chapter`: what to read."""

    code: str
    title: str
    why: str
    how: str
    fact: str
    chapter: str


def digest(text: str) -> str:
    """Twelve signs that change with the text."""
    return sha256(text.encode(errors="replace")).hexdigest()[:12]


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """The chapters that ship, in order."""
    made = []
    for path in sorted((DATA / "guide").glob("*.md")):
        _before, head, text = path.read_text(encoding="utf-8").split("+++\n", 2)
        about = tomllib.loads(head)
        slug = path.stem.partition("-")[2]
        made.append(
            Chapter(slug, about["order"], about["title"], about["summary"], tuple(about["tags"]), text.strip() + "\n")
        )
    return tuple(sorted(made, key=lambda one: one.rank))


@lru_cache(maxsize=1)
def papers() -> tuple[Paper, ...]:
    """The papers that ship, by title."""
    found = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / "toolbox").glob("*.toml"))]
    made = [Paper(one["code"], one["title"], one["purpose"], tuple(blocks.clean(one["body"]))) for one in found]
    return tuple(sorted(made, key=lambda one: one.title))


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """The steps of the start, in order."""
    found = tomllib.loads((DATA / "start.toml").read_text(encoding="utf-8"))["step"]
    return tuple(
        Step(one["code"], one["title"], one["why"], one["how"], one["done_when"], one["chapter"]) for one in found
    )
