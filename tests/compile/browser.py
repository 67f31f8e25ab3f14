"""Drives a headless Chromium by the WebDriver protocol, with the standard library."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

DRIVER = shutil.which("chromedriver")
"""The program that drives the browser; Debian has it as chromium-driver."""

_ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
_PATIENCE = 120.0
"""Seconds that a page may take to show what is waited for."""


@dataclass(frozen=True)
class Browser:
    """One window; `url` is that of its session at the driver."""

    url: str

    def open(self, page: str) -> None:
        _ask(f"{self.url}/url", {"url": page})

    def run(self, script: str) -> object:
        """Return what a script of the page returns."""
        return _ask(f"{self.url}/execute/sync", {"script": script, "args": []})

    def click(self, label: str) -> None:
        """Click the button with this label."""
        buttons = "[...document.querySelectorAll('button')]"
        self.run(f"{buttons}.find(each => each.innerText.trim() === {json.dumps(label)}).click()")

    def await_text(self, *texts: str) -> None:
        """Wait until the page shows every text."""
        self._await(lambda shown: all(text in shown for text in texts), f"the page does not show {texts}")

    def await_gone(self, text: str) -> None:
        """Wait until the page does not show a text any more."""
        self._await(lambda shown: text not in shown, f"the page still shows {text!r}")

    def _await(self, is_done: Callable[[str], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not is_done(shown := str(self.run("return document.body.innerText"))):
            assert time.monotonic() < end, f"{what}:\n{shown}"
            time.sleep(0.5)

    def picture(self) -> bytes:
        """Return the window as PNG."""
        return base64.b64decode(str(_ask(f"{self.url}/screenshot", None)))


@contextmanager
def browser(width: int, height: int) -> Iterator[Browser]:
    """Yield a browser with a window of this size, in pixels."""
    assert DRIVER is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    driver = subprocess.Popen([DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL)
    try:
        root = f"http://127.0.0.1:{port}"
        _await(root)
        options = {"args": [*_ARGUMENTS, f"--window-size={width},{height}"]}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        session = _ask(f"{root}/session", wanted)
        assert isinstance(session, dict)
        yield Browser(f"{root}/session/{session['sessionId']}")
        _ask(f"{root}/session/{session['sessionId']}", None, "DELETE")
    finally:
        driver.terminate()
        driver.wait(30)


def _await(root: str) -> None:
    for _ in range(120):
        try:
            _ask(f"{root}/status", None)
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError("the driver of the browser does not start")


def _ask(url: str, body: object, method: str | None = None) -> object:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 (our own driver)
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        return json.loads(answer.read())["value"]
