"""`cageot remind`: send the reminders that are due, once each. To be run every morning."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import notices, outlooks, proposing, signups
from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core import clock
from cageot.funding.actions import granting
from cageot.guide.actions import digest
from cageot.members import after, referrals
from cageot.workshops.actions import reminding


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "remind", run=run,
        help=_("Envoyer les rappels du jour : les dépôts qui vont fermer, les prises en charge qui vont finir. À lancer chaque matin."),
        example=_("Exemple : cageot remind"),
    )  # fmt: skip
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    today, at = clock.today(), clock.now()
    sent = notices.remind(today=today, at=at)
    ends = after.tick(
        today=today,
        at=at,
        link=lambda code: address("renewal", code),
        board=lambda garden: address("ends", garden.code),
    )
    orientations = referrals.tick(today=today, at=at)
    places = signups.tick(today=today, at=at, link=lambda code: address("signup_place", code))
    sessions = reminding.remind(today=today, at=at)
    reports = granting.remind(today=today, at=at)
    proposal = proposing.propose(today, at)
    outlooks.look_ahead(today=today, at=at)
    digests = digest.send(today=today, at=at, link=address)
    if options.format == "json":
        print_json(
            {
                "sent": sent,
                "ends": ends,
                "referrals": orientations,
                "places": places,
                "sessions": sessions,
                "reports": reports,
                "proposed": proposal is not None,
                "digests": digests,
            }
        )
        return 0
    print(ngettext("%(n)s rappel envoyé.", "%(n)s rappels envoyés.", sent) % {"n": sent})
    print(ngettext("%(n)s fin annoncée.", "%(n)s fins annoncées.", ends) % {"n": ends})
    moved = sum(orientations.values())
    print(
        ngettext("%(n)s orientation rappelée ou finie.", "%(n)s orientations rappelées ou finies.", moved)
        % {"n": moved}
    )
    words = ngettext(
        "%(n)s place proposée sans réponse, passée à la suite.",
        "%(n)s places proposées sans réponse, passées à la suite.",
        places,
    )
    print(words % {"n": places})
    print(ngettext("%(n)s rappel d’atelier.", "%(n)s rappels d’ateliers.", sessions) % {"n": sessions})
    print(ngettext("%(n)s compte rendu rappelé.", "%(n)s comptes rendus rappelés.", reports) % {"n": reports})
    print(
        ngettext("%(n)s résumé de l’entraide envoyé.", "%(n)s résumés de l’entraide envoyés.", digests) % {"n": digests}
    )
    if proposal:
        print(_("Le partage des financements est proposé à nouveau."))
    return 0


def address(name: str, *args: object) -> str:
    """The absolute address of a page of the desk, for what leaves by mail."""
    return str(settings.SITE) + reverse(f"desk:{name}", args=args)
