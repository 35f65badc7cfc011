"""Who asks, and what the gate says to those who have not signed in: browsers, machines, single sign-on."""

import base64
import re

import gate as gates
import pytest
import raw
import tickets
from agents import SUSAN
from framing import chunk
from ports import free_port
from visitor import (APP, MACHINE, NAVIGATION, SERVICE, Form, Visitor, arrived, cookies_set, curl, has_login_form,
                     login_fields, offers_negotiate, signed_in_as)


# Nobody has signed in.


def test_a_navigation_without_a_session_gets_the_challenge_and_the_form_in_one_answer(desk, app):
    answer = Visitor(desk).get("/webclient/start?a=1")
    assert answer.status == 401
    assert answer.head.all("www-authenticate") == ["Negotiate"]
    assert answer.get("content-type").startswith("text/html")
    fields = login_fields(answer.body)
    assert fields["return"] == "/webclient/start?a=1"
    assert any(len(value) >= 16 for name, value in fields.items() if name not in ("user", "password", "return"))
    assert app.requests == []


def test_the_login_page_is_kept_by_nobody_framed_by_nobody_and_runs_no_script(desk):
    for target in ("/", "/.pforte/login"):
        answer = Visitor(desk).get(target)
        assert "no-store" in answer.get("cache-control")
        policy = answer.get("content-security-policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert answer.get("x-content-type-options") == "nosniff"
        assert b"<script" not in answer.body


def test_the_login_page_carries_the_reference_of_the_answer(desk):
    answer = Visitor(desk).get("/")
    reference = answer.get("pforte-reference")
    assert reference
    assert reference in answer.body.decode()


OTHERS = [("Accept: application/json",), ("Accept: */*",), (), ("Accept: application/json, text/javascript, */*; q=0.01", "X-Requested-With: XMLHttpRequest"),
          ("Accept: image/avif,image/webp,*/*", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"),
          ("Accept: */*", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"), ("Accept: text/html;q=0, application/xml",)]


@pytest.mark.parametrize("fields", OTHERS, ids=lambda fields: fields[0] if fields else "nothing")
def test_anything_that_is_no_navigation_gets_a_problem_document_and_never_html(fields, desk, app):
    for method in ("GET", "POST"):
        body = b"x=1" if method == "POST" else b""
        answer = desk.ask(raw.request(method, "/rest/x", *fields, host=APP, body=body), secure=True, sni=APP)
        assert answer.status == 401
        assert answer.head.all("www-authenticate") == ["Negotiate"]
        assert answer.get("content-type") == "application/problem+json"
        assert answer.json()["status"] == 401
        assert answer.get("pforte-reference") in answer.body.decode()
        assert b"<" not in answer.body
    assert app.requests == []


def test_an_answer_to_head_has_no_body(desk):
    answer = Visitor(desk).ask("HEAD", "/")
    assert (answer.status, answer.body) == (401, b"")


def test_a_body_before_signing_in_is_read_or_the_connection_closed(desk):
    with desk.connect(secure=True, sni=APP) as client:
        answer = client.ask(raw.request("POST", "/x", "Transfer-Encoding: chunked", *NAVIGATION, host=APP,
                                        body=chunk(b"x" * 1000) + b"0\r\n\r\n"))
        assert answer.status == 401
        if (answer.get("connection") or "").lower() != "close":
            assert client.ask(raw.request("GET", "/", host=APP)).status == 401


@pytest.mark.parametrize(("said", "language"), [("de-AT,de;q=0.9,en;q=0.5", "de"), ("en-GB", "en"), ("fr, de;q=0.4, en;q=0.2", "de"),
                                                ("ja", "en"), ("de;q=0, en", "en")])
def test_the_page_speaks_german_and_english(said, language, desk):
    answer = Visitor(desk).get("/", f"Accept-Language: {said}")
    page = Form(answer.body)
    assert dict(page.tags)["html"]["lang"] == language
    assert ("Anmelden" in page.words) == (language == "de")
    assert ("Password" in page.words) == (language == "en")


def test_a_path_that_no_rule_allows_is_not_found_before_and_after_signing_in(start_desk, app, susan):
    gate = start_desk(app, site={"allow": ["/webclient"]})
    visitor = Visitor(gate)
    before = visitor.get("/secret")
    visitor.sign_in_with(susan, "/webclient")
    for answer in (before, visitor.get("/secret"), visitor.send_ticket(susan.token(SERVICE), "/secret")):
        assert answer.status == 404
        assert answer.get("www-authenticate") is None
        assert not has_login_form(answer)


# Single sign-on.


def test_curl_signs_in_with_a_ticket_alone(desk, realms):
    done = curl(desk, realms, realms.kinit("susan"), "/hello", "--negotiate", "-u", ":", "--write-out", "\n%{http_code} %{num_connects}")
    assert '"/hello"' in done.stdout, done
    assert '"susan"' in done.stdout
    assert done.stdout.splitlines()[-1].startswith("200")


def test_curl_without_a_ticket_gets_the_problem_and_no_loop(desk, realms):
    done = curl(desk, realms, None, "/", "--negotiate", "-u", ":", "-L", "--write-out", "\n%{http_code} %{num_redirects}")
    assert done.stdout.splitlines()[-1] == "401 0", done
    assert "<" not in done.stdout


def test_a_ticket_begins_a_session_that_carries_on_without_it(desk, susan):
    visitor = Visitor(desk)
    answer = visitor.sign_in_with(susan, "/first")
    assert signed_in_as(answer) == "susan"
    assert signed_in_as(visitor.get("/second")) == "susan"
    assert signed_in_as(visitor.reconnect().get("/third")) == "susan"


def test_the_cookie_is_for_this_host_over_tls_and_for_no_script(desk, susan):
    answer = Visitor(desk).sign_in_with(susan)
    line = next(line for line in answer.head.all("set-cookie") if line.startswith("__Host-pforte="))
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(one.startswith("domain") for one in attributes)


def test_mutual_authentication_is_answered_in_a_way_that_the_client_accepts(desk, susan):
    for bare in (False, True):
        visitor = Visitor(desk)
        exchange = susan.begin(SERVICE, mutual=True, raw=bare)
        assert not exchange.complete
        answer = visitor.send_ticket(exchange.token)
        assert answer.status == 200
        scheme, _, token = answer.get("www-authenticate").partition(" ")
        assert scheme == "Negotiate"
        exchange.answered(base64.b64decode(token))
        assert exchange.complete


def test_a_machine_client_signs_in_with_a_ticket_too(desk, susan):
    visitor = Visitor(desk, machine=True)
    assert signed_in_as(visitor.send_ticket(susan.token(SERVICE))) == "susan"


def test_a_post_with_a_ticket_keeps_its_body(desk, susan):
    answer = Visitor(desk, machine=True).ask("POST", "/rest", tickets.negotiate(susan.token(SERVICE)), body=b"hello")
    assert signed_in_as(answer) == "susan"
    assert answer.json()["bytes"] == 5


@pytest.mark.parametrize("scheme", ["negotiate", "NEGOTIATE"])
def test_the_scheme_is_read_whatever_its_case(scheme, desk, susan):
    line = tickets.negotiate(susan.token(SERVICE)).replace("Negotiate", scheme)
    assert signed_in_as(Visitor(desk).get("/", line)) == "susan"


# Sites and rules that ask for more, or less.


def test_a_site_that_asks_for_nobody_tells_the_application_nothing(start_desk, app, susan):
    gate = start_desk(app, site={"sign_in": "none"})
    visitor = Visitor(gate)
    assert signed_in_as(visitor.get("/")) is None
    answer = visitor.send_ticket(susan.token(SERVICE))
    assert signed_in_as(answer) is None
    assert "authorization" not in arrived(answer)


def test_where_signing_in_is_optional_everybody_comes_in_and_the_signed_in_are_named(start_desk, app, susan):
    gate = start_desk(app, site={"sign_in": "optional"})
    visitor = Visitor(gate)
    assert signed_in_as(visitor.get("/")) is None
    sso = visitor.send_ticket(susan.token(SERVICE), "/.pforte/sso?return=/x")
    assert sso.status in (302, 303)
    assert signed_in_as(visitor.get("/")) == "susan"


def test_a_rule_for_machines_never_gives_html_nor_a_session(start_desk, app, susan):
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    visitor = Visitor(gate)
    answer = visitor.get("/rest/x")
    assert answer.status == 401
    assert answer.get("content-type") == "application/problem+json"
    answer = visitor.send_ticket(susan.token(SERVICE), "/rest/x")
    assert signed_in_as(answer) == "susan"
    assert "__Host-pforte" not in cookies_set(answer)
    assert visitor.get("/rest/x").status == 401


def test_a_rule_for_groups_refuses_others_with_a_page_that_names_the_reference(start_desk, app, client_of, susan):
    gate = start_desk(app, site={"rule": [{"path": "/admin", "groups": ["crm-admins"]}]})
    assert signed_in_as(Visitor(gate).sign_in_with(susan, "/admin")) == "susan"
    peter = Visitor(gate)
    peter.sign_in_with(client_of("peter@ALPHA.TEST"), "/")
    answer = peter.get("/admin/x")
    assert answer.status == 403
    assert answer.get("content-type").startswith("text/html")
    assert answer.get("pforte-reference") in answer.body.decode()
    assert answer.get("www-authenticate") is None
    answer = peter.get("/admin/x", *MACHINE)
    assert (answer.status, answer.get("content-type")) == (403, "application/problem+json")
    assert all("/admin" not in target for target in app.targets[1:])


# The way to the canonical name.


def test_plain_http_is_sent_to_https_before_it_is_asked_for_a_ticket(start_desk, app, susan):
    port = free_port()
    gate = start_desk(app, more_listeners=[{"address": f"127.0.0.1:{port}", "redirect_to_https": True}])
    for fields in ((), (tickets.negotiate(susan.token(SERVICE)),)):
        answer = gate.ask(raw.request("GET", "/x?y=1", *NAVIGATION, *fields, host=f"{APP}:{port}"), port=port)
        assert answer.status in (301, 307, 308)
        assert answer.get("location").startswith(f"https://{APP}")
        assert answer.get("location").endswith("/x?y=1")
        assert answer.get("www-authenticate") is None
        assert answer.get("set-cookie") is None


def test_a_short_name_is_sent_to_the_canonical_name_before_it_is_asked_for_a_ticket(start_desk, app, authority):
    gate = start_desk(app, site={"hosts": [APP, "app"], "certificate": authority.issue(APP, "app").config()})
    visitor = Visitor(gate, host="app")
    answer = visitor.get("/x?y=1")
    assert answer.status in (301, 302, 303, 307, 308)
    assert answer.get("location").startswith(f"https://{APP}")
    assert answer.get("location").endswith("/x?y=1")
    assert answer.get("www-authenticate") is None


def test_behind_a_terminator_it_counts_how_the_client_came(start_desk, app, susan):
    gate = start_desk(app, listener={"forwarded_from": ["127.0.0.2/32"]})
    for fields in ((), (tickets.negotiate(susan.token(SERVICE)),)):
        answer = gate.ask(raw.request("GET", "/x", *NAVIGATION, *fields, "X-Forwarded-Proto: http", host=APP), source="127.0.0.2")
        assert answer.status in (301, 302, 303, 307, 308)
        assert answer.get("location").startswith(f"https://{APP}")
        assert answer.get("www-authenticate") is None
        assert answer.get("set-cookie") is None
    answer = gate.ask(raw.request("GET", "/x", *NAVIGATION, "X-Forwarded-Proto: https", host=APP), source="127.0.0.2")
    assert answer.head.all("www-authenticate") == ["Negotiate"]
    assert len(app.requests) == 0


# The gate's own pages.


def test_whoami_tells_who_it_is(desk, susan):
    visitor = Visitor(desk)
    assert visitor.get("/.pforte/whoami").status == 401
    visitor.sign_in_with(susan)
    answer = visitor.get("/.pforte/whoami")
    assert answer.get("content-type").startswith("application/json")
    assert "no-store" in answer.get("cache-control")
    told = answer.json()
    assert told["login"] == "susan"
    assert told["name"] == SUSAN.name
    assert told["principal"] == "susan@ALPHA.TEST"
    assert told["method"] == "kerberos"
    assert told["groups"] == ["crm-admins", "crm-users"]
    assert told["expires"]


def test_whoami_answers_those_who_are_nobody_without_asking_for_a_ticket(desk):
    answer = Visitor(desk, machine=True).get("/.pforte/whoami")
    assert answer.status == 401
    assert answer.get("content-type").startswith("application/")


def test_the_way_to_single_sign_on_comes_back_to_where_one_was(desk, susan):
    visitor = Visitor(desk)
    asked = visitor.get("/.pforte/sso?return=/webclient%3Fa=1")
    assert asked.status == 401
    assert asked.head.all("www-authenticate") == ["Negotiate"]
    assert has_login_form(asked)
    answer = visitor.send_ticket(susan.token(SERVICE), "/.pforte/sso?return=/webclient%3Fa=1")
    assert answer.status in (302, 303)
    assert answer.get("location") in ("/webclient?a=1", f"{visitor.origin}/webclient?a=1")
    assert visitor.whoami()["login"] == "susan"


def test_the_login_page_never_asks_for_a_ticket(desk):
    answer = Visitor(desk).get("/.pforte/login")
    assert answer.status == 200
    assert answer.get("www-authenticate") is None
    assert has_login_form(answer)


def test_a_login_page_leads_to_single_sign_on(desk):
    visitor = Visitor(desk)
    for target in ("/webclient", "/.pforte/login?return=/webclient"):
        links = [given.get("href") or "" for tag, given in Form(visitor.get(target).body).tags if tag == "a"]
        assert any(link.startswith("/.pforte/sso?return=") and "webclient" in link for link in links), links


def test_negotiate_is_offered_only_to_the_networks_and_clients_it_is_meant_for(start_desk, app):
    gate = start_desk(app, sign_in={"negotiate_from": ["127.0.0.2/32"], "negotiate_not_for": ["OldPhone"]})
    inside, outside = Visitor(gate, source="127.0.0.2"), Visitor(gate, source="127.0.0.3")
    assert inside.get("/").head.all("www-authenticate") == ["Negotiate"]
    answer = outside.get("/")
    assert answer.status == 401
    assert not offers_negotiate(answer)
    assert has_login_form(answer)
    answer = inside.get("/", "User-Agent: Mozilla/5.0 OldPhone/1.0")
    assert answer.status == 401
    assert not offers_negotiate(answer)
    assert has_login_form(answer)


# Programs with a token.


def token_of(gate, login: str, *options: str) -> str:
    done = gate.run("agent", "token", login, *options)
    assert done.returncode == 0, done.stderr
    return re.search(r"[A-Za-z0-9_-]{43}", done.stdout)[0]


def test_a_program_signs_in_with_its_token_on_every_request(start_desk, app):
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    program = Visitor(gate, machine=True)
    token = token_of(gate, "eva")
    program.secrets.add(token)
    answer = program.get("/rest/x", f"Authorization: Bearer {token}")
    found = arrived(answer)
    assert (found["remote-user"], found["pforte-method"]) == (["eva"], ["token"])
    assert "authorization" not in found
    assert cookies_set(answer) == {}
    assert program.get("/rest/x").status == 401
    for wrong in (token[:-1], token + "x", token.swapcase(), "x" * 43, ""):
        assert program.get("/rest/x", f"Authorization: Bearer {wrong}").status == 401
    assert not app.saw(token.encode())


def test_a_token_ends_when_it_expires_and_with_its_agent(start_desk, app):
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    program = Visitor(gate, machine=True)
    short, long = token_of(gate, "eva", "--expires", "1s"), token_of(gate, "adam")
    gates.until(lambda: program.get("/rest", f"Authorization: Bearer {short}").status == 401, "the token expires", 4)
    assert program.get("/rest", f"Authorization: Bearer {long}").status == 200
    assert gate.run("agent", "disable", "adam").returncode == 0
    gates.until(lambda: program.get("/rest", f"Authorization: Bearer {long}").status == 401, "the agent's token ends", 2)
