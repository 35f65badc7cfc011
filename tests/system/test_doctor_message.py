"""`pforte doctor message`: what browsers, Java, curl and Kerberos really say is recognised for what it is."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backends import Backend, echo
from chromium import Chromium
from firefox import Firefox
from gate import Gate, run_pforte, standard_config
from kdc import ALPHA, Realms
from pki import Authority, openssl

GOOD, EXPIRED, UNKNOWN = "good.localhost", "expired.localhost", "unknown.localhost"
JAVA = """
import java.net.*;
public class Ask {
  public static void main(String[] urls) {
    for (String url : urls) {
      try { new URL(url).openStream().close(); } catch (Exception e) { System.out.println(url + " " + e); }
    }
  }
}
"""


def told(message: str, status: int = 0) -> dict[str, Any]:
    done = run_pforte("doctor", "message", "--json", "--", message)
    assert done.returncode == status, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def fault(message: str) -> str:
    readings = told(message)["readings"]
    assert readings, message
    return str(readings[0]["fault"])


def test_a_program_is_told_where_the_message_says_so() -> None:
    reading = told("at 10:31 the app said: NET::ERR_CERT_DATE_INVALID, and nothing else")["readings"][0]
    assert "ERR_CERT_DATE_INVALID" in reading["excerpt"].upper()


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, authority: Authority, stranger: Authority) -> Iterator[Gate]:
    """With a good certificate, one that has expired, and one of an authority that nobody knows."""
    folder, app = tmp_path_factory.mktemp("messages"), Backend(echo)
    more = [{"hosts": [host], "certificate": pair.config(), "backend": "app", "allow": ["/"]}
            for host, pair in ((EXPIRED, authority.issue(EXPIRED, days=-1)), (UNKNOWN, stranger.issue(UNKNOWN)))]
    config = standard_config(folder, authority, [app.url], more_sites=more,
                             site={"hosts": [GOOD], "certificate": authority.issue(GOOD).config()})
    one = Gate(folder, authority, config)
    yield one
    one.judge([app])


@pytest.fixture(scope="module")
def faults(gate: Gate) -> dict[str, str]:
    """Where a client goes, and what is wrong there. At 127.0.0.1 there is a certificate of another name."""
    return {f"https://{UNKNOWN}:{gate.tls_port}/": "untrusted-issuer",
            f"https://{EXPIRED}:{gate.tls_port}/": "expired",
            f"https://127.0.0.1:{gate.tls_port}/": "wrong-name"}


def test_what_chromium_says(gate, faults, authority, tmp_path):
    browser = Chromium(tmp_path, dict(os.environ), tmp_path / "tickets", authority.certificate)
    try:
        said = {url: browser.refusal(url) for url in [*faults, f"https://127.0.0.1:{gate.plain_port}/"]}
    finally:
        browser.close()
    assert {url: fault(said[url]) for url in faults} == faults, said
    assert fault(said[f"https://127.0.0.1:{gate.plain_port}/"]) == "handshake-failed", said


def test_what_firefox_says(gate, faults, authority, tmp_path):
    browser = Firefox(tmp_path, dict(os.environ), tmp_path / "tickets", authority.certificate)
    try:
        said = {url: browser.refusal(url) for url in [*faults, f"https://127.0.0.1:{gate.plain_port}/"]}
    finally:
        browser.close()
    assert {url: fault(said[url]) for url in faults} == faults, said
    assert fault(said[f"https://127.0.0.1:{gate.plain_port}/"]) == "not-tls", said


def java(folder: Path, authority: Authority, *arguments: str) -> list[str]:
    store = folder / "trust.jks"
    if not store.exists():
        subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "test", "-file", str(authority.certificate),
                        "-keystore", str(store), "-storepass", "changeit"], check=True, capture_output=True, timeout=60)
    (folder / "Ask.java").write_text(JAVA)
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 {GOOD} {EXPIRED} {UNKNOWN}\n")
    done = subprocess.run(["java", f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit",
                           f"-Djdk.net.hosts.file={hosts}",
                           *[one for one in arguments if one.startswith("-D")], str(folder / "Ask.java"),
                           *[one for one in arguments if not one.startswith("-D")]],
                          capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines()


def test_what_java_says(gate, faults, authority, tmp_path):
    plain, nobody = f"https://127.0.0.1:{gate.plain_port}/", "https://nobody.invalid/"
    said = java(tmp_path, authority, *faults, plain, nobody)
    assert [fault(line) for line in said] == [*faults.values(), "not-tls", "name-not-found"], said


def test_what_java_says_of_an_old_version_and_of_an_empty_store(gate, authority, tmp_path):
    url = f"https://{GOOD}:{gate.tls_port}/"
    old = java(tmp_path, authority, "-Djdk.tls.client.protocols=TLSv1.1", url)
    openssl("pkcs12", "-export", "-nokeys", "-in", authority.certificate, "-out", tmp_path / "openssl.p12", "-passout", "pass:changeit")
    empty = java(tmp_path, authority, f"-Djavax.net.ssl.trustStore={tmp_path}/openssl.p12", url)
    assert [fault(old[0]), fault(empty[0])] == ["no-common-version", "empty-trust-store"], (old, empty)


def test_what_curl_and_openssl_say(gate, faults, authority):
    for url, wrong in faults.items():
        curl = subprocess.run(["curl", "-sS", "--noproxy", "*", "--cacert", str(authority.certificate), url],
                              capture_output=True, text=True, timeout=20)
        # The stranger's root is sent as well, which is what OpenSSL speaks of.
        assert fault(curl.stderr) == ("self-signed" if UNKNOWN in url else wrong), curl.stderr
    old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gate.tls_port}", "-servername", GOOD, "-tls1_1",
                          "-cipher", "ALL:@SECLEVEL=0"], input="", capture_output=True, text=True, timeout=20)
    document = told(old.stderr)
    assert document["readings"][0]["fault"] == "no-common-version", old.stderr
    assert document["alert"]["name"] == "protocol_version (70)", old.stderr


def test_what_kerberos_says(realms: Realms, tmp_path):
    def said(*command: str, words: str = "") -> str:
        done = subprocess.run(command, input=words, capture_output=True, text=True, timeout=20,
                              env=realms.environment(tmp_path / "tickets"))
        assert done.returncode != 0
        return done.stderr

    assert fault(said("kinit", f"susan@{ALPHA}", words="wrong\n")) == "wrong-password"
    assert fault(said("kinit", f"nobody@{ALPHA}", words="wrong\n")) == "unknown-principal"
    assert fault(said("kinit", "susan@NOWHERE.INVALID", words="wrong\n")) == "kdc-unreachable"
    assert fault(said("kvno", f"HTTP/crm.example.com@{ALPHA}")) == "no-ticket"
    realms.kinit("susan", tickets=tmp_path / "tickets")
    assert fault(said("kvno", f"HTTP/not.there.example.com@{ALPHA}")) == "unknown-service"


def test_a_page_of_the_gate_leads_to_its_own_record(gate):
    page = gate.get("/.pforte/nothing", f"Host: {GOOD}", secure=False)
    document = told(page.body.decode())
    assert document["status"]["status"] == page.status
    assert document["reference"] == page.get("Pforte-Reference")


def test_the_answer_names_causes_findings_and_the_command_with_the_host_asked_for():
    words = "javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching crm.example.com found."
    english = run_pforte("doctor", "message", words)
    german = run_pforte("doctor", "message", words, "--lang", "de")
    assert "[wrong-name]" in english.stdout and "cause 1: " in english.stdout
    assert "findings that would prove it: cert.name" in english.stdout
    assert "$ pforte doctor url https://crm.example.com/" in english.stdout and "source: OpenJDK" in english.stdout
    assert "Ursache 1: " in german.stdout and "Befunde, die es beweisen: cert.name" in german.stdout
    assert "App, Java und andere Programme: nein" in " ".join(german.stdout.split())


def test_a_message_that_nobody_knows_says_so_and_where_to_look():
    done = run_pforte("doctor", "message", "Etwas ist schiefgelaufen", "--lang", "de")
    assert done.returncode == 1 and "ist nicht bekannt" in done.stdout and "pforte doctor client IP" in done.stdout
    assert told("something went wrong", status=1) == {"known": False, "host": None, "reference": None, "meant": None, "readings": [],
                                                      "alert": None, "status": None}


@pytest.mark.parametrize(("typed", "meant"), [("NET::ERR_CERT_AUTORITY_INVALID", "ERR_CERT_AUTHORITY_INVALID"),
                                              ("PKIX path bilding failed", "PKIX path building failed"), ("sign-in.wrnog", "sign-in.wrong")])
def test_a_message_that_was_typed_with_a_slip_is_answered_with_the_one_that_was_meant(typed, meant):
    assert told(typed, status=1)["meant"] == meant
    done = run_pforte("doctor", "message", typed, "--lang", "de")
    assert f"ist gemeint: {meant}\n    $ pforte doctor message " in done.stdout


def test_a_message_is_read_from_standard_input_and_must_not_be_long():
    done = run_pforte("doctor", "message", "-", input="Caused by: KrbException:\n  Clock skew\n too great (37)\n")
    assert done.returncode == 0 and "[clock-skew]" in done.stdout
    long = run_pforte("doctor", "message", "-", input="x" * 300_000)
    assert long.returncode == 2 and "256 KiB" in long.stderr
    assert run_pforte("doctor", "message", "").returncode == 2
    assert run_pforte("doctor", "message").returncode == 2


def test_a_code_with_a_minus_is_the_message_and_not_an_option():
    done = run_pforte("doctor", "message", "-1202")
    assert done.returncode == 0 and "[certificate-refused]" in done.stdout
    assert run_pforte("doctor", "message", "--nonsense").returncode == 2


def test_a_reference_alone_leads_to_explain():
    done = run_pforte("doctor", "message", "Pforte-Reference: 7k3mz0v9xqwer")
    assert done.returncode == 0 and "$ pforte explain 7k3mz0v9xqwer" in done.stdout
    assert "not known" not in done.stdout


def test_text_in_utf_16_is_told_to_be_that():
    done = run_pforte("doctor", "message", "-", input="E\0R\0R\0_\0")
    assert done.returncode == 2 and "UTF-16" in done.stderr and "iconv" in done.stderr


def test_what_was_pasted_steers_no_terminal_and_no_shell():
    done = run_pforte("doctor", "message", "--", "\x1b[2J ERR_CERT_REVOKED \x1b]0;x\x07 at https://a.b;reboot/")
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout
    assert "reboot/" not in [line.split()[-1] for line in done.stdout.splitlines() if line.strip().startswith("$")]


def test_an_alert_is_told_from_both_sides():
    document = told("error:0A000416:SSL routines::sslv3 alert certificate unknown:SSL alert number 46")
    assert document["alert"]["number"] == 46
    assert document["alert"]["in_server_log"]["means"] and document["alert"]["at_client"]["means"]
