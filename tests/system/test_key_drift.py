"""Tickets with key versions that the keytab lacks: told once, shown until it holds them, and bounded if it is an attack."""

import json
import os
import random

import tickets
from agents import both_keytabs
from gate import until
from test_explain import with_key_version
from visitor import SERVICE, Visitor, signed_in_as


def drift_of(gate, service: str) -> list[dict]:
    keys = json.loads(gate.run("status", "--json").stdout)["keys"]
    return next(key["drift"] for key in keys if key["principal"] == service)


def test_a_changed_password_is_told_once_and_shown_until_the_keytab_is_made_again(start_desk, app, realms, tmp_path):
    service = realms.add("HTTP/drift.localhost")
    file = realms.keytab(tmp_path / "drift.keytab", service)
    gate = start_desk(app, keytabs={service: file})
    with tickets.Client(realms.environment(realms.kinit("susan"))) as early:
        assert signed_in_as(Visitor(gate).sign_in_with(early, service=service)) == "susan"
        assert drift_of(gate, service) == []
        realms.change_key(service)
        with tickets.Client(realms.environment(realms.kinit("susan"))) as late:
            for _ in range(4):
                assert Visitor(gate).send_ticket(late.token(service)).status == 401
            event, = gate.events("kerberos.key-drift")
            assert (event["service"], event["key_version"], event["keytab_versions"], event["clients"]) == (service, "2", "1", "1")
            assert "level=warning event=kerberos.key-drift" in gate.said()
            assert "unproven" in event["reason"]
            assert f"kadmin -q 'ktadd -k {file} {service}'" in gate.said()
            assert f"ktpass /princ {service} /mapuser" in event["remedy"]
            shown, = drift_of(gate, service)
            assert (shown["key_version"], shown["age"], shown["tickets"], shown["contradicted"]) == (2, "newer", 4, None)
            text = gate.run("status").stdout
            assert "ATTENTION: tickets come with the newer key version 2" in text
            assert "unproven" in text and f"ktadd -k {file} {service}" in text
            assert "ACHTUNG: es kommen Tickets mit der neueren Schlüsselversion 2" in gate.run("status", "--lang", "de").stdout
            assert gate.metric("pforte_kerberos_unknown_key_version_tickets_total", age="newer") == 4
            assert gate.metric("pforte_kerberos_key_drifts") == 1
            assert gate.reload().returncode == 0
            assert len(drift_of(gate, service)) == 1  # a reload makes no keytab
            fresh = realms.keytab(tmp_path / "fresh.keytab", service)  # without the old key, as ktpass makes it
            os.replace(fresh, file)
            until(lambda: drift_of(gate, service) == [], "the keytab holds it", 5)
            assert signed_in_as(Visitor(gate).sign_in_with(late, service=service)) == "susan"
            assert gate.metric("pforte_kerberos_key_drifts") == 0
        # And now those who had a ticket before.
        assert Visitor(gate).send_ticket(early.token(service)).status == 401
    assert [one["key_version"] for one in gate.events("kerberos.key-drift")] == ["2", "1"]
    assert "level=info event=kerberos.key-drift" in gate.said()
    old, = drift_of(gate, service)
    assert (old["key_version"], old["age"]) == (1, "older")
    assert old["remedy"]["en"].startswith("nothing")
    assert gate.metric("pforte_kerberos_key_drifts") == 0  # it is normal


def test_tokens_with_random_key_versions_make_few_lines_and_hide_no_true_one(start_desk, app, realms, susan):
    gate = start_desk(app, keytabs=both_keytabs(realms))
    token = susan.token(SERVICE)
    visitor = Visitor(gate)
    versions = random.Random(7)
    for _ in range(600):
        assert visitor.send_ticket(with_key_version(token, versions.randrange(2, 128))).status == 401
    assert len(gate.events("kerberos.key-drift")) <= 18
    assert len(drift_of(gate, SERVICE)) <= 18
    told = {event["key_version"] for event in gate.events("kerberos.key-drift")}
    assert {"2", "3", "9"} <= told  # those that a password change makes have places of their own
    assert all("unproven" in event["reason"] for event in gate.events("kerberos.key-drift"))
    assert gate.metric("pforte_kerberos_unknown_key_version_tickets_total", age="newer") == 600
    # They sign nobody in, and keep nobody out.
    assert signed_in_as(Visitor(gate).sign_in_with(susan)) == "susan"


def test_a_ticket_that_the_kdc_makes_afterwards_shows_that_a_claim_was_false(start_desk, app, realms, susan):
    gate = start_desk(app, keytabs=both_keytabs(realms))
    Visitor(gate).send_ticket(with_key_version(susan.token(SERVICE), 2))
    assert gate.metric("pforte_kerberos_key_drifts") == 1

    def contradicted() -> bool:
        with tickets.Client(realms.environment(realms.kinit("susan"))) as later:
            Visitor(gate).sign_in_with(later)
        return drift_of(gate, SERVICE)[0]["contradicted"] is not None

    until(contradicted, "a ticket was made in a later second", 5)
    assert "it looks false" in gate.run("status").stdout
    assert "sieht falsch aus" in gate.run("status", "--lang", "de").stdout
    assert gate.metric("pforte_kerberos_key_drifts") == 0
