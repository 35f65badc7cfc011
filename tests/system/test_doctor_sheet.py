"""`pforte doctor sheet`, and what `pforte doctor url` says of an address that was typed otherwise."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from gate import HOST, Gate, run_pforte
from pki import openssl
from test_company_ca import Company
from test_doctor_report import browser, stores  # noqa: F401


def sheet(gate: Gate, *arguments: str) -> dict[str, Any]:
    done = gate.run("doctor", "sheet", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    sheets = json.loads(done.stdout)["sheets"]
    return dict(sheets[0])


def fingerprint(certificate: Path) -> str:
    return openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").split("=")[1].strip()


def test_a_sheet_has_the_address_and_the_root_that_was_sent(pforte, authority):
    told = sheet(pforte)
    assert (told["url"], told["host"], told["port"], told["path"]) == (f"https://{HOST}:{pforte.tls_port}/", HOST, pforte.tls_port, "/")
    assert told["names"] == [HOST] and told["tls_min"] == "1.2"
    assert told["root"]["sha256"] == fingerprint(authority.certificate) and not told["root"]["company"]


def test_a_root_that_is_not_at_hand_has_no_fingerprint_to_compare(start_gate, app, authority, tmp_path):
    pair = authority.issue(HOST)
    alone, page = tmp_path / "alone.pem", tmp_path / "sheet.html"
    alone.write_bytes(pair.chain.with_suffix(".crt").read_bytes())
    gate = start_gate(app, site={"certificate": {"chain": str(alone), "key": str(pair.key)}})
    assert sheet(gate)["root"]["sha256"] is None
    assert "not known here" in gate.run("doctor", "sheet").stdout
    done = gate.run("doctor", "sheet", "--out", str(page))
    assert done.returncode == 0 and "is not known here" in done.stderr and "--root-certificate FILE" in done.stderr
    assert "Compare the SHA-256" not in page.read_text()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    one = Company(tmp_path_factory.mktemp("company"))
    one.init()
    one.run("cert", "issue", HOST, "--out", one.folder / "crm.pem", "--key", one.folder / "crm.key")
    return one


def test_the_root_of_the_company_is_told_with_the_page_that_has_it(company, start_gate, start_backend):
    own = {"chain": str(company.folder / "crm.pem"), "key": str(company.folder / "crm.key")}
    gate = start_gate(start_backend(), state_dir=str(company.state), ca={"download_page": True}, site={"certificate": own})
    root = sheet(gate, HOST)["root"]
    assert root["company"] and root["sha256"] == fingerprint(company.state / "ca/root.pem")
    page = root["places"][0]
    assert page == f"https://{HOST}:{gate.tls_port}/.pforte/ca/"
    fetched = subprocess.run(["curl", "-sS", "--noproxy", "*", "--cacert", company.state / "ca/root.pem", "--resolve",
                              f"{HOST}:{gate.tls_port}:127.0.0.1", page], capture_output=True, text=True, timeout=20)
    assert root["sha256"] in fetched.stdout.replace("<wbr>", ""), fetched


def test_the_path_is_where_people_begin(start_gate, app):
    gate = start_gate(app, site={"allow": ["/rest", "/webclient"]})
    assert sheet(gate)["url"] == f"https://{HOST}:{gate.tls_port}/webclient"
    assert sheet(gate)["paths"] == ["/rest", "/webclient"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_is_shown_by_a_browser_and_runs_nothing(pforte, browser, tmp_path, language):  # noqa: F811
    page = tmp_path / "sheet.html"
    done = pforte.run("doctor", "sheet", "--out", str(page), "--lang", language)
    assert done.returncode == 0 and done.stdout == "", done.stderr
    browser.open(f"file://{page}")
    shown = browser.evaluate("document.body.innerText")
    assert f"https://{HOST}:{pforte.tls_port}/" in shown
    assert ("How to set up the app" if language == "en" else "So wird die App eingerichtet") in shown
    assert browser.evaluate("document.querySelectorAll('figure svg').length") == 1
    assert browser.evaluate("getComputedStyle(document.querySelector('svg')).width") != "0px"
    assert browser.evaluate("Math.min(...[...document.querySelectorAll('dd')].map(one => one.clientWidth))") > 200
    text = page.read_text()
    assert "default-src 'none'; style-src 'sha256-" in text and "<script" not in text
    # The policy has the digest of this very style: without it the column would not be bounded.
    assert browser.evaluate("getComputedStyle(document.body).maxWidth") != "none"
    assert not re.search(r"\b(href|src|action)=|url\(|@import", text)


def test_a_host_that_nobody_serves_and_a_page_that_cannot_be_written_are_refused(pforte, tmp_path):
    assert pforte.run("doctor", "sheet", "nobody.example.com").returncode == 2
    assert pforte.run("doctor", "sheet", "--out", str(tmp_path / "none/sheet.html")).returncode == 3
    assert run_pforte("doctor", "client", "192.0.2.1", "--out", "x").returncode == 2


def typed(gate: Gate, url: str) -> dict[str, Any]:
    """What is told of it, with the level that it has."""
    kind = "url" if "//" in url else "path"
    done = gate.run("doctor", kind, url, "--json", "--timeout", "1s", timeout=60)
    findings = [one for path in json.loads(done.stdout)["paths"] for one in path["findings"]]
    mine = [one for one in findings if one["id"] == "path.typed-otherwise"]
    return dict(mine[0]) if mine else {}


@pytest.mark.parametrize(("url", "wrong"), [
    ("http://127.0.0.1:{tls}/", "http:// was typed"),
    ("https://127.0.0.1:{tls}/", "an IP address was typed"),
    ("https://{host}:{plain}/", "the gate listens at {tls}"),
    ("https://crm:{tls}/", "crm is short for {host}"),
])
def test_a_mistake_in_a_typed_address_is_named_with_the_right_one(pforte, url, wrong):
    values = {"tls": pforte.tls_port, "plain": pforte.plain_port, "host": HOST}
    told = typed(pforte, url.format(**values))
    assert wrong.format(**values) in told["seen"] and told["hop"] == 0
    assert told["remedy"] == f"did you mean https://{HOST}:{pforte.tls_port}/?"
    assert told["level"] == "error"


def test_a_missing_path_is_a_warning_where_the_root_leads_nowhere_and_the_command_keeps_the_configuration(start_gate, app):
    gate = start_gate(app, site={"allow": ["/webclient"]})
    told = typed(gate, f"https://{HOST}:{gate.tls_port}/")
    assert told["level"] == "warning" and told["seen"] == "no path was typed, and the site does not allow /"
    assert told["remedy"] == f"did you mean https://{HOST}:{gate.tls_port}/webclient?"
    assert told["command"] == f"pforte --config {gate.file} doctor sheet"


@pytest.mark.parametrize(("url", "meant"), [
    ("crm.example.com:8443/webclient", "https://crm.example.com:8443/webclient"),
    ("htps://crm.example.com", "https://crm.example.com/"),
    (r"https:\\crm.example.com\app", "https://crm.example.com/app"),
])
def test_what_is_nearly_a_url_is_answered_with_the_one_that_was_meant(url, meant):
    done = run_pforte("doctor", "url", url)
    assert done.returncode == 2 and f"did you mean {meant}?" in done.stderr


def test_what_was_typed_rightly_and_whom_the_gate_does_not_serve_are_left_alone(pforte):
    assert typed(pforte, f"{HOST}:{pforte.tls_port}") == {}
    assert typed(pforte, f"https://partner.invalid:{pforte.tls_port}/") == {}
