"""Where a place falls on the programme's map of France.

One map unit is one kilometre. Metropolitan France and Corsica are drawn in Lambert-93, the legal projection of
France (GRS80 ellipsoid; formulas and constants: IGN, NTG 71 "Projection cartographique conique conforme de
Lambert"), with north up and y growing downwards as in SVG. The five overseas départements each have a box at the
bottom left, at a scale of their own. The map itself (`static/network/france.svg`) is drawn with these functions,
so points and outlines agree by construction.
"""

from dataclasses import dataclass
from math import atanh, cos, exp, radians, sin
from typing import NamedTuple

WIDTH = 1150
HEIGHT = 1072

# Lambert-93, lengths in kilometres.
_ECCENTRICITY = 0.0818191910428158
_EXPONENT = 0.7256077650532670
_RADIUS = 11754.2554261
_FALSE_EAST, _FALSE_NORTH = 700.0, 12655.6120499
_MERIDIAN = radians(3)

# Lambert-93 coordinates of the map's top left corner.
_LEFT, _TOP = 96.0, 7114.0


class Point(NamedTuple):
    """A place on the map, in map units from its top left corner."""

    x: float
    y: float


@dataclass(frozen=True)
class Inset:
    """The box of an overseas département: what it shows, in degrees, and its top left corner on the map."""

    department: str
    name: str
    west: float
    south: float
    east: float
    north: float
    left: float
    top: float

    WIDTH = 94
    HEIGHT = 100
    LABEL = 22
    MARGIN = 5

    @property
    def centre(self) -> Point:
        return Point(self.left + self.WIDTH / 2, self.top + (self.HEIGHT - self.LABEL) / 2)

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def project(self, longitude: float, latitude: float) -> Point:
        middle_longitude, middle_latitude = (self.west + self.east) / 2, (self.south + self.north) / 2
        shrink = cos(radians(middle_latitude))
        scale = min(
            (self.WIDTH - 2 * self.MARGIN) / ((self.east - self.west) * shrink),
            (self.HEIGHT - self.LABEL - self.MARGIN) / (self.north - self.south),
        )
        return Point(
            self.centre.x + (longitude - middle_longitude) * shrink * scale,
            self.centre.y - (latitude - middle_latitude) * scale,
        )


INSETS = (
    Inset("971", "Guadeloupe", -61.82, 15.82, -61.00, 16.53, left=2, top=756),
    Inset("972", "Martinique", -61.24, 14.38, -60.80, 14.89, left=2, top=864),
    Inset("973", "Guyane", -54.61, 2.11, -51.61, 5.76, left=2, top=972),
    Inset("974", "La Réunion", 55.21, -21.40, 55.84, -20.87, left=104, top=864),
    Inset("976", "Mayotte", 45.01, -13.01, 45.31, -12.63, left=104, top=972),
)


def project(longitude: float, latitude: float) -> Point | None:
    """The place on the map, from degrees (WGS 84); None for what the map does not show."""
    if -5.3 <= longitude <= 9.7 and 41.3 <= latitude <= 51.2:
        return _lambert(longitude, latitude)
    for box in INSETS:
        if box.holds(longitude, latitude):
            return box.project(longitude, latitude)
    return None


def inset(department: str) -> Point | None:
    """The middle of an overseas département's box; None for the other départements."""
    return next((box.centre for box in INSETS if box.department == department), None)


def _lambert(longitude: float, latitude: float) -> Point:
    sine = sin(radians(latitude))
    isometric = atanh(sine) - _ECCENTRICITY * atanh(_ECCENTRICITY * sine)
    radius = _RADIUS * exp(-_EXPONENT * isometric)
    angle = _EXPONENT * (radians(longitude) - _MERIDIAN)
    east = _FALSE_EAST + radius * sin(angle)
    north = _FALSE_NORTH - radius * cos(angle)
    return Point(east - _LEFT, _TOP - north)
