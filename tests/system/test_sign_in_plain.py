"""Plain HTTP: nobody is asked for a ticket or a password, and no cookie travels without Secure."""

import pytest
import raw
import tickets
from agents import EVA
from ports import free_port
from visitor import APP, MACHINE, NAVIGATION, SERVICE, Visitor, signed_in_as

# A client that is not on this machine (RFC 5737).
FAR = {"source": "127.0.0.3", "preamble": b"PROXY TCP4 203.0.113.9 192.0.2.1 40000 80\r\n"}
PAGES = ("/", "/x?y=1", "/.pforte/login?return=/x", "/.pforte/sso?return=/x", "/.pforte/logout", "/.pforte/whoami")


@pytest.fixture
def plain(start_desk, app, authority):
    """A gate whose plain listener is asked by clients far away; it has a short name too."""
    return start_desk(app, site={"hosts": [APP, "app"], "certificate": authority.issue(APP, "app").config()},
                      listener={"proxy_protocol_from": ["127.0.0.3/32"]})


def sent_away(answer: raw.Answer, target: str) -> None:
    """To the same page of the complete name, by https, and with nothing that could be overheard."""
    assert answer.status in (301, 302, 303, 307, 308), (target, answer.status)
    location = answer.get("location")
    assert location.lower().startswith(f"https://{APP}"), location
    assert location.endswith(target)
    assert answer.get("www-authenticate") is None
    assert answer.get("set-cookie") is None
    assert b"<form" not in answer.body


@pytest.mark.parametrize("target", PAGES)
def test_plain_http_leads_to_https_and_the_complete_name_before_anything_is_asked(target, plain, app):
    for host in (APP, "app", "APP.localhost", f"{APP}:8080"):
        for fields in (NAVIGATION, MACHINE):
            sent_away(plain.ask(raw.request("GET", target, *fields, host=host), **FAR), target)
    assert app.requests == []


def test_a_ticket_a_password_and_a_session_count_for_nothing_in_the_open(plain, app, susan):
    visitor = Visitor(plain, **FAR).must_sign_in("eva", EVA.password)
    for line in (tickets.negotiate(susan.token(SERVICE)), f"Cookie: __Host-pforte={visitor.session}"):
        sent_away(plain.ask(raw.request("GET", "/x", *NAVIGATION, line, host=APP), **FAR), "/x")
    assert app.requests == []


@pytest.mark.parametrize("target", ["/.pforte/login", "/.pforte/logout", "/x"])
def test_a_form_that_is_sent_in_the_open_is_not_taken(target, plain, app):
    visitor = Visitor(plain, **FAR)
    shown = visitor.form() | {"user": "eva", "password": EVA.password}
    body = "&".join(f"{name}={value}" for name, value in shown.items()).encode()
    answer = plain.ask(raw.request("POST", target, *NAVIGATION, "Content-Type: application/x-www-form-urlencoded",
                                   f"Cookie: __Host-pforte-form={visitor.cookies['__Host-pforte-form']}", host=APP, body=body), **FAR)
    assert answer.status == 308  # the same method, and the answer signs nobody in
    assert answer.get("set-cookie") is None
    assert app.requests == []


def test_on_a_plain_listener_of_this_machine_every_cookie_is_secure_all_the_same(start_desk, app, susan):
    """For a terminator beside the gate, or a test: the cookie must not follow to another plain page."""
    gate = start_desk(app)
    lines = []
    for answer in (gate.ask(raw.request("GET", "/.pforte/login", *NAVIGATION, host=APP)),
                   gate.ask(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP))):
        assert answer.status == 200
        lines += answer.head.all("set-cookie")
    assert {line.partition("=")[0] for line in lines} == {"__Host-pforte", "__Host-pforte-form"}
    for line in lines:
        assert {"secure", "httponly", "path=/"} <= {part.strip().lower() for part in line.split(";")}
        assert "domain" not in line.lower()


def test_behind_a_terminator_the_short_name_leads_to_the_complete_one_too(start_desk, app, authority):
    gate = start_desk(app, site={"hosts": [APP, "app"], "certificate": authority.issue(APP, "app").config()},
                      listener={"forwarded_from": ["127.0.0.2/32"]})
    answer = gate.ask(raw.request("GET", "/x?y=1", *NAVIGATION, "X-Forwarded-Proto: https", host="app"), source="127.0.0.2")
    sent_away(answer, "/x?y=1")
    # Whoever has asked for the complete name is there already, whatever the terminator calls us.
    answer = gate.ask(raw.request("GET", "/x", *NAVIGATION, "X-Forwarded-Proto: https", f"X-Forwarded-Host: {APP}", host="app"), source="127.0.0.2")
    assert answer.status == 401


def test_what_needs_no_sign_in_stays_plain(start_desk, app):
    port = free_port()
    gate = start_desk(app, site={"sign_in": "none"}, more_listeners=[{"address": f"127.0.0.1:{port}", "tls": False,
                                                                       "proxy_protocol_from": ["127.0.0.3/32"]}])
    answer = gate.ask(raw.request("GET", "/", host=APP), port=port, **FAR)
    assert signed_in_as(answer) is None
    assert answer.get("set-cookie") is None
