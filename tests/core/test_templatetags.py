"""Money, shares and days are written as people say them, in both languages."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation

from cageot.core.charts import Line, Part, Point
from cageot.core.templatetags.cageot import day, day_range, euros, number, share, week_label
from cageot.core.week import Week

THURSDAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def plain(text: str) -> str:
    """The narrow and the plain no-break space made visible."""
    return text.replace("\u202f", "'").replace("\u00a0", "_")


def render(source: str, **context: Any) -> str:
    engine = Engine(app_dirs=True, builtins=["django.templatetags.i18n", "cageot.core.templatetags.cageot"])
    return engine.from_string(source).render(Context(context))


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (1234567, "12'345,67_€", "€12,345.67"),
        (360, "3,60_€", "€3.60"),
        (0, "0,00_€", "€0.00"),
        (-5, "−0,05_€", "−€0.05"),
        (100000000, "1'000'000,00_€", "€1,000,000.00"),
        (None, "—", "—"),
    ],
)
def test_euros(cents: int | None, french: str, english: str) -> None:
    assert plain(euros(cents)) == french
    with translation.override("en"):
        assert plain(euros(cents)) == english


@pytest.mark.parametrize(
    ("cents", "shown"), [(1234549, "12'345_€"), (1234550, "12'346_€"), (-40, "0_€"), (-60, "−1_€")]
)
def test_euros_without_cents(cents: int, shown: str) -> None:
    assert plain(euros(cents, "round")) == shown


@pytest.mark.parametrize(
    ("part", "places", "shown"),
    [
        (0.236, 0, "24_%"),
        (0.236, 1, "23,6_%"),
        (0.125, 0, "13_%"),
        (1, 0, "100_%"),
        (0.999, 0, "99_%"),
        (0.9999, 1, "99,9_%"),
        (0.001, 0, "< 1_%"),
        (0, 0, "0_%"),
        (1.25, 0, "125_%"),
        (None, 0, "—"),
    ],
)
def test_share_never_says_all_of_what_is_not_whole(part: float | None, places: int, shown: str) -> None:
    assert plain(share(part, places)) == shown


def test_share_in_english() -> None:
    with translation.override("en"):
        assert share(0.986, 1) == "98.6%"


def test_number() -> None:
    assert plain(number(25512)) == "25'512"
    assert plain(number(-1042.25, 1)) == "−1'042,3"


@pytest.mark.parametrize(
    ("style", "shown"),
    [("", "jeudi 26 novembre"), ("year", "jeudi 26 novembre 2026"), ("short", "jeu 26 nov."), ("plain", "26/11/2026")],
)
def test_day(style: str, shown: str) -> None:
    assert day(THURSDAY, style) == shown


def test_first_of_the_month() -> None:
    assert day(date(2026, 11, 1)) == "dimanche 1er novembre"
    with translation.override("en"):
        assert day(date(2026, 11, 1)) == "Sunday 1 November"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16 – 22 novembre"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 novembre – 6 décembre"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 décembre 2026 – 3 janvier 2027"),
        (date(2026, 11, 26), date(2026, 11, 26), "26 novembre"),
    ],
)
def test_day_range(first: date, last: date, shown: str) -> None:
    assert day_range(first, last) == shown


def test_week_label() -> None:
    assert week_label(Week(2026, 47)) == "semaine 47"
    assert week_label("2026-W47", "year") == "semaine 47 de 2026"
    assert week_label(Week(2026, 47), "range") == "16 – 22 novembre"


def test_what_people_typed_is_never_taken_for_html() -> None:
    evil = "<script>alert(1)</script>"
    parts, points = [Part(evil, 1)], [Point(evil, 1)]
    page = render(
        '{% pill evil "leaf" %}{% figure evil evil evil %}{% bar_chart points evil evil %}'
        "{% line_chart labels lines evil %}{% stacked_bar parts evil %}{% sparkline values evil %}",
        evil=evil,
        parts=parts,
        points=points,
        labels=[evil],
        lines=[Line(evil, [1])],
        values=[1, 2],
    )
    assert "<script" not in page


CHARTS = {
    "bar": '{% bar_chart points "Paniers par semaine" "paniers" goal=300 %}',
    "line": '{% line_chart labels lines "Financement" "euros" %}',
    "stacked": '{% stacked_bar parts "Qui paie" "euros" %}',
    "sparkline": '{% sparkline values "Paniers" "paniers" %}',
}


@pytest.mark.parametrize("source", CHARTS.values(), ids=CHARTS)
def test_charts_speak_and_obey_the_content_policy(source: str) -> None:
    page = render(
        source,
        points=[Point("semaine 1", 123.5), Point("semaine 2", 214)],
        labels=["mars", "avril"],
        lines=[Line("CAF", [120050, None])],
        parts=[Part("Adhérents", 18432), Part("CAF", 16128)],
        values=[1.5, 2],
    )
    assert "style=" not in page
    assert 'role="img"' in page
    assert re.search(r"<title>[^<]+</title><desc>[^<]+</desc>", page)


def test_marks_are_placed_with_points_not_french_commas() -> None:
    page = render('{% bar_chart points "Paniers" %}', points=[Point(str(n), n / 3) for n in range(7)])
    placed = re.findall(r'(?:x|y|width|height|y1|y2)="([^"]*)%"', page)
    assert len(placed) > 20
    assert all(re.fullmatch(r"\d+(\.\d+)?", number) for number in placed)


def test_every_bar_is_also_a_row_of_the_table() -> None:
    page = render(
        '{% bar_chart points "Paniers" "paniers" %}', points=[Point("semaine 1", 123), Point("semaine 2", 214)]
    )
    assert re.findall(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td>', plain(page)) == [
        ("semaine 1", "123_paniers"),
        ("semaine 2", "214_paniers"),
    ]


def test_the_key_figure_keeps_its_bar_when_nothing_is_done_yet() -> None:
    page = render('{% figure "Paniers" "0" "0 % de l’objectif" done=0 goal=30000 %}')
    assert '<progress value="0" max="30000"' in page
