"""An SMS goes to the provider that was set, and whatever the provider does, it rings at most once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cageot.network.sms import FileGate, HttpGate, NotSent, Refused, Unknown, gate


@dataclass
class Provider:
    """A provider on this machine: it answers with these codes, in order, then 200; `slow` seconds before each answer."""

    url: str = ""
    codes: list[int] = field(default_factory=list)
    slow: float = 0
    hang_up: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(body | {"token": self.headers["Authorization"], "key": self.headers["Idempotency-Key"], "path": self.path})  # fmt: skip
            time.sleep(told.slow)
            if told.hang_up:
                return self.connection.close()
            code = told.codes.pop(0) if told.codes else 200
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign] # who hangs up is told nowhere
    told.url = f"http://127.0.0.1:{server.server_port}/sms"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def ring(provider: Provider, **options: Any) -> None:
    options = {"timeout": 2.0, "pauses": (0, 0)} | options
    HttpGate(provider.url, "a-token", "Cageot", **options).send(
        "+33612345678", "Votre code : 123 456", reference="cageot-1"
    )


def test_the_provider_gets_number_words_and_who_asks(provider: Provider) -> None:
    ring(provider)
    assert provider.asked == [
        {"to": "+33612345678", "text": "Votre code : 123 456", "from": "Cageot", "reference": "cageot-1", "token": "Bearer a-token", "key": "cageot-1", "path": "/sms"}
    ]  # fmt: skip


@pytest.mark.parametrize("code", [429, 500, 502, 503, 408])
def test_a_provider_too_busy_is_asked_again_under_the_same_reference(provider: Provider, code: int) -> None:
    provider.codes = [code, code]
    ring(provider)
    assert [one["reference"] for one in provider.asked] == ["cageot-1"] * 3


@pytest.mark.parametrize("code", [429, 500, 401, 404, 302])
def test_a_provider_that_stays_so_is_left_for_later(provider: Provider, code: int) -> None:
    provider.codes = [code] * 3
    with pytest.raises(NotSent, match=str(code)):
        ring(provider)
    assert len(provider.asked) == 3


@pytest.mark.parametrize("code", [400, 422])
def test_a_number_that_it_refuses_is_not_asked_again(provider: Provider, code: int) -> None:
    provider.codes = [code]
    with pytest.raises(Refused, match=str(code)):
        ring(provider)
    assert len(provider.asked) == 1


def test_the_token_follows_no_redirection(provider: Provider) -> None:
    provider.codes = [302] * 3
    with pytest.raises(NotSent):
        ring(provider)
    assert {one["path"] for one in provider.asked} == {"/sms"}


def test_a_provider_that_is_down_is_left_for_later(provider: Provider) -> None:
    gone = Provider("http://127.0.0.1:9/sms")
    with pytest.raises(NotSent):
        ring(gone)


def test_a_provider_whose_name_nobody_knows_is_left_for_later() -> None:
    with pytest.raises(NotSent):
        ring(Provider("http://sms.invalid/"))


def test_a_slow_provider_is_not_waited_for_and_not_asked_again(provider: Provider) -> None:
    """It has the message: asking again could ring twice."""
    provider.slow = 1.0
    begin = time.monotonic()
    with pytest.raises(Unknown):
        ring(provider, timeout=0.2)
    assert time.monotonic() - begin < 1.0 and len(provider.asked) == 1


def test_a_provider_that_hangs_up_without_a_word_is_not_asked_again(provider: Provider) -> None:
    provider.hang_up = True
    with pytest.raises(Unknown):
        ring(provider)
    assert len(provider.asked) == 1


def test_without_a_provider_an_sms_is_a_file_to_look_at(tmp_path: Path, settings: Any) -> None:
    settings.SMS_URL, settings.SMS_FOLDER = "", tmp_path / "sms"
    chosen = gate()
    assert isinstance(chosen, FileGate)
    chosen.send("+33612345678", "Votre code : 123 456", reference="cageot-1")
    assert (tmp_path / "sms" / "cageot-1.txt").read_text() == "+33612345678\n\nVotre code : 123 456\n"


def test_the_settings_choose_the_provider(settings: Any) -> None:
    settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_FROM = "https://sms.exemple/v1", "t", "Jardin"
    assert gate() == HttpGate("https://sms.exemple/v1", "t", "Jardin")


@pytest.mark.parametrize("url", ["sms.exemple", "file:///etc/passwd", "https://"])
def test_an_address_that_is_none_is_told_at_once(settings: Any, url: str) -> None:
    settings.SMS_URL = url
    with pytest.raises(ImproperlyConfigured):
        gate()
