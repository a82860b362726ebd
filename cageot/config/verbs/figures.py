"""`cageot figures`: an edition of the programme in figures."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _

from cageot.config.verbs._help import Verbs, add_format, print_json, refuse, verb
from cageot.core.templatetags.cageot import euros, number
from cageot.desk.queries.programme import edition_figures
from cageot.network.models import Edition


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "figures", run=run,
        help=_("Donner les chiffres d’une édition du programme."),
        example=_("Exemple : cageot figures --edition 2017 --format json"),
    )  # fmt: skip
    parser.add_argument("--edition", required=True, metavar="CODE", help=_("le code de l’édition, par exemple 2017"))
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    edition = Edition.objects.filter(code=options.edition).first()
    if edition is None:
        known = ", ".join(Edition.objects.values_list("code", flat=True)) or _("aucune")
        return refuse(
            _("Aucune édition « %(code)s ». Connues : %(known)s.") % {"code": options.edition, "known": known},
            2,
            options,
        )
    figures: dict[str, Any] = dict(edition_figures(edition))
    if options.format == "json":
        print_json(figures)
        return 0
    print(edition.name)
    labels = {
        "gardens": _("jardins"), "households": _("foyers pris en charge"), "solidarity_baskets": _("paniers solidaires distribués"),
        "ordinary_baskets": _("paniers ordinaires distribués"), "local_partners": _("partenaires locaux"),
        "national_funders": _("financeurs nationaux"), "workshops": _("ateliers et rencontres"), "participations": _("participations"),
    }  # fmt: skip
    for name, label in labels.items():
        print(f"  {label} : {number(figures[name])}")
    payers = {
        "members": _("adhérents"), "local": _("partenaires locaux"), "national": _("partenaires nationaux"),
        "network": _("réseau"), "gardens": _("jardins"),
    }  # fmt: skip
    for name, label in payers.items():
        print(f"  {_('payé par')} {label} : {euros(figures['paid_by'][name])}")
    print(f"  {_('non couvert')} : {euros(figures['uncovered_cents'])}")
    return 0
