"""`cageot demo`: a whole programme alive, in one command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from tqdm import tqdm

from cageot.config import database, opening
from cageot.config.verbs import _help
from cageot.config.verbs._help import Verbs, refuse, verb
from cageot.demo import guard
from cageot.demo.build import Recipe, build
from cageot.network.models import Installation

try:
    import fcntl
except ImportError:  # not on Windows: there, two builds at once are not kept apart
    fcntl = None  # type: ignore[assignment]


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "demo", run=run,
        help=_("Montrer un programme entier : une saison close, une semaine en cours, des personnes inventées."),
        example=_("Exemple : cageot demo --on 2018-03-14"),
    )  # fmt: skip
    parser.add_argument(
        "--on", type=_help.day, metavar="DATE",
        help=_("le jour de la démonstration (AAAA-MM-JJ ; un mercredi de mars 2018 sinon)"),
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, metavar="N", help=_("une autre graine donne d’autres noms et d’autres hasards")
    )
    parser.add_argument("--scale", type=_help.whole(1), metavar="N", help=_("N fois le programme"))
    parser.add_argument("--build-only", action="store_true", help=_("préparer la saison sans ouvrir le site"))
    parser.add_argument("--fresh", action="store_true", help=_("tout reconstruire"))
    parser.add_argument(
        "--port",
        type=_help.whole(0, 65535),
        default=8000,
        metavar="N",
        help=_("le port (un autre libre s’il est pris)"),
    )


def run(options: argparse.Namespace) -> int:
    try:
        recipe = _recipe(options)
    except ValueError as refused:
        return refuse(str(refused), 2)
    url = database.demo_url(options)
    path = database.sqlite_path(url)
    if options.fresh or _is_aside(path) or _state() is not guard.State.READY:
        with _one_at_a_time(path):
            code = _build_aside(options, recipe, path) if path and _is_aside(path) else _build_in(options, recipe, path)
        if code is not None:
            return code
    return _open(options, url)


def _recipe(options: argparse.Namespace) -> Recipe:
    """What is asked, with what is not said as usual; ValueError for a day outside the seasons."""
    seed, scale = options.seed, options.scale
    return Recipe(
        on=options.on or database.DEFAULT_DAY,
        seed=database.DEFAULT_SEED if seed is None else seed,
        scale=database.DEFAULT_SCALE if scale is None else scale,
    )


def _is_aside(path: Path | None) -> bool:
    """Whether this process speaks to the file of a build: the demonstration was not there when it began."""
    return path is not None and Path(connection.settings_dict["NAME"]) == database.building_path(path)


def _state() -> guard.State:
    """What the base holds. A first migration that was cut is finished, to know."""
    there = set(opening.tables_there())
    ours = {*connection.introspection.django_table_names(), "django_migrations"}
    if there and there <= ours and Installation._meta.db_table not in there:
        guard.migrate()
    return guard.state()


def _build_aside(options: argparse.Namespace, recipe: Recipe, path: Path) -> int:
    """Build in a file that takes its name when the season is whole."""
    if path.exists():
        return _start_anew()  # another process has just built it
    _forget(database.building_path(path))  # what a stopped build left
    try:
        _build(recipe)
    except KeyboardInterrupt:
        _forget(database.building_path(path))
        raise
    guard.fold_journal()
    if path.exists():
        return refuse(_("%(path)s est apparu pendant la préparation : rien n’y est écrit.") % {"path": path})
    database.building_path(path).rename(path)
    if not options.build_only:
        return _start_anew()  # the settings are read once, and point at the former name
    _tell(recipe.on, path)
    return 0


def _build_in(options: argparse.Namespace, recipe: Recipe, path: Path | None) -> int | None:
    """Build in a base that is there, if it holds nothing, or a demonstration that is to be made again; None: it is ready."""
    state = _state()
    if state is guard.State.REAL:
        return refuse(
            _(
                "Cette base contient des données réelles : la démonstration n’y entre pas, et n’y efface rien."
                " Donnez-en une autre avec --database."
            )
        )
    if state is guard.State.READY and not options.fresh:
        return None  # another process has just built it
    if path and state is not guard.State.EMPTY:
        connection.close()
        _forget(path)
        return _start_anew()
    guard.empty()
    _build(recipe)
    return None


def _open(options: argparse.Namespace, url: str) -> int:
    """Serve the demonstration that is there, on its own day."""
    there = Installation.objects.get(id=1).recipe
    asked = {"on": options.on and str(options.on), "seed": options.seed, "scale": options.scale}
    if any(wanted not in (None, there[name]) for name, wanted in asked.items()):
        return refuse(
            _(
                "Cette base contient une autre démonstration (--on %(on)s --seed %(seed)s --scale %(scale)s)."
                " Ajoutez --fresh pour la remplacer."
            )
            % there
        )
    settings.TODAY = date.fromisoformat(there["on"])
    os.environ["CAGEOT_TODAY"] = there["on"]
    _tell(settings.TODAY, database.sqlite_path(url))
    if options.build_only:
        return 0
    from cageot.config.verbs import serve

    return serve.start(url, port=options.port, demo=True)


def _start_anew() -> int:
    """Run the same words in a new process: settings are read once, and these still point at the former file."""
    words = [word for word in sys.argv[1:] if word != "--fresh"]
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("CAGEOT_SQLITE_SYNCHRONOUS", None)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "cageot.config.cli", *words])


def _build(recipe: Recipe) -> None:
    guard.migrate()
    print(_("La saison de démonstration se prépare : quelques dizaines de secondes."), flush=True)
    with tqdm(total=100, bar_format="{desc:<44} {percentage:3.0f} % |{bar:30}| {elapsed}", leave=False) as bar:

        def say(done: float, step: str) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(round(done * 100) - bar.n)

        build(recipe, say=say)
    guard.finish()


def _forget(path: Path) -> None:
    """Take a base away, with its journals. Called on demonstrations only."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


TURN = 2017_2018
"""The key that a build holds on a PostgreSQL base."""


@contextmanager
def _one_at_a_time(path: Path | None) -> Iterator[None]:
    """Builds at one place take turns; whoever waited finds what the other has built. A killed one leaves its turn."""
    waits = _("Une autre préparation est en cours au même endroit : celle-ci attend son tour.")
    if path is None and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
            if not cursor.fetchone()[0]:
                print(waits, flush=True)
                cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
        try:
            yield
        finally:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])
        return
    if path is None or fcntl is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waits, flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _tell(day: date, path: Path | None) -> None:
    from cageot.demo.cast import DOORS

    print(_("La démonstration est prête, au %(day)s.") % {"day": day})
    if path:
        print(_("Base : %(path)s") % {"path": path})
    print(_("Pour entrer (boutons sur la page d’accueil) :"))
    for door in DOORS:
        print(f"  · {door.line}  <{door.email}>")
