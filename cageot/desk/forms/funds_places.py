"""Territories as people write them, one a line: "41000", "Blois", "41000 Vineuil", "Loir-et-Cher", "Région Bretagne"…"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.desk.words_funds import and_
from cageot.funding.rules.conditions import parted
from cageot.network import territory

MOST = 2_000
"""More lines than the communes of any programme is a slip."""
SIGNS = 60_000
_WORDS = re.compile(r"^(r[ée]gion|d[ée]partement|d[ée]p\.?|commune|ville|intercommunalit[ée])\s+((de\s+la|de\s+l[’']|du|des|de|d[’'])\s*)?", re.I)  # fmt: skip
_POSTCODE_NAME = re.compile(r"(\d{5})\s+(.+)|(.+?)\s*\(?(\d{5})\)?")


class PlacesField(forms.CharField):
    """Places, one a line or parted by commas or semicolons; gives "commune:41018", "department:41"… in order, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=SIGNS, widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(written, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        lines = [line.strip() for line in re.split(r"[\n;,]", super().clean(value)) if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(_("C’est trop de lignes : au plus %(n)s.") % {"n": MOST})
        named = {line: read(line) for line in lines}
        if unknown := [line for line, places in named.items() if not places]:
            raise ValidationError(_not_understood(unknown))
        if inside := _within(named):
            told = _("« %(inside)s » est déjà compris dans « %(around)s » : gardez l’un des deux.")
            raise ValidationError(told % {"inside": inside[0][:40], "around": inside[1][:40]})
        return list(dict.fromkeys(place for places in named.values() for place in places))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return sorted(initial or []) != sorted(self.clean(data))
        except ValidationError:
            return True


def _within(named: dict[str, list[str]]) -> tuple[str, str] | None:
    """A line that names some of the communes of another line, a postcode that they share. Places that hold others are told
    by `contradictions`, once all are known."""
    shared: dict[str, list[str]] = defaultdict(list)
    for line, places in named.items():
        for place in places if len(places) > 1 else ():
            shared[place].append(line)
    pairs = ((line, other) for line, places in named.items() for other in shared[places[0]])
    return next(((line, other) for line, other in pairs if set(named[line]) < set(named[other])), None)


def _not_understood(lines: list[str]) -> str:
    shown = [f"« {line[:40]} »" for line in lines[:5]]
    said = ngettext(
        "Ce territoire n’est pas reconnu : %(names)s. Pour une commune, ajoutez son code postal devant son nom.",
        "Ces territoires ne sont pas reconnus : %(names)s. Pour une commune, ajoutez son code postal devant son nom.",
        len(lines),
    )
    return said % {"names": and_(shown) + ("…" if len(lines) > len(shown) else "")}


def written(place: str) -> str:
    """A territory as it is read again: "41000 Blois", "Loir-et-Cher", "Région Bretagne"."""
    word, code = parted(place)
    try:
        if word == "commune":
            one = territory.commune(code)
            return f"{one.postcodes[0]} {one.name}" if one.postcodes else one.name
        if word == "epci":
            return territory.body(code).name
        if word == "department":
            return f"Département {territory.department(code).name}"
        return next(f"Région {region.name}" for region in territory.regions() if region.code == code)
    except (KeyError, StopIteration):
        return place


def read(text: str) -> list[str]:
    """The territories that a line names: several for a postcode that communes share, none when it is not understood."""
    word, _sep, code = text.partition(":")
    if code and territory.communes_in(word.strip(), code.strip()) is not None:
        return [f"{word.strip()}:{code.strip()}"]
    if re.fullmatch(r"\d[\dAB]\d{3}", text):
        return _of_code(text)
    if re.fullmatch(r"\d{9}", text):
        return [f"epci:{text}"] if territory.communes_in("epci", text) else []
    kind = _WORDS.match(text)
    name = text[kind.end() :] if kind else text
    said = kind[1].lower()[:3] if kind else ""
    for prefixes, find in _FINDERS:
        if (not said or said in prefixes) and (found := find(name)):
            return found
    return []


def _of_code(code: str) -> list[str]:
    """A postcode, or else an INSEE code."""
    communes = territory.by_postcode(code)
    if communes:
        return [f"commune:{one.code}" for one in communes]
    return [f"commune:{code}"] if territory.communes_in("commune", code) else []


def _same(name: str, others: Iterable[tuple[str, str]]) -> list[str]:
    wanted = _bare(name)
    return [place for place, other in others if _bare(other) == wanted][:1]


def _bare(name: str) -> str:
    return territory.folded(name)


def _region(name: str) -> list[str]:
    return _same(name, ((f"region:{one.code}", one.name) for one in territory.regions()))


def _department(name: str) -> list[str]:
    if territory.communes_in("department", name.upper()):
        return [f"department:{name.upper()}"]
    return _same(name, ((f"department:{one.code}", one.name) for one in territory.departments()))


def _body(name: str) -> list[str]:
    """By its whole name, with or without what it is ("CA", "CC"…)."""
    wanted = _bare(name)
    exact = [one for one in territory.bodies() if _bare(one.name) == wanted]
    bare = exact or [one for one in territory.bodies() if re.sub(r"^(ca|cc|cu) (de la |du |des |de l |de |d )?", "", _bare(one.name)) == wanted]  # fmt: skip
    return [f"epci:{bare[0].code}"] if len(bare) == 1 else []


def _commune(name: str) -> list[str]:
    if found := _POSTCODE_NAME.fullmatch(name):
        one = territory.commune_named(found[2] or found[3], found[1] or found[4])
    else:
        one = territory.commune_named(name)
    return [f"commune:{one.code}"] if one else []


_FINDERS = (
    (("rég", "reg"), _region),
    (("dép", "dep"), _department),
    (("com", "vil"), _commune),
    (("int",), _body),
)

HELP = gettext_lazy(
    "Un par ligne : commune (avec son code postal), intercommunalité, département ou région. Vide : partout."
)
