"""What several lists share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chip:
    """A filter of a list, with how many it keeps. `query`: what follows "?" in its address."""

    label: str
    query: str
    count: int
    current: bool
