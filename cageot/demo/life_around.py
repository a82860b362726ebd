"""Around the demonstration's workshops: what they cost and who pays, people enrolled by who refers them, a sheet and three photos
drawn by code."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from struct import pack

from django.db import transaction

from cageot.demo.season import Stage, moment
from cageot.desk.pdf import write_pdf
from cageot.desk.queries.recipes import cards_data
from cageot.members.models import Referral
from cageot.network.models import Garden, Person, Role
from cageot.workshops.actions import accompanying, costs, materials
from cageot.workshops.models import Enrolment, Kind, Material, Recipe, Session

PAID_BY_A_FUND = 3
"""Sessions of a garden whose ingredients a fund paid, the last ones held."""
ACCOMPANIED = 2
INGREDIENTS, DIETICIAN, COFFEE = 3_860, 12_000, 1_240


def play(stages: Sequence[Stage], *, on: date) -> None:
    """Costs in the first two gardens; enrolments and files in the first."""
    first = stages[0]
    with transaction.atomic():
        for stage in stages[:2]:
            _costs(stage.garden, by=stage.by, on=on)
        _accompanied(first.garden, on=on)
        _files(first.garden, by=first.by, on=on)


# --- What they cost -------------------------------------------------------------------------------


def _costs(garden: Garden, *, by: Person, on: date) -> None:
    """Ingredients and a dietician paid by the first fund that may; the coffee by the garden. This year's only: the books of
    the others may be closed."""
    rows = Session.objects.filter(
        garden=garden, state=Session.State.HELD, starts_at__gte=moment(date(on.year, 1, 1), 0)
    )
    held = list(rows.select_related("workshop", "garden").order_by("-starts_at"))
    cooked = [one for one in held if one.workshop.kind == Kind.COOKING][:PAID_BY_A_FUND]
    for session in reversed(cooked):
        _paid_by_a_fund(session, "607", "Ingrédients de la séance", INGREDIENTS, by, on)
    for session in [one for one in held if one.workshop.kind == Kind.NUTRITION][:1]:
        _paid_by_a_fund(session, "622", "Diététicienne, 2 h", DIETICIAN, by, on)
    for session in [one for one in held if one.workshop.kind == Kind.OTHER][:1]:
        costs.charge(
            session, nature="607", label="Café et biscuits", cents=COFFEE, tranche=None, by=by, at=_after(session, on)
        )


def _paid_by_a_fund(session: Session, nature: str, label: str, cents: int, by: Person, on: date) -> None:
    purses = costs.purses(session.garden, session.starts_at.date())
    tranche = next((one.tranche for one in purses if one.left >= cents), None)
    costs.charge(session, nature=nature, label=label, cents=cents, tranche=tranche, by=by, at=_after(session, on))


def _after(session: Session, on: date) -> datetime:
    """The bill comes two days later, yesterday at the latest."""
    return moment(min(session.starts_at.date() + timedelta(days=2), on - timedelta(days=1)), 17)


# --- Enrolled by who refers them ------------------------------------------------------------------


def _accompanied(garden: Garden, *, on: date) -> None:
    """People whom an organisation sent come to what comes next with room: who refers there, with an account, says so."""
    role = (
        Role.objects.filter(kind=Role.Kind.REFERRER, partner__gardens=garden)
        .select_related("person")
        .order_by("pk")
        .first()
    )
    if role is None:
        return
    found = Referral.objects.filter(garden=garden, partner=role.partner, state=Referral.State.ACCEPTED).order_by("pk")
    sent = [one for one in found.select_related("household", "partner") if accompanying.may_accompany(one)]
    rows = Session.objects.filter(
        garden=garden, state=Session.State.PLANNED, starts_at__gt=moment(on, 23), workshop__open_door=False
    )
    for session, one in zip(
        _with_room(list(rows.select_related("garden", "workshop"))), sent[:ACCOMPANIED], strict=False
    ):
        accompanying.enrol(one, session, adults=1, children=1, by=role.person, at=moment(on - timedelta(days=1), 15))


def _with_room(sessions: Sequence[Session]) -> Iterator[Session]:
    """Sessions with places that nobody waits for."""
    waited = set(
        Enrolment.objects.filter(session__in=sessions, state=Enrolment.State.WAITING).values_list("session", flat=True)
    )
    return (one for one in sessions if one.pk not in waited and (one.seats is None or one.seats - one.seats_taken >= 4))


# --- A sheet and photos ---------------------------------------------------------------------------


def _files(garden: Garden, *, by: Person, on: date) -> None:
    """The cards of two recipes to take home; a photo where nobody is known, one that all agreed to for a year, one to ask for."""
    workshop = garden.workshops.filter(title="Cuisiner le panier").first()
    last = (
        Session.objects.filter(workshop=workshop, state=Session.State.HELD).order_by("-starts_at").first()
        if workshop
        else None
    )
    chosen = list(Recipe.objects.filter(garden=None).order_by("title")[:2])
    if workshop is None or last is None or not chosen:
        return
    at = _after(last, on)
    sheet = write_pdf("recipes.typ", cards_data(chosen, lambda one: one.servings, on), at=at)
    photos = (
        ("La soupe mijote sur la plaque.png", _pot(), Material.Consent.NOBODY, None),
        ("On coupe les légumes ensemble.png", _table(people=3), Material.Consent.GIVEN, on + timedelta(days=365)),
        ("Le groupe au complet.png", _table(people=5), Material.Consent.UNKNOWN, None),
    )
    materials.add(
        workshop,
        name="Fiches recettes à emporter.pdf",
        content=sheet,
        photo=False,
        consent="",
        consent_until=None,
        by=by,
        at=at,
    )
    for name, drawn, consent, until in photos:
        materials.add(
            workshop,
            name=name,
            content=drawn,
            photo=True,
            consent=consent,
            consent_until=until,
            session=last,
            by=by,
            at=at,
        )


WIDE, HIGH = 640, 360
Colour = tuple[int, int, int]
WALL, WOOD, STEEL, BOARD = (243, 234, 214), (150, 106, 68), (120, 128, 136), (214, 178, 130)
CARROT, LEAF, TOMATO, SOUP, STEAM = (226, 124, 48), (84, 140, 72), (196, 66, 52), (222, 158, 74), (252, 248, 240)
SKINS: tuple[Colour, ...] = ((120, 78, 54), (228, 184, 150), (168, 116, 82), (236, 200, 168), (92, 58, 42))
CLOTHES: tuple[Colour, ...] = ((64, 104, 148), (150, 74, 110), (92, 132, 92), (204, 160, 64), (88, 84, 132))


class _Canvas:
    """A picture in flat colours."""

    def __init__(self, ground: Colour) -> None:
        self.rows = [bytearray(bytes(ground) * WIDE) for _line in range(HIGH)]

    def span(self, y: int, left: int, right: int, colour: Colour) -> None:
        left, right = max(left, 0), min(right, WIDE)
        if 0 <= y < HIGH and left < right:
            self.rows[y][3 * left : 3 * right] = bytes(colour) * (right - left)

    def box(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        for y in range(top, bottom):
            self.span(y, left, right, colour)

    def disc(self, x: int, y: int, across: int, colour: Colour, *, flat: float = 1.0) -> None:
        """A disc, or an ellipse `flat` times as high as it is wide."""
        half = int(across * flat)
        for line in range(-half, half + 1):
            reach = int(across * (1 - (line / max(half, 1)) ** 2) ** 0.5)
            self.span(y + line, x - reach, x + reach, colour)

    def png(self) -> bytes:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

        lines = b"".join(b"\0" + bytes(row) for row in self.rows)
        head = pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
        )


def _pot() -> bytes:
    """A pot of soup that steams, carrots beside it."""
    to = _Canvas(WALL)
    to.box(0, 270, WIDE, HIGH, WOOD)
    for x, y, across in ((280, 70, 22), (320, 40, 26), (350, 84, 18), (300, 108, 14)):
        to.disc(x, y, across, STEAM, flat=0.7)
    to.box(200, 160, 440, 290, STEEL)
    to.disc(320, 290, 120, STEEL, flat=0.2)
    to.box(172, 186, 200, 204, STEEL)
    to.box(440, 186, 468, 204, STEEL)
    to.disc(320, 160, 120, STEEL, flat=0.24)
    to.disc(320, 160, 106, SOUP, flat=0.21)
    for x, y in ((280, 154), (330, 166), (366, 152)):
        to.disc(x, y, 9, CARROT, flat=0.6)
    _vegetables(to, 520, 300)
    return to.png()


def _table(*, people: int) -> bytes:
    """People without a face around a table of vegetables."""
    to = _Canvas(WALL)
    for n in range(people):
        x = WIDE * (2 * n + 1) // (2 * people)
        to.disc(x, 236, 62, CLOTHES[n], flat=1.2)
        to.disc(x, 112, 40, SKINS[n])
        to.disc(x, 94, 42, WOOD if n % 2 else (58, 48, 44), flat=0.6)
    to.box(0, 232, WIDE, HIGH, WOOD)
    to.disc(WIDE // 2, 300, 150, BOARD, flat=0.26)
    for x in (110, 320, 540):
        _vegetables(to, x, 296)
    return to.png()


def _vegetables(to: _Canvas, x: int, y: int) -> None:
    """A carrot with its leaves, and a tomato."""
    for n in range(70):
        half = 11 * (70 - n) // 70
        to.box(x - 34 + n, y - half, x - 33 + n, y + half + 1, CARROT)
    for dy in (-10, 0, 10):
        to.disc(x - 46, y + dy, 12, LEAF, flat=0.5)
    to.disc(x + 8, y - 24, 17, TOMATO)
    to.disc(x + 8, y - 40, 6, LEAF, flat=0.5)
