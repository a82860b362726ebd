"""Bytes over the wire, compressed, from the real server. Asked: first visit 130 KB at most with fonts; later
pages 15 KB at most, Le programme 40 KB with its map.

    uv run python bench/wire.py [scale …]      (1 and 10 if nothing is said)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

from _base import HOME, ROOT, demo_file

PORT = 8377
SITE = f"http://127.0.0.1:{PORT}"
PAGES = {
    "lea@example.org": ["/jardins/blois/semaines/2018-W11/", "/jardins/blois/semaines/2018-W11/pointage/",
                        "/jardins/blois/semaines/2018-W11/cloture/", "/jardins/blois/foyers/", "/jardins/blois/conventions/",
                        "/jardins/blois/releves/"],
    "nadia@example.org": ["/programme/2018/", "/programme/2017/", "/jardins/", "/conventions/", "/releves/"],
}  # fmt: skip


class Visitor:
    """A browser that keeps what it has seen, as browsers do with files whose names carry their hash."""

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.seen: set[str] = set()

    def bytes_of(self, address: str, data: bytes | None = None) -> tuple[int, str]:
        headers = {"Accept-Encoding": "br, gzip", "Referer": SITE + "/"}
        with self.opener.open(urllib.request.Request(urljoin(SITE, address), data, headers)) as answer:
            body = answer.read()
            kind = answer.headers.get("Content-Encoding", "")
        if kind == "gzip":
            import gzip

            return len(body), gzip.decompress(body).decode(errors="replace")
        if kind == "br":
            import brotli

            return len(body), brotli.decompress(body).decode(errors="replace")
        return len(body), body.decode(errors="replace")

    def visit(self, address: str) -> int:
        """The bytes of a page and of the files it calls for that were not seen before."""
        size, page = self.bytes_of(address)
        wanted = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        for _ in range(2):  # the style sheet calls for fonts
            for file in [one for one in dict.fromkeys(wanted) if one not in self.seen]:
                self.seen.add(file)
                more, text = self.bytes_of(file)
                size += more
                if file.endswith(".css"):
                    fonts = [urljoin(file, found) for found in re.findall(r'url\("?([^")]+woff2)', text)]
                    wanted += [font for font in fonts if "-ext" not in font]  # fetched only for letters such as Ł
        return size

    def enter(self, email: str) -> None:
        _, page = self.bytes_of("/entrer/")
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
        assert token
        self.bytes_of("/entrer/demo/", urlencode({"email": email, "csrfmiddlewaretoken": token[1]}).encode())


def main(scale: int) -> None:
    demo_file(scale)
    environment = {**os.environ, "CAGEOT_HOME": str(HOME)}
    command = [sys.executable, "-m", "cageot.config.cli", "demo", "--scale", str(scale), "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{SITE}/sante/")
                break
            except OSError:
                time.sleep(0.5)
        for email, pages in PAGES.items():
            visitor = Visitor()
            print(f"scale {scale}, {email}: first visit, the sign-in page: {visitor.visit('/entrer/') / 1024:.1f} KB")
            visitor.enter(email)
            for page in pages:
                print(f"  {page:<46} {visitor.visit(page) / 1024:6.1f} KB, again {visitor.visit(page) / 1024:6.1f} KB")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    for word in sys.argv[1:] or ["1", "10"]:
        main(int(word))
