"""`cageot demo`: a whole programme alive, in one command."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from django.utils.translation import gettext as _
from tqdm import tqdm

from cageot.config import database
from cageot.config.verbs._help import Verbs, refuse, verb


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "demo", run=run,
        help=_("Montrer un programme entier : une saison close, une semaine en cours, des personnes inventées."),
        example=_("Exemple : cageot demo --on 2018-03-14"),
    )  # fmt: skip
    database.add_demo_options(parser)
    told = {
        "on": _("le jour de la démonstration (AAAA-MM-JJ ; un mercredi de mars 2018 sinon)"),
        "seed": _("une autre graine donne d’autres noms et d’autres hasards"),
        "scale": _("N fois le programme"),
        "database": _("une autre base, vide ou déjà de démonstration"),
    }
    for action in parser._actions:
        action.help = told.get(action.dest, action.help)
    parser.add_argument("--build-only", action="store_true", help=_("préparer la saison sans ouvrir le site"))
    parser.add_argument("--fresh", action="store_true", help=_("tout reconstruire"))
    parser.add_argument("--port", type=int, default=8000, metavar="N", help=_("le port (un autre libre s’il est pris)"))


def run(options: argparse.Namespace) -> int:
    url = database.demo_url(options)
    path = database.sqlite_path(url)
    if options.scale < 1:
        return refuse(_("--scale demande un nombre entier, 1 ou plus."), 2)
    from cageot.demo import build, guard

    try:
        build.Recipe(on=options.on, seed=options.seed, scale=options.scale)
    except ValueError as refused:
        return refuse(str(refused), 2)
    state = guard.state()
    if path and path.exists() and (options.fresh or state is guard.State.HALF):
        return _again_from_nothing(path)
    if state is guard.State.REAL:
        return refuse(
            _(
                "Cette base contient des données réelles : la démonstration n’y entre pas. Donnez-en une autre avec --database."
            )
        )
    if options.fresh or not state.ready:
        guard.empty()
        _build(options)
    if path and not path.exists():
        _take_its_name(path)
        if not options.build_only:
            return _start_anew()
    _tell(options, url)
    if options.build_only:
        return 0
    from cageot.config.verbs import serve

    return serve.start(url, port=options.port, demo=True)


def _again_from_nothing(path: Path) -> int:
    """Start over with the file gone, so that the settings point at a new one. Refuses a real base."""
    from cageot.demo import guard

    if guard.state() is guard.State.REAL:
        return refuse(_("Cette base contient des données réelles : elle n’est pas effacée."))
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    return _start_anew()


def _start_anew() -> int:
    """Run the same words in a new process: settings are read once, and these still point at the former file."""
    words = [word for word in sys.argv[1:] if word != "--fresh"]
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("CAGEOT_SQLITE_SYNCHRONOUS", None)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "cageot.config.cli", *words])


def _build(options: argparse.Namespace) -> None:
    from cageot.demo import build, guard

    guard.migrate()
    recipe = build.Recipe(on=options.on, seed=options.seed, scale=options.scale)
    print(_("La saison de démonstration se prépare : quelques dizaines de secondes."))
    with tqdm(total=100, bar_format="{desc:<44} {percentage:3.0f} % |{bar:30}| {elapsed}", leave=False) as bar:

        def say(done: float, step: str) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(round(done * 100) - bar.n)

        build.build(recipe, say=say)
    guard.finish()


def _take_its_name(path: Path) -> None:
    """Give a season that is whole the name of its file."""
    from cageot.demo import guard

    guard.fold_journal()
    database.building_path(path).rename(path)


def _tell(options: argparse.Namespace, url: str) -> None:
    from cageot.demo.cast import DOORS

    print(_("La démonstration est prête, au %(day)s.") % {"day": options.on})
    if path := database.sqlite_path(url):
        print(_("Base : %(path)s") % {"path": path})
    print(_("Pour entrer (boutons sur la page d’accueil) :"))
    for door in DOORS:
        print(f"  · {door.line}  <{door.email}>")
