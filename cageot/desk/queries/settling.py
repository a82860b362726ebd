"""Settling a period, for the network: where it stands, what settling would write, why nothing covers more, and what was settled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from cageot.baskets.queries import unclosed
from cageot.core.charts import Part
from cageot.core.templatetags.cageot import day as said
from cageot.desk import words_settling
from cageot.funding.actions import settling
from cageot.funding.actions.settling import Dated, Decision
from cageot.funding.models import Settlement, SettlementLine, Tranche
from cageot.network.models import Garden


@dataclass(frozen=True)
class Preset:
    """A day up to which one may settle."""

    label: str
    day: date
    current: bool


@dataclass(frozen=True)
class Change:
    """A tranche or a garden: cents now, then, and the difference. `left`: what a tranche has left, what a garden still lacks."""

    name: str
    detail: str
    before: int
    after: int
    left: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class SettlingPage:
    """Where the open period stands, and what the button would write. Cents count all baskets up to `through`."""

    decision: Decision
    presets: list[Preset]
    tranches: list[Change]
    gardens: list[Change]
    open_weeks: list[tuple[str, int]]
    proof: str
    history: list[Settlement]
    tranches_known: bool
    dated: Dated

    @property
    def through(self) -> date:
        return self.decision.through

    @property
    def missing(self) -> int:
        return self.decision.need_cents - self.decision.covered_cents

    @property
    def parts(self) -> list[Part]:
        one = self.decision
        kept = min(one.stood_cents, one.covered_cents)
        found = [Part(_("déjà réglé"), kept), Part(_("à régler maintenant"), one.covered_cents - kept)]
        return [part for part in [*found, Part(_("restera à trouver"), self.missing, 6)] if part.value]


def page(through: date, today: date, decision: Decision | None = None) -> SettlingPage:
    """A constant number of queries."""
    found = decision or settling.decide(through, on=today)
    proof = found.best.proof
    return SettlingPage(
        found, _presets(found.through, today), _tranches(found), _gardens(found), _open_weeks(found.through),
        words_settling.proof(proof.budget_cents, proof.limits_cents, proof.needs_cents, found.kept_cents),
        list(Settlement.objects.select_related("by").order_by("-pk")[:50]),
        Tranche.objects.exists(), settling.dated(found, today),
    )  # fmt: skip


def usual(today: date) -> date:
    """The end of the last whole quarter."""
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def _presets(through: date, today: date) -> list[Preset]:
    month = today.replace(day=1) - timedelta(days=1)
    days = [(_("dernier trimestre entier"), usual(today)), (_("dernier mois entier"), month), (_("aujourd’hui"), today)]
    return [Preset(label, day, day == through) for label, day in days]


def _tranches(found: Decision) -> list[Change]:
    before: dict[int, int] = defaultdict(int)
    after: dict[int, int] = defaultdict(int)
    for (tranche, _key), one in found.stood.items():
        before[tranche] += one.cents
    for (tranche, _key), cents in found.wanted.items():
        after[tranche] += cents
    rows = Tranche.objects.filter(pk__in={*before, *after, *(one.tranche for one in found.asked.purses)})
    return [
        # What grants to gardens and workshops took of it is used as well.
        Change(
            row.fund.name, row.label, before[row.pk], after[row.pk],
            (row.notified_cents or 0) - row.used_cents + before[row.pk] - after[row.pk],
        )
        for row in rows.select_related("fund").order_by("until_day", "fund__name", "pk")
    ]  # fmt: skip


def _gardens(found: Decision) -> list[Change]:
    before: dict[int, int] = defaultdict(int)
    after: dict[int, int] = defaultdict(int)
    need: dict[int, int] = defaultdict(int)
    for (_tranche, key), one in found.stood.items():
        before[key.garden] += one.cents
    for (_tranche, key), cents in found.wanted.items():
        after[key.garden] += cents
    for key, count in found.asked.groups.items():
        need[key.garden] += key.need_cents * count
    names = Garden.objects.filter(pk__in={*before, *after, *need}).order_by("name")
    return [Change(one.name, one.code, before[one.pk], after[one.pk], need[one.pk] - after[one.pk]) for one in names]


def _open_weeks(through: date) -> list[tuple[str, int]]:
    """Gardens with deliveries up to that day whose weeks are not closed: they will come in at a later settlement."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, week in unclosed(through).values_list("garden__name", "week").distinct():
        found[name].add(str(week))
    return sorted((name, len(weeks)) for name, weeks in found.items())


# --- What was settled -----------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificatePage:
    """One settlement with its proof, in words, and what it changed by tranche and by garden."""

    one: Settlement
    proof: str
    used_up: list[str]
    tranches: list[tuple[str, int]]
    gardens: list[tuple[str, int]]
    lines: int


def certificate(one: Settlement) -> CertificatePage:
    """A constant number of queries."""
    cut = one.certificate["cut"]
    named = {row.pk: str(row) for row in Tranche.objects.select_related("fund")}
    by_tranche = one.lines.values_list("tranche").annotate(total=Sum("cents")).order_by("tranche")
    by_garden = one.lines.values_list("garden__name").annotate(total=Sum("cents")).order_by("garden__name")
    return CertificatePage(
        one, words_settling.proof(cut["budgets"], cut["limits"], cut["needs"], one.certificate["kept_cents"]),
        [named[pk] for pk in one.certificate["used_up"] if pk in named],
        [(named[pk], cents) for pk, cents in by_tranche if cents], [(name, cents) for name, cents in by_garden if cents],
        one.lines.count(),
    )  # fmt: skip


def lines_of(one: Settlement) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the file: each line as it was written, euros with a comma."""
    columns = [
        _("Financement"), _("Tranche"), _("Jardin"), _("Jour"), _("Commune"), _("Public"), _("Affiliation"), _("Prix"),
        _("Part de l’adhérent"), _("À financer par panier"), _("Paniers"), _("Montant"), _("Dont pour le jardin"),
    ]  # fmt: skip
    rows = SettlementLine.objects.filter(settlement=one).select_related("tranche__fund", "garden").order_by("pk")
    return columns, [
        [
            row.tranche.fund.name, row.tranche.label, row.garden.name, str(row.day), row.commune_code, row.audience, row.affiliation,
            *(f"{cents / 100:.2f}".replace(".", ",") for cents in (row.price_cents, row.member_cents, row.need_cents)),
            str(row.baskets), *(f"{cents / 100:.2f}".replace(".", ",") for cents in (row.cents, row.to_garden_cents)),
        ]
        for row in rows.iterator(chunk_size=2_000)
    ]  # fmt: skip


def told(one: Settlement) -> str:
    """What was just settled."""
    return _("Règlement n° %(number)s écrit : tout ce qui pouvait être payé jusqu’au %(day)s l’est.") % {
        "number": one.pk,
        "day": said(one.through, "plain"),
    }
