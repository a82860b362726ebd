"""Sheets of labels, as geometry: where each label stands on an A4 page, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

A4 = (210.0, 297.0)


@dataclass(frozen=True)
class LabelSheet:
    """A sheet of equal labels, centred on the page. `width`, `height` are a label's; `gap` lies between columns (mm)."""

    code: str
    columns: int
    rows: int
    width: float
    height: float
    gap: float = 2.5

    @property
    def count(self) -> int:
        return self.columns * self.rows

    @property
    def left(self) -> float:
        return round((A4[0] - self.columns * self.width - (self.columns - 1) * self.gap) / 2, 2)

    @property
    def top(self) -> float:
        return round((A4[1] - self.rows * self.height) / 2, 2)

    def place(self, number: int) -> tuple[float, float]:
        """From the left and the top of the page to label `number`, counted from 0 along the rows (mm)."""
        row, column = divmod(number % self.count, self.columns)
        return round(self.left + column * (self.width + self.gap), 2), round(self.top + row * self.height, 2)

    def pages(self, labels: int, first: int) -> int:
        """How many sheets so many labels take, the first one on label `first` of the first sheet (counted from 1)."""
        return -(-(labels + first - 1) // self.count) if labels else 0


LABELS = {
    sheet.code: sheet
    for sheet in (
        LabelSheet("L7160", 3, 7, 63.5, 38.1),
        LabelSheet("L7159", 3, 8, 63.5, 33.9),
        LabelSheet("L7161", 3, 6, 63.5, 46.6),
        LabelSheet("L7163", 2, 7, 99.1, 38.1),
        LabelSheet("L7651", 5, 13, 38.1, 21.2),
    )
}
"""The common A4 sheets, by the reference that is printed on the box (Avery; other makers give the same numbers)."""
USUAL = "L7160"
