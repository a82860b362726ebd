"""Where a week stands among its five steps, told from its days and its baskets.

| step       | is current                                                        | is done when           |
|------------|-------------------------------------------------------------------|------------------------|
| count      | until the week begins                                             | the week has begun     |
| harvest    | from Monday                                                       | it is time to compose  |
| compose    | on the eve of the first delivery                                  | deliveries have begun  |
| distribute | from the first delivery until the last one, and every basket told | nothing is left to tell |
| close      | after that                                                        | the week is closed     |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

STEPS = ("count", "harvest", "compose", "distribute", "close")


@dataclass(frozen=True)
class Standing:
    """What the steps look at: Monday, first and last delivery day, baskets not told yet, closed or not."""

    monday: date
    first: date
    last: date
    unmarked: int
    closed: bool


def current_step(week: Standing, today: date) -> str | None:
    """The step to be at work on today; None once the week is closed."""
    if week.closed:
        return None
    if today >= week.first:
        return "distribute" if today < week.last or week.unmarked else "close"
    if today == week.first - timedelta(days=1):
        return "compose"
    return "harvest" if today >= week.monday else "count"


def step_states(week: Standing, today: date) -> dict[str, str]:
    """Each step as done, current or todo."""
    current = current_step(week, today)
    place = len(STEPS) if current is None else STEPS.index(current)
    return {
        step: "done" if index < place else "current" if index == place else "todo" for index, step in enumerate(STEPS)
    }
