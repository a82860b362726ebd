"""`cageot serve`: open the site."""

from __future__ import annotations

import argparse
import errno
import multiprocessing
import os
import socket

from django.core.management import call_command
from django.utils.translation import gettext as _

from cageot.config import opening
from cageot.config.verbs._help import Verbs, refuse, verb, whole


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "serve", run=run,
        help=_("Ouvrir le site, sur cette machine ou sur le réseau."),
        example=_("Exemple : cageot serve --host 0.0.0.0 --port 8000"),
    )  # fmt: skip
    parser.add_argument(
        "--host", default="127.0.0.1", help=_("l’adresse où écouter (127.0.0.1 : cette machine seulement)")
    )
    parser.add_argument("--port", type=whole(0, 65535), default=8000, help=_("le port (un autre libre s’il est pris)"))
    parser.add_argument("--workers", type=whole(1), default=2, help=_("le nombre de processus"))


def run(options: argparse.Namespace) -> int:
    return start(None, host=options.host, port=options.port, workers=options.workers)


def start(url: str | None, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 2, demo: bool = False) -> int:
    """Bring the base and the static files up to date, say the address, and serve until stopped."""
    if url:
        os.environ["DATABASE_URL"] = url
    try:
        free = free_port(host, port)
    except OSError as error:
        return refuse(
            _("Impossible d’écouter à l’adresse %(host)s : %(why)s.") % {"host": host, "why": error.strerror}, 2
        )
    if not demo:
        opening.bring_up_to_date()
    call_command("collectstatic", verbosity=0, interactive=False)
    if free != port:
        print(_("Le port %(port)s est pris ; voici le %(free)s.") % {"port": port, "free": free})
    print(_("Ouvrez http://%(host)s:%(port)s (Ctrl+C pour arrêter)") % {"host": host, "port": free}, flush=True)
    from granian import Granian
    from granian.constants import Interfaces

    # Each process starts from nothing: one that is forked would share this one's connection to the base.
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        "cageot.config.wsgi:application", address=host, port=free, interface=Interfaces.WSGI, workers=workers,
        # Without a bound on threads each could hold a database connection of its own.
        blocking_threads=4, backpressure=64, respawn_failed_workers=True, log_enabled=False,
    ).serve()  # fmt: skip
    return 0


def free_port(host: str, wanted: int) -> int:
    """That port, or any free one if it is taken; OSError where nobody may listen at all."""
    family, *_rest = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
    for port in (wanted, 0):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            return int(probe.getsockname()[1])
    return wanted
