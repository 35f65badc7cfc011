"""Chromium, steered by the DevTools protocol."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from browser import Browser, Wire, end
from gate import until

KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Space": (" ", 32, " ")}


class Chromium(Browser):
    """`trusted`: the authority's certificate. `seen_negotiate`: the profile has met single sign-on before.

    `policies`: a command to start it with, where policies say to whom it gives tickets (managed.py)."""

    name = "chromium"

    def __init__(self, folder: Path, environment: dict[str, str], tickets: Path, trusted: Path,
                 seen_negotiate: bool = True, policies: tuple[str, ...] | None = None):
        super().__init__(folder, tickets)
        profile = folder / "profile"
        profile.mkdir()
        if seen_negotiate:
            state = {"net": {"received_http_auth_negotiate_headers": True}}
            (profile / "Local State").write_text(json.dumps(state))
        self._trust(trusted)
        self._log = (folder / "chromium.log").open("wb")
        self.process = subprocess.Popen(
            [*(policies or ()), "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
             "--remote-debugging-port=0", f"--user-data-dir={profile}",
             *([] if policies else ["--auth-server-allowlist=*.localhost"]),
             "--window-size=1200,900", "about:blank"],
            env=environment | {"HOME": str(folder), "KRB5CCNAME": f"FILE:{tickets}"},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._connect(profile / "DevToolsActivePort")
        except BaseException:
            end(self.process)
            raise

    def _trust(self, authority: Path) -> None:
        database = self.folder / ".pki/nssdb"
        database.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "test", "-i", str(authority)]):
            subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, timeout=20)

    def _connect(self, told: Path) -> None:
        until(lambda: told.exists() and told.read_text().count("\n") >= 1, "Chromium tells its port", 30)
        port, path = told.read_text().split("\n")[:2]
        self._wire = Wire(f"ws://127.0.0.1:{port}{path}")
        target = next(one for one in self._wire.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self._session = self._wire.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._wire.call(method, self._session, **parameters)

    def open(self, url: str) -> int:
        self._wire.events.clear()
        started = self.call("Page.navigate", url=url)
        assert not started.get("errorText"), (url, started["errorText"])
        status = 0

        def loaded(event: dict[str, Any]) -> bool:
            nonlocal status
            response = event.get("params", {})
            if event["method"] == "Network.responseReceived" and response["type"] == "Document":
                status = response["response"]["status"]
            return event["method"] == "Page.loadEventFired"

        self._wire.wait(loaded, f"{url} is loaded")
        return status

    def refusal(self, url: str) -> str:
        """Why a page cannot fetch `url`: "net::ERR_..."; empty if it can. A page that tells of it would take seconds."""
        self._wire.events.clear()
        self.evaluate(f"fetch({json.dumps(url)}, {{mode: 'no-cors'}}).then(() => 1, () => 0)")
        failed = [event["params"] for event in self._wire.events if event["method"] == "Network.loadingFailed"]
        return failed[-1]["errorText"] if failed else ""

    def evaluate(self, expression: str) -> Any:
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, key: str) -> None:
        name, code, text = KEYS.get(key, (key, 0, key))
        event = {"key": name, "windowsVirtualKeyCode": code, "code": name if key in KEYS else ""}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def click(self, selector: str) -> None:
        x, y = self.middle_of(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def screenshot(self, file: Path) -> Path:
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
        return file

    def cookies(self) -> dict[str, str]:
        return {one["name"]: one["value"] for one in self._wire.call("Storage.getCookies")["cookies"]}

    def forget_cookies(self) -> None:
        self._wire.call("Storage.clearCookies")

    def speak(self, language: str) -> None:
        agent = self.evaluate("navigator.userAgent")
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def close(self) -> None:
        self._wire.close()
        end(self.process)
        self._log.close()
