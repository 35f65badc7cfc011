"""Pebble, a CA that speaks ACME and is as strict as it can be, with the names it looks up."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from pki import Authority
from ports import free_port
from raw import trusting

BINDING = {"kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}


class Pebble:
    """Looks for proofs at `http_port` and `tls_port` of this machine, whatever the name. Refuses one nonce in five."""

    def __init__(self, folder: Path, authority: Authority, *, binding: bool = False):
        self.folder = folder
        self.authority = authority
        self.port, self.manage, self.http_port, self.tls_port, self.dns, self.names = (free_port() for _ in range(6))
        self.directory = f"https://localhost:{self.port}/dir"
        pair = authority.issue("localhost")
        config: dict[str, Any] = {
            "listenAddress": f"127.0.0.1:{self.port}", "managementListenAddress": f"127.0.0.1:{self.manage}",
            "certificate": str(pair.chain), "privateKey": str(pair.key), "httpPort": self.http_port,
            "tlsPort": self.tls_port, "ocspResponderURL": "", "externalAccountBindingRequired": binding}
        if binding:
            config["externalAccountMACKeys"] = BINDING
        self.file = folder / "pebble.json"
        self.file.write_text(json.dumps({"pebble": config}))
        self.resolver = subprocess.Popen(
            ["pebble-challtestsrv", "-dns01", f"127.0.0.1:{self.dns}", "-management", f"127.0.0.1:{self.names}",
             "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start()

    def start(self) -> None:
        environment = os.environ | {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "20", "PEBBLE_AUTHZREUSE": "0",
                                    "PEBBLE_ALTERNATE_ROOTS": "1"}
        with (self.folder / "pebble.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["pebble", "-config", str(self.file), "-dnsserver", f"127.0.0.1:{self.dns}"],
                env=environment, stdout=log, stderr=log)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.stop()
        self.resolver.kill()
        self.resolver.wait()

    def up(self) -> bool:
        try:
            return self._fetch(self.directory).startswith(b"{")
        except OSError:
            return False

    def root(self, number: int = 0) -> bytes:
        """The root of its certificates, which it makes anew at each start."""
        return self._fetch(f"https://localhost:{self.manage}/roots/{number}")

    def block(self, **changes: Any) -> dict[str, Any]:
        """The [[acme]] of a gate that gets its certificates here."""
        return {"name": "pebble", "directory": self.directory, "terms_agreed": True,
                "trust": str(self.authority.certificate)} | changes

    def listeners(self) -> list[dict[str, Any]]:
        """Those of a gate at which it looks."""
        return [{"address": f"127.0.0.1:{self.tls_port}"},
                {"address": f"127.0.0.1:{self.http_port}", "redirect_to_https": True}]

    def log(self) -> str:
        return (self.folder / "pebble.log").read_text(errors="replace")

    def _fetch(self, url: str) -> bytes:
        with urllib.request.urlopen(url, timeout=5, context=trusting(self.authority.certificate)) as answer:
            return bytes(answer.read())
