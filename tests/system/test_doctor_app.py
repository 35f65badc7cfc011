"""What whoever sits in front of an app needs to know: can a fault be overridden there, and how its root gets onto devices."""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
from typing import Any

import pytest
from chromium import Chromium
from gate import Gate, run_pforte, until
from pki import openssl


def findings(gate: Gate, *arguments: str) -> dict[str, dict[str, Any]]:
    done = gate.run("doctor", "url", f"https://localhost:{gate.tls_port}/", "--json", *arguments, timeout=60)
    return {one["id"]: one for path in json.loads(done.stdout)["paths"] for one in path["findings"]}


def evidence(finding: dict[str, Any], name: str) -> set[str]:
    return {program for one in finding["evidence"] if one["name"] == name for program in one["value"].split(", ")}


@pytest.mark.parametrize(("days", "trusted", "wrong"), [(-1, True, "cert.expired"), (20, False, "tls.chain-incomplete")])
def test_a_finding_says_with_which_programs_a_person_can_go_on(start_gate, app, authority, stranger, days, trusted, wrong):
    pair = authority.issue("localhost", days=days)
    alone = pair.chain.with_suffix(".leaf")
    alone.write_bytes(pair.chain.with_suffix(".crt").read_bytes())
    gate = start_gate(app, site={"hosts": ["localhost"], "certificate": {"chain": str(alone), "key": str(pair.key)}})
    told = findings(gate, "--trust", str((authority if trusted else stranger).certificate))
    assert "Chromium" in evidence(told[wrong], "a person can go on, except with HSTS"), told[wrong]
    assert {"Android", "iOS", "Java"} <= evidence(told[wrong], "nobody can go on")


def test_a_package_is_made_for_the_root_of_any_authority(stranger, tmp_path):
    (tmp_path / "pforte.toml").write_text(f'state_dir = "{tmp_path}/state"\n')
    done = run_pforte("ca", "export", "--root-certificate", str(stranger.certificate), "--to", str(tmp_path / "package"),
                      "--config", str(tmp_path / "pforte.toml"))
    assert done.returncode == 0, done.stderr
    package = tmp_path / "package"
    shown = [openssl("x509", "-in", one, "-noout", "-fingerprint", "-sha256")
             for one in (stranger.certificate, package / "company-root.pem")]
    assert shown[0] == shown[1]
    profile = plistlib.loads((package / "apple/company-root.mobileconfig").read_bytes())
    assert profile["PayloadContent"][0]["PayloadType"] == "com.apple.security.root"


def test_without_a_company_ca_a_package_needs_the_root_of_another(tmp_path):
    (tmp_path / "pforte.toml").write_text(f'state_dir = "{tmp_path}/state"\n')
    done = run_pforte("ca", "export", "--to", str(tmp_path / "package"), "--config", str(tmp_path / "pforte.toml"))
    assert done.returncode == 2 and "there is no company CA in" in done.stderr and "--root-certificate FILE" in done.stderr


def test_a_server_s_own_certificate_is_no_root_for_devices(authority, tmp_path):
    (tmp_path / "pforte.toml").write_text(f'state_dir = "{tmp_path}/state"\n')
    done = run_pforte("ca", "export", "--root-certificate", str(authority.issue("crm.example.com").chain), "--to",
                      str(tmp_path / "package"), "--config", str(tmp_path / "pforte.toml"))
    assert done.returncode == 2 and "no authority's" in done.stderr and not (tmp_path / "package").exists()


def test_browser_and_program_of_one_device_are_set_side_by_side(start_gate, app, authority, tmp_path):
    host = "app.localhost"
    gate = start_gate(app, site={"hosts": [host], "certificate": authority.issue(host).config()})
    browser = Chromium(tmp_path, dict(os.environ), tmp_path / "tickets", authority.certificate)
    try:
        assert browser.open(f"https://{host}:{gate.tls_port}/") == 200
    finally:
        browser.close()
    told = "Only a browser came this way"
    until(lambda: told in gate.run("doctor", "client", "127.0.0.1").stdout, "the browser is seen")
    subprocess.run(["curl", "-s", "--noproxy", "*", f"https://{host}:{gate.tls_port}/"], capture_output=True, timeout=20)
    document = until(lambda: (found := json.loads(gate.run("doctor", "client", "127.0.0.1", "--json").stdout))["sides_tell"].startswith("Both")
                     and found, "curl is seen")
    sides = {side["program"]: side for side in document["sides"]}
    assert sides["Chrome"]["browser"] and sides["Chrome"]["works"] and sides["Chrome"]["last"]["tls"]["sni"] == host
    curl = next(side for program, side in sides.items() if program and program.startswith("OpenSSL"))
    assert not curl["works"] and not curl["browser"] and curl["last"]["tls"]["client_alert"]["number"] == 48
    assert "it is not the network" in document["sides_tell"]
    german = gate.run("doctor", "client", "127.0.0.1", "--lang", "de").stdout
    assert "Browser und Apps nebeneinander" in german and "✓ Browser Chrome" in german and "✗ Programm" in german


def test_who_answers_for_a_hop_is_named_where_something_is_wrong_there_and_in_the_page(start_gate, app, tmp_path):
    gate = start_gate(app, responsible={"gate": "Operations, ops@example.com", "app": "CRM <team>", "elsewhere": "Phantom desk"})
    page = tmp_path / "report.html"
    arguments = ("doctor", "site", "crm.example.com", "--timeout", "1s", "--report", str(page))
    document = json.loads(gate.run(*arguments, "--json", timeout=60).stdout)
    hops = document["paths"][0]["hops"]
    assert [hop["responsible"] for hop in hops] == [None, "Operations, ops@example.com", "CRM <team>"]
    text = page.read_text()
    assert "Operations, ops@example.com" in text and "CRM &lt;team>" in text.replace("&gt;", ">") and "Phantom" not in text
    told = gate.run(*arguments, "--lang", "de", timeout=60).stdout
    assert "zuständig: Operations, ops@example.com" in told


def test_who_answers_has_to_be_a_line(tmp_path):
    config = tmp_path / "pforte.toml"
    config.write_text('[responsible]\ngate = ""\ncrm = "a\\nb"\nproxy = "Network"\n')
    done = run_pforte("check", "--config", str(config))
    assert "pforte.toml:2:" in done.stderr + done.stdout and "pforte.toml:3:" in done.stderr + done.stdout
    assert "who answers for proxy" not in done.stderr + done.stdout
