"""How long the demonstration takes to build. Asked: scale 1 in 60 s at most; scale 10 in 11 times that at most;
peak memory 400 MB at most at both.

    uv run python bench/demo_build.py [--postgres] [scale …]      (1 and 10 if nothing is said)

Processor time is what compares on a machine that others use; on PostgreSQL the server's own is not in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from _base import BUILD, ROOT, postgres


def build(scale: int, url: str | None) -> tuple[float, float, float]:
    """Seconds by the clock, seconds of processor, and megabytes at the highest, of one build in a fresh home."""
    with tempfile.TemporaryDirectory() as home:
        there = ["--database", url, "--fresh"] if url else []
        started = time.perf_counter()
        process = subprocess.Popen([*BUILD, "--scale", str(scale), *there], cwd=ROOT, env={**os.environ, "CAGEOT_HOME": home},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"the build of scale {scale} failed"
        return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(scales: list[int], url: str | None) -> None:
    first = None
    for scale in scales:
        seconds, processor, megabytes = build(scale, url)
        first = first or processor / scale
        print(
            f"scale {scale:>2}: {seconds:6.1f} s by the clock, {processor:6.1f} s of processor"
            f" ({processor / first:.2f} × scale 1), peak {megabytes:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    scales = [int(word) for word in sys.argv[1:] if word.isdigit()] or [1, 10]
    if "--postgres" in sys.argv:
        with postgres() as url:
            main(scales, url)
    else:
        main(scales, None)
