"""`pforte doctor` in both directions: client → gate → application, application → proxy → third party. Each certificate is judged
where it stands, by whom it is shown to."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from backends import Backend, tls_server
from gate import Gate, run_pforte
from laboratory import Handler, Report, head_of, relay
from pki import Authority, Pair
from ports import free_port
from serving import serve_each

HOST = "app.localhost"


def report_of(*arguments: str) -> Report:
    done = run_pforte("doctor", *arguments, "--json", "--timeout", "3s", timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return Report(json.loads(done.stdout))


def bad(report: Report, hop: str) -> list[str]:
    """Errors and warnings at a hop, without what a busy machine adds."""
    return [one["id"] for one in report.findings
            if one["hop_name"] == hop and one["level"] in ("error", "warning") and not one["id"].endswith(".slow")]


# Inwards: the certificate of the application server, apart from the gate's own.


@pytest.fixture
def inwards(start_gate: Callable[..., Gate], authority: Authority) -> Callable[..., tuple[Report, str]]:
    """inwards(pair, **backend): what is told of a site whose server shows the pair, and the name of the server's hop."""
    def examine(pair: Pair, **backend: Any) -> tuple[Report, str]:
        with closing(Backend(lambda exchange: exchange.answer(b"<p>hello", "Content-Type: text/html"), tls=tls_server(pair))) as app:
            gate = start_gate(app.url, site={"hosts": [HOST], "certificate": authority.issue(HOST).config()}, backend=backend)
            gate.clients_stay = True
            report = report_of("site", HOST, "--config", str(gate.file), "--trust", str(authority.certificate))
            return report, f"app {app.url}"
    return examine


def test_the_application_servers_certificate_is_judged_by_the_trust_of_its_backend(inwards, authority, stranger):
    report, server = inwards(stranger.issue("127.0.0.1"), trust=str(stranger.certificate))
    assert bad(report, "gate") == [] and bad(report, server) == []
    assert [one["hop_name"] for one in report.findings if one["id"] == "tls.chain"] == ["gate", server]


def test_a_certificate_of_the_application_server_that_the_gate_does_not_trust_is_the_servers_fault(inwards, authority, stranger):
    report, server = inwards(stranger.issue("127.0.0.1"), trust=str(authority.certificate))
    assert bad(report, "gate") == []
    assert report.first_error and report.first_error[0].startswith("cert.") and report.first_error[1] == server
    assert f"gate ✓ → {server} ✗" in report.drawn


@pytest.mark.parametrize(("names", "days", "id"), [(["127.0.0.1"], -1, "cert.expired"), (["other.example"], 20, "cert.name")])
def test_what_is_wrong_with_the_certificate_of_the_application_server_is_named(inwards, authority, names, days, id):
    report, server = inwards(authority.issue(*names, days=days), trust=str(authority.certificate))
    assert report.first_error == (id, server)
    assert bad(report, "gate") == []


def test_the_name_that_the_application_server_must_have_is_the_configured_one(inwards, authority):
    report, server = inwards(authority.issue("crm.intern.example"), trust=str(authority.certificate), server_name="crm.intern.example")
    assert bad(report, server) == []
    report, server = inwards(authority.issue("crm.intern.example"), trust=str(authority.certificate), server_name="erp.intern.example")
    assert report.first_error == ("cert.name", server)


# Outwards: as the application's own Java would judge, through the company's proxy.


def connects(target: int) -> Handler:
    """A forward proxy that leads everybody to one port of this machine."""
    def handler(client: socket.socket) -> None:
        if not head_of(client).startswith(b"CONNECT "):
            return client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        with socket.create_connection(("127.0.0.1", target), 10) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            relay(client, server)
    return handler


@pytest.fixture
def outwards(tmp_path: Path) -> Callable[..., tuple[Report, str, str]]:
    """outwards(pair, store): what is told of a third party behind a proxy, judged as Java by this trust store; and both hops."""
    def examine(pair: Pair, store: Path) -> tuple[Report, str, str]:
        listening = socket.create_server(("127.0.0.1", 0))
        third = Backend(lambda exchange: exchange.answer(b"{}", "Content-Type: application/json", "Strict-Transport-Security: max-age=31536000"),
                        tls=tls_server(pair))
        with closing(third), closing(listening):
            proxy = f"http://127.0.0.1:{serve_each(listening, connects(third.port))}"
            word = tmp_path / "word"
            word.write_text("changeit\n")
            report = report_of("url", f"https://api.partner.example:{third.port}/", "--via", proxy, "--trust", str(store),
                               "--trust-password-file", str(word), "--as", "java")
            return report, f"proxy {proxy}", f"api.partner.example:{third.port}"
    return examine


def keystore(folder: Path, authority: Authority) -> Path:
    store = folder / "truststore.jks"
    subprocess.run(["keytool", "-importcert", "-noprompt", "-keystore", str(store), "-storetype", "jks", "-storepass", "changeit",
                    "-alias", "partner", "-file", str(authority.certificate)], check=True, capture_output=True)
    return store


def test_a_third_party_is_judged_by_the_trust_store_of_the_application(outwards, stranger, tmp_path):
    report, proxy, end = outwards(stranger.issue("api.partner.example"), keystore(tmp_path, stranger))
    assert bad(report, proxy) == [] and bad(report, end) == []
    assert {"proxy.opened", "tls.chain", "http.answers"} <= set(report.of_level("ok"))


def test_a_third_party_that_the_application_does_not_trust_is_told_at_its_end(outwards, authority, stranger, tmp_path):
    report, proxy, end = outwards(stranger.issue("api.partner.example"), keystore(tmp_path, authority))
    assert bad(report, proxy) == []
    assert report.first_error and report.first_error[0].startswith("cert.") and report.first_error[1] == end


def test_both_directions_are_told_in_one_report(start_gate, authority, stranger, tmp_path):
    third = Backend(lambda exchange: exchange.answer(b"{}"), tls=tls_server(authority.issue("api.partner.example", days=-1)))
    gate = start_gate(f"http://127.0.0.1:{free_port()}", site={"hosts": [HOST], "certificate": authority.issue(HOST).config()})
    gate.clients_stay = True
    with closing(third), closing(socket.create_server(("127.0.0.1", 0))) as listening:
        proxy = f"http://127.0.0.1:{serve_each(listening, connects(third.port))}"
        report = report_of("site", HOST, "url", f"https://api.partner.example:{third.port}/", "--via", proxy, "--config", str(gate.file),
                           "--trust", str(authority.certificate))
    inner, outer = report.document["paths"]
    assert next(one["id"] for one in inner["findings"] if one["level"] == "error") == "tcp.refused"
    assert next(one["id"] for one in outer["findings"] if one["level"] == "error") == "cert.expired"
