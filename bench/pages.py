"""What each page asks of the base and of the processor. Asked: at most 25 queries, the same at any size; server
time at scale 10 within 1.3 times scale 1.

    uv run python bench/pages.py [file …]      demonstration files; scales 1 and 10, built if need be
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from _base import ROOT, demo_file, django_with

PAGES = {
    "La semaine": ("lea@example.org", "/jardins/blois/semaines/2018-W11/"),
    "Pointage": ("lea@example.org", "/jardins/blois/semaines/2018-W11/pointage/"),
    "Clôture": ("lea@example.org", "/jardins/blois/semaines/2018-W11/cloture/"),
    "Foyers": ("lea@example.org", "/jardins/blois/foyers/"),
    "Un foyer": ("lea@example.org", "/jardins/blois/foyers/{household}/"),
    "Conventions": ("lea@example.org", "/jardins/blois/conventions/"),
    "Une convention": ("lea@example.org", "/conventions/{agreement}/"),
    "Relevés": ("lea@example.org", "/jardins/blois/releves/"),
    "Le programme": ("nadia@example.org", "/programme/2017/"),
    "Jardins": ("nadia@example.org", "/jardins/"),
}


def measure() -> dict[str, tuple[int, float, int]]:
    """Page → (queries, milliseconds, bytes), in this process, on the base it was started on."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from cageot.funding.models import Agreement
    from cageot.members.models import Household
    from cageot.network.models import Login

    rows = {
        "household": Household.objects.filter(garden__code="blois", supports__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)[0],
        "agreement": Agreement.objects.filter(gardens__code="blois").order_by("pk").values_list("pk", flat=True)[0],
    }
    found = {}
    for name, (email, address) in PAGES.items():
        client = Client(headers={"host": "localhost", "accept-encoding": "gzip"})
        client.force_login(Login.objects.get(email=email))
        address = address.format(**rows)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200, (name, answer.status_code)
        times = []
        for _ in range(9):
            started = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - started) * 1000)
        found[name] = (len(captured), statistics.median(times), len(answer.content))
    return found


def main(files: list[Path]) -> None:
    results = []
    for file in files:
        environment = {**os.environ, "CAGEOT_BENCH_FILE": str(file), "CAGEOT_TODAY": "2018-03-14"}
        said = subprocess.run(
            [sys.executable, __file__, "--one"], check=True, env=environment, capture_output=True, text=True
        ).stdout
        results.append(json.loads(said.splitlines()[-1]))
    print(f"{'page':<16}" + "".join(f"{file.stem[-4:]:>26}" for file in files) + "     time, last against first")
    for name in PAGES:
        cells = [result[name] for result in results]
        told = "".join(
            f"{queries:>4} q {milliseconds:>7.1f} ms {size / 1024:>6.1f} KB" for queries, milliseconds, size in cells
        )
        print(f"{name:<16}{told}     {cells[-1][1] / cells[0][1]:.2f} ×")


if __name__ == "__main__":
    if "--one" in sys.argv:
        home = django_with(Path(os.environ["CAGEOT_BENCH_FILE"]))
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        print(json.dumps(measure()))
    else:
        main([Path(word) for word in sys.argv[1:]] or [demo_file(scale, ROOT / "var") for scale in (1, 10)])
