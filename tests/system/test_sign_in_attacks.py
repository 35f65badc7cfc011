"""What an attacker tried once and got through with: each stays shut."""

import base64

import pytest
import raw
import tickets
from backends import text
from visitor import APP, NAVIGATION, SERVICE, Visitor, arrived, offers_negotiate, signed_in_as


@pytest.mark.parametrize("name", ["SM_USER", "sm-user", "Sm_User", "sm.user", "SM!USER"])
def test_a_configured_name_cannot_be_forged_in_any_spelling(name, start_desk, app, susan):
    gate = start_desk(app, site={"sign_in": "optional"}, backend={"identity": {"login": "SM_USER"}})
    assert "root" not in str(arrived(Visitor(gate).get("/", f"{name}: root")))
    visitor = Visitor(gate)
    visitor.send_ticket(susan.token(SERVICE), "/")
    found = arrived(visitor.get("/", f"{name}: root"))
    assert found["sm_user"] == ["susan"]
    assert "root" not in str(found)


@pytest.mark.parametrize("name", ["Remote.User", "Remote!User", "Pforte.Groups", "Pforte~Method"])
def test_names_that_cgi_takes_for_ours_do_not_pass(name, desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    assert "root" not in str(arrived(visitor.get("/", f"{name}: root")))


def test_a_rule_for_machines_does_not_take_a_session(start_desk, app, susan):
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    visitor = Visitor(gate)
    assert signed_in_as(visitor.sign_in_with(susan)) == "susan"
    assert visitor.get("/rest/x").status == 401
    assert visitor.get("/rest/x", "Authorization: Bearer wrong").status == 401
    assert signed_in_as(visitor.get("/")) == "susan"


@pytest.mark.parametrize("fields", [("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-site",), ("Origin: https://evil.example",),
                                    ("Origin: null",)])
def test_a_form_of_another_site_is_not_signed_in_by_a_ticket(fields, desk, susan, app):
    """A browser sends no SameSite cookie with it, but answers Negotiate by itself."""
    asked = desk.ask(raw.request("POST", "/", *NAVIGATION, *fields, "Content-Length: 0", host=APP))
    assert asked.status == 401
    assert not offers_negotiate(asked)
    token = tickets.negotiate(susan.token(SERVICE))
    assert desk.ask(raw.request("POST", "/", *NAVIGATION, *fields, token, "Content-Length: 0", host=APP)).status == 401
    assert not app.requests


def test_an_answer_with_a_cookie_is_for_no_cache_that_others_share(start_desk, start_backend, susan):
    for declared, told in (("public, s-maxage=600", "private, no-cache"), ("No-Store, max-age=0", "private, no-store")):
        gate = start_desk(start_backend(text(b"x", f"Cache-Control: {declared}")))
        answer = Visitor(gate).send_ticket(susan.token(SERVICE), "/")
        assert answer.get("set-cookie")
        assert answer.head.all("cache-control") == [told]


def test_what_everybody_may_see_carries_nobodys_cookie(start_desk, app, susan):
    gate = start_desk(app, sign_in={"session_idle": "2s"}, site={"rule": [{"path": "/static", "sign_in": "none"}]})
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    for _ in range(5):
        assert visitor.get("/static/a.css").get("set-cookie") is None


def test_the_password_for_the_application_cannot_be_guessed_through_the_gate(start_desk, app, tmp_path, susan):
    (tmp_path / "basic").write_text("secret\n")
    gate = start_desk(app, site={"sign_in": "optional"}, backend={"identity": {"basic_password_file": str(tmp_path / "basic")}})
    guess = base64.b64encode(b"admin:secret").decode()
    assert "authorization" not in arrived(Visitor(gate).get("/", f"Authorization: Basic {guess}"))
    visitor = Visitor(gate)
    visitor.send_ticket(susan.token(SERVICE), "/")
    assert arrived(visitor.get("/", f"Authorization: Basic {guess}"))["authorization"] == \
        ["Basic " + base64.b64encode(b"susan:secret").decode()]
