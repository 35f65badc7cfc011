"""What others send in an agent's name: fields, forms, addresses, cookies of their making."""

import urllib.parse

import pytest
import raw
from agents import ADAM, EVA
from test_login_form import ASTRAY, leads
from visitor import APP, NAVIGATION, SERVICE, Form, Visitor, arrived, login_fields, signed_in_as

# Lines that some reader may take for one of ours, or for the end of what we say.
STRANGE_LINES = ["Remote-User : root", "Remote-User\t: root", " Remote-User: root", "\tRemote-User: root", "Remote-User:root", "Remote-User:\troot",
                 "Remote-User: root\r\n more", "X: a\r\n Remote-User: root", "X: a\rRemote-User: root", "X: a\nRemote-User: root",
                 "X: a\0\r\nRemote-User: root", "Remote\u00adUser: root", "Remote-User\0: root", "Remote-User;x: root", "\"Remote-User\": root",
                 "HTTP_REMOTE_USER: root", "HTTP-Remote-User: root", "Remote-User\u00a0: root", "REMOTE-USER: root", "Remote--User: root",
                 "X-Remote-User: root", "Pforte-Anything-New: root", "PFORTE_ANYTHING: root", "pforte: root"]


def test_no_line_of_a_client_becomes_or_changes_what_we_say(desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    passed = 0
    for line in STRANGE_LINES:
        answer = visitor.get("/", line)
        if answer.status == 400:
            visitor.reconnect()
            continue
        passed += 1
        found = arrived(answer)
        assert found["remote-user"] == ["susan"], line
        for name, values in found.items():
            words = name.replace("_", "-").replace(".", "-")
            assert not (words.startswith(("remote-user", "pforte-")) and "root" in str(values)), line
    assert passed > 5


def test_a_hundred_of_the_same_are_no_better_than_one(desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    fields = [f"{name}: root" for _ in range(15) for name in ("Remote-User", "remote_user", "Pforte-Groups", "PFORTE-GROUPS")]
    found = arrived(visitor.get("/", *fields))
    assert (found["remote-user"], found["pforte-groups"]) == (["susan"], ["crm-admins,crm-users"])
    assert "root" not in str(found)


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_what_is_forged_does_not_come_in_by_an_older_version_either(version, desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    request = raw.request("GET", "/", "Remote_User: root", "Pforte-Groups: root", f"Cookie: __Host-pforte={visitor.session}", host=APP)
    found = arrived(desk.ask(request.replace(b"HTTP/1.1", version.encode(), 1), secure=True, sni=APP))
    assert found["remote-user"] == ["susan"]
    assert "root" not in str(found)


def test_who_carries_on_by_session_cannot_add_to_what_the_ticket_said(desk, susan):
    """An empty value of ours is not filled in by the client."""
    adam = Visitor(desk).must_sign_in("adam", ADAM.password)  # no groups, no principal
    found = arrived(adam.get("/", "Pforte-Groups: crm-admins", "Pforte-Principal: susan@ALPHA.TEST", "pforte_groups: crm-admins"))
    assert found["remote-user"] == ["adam"]
    assert "crm-admins" not in str(found)
    assert "susan" not in str(found)


# Forms.


CROSS = [("Origin: https://evil.example",), ("Origin: null",), ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-site",),
         ("Origin: https://other.localhost", "Sec-Fetch-Site: same-site"), ("Origin: http://app.localhost",)]


@pytest.mark.parametrize("fields", CROSS, ids=" ".join)
def test_another_site_cannot_change_who_is_signed_in(fields, desk):
    visitor = Visitor(desk).must_sign_in("adam", ADAM.password)
    before = visitor.session
    shown = visitor.form() | {"user": "eva", "password": EVA.password}
    visitor.secrets.add(EVA.password)
    assert visitor.post("/.pforte/login", shown, *fields, origin=None).status == 403
    assert visitor.session == before
    assert signed_in_as(visitor.get("/")) == "adam"


def test_an_attackers_own_form_signs_no_victim_in_as_the_attacker(desk):
    """Everything of it is good but the browser: its token belongs to a cookie that the victim's browser has not."""
    attacker, victim = Visitor(desk), Visitor(desk)
    prepared = attacker.form() | {"user": "adam", "password": ADAM.password}
    attacker.secrets.add(ADAM.password)
    for cookies in ({}, {"__Host-pforte-form": Visitor(desk).form() and "A" * 22}):
        victim.cookies = dict(cookies)
        assert victim.post("/.pforte/login", prepared).status == 403
        assert victim.session is None


def test_of_two_form_cookies_none_counts(desk):
    """Were one planted beside the right one, its owner's form must not be taken."""
    attacker, victim = Visitor(desk), Visitor(desk)
    prepared = attacker.form() | {"user": "adam", "password": ADAM.password}
    attacker.secrets.add(ADAM.password)
    victim.form()
    pair = [attacker.cookies["__Host-pforte-form"], victim.cookies["__Host-pforte-form"]]
    for both in (pair, pair[::-1]):
        line = "Cookie: " + "; ".join(f"__Host-pforte-form={value}" for value in both)
        answer = victim.post("/.pforte/login", prepared, line)
        assert answer.status == 403
        assert victim.session is None


def test_a_form_counts_for_the_host_that_made_it(desk):
    visitor = Visitor(desk)
    shown = visitor.form() | {"user": "eva", "password": EVA.password}
    visitor.secrets.add(EVA.password)
    answer = visitor.post("/.pforte/login", shown, f"Origin: https://{APP}.evil.example:{desk.tls_port}", origin=None)
    assert answer.status == 403


# Addresses.


STRANGE_PATHS = ["//evil.example/x", "/\\evil.example/x", "///evil.example", "/.//evil.example", "/%2f%2fevil.example", "/%5cevil.example", "/;//evil.example",
                 "/x/..//evil.example", "https://evil.example/x", "/@evil.example", "/?return=//evil.example", "/#//evil.example"]


def test_the_form_in_a_refusal_leads_nowhere_else(desk, app):
    refused = 0
    for target in STRANGE_PATHS:
        visitor = Visitor(desk)
        answer = visitor.get(target)
        if answer.status != 401:
            assert answer.status in (400, 403, 404, 421), target
            continue
        refused += 1
        back = login_fields(answer.body)["return"]
        assert leads(back, visitor.origin) == f"{APP}:{desk.tls_port}", (target, back)
    assert refused > 1
    assert app.requests == []


def test_signing_out_leads_nowhere_else(desk):
    home = f"{APP}:{desk.tls_port}"
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)

    def led_astray(answer: raw.Answer) -> list[str]:
        page = Form(answer.body)
        links = [given["href"] for tag, given in page.tags if tag in ("a", "link") and given.get("href")]
        links += [fields["return"] for fields in page.fields if "return" in fields] + [answer.get("location") or "/"]
        return [link for link in links if leads(link, visitor.origin) != home]

    for asked in ASTRAY:
        answer = visitor.get(f"/.pforte/logout?return={urllib.parse.quote(asked, safe='')}")
        assert (answer.status, led_astray(answer)) == (200, []), asked
    form = Form(visitor.get("/.pforte/logout").body)
    fields = form.fields[form.index_of("/.pforte/logout")]
    for asked in ASTRAY[:6]:
        answer = visitor.post("/.pforte/logout", fields | {"return": asked})
        assert led_astray(answer) == [], asked


def test_single_sign_on_leads_nowhere_else_for_who_is_in_already(desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    for asked in ASTRAY:
        answer = visitor.get(f"/.pforte/sso?return={urllib.parse.quote(asked, safe='')}")
        assert answer.status == 303
        location = answer.get("location")
        assert leads(location, visitor.origin) == f"{APP}:{desk.tls_port}", (asked, location)
        assert not set("\\\t\r\n ") & set(location)


# Cookies.


def test_a_cookie_that_a_sibling_host_has_set_is_nobody(start_desk, app, authority, susan):
    """It can name one as ours for the whole domain, though browsers refuse the prefix: also one that is good elsewhere."""
    sibling = {"hosts": ["other.localhost"], "certificate": authority.issue("other.localhost").config(), "backend": "app",
               "allow": ["/"], "sign_in": "required"}
    gate = start_desk(app, more_sites=[sibling])
    theirs, mine = Visitor(gate, host="other.localhost").must_sign_in("adam", ADAM.password), Visitor(gate)
    mine.sign_in_with(susan)
    for line in (f"__Host-pforte={theirs.session}", f"__Host-pforte=\"{theirs.session}\"", f"$Version=1; __Host-pforte={theirs.session}; $Domain=localhost"):
        assert Visitor(gate).get("/", f"Cookie: {line}").status == 401
    for both in (f"__Host-pforte={theirs.session}; __Host-pforte={mine.session}", f"__Host-pforte={mine.session}; __Host-pforte={theirs.session}"):
        answer = Visitor(gate).get("/", f"Cookie: {both}")
        assert answer.status == 401 or signed_in_as(answer) == "susan"


def test_signing_in_by_ticket_takes_over_no_session_that_was_planted(desk, susan):
    """Fixation: what the attacker has planted is not what the victim goes on with."""
    attacker, victim = Visitor(desk).must_sign_in("adam", ADAM.password), Visitor(desk)
    victim.cookies.update({"__Host-pforte": "planted", "__Host-pforte-form": attacker.cookies["__Host-pforte-form"]})
    answer = victim.send_ticket(susan.token(SERVICE))
    assert signed_in_as(answer) == "susan"
    assert victim.session not in ("planted", attacker.session)
    assert attacker.whoami()["login"] == "adam"


def test_a_planted_form_cookie_gives_its_planter_no_form_of_the_session_that_follows(desk, susan):
    """Who knows the cookie before knows no token of the forms after signing in, for tokens are sealed."""
    attacker, victim = Visitor(desk), Visitor(desk)
    prepared = attacker.form()
    victim.cookies["__Host-pforte-form"] = attacker.cookies["__Host-pforte-form"]
    victim.sign_in_with(susan)
    answer = victim.ask("POST", "/.pforte/logout", *NAVIGATION, "Content-Type: application/x-www-form-urlencoded", "Origin: https://evil.example",
                        "Sec-Fetch-Site: cross-site", body=urllib.parse.urlencode(prepared).encode())
    assert answer.status == 403
    assert victim.whoami()["login"] == "susan"
