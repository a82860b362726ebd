"""Where a garden stands in the programme, day after day: each step holds until the next one.

The table is in docs/rules/programme.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Step:
    """A status that holds from a day on."""

    from_day: date
    status: str


@dataclass(frozen=True)
class Held:
    """A status and the days it holds; open when `until_day` is None."""

    from_day: date
    until_day: date | None
    status: str


def laid_out(steps: Iterable[Step]) -> list[Held]:
    """The days that each step holds, oldest first; a step that repeats the one before it is left out."""
    kept: list[Step] = []
    for step in sorted(steps, key=lambda step: step.from_day):
        if not kept or kept[-1].status != step.status:
            kept.append(step)
    ends = [step.from_day - timedelta(days=1) for step in kept[1:]]
    return [Held(step.from_day, end, step.status) for step, end in zip(kept, [*ends, None], strict=False)]


def with_step(steps: Iterable[Step], new: Step) -> list[Held]:
    """What stands once `new` is written; it takes the place of a step of the same day."""
    return laid_out([*(step for step in steps if step.from_day != new.from_day), new])


def without_step(steps: Iterable[Step], day: date) -> list[Held]:
    """What stands once the step of that day is taken back: the one before it goes on."""
    return laid_out(step for step in steps if step.from_day != day)
