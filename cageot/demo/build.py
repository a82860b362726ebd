"""Fills an empty base with the demonstration: two editions of a whole programme, up to one day.

Everything comes from the recipe: the same recipe gives the same names and the same figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from time import monotonic

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from cageot.baskets import proposing
from cageot.demo import (
    arrivals,
    cast,
    endings,
    funds,
    habits,
    kitchen,
    life_around,
    life_exchange,
    life_guide,
    life_recipes,
    life_steering,
    life_workshops,
    money_ahead,
    money_books,
    money_claims,
    money_grants,
    money_settling,
    orientations,
    plan,
    season,
    space,
)
from cageot.demo.events import EVE
from cageot.demo.plan import ORIGIN, WEEKS, YEAR
from cageot.demo.season import Stage
from cageot.network.models import BudgetLine, Edition, Garden, Installation, Message, Partner, Person, Role

Say = Callable[[float, str], None]
"""Told how far the build is, from 0 to 1, and what is being done."""


@dataclass(frozen=True)
class Recipe:
    """What to build: the day it is, the seed of its chances, how many times the programme.

    `gardens` keeps only the first ones of the cast, for tests. `on` lies in the seasons 2017 and 2018.
    """

    on: date = date(2018, 3, 14)
    seed: int = 2018
    scale: int = 1
    gardens: int = cast.GARDENS

    def __post_init__(self) -> None:
        if not ORIGIN <= self.on <= WEEKS[-1].sunday:
            raise ValueError(
                _("La démonstration joue du %(first)s au %(last)s.") % {"first": ORIGIN, "last": WEEKS[-1].sunday}
            )


ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Summary:
    """What was built. Counts and cents are those of the closed weeks of the edition 2017."""

    gardens: int
    households: int
    solidarity_baskets: int
    ordinary_baskets: int
    paid_by: dict[str, int]
    uncovered_cents: int
    weeks_closed: int
    seconds: float


def _silent(done: float, step: str) -> None:
    """Tell nobody."""


def build(recipe: Recipe, *, say: Say = _silent) -> Summary:
    """Fill the default database, migrated and empty, and say what it holds."""
    start = monotonic()
    _hurry()
    with transaction.atomic():
        _mark_installation(recipe)
        editions = _editions(recipe)
        officer = _network_officer()
        funders = _funders()
    stages = _set(recipe, officer, funders, say)
    closed = _play(recipe, stages, editions, officer, say)
    habits.play(stages[0].garden, by=stages[0].by, on=recipe.on)
    space.play(stages[0].garden, by=stages[0].by, on=recipe.on)
    arrivals.play(stages[0].garden, by=stages[0].by, on=recipe.on, seed=recipe.seed)
    kitchen.fill([(stage.garden, stage.by) for stage in stages], on=recipe.on, seed=recipe.seed)
    orientations.play(stages[0].garden, by=stages[0].by, on=recipe.on, seed=recipe.seed)
    endings.play([(stage.garden, stage.by) for stage in stages], on=recipe.on, seed=recipe.seed)
    funds.play(stages, by=officer, on=recipe.on)
    money_grants.play(stages, by=officer, on=recipe.on)
    _settle_and_ask(stages[0].garden, officer=officer, on=recipe.on)
    money_books.play(stages[0].garden, officer=officer, on=recipe.on)
    money_ahead.play(stages[0].garden, by=stages[0].by, on=recipe.on)
    life_workshops.play(stages, on=recipe.on, seed=recipe.seed)
    life_recipes.play(stages, on=recipe.on)
    life_around.play(stages, on=recipe.on)
    life_guide.play(stages[0].garden, by=stages[0].by, officer=officer, on=recipe.on)
    life_steering.play(stages[0].garden, by=stages[0].by, on=recipe.on)
    life_steering.play_meetings([one.garden for one in stages], on=recipe.on, seed=recipe.seed)
    life_exchange.play(stages, officer=officer, on=recipe.on, seed=recipe.seed)
    _send_what_was_due(recipe.on)
    say(1.0, _("Prêt"))
    return _summary(stages, closed, monotonic() - start)


def _settle_and_ask(garden: Garden, *, officer: Person, on: date) -> None:
    """Settlements and claims in the order of their days, as each decides on what the others wrote; then what is open is proposed."""
    steps = [*money_claims.steps(garden, officer=officer, on=on), *money_settling.steps(by=officer, on=on)]
    for _day, step in sorted(steps, key=itemgetter(0)):
        with transaction.atomic():
            step()
    proposing.propose(on, season.moment(on, 7))


def _send_what_was_due(on: date) -> None:
    """What was told before today has left: nobody real is written to. Letters wait to be printed."""
    before = datetime.combine(on, time(0), get_current_timezone())
    due = Message.objects.filter(state=Message.State.WAITING, due_at__lt=before)
    due.filter(channel=Message.Channel.LETTER).update(state=Message.State.TO_PRINT)
    due.update(state=Message.State.SENT, sent_at=F("due_at"))


# --- Setting ------------------------------------------------------------------------------------


def _mark_installation(recipe: Recipe) -> None:
    """The base is a demonstration from its first row. The key of its pseudonyms follows the seed: it hides nobody."""
    key = hashlib.sha256(f"cageot demonstration {recipe.seed}".encode()).hexdigest()
    made_of = {"on": str(recipe.on), "seed": recipe.seed, "scale": recipe.scale}
    Installation.objects.create(id=1, kind=Installation.Kind.DEMO, pseudonym_key=key, recipe=made_of)


def _hurry() -> None:
    """Let SQLite keep more in memory while so much is written (this connection only)."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA temp_store=MEMORY")  # else every savepoint is copied to a file, page by page
            cursor.execute("PRAGMA cache_size=-64000")
            cursor.execute("PRAGMA wal_autocheckpoint=8000")


def _editions(recipe: Recipe) -> list[Edition]:
    editions = [
        Edition.objects.create(
            code=str(year), name=f"30 000 paniers solidaires {year}", from_day=date(year, 1, 1), until_day=date(year, 12, 31),
            goal_baskets=cast.GOAL * recipe.scale, member_cap_bp=cast.CAP_BP, charter=cast.CHARTER,
        )
        for year in (2017, 2018)
    ]  # fmt: skip
    BudgetLine.objects.bulk_create(
        BudgetLine(edition=edition, label=label, cents=cents * recipe.scale, assumed=assumed)
        for edition in editions
        for label, cents, assumed in cast.BUDGET
    )
    return editions


def _network_officer() -> Person:
    [officer] = [person for person in cast.people() if person.role == Role.Kind.NETWORK]
    return season.let_in(officer, None)


def _funders() -> dict[str, Partner]:
    rows = Partner.objects.bulk_create(
        Partner(name=name + cast.MARK, kind=kind, public=public, level=Partner.Level.NATIONAL, funds=True)
        for name, kind, public in cast.FUNDERS.values()
    )
    return dict(zip(cast.FUNDERS, rows, strict=True))


SET_SHARE = 0.15
"""How much of the whole time setting the gardens takes."""


def _set(recipe: Recipe, officer: Person, funders: dict[str, Partner], say: Say) -> list[Stage]:
    """Plan and set the gardens one after the other, up to the eve of the season."""
    gardens = cast.gardens(recipe.gardens, recipe.scale)
    stages = []
    for n, (garden, target) in enumerate(zip(gardens, plan.targets(gardens), strict=True)):
        say(SET_SHARE * n / len(gardens), _("Les jardins ouvrent"))
        with transaction.atomic():
            planned = plan.plan_garden(garden, target, recipe.seed)
            name = cast.COORDINATORS[n % len(cast.COORDINATORS)]
            stage = season.set_garden(planned, seed=recipe.seed, officer=officer, funders=funders, coordinator=name)
            season.play_week(stage, EVE)
            stage.tasks.pop(EVE, None)
            stages.append(stage)
    return stages


# --- Playing ------------------------------------------------------------------------------------


def _play(recipe: Recipe, stages: list[Stage], editions: list[Edition], officer: Person, say: Say) -> int:
    """Every week in turn, in every garden: last week is closed, people do their things, baskets are given out."""
    under_way = plan.week_of(recipe.on)
    closed = 0
    for week in range(under_way + 1):
        say(SET_SHARE + (1 - SET_SHARE) * week / (under_way + 1), _("Semaine %(week)s") % {"week": WEEKS[week]})
        with transaction.atomic():
            closed += _close(stages, week - 1, under_way)
            for stage in stages:
                season.play_week(stage, week)
                late = week == under_way - 1 and _late(stage, week, under_way)
                season.mark_week(stage, week, until=_known(stage, week, recipe.on, late))
        if week in EXEMPTION:
            EXEMPTION[week](stages[0], edition=editions[0], officer=officer)
    return closed


def _close(stages: list[Stage], week: int, under_way: int) -> int:
    """The week before is closed by everybody, but for those who are late when the demonstration opens."""
    if week < 0:
        return 0
    on_time = [stage for stage in stages if not _late(stage, week, under_way)]
    for minute, stage in enumerate(on_time):
        season.close(stage, week, minute=minute % 50)
    return sum(week in stage.weeks for stage in on_time)


def _late(stage: Stage, week: int, under_way: int) -> bool:
    """Whether this garden has not closed that week yet. Nobody is late for an edition that is over."""
    return week >= under_way - stage.cast.late and week // YEAR == under_way // YEAR


def _known(stage: Stage, week: int, on: date, late: bool) -> date:
    """The last day whose baskets are marked: the eve; who is late has not written the week's last delivery."""
    last = WEEKS[week].sunday
    if late and last < on:
        last = WEEKS[week].day(max(stage.cast.weekdays)) - ONE_DAY
    return min(last, on - ONE_DAY)


EXEMPTION = {6: season.ask_exemption, 9: season.refuse_exemption}
"""Weeks of February and March 2017 when the first garden asks to go past the cap, and is answered."""


def _summary(stages: list[Stage], closed: int, seconds: float) -> Summary:
    total = season.figures()
    paid_by = {who: total[f"{who}_cents"] for who in ("members", "local", "national", "network", "gardens")}
    return Summary(
        len(stages), season.households(), total["solidarity_baskets"], total["ordinary_baskets"], paid_by,
        total["uncovered_cents"], closed, seconds,
    )  # fmt: skip
