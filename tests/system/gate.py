"""Starts a pforte with a generated configuration, talks to it, and looks at it from outside."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import raw
from backends import Backend
from pki import Authority
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PFORTE", str(ROOT / "build/release/pforte"))
SANITIZED = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer")
HOST = "crm.example.com"


def is_sanitized() -> bool:
    """Whether the binary was built with a sanitizer, which keeps freed memory and takes its time."""
    return any(mark in Path(shlex.split(BINARY)[0]).read_bytes() for mark in (b"__asan_init", b"__tsan_init"))


def until(true: Callable[[], Any], what: str, seconds: float = 5.0) -> Any:
    """Waits for `true()` to become so, and returns what it gave."""
    deadline = time.monotonic() + seconds
    while not (result := true()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)
    return result


def toml(value: Any) -> str:
    """One TOML value on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items() if item is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def toml_document(config: dict[str, Any]) -> str:
    """Plain keys first, then the tables and the arrays of tables."""
    plain, tables = [], []
    for key, value in config.items():
        blocks = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
        if isinstance(value, dict):
            tables += [f"\n[{key}]"] + [f"{name} = {toml(item)}" for name, item in value.items() if item is not None]
        elif blocks:
            for block in blocks:
                tables.append(f"\n[[{key}]]")
                tables += [f"{name} = {toml(item)}" for name, item in block.items() if item is not None]
        elif value is not None:
            plain.append(f"{key} = {toml(value)}")
    return "\n".join(plain + tables) + "\n"


class Gate:
    """A running pforte. Made by the `start_gate` fixture, which also judges it at the end of the test."""

    def __init__(self, folder: Path, authority: Authority, config: dict[str, Any], prefix: tuple[str, ...] = ()):
        self.folder = folder
        self.authority = authority
        self.config = config
        self.file = folder / "pforte.toml"
        self.stderr = folder / "stderr.log"
        self.clients: list[raw.Client] = []
        self.expect_death = False  # a test that stops the gate says so
        self.kept_descriptors = 0  # how many more it may keep, such as connections to a directory
        self.clients_stay = False  # browsers outlive a test, and keep their connections
        self.write()
        with self.stderr.open("wb") as stderr:
            self.process = subprocess.Popen([*prefix, *shlex.split(BINARY), "serve", "--config", str(self.file)],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
        self.pid = self.process.pid
        until(self._healthy, f"the gate answers /.pforte/health; it said: {self.said()}", 15)
        until(lambda: self.client_connections == 0, "no client before the test begins")
        self.first_descriptors = self.descriptors()

    # Configuration.

    @property
    def tls_port(self) -> int:
        return self._port(0)

    @property
    def plain_port(self) -> int:
        return self._port(1)

    def _port(self, index: int) -> int:
        return int(self.config["listener"][index]["address"].rpartition(":")[2])

    def write(self, text: str | None = None) -> None:
        self.file.write_text(text if text is not None else toml_document(self.config))

    def run(self, *arguments: str, timeout: float = 15) -> subprocess.CompletedProcess[str]:
        """A pforte command with this gate's configuration."""
        return run_pforte(*arguments, "--config", str(self.file), timeout=timeout)

    def reload(self) -> subprocess.CompletedProcess[str]:
        return self.run("reload")

    # Talking to it.

    def connect(self, secure: bool = False, **options: Any) -> raw.Client:
        """A raw connection; plain unless `secure`. Options are those of raw.Client."""
        if secure:
            options.setdefault("tls", raw.trusting(self.authority.certificate))
        port = options.pop("port", self.tls_port if options.get("tls") else self.plain_port)
        client = raw.Client(port, **options)
        self.clients.append(client)
        return client

    def ask(self, data: bytes, method: str = "GET", **options: Any) -> raw.Answer:
        """One request on a connection of its own."""
        with self.connect(**options) as client:
            return client.ask(data, method)

    def get(self, target: str = "/", *fields: str, **options: Any) -> raw.Answer:
        return self.ask(raw.request("GET", target, *fields, host=options.pop("host", HOST)), **options)

    def curl(self, target: str, *arguments: str, host: str = HOST) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["curl", "--silent", "--show-error", "--max-time", "30", "--noproxy", "*", "--path-as-is",
             "--cacert", str(self.authority.certificate), "--resolve", f"{host}:{self.tls_port}:127.0.0.1",
             *arguments, f"https://{host}:{self.tls_port}{target}"], capture_output=True)

    def _healthy(self) -> bool:
        assert self.process.poll() is None, f"the gate stopped at once: {self.said()}"
        try:
            with raw.Client(self.plain_port) as client:
                return client.ask(raw.request(target="/.pforte/health")).status == 200
        except (OSError, EOFError):
            return False

    # Looking at it.

    def said(self) -> str:
        return self.stderr.read_text(errors="replace")

    def events(self, name: str) -> list[dict[str, str]]:
        """The events of that name on standard error, with their fields."""
        found = []
        for line in self.said().splitlines():
            fields = dict(re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|\S+)', line))
            if f" event={name} " in line + " ":
                found.append(fields)
        return found

    def access_lines(self) -> list[dict[str, Any]]:
        file = Path(self.config["log"]["access"])
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def access(self, **wanted: Any) -> dict[str, Any]:
        """The only access line whose keys have these values; waits for it."""
        def found() -> list[dict[str, Any]]:
            return [line for line in self.access_lines() if all(line.get(k) == v for k, v in wanted.items())]
        lines = until(found, f"an access line with {wanted}")
        assert len(lines) == 1, lines
        return lines[0]

    def metrics(self) -> dict[str, float]:
        port = int(self.config["admin"]["address"].rpartition(":")[2])
        with raw.Client(port) as client:
            answer = client.ask(raw.request(target="/metrics", host=f"127.0.0.1:{port}"))
        assert answer.status == 200
        lines = [line for line in answer.body.decode().splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def metric(self, name: str, **labels: str) -> float:
        """The sum over all series of that name that carry these labels; there must be one."""
        found = []
        for series, value in self.metrics().items():
            bare, _, carried = series.partition("{")
            if bare == name and all(f'{key}="{text}"' in carried for key, text in labels.items()):
                found.append(value)
        assert found, f"there is no series {name} with {labels}"  # else a wrong name would pass for zero
        return sum(found)

    @property
    def client_connections(self) -> float:
        return self.metric("pforte_client_connections")

    def descriptors(self) -> list[str]:
        """What the process's open descriptors are, sorted; without the ring of contacts, which is opened in its own time."""
        folder, found = Path(f"/proc/{self.pid}/fd"), []
        for entry in folder.iterdir():
            try:
                found.append(re.sub(r"\[\d+\]", "", os.readlink(entry)))
            except FileNotFoundError:
                pass
        return sorted(one for one in found if not one.endswith("/contacts"))

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    # Its end.

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 10) -> int:
        self.expect_death = True
        return self.process.wait(seconds)

    def judge(self, backends: list[Backend]) -> None:
        """What must hold after every test: alive, no leak, no sanitizer report, and a clean end."""
        for client in self.clients:
            client.close()
        for backend in backends:
            backend.close()
        try:
            if not self.expect_death:
                assert self.process.poll() is None, f"the gate died: {self.said()[-4000:]}"
                if not self.clients_stay:
                    self._nothing_leaked()
                self.signal(signal.SIGTERM)
                assert self.process.wait(15) == 0, f"a bad end: {self.said()[-4000:]}"
        finally:
            self.process.kill()
            self.process.wait()
        assert not SANITIZED.search(self.said()), self.said()[-8000:]

    def _nothing_leaked(self) -> None:
        until(lambda: self.client_connections == 0, "no client connection is left", 8)
        until(lambda: self.metric("pforte_backend_connections", state="busy") == 0, "no backend connection is busy", 8)

        def settled() -> bool:
            idle = int(self.metric("pforte_backend_connections", state="idle"))
            return len(self.descriptors()) <= len(self.first_descriptors) + idle + self.kept_descriptors
        try:
            until(settled, "descriptors are given back", 8)
        except AssertionError as error:
            raise AssertionError(f"{error}: at first {self.first_descriptors}, now {self.descriptors()}") from None


def run_pforte(*arguments: str, timeout: float = 15, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*shlex.split(BINARY), *arguments], capture_output=True, text=True, timeout=timeout, **options)


def merged(config: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` over `config`: tables key by key, everything else replaced."""
    result = dict(config)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def standard_config(folder: Path, authority: Authority, servers: list[str], *, site: dict[str, Any] | None = None,
                    backend: dict[str, Any] | None = None, listener: dict[str, Any] | None = None,
                    more_sites: list[dict[str, Any]] | None = None,
                    more_backends: list[dict[str, Any]] | None = None,
                    more_listeners: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A TLS and a plain listener, one site that allows every path, one backend; `changes` are whole tables."""
    tls, plain, admin = (f"127.0.0.1:{free_port()}" for _ in range(3))
    config: dict[str, Any] = {
        "state_dir": str(folder / "state"),
        "workers": 2,
        "listener": [{"address": tls} | (listener or {}), {"address": plain, "tls": False} | (listener or {}),
                     *(more_listeners or [])],
        "admin": {"address": admin},
        "log": {"access": str(folder / "access.log")},
        "limits": {"drain": "2s"},
        "backend": [{"name": "app", "servers": servers} | (backend or {}), *(more_backends or [])],
        "site": [{"hosts": [HOST], "certificate": authority.issue(HOST).config(), "backend": "app",
                  "allow": ["/"]} | (site or {}), *(more_sites or [])],
    }
    (folder / "state").mkdir(exist_ok=True)
    return merged(config, changes)


