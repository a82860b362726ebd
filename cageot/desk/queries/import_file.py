"""A garden's file as facts: which column holds what, and each line as a draft of a household."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import gettext as _

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS, first_name_first, key_of, recognise
from cageot.core.tabular.names import first_names_first, parse_civility, split_full_name, without_civility
from cageot.core.tabular.people import parse_people
from cageot.core.tabular.phones import display_phone, parse_phones
from cageot.core.tabular.places import split_address, split_place
from cageot.core.tabular.table import Cell, Row, Table, UnreadableFile, text_of
from cageot.core.tabular.values import (
    BadValue,
    Read,
    Share,
    is_blank,
    parse_cents,
    parse_date,
    parse_email,
    parse_frequency,
    parse_int,
    parse_language,
    parse_name,
    parse_part,
    parse_postcode,
    parse_text,
    parse_weekday,
    parse_yes_no,
    says_nothing,
)
from cageot.core.tabular.words import plain
from cageot.desk.rules.import_facts import Draft, Remark
from cageot.network import territory

KEYS = frozenset(column.key for column in HOUSEHOLD_COLUMNS)
LABELS = {column.key: column.label for column in HOUSEHOLD_COLUMNS}
IGNORED = ""
"""What a column is mapped to when a person says that it is of no use."""
UNUSED = frozenset(("comment", "private"))
"""Understood, and left out on purpose: neither remarks on people, nor what they earn, nor their age."""

PEOPLE = 30
"""The most adults, or children, that a household may have."""


@dataclass(frozen=True)
class Columns:
    """The columns of a file: header → key of what it holds, "" when a person set it aside, None when not understood."""

    by_header: Mapping[str, str | None]

    @property
    def places(self) -> dict[str, int]:
        """Key → place in a row."""
        return {key: place for place, key in enumerate(self.by_header.values()) if key}

    @property
    def headers(self) -> dict[str, str]:
        """Key → header, as the file writes it."""
        return {key: header for header, key in self.by_header.items() if key}

    @property
    def unmapped(self) -> list[str]:
        return [header for header, key in self.by_header.items() if key is None]

    @property
    def named(self) -> bool:
        """Whether some column holds the name, without which there is no household."""
        return bool({"last_name", "full_name"} & set(self.by_header.values()))


@dataclass(frozen=True)
class Brought:
    """A file, read: its table, what its columns hold, its lines as drafts, and what there is to say of it as a whole."""

    table: Table
    columns: Columns
    drafts: tuple[Draft, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        columns = self.columns.by_header
        told = [not_kept(key) % {"name": name} for name, key in columns.items() if key in UNUSED]
        filled = [
            name for place, (name, key) in enumerate(columns.items()) if key is None and sample_of(self.table, place, 1)
        ]
        return (*self.table.notes, *told, *(self._not_read(name) for name in filled))

    def _not_read(self, header: str) -> str:
        key = key_of(header)
        other = self.columns.headers.get(key or "")
        if other:
            return _("Colonne « %(name)s » laissée de côté : « %(other)s » dit déjà la même chose.") % {
                "name": header, "other": other,
            }  # fmt: skip
        return _("Colonne « %(name)s » non comprise : laissée de côté.") % {"name": header}


def not_kept(key: str) -> str:
    """Why a column is left out on purpose; `%(name)s` is its header."""
    if key == "private":
        return _("Colonne « %(name)s » non reprise : on ne garde ni revenus, ni âge, ni dossier social.")
    return _("Colonne « %(name)s » non reprise : on ne garde pas de remarques sur les personnes.")


def read(table: Table, mapped: Mapping[str, str], each: Callable[[Iterator[Draft]], Iterable[Draft]] = iter) -> Brought:
    """The lines of a table as drafts. `each` may look at them as they come, to show how far the reading is.

    Refusals (UnreadableFile): no column holds the name, or two were mapped to the same thing.
    """
    columns = columns_of(table, mapped)
    if twice := mapped_twice(columns):
        raise UnreadableFile(
            _("Deux colonnes ne peuvent pas dire la même chose : %(names)s.")
            % {"names": ", ".join(str(LABELS[key]) for key in twice)}
        )
    if not columns.named:
        raise UnreadableFile(
            _(
                "Aucune colonne ne contient le nom des personnes. Dites laquelle, ou ajoutez une colonne « Nom ». Colonnes lues : %(names)s."
            )
            % {"names": ", ".join(table.columns[:12])}
        )
    return Brought(table, columns, tuple(each(drafts_of(table, columns))))


def columns_of(table: Table, mapped: Mapping[str, str]) -> Columns:
    """The columns that are recognised, and over them those that a person mapped by hand (headers compared plainly)."""
    by_hand = {plain(header): key for header, key in mapped.items()}
    found = {header: by_hand.get(plain(header), key) for header, key in recognise(table.columns).items()}
    chosen = {key for header, key in found.items() if key and plain(header) in by_hand}
    # What a person says of one column takes it away from another that was only recognised.
    return Columns(
        {header: None if key in chosen and plain(header) not in by_hand else key for header, key in found.items()}
    )


def taught(table: Table, mapped: Mapping[str, str]) -> dict[str, str]:
    """What a person said of the columns that recognising them would not have told: worth remembering."""
    return {header: key for header, key in mapped.items() if recognise(table.columns).get(header, key) != key}


def mapped_twice(columns: Columns) -> list[str]:
    """Keys that two columns claim, both by hand."""
    keys = [key for key in columns.by_header.values() if key and key not in UNUSED]
    return sorted({key for key in keys if keys.count(key) > 1})


def drafts_of(table: Table, columns: Columns) -> Iterator[Draft]:
    """Each line as a draft; what could not be read is told in its `problems`, what was mended in its `notes`."""
    readers = [(place, key, _reader(key, columns, table)) for key, place in columns.places.items() if key not in UNUSED]
    return (_draft(row, readers) for row in table.rows)


def written_in(table: Table, columns: Columns) -> Callable[[int, str], str]:
    """A function that gives back what a line of the file wrote in a column."""
    rows, places = {row.line: row for row in table.rows}, columns.places
    return lambda line, key: text_of(rows[line].cells[places[key]]) if key in places else ""


# --- A line ------------------------------------------------------------------------------------------

Attempt = Callable[[Cell], "Read[Any] | BadValue | None"]
"""What a cell says, why it cannot be read, or None when it is blank."""


def _reader(key: str, columns: Columns, table: Table) -> Attempt:
    """How cells of a column are read. The same cell is read once: sizes, depots and dates come again and again."""
    readers: dict[str, Callable[[Cell], Read[Any]]] = {
        "number": _number,
        "civility": parse_civility,
        "last_name": parse_name,
        "first_name": parse_name,
        "full_name": partial(split_full_name, first_name_first=key == "full_name" and _order(columns, table)),
        "address": partial(parse_text, limit=200),
        "address_more": partial(parse_text, limit=100),
        "commune": partial(parse_text, limit=80),
        "postcode": parse_postcode,
        "phone": parse_phones,
        "mobile": parse_phones,
        "email": parse_email,
        "adults": partial(parse_int, most=PEOPLE),
        "children": partial(parse_int, most=PEOPLE),
        "household_size": parse_people,
        "language": parse_language,
        "frequency": _frequency,
        "support_from": parse_date,
        "until": _until,
        "member_part": parse_part,
        "membership_paid_on": _paid_on,
        "weekday": parse_weekday,
    }
    read = readers.get(key, partial(parse_text, limit=120))

    @lru_cache(maxsize=4096)
    def attempt(cell: Cell) -> Read[Any] | BadValue | None:
        try:
            if key in MAY_SAY_NOTHING and says_nothing(cell):
                return Read(None, _("« %(text)s » : lu comme une case vide.") % {"text": text_of(cell).strip()})
            return None if is_blank(cell) else read(cell)
        except BadValue as bad:
            return bad

    return attempt


MAY_SAY_NOTHING = frozenset(
    (
        "address_more",
        "email",
        "phone",
        "mobile",
        "address",
        "postcode",
        "commune",
        "language",
        "until",
        "civility",
        "weekday",
    )
)
"""Where "néant" or "NC" is a way to leave the cell empty."""


def _order(columns: Columns, table: Table) -> bool:
    """Whether full names are written first name first: as their header says, unless the names themselves say otherwise."""
    place = columns.places["full_name"]
    seen = first_names_first(row.cells[place] for row in table.rows[:2_000])
    return first_name_first(columns.headers["full_name"]) if seen is None else seen


def _number(cell: Cell) -> Read[str]:
    return Read(parse_text(cell, limit=20).value.removesuffix(",0"))


_OPEN = frozenset(
    ("en cours", "indetermine", "indeterminee", "illimite", "illimitee", "sans fin", "tacite", "a definir")
)


def _until(cell: Cell) -> Read[Any]:
    if plain(text_of(cell)) in _OPEN:
        return Read(None, _("« %(text)s » : lu sans date de fin.") % {"text": text_of(cell).strip()})
    return parse_date(cell)


def _paid_on(cell: Cell) -> Read[Any]:
    """The day; "oui" or an amount says that it was paid, not when: a membership has a first day."""
    try:
        return parse_date(cell)
    except BadValue:
        for reader in (parse_yes_no, parse_cents):
            with suppress(BadValue):
                return Read(None, _("Sans la date, la cotisation n’est pas notée.") if reader(cell).value else "")
        raise


def _frequency(cell: Cell) -> Read[str]:
    """Words that are not understood are kept, for a person to say what they mean."""
    try:
        read = parse_frequency(cell)
        return Read(str(read.value), read.note)
    except BadValue:
        return parse_text(cell, limit=120)


def _draft(row: Row, readers: Sequence[tuple[int, str, Attempt]]) -> Draft:
    values: dict[str, Any] = {}
    problems = [Remark("broken_line", "", {"message": row.trouble})] if row.trouble else []
    notes: list[Remark] = []
    for place, key, attempt in readers:
        cell = row.cells[place]
        read = attempt(cell) if cell else None
        if read is None:
            continue
        if isinstance(read, BadValue):
            problems.append(Remark("unreadable", key, {"message": read.message, "suggestion": read.suggestion}))
            continue
        if read.value is not None:
            values[key] = read.value
        if read.note:
            notes.append(Remark("mended", key, {"message": read.note}))
    _complete(values, problems, notes)
    return Draft(row.line, **values, problems=tuple(problems), notes=tuple(notes))


def _complete(values: dict[str, Any], problems: list[Remark], notes: list[Remark]) -> None:
    """What one cell says of several fields, and what several say together."""
    _names(values, problems)
    _phones(values)
    _people(values, notes)
    _commune(values, problems)
    _money(values, notes)


def _names(values: dict[str, Any], problems: list[Remark]) -> None:
    if full := values.pop("full_name", None):
        values.setdefault("last_name", full.last_name[:80])
        values.setdefault("first_name", full.first_name[:80])
        if full.civility:
            values.setdefault("civility", full.civility)
    elif "last_name" in values:
        civility, values["last_name"] = without_civility(values["last_name"])
        if civility:
            values.setdefault("civility", civility)
    unread = any(problem.column in ("last_name", "full_name") or problem.code == "broken_line" for problem in problems)
    if "last_name" not in values and not unread:
        problems.append(Remark("no_name", "last_name"))


def _phones(values: dict[str, Any]) -> None:
    """Two numbers in one cell fill both fields; a mobile written alone as the telephone is the mobile."""
    numbers = [*values.pop("phone", ()), *(mobiles := values.pop("mobile", ()))]
    if len(numbers) == 1:
        values["mobile" if mobiles or _is_mobile(numbers[0]) else "phone"] = numbers[0]
    elif len(numbers) > 1:
        first, second = numbers[0], mobiles[0] if mobiles else numbers[1]
        if not mobiles and _is_mobile(first) and not _is_mobile(second):
            first, second = second, first
        values["phone"], values["mobile"] = first, second


def _is_mobile(number: str) -> bool:
    return number.startswith(("+336", "+337")) or display_phone(number).startswith(("06", "07"))


def _people(values: dict[str, Any], notes: list[Remark]) -> None:
    """A number of people without more is that many adults, and told; with adults, the rest are children."""
    said = values.pop("household_size", None)
    if said is None:
        return
    if said.everybody is None:
        for name, count in (("adults", said.adults), ("children", said.children)):
            if count is not None:
                values.setdefault(name, min(count, PEOPLE))
        return
    people = min(said.everybody, 2 * PEOPLE)
    if "adults" in values and "children" in values:
        return
    if "adults" in values:
        values["children"] = max(people - values["adults"], 0)
    elif "children" in values:
        values["adults"] = max(people - values["children"], 1)
    else:
        values["adults"] = people
        if people > 1:
            notes.append(Remark("all_adults", "household_size", {"people": people}))


def _commune(values: dict[str, Any], problems: list[Remark]) -> None:
    """The INSEE code of the commune. A postcode that lost a figure must at least fit its commune."""
    if more := values.pop("address_more", ""):
        values["address"] = f"{values['address']}, {more}"[:200] if values.get("address") else more
    if "commune" in values:
        found, values["commune"] = split_place(values["commune"])
        values["commune"] = values["commune"][:80]
        if found:
            values.setdefault("postcode", found)
    elif "address" in values and "postcode" not in values:
        values["address"], postcode, town = split_address(values["address"])
        if postcode:
            values["postcode"], values["commune"] = postcode, town
    town, postcode = values.get("commune", ""), values.get("postcode", "")
    code, elsewhere = _place(town, postcode) if town else ("", "")
    if code:
        values["commune_code"] = code
    elif elsewhere and postcode.startswith("0"):
        problems.append(
            Remark("other_department", "postcode", {"postcode": postcode, "town": town, "postcodes": elsewhere})
        )


def _money(values: dict[str, Any], notes: list[Remark]) -> None:
    """A share of the price is kept as such. A column Tarif that holds amounts says what the member pays."""
    part = values.get("member_part")
    if isinstance(part, Share):
        del values["member_part"]
        values["member_share"] = part.bp
    elif part is None and (amount := _amount(values.get("tariff", ""))) is not None:
        values["member_part"] = amount
        notes.append(Remark("amount_as_tariff", "tariff", {"amount": amount}))
        del values["tariff"]


@lru_cache(maxsize=4096)
def _amount(words: str) -> int | None:
    try:
        return parse_cents(words).value if words[:1].isdigit() else None
    except BadValue:
        return None


@lru_cache(maxsize=4096)
def _place(town: str, postcode: str) -> tuple[str, str]:
    """The commune's code; else the postcodes of the only commune so named, which is elsewhere."""
    if found := territory.commune_named(town, postcode or None):
        return found.code, ""
    elsewhere = territory.commune_named(town)
    return "", " ".join(elsewhere.postcodes[:3]) if elsewhere and elsewhere.postcodes else ""


def sample_of(table: Table, place: int, count: int = 3) -> list[str]:
    """The first different values of a column, to recognise it by."""
    cells: Iterable[str] = (text_of(row.cells[place]).strip() for row in table.rows[:200])
    return list(dict.fromkeys(cell for cell in cells if cell))[:count]
