"""Whether a word may work on the base that was chosen, and in a sentence why not.

A word that only reads leaves no empty base behind: SQLite would make the file of a wrong address.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _

from cageot.config.database import Choice
from cageot.core import clock
from cageot.funding.actions.ledger import write_missing
from cageot.guide.actions.book import ship
from cageot.network.models import Installation


class CannotOpen(Exception):
    """Told to the person, with the exit code."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def refuse_what_is_wrong(choice: Choice) -> None:
    """The address cannot be opened whatever stands there."""
    if choice.wrong == "home":
        raise CannotOpen(
            _("Le dossier %(folder)s ne peut pas être écrit. Choisissez-en un autre avec CAGEOT_HOME.")
            % {"folder": settings.HOME}
        )
    if choice.wrong == "driver":
        raise CannotOpen(_("PostgreSQL demande un module de plus : uv sync --extra postgres."), 2)
    if choice.wrong:
        raise CannotOpen(
            _(
                "Cette adresse de base n’est pas comprise : écrivez sqlite:///fichier ou postgres://nom:mot@machine/base,"
                " avec --database ou DATABASE_URL."
            ),
            2,
        )


def alone() -> None:
    """This process asks one thing at a time: a pool would only hide why a server does not answer."""
    connection.settings_dict.get("OPTIONS", {}).pop("pool", None)


def must_be_there() -> None:
    """The base is there, and such as this Cageot knows it; a demonstration's clock stands on its own day."""
    path = _file()
    if path and not path.exists():
        raise CannotOpen(_nothing(path))
    tables = tables_there()
    if not tables:
        raise CannotOpen(_nothing(path))
    recipe = _recipe() if Installation._meta.db_table in tables else {}
    executor = MigrationExecutor(connection)
    late = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if late or (recipe and "made_by" not in recipe):
        raise CannotOpen(
            _(
                "Cette démonstration vient d’un autre Cageot, ou n’est pas finie : « cageot demo » la prépare de nouveau."
            )
            if recipe
            else _("La base vient d’un Cageot plus ancien : « cageot serve » la met à jour. Gardez-en une copie avant.")
        )
    if recipe and settings.TODAY is None:
        settings.TODAY = date.fromisoformat(recipe["on"])


def begin() -> None:
    """The base is there, or begins now with empty tables: the first word that a new garden types."""
    if path := _file():
        path.parent.mkdir(parents=True, exist_ok=True)
    if not tables_there():
        bring_up_to_date()
    must_be_there()


def bring_up_to_date() -> None:
    """Lay the tables of the base, or bring them to this version."""
    tables_there()
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        write_missing(at=clock.now())
        ship(at=clock.now())
    except TransactionManagementError as error:
        # What `migrate` says of a base that refused it; why is in what came before.
        if isinstance(error.__context__, OperationalError):
            raise error.__context__ from error
        raise


def tables_there() -> list[str]:
    """The names of the tables; whether the base answers at all."""
    try:
        return connection.introspection.table_names()
    except DatabaseError as error:
        raise CannotOpen(silent(error)) from error


def silent(error: Exception) -> str:
    """The base does not answer: the sentence, with what the engine said."""
    said = str(error).strip().splitlines()
    why = said[0] if said else type(error).__name__
    if connection.vendor == "sqlite":
        return _("La base %(path)s ne peut pas être lue ou écrite : %(why)s.") % {
            "path": connection.settings_dict["NAME"], "why": why,
        }  # fmt: skip
    return _("La base ne répond pas : %(why)s. Son adresse est dans DATABASE_URL ou --database.") % {"why": why}


def _file() -> Path | None:
    """The file of the base; None for a server, or for a base in memory."""
    base = connections["default"]
    return (
        Path(base.settings_dict["NAME"]) if isinstance(base, DatabaseWrapper) and not base.is_in_memory_db() else None
    )


def _nothing(path: Path | None) -> str:
    where = path or _("à l’adresse donnée")
    return _(
        "Il n’y a pas encore de base (%(where)s). « cageot demo » en montre une ; « cageot user add … » commence la vôtre ;"
        " --database URL en choisit une autre."
    ) % {"where": where}  # fmt: skip


def _recipe() -> dict[str, str]:
    """What a demonstration was built from; nothing for a real base."""
    found = Installation.objects.filter(kind=Installation.Kind.DEMO).first()
    return found.recipe if found else {}
