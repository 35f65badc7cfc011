"""TLS that somebody on the way opens: a proxy that seals again with a CA of its own."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backends import Backend, tls_server, text
from gate import run_pforte
from pki import Authority


class Opener:
    """A forward proxy. With an authority it opens TLS and answers itself; without, it carries bytes."""

    def __init__(self, authority: Authority | None):
        self._tls = tls_server(authority.issue("localhost")) if authority else None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
        except OSError:
            return

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = client.recv(4096)
                    if not piece:
                        return
                    head += piece
                port = int(head.split()[1].rsplit(b":", 1)[1])
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self._open(client) if self._tls else self._carry(client, port)
        except (OSError, ValueError, ssl.SSLError):
            pass

    def _open(self, client: socket.socket) -> None:
        with self._tls.wrap_socket(client, server_side=True) as inside:
            while True:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = inside.recv(1 << 16)
                    if not piece:
                        return
                    head += piece
                inside.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def _carry(self, client: socket.socket, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            def pump(source: socket.socket, sink: socket.socket) -> None:
                try:
                    while piece := source.recv(1 << 16):
                        sink.sendall(piece)
                    sink.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join(10)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def origin(authority: Authority) -> Iterator[Backend]:
    backend = Backend(text(b"hello"), tls=tls_server(authority.issue("localhost")))
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def openers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Opener, Path]]]:
    folder = tmp_path_factory.mktemp("openers")
    made = {}
    for name in ("Zscaler Root CA", "Company Proxy CA"):
        authority = Authority(folder / name.split()[0], name)
        made[name] = (Opener(authority), authority.certificate)
    made["honest"] = (Opener(None), folder)
    yield made
    for opener, _ in made.values():
        opener.close()


def examine(origin: Backend, opener: Opener | None, *options: object) -> list[dict[str, Any]]:
    via = ("--via", opener.url) if opener else ()
    done = run_pforte("doctor", "url", origin.url.replace("127.0.0.1", "localhost") + "/", *via, *map(str, options), "--json", timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["paths"][0]["findings"]


def of_level(findings: list[dict[str, Any]], level: str) -> list[dict[str, Any]]:
    """Without what a busy machine adds: that something is slow."""
    return [one for one in findings if one["level"] == level and ".slow" not in one["id"]]


@pytest.mark.parametrize(("name", "id"), [("Zscaler Root CA", "inspection.product"), ("Company Proxy CA", "inspection.issuer-differs")])
def test_who_opens_tls_is_the_first_error_on_the_proxy(origin, openers, authority, name, id):
    findings = examine(origin, openers[name][0], "--trust", authority.certificate)
    found = of_level(findings, "error")[0]
    assert (found["id"], found["hop"]) == (id, 1)
    assert found["clients"] == ["app", "java"]
    assert {"name": "issuer seen", "value": f"CN={name}"} in found["evidence"]
    assert {"name": "issuer without proxy", "value": "CN=Pforte test CA"} in found["evidence"]


def test_an_inspection_whose_ca_is_trusted_is_a_warning(origin, openers, authority):
    opener, root = openers["Zscaler Root CA"]
    findings = examine(origin, opener, "--trust", authority.certificate, "--trust", root)
    assert of_level(findings, "error") == []
    assert of_level(findings, "warning")[0]["id"] == "inspection.product"


def test_a_proxy_that_leaves_tls_alone_is_told_to_do_so(origin, openers, authority):
    findings = examine(origin, openers["honest"][0], "--trust", authority.certificate)
    assert of_level(findings, "error") == []
    assert "inspection.none" in [one["id"] for one in findings]


def test_an_issuer_that_was_not_expected_is_an_error(origin, authority):
    findings = examine(origin, None, "--trust", authority.certificate, "--expect-issuer", "Public CA of Somebody")
    assert of_level(findings, "error")[0]["id"] == "inspection.unexpected-issuer"
    root = ssl.PEM_cert_to_DER_cert(authority.certificate.read_text())
    for expected in ("pforte test", hashlib.sha256(root).hexdigest()):
        findings = examine(origin, None, "--trust", authority.certificate, "--expect-issuer", expected)
        assert of_level(findings, "error") == []
