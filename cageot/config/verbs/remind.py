"""`cageot remind`: send the reminders that are due, once each. To be run every morning."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import notices
from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core import clock


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "remind", run=run,
        help=_("Envoyer les rappels du jour : les dépôts qui vont fermer un moment. À lancer chaque matin."),
        example=_("Exemple : cageot remind"),
    )  # fmt: skip
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    sent = notices.remind(today=clock.today(), at=clock.now())
    if options.format == "json":
        print_json({"sent": sent})
        return 0
    print(ngettext("%(n)s rappel envoyé.", "%(n)s rappels envoyés.", sent) % {"n": sent})
    return 0
