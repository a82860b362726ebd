"""What every template may say: money, numbers, days as people say them, and the small pieces of the look.

A builtin of all templates (no `load` needed). Amounts are whole cents, shares are 0 to 1, days are dates.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_ALT, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from cageot.core import charts
from cageot.core import sankey as flows
from cageot.core.icons import ICONS, TURNED
from cageot.core.tabular.phones import display_phone
from cageot.core.week import Week

register = template.Library()

THIN, WIDE = "\u202f", "\u00a0"
"""The no-break spaces of French: the narrow one between thousands, the plain one before a unit (as in CLDR)."""
NOTHING = "—"


# Numbers


@register.filter
def euros(cents: int | None, style: str = "") -> str:
    """1234567 → "12 345,67 €", in English "€12,345.67"; `euros:"round"` leaves the cents out (half goes up)."""
    if cents is None:
        return NOTHING
    places = 0 if style == "round" else 2
    amount = _grouped(abs(Decimal(cents)) / 100, places)
    sign = "−" if cents < 0 and amount.strip("0,.") else ""
    return f"{sign}{amount}{WIDE}€" if _french() else f"{sign}€{amount}"


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """25512 → "25 512"; `number:1` keeps one decimal."""
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    shown = _grouped(abs(exact), places)
    return f"−{shown}" if exact < 0 and shown.strip("0,.") else shown


@register.filter
def share(part: float | Decimal | None, places: int = 0) -> str:
    """0.236 → "24 %"; `share:1` → "23,6 %". Never says 100 % of what is not whole, nor 0 % of what is not nothing."""
    if part is None:
        return NOTHING
    exact, step = Decimal(str(part)) * 100, Decimal(10) ** -places
    shown = exact.quantize(step, ROUND_HALF_UP)
    if exact < 100 <= shown:
        shown = 100 - step
    if shown == 0 < exact:
        return f"< {_percent(step, places)}"
    return _percent(shown, places)


def _percent(value: Decimal, places: int) -> str:
    return f"{number(value, places)}{WIDE}%" if _french() else f"{number(value, places)}%"


def _grouped(value: Decimal, places: int) -> str:
    shown = f"{value.quantize(Decimal(10) ** -places, ROUND_HALF_UP):,f}"
    return shown.replace(",", THIN).replace(".", ",") if _french() else shown


def _french() -> bool:
    """Whether numbers are written as in French, which every language but English follows here."""
    return _language() != "en"


# Days


@register.filter
def day(value: date | None, style: str = "") -> str:
    """ "jeudi 26 novembre"; `day:"year"` adds it, `day:"short"` says "jeu 26 nov.", `day:"plain"` "26/11/2026"."""
    if value is None:
        return NOTHING
    if style == "plain":
        return f"{value:%d/%m/%Y}"
    if style == "short":
        return f"{WEEKDAYS_ABBR[value.weekday()]} {_ordinal(value)} {date_format(value, 'N')}"
    told = _WITH_WEEKDAY.get(_language(), "{weekday} {day}")
    year = f"{_of()} {value.year}" if style == "year" else ""
    return told.format(weekday=_small(WEEKDAYS[value.weekday()]), day=f"{_day_month(value)}{year}")


@register.filter
def hour(value: datetime | None) -> str:
    """An hour as people say it, by the clock on the wall: "14 h 30", "9 h"; "14:30" in other languages."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    if not _french():
        return f"{local:%H:%M}"
    return f"{local.hour}{WIDE}h{WIDE}{local:%M}".removesuffix(f"{WIDE}00")


@register.filter
def day_range(first: date, last: date) -> str:
    """ "16 – 22 novembre", "28 novembre – 4 décembre", "28 décembre 2026 – 3 janvier 2027"."""
    if first == last:
        return _day_month(first)
    if first.year != last.year:
        return f"{_day_month(first)} {first.year} – {_day_month(last)} {last.year}"
    if first.month != last.month:
        return f"{_day_month(first)} – {_day_month(last)}"
    return f"{_ordinal(first)} – {_day_month(last)}"


@register.filter
def week_label(week: Week | str, style: str = "") -> str:
    """ "semaine 47"; `week_label:"year"` says "semaine 47 de 2026"; `week_label:"range"` says its days."""
    week = Week.parse(week) if isinstance(week, str) else week
    if style == "range":
        return day_range(week.monday, week.sunday)
    if style == "year":
        return gettext("semaine %(number)s de %(year)s") % {"number": week.number, "year": week.year}
    return gettext("semaine %(number)s") % {"number": week.number}


_WITH_WEEKDAY = {"tr": "{day} {weekday}", "uk": "{weekday}, {day}", "pt": "{weekday}, {day}"}
_OF_THE_MONTH = {"es", "pt"}
"""Languages that say a day in another order than ours, and those that say "26 de noviembre"."""


def _day_month(value: date) -> str:
    months = MONTHS_ALT if _language() == "uk" else MONTHS  # there, months have another ending after a number
    return f"{_ordinal(value)}{_of()} {_small(months[value.month])}"


def _of() -> str:
    return " de" if _language() in _OF_THE_MONTH else ""


def _small(name: object) -> str:
    """Django capitalises days and months where that language does not."""
    return str(name).lower() if _language() in ("pt", "uk") else str(name)


def _ordinal(value: date) -> str:
    return "1er" if value.day == 1 and _language() == "fr" else str(value.day)


def _language() -> str:
    return (get_language() or "fr")[:2]


@register.filter
def phone(number: str) -> str:
    """ "+33612345678" → "06 12 34 56 78", as it is dialled."""
    return display_phone(number)


# Pieces


@register.simple_tag
def icon(name: str) -> SafeString:
    """The sign of that name (core/icons.py); it says nothing aloud, so words stand beside it."""
    turn = " turn" if name in TURNED else ""
    drawing = mark_safe(ICONS[name])  # noqa: S308 — drawn in this project
    return format_html('<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', turn, drawing)


@register.simple_tag
def pill(text: object, tone: str = "") -> SafeString:
    """A small status word. Tones: leaf done, squash soon, carrot to do, beet needs care, sky fact, none neutral."""
    return format_html('<span class="pill{}">{}</span>', f" {tone}" if tone else "", text)


@register.inclusion_tag("core/components/figure.html")
def figure(
    label: str,
    value: object,
    caption: str = "",
    done: float | None = None,
    goal: float = 1,
    url: str = "",
    big: bool = False,
) -> dict[str, Any]:
    """A key figure: `value` already written out; `done` out of `goal` draws the bar."""
    return {
        "label": label,
        "value": str(value).replace(THIN, WIDE),  # at that size the narrow space of most fonts closes up
        "caption": caption,
        "done": _dot(done),
        "goal": _dot(goal),
        "url": url,
        "big": big,
    }


@register.inclusion_tag("core/charts/bar.html")
def bar_chart(
    points: Iterable[charts.Point],
    title: str,
    unit: str = "",
    desc: str = "",
    axis: bool = True,
    goal: float | None = None,
) -> dict[str, Any]:
    """Upright bars. `unit`: "euros" or "round" for cents, "share", else the word after the number.

    `goal` draws a dashed line; `axis=False` leaves the scale out. `title` is what a screen reader hears.
    """
    points = list(points)
    highest = max([point.value for point in points] + [goal or 0])
    top = charts.nice_top(highest) if axis else highest or 1
    return {
        "title": title,
        "desc": desc or _extent([(point.label, point.value) for point in points], unit),
        "unit": unit,
        "marks": _strings(charts.bars(points, top)),
        "levels": _levels(top, unit) if axis else [],
        "goal": _dot(round(100 - (goal or 0) / top * 100, 3)) if goal else "",
        "goal_label": gettext("objectif : %(goal)s") % {"goal": shown(goal, unit)} if goal else "",
        "ticks": _ticks(charts.bar_ticks(points)),
        "head": [title],
        "rows": [(point.label, [shown(point.value, unit)]) for point in points],
        "bare": "" if axis else "bare-",
    }


@register.inclusion_tag("core/charts/line.html")
def line_chart(
    labels: Sequence[str], lines: Iterable[charts.Line], title: str, unit: str = "", desc: str = ""
) -> dict[str, Any]:
    """Lines over the same `labels`, each with its own colour and dash, named in the key."""
    lines = list(lines)
    top = charts.nice_top(max((value for line in lines for value in line.values if value is not None), default=0))
    return {
        "title": title,
        "desc": desc or " ".join(_last(line, labels, unit) for line in lines),
        "lines": [
            {
                "label": line.label,
                "tone": index % 6 + 1,
                "path": charts.path(line.values, top),
                "end": _strings(charts.dots(line.values, top)[-1:]),
            }
            for index, line in enumerate(lines)
        ],
        "levels": _levels(top, unit),
        "ticks": _ticks(charts.line_ticks(labels)),
        "head": [line.label for line in lines],
        "rows": [(label, [shown(line.values[index], unit) for line in lines]) for index, label in enumerate(labels)],
    }


LINE_REM = 1.6
"""Height of a line of text on a flow drawing."""
SIGNS_IN_FULL = 110
"""About how many letters fit across a flow drawing as wide as a page."""


@register.inclusion_tag("core/charts/sankey.html")
def sankey_chart(drawing: flows.Drawing, title: str, desc: str = "", unit: str = "round") -> dict[str, Any]:
    """Flows of money from one column to the next, drawn by `core.sankey`. Set its table beside it: this says it to the eye.

    `unit` as in `bar_chart`. Labels too long for their room are cut, and whole in the title that a pointer shows.
    """
    names = {box.node.key: box.node.label for box in drawing.boxes}
    return {
        "title": title,
        "desc": desc,
        "height": _dot(round(drawing.lines * LINE_REM, 3)),
        "lines": _dot(drawing.lines),
        "bar": _dot(flows.BAR),
        "ribbons": [
            {
                "tone": one.tone,
                "path": one.path,
                "words": f"{names[one.flow.source]} → {names[one.flow.target]} : {shown(one.flow.value, unit)}",
            }
            for one in drawing.ribbons
        ],
        "boxes": [_box(one, unit) for one in drawing.boxes],
    }


def _box(one: flows.Box, unit: str) -> dict[str, Any]:
    amount = shown(one.value, unit)
    room = max(int(one.label_width / 100 * SIGNS_IN_FULL) - len(amount), 6)
    label = one.node.label
    return {
        "tone": one.node.tone,
        "side": one.side,
        "amount": amount,
        "label": label if len(label) <= room else f"{label[: room - 1].rstrip()}…",
        "words": f"{label} : {amount}",
        "x": _dot(one.x),
        "y": _dot(round(one.y * LINE_REM, 3)),
        "height": _dot(round(one.height * LINE_REM, 3)),
        "label_x": _dot(one.label_x),
        "label_y": _dot(round((one.middle - 0.5) * LINE_REM, 3)),
        "label_width": _dot(one.label_width),
    }


@register.inclusion_tag("core/charts/stacked.html")
def stacked_bar(parts: Iterable[charts.Part], title: str, unit: str = "", caption: str = "") -> dict[str, Any]:
    """Parts of a whole side by side, and beneath them the table: name, share, amount."""
    parts = list(parts)
    drawn = charts.segments(parts)
    return {
        "title": title,
        "desc": ", ".join(f"{segment.part.label} {share(segment.share)}" for segment in drawn),
        "caption": caption,
        "rows": [
            {
                "label": segment.part.label,
                "tone": segment.tone,
                "share": share(segment.share),
                "amount": shown(segment.part.value, unit),
                "x": _dot(segment.x),
                "width": _dot(segment.width),
            }
            for segment in drawn
        ],
    }


@register.inclusion_tag("core/charts/sparkline.html")
def sparkline(values: Iterable[float], title: str, unit: str = "") -> dict[str, Any]:
    """A line the height of a word. `title` says what it shows; first and last values are read out."""
    values = list(values)
    low, high = min(values, default=0), max(values, default=1)
    top = high if high > low else low + 1
    return {
        "title": title,
        "desc": f"{shown(values[0], unit)} → {shown(values[-1], unit)}" if values else "",
        "path": charts.path(values, top, low),
        "end": _strings(charts.dots(values, top, low)[-1:]),
    }


def shown(value: float | None, unit: str) -> str:
    """A value in the words of its unit: "euros" and "round" are cents, "share" is 0 to 1, else a word."""
    if value is None:
        return NOTHING
    if unit in ("euros", "round"):
        return euros(int(value), "round" if unit == "round" else "")
    if unit == "share":
        return share(value)
    count = number(value, 0 if value == int(value) else 1)
    return f"{count}{WIDE}{unit}" if unit else count


def _extent(values: Sequence[tuple[str, float]], unit: str) -> str:
    if not values:
        return ""
    low, high = min(values, key=lambda pair: pair[1]), max(values, key=lambda pair: pair[1])
    return gettext("De %(low)s (%(low_label)s) à %(high)s (%(high_label)s).") % {
        "low": shown(low[1], unit),
        "low_label": low[0],
        "high": shown(high[1], unit),
        "high_label": high[0],
    }


def _last(line: charts.Line, labels: Sequence[str], unit: str) -> str:
    measured = [(label, value) for label, value in zip(labels, line.values, strict=True) if value is not None]
    if not measured:
        return f"{line.label}."
    label, value = measured[-1]
    return f"{line.label} : {shown(value, unit)} ({label})."


def _levels(top: float, unit: str) -> list[dict[str, str]]:
    short = "round" if unit == "euros" else unit if unit in ("round", "share") else ""
    return [{"label": shown(level.value, short), "y": _dot(level.y)} for level in charts.levels(top)]


def _ticks(ticks: Iterable[charts.Tick]) -> list[dict[str, str]]:
    return [{"label": tick.label, "x": _dot(tick.x), "anchor": tick.anchor} for tick in ticks]


def _strings(marks: Iterable[charts.Mark]) -> list[dict[str, Any]]:
    return [
        {
            "x": _dot(mark.x),
            "y": _dot(mark.y),
            "width": _dot(mark.width),
            "height": _dot(mark.height),
            "muted": mark.muted,
        }
        for mark in marks
    ]


def _dot(value: float | None) -> str:
    """A number as SVG and HTML attributes want it: templates would write French decimals with a comma."""
    return "" if value is None else f"{round(value, 3):.10g}"
