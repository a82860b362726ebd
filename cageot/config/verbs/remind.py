"""`cageot remind`: send the reminders that are due, once each. To be run every morning."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import notices, outlooks, proposing, signups
from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core import clock
from cageot.core.faults import where
from cageot.funding.actions import granting
from cageot.guide.actions import digest
from cageot.members import after, referrals
from cageot.workshops.actions import reminding

log = logging.getLogger(__name__)


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "remind", run=run,
        help=_("Envoyer les rappels du jour : les dépôts qui vont fermer, les prises en charge qui vont finir. À lancer chaque matin."),
        example=_("Exemple : cageot remind"),
    )  # fmt: skip
    add_format(parser, _("text pour lire, json pour une machine"))


Part = Callable[[date, datetime], Any]


def parts() -> dict[str, Part]:
    """What is done each morning, by its name; none waits for another."""
    return {
        "sent": lambda today, at: notices.remind(today=today, at=at),
        "ends": lambda today, at: after.tick(
            today=today, at=at, link=lambda code: address("renewal", code), board=lambda garden: address("ends", garden.code)
        ),
        "referrals": lambda today, at: referrals.tick(today=today, at=at),
        "places": lambda today, at: signups.tick(today=today, at=at, link=lambda code: address("signup_place", code)),
        "sessions": lambda today, at: reminding.remind(today=today, at=at),
        "reports": lambda today, at: granting.remind(today=today, at=at),
        "proposed": lambda today, at: proposing.propose(today, at) is not None,
        "outlooks": lambda today, at: len(outlooks.look_ahead(today=today, at=at)),
        "digests": lambda today, at: digest.send(today=today, at=at, link=address),
    }  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Every part, even after one that fails: which ones is said, and the exit code is 1."""
    today, at = clock.today(), clock.now()
    done: dict[str, Any] = {}
    failed: list[str] = []
    for name, work in parts().items():
        try:
            done[name] = work(today, at)
        except Exception as error:  # noqa: BLE001 — a fault in one part keeps nobody waiting for the others
            log.error("remind, %s: %s", name, where(error))
            failed.append(name)
    if options.format == "json":
        print_json(done | ({"failed": failed} if failed else {}))
    else:
        for line in _told(done):
            print(line)
    for name in failed:
        print(_failed(name), file=sys.stderr)
    return 1 if failed else 0


def _told(done: dict[str, Any]) -> list[str]:
    """A sentence for each part that was done."""
    sentences: dict[str, Callable[[Any], str]] = {
        "sent": lambda n: ngettext("%(n)s rappel envoyé.", "%(n)s rappels envoyés.", n) % {"n": n},
        "ends": lambda n: ngettext("%(n)s fin annoncée.", "%(n)s fins annoncées.", n) % {"n": n},
        "referrals": lambda found: _moved(sum(found.values())),
        "places": lambda n: ngettext(
            "%(n)s place proposée sans réponse, passée à la suite.", "%(n)s places proposées sans réponse, passées à la suite.", n
        ) % {"n": n},
        "sessions": lambda n: ngettext("%(n)s rappel d’atelier.", "%(n)s rappels d’ateliers.", n) % {"n": n},
        "reports": lambda n: ngettext("%(n)s compte rendu rappelé.", "%(n)s comptes rendus rappelés.", n) % {"n": n},
        "digests": lambda n: ngettext(
            "%(n)s résumé de l’entraide envoyé.", "%(n)s résumés de l’entraide envoyés.", n
        ) % {"n": n},
        "proposed": lambda is_so: _("Le partage des financements est proposé à nouveau.") if is_so else "",
    }  # fmt: skip
    found = [say(done[name]) for name, say in sentences.items() if name in done]
    return [line for line in found if line]


def _moved(n: int) -> str:
    return ngettext("%(n)s orientation rappelée ou finie.", "%(n)s orientations rappelées ou finies.", n) % {"n": n}


def _failed(name: str) -> str:
    names = {
        "sent": _("les dépôts qui ferment"),
        "ends": _("les prises en charge qui finissent"),
        "referrals": _("les orientations"),
        "places": _("les places proposées"),
        "sessions": _("les ateliers"),
        "reports": _("les comptes rendus"),
        "proposed": _("le partage des financements"),
        "outlooks": _("les prévisions"),
        "digests": _("le résumé de l’entraide"),
    }
    told = _("Cela n’a pas pu être fait : %(what)s. Le reste l’est. Le journal du serveur dit à quel endroit.")
    return told % {"what": names[name]}


def address(name: str, *args: object) -> str:
    """The absolute address of a page of the desk, for what leaves by mail."""
    return str(settings.SITE) + reverse(f"desk:{name}", args=args)
