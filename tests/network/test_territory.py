"""What a person meets of the territory: towns found as they write them, and put where they are on the map."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cageot.network import territory
from cageot.network.rules import geo

MAP = Path(territory.__file__).parent / "static" / "network" / "france.svg"
Ring = list[tuple[int, int]]


def test_a_commune_says_where_it_is() -> None:
    blois = territory.commune("41018")
    assert (blois.name, blois.department, blois.region, blois.postcodes) == ("Blois", "41", "24", ("41000",))
    assert blois.longitude == pytest.approx(1.334, abs=0.02)
    assert blois.latitude == pytest.approx(47.588, abs=0.02)
    assert blois.exact


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        territory.commune("41999")


def test_the_whole_country_is_there() -> None:
    codes = [place.code for place in territory.departments()]
    assert len([code for code in codes if len(code) == 2]) == 96
    assert {"971", "972", "973", "974", "976"} <= set(codes)
    assert len(territory.regions()) == 18
    assert territory.department("2A").region_name == "Corse"
    assert territory.commune("97411").name == "Saint-Denis"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("blo", "Blois"),
        ("St Eti", "Saint-Étienne"),
        ("hay les roses", "L’Haÿ-les-Roses"),
        ("vitry s/ seine", "Vitry-sur-Seine"),
        ("41000", "Blois"),
        ("blois 41", "Blois"),
        ("oeuf", "Œuf-en-Ternois"),
        ("ÉVREUX", "Évreux"),
    ],
)
def test_typing_finds_the_town(typed: str, first: str) -> None:
    assert territory.find(typed)[0].name == first


def test_a_small_town_is_found_by_its_whole_name_before_larger_ones() -> None:
    assert [town.name for town in territory.find("Ars", limit=3)] == ["Ars", "Ars", "Ars-sur-Moselle"]


def test_among_namesakes_the_most_populated_comes_first() -> None:
    populations = [town.population for town in territory.find("Saint-Denis", limit=4) if town.name == "Saint-Denis"]
    assert populations == sorted(populations, reverse=True)


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "(", "*?", "\n"])
def test_typing_nothing_useful_finds_nothing(typed: str) -> None:
    assert territory.find(typed) == []


def test_a_list_is_never_longer_than_asked() -> None:
    assert len(territory.find("saint", limit=7)) == 7


def test_a_postcode_gives_its_communes() -> None:
    assert [town.name for town in territory.by_postcode("41000")][:2] == ["Blois", "Villebarou"]
    assert territory.by_postcode("1000") == territory.by_postcode("01000") != ()
    assert territory.by_postcode("00000") == ()


@pytest.mark.parametrize(
    ("name", "postcode", "code"),
    [
        ("BLOIS", None, "41018"),
        ("ST DENIS", "93200", "93066"),
        ("St-Denis", "97400", "97411"),
        ("Ste Geneviève des Bois", "91700", "91549"),
        ("Rochelle (La)", "17000", "17300"),
        ("l'abergement clemenciat", "1400", "01001"),
        ("Vitry s/ Seine", "94400", "94081"),
        ("Paris 12e", "75012", "75056"),
        ("Lyon 7e arrondissement", "69007", "69123"),
        ("Blois Cedex 3", "41007", "41018"),
        ("Ajaccio", "20090", "2A004"),
        ("Oeting", "57600", "57521"),
    ],
)
def test_an_address_finds_its_commune_however_it_is_written(name: str, postcode: str | None, code: str) -> None:
    found = territory.commune_named(name, postcode)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("name", "postcode"), [("Saint-Denis", None), ("Nulle-Part", "41000"), ("", None)])
def test_no_commune_is_guessed(name: str, postcode: str | None) -> None:
    assert territory.commune_named(name, postcode) is None


def test_the_map_shows_each_departement_once() -> None:
    drawn = re.findall(r'<path id="d(\w+)"', MAP.read_text())
    shown = [place.code for place in territory.departments() if len(place.code) == 2 or geo.inset(place.code)]
    assert sorted(drawn) == sorted(shown)


def test_the_map_is_light() -> None:
    assert MAP.stat().st_size <= 45_000


def test_the_map_takes_its_colours_from_the_page() -> None:
    inside = MAP.read_text().split('<g id="departments"')[1]
    assert not re.search(r"\b(fill|stroke|style|class)=", inside)


def test_towns_fall_in_their_own_departement() -> None:
    outlines = {code: list(rings(path)) for code, path in re.findall(r'id="d(\w+)" d="([^"]+)"', MAP.read_text())}
    towns = [town for code in outlines for town in territory.find(code, limit=30) if town.department == code]
    placed = [(town, geo.project(town.longitude, town.latitude)) for town in towns]
    assert all(point for _, point in placed)
    outside = [town.name for town, point in placed if point and not holds(outlines[town.department], point)]
    assert len(towns) > 2_000
    assert len(outside) <= len(towns) * 0.02, outside


def test_overseas_gardens_stand_in_their_box() -> None:
    for box in geo.INSETS:
        point = geo.inset(box.department)
        town = territory.find(box.department, limit=1)[0]
        placed = geo.project(town.longitude, town.latitude)
        assert point is not None and placed is not None
        assert abs(placed.x - point.x) <= box.WIDTH / 2
        assert abs(placed.y - point.y) <= box.HEIGHT / 2


def test_what_the_map_does_not_show_has_no_place_on_it() -> None:
    noumea = territory.commune("98818")
    assert not noumea.exact
    assert geo.project(noumea.longitude, noumea.latitude) is None
    assert geo.inset("41") is None


def test_a_kilometre_is_a_unit() -> None:
    """Lambert-93 at its origin, 3° E 46.5° N, is 700 km E, 6,600 km N (IGN)."""
    origin = geo.project(3, 46.5)
    assert origin is not None
    assert origin == pytest.approx((700 - 96, 7114 - 6600), abs=0.01)


def rings(path: str) -> Iterator[Ring]:
    for start, moves in re.findall(r"M(-?\d+ -?\d+)l([^z]*)z", path):
        corners = [(int(start.split()[0]), int(start.split()[1]))]
        numbers = [int(number) for number in re.findall(r"-?\d+", moves)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            corners.append((corners[-1][0] + right, corners[-1][1] + down))
        yield corners


def holds(outline: list[Ring], point: geo.Point) -> bool:
    sides = (side for ring in outline for side in zip(ring, ring[1:] + ring[:1], strict=True))
    return sum(crosses(point, a, b) for a, b in sides) % 2 == 1


def crosses(point: geo.Point, a: tuple[int, int], b: tuple[int, int]) -> bool:
    return (a[1] > point.y) != (b[1] > point.y) and point.x < (b[0] - a[0]) * (point.y - a[1]) / (b[1] - a[1]) + a[0]
