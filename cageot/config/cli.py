"""The `cageot` command: plain words, one file per verb in `cageot/config/verbs/`.

Words are French, or English when the machine's language is (LANG, or CAGEOT_LANG=fr|en).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

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
    from cageot.config import database

    # `demo` chooses its own database, which must be known before Django reads its settings.
    database.choose(words)
    import django
    from django.utils import translation

    django.setup()
    with translation.override(language()):
        options = parser().parse_args(words)
        if not hasattr(options, "run"):
            parser().print_help()
            return 2
        try:
            return int(options.run(options))
        except KeyboardInterrupt:
            print(file=sys.stderr)
            return 1


def parser() -> argparse.ArgumentParser:
    from django.utils.translation import gettext as _

    from cageot.config.verbs import check, close, demo, figures, import_, serve, user

    top = argparse.ArgumentParser(
        prog="cageot",
        description=_("Cageot tient un programme de paniers solidaires, de l’abonnement aux comptes."),
        epilog=_("Pour commencer : cageot demo. L’aide de chaque mot : cageot demo --help."),
    )
    verbs = top.add_subparsers(title=_("ce que vous pouvez demander"), metavar="", dest="verb")
    for verb in (demo, serve, import_, close, figures, check, user):
        verb.add(verbs)
    return top


if __name__ == "__main__":
    sys.exit(main())
