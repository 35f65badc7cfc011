"""What `--as` says that clients make of a certificate is what the clients on this machine make of it."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import ask
import clients
import pytest
from clients import HOST, Visit
from cryptography.hazmat.primitives import serialization

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))

VISITS = clients.visits()
Verdicts = dict[str, dict[str, dict]]


class Server:
    """Serves each visit's chain on a port of its own."""

    def __init__(self, folders: list[Path]):
        self._listeners = [self._listen(folder) for folder in folders]
        self.urls = [f"https://{HOST}:{one.getsockname()[1]}/" for one in self._listeners]

    def _listen(self, folder: Path) -> socket.socket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")  # it is the client's part to refuse what is weak
        context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, args=(listener, context), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection, context), daemon=True).start()

    def _answer(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK")
        except OSError:
            connection.close()

    def close(self) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder for each visit."""
    made = []
    for number, visit in enumerate(VISITS):
        folder = tmp_path_factory.mktemp(f"visit{number}-")
        (folder / "chain.pem").write_text("".join(one.pem for one in visit.chain))
        (folder / "leaf.pem").write_text(visit.chain[0].pem)
        (folder / "trust.pem").write_text("".join(one.pem for one in visit.trust))
        (folder / "key.pem").write_bytes(visit.key.secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        made.append(folder)
    return made


@pytest.fixture(scope="module")
def verdicts(folders: list[Path]) -> Verdicts:
    """By visit and program."""
    said = {}
    for visit, folder in zip(VISITS, folders, strict=True):
        answer = ask.run(["--chain", folder / "chain.pem", "--trust", folder / "trust.pem", "--name", f"dns:{HOST}",
                          "--as", "browser,app,java,openssl", "--json"])
        assert answer.status in (0, 1), answer
        said[visit.name] = {one["program"]: one for one in answer.document["clients"]}
    return said


@pytest.fixture(scope="module")
def server(folders: list[Path]) -> Iterator[Server]:
    serving = Server(folders)
    yield serving
    serving.close()


def agree(verdicts: Verdicts, program: str, said: dict[str, str]) -> None:
    """`said` is what a program said of each visit, empty where it trusted."""
    expected = {name: verdicts[name][program]["message"] or "" for name in said}
    assert {name: text for name, text in said.items() if not fits(expected[name], text)} == {}, expected


def fits(expected: str, said: str) -> bool:
    """The numbers of Chromium's errors stand in our words alone."""
    return expected == said or (said.startswith("net::") and expected.startswith(f"{said} ("))


def test_openssl(verdicts: Verdicts, folders: list[Path]):
    said = {}
    for visit, folder in zip(VISITS, folders, strict=True):
        done = subprocess.run(["openssl", "verify", "-auth_level", "2", "-purpose", "sslserver", "-verify_hostname", HOST,
                               "-no-CApath", "-no-CAstore", "-CAfile", "trust.pem", "-untrusted", "chain.pem", "leaf.pem"],
                              cwd=folder, capture_output=True, text=True, timeout=30)
        errors = [line for line in done.stderr.splitlines() if " depth lookup: " in line]
        said[visit.name] = errors[0] if done.returncode else ""
    agree(verdicts, "OpenSSL", said)


def test_java(verdicts: Verdicts, folders: list[Path]):
    done = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                           str(Path(__file__).with_name("Clients.java")), HOST, *map(str, folders)],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = ["" if line == "OK" else line for line in done.stdout.splitlines()]
    agree(verdicts, "Java", dict(zip((visit.name for visit in VISITS), lines, strict=True)))


@pytest.mark.parametrize("program", ["Chromium", "Firefox"])
def test_browsers(verdicts: Verdicts, server: Server, tmp_path: Path, program: str):
    if not shutil.which({"Chromium": "chromium", "Firefox": "firefox-esr"}[program]):
        pytest.skip(f"there is no {program}")
    root = tmp_path / "root.pem"
    root.write_text(clients.ROOT.pem)
    browser = start(program, tmp_path, root)
    try:
        browser.open(server.urls[0])
        same_trust = [(visit, url) for visit, url in zip(VISITS, server.urls, strict=True) if visit.trust == (clients.ROOT,)]
        agree(verdicts, program, {visit.name: browser.refusal(url) for visit, url in same_trust})
    finally:
        browser.close()


def start(program: str, folder: Path, root: Path):
    if program == "Chromium":
        from chromium import Chromium
        return Chromium(folder, dict(os.environ), folder / "tickets", root)
    from firefox import Firefox
    return Firefox(folder, dict(os.environ), folder / "tickets", root)


def show(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*shlex.split(ask.BINARY), "cert", "show", str(file), *arguments], capture_output=True, text=True, timeout=60)


def test_phones_are_stricter_on_lifetimes_and_keys_of_companies_and_nobody_goes_on_there(verdicts: Verdicts):
    for name in ("900 days", "RSA 1024", "for nothing in particular"):
        assert not verdicts[name]["iOS"]["trusted"] and verdicts[name]["Android"]["trusted"]
    assert verdicts["900 days"]["iOS"]["message"] == "errSecCertificateValidityPeriodTooLong (-67901)"
    for programs in verdicts.values():
        assert all(programs[program]["override"] in (None, "no") for program in ("iOS", "Android", "Java", "OpenSSL"))


def test_a_person_goes_on_in_a_browser_unless_the_fault_is_fatal(verdicts: Verdicts):
    rows = {"expired": ("unless-hsts", "unless-hsts"), "self-signed": ("unless-hsts", "unless-hsts"),
            "another host": ("unless-hsts", "unless-hsts"), "SHA-1": ("no", "unless-hsts"),
            "for clients alone": ("no", "no"), "good": (None, None)}
    for name, expected in rows.items():
        assert tuple(verdicts[name][program]["override"] for program in ("Chromium", "Firefox")) == expected, name


def test_some_clients_fetch_a_missing_intermediate(tmp_path: Path):
    url = "http://ca.example.com/middle.cer"
    visit = clients.below("pointing to its issuer", more=[clients.ext.authority_information(("1.3.6.1.5.5.7.48.2", url))])
    files = {"leaf.pem": visit.chain[0], "middle.pem": clients.MIDDLE, "root.pem": clients.ROOT}
    for name, certificate in files.items():
        (tmp_path / name).write_text(certificate.pem)
    arguments = ["--chain", tmp_path / "leaf.pem", "--trust", tmp_path / "root.pem", "--as", "browser,app,java,openssl", "--json"]
    helped = ask.run([*arguments, "--untrusted", tmp_path / "middle.pem"]).document
    trusted = {one["program"]: one["trusted"] for one in helped["clients"]}
    assert trusted == {"Chromium": True, "iOS": True, "Firefox": False, "Android": False, "Java": False, "OpenSSL": False}
    notes = {one["program"]: one["note"] for one in ask.run(arguments).document["clients"]}
    assert url in notes["Chromium"] and url in notes["Java"]


def test_public_authorities_are_bound_to_shorter_lifetimes(tmp_path: Path):
    rows = [(days, is_public) for days in (390, 400) for is_public in (False, True)]
    for days, is_public in rows:
        more = [clients.ext.policies("2.23.140.1.2.1")] if is_public else []
        visit = clients.below("lives", life=clients.days(10, days - 11), more=more)
        (tmp_path / "chain.pem").write_text("".join(one.pem for one in visit.chain))
        said = show(tmp_path / "chain.pem", "--as", "browser,app", "--json")
        document = json.loads(said.stdout)
        assert document["certificates"][0]["public"] == is_public
        trusted = {one["program"]: one["trusted"] for one in document["clients"]}
        too_long = is_public and days == 400
        assert trusted == {"Chromium": not too_long, "Firefox": True, "iOS": not too_long, "Android": True}, (days, is_public)
        assert said.returncode == int(too_long)


def test_what_a_certificate_says_is_shown_in_full(tmp_path: Path):
    more = [clients.ext.authority_information(("1.3.6.1.5.5.7.48.1", "http://ocsp.example.com/")),
            clients.ext.distribution_points(clients.ext.point("uri:http://ca.example.com/a.crl"))]
    visit = clients.below("shown", life=clients.days(60, -2), more=more)
    (tmp_path / "chain.pem").write_text("".join(one.pem for one in visit.chain))
    leaf, middle = json.loads(show(tmp_path / "chain.pem", "--json").stdout)["certificates"]
    assert leaf["names"] == [f"dns:{HOST}"] and leaf["key"] == "EC P-256" and leaf["days"] == 59
    assert leaf["key_usage"] == ["digitalSignature"] and leaf["purposes"] == ["serverAuth"]
    assert leaf["ocsp_responders"] == ["http://ocsp.example.com/"]
    assert leaf["revocation_lists"] == ["http://ca.example.com/a.crl"]
    assert leaf["sha256"] == hashlib.sha256(visit.chain[0].der).hexdigest()
    assert leaf["sha1"] == hashlib.sha1(visit.chain[0].der).hexdigest()
    assert [one["id"] for one in leaf["findings"] if one["level"] == "error"] == ["cert.expired"]
    assert middle["authority"] and middle["findings"] == []
    text = show(tmp_path / "chain.pem", "--lang", "de").stdout
    assert f"Namen: dns:{HOST}" in text and "Fehler: CN=crm.localhost: es ist abgelaufen" in text


def test_a_response_of_openssls_responder_is_believed(tmp_path: Path):
    from pki import Authority
    authority = Authority(tmp_path / "ca")
    stapled = authority.staple(authority.issue("crm.example.com"))
    arguments = ["--chain", stapled.chain, "--trust", authority.certificate, "--ocsp"]
    assert ask.run([*arguments, stapled.ocsp]).status == 0
    other = authority.issue("other.example.com").chain
    unknown = ask.run(["--chain", other, "--trust", authority.certificate, "--ocsp", stapled.ocsp, "--json"])
    assert unknown.status == 1 and "cert.revocation-unknown" in unknown.said
    stapled.ocsp.write_bytes(stapled.ocsp.read_bytes()[:-1])
    cut = ask.run([*arguments, stapled.ocsp])
    assert cut.status == 2 and cut.complained.startswith(f"pforte: {stapled.ocsp}: error: this is not an OCSP response")
