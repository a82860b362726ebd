"""How long the demonstration takes to build. Asked: scale 1 in 60 s at most; scale 10 in 11 times that at most;
peak memory 400 MB at most at both.

    uv run python bench/demo_build.py [scale …]      (1 and 10 if nothing is said)
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(scale: int) -> tuple[float, float]:
    """Seconds by the clock, and megabytes at the highest, of one build in a fresh home."""
    with tempfile.TemporaryDirectory() as home:
        started = time.perf_counter()
        command = [sys.executable, "-m", "cageot.config.cli", "demo", "--build-only", "--scale", str(scale)]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "CAGEOT_HOME": home}, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)  # fmt: skip
        return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    first = None
    for scale in [int(word) for word in sys.argv[1:]] or [1, 10]:
        seconds, megabytes = build(scale)
        first = first or seconds / scale
        print(
            f"scale {scale:>2}: {seconds:7.1f} s ({seconds / first:.2f} × scale 1), peak {megabytes:.0f} MB", flush=True
        )
