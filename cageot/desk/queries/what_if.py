""" "Et si ?": what may be supposed, and what comes of it, before and after side by side. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import coming
from cageot.baskets.coming import Question
from cageot.baskets.outlooks import period, territories
from cageot.core.charts import Part as Piece
from cageot.core.templatetags.cageot import euros, number
from cageot.desk import words_ahead as words
from cageot.funding.models import AgreementPayer, Fund, SavedScenario
from cageot.funding.rules.allocating import Fund as Money
from cageot.funding.rules.allocating import Scenario, allocate
from cageot.funding.rules.next_euro import Kind, kinds
from cageot.funding.rules.what_if import (
    Brings,
    Cap,
    Closes,
    Compared,
    Help,
    Late,
    Leaves,
    More,
    Move,
    Opens,
    Outcome,
    Part,
    Price,
    Shrinks,
    Withdraws,
    compare,
)
from cageot.network.models import Garden

HITS, HELPS, OPENS, KEPT = 12, 5, 5, 30

# --- What may be supposed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """The choices of the form: funders ("partner:3", "fund:7"), gardens ("garden:4"; none for a garden's own page), kinds of
    money; each with its name."""

    funders: list[tuple[str, str]]
    gardens: list[tuple[str, str]]
    kinds: list[tuple[str, str]]

    @property
    def names(self) -> dict[str, str]:
        return dict([*self.funders, *self.gardens, *self.kinds])


def offered(garden: Garden | None, today: date) -> Offered:
    """Who pays today or will; for a garden, of its own baskets. Four queries at most."""
    payers = AgreementPayer.objects.filter(agreement__in_programme=True, partner__isnull=False).exclude(
        Q(agreement__status="draft") | Q(agreement__until_day__lt=today)
    )
    funds = Fund.objects.filter(tranches__until_day__gte=today, tranches__refused_on=None, ended_on=None)
    if garden:
        payers = payers.filter(agreement__gardens=garden)
        funds = funds.filter(entity__places__garden=garden)
    partners = set(payers.values_list("partner", "partner__name"))
    partners |= {(pk, name) for pk, name in funds.values_list("partner", "partner__name") if pk}
    found = [(f"partner:{pk}", name) for pk, name in sorted(partners, key=lambda row: (row[1], row[0]))]
    found += [
        (f"fund:{pk}", name)
        for pk, name in sorted(set(funds.values_list("pk", "name")), key=lambda row: (row[1], row[0]))
    ]
    if garden:
        return Offered(found, [], [("any", words.kind_name("any", {}))])
    gardens = [(f"garden:{pk}", name) for pk, name in _gardens(today)]
    return Offered(found, gardens, _kinds(today))


def _gardens(today: date) -> Iterable[tuple[int, str]]:
    rows = Garden.objects.filter(statuses__status="active", statuses__from_day__lte=today)
    rows = rows.filter(Q(statuses__until_day=None) | Q(statuses__until_day__gte=today))
    return list(rows.distinct().order_by("name").values_list("pk", "name"))


def _kinds(today: date) -> list[tuple[str, str]]:
    """Without conditions, then by département of the gardens, public and affiliation of the agreements."""
    codes = Garden.objects.exclude(commune_code="").values_list("commune_code", flat=True).distinct()
    places = sorted({word for found in territories(codes).values() for word in found})
    payers = AgreementPayer.objects.filter(agreement__in_programme=True).exclude(agreement__until_day__lt=today)
    bands = set(payers.values_list("agreement__audience", "agreement__affiliation"))
    found = ["any", *places]
    found += [f"audience:{name}" for name in sorted({audience for audience, _affiliation in bands} - {""})]
    found += [f"affiliation:{name}" for name in sorted({affiliation for _audience, affiliation in bands} - {"", "any"})]
    return [(key, words.kind_name(key, {})) for key in found]


# --- What comes of it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One of the two sides: what is needed, covered and missing, in cents; the baskets that the gap would pay whole."""

    title: str
    need: int
    covered: int
    gap: int
    missing: int
    pieces: list[Piece]


@dataclass(frozen=True)
class Hit:
    """Baskets that are less covered than before, or more: cents missing before and after, baskets, from which week on."""

    name: str
    before: int
    after: int
    baskets: int
    first: str

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Result:
    """Everything the page says of a "what if". `verdict`: the whole of it in a sentence."""

    asked: list[str]
    verdict: str
    tone: str
    sides: list[Side]
    gardens: list[Hit]
    audiences: list[Hit]
    more: int
    helps: list[str]
    opens: list[str]
    facts: dict[str, Any]
    since: date
    until: date


def question(today: date) -> Question:
    """The real base's question, for all gardens."""
    about = period(today)
    return coming.question(today, since=about.since, until=about.until)


def result(
    moves: Mapping[str, Any], garden: Garden | None, names: Mapping[str, str], today: date, base: Question | None = None
) -> Result:
    """Move the real base's question, for all gardens or one, and say what changes. `base`: when it was gathered already."""
    about = period(today)
    base = base or question(today)
    known = names_of(base.scenario)
    if garden:
        base = of_garden(base, garden)
    scenario, missing = base.scenario, kinds(base.scenario, _territories(base.scenario))
    since = begins(moves, today)
    found = compare(scenario, made(moves, base, missing, today), missing, since)
    funds = {str(one.tranche): f"{one.name}, {one.label}" for one in base.purses}
    lost = found.lost_cents
    hits = _hits(found.before.gardens, found.after.gardens, known, today, since)
    return Result(
        words.asked(moves, names, today), _verdict(found, today), "beet" if lost > 0 else "leaf", [_side(_("Aujourd’hui"), found.before), _side(_("Et si…"), found.after)],
        [] if garden else hits[:HITS], _hits(found.before.audiences, found.after.audiences, {"": _("Sans public précisé")}, today, since)[:HITS],
        0 if garden else max(len(hits) - HITS, 0), _helps(found.helps, lost, known), [_opens(one, funds) for one in found.opens[:OPENS]],
        {
            "gap_before": found.before.total.gap_cents, "gap_after": found.after.total.gap_cents, "need_after": found.after.total.need_cents,
            "missing": found.after.total.missing - found.before.total.missing, "first": str(found.first_hit() or ""), "gardens": sum(one.change > 0 for one in hits),
        },
        about.since, about.until,
    )  # fmt: skip


def names_of(scenario: Scenario) -> dict[str, str]:
    """The gardens of a scenario by name. One query."""
    wanted = {int(one.garden) for one in scenario.groups}
    return {str(pk): name for pk, name in Garden.objects.filter(pk__in=wanted).values_list("pk", "name")}


def _territories(scenario: Scenario) -> Mapping[str, list[str]]:
    return territories(one.commune for one in scenario.groups if one.commune)


def of_garden(base: Question, garden: Garden) -> Question:
    """The same question for one garden: its baskets, and of each fund what the best split gives them; of the funds that pay it
    alone, all that there is."""
    place = str(garden.pk)
    groups = [one for one in base.scenario.groups if one.garden == place]
    own = {one.id for one in groups}
    given: dict[str, int] = {}
    for share in allocate(base.scenario).shares:
        if share.group in own:
            given[share.fund] = given.get(share.fund, 0) + share.cents
    funds = [
        one if one.gardens == frozenset([place]) else replace(one, budget_cents=given.get(one.id, 0)) for one in base.scenario.funds
    ]  # fmt: skip
    return replace(base, scenario=Scenario([one for one in funds if one.budget_cents], groups))


def made(moves: Mapping[str, Any], base: Question, missing: Sequence[Kind], today: date) -> list[Move]:
    """What was asked, as moves of the question. Codes that nothing has (any more) move nothing."""
    on = date.fromisoformat(moves["day"])
    found: list[Move] = _funder(moves, base, on, today) if moves.get("funder") else []
    if cents := moves.get("price"):
        found.append(Price(cents, on))
    if moves.get("cap") is not None:
        found.append(Cap(moves["cap"] * 100, on, base.members))
    if more := moves.get("more"):
        found.append(More(more * 100, on))
    if closes := moves.get("closes"):
        found.append(Closes(str(closes).partition(":")[2], on))
    if cents := moves.get("fund"):
        kind = next((one.fund for one in missing if one.key == (moves.get("kind") or "any")), None)
        if kind is not None:
            found.append(Brings(_new(kind, cents, on)))
    return found


def begins(moves: Mapping[str, Any], today: date) -> date:
    """The first day that the moves change: the one that was typed; money that comes late is missed from today on."""
    on = date.fromisoformat(moves["day"])
    return min(today, on) if moves.get("funder") and moves.get("change") == "late" else on


def _new(kind: Money, cents: int, on: date) -> Money:
    return replace(kind, id="new", budget_cents=cents, from_day=min(on, kind.until_day))


def _funder(moves: Mapping[str, Any], base: Question, on: date, today: date) -> list[Move]:
    """A partner is what it gives to funds and what it pays under agreements; a fund is its tranches."""
    word, _colon, value = str(moves["funder"]).partition(":")
    pk = int(value) if value.isdigit() and len(value) < 10 else 0
    of = {pk} if word == "fund" else set(Fund.objects.filter(partner=pk).values_list("pk", flat=True))
    tranches = frozenset(str(one.tranche) for one in base.purses if one.of in of and one.fund.until_day >= today)
    paid = {group: cents[pk] for group, cents in base.partners.items() if pk in cents} if word == "partner" else {}
    if moves.get("change") == "halves":
        return [Shrinks(tranches, 5_000), Withdraws(paid, on, part_bp=5_000)]
    if moves.get("change") == "late":
        return [Late(tranches, on), Withdraws(paid, today, until=on)]
    return [Leaves(tranches, on), Withdraws(paid, on)]


def _side(title: str, one: Outcome) -> Side:
    total = one.total
    pieces = [Piece(_("Couvert"), total.covered_cents, 1), Piece(_("Non couvert"), total.gap_cents, 6)]
    return Side(title, total.need_cents, total.covered_cents, total.gap_cents, total.missing, pieces)


def _verdict(found: Compared, today: date) -> str:
    lost, baskets = found.lost_cents, found.after.total.missing - found.before.total.missing
    if lost == 0:
        return _("Rien ne change : tout ce qui était couvert le reste.")
    if lost < 0:
        return _("%(sum)s de plus seraient couverts.") % {"sum": euros(-lost, "round")}
    first = found.first_hit()
    if first is None:
        return ngettext(
            "%(sum)s de plus sans payeur : l’équivalent de %(n)s panier.",
            "%(sum)s de plus sans payeur : l’équivalent de %(n)s paniers.", max(baskets, 1),
        ) % {"sum": euros(lost, "round"), "n": number(baskets)}  # fmt: skip
    told = {"sum": euros(lost, "round"), "n": number(baskets), "day": words.exact(first, today)}
    return ngettext(
        "%(sum)s de plus sans payeur : l’équivalent de %(n)s panier, dès la semaine du %(day)s.",
        "%(sum)s de plus sans payeur : l’équivalent de %(n)s paniers, dès la semaine du %(day)s.", max(baskets, 1),
    ) % told  # fmt: skip


def _hits(
    before: Mapping[str, Part], after: Mapping[str, Part], names: Mapping[str, str], today: date, since: date
) -> list[Hit]:
    """Those whose gap changes, the hardest hit first."""
    rows = []
    for key in {*before, *after}:
        one, two = before.get(key, Part()), after.get(key, Part())
        if one.gap_cents != two.gap_cents:
            first = two.first_hit(one, since)
            shown = words.exact(first, today) if first and two.gap_cents > one.gap_cents else ""
            rows.append(Hit(names.get(key, key), one.gap_cents, two.gap_cents, two.missing - one.missing, shown))
    return sorted(rows, key=lambda one: (-one.change, one.name))


def _helps(helps: Sequence[Help], lost: int, names: Mapping[str, str]) -> list[str]:
    """One of each family: the narrowest that closes the gap, or the one that goes furthest."""
    gardens = {int(pk): name for pk, name in names.items()}
    found: list[str] = []
    for one in _one_a_family(helps)[:HELPS]:
        told = {
            "sum": euros(one.cents, "round"),
            "kind": words.kind_name(one.key, gardens),
            "rest": euros(lost - one.cents, "round"),
        }
        if one.cents >= lost:
            found.append(_("%(kind)s : %(sum)s de plus suffisent.") % told)
        else:
            found.append(_("%(kind)s : %(sum)s au plus serviraient ; il manquerait encore %(rest)s.") % told)
    return found


def _one_a_family(helps: Sequence[Help]) -> list[Help]:
    found: dict[str, Help] = {}
    for one in helps:
        found.setdefault(one.key.partition(":")[0], one)
    return [found[family] for family in words.FAMILIES if family in found]


def _opens(one: Opens, names: Mapping[str, str]) -> str:
    return _("« %(fund)s » garde %(left)s. Sans %(condition)s, %(sum)s de plus seraient couverts.") % {
        "fund": names.get(one.fund, one.fund), "left": euros(one.left_cents, "round"), "condition": words.CONDITIONS[one.condition],
        "sum": euros(one.cents, "round"),
    }  # fmt: skip


# --- Kept ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A "what if" that was kept: what it supposed, what it gave that day."""

    pk: int
    name: str
    on: date
    by: str
    asked: list[str]
    before: int
    after: int
    missing: int
    first: str
    url: str


def kept(garden: Garden | None) -> QuerySet[SavedScenario]:
    """Those of the network head, or of a garden."""
    rows = SavedScenario.objects.select_related("by")
    if garden:
        return rows.filter(moves__garden=garden.code)
    return rows.filter(entity__head=True).exclude(moves__has_key="garden")


def kept_rows(garden: Garden | None, names: Mapping[str, str], today: date) -> list[Kept]:
    """The last ones, newest first. One query."""
    home = reverse("desk:garden_what_if", args=[garden.code]) if garden else reverse("desk:what_if")
    found = []
    for one in kept(garden)[:KEPT]:
        facts, first = one.result, one.result.get("first")
        found.append(
            Kept(
                one.pk, one.name, one.at.date(), str(one.by or ""), words.asked(one.moves, names, today), facts["gap_before"], facts["gap_after"],
                facts["missing"], words.exact(date.fromisoformat(first), today) if first else "", f"{home}?{address(one.moves)}",
            )
        )  # fmt: skip
    return found


PARAMETERS = {
    "funder": "financeur", "change": "quoi", "day": "jour", "price": "prix", "cap": "plafond", "more": "foyers", "closes": "jardin",
    "fund": "apport", "kind": "pour",
}  # fmt: skip
"""The words of the address."""


def address(moves: Mapping[str, Any]) -> str:
    """The same question again, as an address."""
    said = {PARAMETERS[name]: _typed(name, value) for name, value in moves.items() if name in PARAMETERS}
    return urlencode(said)


def _typed(name: str, value: Any) -> str:
    return f"{value // 100},{value % 100:02}" if name in ("price", "fund") else str(value)
