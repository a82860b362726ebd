"""A base of its own for a benchmark: a temporary CAGEOT_HOME, migrated, gone at the end."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def django_with(database: Path | None = None, **environment: str) -> Path:
    """Start Django on a fresh base, or on an existing file. Returns the temporary home."""
    home = Path(tempfile.mkdtemp(prefix="cageot-bench-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ |= {"CAGEOT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cageot.config.settings", **environment}
    if database:
        os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    if database is None:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    return home


def demo_file(scale: int, home: Path) -> Path:
    """The demonstration at a scale, built once by the command and kept in the project's `var/`."""
    import subprocess

    path = ROOT / "var" / f"demo-2018-03-14-2018-x{scale}.sqlite3"
    if not path.exists():
        subprocess.run([sys.executable, "-m", "cageot.config.cli", "demo", "--build-only", "--scale", str(scale)],
                       check=True, cwd=ROOT, env={**os.environ, "CAGEOT_HOME": str(ROOT / "var")})  # fmt: skip
    return path
