"""`cageot purge`: forget what is out of time. To be run every night."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core import clock
from cageot.members import retention


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "purge", run=run,
        help=_("Effacer ce dont le délai est passé : foyers partis, messages, codes, traces. À lancer chaque nuit."),
        example=_("Exemples :\n  cageot purge --dry-run\n  cageot purge"),
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help=_("dire ce qui serait effacé, sans rien effacer"))
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    if options.dry_run:
        return _tell(retention.report(clock.today()), options.format)
    done = retention.purge(clock.today(), at=clock.now())
    held = [name for name, one in retention.clocks().items() if one.held]
    if options.format == "json":
        print_json({"done": done.counts, "held": held})
        return 0
    households = done.counts.get("forgotten", 0)
    print(ngettext("%(n)s foyer effacé.", "%(n)s foyers effacés.", households) % {"n": households})
    for name, count in done.counts.items():
        if name != "forgotten":
            print(f"  {name} : {count}")
    _tell_held(held)
    return 0


def _tell(seen: retention.Report, format: str) -> int:
    if format == "json":
        print_json(
            {"households": seen.households, "gardens": seen.gardens, "to_part": seen.to_part, "tables": seen.tables,
             "files": seen.files, "held": seen.held}
        )  # fmt: skip
        return 0
    print(
        ngettext("%(n)s foyer serait effacé.", "%(n)s foyers seraient effacés.", seen.households)
        % {"n": seen.households}
    )
    for name, count in seen.gardens.items():
        print(f"  {name} : {count}")
    for name, count in [*seen.tables.items(), (_("fichiers"), seen.files)]:
        if count:
            print(f"  {name} : {count}")
    _tell_held(seen.held)
    return 0


def _tell_held(held: list[str]) -> None:
    if held:
        print(_("Rien ne s’efface, à la demande du réseau, pour : %(classes)s.") % {"classes": ", ".join(held)})
