"""`cageot send`: make what is due leave, by mail and by SMS. To be run every few minutes; two at once share the work."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core import clock
from cageot.network import limits, outbox
from cageot.network.models import Message
from cageot.network.outbox import Sent

KEPT = timedelta(days=2)
"""How long tries at a door stay counted; the longest window is a day."""


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "send", run=run,
        help=_("Faire partir ce qui attend : courriels et SMS. À lancer toutes les cinq minutes."),
        example=_("Exemple : cageot send"),
    )  # fmt: skip
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    loud = sys.stderr.isatty()
    sent = outbox.send(now=clock.now, progress=_tell if loud else None)
    if loud and sent.all:
        print(file=sys.stderr)
    limits.sweep(before=clock.now() - KEPT)
    stuck = Message.objects.filter(outbox.stuck(clock.now())).count()
    if options.format == "json":
        print_json(asdict(sent) | {"stuck": stuck})
    else:
        _say(sent, stuck)
    return 1 if sent.failed or sent.unknown else 0


def _tell(sent: Sent) -> None:
    print(f"\r{_('Partis')} : {sent.sent}", end="", file=sys.stderr, flush=True)


def _say(sent: Sent, stuck: int) -> None:
    print(ngettext("%(n)s message parti.", "%(n)s messages partis.", sent.sent) % {"n": sent.sent})
    if sent.later:
        print(ngettext("%(n)s message attend : nouvel essai plus tard.", "%(n)s messages attendent : nouvel essai plus tard.", sent.later) % {"n": sent.later})  # fmt: skip
    if sent.failed:
        print(ngettext("%(n)s message n’est pas parti : voyez la page Messages.", "%(n)s messages ne sont pas partis : voyez la page Messages.", sent.failed) % {"n": sent.failed})  # fmt: skip
    if stuck:
        print(ngettext("%(n)s message est resté en chemin : la page Messages demande s’il faut le renvoyer.", "%(n)s messages sont restés en chemin : la page Messages demande s’il faut les renvoyer.", stuck) % {"n": stuck})  # fmt: skip
