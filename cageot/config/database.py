"""Which database a command speaks to, decided before Django reads its settings.

`cageot demo` never touches the database of a real programme: it has a file of its own, named after
what it was built from, or the one given by `--database`, which must hold nothing or a demonstration.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

DEFAULT_DAY = date(2018, 3, 14)
"""A Wednesday in March 2018: a whole season behind, a week under way, weeks to come."""


def home() -> Path:
    return Path(os.environ.get("CAGEOT_HOME", "var")).resolve()


def add_demo_options(parser: argparse.ArgumentParser) -> None:
    """The options of `demo` that choose a database: declared here, told in the verb."""
    parser.add_argument("--on", type=date.fromisoformat, default=DEFAULT_DAY, metavar="DATE")
    parser.add_argument("--seed", type=int, default=2018, metavar="N")
    parser.add_argument("--scale", type=int, default=1, metavar="N")
    parser.add_argument("--database", default=None, metavar="URL")


def demo_url(options: argparse.Namespace) -> str:
    """Where this demonstration lives."""
    if options.database:
        return str(options.database)
    return f"sqlite:///{home() / f'demo-{options.on}-{options.seed}-x{options.scale}.sqlite3'}"


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, None for another engine."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def building_path(final: Path) -> Path:
    """The file a demonstration is built in, before it takes its name: a killed build leaves no half season."""
    return final.with_name(final.name + ".building")


def choose(words: Sequence[str]) -> None:
    """Point DATABASE_URL where these words need it. Wrong options are left for the real parser to tell."""
    if not words or words[0] != "demo" or "-h" in words or "--help" in words:
        return
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    add_demo_options(parser)
    try:
        options, _ = parser.parse_known_args(list(words[1:]))
    except (argparse.ArgumentError, SystemExit):
        return
    url = demo_url(options)
    path = sqlite_path(url)
    os.environ["CAGEOT_DEMO"] = "1"
    os.environ["CAGEOT_TODAY"] = options.on.isoformat()
    os.environ["DATABASE_URL"] = url
    if path and not path.exists():
        os.environ["DATABASE_URL"] = f"sqlite:///{building_path(path)}"
        os.environ["CAGEOT_SQLITE_SYNCHRONOUS"] = "OFF"  # nothing to lose: a killed build starts again
