"""The restricted money of the demonstration: funds of the network and of two gardens, with their tranches 2016–2019.

Chosen so that the best split leaves some baskets unpaid (where no fund's conditions lead) and some money unused (MSA
only). One grant is late, one was refused, one is hoped for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cageot.demo import cast
from cageot.demo.season import Stage, moment
from cageot.funding import journal
from cageot.funding.actions import claiming, ledger
from cageot.funding.actions import funds as actions
from cageot.funding.models import Entity, Fund, Tranche
from cageot.network.models import Partner, Person

POOR = "Personnes aux minima sociaux"
FAMILIES = "Familles, quotient familial sous 600 €"
NO_RIGHTS = "Personnes sans droit ouvert"


@dataclass(frozen=True)
class TrancheCast:
    """Amounts in euros. `received`: what came, and on which day; `refused`: the day and the reason of a refusal."""

    label: str
    first: date
    last: date
    promised: int
    promised_on: date
    notified: int | None = None
    notified_on: date | None = None
    due_on: date | None = None
    received: tuple[tuple[date, int], ...] = ()
    refused: tuple[date, str] | None = None
    carries_over: bool = False
    quota: int | None = None


@dataclass(frozen=True)
class FundCast:
    """`funder`: a key of `cast.FUNDERS`, or (name, kind) of an organisation that only funds. `garden`: whose own fund it is."""

    name: str
    kind: str
    source: str
    tranches: tuple[TrancheCast, ...]
    funder: str | tuple[str, str] | None = None
    reference: str = ""
    garden: str = ""
    territories: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    cap: int | None = None
    share: int | None = None
    match: int | None = None
    priority: int = 100
    rhythm: str = "quarter"

    @property
    def first(self) -> date:
        """The day it was first spoken of."""
        return min(tranche.promised_on for tranche in self.tranches)


def _year(year: int) -> tuple[str, date, date]:
    return str(year), date(year, 1, 1), date(year, 12, 31)


FUNDS: tuple[FundCast, ...] = (
    FundCast(
        "Aide alimentaire, programme national", "agreement", "public", funder="dgcs", reference="DGCS 2016-118",
        audiences=(POOR,), cap=250, rhythm="quarter",
        tranches=(
            TrancheCast("2016-2017", date(2016, 7, 1), date(2017, 6, 30), 4_500, date(2016, 1, 20), 4_500, date(2016, 3, 15),
                        date(2016, 9, 30), ((date(2016, 9, 14), 4_500),)),
            TrancheCast("2017-2018", date(2017, 7, 1), date(2018, 6, 30), 5_500, date(2016, 1, 20), 5_500, date(2017, 2, 28),
                        date(2017, 9, 30), ((date(2017, 9, 12), 3_500), (date(2018, 2, 5), 2_000))),
            TrancheCast("2018-2019", date(2018, 7, 1), date(2019, 6, 30), 6_500, date(2016, 1, 20), 6_000, date(2018, 2, 20), date(2018, 9, 30)),
        ),
    ),
    FundCast(
        "Paniers des Hauts-de-France", "grant", "giving", funder="terre", reference="FTS-2017-042", territories=("region:32",),
        cap=250, share=4_000, rhythm="year",
        tranches=(
            TrancheCast("2017-2018", date(2017, 3, 1), date(2018, 2, 28), 3_600, date(2016, 11, 8), 3_600, date(2017, 1, 18),
                        date(2017, 4, 15), ((date(2017, 4, 10), 3_600),)),
            TrancheCast("2018-2019", date(2018, 3, 1), date(2019, 2, 28), 3_000, date(2017, 12, 4), 3_000, date(2018, 2, 12), date(2018, 5, 15)),
        ),
    ),
    FundCast(
        "Foyers du régime agricole", "agreement", "public", funder="ccmsa", reference="CCMSA 17-09", affiliations=("msa",),
        cap=400, rhythm="year",
        tranches=(
            TrancheCast(*_year(2017), 2_500, date(2016, 10, 3), 2_500, date(2017, 1, 30), date(2017, 3, 31), ((date(2017, 3, 20), 2_500),),
                        quota=600),
            TrancheCast(*_year(2018), 2_500, date(2016, 10, 3), 2_500, date(2018, 1, 29), date(2018, 3, 30), quota=600),
        ),
    ),
    FundCast(
        "Alimentation et territoires", "grant", "public", funder=("Région Centre-Val de Loire", "region"), reference="2017-DAR-0331",
        territories=("region:24",), share=5_000, rhythm="year",
        tranches=(
            TrancheCast(*_year(2017), 3_200, date(2017, 1, 12), 2_800, date(2017, 4, 20), date(2017, 12, 15), ((date(2017, 12, 11), 2_800),)),
            TrancheCast(*_year(2018), 2_800, date(2018, 1, 15), due_on=date(2018, 12, 15)),
        ),
    ),
    FundCast(
        "Circuits courts solidaires", "grant", "public", funder=("Région Occitanie", "region"), reference="OCC 17-2205",
        territories=("region:76",), rhythm="year",
        tranches=(
            TrancheCast(*_year(2017), 2_000, date(2017, 2, 6),
                        refused=(date(2017, 7, 3), "Crédits épuisés : la commission de juin n’a pas retenu le dossier.")),
        ),
    ),
    FundCast(
        "Un panier, un voisin", "grant", "body", funder="biocoop", reference="Mécénat 2017-3", match=10_000, cap=200,
        rhythm="year",
        tranches=(
            TrancheCast("2017", date(2017, 6, 1), date(2018, 5, 31), 2_500, date(2017, 3, 9), 2_500, date(2017, 5, 22), date(2017, 10, 31),
                        ((date(2017, 11, 14), 1_000),)),
        ),
    ),
    FundCast(
        "Collecte de décembre", "campaign", "giving", cap=300, priority=200, rhythm="year",
        tranches=(
            TrancheCast("Hiver 2016", date(2016, 12, 1), date(2017, 11, 30), 1_860, date(2016, 12, 31), 1_860, date(2016, 12, 31), None,
                        ((date(2016, 12, 31), 1_860),)),
            TrancheCast("Hiver 2017", date(2017, 12, 1), date(2018, 11, 30), 2_135, date(2017, 12, 31), 2_135, date(2017, 12, 31), None,
                        ((date(2017, 12, 31), 2_135),), carries_over=True),
        ),
    ),
    FundCast(
        "Accueil sans condition", "grant", "giving", funder="secours", reference="SC 2018 Nat 7", audiences=(NO_RIGHTS, POOR),
        share=3_000, rhythm="quarter",
        tranches=(TrancheCast("2018-2019", date(2018, 4, 1), date(2019, 3, 31), 4_000, date(2018, 2, 1), due_on=date(2018, 9, 30)),),
    ),
    FundCast(
        "Caisse de solidarité du Clos-Joli", "box", "own", garden="blois", cap=400, priority=150, rhythm="year",
        tranches=(
            TrancheCast(*_year(2017), 240, date(2017, 1, 14), 240, date(2017, 1, 14), carries_over=True),
            TrancheCast(*_year(2018), 310, date(2018, 1, 20), 310, date(2018, 1, 20), carries_over=True),
        ),
    ),
    FundCast(
        "Paniers du pays de Lorient", "grant", "public", garden="lorient", funder=("Lorient Agglomération", "municipality"),
        reference="LA 2017-56", territories=("epci:200042174",), share=3_500, rhythm="year",
        tranches=(
            TrancheCast(*_year(2017), 900, date(2017, 2, 3), 750, date(2017, 4, 11), date(2017, 7, 31), ((date(2017, 8, 22), 750),)),
            TrancheCast(*_year(2018), 750, date(2018, 1, 22)),
        ),
    ),
)  # fmt: skip


def play(stages: Sequence[Stage], *, by: Person, on: date) -> dict[Tranche, TrancheCast]:
    """Open the funds, and write how far their money had come on that day. What each tranche was played from."""
    by_code = {stage.cast.code: stage for stage in stages if stage.cast.clone == 1}
    played: dict[Tranche, TrancheCast] = {}
    with transaction.atomic():
        _begin_early(journal.head(), by)
        for one in FUNDS:
            if (one.garden and one.garden not in by_code) or one.first > on:
                continue
            home = by_code.get(one.garden)
            who = home.by if home else by
            fund = _open(one, journal.entity_of(home.garden) if home else journal.head(), who, on)
            for tranche in one.tranches:
                if tranche.promised_on <= on:
                    played[_play_tranche(fund, tranche, who, on)] = tranche
    return played


def _begin_early(head: Entity, by: Person) -> None:
    """The network's books hold its first money, notified the year before its first week."""
    first = min(one.notified_on for fund in FUNDS for one in fund.tranches if one.notified_on)
    while (span := ledger.year_before(head)) and first <= span.last:
        ledger.open_year_before(head, by=by, at=moment(span.first, 10))


def _open(one: FundCast, entity: Entity, by: Person, on: date) -> Fund:
    fund = Fund(
        name=one.name, kind=one.kind, source=one.source, partner=_funder(one.funder), reference=one.reference, entity=entity,
        territories=list(one.territories), audiences=list(one.audiences), affiliations=list(one.affiliations), cap_cents=one.cap,
        share_bp=one.share, match_bp=one.match, priority=one.priority, rhythm=one.rhythm,
    )  # fmt: skip
    return actions.open_fund(fund, today=on, by=by, at=moment(one.first, 10), expected=True)


def _funder(who: str | tuple[str, str] | None) -> Partner | None:
    if who is None:
        return None
    if isinstance(who, str):
        return Partner.objects.get(name=cast.FUNDERS[who][0] + cast.MARK, level=Partner.Level.NATIONAL)
    name, kind = who
    found, _new = Partner.objects.get_or_create(
        name=name + cast.MARK, defaults={"kind": kind, "level": Partner.Level.LOCAL, "public": True, "funds": True}
    )
    return found


def _play_tranche(fund: Fund, one: TrancheCast, by: Person, on: date) -> Tranche:
    values = {
        "label": one.label, "from_day": one.first, "until_day": one.last, "promised_cents": one.promised * 100,
        "promised_on": one.promised_on, "due_on": one.due_on, "quota_baskets": one.quota, "carries_over": one.carries_over,
    }  # fmt: skip
    tranche = actions.add_tranche(fund, values, by=by, at=moment(one.promised_on, 11))
    if one.notified is not None and one.notified_on and one.notified_on <= on:
        actions.notify(
            tranche, cents=one.notified * 100, on=one.notified_on, due_on=one.due_on, by=by, at=moment(one.notified_on, 15)
        )  # fmt: skip
    if one.refused and one.refused[0] <= on:
        actions.refuse(tranche, on=one.refused[0], because=one.refused[1], by=by, at=moment(one.refused[0], 16))
    for number, (day, euros) in enumerate(one.received, 1):
        if day <= on:
            _receive(tranche, day, euros * 100, f"{fund.pk}-{tranche.pk}-{number}", by)
    tranche.refresh_from_db()
    return tranche


def _receive(tranche: Tranche, day: date, cents: int, once: str, by: Person) -> None:
    """Money that came ahead of any claim: funders of this demonstration pay in advance."""
    fund = tranche.fund
    claiming.receive(
        fund.entity, partner=fund.partner, day=day, cents=cents, means="transfer" if fund.partner else "cheque",
        reference=f"VIR {fund.reference}" if fund.reference else "", once=f"demo-{once}",
        parts=[claiming.Part(cents, tranche=tranche)], by=by, at=moment(day, 14),
    )  # fmt: skip
