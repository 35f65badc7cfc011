"""Tickets that have come through realms between the agent's and the gate's."""

import pytest
import tickets
from agents import both_keytabs
from kdc import ALPHA
from third_realm import GAMMA, GAMMA_SERVICE, WAY_THROUGH_BETA, ThirdRealm
from visitor import MACHINE, Visitor, has_login_form, signed_in_as


@pytest.fixture(scope="module")
def third(realms, tmp_path_factory):
    one = ThirdRealm(realms, tmp_path_factory.mktemp("third"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def traveller(third):
    """susan@ALPHA.TEST with a ticket that BETA.TEST has had in its hands."""
    with tickets.Client(third.tickets_of("susan")) as client:
        yield client


def gate_with(start_desk, app, third, realms, config, **changes):
    return start_desk(app, keytabs=both_keytabs(realms) | {GAMMA_SERVICE: third.keytab}, kerberos={"config": str(config)}, **changes)


def test_a_ticket_that_came_through_a_realm_that_nobody_trusts_is_refused_and_says_so(start_desk, app, third, realms, traveller):
    gate = gate_with(start_desk, app, third, realms, third.config)
    visitor = Visitor(gate)
    answer = visitor.send_ticket(traveller.token(GAMMA_SERVICE))
    assert answer.status == 401
    assert has_login_form(answer)
    assert visitor.session is None
    told = gate.events("sign-in.failed")
    assert [event["code"] for event in told] == ["kerberos.untrusted-path"]
    assert f"susan@{ALPHA}" in gate.said()
    assert app.requests == []


def test_a_program_gets_no_page_for_it(start_desk, app, third, realms, traveller):
    gate = gate_with(start_desk, app, third, realms, third.config)
    answer = Visitor(gate).send_ticket(traveller.token(GAMMA_SERVICE), "/", *MACHINE)
    assert (answer.status, answer.get("content-type")) == (401, "application/problem+json")
    assert "untrusted-path" in answer.body.decode()


def test_where_the_way_is_entered_the_same_ticket_signs_in(start_desk, app, third, realms, traveller, tmp_path):
    (tmp_path / "krb5.conf").write_text(third.config.read_text() + WAY_THROUGH_BETA)
    gate = gate_with(start_desk, app, third, realms, tmp_path / "krb5.conf")
    assert signed_in_as(Visitor(gate).send_ticket(traveller.token(GAMMA_SERVICE))) == "susan"


def test_a_way_that_is_entered_for_another_realm_opens_none(start_desk, app, third, realms, traveller, tmp_path):
    """Neither the other direction, nor another end, nor another realm in between."""
    ways = [WAY_THROUGH_BETA.replace(ALPHA, "X").replace(GAMMA, ALPHA).replace("X", GAMMA), WAY_THROUGH_BETA.replace(GAMMA, "DELTA.TEST"),
            WAY_THROUGH_BETA.replace("BETA.TEST", "DELTA.TEST"), WAY_THROUGH_BETA.replace("BETA.TEST", ".")]
    for number, way in enumerate(ways):
        file = tmp_path / f"krb5-{number}.conf"
        file.write_text(third.config.read_text() + way)
        gate = gate_with(start_desk, app, third, realms, file)
        visitor = Visitor(gate)
        assert visitor.send_ticket(traveller.token(GAMMA_SERVICE)).status == 401, way
        assert visitor.session is None
        assert gate.events("sign-in.failed")[-1]["code"] == "kerberos.untrusted-path"


def test_the_way_is_judged_before_the_agent(start_desk, app, third, realms, traveller):
    """A name that could be anybody's is not looked up where its realm's word does not count."""
    gate = gate_with(start_desk, app, third, realms, third.config,
                     **{"sign_in.map": [{"pattern": "(.+)@.+", "login": "\\1"}], "sign_in": {"unknown_agents": "created"}})
    visitor = Visitor(gate)
    assert visitor.send_ticket(traveller.token(GAMMA_SERVICE)).status == 401
    assert gate.events("agent.created") == []
    assert GAMMA in gate.said() or "untrusted-path" in gate.said()
