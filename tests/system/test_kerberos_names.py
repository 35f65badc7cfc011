"""Principals that look like somebody else's, where agents are created as they come and rules take every name."""

import json

import pytest
import tickets
from agents import SUSAN
from kdc import ALPHA, BETA
from visitor import SERVICE, Visitor, signed_in_as

EVERY_NAME = {"kerberos": {"login_fallback_realms": [ALPHA, BETA]}, "sign_in": {"unknown_agents": "created"},
              "sign_in.map": [{"pattern": "(.+)@.+", "login": "\\1"}]}


@pytest.fixture
def lenient(start_desk, app):
    """As few conditions as a configuration can have."""
    return start_desk(app, **EVERY_NAME)


def logins(gate) -> set[str]:
    told = json.loads(gate.run("agent", "list", "--json").stdout)
    return {agent["login"] for agent in (told if isinstance(told, list) else told["agents"])}


def comes(gate, realms, name: str) -> tuple[Visitor, int]:
    """Whoever has that principal, as a KDC gives tickets for it."""
    realms.add(name, "Pw-made-1")
    with tickets.Client(realms.environment(realms.kinit(name, "Pw-made-1"))) as client:
        visitor = Visitor(gate)
        return visitor, visitor.send_ticket(client.token(SERVICE)).status


@pytest.mark.parametrize("name", [f"pc01$@{BETA}", f"susan$@{BETA}", f"$@{ALPHA}", f"eva$@{ALPHA}"])
def test_a_computer_is_no_person_and_becomes_none(name, lenient, realms):
    before = logins(lenient)
    visitor, status = comes(lenient, realms, name)
    assert status == 403
    assert visitor.session is None
    assert lenient.events("sign-in.failed")[-1]["code"] == "sign-in.machine"
    assert logins(lenient) == before


@pytest.mark.parametrize("name", [f"adam/admin@{BETA}", f"adam\\@{ALPHA}@{BETA}", f"adam\\ @{BETA}"])
def test_a_name_of_several_parts_or_with_something_to_escape_is_nobody(name, lenient, realms, app):
    before = logins(lenient)
    visitor, status = comes(lenient, realms, name)
    assert status == 403
    assert visitor.session is None
    assert logins(lenient) == before
    assert app.requests == []


@pytest.mark.parametrize("name", ["ADAM", "Adam", "aDam"])
def test_a_name_in_another_case_is_neither_the_agent_nor_a_second_one_of_that_login(name, lenient, realms):
    """To a KDC they are two people; to the application one login would be one agent."""
    before = logins(lenient)
    visitor, status = comes(lenient, realms, f"{name}@{BETA}")
    assert status == 403
    assert visitor.session is None
    assert logins(lenient) == before


def test_who_has_a_principal_is_not_found_by_login_even_where_every_name_is_taken(start_desk, app, client_of):
    gate = start_desk(app, **{key: value for key, value in EVERY_NAME.items() if key != "sign_in.map"})
    visitor = Visitor(gate)
    assert visitor.send_ticket(client_of(f"susan@{BETA}").token(SERVICE)).status == 403
    assert visitor.session is None
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"


NOT_SUSAN = ["SUSAN@ALPHA.TEST", "Susan@ALPHA.TEST", "susan@alpha.test", "susan@Alpha.Test", "susan@ALPHA.TEST.", "susan@ALPHA.TES", "susan@BETA.TEST",
             "susan$@ALPHA.TEST", "susan/admin@ALPHA.TEST", "susan/@ALPHA.TEST", "/susan@ALPHA.TEST", "susan\\@ALPHA.TEST@BETA.TEST",
             "susan\\ @ALPHA.TEST", "susan\\t@ALPHA.TEST", "ſusan@ALPHA.TEST", "susan\u200b@ALPHA.TEST", "sus\u0430n@ALPHA.TEST"]


def test_the_same_is_told_by_the_command_that_tests_rules(desk):
    done = desk.run("agent", "map", SUSAN.principal, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["login"] == "susan"
    for name in NOT_SUSAN:
        done = desk.run("agent", "map", name, "--json")
        assert done.returncode in (1, 2), (name, done.stdout)
        if done.returncode == 1:
            assert json.loads(done.stdout)["login"] is None, name
        else:  # no principal at all
            assert done.stdout == "", name
