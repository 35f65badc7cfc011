"""Firefox ESR, steered by WebDriver BiDi."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from browser import Browser, Wire, end
from gate import until

KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " "}
PREFERENCES: dict[str, Any] = {
    "network.negotiate-auth.trusted-uris": ".localhost",
    "remote.prefs.recommended": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "signon.rememberSignons": False,
    "gfx.webrender.software": True,
}


class Firefox(Browser):
    """`trusted`: the authority's certificate."""

    name = "firefox"

    def __init__(self, folder: Path, environment: dict[str, str], tickets: Path, trusted: Path,
                 policies: tuple[str, ...] | None = None):
        super().__init__(folder, tickets)
        self.profile = folder / "profile"
        self.profile.mkdir()
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "test", "-i", str(trusted)]):
            subprocess.run(["certutil", "-d", f"sql:{self.profile}", *arguments], check=True, timeout=20)
        (self.profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()
                    if not policies or "negotiate-auth" not in name))
        self._log = (folder / "firefox.log").open("wb")
        self.process = subprocess.Popen(
            [*(policies or ()), "firefox-esr", "--headless", "--no-remote", "--profile", str(self.profile), "--remote-debugging-port=0",
             "--width=1200", "--height=900", "about:blank"],
            env=environment | {"HOME": str(folder), "KRB5CCNAME": f"FILE:{tickets}", "MOZ_HEADLESS": "1"},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._connect(self.profile / "WebDriverBiDiServer.json")
        except BaseException:
            end(self.process)
            raise

    def _connect(self, told: Path) -> None:
        until(lambda: told.exists() and told.read_text().strip(), "Firefox tells its port", 60)
        at = json.loads(told.read_text())
        self._wire = Wire(f"ws://{at['ws_host']}:{at['ws_port']}/session")
        self._wire.call("session.new", capabilities={})
        self._wire.call("session.subscribe", events=["network.responseCompleted"])
        self._tab = self._wire.call("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str) -> int:
        self._wire.events.clear()
        started = self._wire.call("browsingContext.navigate", context=self._tab, url=url, wait="complete")
        completed = [event["params"] for event in self._wire.events if event.get("method") == "network.responseCompleted"]
        mine = [one["response"]["status"] for one in completed if one.get("navigation") == started["navigation"]]
        if mine:
            return mine[-1]
        event = self._wire.wait(lambda one: one.get("method") == "network.responseCompleted"
                                and one["params"].get("navigation") == started["navigation"], f"the status of {url}")
        return event["params"]["response"]["status"]

    def refusal(self, url: str) -> str:
        """Why `url` cannot be opened: "SEC_ERROR_..."; empty if it can."""
        try:
            self.open(url)
        except AssertionError as refused:
            code = re.search(r"\w+_ERROR_\w+(?=\))", str(refused))
            assert code, refused
            return code[0]
        return ""

    def evaluate(self, expression: str) -> Any:
        # As text: BiDi has a notation of its own for values.
        told = self._wire.call("script.evaluate", expression=f"JSON.stringify({expression})",
                               target={"context": self._tab}, awaitPromise=True)
        assert told["type"] == "success", told
        text = told["result"].get("value")
        return None if text is None else json.loads(text)

    def _perform(self, kind: str, *actions: dict[str, Any]) -> None:
        self._wire.call("input.performActions", context=self._tab,
                        actions=[{"type": kind, "id": kind, "actions": list(actions)}])

    def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        self._perform("key", {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value})

    def type(self, text: str) -> None:
        self._perform("key", *({"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")))

    def click(self, selector: str) -> None:
        x, y = self.middle_of(selector)
        self._perform("pointer", {"type": "pointerMove", "x": int(x), "y": int(y)}, {"type": "pointerDown", "button": 0},
                      {"type": "pointerUp", "button": 0})

    def screenshot(self, file: Path) -> Path:
        told = self._wire.call("browsingContext.captureScreenshot", context=self._tab)
        file.write_bytes(base64.b64decode(told["data"]))
        return file

    def cookies(self) -> dict[str, str]:
        return {one["name"]: one["value"].get("value", "") for one in self._wire.call("storage.getCookies")["cookies"]}

    def forget_cookies(self) -> None:
        self._wire.call("storage.deleteCookies")

    def speak(self, language: str) -> None:
        self._wire.call("emulation.setLocaleOverride", contexts=[self._tab], locale=language)

    def size(self, width: int, height: int) -> None:
        self._wire.call("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def close(self) -> None:
        self._wire.close()
        end(self.process)
        self._log.close()
