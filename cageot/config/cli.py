"""The `cageot` command: plain words, one file per verb in `cageot/config/verbs/`.

Words are French, or English when the machine's language is (LANG, or CAGEOT_LANG=fr|en).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from cageot.config import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cageot.config.settings")


def language() -> str:
    """The language of the terminal: English if the machine says so, French otherwise."""
    wanted = next(
        (os.environ[name] for name in ("CAGEOT_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "fr"
    )
    return "en" if wanted.lower().startswith("en") else "fr"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code says how it went (0 done, 1 refused or something found, 2 asked wrongly)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in sys.stdout, sys.stderr:
        if isinstance(stream, io.TextIOWrapper):  # an old terminal shows a ? in place of what it cannot write
            stream.reconfigure(errors="replace")
    import django
    from django.conf import settings
    from django.utils import translation

    # Must be known before Django reads its settings; a process that has read them keeps its base.
    own = not settings.configured
    choice = database.choose(words) if own else database.Choice()
    django.setup()
    from cageot.config import opening
    from cageot.config.verbs import _help

    if own:
        os.umask(0o077)  # names, codes and keys are written for this user alone
        opening.alone()

    _help.speak_our_words()
    with translation.override(language()):
        options = parser().parse_args(words)
        if not hasattr(options, "run"):
            parser().print_help()
            return 2
        try:
            return _run(options, choice)
        except KeyboardInterrupt:
            print(file=sys.stderr)
            return 1
        except BrokenPipeError:  # whoever was reading us has left
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1


def _run(options: argparse.Namespace, choice: database.Choice) -> int:
    """Open the base that this verb needs, and run it; what keeps the base from answering is told in a sentence."""
    from django.db import OperationalError

    from cageot.config import opening
    from cageot.config.verbs import _help

    try:
        opening.refuse_what_is_wrong(choice)
        if options.verb in database.LOOKERS or getattr(options, "what", "") == "list":
            opening.must_be_there()
            if choice.demonstration:
                _help.tell_demonstration(choice.demonstration)
        return int(options.run(options))
    except opening.CannotOpen as refused:
        return _help.refuse(str(refused), refused.code, options)
    except OperationalError as error:
        return _help.refuse(opening.silent(error), 1, options)
    except OSError as error:
        if not error.filename:
            raise
        return _help.refuse(f"{error.strerror} : {error.filename}", 1, options)
    finally:
        sys.stdout.flush()


def parser() -> argparse.ArgumentParser:
    from django.utils.translation import gettext as _

    from cageot.config.verbs import allocate, check, close, demo, figures, import_, purge, remind, send, serve, user

    top = argparse.ArgumentParser(
        prog="cageot",
        description=_("Cageot tient un programme de paniers solidaires, de l’abonnement aux comptes."),
        epilog=_("Pour commencer : cageot demo. L’aide de chaque mot : cageot demo --help."),
    )
    verbs = top.add_subparsers(title=_("ce que vous pouvez demander"), metavar=_("MOT"), dest="verb")
    for verb in (demo, serve, import_, close, figures, allocate, check, remind, send, purge, user):
        verb.add(verbs)
    return top


if __name__ == "__main__":
    sys.exit(main())
