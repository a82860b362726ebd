"""`cageot allocate`: the best allocation of a scenario written in a file (the open format of `docs/rules/allocating.md`).

It reads the file and nothing else: no base is opened or changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cageot.config.verbs._help import Verbs, add_format, print_json, refuse, verb
from cageot.core.templatetags.cageot import euros
from cageot.funding.rules import allocating


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "allocate", run=run,
        help=_("Répartir au mieux des financements sur des paniers, d’après un fichier."),
        example=_("Exemple : cageot allocate scenario.json --format json"),
    )  # fmt: skip
    parser.add_argument("file", metavar="FILE", help=_("le fichier JSON, ou - pour l’entrée standard"))
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    try:
        found = allocating.allocate(allocating.read(_parse(options.file)))
    except OSError as error:
        return refuse(_("Impossible de lire %(file)s : %(why)s.") % {"file": options.file, "why": error.strerror}, 2)
    except allocating.ScenarioRefused as refusal:
        return refuse(f"{refusal.path} : {_whys()[refusal.why]}", 2)
    if options.format == "json":
        print_json(_told(found))
        return 0
    print(_("besoin : %(cents)s") % {"cents": euros(found.need_cents)})
    print(_("couvert : %(cents)s, et rien ne couvre plus") % {"cents": euros(found.covered_cents)})
    for one in found.funds:
        words = {"fund": one.fund, "used": euros(one.used_cents), "left": euros(one.left_cents)}
        print("  " + _("%(fund)s : %(used)s, il reste %(left)s") % words)
    for other in found.next_euro:
        words = {"garden": other.garden, "cents": euros(other.uncovered_cents)}
        print("  " + _("non couvert, %(garden)s : %(cents)s") % words)
    return 0


def _parse(name: str) -> Any:
    """The file's JSON; fractions stay exact. Refuses what is not JSON, and an object that says one thing twice."""
    content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except allocating.ScenarioRefused:  # said by `_once` or `_no_number`
        raise
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "$"
        raise allocating.ScenarioRefused(place, "not_json") from None
    except ValueError:  # a number of thousands of digits
        raise allocating.ScenarioRefused("$", "too_large") from None


def _no_number(text: str) -> Any:
    raise allocating.ScenarioRefused(text, "not_json")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise allocating.ScenarioRefused(name, "twice")
        found[name] = value
    return found


def _told(found: allocating.Allocation) -> dict[str, Any]:
    """The answer in the open format."""
    return {
        "need_cents": found.need_cents,
        "covered_cents": found.covered_cents,
        "uncovered_cents": found.uncovered_cents,
        "shares": [asdict(one) for one in found.shares],
        "funds": [{"id": one.fund, "used_cents": one.used_cents, "left_cents": one.left_cents} for one in found.funds],
        "certificate": {"bound_cents": found.bound_cents, "limits": [asdict(one) for one in found.limits]},
        "next_euro": [{"audience": "any", **asdict(one)} for one in found.next_euro],
    }


def _whys() -> dict[str, str]:
    return {
        "not_json": _("ce n’est pas du JSON en UTF-8"),
        "twice": _("écrit deux fois"),
        "not_an_object": _("un objet { } est attendu"),
        "not_a_list": _("une liste [ ] est attendue"),
        "missing": _("manque"),
        "unknown": _("n’est pas connu"),
        "not_whole": _("un nombre entier est attendu, sans guillemets"),
        "negative": _("ne peut pas être négatif"),
        "too_large": _("est trop grand"),
        "not_text": _("un texte entre guillemets est attendu"),
        "empty": _("ne peut pas être vide"),
        "not_a_date": _('une date est attendue, par exemple "2017-03-23"'),
        "not_a_percent": _("un pourcentage de 0 à 100 est attendu, avec deux décimales au plus"),
        "after_until": _("vient après « until »"),
        "same_id": _("sert déjà à une autre ligne"),
        "above_price": _("dépasse le prix du panier"),
    }
