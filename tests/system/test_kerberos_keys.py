"""Keytabs that are missing, wrong or replaced; weak encryption; clocks that differ; tickets that come twice."""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import tickets
from agents import both_keytabs
from gate import is_sanitized, until
from kdc import ALPHA, BETA
from visitor import SERVICE, Visitor, has_login_form, signed_in_as

ALPHA_SERVICE = f"HTTP/app.localhost@{ALPHA}"
BETA_SERVICE = f"HTTP/app.beta.test@{BETA}"


def not_signed_in(gate, token: bytes) -> str:
    """Sends a ticket that must not sign in; what the gate then said on standard error."""
    before = len(gate.said())
    visitor = Visitor(gate)
    answer = visitor.send_ticket(token)
    assert answer.status == 401, (answer.status, answer.body[:500])
    assert has_login_form(answer)
    assert visitor.session is None
    return gate.said()[before:]


# Keytabs.


def bad_keytab(kind: str, realms, folder):
    file = folder / "bad.keytab"
    if kind == "of somebody else":
        return realms.keytab(file, f"HTTP/other.localhost@{ALPHA}")
    if kind == "garbage":
        file.write_bytes(b"this is no keytab" * 10)
    if kind == "empty":
        file.write_bytes(b"")
    if kind == "cut":
        file.write_bytes((realms.folder / f"{BETA}.keytab").read_bytes()[:40])
    if kind == "a folder":
        file.mkdir()
    return file


@pytest.mark.parametrize("kind", ["missing", "of somebody else", "garbage", "empty", "cut", "a folder"])
def test_a_bad_keytab_disables_only_its_own_principal(kind, start_desk, app, realms, client_of, tmp_path):
    file = bad_keytab(kind, realms, tmp_path)
    gate = start_desk(app, keytabs=both_keytabs(realms) | {BETA_SERVICE: file})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"
    not_signed_in(gate, client_of(f"uli@{BETA}").token(BETA_SERVICE))
    assert str(file) in gate.said()
    assert BETA_SERVICE in gate.said()
    checked = gate.run("check")
    assert BETA_SERVICE in checked.stdout + checked.stderr


def test_a_keytab_with_a_wrong_key_is_told_apart(start_desk, app, realms, client_of, tmp_path):
    """The right principal and version, but another key: as after a mistyped password."""
    service = realms.add("HTTP/wrong.localhost")
    bad = tmp_path / "bad.keytab"
    lines = f"addent -password -p {service} -k 1 -e aes256-cts-hmac-sha1-96\nmistyped\nwkt {bad}\nquit\n"
    subprocess.run(["ktutil"], input=lines, text=True, env=realms.environment(), check=True, capture_output=True)
    gate = start_desk(app, keytabs=both_keytabs(realms) | {service: bad})
    said = not_signed_in(gate, client_of(f"susan@{ALPHA}").token(service))
    assert service in said
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"


def test_a_keytab_replaced_while_running_is_used_and_the_old_key_with_it(start_desk, app, realms, tmp_path):
    service = realms.add("HTTP/fresh.localhost")
    file = realms.keytab(tmp_path / "fresh.keytab", service)
    gate = start_desk(app, keytabs={service: file})
    with tickets.Client(realms.environment(realms.kinit("susan"))) as early:
        assert signed_in_as(Visitor(gate).sign_in_with(early, service=service)) == "susan"
        realms.change_key(service)
        with tickets.Client(realms.environment(realms.kinit("susan"))) as late:
            assert "2" in not_signed_in(gate, late.token(service))  # the key version that is missing
            merged = tmp_path / "merged.keytab"
            merged.write_bytes(file.read_bytes())
            realms.keytab(merged, service)
            os.replace(merged, file)
            until(lambda: Visitor(gate).send_ticket(late.token(service)).status == 200, "the new key is used", 5)
            assert signed_in_as(Visitor(gate).sign_in_with(early, service=service)) == "susan"


def test_a_keytab_that_comes_later_is_picked_up(start_desk, app, realms, client_of, tmp_path):
    file = tmp_path / "later.keytab"
    gate = start_desk(app, keytabs=both_keytabs(realms) | {BETA_SERVICE: file})
    uli = client_of(f"uli@{BETA}")
    not_signed_in(gate, uli.token(BETA_SERVICE))
    realms.keytab(tmp_path / "new.keytab", BETA_SERVICE)
    os.replace(tmp_path / "new.keytab", file)
    until(lambda: Visitor(gate).send_ticket(uli.token(BETA_SERVICE)).status == 200, "the keytab is used", 5)


def test_many_foreign_keys_open_nothing(start_desk, app, realms, client_of):
    """A keytab with several principals accepts only the one it is configured for."""
    gate = start_desk(app, keytabs={ALPHA_SERVICE: realms.folder / f"{ALPHA}.keytab"})
    susan = client_of(f"susan@{ALPHA}")
    not_signed_in(gate, susan.token(f"HTTP/other.localhost@{ALPHA}"))
    assert signed_in_as(Visitor(gate).sign_in_with(susan)) == "susan"


# Weak encryption.


@pytest.fixture(scope="module")
def weak_service(realms, tmp_path_factory):
    service = realms.add("HTTP/rc4.localhost", encryption="arcfour-hmac")
    return service, realms.keytab(tmp_path_factory.mktemp("rc4") / "rc4.keytab", service)


def test_a_ticket_sealed_with_rc4_is_refused(start_desk, app, realms, client_of, weak_service):
    service, file = weak_service
    gate = start_desk(app, keytabs=both_keytabs(realms) | {service: file})
    said = not_signed_in(gate, client_of(f"susan@{ALPHA}").token(service))
    assert "rc4" in said.lower() or "arcfour" in said.lower()
    assert service in said


def test_rc4_is_accepted_where_it_is_allowed_by_name_and_then_counted(start_desk, app, realms, client_of, weak_service):
    service, file = weak_service
    gate = start_desk(app, keytabs=both_keytabs(realms) | {service: file}, kerberos={"allow_rc4": [service]})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"), service=service)) == "susan"
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"  # by AES, not counted
    keys = json.loads(gate.run("status", "--json").stdout)["keys"]
    counted = {key["principal"]: key["rc4_tickets"] for key in keys}
    assert counted == {service: 1, ALPHA_SERVICE: 0, BETA_SERVICE: 0}


def test_rc4_allowed_for_one_service_is_not_allowed_for_another(start_desk, app, realms, client_of, weak_service):
    service, file = weak_service
    gate = start_desk(app, keytabs=both_keytabs(realms) | {service: file}, kerberos={"allow_rc4": [ALPHA_SERVICE]})
    not_signed_in(gate, client_of(f"susan@{ALPHA}").token(service))


# Clocks.


def early_in_a_second() -> None:
    """Kerberos counts whole seconds: what follows is to happen within the one that begins now."""
    time.sleep(1 - time.time() % 1 + 0.05 if time.time() % 1 > 0.4 else 0)


def a_ticket_now(client: tickets.Client) -> bytes:
    client.token(SERVICE)  # the first one is slow
    early_in_a_second()
    return client.token(SERVICE)


@pytest.mark.parametrize("ahead", [299, -299])
def test_the_clocks_may_differ_by_five_minutes(ahead, desk, client_of):
    assert signed_in_as(Visitor(desk).send_ticket(a_ticket_now(client_of(f"susan@{ALPHA}", ahead)))) == "susan"


@pytest.mark.parametrize("ahead", [301, 3600])
def test_a_client_that_is_further_ahead_is_refused(ahead, desk, client_of):
    said = not_signed_in(desk, a_ticket_now(client_of(f"susan@{ALPHA}", ahead)))
    assert "clock" in said.lower() or "skew" in said.lower()


@pytest.mark.skipif(is_sanitized(), reason="a sanitizer must be the first library, and so must the false clock")
@pytest.mark.parametrize(("ahead", "good"), [(299, True), (301, False), (3600, False)])
def test_a_client_that_is_further_behind_is_refused(ahead, good, start_desk, app, susan):
    """The gate's clock is ahead instead: no client makes a ticket from before its own beginning."""
    gate = start_desk(app, prefix=("env", *tickets.false_clock(ahead)))
    token = a_ticket_now(susan)
    if good:
        assert signed_in_as(Visitor(gate).send_ticket(token)) == "susan"
    else:
        said = not_signed_in(gate, token)
        assert "clock" in said.lower() or "skew" in said.lower()


def test_the_clocks_may_differ_by_as_much_as_is_configured(start_desk, app, client_of):
    gate = start_desk(app, kerberos={"clock_skew": "60s"})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}", 50))) == "susan"
    not_signed_in(gate, client_of(f"susan@{ALPHA}", 70).token(SERVICE))


@pytest.mark.skipif(is_sanitized(), reason="a sanitizer must be the first library, and so must the false clock")
def test_an_expired_ticket_is_refused_and_named(start_desk, app, realms):
    """Of ten minutes; the gate's clock is an hour ahead, far beyond the skew."""
    gate = start_desk(app, prefix=("env", *tickets.false_clock(3600)))
    cache = realms.fetch(realms.kinit("susan", None, "-l", "10m"), SERVICE)
    with tickets.Client(realms.environment(cache)) as client:
        said = not_signed_in(gate, client.token(SERVICE))
    assert "kerberos.expired" in said
    assert f"susan@{ALPHA} expired 50 min" in said or f"susan@{ALPHA} expired 49 min" in said


# The same ticket twice.


def replayed(gate, token: bytes) -> None:
    assert "replay" in not_signed_in(gate, token).lower()


def test_a_ticket_counts_once_on_the_same_connection_and_on_others(desk, susan):
    token = susan.token(SERVICE)
    visitor = Visitor(desk)
    assert visitor.send_ticket(token).status == 200
    visitor.cookies.clear()
    assert visitor.send_ticket(token).status == 401
    for _ in range(6):  # on all threads
        replayed(desk, token)


def test_of_many_who_send_it_at_once_one_signs_in(start_desk, app, susan):

    gate = start_desk(app, workers=4)
    for _ in range(5):
        token = susan.token(SERVICE)
        with ThreadPoolExecutor(12) as crowd:
            statuses = list(crowd.map(lambda _: Visitor(gate).send_ticket(token).status, range(12)))
        assert sorted(statuses) == [200] + [401] * 11


@pytest.mark.parametrize("kill", [False, True], ids=["after a clean end", "after a sudden end"])
def test_a_ticket_counts_once_across_a_restart(kill, start_desk, app, susan):
    gate = start_desk(app)
    seen = [susan.token(SERVICE) for _ in range(3)]
    for token in seen:
        assert Visitor(gate).send_ticket(token).status == 200
    fresh = susan.token(SERVICE)
    again = start_desk.restart(gate, kill)
    for token in seen:
        replayed(again, token)
    assert Visitor(again).send_ticket(fresh).status == 200


def test_a_ticket_counts_once_across_a_reload(desk, susan):
    token = susan.token(SERVICE)
    assert Visitor(desk).send_ticket(token).status == 200
    assert desk.reload().returncode == 0
    replayed(desk, token)


def test_a_ticket_in_another_wrapping_is_the_same_ticket(desk, susan):
    bare = susan.token(SERVICE, raw=True)
    assert Visitor(desk).send_ticket(bare).status == 200
    replayed(desk, bare)
    replayed(desk, tickets.first_offer(tickets.KRB5, token=bare))
    replayed(desk, tickets.first_offer(tickets.KRB5, tickets.NTLM, token=bare))


def test_fresh_tickets_are_never_taken_for_old_ones(desk, susan, client_of):
    for client in (susan, client_of(f"peter@{ALPHA}")):
        for _ in range(30):
            assert Visitor(desk, machine=True).send_ticket(client.token(SERVICE)).status == 200


# The files of the products that were there before.


def test_the_products_own_files_suffice(start_desk, app, realms, client_of, tmp_path):
    """cm6-kerberos.properties, with escapes, comments, and a line that goes on; and a node's overlay."""
    alpha, beta = both_keytabs(realms).values()
    escaped = str(alpha).replace(".keytab", "\\u002ekeytab")
    (tmp_path / "krb5.ini").write_text(realms.config.read_text().replace("\n", "\r\n"))
    (tmp_path / "cm6-kerberos.properties").write_text(
        f"# our realms\n! another remark\nkerberos.config.location = {tmp_path}/krb5.ini\r\n\n"
        f"{ALPHA_SERVICE}={escaped[:20]}\\\n      {escaped[20:]}\n{BETA_SERVICE.replace('@', chr(92) + '@')} : {tmp_path}/nowhere.keytab\n")
    (tmp_path / "node1.properties").write_text(f"{BETA_SERVICE}={beta}\n")
    gate = start_desk(app, kerberos={"config": None, "properties": str(tmp_path / "cm6-kerberos.properties"),
                                     "overlay": str(tmp_path / "node1.properties")}, **{"kerberos.keytabs": None})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"uli@{BETA}"), service=BETA_SERVICE)) == "uli"
