"""French communes, their intermunicipal bodies, départements and regions, offline.

Read once, on first use, from `data/` (made by `bin/territory`; sources, licences and precision in
docs/data-sources.md). Communes are those of the Code officiel géographique of 2026; the codes of communes that
have since merged are not known here.

The rows stay packed text and a `Commune` is made when asked for: 35,000 objects would cost every process
time and memory for the few hundred communes a network ever meets.
"""

import gzip
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice

__all__ = [
    "Body",
    "Commune",
    "Department",
    "Region",
    "bodies",
    "body",
    "by_postcode",
    "commune",
    "commune_named",
    "communes_in",
    "department",
    "departments",
    "find",
    "folded",
    "regions",
]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune with the place of its town hall (or its middle), in degrees WGS 84 to about 100 m.

    `exact` is False when the place is only an estimate from the communes around.
    """

    code: str
    name: str
    department: str
    region: str
    postcodes: tuple[str, ...]
    longitude: float
    latitude: float
    population: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    region: str
    region_name: str


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Body:
    """An intermunicipal body (EPCI), by its SIREN, and the INSEE codes of its communes."""

    code: str
    name: str
    communes: frozenset[str]


def commune(code: str) -> Commune:
    """The commune of that INSEE code; KeyError when there is none."""
    return _at(_register().places[code])


def by_postcode(postcode: str) -> tuple[Commune, ...]:
    """The communes served by that postcode, most populated first; empty when there is none."""
    return tuple(map(_at, _places_by_postcode().get(_five_digits(postcode), ())))


def find(text: str, limit: int = 10) -> list[Commune]:
    """Communes whose name or postcode has words beginning with those of the text, in that order.

    Same name first, then names that begin so, then the rest; most populated first in each.
    Case, accents, hyphens and "St" for "Saint" do not matter.
    """
    words = _fold(text).split()
    wanted = r"[^\n]* ".join(words)
    found: dict[int, None] = {}
    for pattern in (f"\n {wanted};", f"\n {wanted}", f" {wanted}") if words else ():
        found.update(dict.fromkeys(islice(_places_matching(pattern), limit)))
        if len(found) >= limit:
            break
    return [_at(place) for place in islice(found, limit)]


@lru_cache(maxsize=256)
def largest(department: str, limit: int) -> tuple[Commune, ...]:
    """The largest communes of a département, by population."""
    places = (place for place, row in enumerate(_register().rows) if _department_code(row[:5]) == department)
    return tuple(_at(place) for place in islice(places, limit))


def commune_named(name: str, postcode: str | None = None) -> Commune | None:
    """The one commune so written in an address; None when no commune or several may be meant.

    Case, accents, hyphens, "St" for "Saint", a missing article, "Cedex" and the number of an arrondissement do
    not matter. A postcode that lost its leading zero is mended; one that is not in the table (Cedex) still tells
    the département.
    """
    namesakes = _places_by_name().get(_plain(name), ())
    if not postcode:
        return _only(namesakes)
    code = _five_digits(postcode)
    return _only(_served_by(namesakes, code)) or _only(_in_department(namesakes, code))


@lru_cache(maxsize=512)
def communes_in(word: str, code: str) -> frozenset[str] | None:
    """The INSEE codes of a "commune", an "epci", a "department" or a "region"; None for a place that is not known."""
    if word == "commune":
        return frozenset((code,)) if code in _register().places else None
    if word == "epci":
        return _bodies()[code].communes if code in _bodies() else None
    if word == "department":
        codes = {code} & _departments().keys()
    elif word == "region":
        codes = {one.code for one in departments() if one.region == code}
    else:
        codes = set()
    return frozenset(place for place in _register().places if _department_code(place) in codes) if codes else None


def folded(name: str) -> str:
    """A name as names are compared: no case, accents or hyphens, "St" for "Saint"."""
    return _fold(name)


def department(code: str) -> Department:
    """The département, or overseas territory, of that code; KeyError when there is none."""
    return _departments()[code]


def departments() -> tuple[Department, ...]:
    """Départements and overseas territories, by code."""
    return tuple(_departments().values())


def body(code: str) -> Body:
    """The intermunicipal body of that code; KeyError when there is none."""
    return _bodies()[code]


def bodies() -> tuple[Body, ...]:
    """The intermunicipal bodies that levy taxes, by code."""
    return tuple(_bodies().values())


def regions() -> tuple[Region, ...]:
    """The eighteen regions, by name as a French reader sorts it; overseas territories belong to none."""
    found = {Region(each.region, each.region_name) for each in departments() if len(each.region) == 2}
    return tuple(sorted(found, key=lambda region: _fold(region.name)))


# ------------------------------------------------------------------ the table


@dataclass(frozen=True, slots=True)
class _Register:
    """Rows in the file's order (most populated first), their places by INSEE code, and all of it folded.

    `folded` has one line a row, such as ` saint etienne; 42000 42100`, after a first line break.
    """

    rows: list[str]
    places: dict[str, int]
    folded: str


@lru_cache(maxsize=1)
def _register() -> _Register:
    packed = resources.files(__package__).joinpath("data/communes.tsv.gz").read_bytes()
    rows = gzip.decompress(packed).decode().splitlines()[1:]
    places = {row[:5]: place for place, row in enumerate(rows)}
    fields = (row.split("\t", 3) for row in rows)
    return _Register(
        rows,
        places,
        _bare("\n " + "\n ".join(f"{name}; {codes}" for _, name, codes, _ in fields)),
    )


@lru_cache(maxsize=1)
def _bodies() -> dict[str, Body]:
    packed = resources.files(__package__).joinpath("data/bodies.tsv.gz").read_bytes()
    rows = (row.split("\t") for row in gzip.decompress(packed).decode().splitlines()[1:])
    return {code: Body(code, name, frozenset(communes.split())) for code, name, communes in rows}


@lru_cache(maxsize=1)
def _departments() -> dict[str, Department]:
    text = resources.files(__package__).joinpath("data/departments.json").read_text()
    return {row["code"]: Department(**row) for row in json.loads(text)}


@lru_cache(maxsize=1)
def _places_by_postcode() -> dict[str, tuple[int, ...]]:
    return _grouped((code, place) for place, row in enumerate(_register().rows) for code in row.split("\t")[2].split())


@lru_cache(maxsize=1)
def _places_by_name() -> dict[str, tuple[int, ...]]:
    lines = _register().folded.split("\n ")[1:]
    return _grouped((_without_article(line.partition(";")[0]), place) for place, line in enumerate(lines))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for key, place in pairs:
        groups[key].append(place)
    return {key: tuple(places) for key, places in groups.items()}


@lru_cache(maxsize=2048)
def _at(place: int) -> Commune:
    code, name, postcodes, population, longitude, latitude, point = _register().rows[place].split("\t")
    home = department(_department_code(code))
    return Commune(
        code=code,
        name=name,
        department=home.code,
        region=home.region,
        postcodes=tuple(postcodes.split()),
        longitude=float(longitude),
        latitude=float(latitude),
        population=int(population),
        exact=point != "a",
    )


def _postcodes(place: int) -> str:
    return _register().rows[place].split("\t", 3)[2]


def _only(places: Iterable[int]) -> Commune | None:
    found = list(places)
    return _at(found[0]) if len(found) == 1 else None


def _places_matching(pattern: str) -> Iterator[int]:
    folded = _register().folded
    place, seen = -1, 0
    for match in re.finditer(pattern, folded):
        place += folded.count("\n", seen, match.start() + 1)
        seen = match.start() + 1
        yield place


def _served_by(places: Iterable[int], postcode: str) -> list[int]:
    return [place for place in places if postcode in _postcodes(place).split()]


def _in_department(places: Iterable[int], postcode: str) -> list[int]:
    """Those whose postcodes begin like this one: in Corsica their INSEE codes do not."""
    length = 3 if postcode[:2] in ("97", "98") else 2
    return [place for place in places if _postcodes(place)[:length] == postcode[:length]]


def _department_code(code: str) -> str:
    return code[:3] if code[:2] in ("97", "98") else code[:2]


# ------------------------------------------------------------------ how people write names


_SHORT_FORMS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "s": "sur",
}
_SHORT = re.compile(r"\b(stes|sts|ste|st|s(?=/))(?![a-z])")
# What follows the name of a town in an address: "Paris 12e", "Lyon 7e arrondissement", "Blois Cedex 3".
_TAIL = re.compile(r" (cedex|arrondissement|\d+(er|e|eme)?)(?= |$)")
_ARTICLE = re.compile(r"^(le|la|les|l) | (le|la|les|l)$")
_SPELT_OUT = (("œ", "oe"), ("æ", "ae"), ("’", " "))
_TO_SPACE = bytes.maketrans(b"'-_./()", b"       ")


def _fold(text: str) -> str:
    """What a person wrote, as the names are folded, with the usual short forms spelt out."""
    words = _SHORT.sub(lambda short: _SHORT_FORMS[short[0]], " ".join(text.lower().split()))
    return "".join(sign for sign in _bare(words) if sign.isalnum() or sign == " ").strip()


def _bare(text: str) -> str:
    """Lower case, no accents, words parted by one space; made of few passes, as it folds the whole table."""
    text = text.lower()
    for sign, spelt in _SPELT_OUT:
        text = text.replace(sign, spelt)
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").translate(_TO_SPACE).decode()
    return plain.replace("   ", " ").replace("  ", " ").replace(" ;", ";")


def _plain(name: str) -> str:
    """The folded name without what addresses add or leave out."""
    return _without_article(_TAIL.sub("", _fold(name)))


def _without_article(folded: str) -> str:
    return _ARTICLE.sub("", folded)


def _five_digits(postcode: str) -> str:
    return "".join(re.findall(r"\d", postcode)).zfill(5)
