"""What was thought of a session: so many faces, and sentences. Nobody's name, and nothing while they are few."""

from __future__ import annotations

from dataclasses import dataclass

from cageot.workshops.models import Opinion, Session

FEWEST = 5
"""Below so many opinions, nothing but their number is shown: one would guess who."""


@dataclass(frozen=True)
class Face:
    """One face: how many, and in hundredths of all."""

    value: int
    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class Results:
    """`faces` and `sentences` are empty while there are few. Sentences stand in the order of the alphabet, not of arrival."""

    count: int
    faces: list[Face]
    sentences: list[str]

    @property
    def few(self) -> bool:
        return 0 < self.count < FEWEST


def results(session: Session) -> Results:
    """What people thought of a session. One query."""
    rows = list(Opinion.objects.filter(session=session).values_list("face", "sentence"))
    if len(rows) < FEWEST:
        return Results(len(rows), [], [])
    counts = {value: sum(face == value for face, _sentence in rows) for value in Opinion.Face.values}
    faces = [Face(value, str(label), counts[value], round(100 * counts[value] / len(rows))) for value, label in Opinion.Face.choices]  # fmt: skip
    return Results(len(rows), faces, sorted((sentence for _face, sentence in rows if sentence), key=str.casefold))
