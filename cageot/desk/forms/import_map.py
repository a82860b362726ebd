"""The correspondences of a file, as a JSON that a person may write, download and give again.

{"columns": {"Mon titre": "last_name", "Divers": ""},
 "values": {"depots": {"Gare": "Gare de Blois"}, "sizes": {"P": "petit"}, "partners": {"C.C.A.S.": "CCAS de Blois"},
            "tariffs": {"QF 1": "Solidaire"}, "frequencies": {"1/2 A": "semaines paires"}},
 "create": {"depots": {"Gare": {"weekday": 4}}, "sizes": {"Moyen": {"price": "10,00"}}, "agreements": ["CCAS de Vendôme"]}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS, key_of
from cageot.core.tabular.values import BadValue, amount_text, parse_cents, parse_frequency
from cageot.core.tabular.words import plain
from cageot.desk.rules.import_facts import Answers
from cageot.desk.rules.importing import FREQUENCIES

NAMES = {"depot": "depots", "size": "sizes", "partner": "partners", "tariff": "tariffs", "frequency": "frequencies"}
_KEYS = {column.key for column in HOUSEHOLD_COLUMNS}
_WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


class BadMap(Exception):
    """The correspondences cannot be understood. `str(error)` says where, and what to write."""


@dataclass(frozen=True)
class FileMap:
    """What was said of a file: header → key ("" to set it aside), kind → words → meaning, and what to create."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    depots: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    agreements: frozenset[str] = frozenset()

    def over(self, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> FileMap:
        """These correspondences over those remembered from former files."""
        merged = {kind: {**values.get(kind, {}), **self.values.get(kind, {})} for kind in {*values, *self.values}}
        return FileMap({**columns, **self.columns}, merged, self.depots, self.sizes, self.agreements)

    def answers(self, kept: frozenset[int] | None = frozenset()) -> Answers:
        return Answers(self.values, self.depots, self.sizes, self.agreements, kept)

    def as_json(self) -> dict[str, Any]:
        """As `read_map` reads it."""
        return {
            "columns": dict(self.columns),
            "values": {NAMES[kind]: dict(found) for kind, found in self.values.items() if found},
            "create": {
                "depots": {words: {"weekday": weekday} for words, weekday in self.depots.items()},
                "sizes": {words: {"price": amount_text(cents)} for words, cents in self.sizes.items()},
                "agreements": sorted(self.agreements),
            },
        }


def read_map(text: str) -> FileMap:
    """The correspondences written in a JSON. Refusal: BadMap."""
    try:
        found = json.loads(text)
    except ValueError:
        raise BadMap(_("Le fichier des correspondances n’est pas un JSON juste.")) from None
    root = _table(found, _("le fichier"))
    create = _table(root.get("create", {}), "create")
    _only(root, ("columns", "values", "create"), _("le fichier"))
    _only(create, ("depots", "sizes", "agreements"), "create")
    return FileMap(
        {str(header): _key(str(header), key) for header, key in _table(root.get("columns", {}), "columns").items()},
        _values(_table(root.get("values", {}), "values")),
        {str(words): weekday(said) for words, said in _table(create.get("depots", {}), "create.depots").items()},
        {str(words): _price(said) for words, said in _table(create.get("sizes", {}), "create.sizes").items()},
        frozenset(map(str, create.get("agreements", ()))),
    )


def _table(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise BadMap(_("Dans les correspondances, %(where)s doit être un objet entre accolades.") % {"where": where})
    return found


def _only(found: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in found:
        if name not in names:
            raise BadMap(_("Dans les correspondances, « %(name)s » n’a pas sa place dans %(where)s. Possibles : %(names)s.")
                         % {"name": name, "where": where, "names": ", ".join(names)})  # fmt: skip


def _key(header: str, key: Any) -> str:
    """A column by its key or by one of its names; nothing sets the header aside."""
    if not key:
        return ""
    found = key if key in _KEYS else key_of(str(key))
    if found is None:
        raise BadMap(_("La colonne « %(header)s » ne peut pas être « %(key)s ». Possibles : %(keys)s.")
                     % {"header": header, "key": key, "keys": ", ".join(sorted(_KEYS))})  # fmt: skip
    return str(found)


def _values(found: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    kinds = {**{plural: kind for kind, plural in NAMES.items()}, **{kind: kind for kind in NAMES}}
    _only(found, tuple(kinds), "values")
    return {
        kinds[name]: {
            str(words): _meaning(kinds[name], str(words), str(said)) for words, said in _table(some, name).items()
        }
        for name, some in found.items()
    }


def _meaning(kind: str, words: str, said: str) -> str:
    if kind != "frequency" or said in FREQUENCIES:
        return said
    try:
        return parse_frequency(said).value
    except BadValue as bad:
        raise BadMap(f"« {words} » : {bad.message}") from None


def weekday(said: Any) -> int:
    """A weekday by its number (1 Monday) or its name. Refusal: BadMap."""
    value = said.get("weekday") if isinstance(said, dict) else said
    name = plain(str(value))
    if name in _WEEKDAYS:
        return _WEEKDAYS.index(name) + 1
    if name.isdecimal() and 1 <= int(name) <= 7:
        return int(name)
    raise BadMap(
        _("« %(said)s » n’est pas un jour. Écrivez par exemple %(day)s.") % {"said": value, "day": WEEKDAYS[3]}
    )


def _price(said: Any) -> int:
    value = said.get("price") if isinstance(said, dict) else said
    try:
        return parse_cents(str(value)).value
    except BadValue as bad:
        raise BadMap(f"create.sizes : {bad.message}") from None
