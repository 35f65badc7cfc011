"""What the tests do with a real browser, whichever it is. chromium.py and firefox.py start and steer one each."""

from __future__ import annotations

import abc
import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websockets

PATIENCE = 20.0  # seconds for a page


class Wire:
    """JSON commands and events over a WebSocket, one after the other."""

    def __init__(self, address: str):
        self._loop = asyncio.new_event_loop()
        self._socket = self._loop.run_until_complete(self._connect(address))
        self._last = 0
        self.events: list[dict[str, Any]] = []

    async def _connect(self, address: str) -> Any:
        return await websockets.connect(address, max_size=None, ping_interval=None, open_timeout=PATIENCE)

    def _receive(self, deadline: float, what: str) -> dict[str, Any]:
        remaining = deadline - time.monotonic()
        assert remaining > 0, f"the browser does not answer: {what}"
        try:
            text = self._loop.run_until_complete(asyncio.wait_for(self._socket.recv(), remaining))
        except TimeoutError:
            raise AssertionError(f"the browser does not answer: {what}") from None
        return json.loads(text)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of a command. Events that come meanwhile are kept."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        self._loop.run_until_complete(self._socket.send(json.dumps(command)))
        deadline = time.monotonic() + PATIENCE
        while (message := self._receive(deadline, method)).get("id") != self._last:
            self.events.append(message)
        assert "error" not in message, f"{method}: {message}"
        return message["result"]

    def wait(self, wanted: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """The first event that is wanted; takes it and those before it away."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self.events:
                if wanted(event := self.events.pop(0)):
                    return event
            self.events.append(self._receive(deadline, what))

    def close(self) -> None:
        self._loop.run_until_complete(self._socket.close())
        self._loop.close()


class Browser(abc.ABC):
    """A headless browser with a profile of its own, one tab, and the tickets of `tickets` (a file that may be changed)."""

    name = ""
    process: subprocess.Popen[bytes]

    def __init__(self, folder: Path, tickets: Path):
        self.folder = folder
        self.tickets = tickets

    def have_tickets(self, of: Path | None) -> None:
        """From now on the agent at this computer has these tickets, or none."""
        if of:
            fresh = self.tickets.with_suffix(".new")
            fresh.write_bytes(of.read_bytes())
            fresh.chmod(0o600)
            os.replace(fresh, self.tickets)
        else:
            self.tickets.unlink(missing_ok=True)

    @abc.abstractmethod
    def open(self, url: str) -> int:
        """Goes there as if it had been typed. The status of the document that is shown at the end."""

    @abc.abstractmethod
    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; it must be JSON."""

    @abc.abstractmethod
    def press(self, key: str) -> None:
        """A key on the keyboard: "Tab", "Enter", or one character."""

    @abc.abstractmethod
    def click(self, selector: str) -> None:
        """A click with the mouse in the middle of the element."""

    @abc.abstractmethod
    def screenshot(self, file: Path) -> Path: ...

    @abc.abstractmethod
    def cookies(self) -> dict[str, str]:
        """All it has, also those that no script sees."""

    @abc.abstractmethod
    def forget_cookies(self) -> None: ...

    @abc.abstractmethod
    def speak(self, language: str) -> None:
        """From now on pages are asked for in this language: "de", "en"."""

    @abc.abstractmethod
    def size(self, width: int, height: int) -> None:
        """The size of the window's inside, in CSS pixels."""

    @abc.abstractmethod
    def close(self) -> None: ...

    # The same for all.

    def text(self) -> str:
        return self.evaluate("document.body ? document.body.innerText : ''")

    def url(self) -> str:
        return self.evaluate("location.href")

    def type(self, text: str) -> None:
        for letter in text:
            self.press(letter)

    def fill(self, selector: str, text: str) -> None:
        self.click(selector)
        self.type(text)

    def has(self, selector: str) -> bool:
        return self.evaluate(f"document.querySelector({json.dumps(selector)}) !== null")

    def wait_for(self, expression: str, what: str) -> Any:
        """Until the expression is true, also over a change of pages."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if value := self.evaluate(expression):
                    return value
            except AssertionError:  # between two pages there is none to ask
                pass
            assert time.monotonic() < deadline, f"waited in vain: {what}; the page: {self.url()} {self.text()[:2000]}"
            time.sleep(0.05)

    def leave(self, selector: str) -> None:
        """Clicks what leads to another page, and waits until that is there."""
        self.evaluate("(window.before = true)")
        self.click(selector)
        self.wait_for_new_page()

    def wait_for_new_page(self) -> None:
        self.wait_for("!window.before && document.readyState === 'complete' && document.body !== null", "another page")

    def middle_of(self, selector: str) -> tuple[float, float]:
        found = self.evaluate("(e => { if (!e) return null; e.scrollIntoView({block: 'center'});"
                              " const r = e.getBoundingClientRect();"
                              " return [r.x + r.width / 2, r.y + r.height / 2]; })"
                              f"(document.querySelector({json.dumps(selector)}))")
        assert found, f"there is no {selector}: {self.text()[:2000]}"
        return found[0], found[1]


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
