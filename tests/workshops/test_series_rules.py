"""When a series is held, by the clock on the wall; last year's days again; what a file is."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.holidays import holidays_of
from cageot.workshops.rules import files, series, waiting
from cageot.workshops.rules.series import MOST, Every, days_of, moments, next_year, wall
from cageot.workshops.rules.waiting import Party

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
hours = st.times().map(lambda one: one.replace(second=0, microsecond=0))
REPEATED = (Every.WEEK, Every.TWO_WEEKS, Every.MONTH)


@given(st.sampled_from(REPEATED), days, st.integers(0, 300), st.sets(days, max_size=5))
def test_a_series_keeps_its_weekday_its_order_and_its_end(
    every: Every, first: date, length: int, skip: set[date]
) -> None:
    until = first + timedelta(days=length)
    found = days_of(every, first, until=until, skip=skip)
    assert found == sorted(set(found))
    assert not skip & set(found)
    assert all(first <= day <= until and day.weekday() == first.weekday() for day in found)
    if every is not Every.MONTH:
        step = 14 if every is Every.TWO_WEEKS else 7
        assert len(found) + len([day for day in skip if first <= day <= until and not (day - first).days % step]) == length // step + 1  # fmt: skip


@given(days)
def test_a_month_has_its_day_once(first: date) -> None:
    found = days_of(Every.MONTH, first, until=first + timedelta(days=800))
    months = [(day.year, day.month) for day in found]
    assert months == sorted(set(months))
    assert len(months) >= 26
    rank = series.rank_in_month(first)
    for day in found:
        last = (day + timedelta(days=7)).month != day.month
        assert last if rank == 5 else series.rank_in_month(day) == rank


def test_a_series_that_never_ends_is_refused() -> None:
    with pytest.raises(series.TooMany):
        days_of(Every.WEEK, date(2018, 1, 1), until=date(2100, 1, 1))
    assert len(days_of(Every.WEEK, date(2018, 1, 1), until=date(2018, 1, 1) + timedelta(weeks=MOST - 1))) == MOST


def test_given_dates_and_bank_holidays() -> None:
    found = days_of(Every.DATES, date(2018, 5, 15), dates=[date(2018, 5, 1), date(2018, 6, 1), date(2018, 5, 15)], skip=holidays_of(2018, ""))  # fmt: skip
    assert found == [date(2018, 5, 15), date(2018, 6, 1)]
    assert days_of(Every.WEEK, date(2018, 5, 15)) == [date(2018, 5, 15)]


@given(days, hours, hours)
def test_hours_are_those_of_the_wall_and_time_goes_forward(day: date, starts: time, ends: time) -> None:
    first, last = moments(day, starts, ends)
    assert first < last or (last - first) == timedelta(0) and starts != ends  # an hour that summer time leaves out
    said = wall(first).replace(tzinfo=None)
    assert said == datetime.combine(day, starts) or said - datetime.combine(day, starts) == timedelta(hours=1)


def test_a_series_stays_at_its_hour_when_summer_time_begins_and_ends() -> None:
    for first in (date(2018, 3, 24), date(2018, 10, 27)):
        said = [wall(series.moment(day, time(14))).hour for day in (first, first + timedelta(days=1))]
        assert said == [14, 14]
    assert (series.moment(date(2018, 3, 25), time(14)) - series.moment(date(2018, 3, 24), time(14))) == timedelta(hours=23)  # fmt: skip


@given(days, st.integers(1, 3))
def test_last_year_s_day_comes_again_on_the_same_weekday_within_three_days(day: date, years: int) -> None:
    found = next_year(day, years)
    near = date(day.year + years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    assert found.weekday() == day.weekday()
    assert abs((found - near).days) <= 3
    assert next_year(day, years, skip={found}) == found + timedelta(weeks=1)


# --- Waiting --------------------------------------------------------------------------------------

lines = st.lists(st.integers(1, 6), max_size=12).map(lambda sizes: [Party(n, size) for n, size in enumerate(sizes)])


@given(lines, st.integers(0, 20), st.booleans())
def test_never_more_than_the_places_and_never_out_of_order(line: list[Party], places: int, pass_over: bool) -> None:
    found = waiting.next_in(line, places, pass_over=pass_over)
    assert sum(party.people for party in found) <= places
    assert [party.who for party in found] == sorted(party.who for party in found)
    if not pass_over:
        assert found == line[: len(found)]
    spare = places - sum(party.people for party in found)
    behind = [party for party in line if party not in found]
    if behind and not pass_over:
        assert behind[0].people > spare
    if pass_over:
        assert all(party.people > places - sum(one.people for one in found if one.who < party.who) for party in behind)


@given(lines)
def test_without_a_limit_everybody_comes(line: list[Party]) -> None:
    assert waiting.next_in(line, None, pass_over=False) == line
    assert waiting.left(None, 3) is None
    assert not waiting.too_many(1000, None)


# --- Files ----------------------------------------------------------------------------------------


def an_archive(**names: str) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        for name, text in names.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return box.getvalue()


def test_a_file_is_what_its_bytes_say() -> None:
    assert files.media_of(b"%PDF-1.7 ...") == "application/pdf"
    assert files.media_of(b"\x89PNG\r\n\x1a\n...") == "image/png"
    types = {"[Content_Types]_dot_xml": "<Types/>"}
    assert str(files.media_of(an_archive(**types, word__document_dot_xml="<w/>"))).endswith("wordprocessingml.document")
    assert files.media_of(an_archive(mimetype="application/vnd.oasis.opendocument.text")) == "application/vnd.oasis.opendocument.text"  # fmt: skip
    assert files.safe_name("../é t.exe", "application/pdf") == "é t.pdf"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ a program", b"<html><script>", b"<svg onload=x>", b"", b"PK\x03\x04 not an archive",
        an_archive(a="b"), an_archive(mimetype="text/html"), an_archive(mimetype="x" * 500),
        an_archive(**{"[Content_Types]_dot_xml": "", "word__document_dot_xml": "", "word__vbaProject_dot_bin": ""}),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(content: bytes) -> None:
    assert files.media_of(content) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_check(content: bytes) -> None:
    files.media_of(b"PK\x03\x04" + content)
    files.media_of(content)
