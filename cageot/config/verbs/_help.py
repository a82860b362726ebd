"""How a verb is declared, told and refused, in the language of the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cageot.core.week import Week

Verbs = Any  # argparse keeps the type of its sub-parsers private


def verb(
    verbs: Verbs, name: str, *, help: str, example: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Add one verb with its one-line help and an example."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=help, description=help, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )  # fmt: skip
    parser.set_defaults(run=run)
    # Read before Django's settings are (cageot.config.database); declared here to be told.
    parser.add_argument(
        "--database", metavar="URL", help=_("une autre base : sqlite:///fichier ou postgres://nom:mot@machine/base")
    )
    return parser


def add_format(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text", help=help)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("« %(text)s » n’est pas une date : écrivez par exemple 2018-03-14") % {"text": text}
        ) from None


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number between these."""

    def read(text: str) -> int:
        with suppress(ValueError):
            number = int(text)
            if number >= least and (most is None or number <= most):
                return number
        raise argparse.ArgumentTypeError(
            _("« %(text)s » : donnez un nombre entier à partir de %(least)d") % {"text": text, "least": least}
            if most is None
            else _("« %(text)s » : donnez un nombre entier de %(least)d à %(most)d") % {"text": text, "least": least, "most": most}
        )  # fmt: skip

    return read


def week(text: str) -> Week:
    try:
        return Week.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("« %(text)s » n’est pas une semaine : écrivez par exemple 2017-W12") % {"text": text}
        ) from None


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()


def refuse(message: str, code: int = 1, options: argparse.Namespace | None = None) -> int:
    """Say why not, on the error stream and to a machine that reads, and give the exit code."""
    if getattr(options, "format", "text") == "json":
        print_json({"error": message})
    print(message, file=sys.stderr)
    return code


def tell_demonstration(path: Path) -> None:
    """Nobody chose a base, and the last demonstration was taken: said where it troubles no machine."""
    print(
        _("Aucune base n’est choisie : ceci est la démonstration %(path)s. Pour une autre : --database URL.")
        % {"path": path},
        file=sys.stderr,
    )


def _argparse_words() -> dict[str, str]:
    """What argparse says by itself, in our words."""
    return {
        "usage: ": _("usage : "),
        "options": _("options"),
        "positional arguments": _("à donner"),
        "show this help message and exit": _("montrer cette aide"),
        "%(prog)s: error: %(message)s\n": _("%(prog)s : %(message)s\n"),
        "argument %(argument_name)s: %(message)s": _("%(argument_name)s : %(message)s"),
        "the following arguments are required: %s": _("il manque : %s"),
        "unrecognized arguments: %s": _("mots inconnus : %s"),
        "expected one argument": _("une valeur est attendue"),
        "ignored explicit argument %r": _("aucune valeur n’est attendue ici : %r"),
        "invalid %(type)s value: %(value)r": _("valeur non comprise : %(value)r"),
        "invalid choice: %(value)r (choose from %(choices)s)": _("%(value)r n’est pas connu ; choisissez : %(choices)s"),
    }  # fmt: skip


def speak_our_words() -> None:
    """Make argparse speak the language of the terminal: it has no other way than this private name."""
    vars(argparse)["_"] = lambda text: _argparse_words().get(text, text)
