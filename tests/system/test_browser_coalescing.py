"""Two hosts, one address, a wildcard certificate, HTTP/2: where a browser's requests land, terminated and passed through.

The second host's own server is a second gate, since that speaks HTTP/2 as a server of the world does.
"""

import os

import pytest
from backends import Exchange, Script
from browser import Browser
from chromium import Chromium
from firefox import Firefox
from gate import Gate, until

CRM, MAIL = "crm.shop.localhost", "mail.shop.localhost"
WILDCARD = "*.shop.localhost"
SHARED, OWN = (WILDCARD, WILDCARD), (CRM, MAIL)
BOTH = pytest.mark.parametrize("which", ["chromium", "firefox"])


def application(word: bytes) -> Script:
    """Says which one it is, also to a script of the other one. With credentials: without them browsers share no connection."""
    def script(exchange: Exchange) -> None:
        exchange.request.body()
        origin = exchange.request.get("origin") or "null"
        exchange.answer(word, "Content-Type: text/plain", f"Access-Control-Allow-Origin: {origin}",
                        "Access-Control-Allow-Credentials: true")
    return script


@pytest.fixture
def start_browser(tmp_path, authority):
    """Each test has a new one: what matters is which connections it has."""
    started: list[Browser] = []

    def start(which: str) -> Browser:
        folder = tmp_path / which
        folder.mkdir()
        make = Chromium if which == "chromium" else Firefox
        started.append(make(folder, dict(os.environ), folder / "tickets", authority.certificate))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def start(start_gate, start_backend, authority):
    """start(a name for the certificate of each, passthrough=True): the gate, and for a passthrough the one behind it."""
    def site(host: str, name: str) -> dict:
        return {"hosts": [host], "certificate": authority.issue(name).config()}

    def gates(names: tuple[str, str], passthrough: bool = True, mail: dict | None = None,
              block: dict | None = None) -> tuple[Gate, Gate | None]:
        crm = start_backend(application(b"crm"))
        own = start_backend(application(b"mail"))
        if passthrough:
            second = start_gate(own, site=site(MAIL, names[1]) | (mail or {}))
            first = start_gate(crm, site=site(CRM, names[0]), passthrough=[
                {"hosts": [MAIL], "servers": [f"127.0.0.1:{second.tls_port}"]} | (block or {})])
            second.clients_stay = True
        else:
            second = None
            first = start_gate(crm, site=site(CRM, names[0]), more_backends=[{"name": "mail", "servers": [own.url]}],
                               more_sites=[site(MAIL, names[1]) | {"backend": "mail", "allow": ["/"]}])
        first.clients_stay = True
        return first, second
    return gates


def url(gate: Gate, host: str, path: str = "/") -> str:
    return f"https://{host}:{gate.tls_port}{path}"


def fetched(browser: Browser, address: str) -> str:
    """Status and body of what a script in the page gets from there."""
    browser.evaluate(f"(window.got = '', fetch('{address}', {{credentials: 'include'}}).then(answer => answer.text().then("
                     "body => { window.got = answer.status + ' ' + body; }), why => { window.got = String(why); }), 1)")
    return browser.wait_for("window.got", f"an answer of {address}")


def lines(gate: Gate, **wanted: object) -> list[dict]:
    return [line for line in gate.access_lines() if all(line.get(key) == value for key, value in wanted.items())]


@BOTH
@pytest.mark.parametrize("names", [SHARED, OWN], ids=["shared", "own"])
def test_terminated_requests_reach_their_own_application(which, names, start, start_browser):
    gate, _ = start(names, passthrough=False)
    browser = start_browser(which)
    assert browser.open(url(gate, CRM)) == 200
    for turn in range(3):
        assert fetched(browser, url(gate, MAIL, f"/{turn}")) == "200 mail"
        assert fetched(browser, url(gate, CRM, f"/{turn}")) == "200 crm"
    came = until(lambda: lines(gate, path="/2") if len(lines(gate, path="/2")) == 2 else [], "both are logged")
    assert {(line["host"].partition(":")[0], line["backend"], line["protocol"]) for line in came} == {
        (CRM, "app", "HTTP/2"), (MAIL, "mail", "HTTP/2")}
    # The browser does put requests for both hosts on one connection, where it may.
    assert bool(lines(gate, path="/2", sni=CRM, backend="mail")) == (names == SHARED), gate.access_lines()


@BOTH
def test_a_request_for_a_passed_host_on_a_sites_connection_comes_again_by_421(which, start, start_browser):
    gate, behind = start(SHARED)
    browser = start_browser(which)
    assert browser.open(url(gate, CRM)) == 200
    for turn in range(3):
        assert fetched(browser, url(gate, MAIL, f"/{turn}")) == "200 mail"
    assert until(lambda: lines(gate, sni=CRM, status=421), "it was coalesced, and came again")
    assert gate.metric("pforte_misdirected_requests_total") >= 1
    assert len(until(lambda: lines(behind, path="/2", status=200), "it is logged")) == 1


@BOTH
def test_a_request_for_a_site_on_a_passed_connection_is_lost_to_its_server(which, start, start_browser):
    # Why `pforte check` warns: nobody but that server sees the request.
    gate, behind = start(SHARED)
    told = gate.run("check")
    assert "warning" in told.stderr and CRM in told.stderr and MAIL in told.stderr and WILDCARD in told.stderr
    browser = start_browser(which)
    assert browser.open(url(gate, MAIL)) == 200
    fetched(browser, url(gate, CRM, "/lost"))
    assert until(lambda: lines(behind, path="/lost"), "the wrong server has got it")
    assert lines(gate, path="/lost", status=200) == []


@BOTH
@pytest.mark.parametrize(("names", "mail", "block"), [(OWN, {}, {}), (SHARED, {"http2": False}, {"http2": False})],
                         ids=["certificate", "HTTP/2"])
def test_with_one_of_the_three_given_up_each_request_lands_right(which, names, mail, block, start, start_browser):
    gate, behind = start(names, mail=mail, block=block)
    assert "warning" not in gate.run("check").stderr
    browser = start_browser(which)
    assert browser.open(url(gate, MAIL)) == 200
    for turn in range(3):
        assert fetched(browser, url(gate, CRM, f"/{turn}")) == "200 crm"
        assert fetched(browser, url(gate, MAIL, f"/{turn}")) == "200 mail"
    assert until(lambda: lines(gate, path="/2", status=200), "it is logged")
    assert not [line for line in behind.access_lines() if line["host"].startswith(CRM)]
