"""Which database a command speaks to, decided before Django reads its settings.

The base is the one given by `--database`, else by DATABASE_URL, else a file of CAGEOT_HOME. Words that only look or
work on a base (`LOOKERS`) take the last demonstration while none of these is there.

`cageot demo` never touches the database of a real programme: it has a file of its own, named after
what it was built from, or the one given by `--database`, which must hold nothing or a demonstration.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import dj_database_url

DEFAULT_DAY = date(2018, 3, 14)
"""A Wednesday in March 2018: a whole season behind, a week under way, weeks to come."""
DEFAULT_SEED, DEFAULT_SCALE = 2018, 1

LOOKERS = frozenset({"figures", "check", "close", "import", "remind", "send", "purge"})


@dataclass(frozen=True)
class Choice:
    """What was chosen for these words, to be told once there are words to tell it."""

    wrong: str = ""
    """`address`, `engine`, `driver` or `home`: why no base can be opened; "" when one may."""
    demonstration: Path | None = None
    """The demonstration that was taken because nothing was chosen."""


def home() -> Path:
    return Path(os.environ.get("CAGEOT_HOME") or "var").resolve()


def demo_url(options: argparse.Namespace) -> str:
    """Where this demonstration lives."""
    if options.database:
        return str(options.database)
    day, seed, scale = options.on or DEFAULT_DAY, options.seed, options.scale
    seed, scale = DEFAULT_SEED if seed is None else seed, DEFAULT_SCALE if scale is None else scale
    return f"sqlite:///{home() / f'demo-{day}-{seed}-x{scale}.sqlite3'}"


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, None for another engine."""
    if not url.startswith("sqlite:"):
        return None
    name = dj_database_url.parse(url)["NAME"]
    return None if name == ":memory:" else Path(name)


def building_path(final: Path) -> Path:
    """The file a demonstration is built in, before it takes its name: a killed build leaves no half season."""
    return final.with_name(final.name + ".building")


def last_demonstration() -> Path | None:
    """The file of the demonstration that was built, or used, last."""
    found = sorted(home().glob("demo-*.sqlite3"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def holds_something(path: Path) -> bool:
    """Whether a file is there with at least a table (or is no base at all): looked at without making it."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as base:
            return bool(base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.Error:
        return True


def choose(words: Sequence[str]) -> Choice:
    """Point DATABASE_URL where these words need it. Wrong options are left for the real parser to tell."""
    choice = _choose(words)
    serves = bool(words) and words[0] in {"demo", "serve"} and not {"-h", "--help"} & set(words)
    if serves and not choice.wrong and not _can_keep_its_key():
        choice = Choice(wrong="home")
    if choice.wrong:  # nothing will be opened, but Django wants settings to say so in words
        os.environ["DATABASE_URL"] = "sqlite://:memory:"
    if choice.wrong or not serves:
        os.environ.setdefault("CAGEOT_SECRET_KEY", "signs nothing")
    return choice


def _choose(words: Sequence[str]) -> Choice:
    verb = words[0] if words else ""
    options = _options(words[1:])
    if options.database:
        os.environ["DATABASE_URL"] = options.database
    if verb == "demo":
        try:
            return _choose_for_demo(options)
        except ValueError:  # a bad day, seed or scale is told by the verb; a bad address here
            return Choice(wrong=_wrong_with(options.database or ""))
    if url := os.environ.get("DATABASE_URL"):
        return Choice(wrong=_wrong_with(url))
    if verb in LOOKERS and not holds_something(home() / "cageot.sqlite3") and (found := last_demonstration()):
        os.environ["DATABASE_URL"] = f"sqlite:///{found}"
        return Choice(demonstration=found)
    return Choice()


def _choose_for_demo(options: argparse.Namespace) -> Choice:
    options.on = date.fromisoformat(options.on) if options.on else None
    options.seed, options.scale = (int(word) if word else None for word in (options.seed, options.scale))
    url = demo_url(options)
    if wrong := _wrong_with(url):
        return Choice(wrong=wrong)
    os.environ["CAGEOT_DEMO"] = "1"
    os.environ["CAGEOT_TODAY"] = str(options.on or DEFAULT_DAY)
    os.environ["DATABASE_URL"] = url
    path = sqlite_path(url)
    if path and not path.exists():
        os.environ["DATABASE_URL"] = f"sqlite:///{building_path(path)}"
        os.environ["CAGEOT_SQLITE_SYNCHRONOUS"] = "OFF"  # nothing to lose: a killed build starts again
    return Choice()


def _options(words: Sequence[str]) -> argparse.Namespace:
    """The options that choose a base, as they are written."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    for name in ("--database", "--on", "--seed", "--scale"):
        parser.add_argument(name)
    nothing = argparse.Namespace(database=None, on=None, seed=None, scale=None)
    try:
        return parser.parse_known_args(list(words), nothing)[0]
    except (argparse.ArgumentError, SystemExit):
        return nothing


def _wrong_with(url: str) -> str:
    """What keeps this address from being opened at all, or ""."""
    if not url:
        return ""
    try:
        engine = dj_database_url.parse(url)["ENGINE"].rpartition(".")[2]
    except ValueError:
        return "address"
    if engine == "sqlite3":
        return "" if sqlite_path(url) else "address"
    if engine != "postgresql":
        return "engine"
    return "" if importlib.util.find_spec("psycopg") and importlib.util.find_spec("psycopg_pool") else "driver"


def _can_keep_its_key() -> bool:
    """Whether the folder of this installation is there, or can be made, with its signing key."""
    key, folder = home() / "secret-key", home()
    if os.environ.get("CAGEOT_SECRET_KEY") or os.access(key, os.R_OK):
        return True
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and not key.exists()
