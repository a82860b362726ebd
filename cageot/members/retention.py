"""Forgetting: what the register of what is kept (`core.privacy`) says, done when its time comes.

A household is forgotten in two phases (decision 0018). `forget`: its people, addresses, words and ways in are deleted, its
number is drawn anew. `part`: once all its baskets are in closed weeks, these go to an anonymous successor with another
row number, its periods are cut to months, and the secret of its pseudonyms is destroyed. The books do not move.

Each batch is one transaction and takes up what is left to do: a purge that was killed goes on where it was.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from cageot.core import sql
from cageot.core.privacy import Fate, Table, Then, blank_of, moment, register
from cageot.members.actions import folded
from cageot.members.models import Household, Member, Purge, Retention
from cageot.members.rules.retention import CLASSES, FIXED, Clock, Span, cut, last_contact, limit, month_of
from cageot.network.actions import record
from cageot.network.models import Garden, Person

BATCH = 500
NOBODY = "—"
"""The name of the contact of a household that was forgotten: pages that name a contact find one."""
FOLDERS = ("mail", "sms")
"""What is written to the home folder where no mail or SMS leaves."""


# --- Clocks -------------------------------------------------------------------------------------


def clocks() -> dict[str, Clock]:
    """What holds for each class. One query."""
    chosen = {one.data_class: Clock(one.months, one.held, one.held_why) for one in Retention.objects.all()}
    return {name: chosen.get(name, Clock(months)) for name, months in CLASSES.items()}


def set_clock(data_class: str, clock: Clock, *, by: Person | None, at: datetime) -> None:
    """How long a class is kept from now on, or that nothing of it leaves for now."""
    assert data_class in CLASSES
    months = CLASSES[data_class] if data_class in FIXED else clock.months
    values = {"months": months, "held": clock.held, "held_why": clock.held_why if clock.held else ""}
    with transaction.atomic():
        Retention.objects.update_or_create(data_class=data_class, defaults=values)
        record(
            "members.retention_set",
            by=by,
            at=at,
            about=f"members.retention:{data_class}",
            months=months,
            held=clock.held,
        )


# --- Whose time has come ------------------------------------------------------------------------


def due_households(today: date, months: int) -> QuerySet[Household]:
    """Households not forgotten yet whose last contact is out of time. Every way of having one is in the register."""
    day = limit(today, months)
    rows = Household.objects.filter(_own(day), erased_on=None)
    for table, path, contact in _contacts():
        since = table.rows._default_manager.filter(_since(contact, day), **{path: OuterRef("pk")})
        rows = rows.filter(~Exists(since))
    return rows


def contact_of(household: Household) -> date | None:
    """The day of a household's last contact; a period that still runs counts to its planned end, an open one is None."""
    days: list[date | None] = [household.joined_on, household.left_on, household.last_contact_on]
    for table, path, contact in _contacts():
        rows = table.rows._default_manager.filter(**{path: household.pk})
        first, _, last = contact.partition("..")
        if last and rows.filter(**{f"{last}__isnull": True}).exists():
            return None
        found = rows.aggregate(last=models.Max(last or first))["last"]
        days.append(found.date() if isinstance(found, datetime) else found)
    return last_contact(days)


def _contacts() -> Iterator[tuple[Table, str, str]]:
    for table in register().values():
        if table.model != "members.Household":
            yield from ((table, path, contact) for path in table.of for contact in table.contact)


def _own(day: date) -> Q:
    known = register()["members.Household"].contact
    return Q(*(Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": day}) for name in known))


def _since(contact: str, day: date) -> Q:
    first, _, last = contact.partition("..")
    if last:
        return Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": day})
    return Q(**{f"{first}__gte": moment(day) if first == "at" or first.endswith("_at") else day})


def waiting_to_part() -> QuerySet[Household]:
    """Households forgotten whose baskets are all in closed weeks: nothing keeps them from going for good."""
    basket = register()["baskets.Basket"]
    open_ones = basket.rows._default_manager.filter(
        Q(household=OuterRef("pk")) | Q(given_to=OuterRef("pk")), delivery__close=None
    )
    return Household.objects.filter(~Exists(open_ones), erased_on__isnull=False, secret__isnull=False)


@dataclass(frozen=True)
class Report:
    """What a purge would do on a day: rows by table; households by garden; classes that are held."""

    households: int
    gardens: dict[str, int]
    to_part: int
    tables: dict[str, int]
    files: int
    held: list[str]


def report(today: date) -> Report:
    """What a purge would do; nothing is written."""
    known = clocks()
    due = due_households(today, known["household"].months)
    by_garden = due.order_by("garden__name").values_list("garden__name").annotate(n=Count("pk"))
    tables = {table.model: _out_of_time(table, today, known).count() for table in _with_a_clock()}
    files = sum(1 for _ in old_files(limit(today, known["message"].months)))
    return Report(
        due.count(), dict(by_garden), waiting_to_part().count(), {name: n for name, n in tables.items() if n}, files,
        [name for name, clock in known.items() if clock.held],
    )  # fmt: skip


# --- The purge ----------------------------------------------------------------------------------


def purge(today: date, *, at: datetime, batch: int = BATCH) -> Purge:
    """Do what is due, in batches; one that stopped halfway is taken up. Classes that are held are left alone."""
    known = clocks()
    _overwrite("ON")
    run = Purge.objects.filter(ended_at=None).order_by("pk").first() or Purge(day=today, started_at=at)
    run.day = today
    run.log_before = moment(limit(today, known["log"].months))
    run.save()
    if not known["household"].held:
        _in_batches(
            run,
            "forgotten",
            due_households(today, known["household"].months),
            batch,
            lambda pks: forget(pks, today, at=at),
        )
        _in_batches(run, "parted", waiting_to_part(), batch, part)
    for table in _with_a_clock():
        if not known[table.clock].held:
            rows = _out_of_time(table, today, known)
            _in_batches(run, table.model, rows, batch, lambda pks, table=table: _sweep(table, pks, today))
    if not known["message"].held:
        for path in list(old_files(limit(today, known["message"].months))):
            path.unlink(missing_ok=True)
            run.counts["files"] = run.counts.get("files", 0) + 1
    with transaction.atomic():
        run.ended_at, run.log_before = at, None
        run.save()
        record("members.purged", by=None, at=at, about=run, **run.counts)
    _overwrite("OFF")
    return run


def _overwrite(state: str) -> None:
    """On SQLite, what is deleted is written over with zeros, and the write-ahead log keeps no trace of it."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA secure_delete={state}")
        if state == "OFF" and not connection.in_atomic_block:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _in_batches(run: Purge, name: str, rows: QuerySet[Any], batch: int, do: Any) -> None:
    """Take rows until none is left. What a batch did and its count are written together, or neither."""
    while True:
        with transaction.atomic():
            pks = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
            done = do(pks) if pks else 0
            if done:
                run.counts[name] = run.counts.get(name, 0) + done
                Purge.objects.filter(pk=run.pk).update(counts=run.counts)
        if not done:
            return


def _with_a_clock() -> list[Table]:
    return [table for table in register().values() if table.due]


def _out_of_time(table: Table, today: date, known: dict[str, Clock]) -> QuerySet[Any]:
    """The rows of a table whose own clock is over, and that still hold something."""
    assert table.due
    rows = table.rows._default_manager.filter(table.due(limit(today, known[table.clock].months)))
    if table.fate is not Fate.STAYS:
        return rows.distinct() if table.model == "baskets.DepotPhoto" else rows
    if "erased_on" in table.fields:
        return rows.filter(erased_on=None)
    return rows.filter(_holds_something(table)).distinct()


def _holds_something(table: Table) -> Q:
    left = Q()
    for name in table.named(Then.BLANK):
        empty = blank_of(_column(table, name))
        left |= Q(**{f"{name}__isnull": False}) if empty is None else ~Q(**{name: empty})
    return left


def _sweep(table: Table, pks: Sequence[Any], today: date) -> int:
    rows = table.rows._default_manager.filter(pk__in=pks)
    if table.fate is Fate.GOES:
        rows.delete()
    else:
        _empty(table, pks, today)
    return len(pks)


def _empty(table: Table, pks: Sequence[Any], today: date) -> None:
    """Empty rows that stay, as the register says of each field."""
    rows = table.rows._default_manager.filter(pk__in=pks)
    values: dict[str, Any] = {name: blank_of(_column(table, name)) for name in table.named(Then.BLANK)}
    values |= {name: TruncMonth(name) for name in table.named(Then.MONTH)}
    if "erased_on" in table.fields:
        values["erased_on"] = month_of(today)
    if values:
        rows.update(**values)
    for name in table.named(Then.RANDOM):
        column = _column(table, name)
        statement = (
            f'UPDATE "{table.rows._meta.db_table}" SET "{column.column}" = %s WHERE "{table.rows._meta.pk.column}" = %s'  # type: ignore[union-attr]  # noqa: S608
        )
        sql.execute_many(statement, [(by_chance(column), pk) for pk in pks])


def _column(table: Table, name: str) -> models.Field[Any, Any]:
    column: models.Field[Any, Any] = table.rows._meta.get_field(name)  # type: ignore[assignment]
    return column


def by_chance(column: models.Field[Any, Any]) -> str:
    """A value that nobody can guess and that repeats none: 64 bits, or as many as the column holds."""
    return secrets.token_hex(min(8, (column.max_length or 16) // 2))


def old_files(day: date) -> Iterator[Path]:
    """Mails and SMS written to the home folder before a day."""
    for folder in FOLDERS:
        for path in sorted((Path(settings.HOME) / folder).glob("*")):
            if path.is_file() and path.stat().st_mtime < moment(day).timestamp():
                yield path


# --- First phase: a household is forgotten --------------------------------------------------------


def forget(pks: Sequence[int], today: date, *, at: datetime, by: Person | None = None) -> int:
    """Delete all that says who these households are, and how to reach them. How many were still there to forget."""
    with transaction.atomic():
        rows = Household.objects.filter(pk__in=pks, erased_on=None)
        taken = list(
            rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).order_by("pk")
        )
        if not taken:
            return 0
        pks = [one.pk for one in taken]
        _forget_what_was_told(pks)
        month = month_of(today)
        Household.objects.filter(pk__in=pks, left_on=None).update(left_on=today)
        Household.objects.filter(pk__in=pks).update(erased_on=month)
        for table in register().values():
            _forget_rows(table, pks, today)
        table = register()["members.Household"]
        values = {name: blank_of(_column(table, name)) for name in table.named(Then.BLANK)}
        Household.objects.filter(pk__in=pks).update(
            **values, joined_on=TruncMonth("joined_on"), left_on=TruncMonth("left_on")
        )
        numbers = [(by_chance(_column(table, "number")), pk) for pk in pks]
        sql.execute_many("UPDATE members_household SET number = %s WHERE id = %s", numbers)
        _name_nobody(pks, {pk: number for number, pk in numbers})
        for garden, count in Counter(one.garden_id for one in taken).items():
            record("members.forgotten", by=by, at=at, garden=Garden(pk=garden), count=count)
    return len(pks)


def _forget_rows(table: Table, pks: Sequence[int], today: date) -> None:
    for path in table.of:
        if table.fate is Fate.MOVES or table.late:
            continue  # in the second phase
        rows = table.rows._default_manager.filter(**{f"{path}__in": pks})
        if table.fate is Fate.GOES:
            rows.delete()
        elif found := list(rows.values_list("pk", flat=True)):
            _empty(table, found, today)


def _forget_what_was_told(pks: Sequence[int]) -> None:
    """Messages and wishes that name these households or what is theirs, and addresses of theirs that came back."""
    labels = [f"members.household:{pk}" for pk in pks]
    for table in register().values():
        for path in table.of:
            if "__" not in path and table.fate is not Fate.MOVES and not table.late:
                found = table.rows._default_manager.filter(**{f"{path}__in": pks}).values_list("pk", flat=True)
                labels += [f"{table.rows._meta.label_lower}:{pk}" for pk in found]
    ways = Member.objects.filter(household__in=pks).values_list("email", "phone", "mobile")
    reached = {way.lower() for row in ways for way in row if way}  # as what came back is kept
    for table in register().values():
        if table.about and table.fate is Fate.GOES:
            for some in _slices(labels):
                table.rows._default_manager.filter(**{f"{table.about}__in": some}).delete()
    for some in _slices(sorted(reached)):
        register()["network.Unreachable"].rows._default_manager.filter(to__in=some).delete()


def _slices(values: Sequence[str], size: int = 5000) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _name_nobody(households: Iterable[int], numbers: dict[int, str]) -> None:
    sql.insert_all(
        Member,
        [Member(household_id=pk, contact=True, last_name=NOBODY, search=folded(numbers[pk])) for pk in households],
    )


# --- Second phase: its baskets part from what it was ------------------------------------------------


def part(pks: Sequence[int]) -> int:
    """Give what the books rest on to an anonymous successor of each household, and delete the household itself.

    Successors are made in an order drawn by chance: their numbers do not follow the former ones.
    """
    with transaction.atomic():
        taken = list(Household.objects.filter(pk__in=pks, erased_on__isnull=False, secret__isnull=False))
        if not taken:
            return 0
        secrets.SystemRandom().shuffle(taken)
        column = _column(register()["members.Household"], "number")
        made = sql.insert_all(
            Household,
            [
                Household(
                    garden_id=one.garden_id, number=by_chance(column), adults=one.adults, children=one.children,
                    commune_code=one.commune_code, joined_on=one.joined_on, left_on=one.left_on, erased_on=one.erased_on, secret=None,
                )
                for one in taken
            ],
        )  # fmt: skip
        successor = {old.pk: new.pk for old, new in zip(taken, made, strict=True)}
        _name_nobody(successor.values(), {new.pk: new.number for new in made})
        for table in register().values():
            for path in table.moves.split():
                _follow(table, path, successor)
            if "until_day" in table.named(Then.MONTH):
                _cut_periods(table, {one.pk: one.erased_on or one.joined_on for one in made})
        Household.objects.filter(pk__in=successor).delete()
    return len(successor)


def _follow(table: Table, path: str, successor: dict[int, int]) -> None:
    """Point rows to the successors, in one statement; what they hold of rows that leave now is let go in the same stroke."""
    columns = table.rows._meta.concrete_fields
    late = [one.column for one in columns if one.is_relation and one.null and _leaves_late(one.related_model)]
    column = _column(table, path).column
    letting = "".join(f', "{name}" = NULL' for name in late) if path == "household" else ""
    pairs = ", ".join(f"({old}, {new})" for old, new in successor.items())
    sql.execute(
        f'UPDATE "{table.rows._meta.db_table}" SET "{column}" = known.column2{letting} FROM (VALUES {pairs}) AS known'  # noqa: S608
        f' WHERE "{table.rows._meta.db_table}"."{column}" = known.column1'
    )


def _leaves_late(model: Any) -> bool:
    table = register().get(model._meta.label)
    return bool(table and table.late)


def _cut_periods(table: Table, ends: dict[int, date]) -> None:
    """Cut the periods of households to months. From the last to the first, so that none ever overlaps the next."""
    spans = defaultdict(list)
    rows = table.rows._default_manager.filter(household__in=ends).order_by("from_day")
    for pk, household, first, last in rows.values_list("pk", "household", "from_day", "until_day"):
        spans[household].append((pk, Span(first, last)))
    written = [
        (new.first, new.last, pk)
        for household, held in spans.items()
        for (pk, _), new in reversed(list(zip(held, cut([span for _, span in held], ends[household]), strict=True)))
    ]
    statement = f'UPDATE "{table.rows._meta.db_table}" SET from_day = %s, until_day = %s WHERE id = %s'  # noqa: S608
    sql.execute_many(statement, written)
    others = {name: TruncMonth(name) for name in table.named(Then.MONTH) if name not in ("from_day", "until_day")}
    if others:
        rows.order_by().update(**others)
