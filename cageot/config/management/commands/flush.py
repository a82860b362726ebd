"""Django's `flush`, which tests call to empty the tables: the append-only guards are lifted for it, in test bases only."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from cageot.config import guards


class Command(Flush):
    def handle(self, **options: Any) -> None:
        name = str(connections[options["database"]].settings_dict["NAME"])
        if not name.rsplit("/", 1)[-1].startswith(("test_", "file:memorydb", ":memory:")):
            raise CommandError("flush would empty books that are append-only: refused outside test databases")
        guards.lift(options["database"])
        try:
            super().handle(**options)
        finally:
            guards.lay(options["database"])
