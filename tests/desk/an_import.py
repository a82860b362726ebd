"""The garden that the sample files come from, and files made for a test.

Blois sells a Petit at 8,00 € and a Grand at 12,00 €, and has three agreements: the member pays 2,40 € for a Petit,
3,60 € for a Grand, the partner pays the rest. It is Monday 20 March 2017.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from cageot.baskets import actions as baskets
from cageot.core.tabular.reading import read_table
from cageot.desk.actions import importing
from cageot.desk.queries import importing as queries
from cageot.desk.queries.import_file import Brought, read
from cageot.desk.queries.import_report import Report
from cageot.desk.rules.import_facts import Answers
from cageot.desk.rules.importing import Decision, decide
from cageot.funding import actions as funding
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft
from cageot.funding.models import Agreement
from cageot.network.models import Garden
from tests.core.test_tabular_reading import SAMPLES, delimited
from tests.factories import AT, make_depot, make_edition, make_garden, make_partner, make_size

TODAY = date(2017, 3, 20)
ACCESS, WORKBOOK, WRONG = (
    SAMPLES / name for name in ("adherents-access.csv", "adherents-tableur.xlsx", "adherents-avec-erreurs.csv")
)
COLUMNS = (
    "N° adhérent", "Civilité", "Nom", "Prénom", "Adresse", "CP", "Ville", "Téléphone", "Portable", "Mail", "Adultes", "Enfants",
    "Type de panier", "Fréquence", "Point de dépôt", "Tarif", "Partenaire", "Début", "Fin", "Participation", "Cotisation payée le",
)  # fmt: skip
LINE = {
    "N° adhérent": "7", "Nom": "Durand", "Prénom": "Paul", "Type de panier": "Grand", "Point de dépôt": "Jardin", "Tarif": "Plein",
    "Début": "06/02/2017",
}  # fmt: skip
"""A line where all is good; a test changes what it is about."""


def a_garden(code: str = "blois", *, deliveries: bool = True) -> Garden:
    for year in (2016, 2017, 2018):
        make_edition(year)
    garden = make_garden(code, "Jardin de Blois")
    make_size(garden, "petit", 800)
    make_size(garden, "grand", 1200)
    for name, weekday in (("Gare de Blois", 4), ("Maison des Provinces", 4), ("Biocoop Blois", 5), ("Jardin", 3)):
        make_depot(garden, name, weekday)
    for name, kind in (("CCAS de Blois", "ccas"), ("CAF 41", "caf"), ("MSA Berry-Touraine", "msa")):
        an_agreement(garden, name, kind)
    if deliveries:
        baskets.open_deliveries(garden, first=date(2017, 1, 1), last=date(2017, 12, 31), weekdays=[3, 4, 5])
    return garden


def an_agreement(garden: Garden, name: str, kind: str = "ccas", **fields: Any) -> Agreement:
    """With the partner of that name: 2,40 € for a Petit, 3,60 € for a Grand, from September 2016 to the end of 2018."""
    partner = make_partner(name, kind)
    partner.gardens.add(garden)
    rest = (ShareDraft(0, "rest"),)
    lines = [LineDraft(1200, rest, "grand", member_cents=360), LineDraft(800, rest, "petit", member_cents=240)]
    dates = {"from_day": date(2016, 9, 1), "until_day": date(2018, 12, 31), "status": "active"}
    agreement = Agreement(partner=partner, **({"name": f"Convention {name}"} | dates | fields))
    return funding.open_agreement(
        agreement, gardens=[garden], payers=[PayerDraft("partner", partner)], grids={"Tarif": lines}, by=None, at=AT
    )


def a_file(*lines: dict[str, str]) -> bytes:
    """A file with these lines, each a good one but for what is said of it."""
    rows = [{**LINE, **line} for line in lines]
    columns = [name for name in COLUMNS if any(name in row for row in rows)]
    columns += [name for row in rows for name in row if name not in columns]
    columns = list(dict.fromkeys(columns))
    return delimited([columns, *([row.get(name, "") for name in columns] for row in rows)]).encode()


def brought(source: Path | bytes, mapped: dict[str, str] | None = None) -> Brought:
    return read(read_table(source), mapped or {})


def judged(garden: Garden, source: Path | bytes, answers: Answers | None = None, today: date = TODAY) -> Decision:
    return decide(brought(source).drafts, queries.garden_facts(garden), answers or Answers(), today)


def told(garden: Garden, source: Path | bytes, answers: Answers | None = None) -> dict[int, str]:
    """What is wrong, by line: all the sentences of a line together, with plain spaces."""
    report = Report(brought(source), judged(garden, source, answers))
    found: dict[int, str] = {}
    for one in report.problems:
        found[one.line] = f"{found.get(one.line, '')} {one.column} « {one.value} » : {one.message}".strip().replace(
            "\xa0", " "
        )
    return found


def imported(
    garden: Garden, source: Path | bytes, answers: Answers | None = None, *, only_good: bool = True
) -> importing.Written:
    drafts = brought(source).drafts
    return importing.bring(garden, drafts, answers or Answers(), only_good=only_good, today=TODAY, by=None, at=AT)
