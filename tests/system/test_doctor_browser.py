"""`pforte doctor browser`: policies for browsers, made from the configuration, and browsers that sign in by them."""

from __future__ import annotations

import json
import plistlib
from typing import Any

import managed
import pytest
from chromium import Chromium
from firefox import Firefox
from gate import Gate, run_pforte, standard_config, toml_document
from visitor import APP

HOSTS = ["crm.example.com", "*.kunden.example.com", "crm"]


@pytest.fixture
def configuration(tmp_path, authority, realms):
    """Writes one; nothing needs to run."""
    import agents
    from gate import merged

    def write(**changes: Any):
        desk = agents.desk_config(realms, None)
        site = desk["site"] | {"hosts": HOSTS, "certificate": authority.issue("crm.example.com", "*.kunden.example.com", "crm").config()}
        config = standard_config(tmp_path, authority, ["http://127.0.0.1:9"], **merged(desk | {"site": site}, changes))
        file = tmp_path / "pforte.toml"
        file.write_text(toml_document(config))
        return file

    return write


def made(file, *options: str) -> str:
    done = run_pforte("doctor", "browser", "--config", str(file), *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_chrome_and_edge_get_the_names_that_people_sign_in_at(configuration):
    document = json.loads(made(configuration(), "--for", "chrome,edge", "--form", "json"))
    assert document == {"AuthServerAllowlist": "crm.example.com,*.kunden.example.com"}


def test_an_address_is_in_no_list_since_browsers_ask_for_no_ticket_for_it(configuration, authority):
    certificate = authority.issue("crm.example.com", "127.0.0.1").config()
    file = configuration(site={"hosts": ["crm.example.com", "127.0.0.1"], "certificate": certificate})
    document = json.loads(made(file, "--json"))
    assert document["hosts"] == ["crm.example.com"]
    assert "127.0.0.1" not in "".join(policy["content"] for policy in document["policies"])
    assert [note for note in document["notes"] if note.startswith("127.0.0.1: ")]


def test_tickets_are_forwarded_only_where_the_configuration_keeps_them(configuration, tmp_path):
    (tmp_path / "tickets").mkdir(mode=0o700)
    file = configuration(kerberos={"delegated_tickets": str(tmp_path / "tickets")})
    document = json.loads(made(file, "--for", "edge", "--form", "json"))
    assert document["AuthNegotiateDelegateAllowlist"] == document["AuthServerAllowlist"]
    firefox = json.loads(made(file, "--for", "firefox", "--form", "policies.json"))["policies"]["Authentication"]
    assert firefox["Delegated"] == firefox["SPNEGO"]


def test_firefox_gets_spnego_and_never_ntlm(configuration):
    text = made(configuration(), "--for", "firefox", "--form", "policies.json")
    assert json.loads(text) == {"policies": {"Authentication": {
        "SPNEGO": ["https://crm.example.com", ".kunden.example.com"], "Locked": True}}}
    assert "NTLM" not in text


def test_a_name_without_a_dot_counts_where_its_site_has_no_other(configuration, authority):
    file = configuration(site={"hosts": ["crm"], "certificate": authority.issue("crm").config()})
    document = json.loads(made(file, "--for", "firefox", "--form", "policies.json"))
    assert document["policies"]["Authentication"] == {"SPNEGO": ["https://crm"], "AllowNonFQDN": {"SPNEGO": True}, "Locked": True}


def test_the_registry_file_has_every_browser_and_the_intranet_zone(configuration):
    text = made(configuration(), "--form", "registry")
    assert text.startswith("Windows Registry Editor Version 5.00\n")
    sections = {}
    for line in text.splitlines():
        if line.startswith("["):
            values = sections[line[1:-1].removeprefix("HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\")] = {}
        elif "=" in line:
            name, _, value = line.partition("=")
            values[name.strip('"')] = value.strip('"')
    allowed = "crm.example.com,*.kunden.example.com"
    assert sections["Microsoft\\Edge"] == sections["Google\\Chrome"] == {"AuthServerAllowlist": allowed}
    assert sections["Mozilla\\Firefox\\Authentication\\SPNEGO"] == {"1": "https://crm.example.com", "2": ".kunden.example.com"}
    zone = sections["Microsoft\\Windows\\CurrentVersion\\Internet Settings\\ZoneMapKey"]
    assert zone == {"https://crm.example.com": "1", "https://*.kunden.example.com": "1"}


def test_macos_gets_files_that_its_own_format_has(configuration):
    file = configuration()
    profile = plistlib.loads(made(file, "--for", "macos", "--form", "mobileconfig").encode())
    assert profile["PayloadType"] == "Configuration"
    by_type = {payload["PayloadType"]: payload for payload in profile["PayloadContent"]}
    assert set(by_type) == {"com.microsoft.Edge", "com.google.Chrome", "org.mozilla.firefox"}
    assert by_type["com.google.Chrome"]["AuthServerAllowlist"] == "crm.example.com,*.kunden.example.com"
    assert by_type["org.mozilla.firefox"]["Authentication"]["SPNEGO"] == ["https://crm.example.com", ".kunden.example.com"]
    assert plistlib.loads(made(file, "--for", "edge", "--form", "plist").encode()) == {
        "AuthServerAllowlist": "crm.example.com,*.kunden.example.com"}


def test_everything_at_once_says_where_it_goes_and_warns_of_ntlm(configuration):
    file = configuration()
    english, german = made(file), made(file, "--lang", "de")
    for text in (english, german):
        for heading in ("== edge, registry ==", "== firefox, policies.json ==", "== ie, registry ==", "== macos, mobileconfig =="):
            assert heading in text
        assert "network.automatic-ntlm-auth.trusted-uris" in text and "/.pforte/selftest" in text
        assert "EnableAuthNegotiatePort" in text, "the test's listener is not at 443"
    assert "switches NTLM on" in english and "schaltet NTLM ein" in german
    document = json.loads(made(file, "--json"))
    assert document["hosts"] == ["crm.example.com", "*.kunden.example.com"]
    assert {(one["for"], one["form"]) for one in document["policies"]} >= {("edge", "gpo"), ("ie", "gpo"), ("macos", "mobileconfig")}


def test_where_nobody_signs_in_by_tickets_there_is_nothing_to_tell_browsers(tmp_path, authority):
    file = tmp_path / "pforte.toml"
    file.write_text(toml_document(standard_config(tmp_path, authority, ["http://127.0.0.1:9"])))
    done = run_pforte("doctor", "browser", "--config", str(file))
    assert done.returncode == 1 and "browsers need nothing" in done.stderr


@pytest.mark.parametrize(("options", "what"), [
    (("--for", "lynx"), "--for knows no lynx"), (("--form", "ini"), "--form knows no ini"),
    (("--for", "ie", "--form", "json"), "not all of these browsers"), (("--form", "plist"), "a plist is for one browser"),
    (("edge",), "browser takes nothing behind it")])
def test_what_cannot_be_made_is_said(options, what, configuration):
    done = run_pforte("doctor", "browser", *options, "--config", str(configuration()))
    assert done.returncode == 2 and what in done.stderr


@pytest.mark.skipif(bool(managed.why_not()), reason=managed.why_not())
@pytest.mark.parametrize(("make", "form", "place"), [
    (Chromium, "json", "chromium/policies/managed/pforte.json"), (Firefox, "policies.json", "firefox/policies/policies.json")])
def test_a_browser_signs_in_by_the_policy_that_was_made_for_it(make, form, place, desk: Gate, tmp_path, realms, authority):
    desk.clients_stay = True
    which = "chrome" if make is Chromium else "firefox"
    policy = made(desk.file, "--for", which, "--form", form)
    assert APP in policy
    folder = tmp_path / "browser"
    folder.mkdir()
    browser = make(folder, realms.environment(), folder / "tickets", authority.certificate,
                   policies=managed.machine(tmp_path, {place: policy}))
    try:
        browser.have_tickets(realms.kinit("susan@ALPHA.TEST"))
        assert browser.open(f"https://{APP}:{desk.tls_port}/app") == 200
        # And the page that tells about it.
        assert browser.open(f"https://{APP}:{desk.tls_port}/.pforte/selftest") == 200
        words = browser.evaluate("document.body.innerText")
        assert "✓ Kerberos" in words and "HTTP/app.localhost@ALPHA.TEST" in words
    finally:
        browser.close()
    assert {one["agent"] for one in desk.events("sign-in.done")} == {"susan"}
