"""`cageot` in a process of its own, as somebody types it in a folder of theirs.

python -m tests.endurance.terminal WORDS…      the same, where a programme has one garden: quick to build
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start(home: Path, *words: str, small: bool = False, **environment: str) -> subprocess.Popen[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CAGEOT_", "DATABASE_", "DJANGO_"))
    }
    command = [sys.executable, "-m", "tests.endurance.terminal" if small else "cageot.config.cli", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env={**kept, "CAGEOT_HOME": str(home), "CAGEOT_LANG": "fr", **environment}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def cageot(home: Path, *words: str, small: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    process = start(home, *words, small=small, **environment)
    try:
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


if __name__ == "__main__":
    from cageot.demo import cast

    cast.GARDENS = 1

    from cageot.config import cli

    sys.exit(cli.main())
