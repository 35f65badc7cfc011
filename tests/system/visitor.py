"""Somebody at a computer, as the gate sees them: a connection, cookies, forms, and perhaps Kerberos tickets."""

from __future__ import annotations

import base64
import html.parser
import subprocess
import urllib.parse
from pathlib import Path
from typing import Any

import raw
import tickets
from gate import Gate
from kdc import Realms

APP = "app.localhost"
SERVICE = "HTTP/app.localhost@ALPHA.TEST"
SESSION = "__Host-pforte"
NAVIGATION = ("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Sec-Fetch-Mode: navigate",
              "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1", "Upgrade-Insecure-Requests: 1",
              "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0")
MACHINE = ("Accept: application/json", "User-Agent: partner-system/1.0")


class Form(html.parser.HTMLParser):
    """The forms of a page: where they go, and what is filled in already."""

    def __init__(self, page: bytes):
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.fields: list[dict[str, str]] = []
        self.types: list[dict[str, str]] = []
        self.labels: set[str] = set()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._hidden = False
        self.feed(page.decode())

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag != "style"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"
        given = dict(attributes)
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append({key: value or "" for key, value in attributes})
            self.fields.append({})
            self.types.append({})
        elif tag == "label":
            self.labels.add(given.get("for") or "")
        elif tag == "input" and self.fields and given.get("name"):
            self.fields[-1][given["name"]] = given.get("value") or ""
            self.types[-1][given["name"]] = given.get("type") or "text"

    def handle_data(self, data: str) -> None:
        self.words += "" if self._hidden else data

    def index_of(self, action: str) -> int | None:
        paths = [urllib.parse.urlsplit(form.get("action", "")).path for form in self.forms]
        return paths.index(action) if action in paths else None


def login_fields(page: bytes) -> dict[str, str]:
    """What the login form of a page sends if nothing is typed."""
    form = Form(page)
    index = form.index_of("/.pforte/login")
    assert index is not None, f"there is no login form: {page[:2000]!r}"
    assert form.forms[index].get("method", "").lower() == "post"
    assert form.types[index].get("password") == "password"
    assert "user" in form.fields[index]
    return dict(form.fields[index])


def has_login_form(answer: raw.Answer) -> bool:
    return b"<form" in answer.body and Form(answer.body).index_of("/.pforte/login") is not None


def offers_negotiate(answer: raw.Answer) -> bool:
    return any("negotiate" in value.lower() for value in answer.head.all("www-authenticate"))


def cookies_set(answer: raw.Answer) -> dict[str, str]:
    """Names and values; a cookie that is taken away has the value None, as ""."""
    found = {}
    for line in answer.head.all("set-cookie"):
        pair, _, rest = line.partition(";")
        name, _, value = pair.partition("=")
        found[name.strip()] = "" if "max-age=0" in rest.lower().replace(" ", "") else value.strip()
    return found


def arrived(answer: raw.Answer) -> dict[str, list[str]]:
    """The fields that the echoing application received, by their names in small letters."""
    assert answer.status == 200, (answer.status, answer.body[:1000])
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["fields"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def signed_in_as(answer: raw.Answer) -> str | None:
    """Whom the echoing application was told."""
    found = arrived(answer).get("remote-user", [])
    assert len(found) < 2, found
    return found[0] if found else None


def curl(gate: Gate, realms: Realms, cache: Path | None, target: str = "/", *arguments: str) -> subprocess.CompletedProcess[str]:
    """curl as an agent has it, with the tickets of a file."""
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*", "--path-as-is",
         "--cacert", str(gate.authority.certificate), *arguments, f"https://{APP}:{gate.tls_port}{target}"],
        capture_output=True, text=True, env=realms.environment(cache))


class Visitor:
    """Keeps cookies as a browser does. `fields` go with every request; `machine` is no browser."""

    def __init__(self, gate: Gate, host: str = APP, machine: bool = False, fields: tuple[str, ...] = (), **options: Any):
        self.gate = gate
        self.host = host
        self.fields = (*(MACHINE if machine else NAVIGATION), *fields)
        self.cookies: dict[str, str] = {}
        self.secrets: set[str] = set()
        self._options = {"secure": True, "sni": host} | options
        self._connection: raw.Client | None = None
        gate.visitors = [*getattr(gate, "visitors", []), self]

    @property
    def origin(self) -> str:
        return f"https://{self.host}:{self.gate.tls_port}"

    @property
    def session(self) -> str | None:
        return self.cookies.get(SESSION)

    def reconnect(self) -> Visitor:
        if self._connection:
            self._connection.close()
        self._connection = None
        return self

    def ask(self, method: str, target: str, *fields: str, body: bytes = b"") -> raw.Answer:
        """One request on the connection there is, or a new one. Where it leads is not followed."""
        named = {line.partition(":")[0].lower() for line in fields}
        lines = [line for line in self.fields if line.partition(":")[0].lower() not in named]
        if self.cookies and "cookie" not in named:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if not self._connection:
            self._connection = self.gate.connect(**self._options)
        host = f"{self.host}:{self.gate.tls_port}"
        answer = self._connection.ask(raw.request(method, target, *lines, *fields, host=host, body=body), method)
        if (answer.get("connection") or "").lower() == "close":
            self.reconnect()
        self._keep(answer)
        return answer

    def _keep(self, answer: raw.Answer) -> None:
        for name, value in cookies_set(answer).items():
            if value:
                self.cookies[name] = value
                self.secrets.add(value)
            else:
                self.cookies.pop(name, None)

    def get(self, target: str = "/", *fields: str) -> raw.Answer:
        return self.ask("GET", target, *fields)

    def post(self, target: str, form: dict[str, str], *fields: str, origin: str | None = "") -> raw.Answer:
        """A form sent from a page of `origin`: the same site unless told; None: nobody says from where."""
        lines = ["Content-Type: application/x-www-form-urlencoded", *fields]
        if origin == "":
            lines += [f"Origin: {self.origin}", "Sec-Fetch-Site: same-origin"]
        elif origin is not None:
            lines += [f"Origin: {origin}", "Sec-Fetch-Site: cross-site"]
        return self.ask("POST", target, *lines, body=urllib.parse.urlencode(form).encode())

    # Signing in and out.

    def send_ticket(self, token: bytes, target: str = "/", *fields: str) -> raw.Answer:
        if len(token) > 24:
            self.secrets.add(base64.b64encode(token).decode().rstrip("=")[:4000])
        return self.get(target, tickets.negotiate(token), *fields)

    def sign_in_with(self, client: tickets.Client, target: str = "/", service: str = SERVICE) -> raw.Answer:
        answer = self.send_ticket(client.token(service), target)
        assert answer.status == 200, (answer.status, answer.body[:1000])
        assert self.session, answer.head.fields
        return answer

    def form(self, target: str = "/.pforte/login") -> dict[str, str]:
        return login_fields(self.get(target).body)

    def sign_in(self, user: str, password: str, back: str = "/", *fields: str) -> raw.Answer:
        """By the form; the answer to its sending."""
        self.secrets.add(password)
        shown = self.form("/.pforte/login?return=" + urllib.parse.quote(back, safe=""))
        return self.post("/.pforte/login", shown | {"user": user, "password": password}, *fields)

    def must_sign_in(self, user: str, password: str) -> Visitor:
        answer = self.sign_in(user, password)
        assert answer.status in (302, 303), (answer.status, answer.body[:3000])
        assert self.session
        return self

    def sign_out(self) -> raw.Answer:
        page = self.get("/.pforte/logout").body
        form = Form(page)
        index = form.index_of("/.pforte/logout")
        assert index is not None, page
        return self.post("/.pforte/logout", form.fields[index])

    def whoami(self) -> dict[str, Any] | None:
        answer = self.get("/.pforte/whoami")
        assert answer.status in (200, 401), answer.status
        return answer.json() if answer.status == 200 else None


def no_secret_in(gate: Gate, *files: Path) -> None:
    """No password, ticket or cookie of a visitor stands in what the gate wrote."""
    written = "".join(file.read_text(errors="replace") for file in (gate.stderr, Path(gate.config["log"]["access"]), *files)
                      if file.exists())
    for visitor in getattr(gate, "visitors", []):
        for secret in visitor.secrets:
            assert len(secret) < 6 or secret not in written, f"a secret is in the logs: {secret[:40]}"
