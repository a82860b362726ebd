"""`cageot import`: bring a garden's spreadsheet."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from cageot.config.verbs._help import Verbs, add_format, print_json, refuse, verb
from cageot.core import clock
from cageot.core.tabular.reading import read_table
from cageot.core.tabular.table import UnreadableFile
from cageot.core.tabular.words import plain
from cageot.desk.actions import importing as actions
from cageot.desk.forms.import_map import BadMap, FileMap, read_map, weekday
from cageot.desk.queries import importing as queries
from cageot.desk.queries.import_crosses import gathered
from cageot.desk.queries.import_file import Brought, read, taught
from cageot.desk.queries.import_pages import proposed
from cageot.desk.queries.import_report import Report, Told, alike
from cageot.desk.rules.import_facts import Draft
from cageot.desk.rules.import_words import days_said
from cageot.desk.rules.importing import Decision, Unknown, decide
from cageot.desk.words_importing import KINDS, STEPS
from cageot.network.models import Garden

SHOWN = 40
"""Problems told on a screen; beyond, the annotated copy has them all."""


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "import", run=run,
        help=_("Apporter le tableau d’un jardin : CSV, Excel ou ODS."),
        example=_(
            "Exemple : cageot import households adherents.xlsx --garden blois --dry-run\n\n"
            "Les correspondances (--map) sont un JSON :\n"
            '  {"columns": {"Mon titre": "last_name", "Divers": ""},\n'
            '   "values": {"depots": {"Gare": "Gare de Blois"}, "sizes": {"P": "petit"}, "partners": {"C.C.A.S.": "CCAS de Blois"},\n'
            '              "tariffs": {"QF 1": "Solidaire"}, "frequencies": {"1/2 A": "semaines paires"}},\n'
            '   "create": {"depots": {"Gare": {"weekday": 4}}, "sizes": {"Moyen": {"price": "10,00"}}, "agreements": ["CCAS de Vendôme"]}}\n'
            "Ce qui est dit une fois est retenu pour le jardin. Codes de sortie : 0 tout est bon, 1 à corriger, 2 mal demandé."
        ),
    )  # fmt: skip
    parser.add_argument("what", choices=["households"], help=_("ce que contient le fichier : households, des foyers"))
    parser.add_argument("file", metavar="FICHIER", help=_("le fichier à apporter"))
    parser.add_argument("--garden", required=True, metavar="CODE", help=_("le code du jardin"))
    parser.add_argument("--dry-run", action="store_true", help=_("tout vérifier, sans rien écrire"))
    parser.add_argument("--map", metavar="FICHIER", help=_("un JSON de correspondances entre le fichier et le jardin"))
    parser.add_argument("--sheet", default="", metavar="NOM", help=_("la feuille du classeur à lire"))
    parser.add_argument(
        "--good-rows", action="store_true", help=_("écrire les lignes bonnes, même si d’autres sont à corriger")
    )
    parser.add_argument(
        "--keep-duplicates", action="store_true", help=_("les lignes qui ressemblent à un foyer sont d’autres foyers")
    )
    parser.add_argument("--create", action="append", default=[], metavar="QUOI",
                        help=_("créer ce qui manque : depots, depots=jeudi (leur jour), agreements"))  # fmt: skip
    parser.add_argument(
        "--annotate", metavar="COPIE.xlsx", help=_("écrire une copie du fichier où chaque case à corriger est annotée")
    )
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    garden = Garden.objects.filter(code=options.garden).first()
    if garden is None:
        return _wrong(options, _("Aucun jardin n’a le code « %(code)s ».") % {"code": options.garden})
    try:
        said = _said(options)
        known = queries.remembered(garden)
        table = gathered(read_table(options.file, sheet=options.sheet), garden)
        brought = read(table, said.over(known.columns, {}).columns, _counted)
        said = _create(garden, brought, said.over(known.columns, known.values), options)
    except (UnreadableFile, BadMap) as error:
        return _wrong(options, str(error))
    return _bring(garden, brought, said, options)


def _wrong(options: argparse.Namespace, message: str) -> int:
    if options.format == "json":
        print_json({"file": Path(options.file).name, "error": message})
    return refuse(message, 2)


def _said(options: argparse.Namespace) -> FileMap:
    if not options.map:
        return FileMap()
    try:
        return read_map(Path(options.map).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise BadMap(
            _("Le fichier des correspondances est introuvable, ou n’a pas pu être lu : %(name)s")
            % {"name": options.map}
        ) from None


def _counted(drafts: Iterator[Draft]) -> Iterable[Draft]:
    told: Iterable[Draft] = tqdm(
        drafts, desc=_("Lecture"), unit=" " + _("lignes"), disable=None, leave=False, file=sys.stderr
    )
    return told


def _create(garden: Garden, brought: Brought, said: FileMap, options: argparse.Namespace) -> FileMap:
    """What `--create` adds to the correspondences: the depots or the partners that the garden has not."""
    wanted = dict(part.partition("=")[::2] for part in options.create)
    if strange := set(wanted) - {"depots", "agreements"}:
        raise BadMap(
            _("« --create %(what)s » n’est pas compris : écrivez depots, depots=jeudi ou agreements.")
            % {"what": min(strange)}
        )
    if not wanted:
        return said
    missing = decide(brought.drafts, queries.garden_facts(garden), said.answers(), clock.today()).unknown

    def words(kind: str) -> list[str]:
        return [one.words for one in missing if one.kind == kind and one.words and not one.answered]

    if "depots" in wanted and words("depot"):
        usual = weekday(wanted["depots"]) if wanted["depots"] else queries.usual_weekday(garden)
        days = {} if wanted["depots"] else days_said(brought.drafts)
        opened = {name: days.get(plain(name), usual) for name in words("depot")}
        if None in opened.values():
            raise BadMap(_("Quel jour les dépôts livrent-ils ? Écrivez par exemple --create depots=jeudi."))
        said = replace(said, depots={**{name: day for name, day in opened.items() if day}, **said.depots})
    return replace(said, agreements=said.agreements | frozenset(words("partner"))) if "agreements" in wanted else said


def _bring(garden: Garden, brought: Brought, said: FileMap, options: argparse.Namespace) -> int:
    answers = said.answers(None if options.keep_duplicates else frozenset())
    counts: dict[str, int] = dict.fromkeys(actions.COUNTS, 0)
    if options.dry_run:
        decision = decide(brought.drafts, queries.garden_facts(garden), answers, clock.today())
    else:
        learnt = actions.Learnt(taught(brought.table, said.columns), said.values)
        try:
            with _progress() as tell:
                written = actions.bring(
                    garden, brought.drafts, answers, only_good=options.good_rows, today=clock.today(), by=None, at=clock.now(),
                    learnt=learnt, tell=tell,
                )  # fmt: skip
            decision, counts = written.decision, dict(written.counts)
        except actions.NotGood as refused:
            decision = refused.decision
    report = Report(brought, decision)
    if options.annotate:
        Path(options.annotate).write_bytes(report.annotated())
    (_print_json if options.format == "json" else _print_text)(garden, brought, decision, report, counts, options)
    return 0 if decision.whole else 1


@contextmanager
def _progress() -> Iterator[actions.Tell]:
    """A bar on the error stream that says what is being written, and for how long; nothing when nobody watches."""
    with tqdm(total=100, disable=None, leave=False, file=sys.stderr, bar_format=BAR) as bar, _ticking(bar):

        def tell(step: str) -> None:
            bar.set_description_str(str(STEPS[step]), refresh=False)
            bar.update(actions.STEPS[step] - bar.n)
            bar.refresh()

        yield tell


@contextmanager
def _ticking(bar: tqdm[Any]) -> Iterator[None]:
    """Show the seconds go by, even while a single statement writes for long."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(0.5):
            bar.refresh()

    ticker = threading.Thread(target=tick, daemon=True)
    if not bar.disable:
        ticker.start()
    try:
        yield
    finally:
        over.set()
        if ticker.ident:
            ticker.join()


BAR = "{desc:<40} {percentage:3.0f} % |{bar:30}| {elapsed}"


def _print_json(
    garden: Garden,
    brought: Brought,
    decision: Decision,
    report: Report,
    counts: dict[str, int],
    options: argparse.Namespace,
) -> None:
    found = decision.counts
    print_json({
        "file": brought.table.name, "garden": garden.code, "dry_run": options.dry_run, "rows": len(decision.rows),
        "good": found["good"], "already": found["already"],
        "duplicates": [{"line": line, "name": name, "like": why} for line, name, why in report.duplicates],
        "problems": [_entry(one) for one in report.problems], "notes": [_entry(one) for one in report.notes],
        "file_notes": list(brought.notes), "repaired": report.repaired,
        "to_match": [
            {"kind": one.kind, "value": one.words, "lines": list(one.lines), "proposed": near}
            for one, near in _to_match(garden, decision)
        ],
        "written": counts["households"], "created": counts,
    })  # fmt: skip


def _to_match(garden: Garden, decision: Decision) -> list[tuple[Unknown, str]]:
    """The words that wait for an answer, each with what it most likely means."""
    waiting = [one for one in decision.unknown if not one.answered]
    facts = queries.garden_facts(garden) if waiting else None
    return [(one, proposed(one, facts) if facts else "") for one in waiting]


def _entry(told: Told) -> dict[str, Any]:
    return {"line": told.line, "column": told.column, "value": told.value, "message": told.message}


def _print_text(
    garden: Garden,
    brought: Brought,
    decision: Decision,
    report: Report,
    counts: dict[str, int],
    options: argparse.Namespace,
) -> None:
    found, lines = decision.counts, len(decision.rows)
    print(
        ngettext("%(file)s : %(n)d ligne.", "%(file)s : %(n)d lignes.", lines)
        % {"file": brought.table.name, "n": lines}
    )
    print(
        _("  %(good)d bonnes, %(already)d déjà là, %(problem)d à corriger, %(duplicate)d ressemblent à un autre foyer.")
        % found
    )
    for note in brought.notes:
        print(f"  · {note}")
    _print_remarks(report.problems, "!")
    _print_to_match(_to_match(garden, decision))
    for line, name, why in report.duplicates[:SHOWN]:
        print(_("  ? ligne %(line)d, %(name)s : %(why)s") % {"line": line, "name": name, "why": " ".join(why)})
    if decision.whole or options.dry_run:
        _print_remarks(report.notes, "·", 10)
    print(_outcome(decision, counts, options))


def _print_remarks(remarks: list[Told], mark: str, limit: int = SHOWN) -> None:
    groups = alike(remarks)
    for one in groups[:limit]:
        where = ngettext("ligne %(lines)s", "lignes %(lines)s", len(one.lines)) % {"lines": one.where}
        if len(one.lines) > 8:
            where += _(" (%(n)d en tout)") % {"n": len(one.lines)}
        where += (f", {one.column}" if one.column else "") + (f" « {short(one.value)} »" if one.value else "")
        print(f"  {mark} {where} : {one.message}")
    if len(groups) > limit:
        print(
            _("  … et %(n)d autres remarques ; la copie annotée les a toutes (--annotate copie.xlsx).")
            % {"n": len(groups) - limit}
        )


def _print_to_match(waiting: list[tuple[Unknown, str]]) -> None:
    """What to write in the file of --map, once for the whole file."""
    for one, near in waiting[:SHOWN]:
        said = ngettext(
            "  = %(kind)s : que veut dire « %(words)s » (%(n)d ligne) ?",
            "  = %(kind)s : que veut dire « %(words)s » (%(n)d lignes) ?",
            len(one.lines),
        ) % {"kind": KINDS[one.kind], "words": short(one.words) or _("case vide"), "n": len(one.lines)}
        print(said + (" " + _("Peut-être %(name)s.") % {"name": near} if near else ""))
    if waiting:
        print(_("  Dites-le une fois, dans un fichier donné par --map : voir cageot import --help."))


def short(text: str) -> str:
    """A cell on one line of a screen."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _outcome(decision: Decision, counts: dict[str, int], options: argparse.Namespace) -> str:
    if options.dry_run:
        return _("Essai : rien n’a été écrit.")
    if not (decision.whole or options.good_rows):
        return _("Rien n’a été écrit. Corrigez les lignes, ou écrivez seulement les bonnes avec --good-rows.")
    said = ngettext("%(n)d foyer ajouté", "%(n)d foyers ajoutés", counts["households"]) % {"n": counts["households"]}
    return _("%(said)s, %(supports)d prises en charge, %(subscriptions)d paniers réguliers, %(baskets)d paniers prévus.") % {
        "said": said, **counts,
    }  # fmt: skip
