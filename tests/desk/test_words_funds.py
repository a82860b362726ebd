"""The sentence of a fund's conditions: the table of docs/rules/funds.md is the test. And territories as people write them."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cageot.desk import words_funds as words
from cageot.desk.forms.funds_places import PlacesField, read, written
from cageot.funding.rules.conditions import Conditions
from cageot.network import territory
from tests.funding.test_tariffs import cents, points, tables


def some(text: str, sign: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(sign) if one.strip())


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize("row", tables("funds.md")[0], ids=lambda row: row[-1][:60])
def test_conditions_are_said_in_one_sentence(row: list[str]) -> None:
    places, publics, affiliations, gardens, cap, share, match, told = row
    names = dict(enumerate(sorted(some(gardens, ",")), 1))
    conditions = Conditions(
        frozenset(names), some(places, " "), some(publics, ","), some(affiliations, " "), cents(cap) if cap else None,
        points(share) if share else None, points(match) if match else None,
    )  # fmt: skip
    with translation.override("fr"):
        assert plain(words.sentence(conditions, names)) == told


def test_every_departement_and_region_has_its_article() -> None:
    with translation.override("fr"):
        for one in territory.departments():
            said = words.of_place(f"department:{one.code}")
            assert re.match(r"(du|de la|des|de) [^aeiouéèêîôâ]|de l’|d’|(de la|des|du) ", said, re.IGNORECASE), said
            assert not re.match(r"(du|de la|de) [AEIOUÉÎÔ]", said), said
        told = {words.of_place(f"region:{one.code}") for one in territory.regions()}
    assert {"d’Île-de-France", "du Grand Est", "des Hauts-de-France", "de Bretagne", "d’Occitanie"} <= told


def test_elsewhere_than_in_french_a_place_keeps_its_bare_name() -> None:
    with translation.override("en"):
        assert words.of_place("department:41") == "Loir-et-Cher"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Blois", ["commune:41018"]),
        ("Loir-et-Cher", ["department:41"]),
        ("41", ["department:41"]),
        ("2a", ["department:2A"]),
        ("Région Bretagne", ["region:53"]),
        ("région des Hauts-de-France", ["region:32"]),
        ("Blois Agglopolys", ["epci:200030385"]),
        ("200030385", ["epci:200030385"]),
        ("93200 Saint-Denis", ["commune:93066"]),
        ("St-Denis (93200)", ["commune:93066"]),
        ("Saint-Denis", []),  # several bear that name
        ("Département de la Loire", ["department:42"]),
        ("nulle part", []),
    ],
)
def test_a_territory_is_read_as_people_write_it(typed: str, meant: list[str]) -> None:
    assert read(typed) == meant


def test_a_postcode_means_all_its_communes() -> None:
    assert read("41000") == [f"commune:{one.code}" for one in territory.by_postcode("41000")]
    assert len(read("41000")) > 1


def test_what_is_written_is_read_back() -> None:
    for place in (
        "commune:41018",
        "commune:93066",
        "epci:200042174",
        "department:2A",
        "department:75",
        "region:11",
        "region:04",
    ):
        assert read(written(place)) == [place]


def test_lines_commas_and_semicolons_part_territories_and_each_counts_once() -> None:
    assert PlacesField().clean("Blois\n41 ; Bretagne, Blois") == ["commune:41018", "department:41", "region:53"]


@pytest.mark.parametrize("lines", ["41000\n41018", "41018, 41000", "41000; Blois", "41000 Blois\n41000"])
def test_a_commune_of_a_postcode_written_beside_it_is_asked_about(lines: str) -> None:
    with pytest.raises(ValidationError, match="est déjà compris dans .*41000.* gardez l’un des deux"):
        PlacesField().clean(lines)


def test_one_commune_written_two_ways_is_one_and_a_postcode_alone_is_all_of_it() -> None:
    assert PlacesField().clean("Blois\n41018\n41000 Blois") == ["commune:41018"]
    assert len(PlacesField().clean("41000\n41000")) == 5


def test_a_territory_that_is_not_understood_is_named() -> None:
    with pytest.raises(ValidationError, match="« Sildavie »"):
        PlacesField().clean("Blois, Sildavie")
