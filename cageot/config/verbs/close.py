"""`cageot close`: close a garden's week from the terminal."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _

from cageot.baskets import actions, queries
from cageot.baskets.models import WeekClose
from cageot.config.verbs._help import Verbs, add_format, print_json, refuse, verb, week
from cageot.core import clock
from cageot.core.templatetags.cageot import euros
from cageot.desk import words
from cageot.network.models import Garden


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "close", run=run,
        help=_("Clôturer la semaine d’un jardin : chaque panier est payé au centime."),
        example=_("Exemple : cageot close --garden blois --week 2017-W12 --dry-run"),
    )  # fmt: skip
    parser.add_argument("--garden", required=True, metavar="CODE", help=_("le code du jardin"))
    parser.add_argument("--week", required=True, type=week, metavar="AAAA-Wnn", help=_("la semaine"))
    parser.add_argument("--dry-run", action="store_true", help=_("dire ce qui serait écrit, sans rien écrire"))
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    garden = Garden.objects.filter(code=options.garden).first()
    if garden is None:
        return refuse(_("Aucun jardin n’a le code « %(code)s ».") % {"code": options.garden}, 2, options)
    if options.dry_run:
        return _tell_what_would_be(garden, options)
    try:
        close = actions.close_week(garden, options.week, today=clock.today(), by=None, at=clock.now())
    except actions.AlreadyClosed as refused:
        # Asking twice is not a fault: the answer is the close that stands.
        return _tell(garden, refused.close, options, already=True)
    except actions.WeekNotReady as refused:
        return _tell_questions(refused, options)
    return _tell(garden, close, options, already=False)


def _tell_what_would_be(garden: Garden, options: argparse.Namespace) -> int:
    if standing := queries.open_close(garden, options.week):
        return _tell(garden, standing, options, already=True)
    closing = queries.closing_of(garden, options.week, clock.today())
    questions = [words.question(question.what, question.count, question.about) for question in closing.questions]
    figures = actions.figures_of(closing)
    if options.format == "json":
        print_json(
            {"garden": garden.code, "week": str(options.week), "dry_run": True, "questions": questions, **figures}
        )
    else:
        print(
            _("Semaine %(week)s, %(garden)s : voici ce qui serait écrit.")
            % {"week": options.week, "garden": garden.name}
        )
        _print_figures(figures)
        for question in questions:
            print(f"  ! {question}")
    return 1 if questions else 0


def _tell(garden: Garden, close: WeekClose, options: argparse.Namespace, *, already: bool) -> int:
    figures = {name: getattr(close, name) for name in FIGURES}
    if options.format == "json":
        print_json(
            {
                "garden": garden.code,
                "week": str(close.week),
                "already_closed": already,
                "entry": close.entry_id,
                **figures,
            }
        )
        return 0
    sentence = (
        _("La semaine %(week)s de %(garden)s était déjà close.")
        if already
        else _("La semaine %(week)s de %(garden)s est close.")
    )
    print(sentence % {"week": close.week, "garden": garden.name})
    _print_figures(figures)
    return 0


def _tell_questions(refused: actions.WeekNotReady, options: argparse.Namespace) -> int:
    questions = [words.question(question.what, question.count, question.about) for question in refused.questions]
    if options.format == "json":
        print_json({"garden": options.garden, "week": str(options.week), "closed": False, "questions": questions})
        return 1
    return refuse(
        "\n".join([_("La semaine n’est pas close. Répondez d’abord :"), *(f"  · {question}" for question in questions)])
    )


FIGURES = ["ordinary_baskets", "solidarity_baskets", *actions.FIGURE_OF.values(), "max_member_bp"]


def _print_figures(figures: dict[str, Any]) -> None:
    print(_("  paniers ordinaires : %(n)d") % {"n": figures["ordinary_baskets"]})
    print(_("  paniers solidaires : %(n)d") % {"n": figures["solidarity_baskets"]})
    labels = {
        "members_cents": _("adhérents"), "local_cents": _("partenaires locaux"), "national_cents": _("partenaires nationaux"),
        "network_cents": _("réseau"), "gardens_cents": _("jardin"), "uncovered_cents": _("non couvert"),
    }  # fmt: skip
    for name, label in labels.items():
        if figures[name]:
            print(f"  {label} : {euros(figures[name])}")
