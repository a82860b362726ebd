"""The gate by which an SMS leaves: a file to look at while developing, any provider that takes JSON over HTTP in real life.

CAGEOT_SMS_URL receives `POST {"to": "+33…", "text": "…", "from": "…", "reference": "…"}` with the bearer token of
CAGEOT_SMS_TOKEN. The reference is the same whenever a message is tried again (it is also the Idempotency-Key), so that
a provider that was asked twice can tell.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class NotSent(Exception):
    """The SMS did not leave, and may be tried later: the provider is down, too busy, or its answer is a fault."""


class Refused(Exception):
    """The provider will never take it: not a number, a number that is barred, words that it does not carry."""


class Unknown(Exception):
    """It was handed over, and no answer came: it may have left. Trying again might make a telephone ring twice."""


class SmsGate(Protocol):
    """Hands one SMS over. Errors: NotSent, Refused, Unknown."""

    def send(self, to: str, text: str, *, reference: str) -> None: ...


@dataclass(frozen=True)
class FileGate:
    """A text file for each SMS, where developing and demonstrations look."""

    folder: Path

    def send(self, to: str, text: str, *, reference: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{reference}.txt").write_text(f"{to}\n\n{text}\n")


@dataclass(frozen=True)
class HttpGate:
    """A provider. `timeout` in seconds for each exchange; `pauses`, in seconds, before each further try of the same SMS."""

    url: str
    token: str
    sender: str = ""
    timeout: float = 8.0
    pauses: Sequence[float] = (0.5, 2.0)

    def send(self, to: str, text: str, *, reference: str) -> None:
        for pause in (*self.pauses, None):
            try:
                return self._post(to, text, reference)
            except NotSent:
                if pause is None:
                    raise
                time.sleep(pause)

    def _post(self, to: str, text: str, reference: str) -> None:
        told = {"to": to, "text": text, "reference": reference} | ({"from": self.sender} if self.sender else {})
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": reference,
        }
        request = urllib.request.Request(self.url, json.dumps(told).encode(), headers)  # noqa: S310 (checked by `gate`)
        try:
            with _OPENER.open(request, timeout=self.timeout):
                return
        except urllib.error.HTTPError as answer:
            with answer:
                _refuse(answer.code)
        except urllib.error.URLError as error:  # nobody there: nothing was handed over
            raise NotSent(str(error.reason)) from None
        except (TimeoutError, ConnectionError, HTTPException) as error:  # handed over, and then nothing
            raise Unknown(str(error) or type(error).__name__) from None


class _StayHere(urllib.request.HTTPRedirectHandler):
    """The token goes to the address that was set, and to no other."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_StayHere)
MAY_BE_TRIED_AGAIN = {408, 425, 429}
OURS = {401, 403, 404, 405}
"""The provider does not know us, or we knock at the wrong address: no fault of the number."""


def _refuse(code: int) -> None:
    """What an answer that is not a success means."""
    if code in MAY_BE_TRIED_AGAIN | OURS or code >= 500 or code < 400:
        raise NotSent(f"HTTP {code}")
    raise Refused(f"HTTP {code}")


def gate() -> SmsGate:
    """The gate that the settings choose."""
    if not settings.SMS_URL:
        return FileGate(Path(settings.SMS_FOLDER))
    if not is_web(settings.SMS_URL):
        raise ImproperlyConfigured("CAGEOT_SMS_URL is not an address: write https://…")
    return HttpGate(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_FROM)


def is_web(url: str) -> bool:
    """Whether this may be a provider's address."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
