"""Sendings in real processes: killed in the middle, and several at once. Nothing leaves twice, nothing is lost unseen."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.processes import ENGINES, World, a_base

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]
COUNT, KILLS = 80, 6


class Sender(World):
    """One base, the processes that send from it, and a provider that counts what it gets."""

    def __init__(self, url: str, home: Path) -> None:
        super().__init__("tests.network.sending_world", url, home)
        self.rung: list[str] = []
        rung = self.rung

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                rung.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["reference"])
                time.sleep(0.01)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign] # who was killed does not listen
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.provider = f"http://127.0.0.1:{self.server.server_port}/"
        self.run("lay", str(COUNT))


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sender]:
    with a_base(request.param, tmp_path) as url:
        made = Sender(url, tmp_path)
        yield made
        made.server.shutdown()
        made.server.server_close()


def test_a_sending_killed_at_any_moment_sends_nothing_twice_and_loses_nothing_unseen(world: Sender) -> None:
    for kill in range(1, KILLS + 1):
        process = world.start("send", world.provider)
        while len(world.rung) < kill * 8 and process.poll() is None:
            time.sleep(0.001)
        process.kill()
        process.wait()
    world.run("send", world.provider)
    told = world.tell()
    assert max(Counter(world.rung).values()) == 1, "a telephone rang twice"
    assert set(told) <= {"sent", "leaving"} and sum(told.values()) == COUNT
    assert told.get("leaving", 0) <= KILLS, "each kill leaves one at most that nobody knows of"
    assert told["sent"] <= len(world.rung) <= COUNT


def test_sendings_at_once_share_the_work(world: Sender) -> None:
    processes = [world.start("send", world.provider) for _ in range(3)]
    for process in processes:
        assert process.wait(timeout=240) == 0
    assert max(Counter(world.rung).values()) == 1 and len(world.rung) == COUNT
    assert world.tell() == {"sent": COUNT}
