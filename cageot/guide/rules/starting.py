"""The steps of a garden that starts: which are done, by what the garden holds or by hand, and which comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cageot.guide.rules import shipped

BY_HAND = frozenset({"season", "statement.first", "ends.first"})
"""Facts that no row tells: somebody has read, shown or thought of something. These steps are ticked by hand."""


@dataclass(frozen=True)
class Standing:
    """A step and where it stands. `by_itself`: ticked by what the garden holds."""

    step: shipped.Step
    done: bool
    by_itself: bool


def standing(facts: Mapping[str, bool], ticked: Collection[str]) -> list[Standing]:
    """Every step in order. One whose fact is true is done, and so is one that was ticked by hand."""
    return [Standing(step, facts.get(step.fact, False) or step.code in ticked, facts.get(step.fact, False)) for step in shipped.steps()]  # fmt: skip


def next_step(steps: Sequence[Standing]) -> Standing | None:
    """The first step that is not done; None when all are."""
    return next((one for one in steps if not one.done), None)
