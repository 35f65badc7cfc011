"""A client stays at its server: by a sealed cookie of the gate's, or by the application's own session."""

import json
import re
import shutil
from collections import Counter

import pytest
from backends import by_path, echo, text, websocket_echo
from gate import until
from http2 import Client
from raw import request
from test_websocket import UPGRADE

OURS = "__Host-pforte-server-app"
CHECK = {"path": "/health", "every": "100ms", "rise": 1, "fall": 1}


class Browser:
    """A client that keeps its cookies, on a new connection each time."""

    def __init__(self, pforte, cookies=()):
        self.pforte = pforte
        self.cookies = dict(cookies)
        self.answer = None

    def get(self, target="/", *fields):
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.answer = self.pforte.get(target, *([f"Cookie: {jar}"] if jar else []), *fields, secure=True)
        for name, value in self.answer.head.fields:
            if name.lower() == "set-cookie":
                cookie, _, value = value.partition(";")[0].partition("=")
                self.cookies[cookie] = value
        return self.answer

    def port(self, target="/") -> int:
        return self.get(target).json()["port"]

    def ports(self, count=8) -> set:
        return {self.port() for _ in range(count)}


def set_cookies(answer) -> list[str]:
    return [value for name, value in answer.head.fields if name.lower() == "set-cookie"]


def start(start_gate, *servers, sticky=True, **changes):
    backend = {"balance": "round-robin", "sticky": sticky} | changes.pop("backend", {})
    return start_gate(*servers, backend=backend, **changes)


@pytest.fixture
def servers(start_backend):
    return [start_backend() for _ in range(3)]


# By our cookie.


def test_a_browser_stays_at_the_server_it_came_to_first_and_others_go_elsewhere(start_gate, servers):
    pforte = start(start_gate, *servers)
    browsers = [Browser(pforte) for _ in range(9)]
    places = Counter()
    for browser in browsers:
        first = browser.port()
        assert browser.ports() == {first}
        places[first] += 1
    assert set(places) == {server.port for server in servers}


def test_the_cookie_is_set_once_is_sealed_and_never_reaches_the_application(start_gate, servers):
    pforte = start(start_gate, *servers)
    browser = Browser(pforte, {"own": "1"})
    first = browser.get()
    (cookie,) = set_cookies(first)
    assert re.fullmatch(rf"{OURS}=[\w-]+; Path=/; Secure; HttpOnly; SameSite=Lax", cookie), cookie
    assert "private" in first.get("cache-control")
    assert str(first.json()["port"]) not in cookie and "127.0.0.1" not in cookie
    again = browser.get()
    assert set_cookies(again) == [] and again.get("cache-control") is None
    sent = {name.lower(): value for name, value in again.json()["fields"]}
    assert sent["cookie"] == "own=1"
    # No two clients at one server have the same.
    cookies = [Browser(pforte).get() for _ in range(6)]
    assert len({set_cookies(answer)[0] for answer in cookies}) == 6


@pytest.mark.parametrize("forge", [lambda _: "AAAA", lambda good: good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"),
                                   lambda good: good + "A" * 5000, lambda _: ""])
def test_a_forged_cookie_leads_nowhere_and_is_replaced(forge, start_gate, servers):
    pforte = start(start_gate, *servers)
    browser = Browser(pforte)
    browser.get()
    forged = Browser(pforte, {OURS: forge(browser.cookies[OURS])})
    first = forged.port()
    assert len(set_cookies(forged.answer)) == 1
    assert forged.ports() == {first}


def test_when_its_server_is_unwell_a_client_gets_another_and_stays_there(start_gate, start_backend):
    sick, well = start_backend(), start_backend()
    pforte = start(start_gate, sick, well, backend={"health": CHECK})
    browser = Browser(pforte)
    while browser.port() != sick.port:
        browser = Browser(pforte)
    sick.script = by_path({"/health": text(b"", status=503)})
    until(lambda: pforte.metric("pforte_backend_server_up", server=sick.url) == 0, "it is out")
    assert browser.port() == well.port
    assert len(set_cookies(browser.answer)) == 1
    sick.script = echo
    until(lambda: pforte.metric("pforte_backend_server_up", server=sick.url) == 1, "it is in again")
    assert browser.ports() == {well.port}


def test_a_client_whose_server_refuses_or_was_taken_out_loses_no_request(start_gate, start_backend):
    mortal, well = start_backend(), start_backend()
    pforte = start(start_gate, mortal, well)
    browser = Browser(pforte)
    while browser.port() != mortal.port:
        browser = Browser(pforte)
    other = Browser(pforte, browser.cookies)
    mortal.close()
    assert browser.get().status == 200
    assert browser.ports() == {well.port}
    pforte.config["backend"][0]["servers"] = [well.url]
    pforte.write()
    assert pforte.reload().returncode == 0
    assert other.ports() == {well.port}


def test_stickiness_outlives_a_reload_and_holds_on_another_node(start_gate, servers, tmp_path):
    pforte = start(start_gate, *servers)
    browser = Browser(pforte)
    home = browser.port()
    assert pforte.reload().returncode == 0
    assert browser.ports() == {home}
    state = tmp_path / "other-node"
    shutil.copytree(pforte.config["state_dir"], state, ignore=shutil.ignore_patterns("*.sock"))
    node = start(start_gate, *servers, state_dir=str(state))
    for gate in (node, pforte, node):
        browser.pforte = gate
        assert browser.ports() == {home}
        assert set_cookies(browser.answer) == []
    stranger = start(start_gate, *servers)  # with keys of its own
    browser.pforte = stranger
    browser.get()
    assert len(set_cookies(browser.answer)) == 1


def test_a_lifetime_is_told_to_the_browser_and_the_name_can_be_chosen(start_gate, servers):
    pforte = start(start_gate, *servers, sticky={"by": "cookie", "name": "x", "lifetime": "2h"})
    (cookie,) = set_cookies(Browser(pforte).get())
    assert cookie.startswith("__Host-pforte-server-x=") and "Max-Age=7200" in cookie


def test_two_backends_of_a_site_keep_a_client_each_at_its_own(start_gate, start_backend):
    one, other = [[start_backend() for _ in range(2)] for _ in range(2)]
    pforte = start(start_gate, *one, site={"rule": [{"path": "/other", "backend": "second"}]},
                   more_backends=[{"name": "second", "servers": [each.url for each in other], "sticky": True}])
    browser = Browser(pforte)
    homes = browser.port("/"), browser.port("/other")
    for _ in range(6):
        assert (browser.port("/"), browser.port("/other")) == homes
    assert len(browser.cookies) == 2


def test_an_application_cannot_set_the_cookie(start_gate, start_backend):
    pforte = start(start_gate, start_backend(text(b"", f"Set-Cookie: {OURS}=planted; Path=/")))
    (cookie,) = set_cookies(Browser(pforte).get())
    assert "planted" not in cookie


def test_websockets_and_http2_clients_stay_as_well(start_gate, start_backend):
    servers = [start_backend(by_path({"/socket": websocket_echo})) for _ in range(3)]
    pforte = start(start_gate, *servers)
    browser = Browser(pforte)
    home = browser.port()
    # Begun by a WebSocket: its answer sets the cookie. Begun by a page: the WebSocket goes there.
    with pforte.connect(secure=True) as client:
        head = client.send(request("GET", "/socket", *UPGRADE)).head()
        assert head.start.startswith("HTTP/1.1 101")
        assert OURS in head.get("set-cookie")
    before = {server.port: server.targets.count("/socket") for server in servers}
    for _ in range(4):
        with pforte.connect(secure=True) as client:
            head = client.send(request("GET", "/socket", f"Cookie: {OURS}={browser.cookies[OURS]}", *UPGRADE)).head()
            assert head.get("set-cookie") is None
    after = {server.port: server.targets.count("/socket") for server in servers}
    assert {port: after[port] - before[port] for port in after} == {server.port: 4 * (server.port == home) for server in servers}
    # Browsers split their cookies over several fields there.
    with Client(pforte) as client:
        for _ in range(6):
            stream = client.get("/", ("cookie", "a=b"), ("cookie", f"{OURS}={browser.cookies[OURS]}"))
            assert json.loads(stream.body)["port"] == home
            assert "set-cookie" not in stream.headers


def test_a_client_that_must_not_see_our_cookies_in_the_open_gets_none(start_gate, servers):
    # A proxy that is believed says that its client came over plain HTTP.
    pforte = start(start_gate, *servers, listener={"forwarded_from": ["127.0.0.0/8"]})
    answer = pforte.get("/", "X-Forwarded-Proto: http", "X-Forwarded-For: 192.0.2.1")
    assert set_cookies(answer) == []


# By the application's session.


def test_a_session_goes_to_the_server_that_its_route_names(start_gate, servers):
    pforte = start(start_gate, sticky={"by": "application-cookie", "name": "JSESSIONID"},
                   backend={"servers": [{"url": server.url, "route": f"node{number}"} for number, server in enumerate(servers)]})
    for number, server in enumerate(servers):
        browser = Browser(pforte, {"JSESSIONID": f"0123ABCD.node{number}"})
        assert browser.ports() == {server.port}
        assert set_cookies(browser.answer) == []
        sent = {name.lower(): value for name, value in browser.answer.json()["fields"]}
        assert sent["cookie"] == f"JSESSIONID=0123ABCD.node{number}"  # it is the application's
    assert Browser(pforte, {"JSESSIONID": "0123ABCD.node7"}).ports() == {server.port for server in servers}


def test_a_session_without_a_route_is_learnt_from_the_answer_that_begins_it(start_gate, start_backend):
    def login(exchange):
        exchange.answer(json.dumps({"port": exchange.backend.port}).encode(),
                        f"Set-Cookie: JSESSIONID=session-of-{exchange.backend.port}-{len(exchange.backend.requests)}; Path=/; HttpOnly")

    servers = [start_backend(by_path({"/login": login})) for _ in range(3)]
    pforte = start(start_gate, *servers, sticky={"by": "application-cookie", "name": "JSESSIONID"})
    for _ in range(6):
        browser = Browser(pforte)
        home = browser.port("/login")
        assert browser.ports(12) == {home}  # over both workers
    assert pforte.reload().returncode == 0
    assert browser.ports() == {home}


def test_a_session_is_kept_over_plain_http_as_well(start_gate, servers):
    # A proxy that is believed says that its client came over plain HTTP.
    pforte = start(start_gate, sticky={"by": "application-cookie", "name": "JSESSIONID"},
                   listener={"forwarded_from": ["127.0.0.0/8"]},
                   backend={"servers": [{"url": server.url, "route": f"node{number}"} for number, server in enumerate(servers)]})
    for number, server in enumerate(servers):
        asked = ("Cookie: JSESSIONID=0123.node" + str(number), "X-Forwarded-Proto: http", "X-Forwarded-For: 192.0.2.1")
        assert {pforte.get("/", *asked).json()["port"] for _ in range(4)} == {server.port}
