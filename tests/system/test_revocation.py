"""What the gate tells of the company CA: revocation lists and OCSP. openssl and curl are the clients."""

import base64
import json
import shutil
import subprocess
import time
from urllib.parse import quote

import pytest
import raw
from backends import Backend
from pki import openssl
from ports import free_port
from test_company_ca import Company

PKI = "pki.example.com"


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> Company:
    company = Company(tmp_path_factory.mktemp("company"))
    company.init()
    return company


@pytest.fixture
def company(tmp_path, founded) -> Company:
    company = Company(tmp_path)
    shutil.copytree(founded.ca, company.ca)
    return company


@pytest.fixture
def gate(company, start_gate, start_backend):
    """A gate that speaks for the company; its last listener redirects to https."""
    redirect = {"address": f"127.0.0.1:{free_port()}", "redirect_to_https": True}
    ca = {"key_password_file": str(company.password), "url": f"http://{PKI}"}
    return start_gate(start_backend(), state_dir=str(company.state), ca=ca, more_listeners=[redirect])


def redirecting(gate) -> int:
    return gate._port(2)


def get(gate, name: str, host: str = PKI, **options) -> raw.Answer:
    return gate.get(f"/.pforte/ca/{name}", host=host, port=redirecting(gate), **options)


def issue(company: Company, name: str):
    chain = company.folder / f"{name}.pem"
    serial = json.loads(company.run("cert", "issue", name, "--out", chain, "--json"))["serial"]
    return chain, serial


def asked(company: Company, gate, chain, *arguments: str) -> str:
    """What `openssl ocsp` makes of the answer, which it verifies up to the root."""
    return openssl("ocsp", "-issuer", company.ca / "intermediate.pem", *arguments, "-cert", chain, "-CAfile",
                   company.ca / "root.pem", "-url", f"http://127.0.0.1:{redirecting(gate)}/.pforte/ca/ocsp",
                   "-header", f"Host={PKI}", check=False)


@pytest.mark.parametrize("arguments", [(), ("-sha256",), ("-no_nonce",)])
def test_openssl_is_told_that_a_certificate_is_good_and_within_a_second_that_it_is_revoked(company, gate, arguments):
    chain, serial = issue(company, "a.example.com")
    said = asked(company, gate, chain, *arguments)
    assert "Response verify OK" in said
    assert f"{chain}: good" in said
    assert "WARNING" not in said  # the nonce came back
    company.run("cert", "revoke", serial, "--reason", "key-compromise")
    begin = time.monotonic()
    said = asked(company, gate, chain, *arguments)
    assert time.monotonic() - begin < 1
    assert "Response verify OK" in said
    assert f"{chain}: revoked" in said
    assert "keyCompromise" in said


def test_what_another_ca_or_nobody_issued_is_not_good(company, gate, tmp_path, authority):
    stranger = authority.issue("other.example.com").chain
    said = openssl("ocsp", "-issuer", authority.certificate, "-cert", stranger, "-CAfile", authority.certificate, "-url",
                   f"http://127.0.0.1:{redirecting(gate)}/.pforte/ca/ocsp", "-header", f"Host={PKI}", check=False)
    assert "unauthorized (6)" in said
    said = openssl("ocsp", "-issuer", company.ca / "intermediate.pem", "-serial", "0x4711", "-CAfile",
                   company.ca / "root.pem", "-url", f"http://127.0.0.1:{redirecting(gate)}/.pforte/ca/ocsp", "-header",
                   f"Host={PKI}", check=False)
    assert "unknown" in said


def test_an_answer_to_get_may_be_kept_by_caches_and_one_with_a_nonce_may_not(company, gate):
    chain, _ = issue(company, "a.example.com")
    request = company.folder / "request.der"
    openssl("ocsp", "-issuer", company.ca / "intermediate.pem", "-cert", chain, "-no_nonce", "-reqout", request)
    path = "ocsp/" + quote(base64.b64encode(request.read_bytes()).decode(), safe="")
    answers = [get(gate, path) for _ in range(2)]
    assert answers[0].status == 200
    assert answers[0].get("content-type") == "application/ocsp-response"
    assert "max-age=" in answers[0].get("cache-control")
    for field in ("last-modified", "expires", "etag"):
        assert answers[0].get(field)
    assert answers[0].body == answers[1].body  # signed once
    response = company.folder / "response.der"
    response.write_bytes(answers[0].body)
    assert "good" in openssl("ocsp", "-respin", response, "-issuer", company.ca / "intermediate.pem", "-cert", chain,
                             "-CAfile", company.ca / "root.pem", check=False)
    openssl("ocsp", "-issuer", company.ca / "intermediate.pem", "-cert", chain, "-reqout", request)
    path = "ocsp/" + quote(base64.b64encode(request.read_bytes()).decode(), safe="")
    assert get(gate, path).get("cache-control") == "no-store"


def test_the_list_is_served_everywhere_and_follows_at_once(company, gate):
    chain, serial = issue(company, "a.example.com")
    host = {"host": "crm.example.com"}
    for answer in (get(gate, "intermediate.crl"), get(gate, "intermediate.crl", **host),
                   gate.get("/.pforte/ca/intermediate.crl"), gate.get("/.pforte/ca/intermediate.crl", secure=True)):
        assert answer.status == 200
        assert answer.get("content-type") == "application/pkix-crl"
    company.run("cert", "revoke", "a.example.com")
    crl, root = company.folder / "crl.der", company.folder / "root.crl"
    crl.write_bytes(get(gate, "intermediate.crl").body)
    root.write_bytes(get(gate, "root.crl").body)
    assert serial.upper() in openssl("crl", "-inform", "der", "-in", crl, "-noout", "-text")
    openssl("crl", "-inform", "der", "-in", crl, "-out", company.folder / "crl.pem")
    assert "certificate revoked" in company.verify(chain, "-crl_check", "-CRLfile", company.folder / "crl.pem")
    assert openssl("crl", "-inform", "der", "-in", root, "-noout", "-issuer").strip().endswith("Root CA")


def test_curl_learns_the_issuer_from_the_address_in_a_certificate(company, gate):
    chain, _ = issue(company, "a.example.com")
    assert f"URI:http://{PKI}/.pforte/ca/intermediate.cer" in openssl("x509", "-in", chain, "-noout", "-text")
    fetched = company.folder / "intermediate.cer"
    subprocess.run(["curl", "--silent", "--fail", "--noproxy", "*", "-o", fetched, "--connect-to",
                    f"{PKI}:80:127.0.0.1:{redirecting(gate)}", f"http://{PKI}/.pforte/ca/intermediate.cer"], check=True)
    assert openssl("x509", "-inform", "der", "-in", fetched, "-noout", "-fingerprint") == openssl(
        "x509", "-in", company.ca / "intermediate.pem", "-noout", "-fingerprint")


def test_nothing_else_is_told_and_nothing_reaches_the_application(company, gate, start_backend):
    app: Backend = start_backend.started[0]
    for name in ("", "root.key", "intermediate.key", "../ca/root.key", "ocsp", "ocsp/", "%2e%2e/x", "intermediate.crl/x"):
        answer = gate.get(f"/.pforte/ca/{name}")
        assert answer.status in ({200} if name == "ocsp/" else {400, 404}), name  # an empty question is one
        assert b"PRIVATE" not in answer.body
    assert get(gate, "intermediate.crl", host="nobody.example.org").status == 404
    assert gate.ask(raw.request("POST", "/.pforte/ca/intermediate.crl", body=b"x")).status == 404
    assert gate.ask(raw.request("POST", "/.pforte/ca/ocsp", body=b"x" * 5000)).status == 413
    assert gate.ask(raw.request("POST", "/.pforte/ca/ocsp", body=b"x")).body == bytes([0x30, 3, 0x0a, 1, 1])
    assert not app.requests


def test_a_passphrase_that_does_not_open_the_key_stops_no_running_gate(company, gate):
    company.password.write_text("another\n")
    done = gate.reload()
    assert done.returncode != 0
    assert "does not open the key" in done.stdout + done.stderr
    assert get(gate, "intermediate.crl").status == 200
    assert "does not open the key" in gate.run("check").stderr
