"""How long a file of households takes to come in, by the command, with its baskets laid to the end of the season.
Asked: 20,000 lines in under 20 s, with progress, on 2 cores; ten times the lines in about ten times the time.

    uv run python bench/importing.py [lines …]      (2000 and 20000 if nothing is said)

On SQLite, then on PostgreSQL when a server is installed: a throw-away one, that syncs nothing to disk. Processor time is
what compares on a machine that others use; on PostgreSQL the server's own is told beside the command's.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TODAY = date(2017, 3, 20)
COLUMNS = ("N° adhérent;Civilité;Nom;Prénom;Adresse;CP;Ville;Téléphone;Portable;Mail;Adultes;Enfants;Type de panier;Fréquence;"
           "Point de dépôt;Tarif;Partenaire;Début;Fin;Participation;Cotisation payée le").split(";")  # fmt: skip
DEPOTS = ("Gare de Blois", "Maison des Provinces", "Biocoop Blois", "Jardin")
PARTNERS = ("CCAS de Blois", "CAF 41", "MSA Berry-Touraine")


def write_file(path: Path, lines: int) -> None:
    """Households of the garden that the tests use; one in five is supported, half take a basket every second week."""
    with path.open("w", encoding="cp1252", newline="") as out:
        rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
        rows.writerow(COLUMNS)
        rows.writerows(line(number) for number in range(lines))


def line(number: int) -> list[object]:
    size, price, part = (("Petit", "8,00 €", "2,40 €"), ("Grand", "12,00 €", "3,60 €"))[number % 2]
    supported = number % 5 == 0
    start = date(2016, 10, 1) + timedelta(days=number % 90)
    return [
        10_000 + number, ("Mme", "M.")[number % 2], f"Lefèvre{number % 977}", f"Zoé{number % 389}", f"{number % 90 + 1}, rue du Bourg-Neuf",
        "41000", "Blois", f"02 54 {number // 10_000:02} {number // 100 % 100:02} {number % 100:02}", "", f"p{number}@exemple.fr",
        1 + number % 2, number % 4, size, ("Hebdo", "Quinzaine paire")[number % 2], DEPOTS[number % 4],
        "Solidaire" if supported else "Plein", PARTNERS[number % 3] if supported else "", f"{start:%d/%m/%Y}", "",
        part if supported else price, "03/01/2017",
    ]  # fmt: skip


def lay() -> None:
    """In a process of its own: a fresh base with the garden of Blois."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cageot.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from tests.desk.an_import import a_garden

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    a_garden()


def bring(file: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds by the clock and of processor, and megabytes at the highest, of one command."""
    command = [sys.executable, "-m", "cageot.config.cli", "import", "households", str(file), "--garden", "blois"]
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout
    said = child.stdout.read().decode()
    _pid, status, spent = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, said
    return time.perf_counter() - started, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024


def measure(engine: str, sizes: list[int], url: str = "") -> None:
    first = None
    for lines in sizes:
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "CAGEOT_HOME": home, "CAGEOT_TODAY": str(TODAY)}
            if url:
                environment["DATABASE_URL"] = url
                subprocess.run([sys.executable, __file__, "empty"], check=True, env=environment)
            subprocess.run([sys.executable, __file__, "lay"], check=True, cwd=ROOT, env=environment)
            file = Path(home) / "foyers.csv"
            write_file(file, lines)
            before = served(url)
            seconds, spent, megabytes = bring(file, environment)
            of_server = f" and {served(url) - before:.1f} s of the server's" if url else ""
            again, _spent, _megabytes = bring(file, environment)
        first = first or seconds / lines
        print(f"{engine}: {lines:>6} lines in {seconds:5.1f} s ({spent:.1f} s of processor{of_server}, {seconds / lines / first:.2f} × per line), "
              f"peak {megabytes:.0f} MB; again, which changes nothing: {again:.1f} s", flush=True)  # fmt: skip


def served(url: str) -> float:
    """Seconds of processor that the sessions of the throw-away server have taken, once ended."""
    if not url:
        return 0.0
    folder = Path(unquote(url.partition("@")[2].rpartition("/")[0]))
    pid = (folder / "data" / "postmaster.pid").read_text().split()[0]
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def empty() -> None:
    """Take away what a former measure left in the throw-away server."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    if sys.argv[1:] in (["lay"], ["empty"]):
        {"lay": lay, "empty": empty}[sys.argv[1]]()
    else:
        lines = [int(word) for word in sys.argv[1:]] or [2000, 20_000]
        measure("SQLite", lines)
        from tests import postgres

        if postgres.binaries():
            with postgres.throw_away() as server:
                measure("PostgreSQL", lines, server)
