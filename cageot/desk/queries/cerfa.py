"""The three sheets of Cerfa n° 15059*02, as words: for a grant to a garden, and for a tranche of a fund."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number, share
from cageot.desk.words_grants import ACCOUNTS
from cageot.funding import journal
from cageot.funding.models import Entity, GrantApplication, GrantReport, SettlementLine, Tranche
from cageot.funding.queries import uses
from cageot.funding.queries.granting import due_of, fate
from cageot.funding.rules import cerfa
from cageot.funding.rules.cerfa import INDIRECT, Line, Row, Sheet
from cageot.funding.rules.granting import report_due
from cageot.network.models import Garden

FEW = 11
"""Below so many baskets, a public is not named."""


@dataclass(frozen=True)
class Cell:
    """One line of the table of figures, ready to copy. `head`: an account; else a detail under it."""

    label: str
    planned: str
    real: str
    share: str
    head: bool = True


@dataclass(frozen=True)
class Report:
    """The three sheets. `questions`: the form's, with their answers; `places`: what each garden got, for a tranche."""

    title: str
    body: str
    details: list[tuple[str, str]]
    questions: list[tuple[str, str]]
    places: list[tuple[str, str, str]]
    year: str
    costs: list[Cell]
    incomes: list[Cell]
    given_costs: list[Cell]
    given_incomes: list[Cell]
    totals: list[tuple[str, str, str, str]]
    sentence: str
    annex: list[tuple[str, str]]
    due: date
    balanced: bool
    file_name: str

    @property
    def copied(self) -> str:
        """The table of figures as a spreadsheet takes it: a tab between columns."""
        rows = [*self.costs, *self.incomes, *self.given_costs, *self.given_incomes]
        return "\n".join(f"{row.label}\t{row.planned}\t{row.real}" for row in rows if row.planned or row.real)


def of_grant(one: GrantApplication) -> Report:
    """The report of a garden on a grant. What is not written yet is left empty."""
    entity = journal.entity_of(one.garden)
    report = GrantReport.objects.filter(application=one).first() or GrantReport(application=one)
    lines = [Line(row.side, row.account, row.label, row.planned_cents, row.spent_cents) for row in one.lines.all()]
    if report.unspent_cents and report.left == GrantReport.Left.CARRIED:
        words = _("Engagements à réaliser (fonds dédiés)")
        lines.append(Line("cost", "68", words, 0, report.unspent_cents))
    sheet, kept = cerfa.sheet(lines), fate(one).kept
    where = _("Du %(first)s au %(last)s, %(place)s.") % {
        "first": said(one.call.from_day, "plain"), "last": said(one.call.until_day, "plain"), "place": one.garden.commune.name,
    }  # fmt: skip
    counted = ", ".join([
        ngettext("%(n)s foyer", "%(n)s foyers", report.households) % {"n": number(report.households)},
        ngettext("%(n)s panier", "%(n)s paniers", report.baskets) % {"n": number(report.baskets)},
        ngettext("%(n)s atelier", "%(n)s ateliers", report.sessions) % {"n": number(report.sessions)},
    ])  # fmt: skip
    questions = [
        (_("Décrire précisément la mise en œuvre de l’action"), report.done),
        (_("Nombre approximatif de personnes bénéficiaires, par type de publics"), _filled([report.who, counted])),
        (_("Date(s) et lieu(x) de réalisation de l’action"), where),
        (_("Les objectifs de l’action ont-ils été atteints au regard des indicateurs utilisés ?"), report.goals),
    ]
    annex = [
        (_("1. Règles de répartition des charges indirectes affectées à l’action subventionnée"), report.rules),
        (
            _("2. Écarts éventuels entre le budget prévisionnel de l’action et le budget final exécuté"),
            report.differences,
        ),
        (_("3. Contributions volontaires en nature affectées à la réalisation de l’action"), report.in_kind),
        (_("4. Observations sur le compte rendu financier"), _left_words(report)),
    ]
    title = _("Compte rendu financier : %(call)s") % {"call": one.call.name}
    who = str(one.call.tranche.fund.entity)
    return _report(title, entity, who, questions, [], sheet, kept, annex, str(one.call.until_day.year), due_of(one), f"cerfa-{one.call.name}-{one.garden.code}")  # fmt: skip


def _left_words(report: GrantReport) -> str:
    if not report.unspent_cents:
        return ""
    if report.left == GrantReport.Left.GIVEN_BACK:
        return _("%(sum)s ne sont pas dépensés et sont rendus.") % {"sum": euros(report.unspent_cents)}
    return _("%(sum)s ne sont pas dépensés et sont reportés sur l’année suivante (fonds dédiés).") % {
        "sum": euros(report.unspent_cents)
    }


def of_tranche(tranche: Tranche) -> Report:
    """The report on a tranche of a fund, from what was settled and granted of it: gardens and baskets, no person."""
    fund, found, counted = tranche.fund, uses.uses([tranche.pk]), _baskets(tranche)
    used, by_garden = uses.parts(found), uses.by_garden(found)
    baskets, settled, beside = sum(counted.values()), used.baskets, used.grants + used.sessions
    notified = tranche.notified_cents or 0
    left = max(0, notified - used.total)
    income = {"public": "74", "body": "75", "giving": "75", "own": "79"}[fund.source]
    lines = [
        Line(
            "cost",
            "65",
            _("Aides aux jardins, pour les paniers solidaires"),
            max(0, tranche.promised_cents - beside),
            settled,
        ),
        Line("cost", "65", _("Aides aux jardins, pour leurs projets"), used.grants, used.grants),
        Line("cost", "65", _("Ateliers des jardins"), used.sessions, used.sessions),
        Line("cost", "68", _("Engagements à réaliser (fonds dédiés)"), 0, left),
        Line("income", income, fund.name, tranche.promised_cents, notified),
    ]
    sheet = cerfa.sheet(line for line in lines if line.planned or line.real)
    did = _("%(baskets)s paniers solidaires financés dans %(gardens)s jardins.") % {
        "baskets": number(baskets), "gardens": number(len(counted)),
    }  # fmt: skip
    if used.grants:
        did += " " + _("%(sum)s accordés à des jardins pour leurs projets.") % {"sum": euros(used.grants)}
    if used.sessions:
        did += " " + _("%(sum)s pour des ateliers ouverts à tous.") % {"sum": euros(used.sessions)}
    when = _("Du %(first)s au %(last)s.") % {
        "first": said(tranche.from_day, "plain"), "last": said(tranche.until_day, "plain"),
    }  # fmt: skip
    questions = [
        (_("Décrire précisément la mise en œuvre de l’action"), did),
        (_("Nombre approximatif de personnes bénéficiaires, par type de publics"), _publics(tranche)),
        (_("Date(s) et lieu(x) de réalisation de l’action"), f"{when} {_('Dans les communes des jardins ci-dessous.')}" if by_garden else when),
        (_("Les objectifs de l’action ont-ils été atteints au regard des indicateurs utilisés ?"),
         _("%(share)s de la somme notifiée est utilisée.") % {"share": share(used.total / notified)} if notified else ""),
    ]  # fmt: skip
    annex = [
        (_("1. Règles de répartition des charges indirectes affectées à l’action subventionnée"),
         _("Aucune charge indirecte : toute la somme va aux paniers, aux projets et aux ateliers des jardins.")),
        (_("2. Écarts éventuels entre le budget prévisionnel de l’action et le budget final exécuté"),
         _("%(sum)s ne sont pas encore utilisés.") % {"sum": euros(left)} if left else ""),
        (_("3. Contributions volontaires en nature affectées à la réalisation de l’action"), ""),
        (_("4. Observations sur le compte rendu financier"),
         _("Ce qui va aux paniers est affecté à des paniers précis par un règlement de période, dont la preuve est gardée.")),
    ]  # fmt: skip
    gardens = Garden.objects.in_bulk(by_garden.keys() | counted.keys())
    places = [
        (str(garden), number(counted[pk]) if pk in counted else "", euros(by_garden.get(pk, uses.Parts()).total))
        for pk, garden in sorted(gardens.items(), key=lambda one: one[1].name)
    ]
    title = _("Compte rendu financier : %(tranche)s") % {"tranche": tranche}
    who = fund.partner.name if fund.partner else fund.name
    return _report(title, fund.entity, who, questions, places, sheet, notified, annex, str(tranche.until_day.year), report_due(tranche.until_day), f"cerfa-{fund.name}-{tranche.label}")  # fmt: skip


GROUP = (
    "garden",
    "day",
    "commune_code",
    "audience",
    "affiliation",
    "price_cents",
    "member_cents",
    "need_cents",
    "local_cents",
)


def _groups(tranche: Tranche) -> list[tuple[int, str, int, int]]:
    """What stands of a tranche, by group of baskets: garden, public, baskets, cents. One query."""
    rows = SettlementLine.objects.filter(tranche=tranche).values_list(*GROUP)
    found = rows.annotate(count=Max("baskets"), total=Sum("cents")).filter(total__gt=0).order_by()
    return [(row[0], row[3], row[-2], row[-1]) for row in found]


def _baskets(tranche: Tranche) -> dict[int, int]:
    """How many baskets it pays, by garden."""
    found: Counter[int] = Counter()
    for garden, _audience, count, _cents in _groups(tranche):
        found[garden] += count
    return dict(found)


def _publics(tranche: Tranche) -> str:
    """Baskets by public; those of small numbers together, so that nobody is recognised."""
    counts: Counter[str] = Counter()
    for _garden, audience, count, _cents in _groups(tranche):
        counts[audience or _("public non précisé")] += count
    known = {name: count for name, count in counts.items() if count >= FEW}
    if others := counts.total() - sum(known.values()):
        known[_("autres publics")] = others
    return "\n".join(
        f"{name} : {number(count)} {_('paniers')}" for name, count in sorted(known.items(), key=lambda one: -one[1])
    )


# --- What both have in common ---------------------------------------------------------------------


def _report(
    title: str, entity: Entity, who: str, questions: list[tuple[str, str]], places: list[tuple[str, str, str]], sheet: Sheet,
    granted: int, annex: list[tuple[str, str]], year: str, due: date, file_name: str,
) -> Report:  # fmt: skip
    details = [
        (_("Organisme"), entity.name), (_("SIREN"), entity.siren), (_("Numéro RNA"), entity.rna), (_("Adresse"), entity.address),
        (_("Versé par"), who),
    ]  # fmt: skip
    part = sheet.part_of(granted)
    sentence = _("La subvention de %(sum)s représente %(share)s du total des produits.") % {
        "sum": euros(granted), "share": share(part / 10_000, 1),
    } if part is not None else ""  # fmt: skip
    totals = [
        _total(_("Total des charges"), sheet.costs_total), _total(_("Total des produits"), sheet.incomes_total),
        _total(_("Total des emplois en nature"), sheet.given_costs_total),
        _total(_("Total des contributions en nature"), sheet.given_incomes_total),
    ]  # fmt: skip
    return Report(
        title, entity.name, [one for one in details if one[1]], questions, places, year, _cells(sheet.costs),
        _cells(sheet.incomes), _cells(sheet.given_costs), _cells(sheet.given_incomes), totals, sentence, annex, due,
        sheet.balanced, file_name,
    )  # fmt: skip


def _total(label: str, row: Row) -> tuple[str, str, str, str]:
    return label, _plain(row.planned), _plain(row.real), _percent(row)


def _cells(rows: list[Row]) -> list[Cell]:
    cells = []
    for row in rows:
        label = str(ACCOUNTS[row.account])
        name = label if row.account == INDIRECT else f"{row.account} – {label}"
        cells.append(Cell(name, _plain(row.planned), _plain(row.real), _percent(row)))
        cells += [
            Cell(one.label, _plain(one.planned), _plain(one.real), "", False) for one in row.lines if one.label != label
        ]
    return cells


def _plain(cents: int) -> str:
    """An amount as the form takes it: no sign, no space, nothing when it is nothing."""
    return f"{cents // 100},{cents % 100:02}" if cents else ""


def _percent(row: Row) -> str:
    return "" if row.bp is None else share(row.bp / 10_000)


def _filled(texts: list[str]) -> str:
    return "\n".join(text for text in texts if text)
