"""Health checks: what a server has to do to get requests, and what is told of one that does not."""

import datetime
import json
import os
import time

import pytest
from backends import Speaker, after, by_path, echo, exact, hang, nothing, reset_at_once, text, tls_server
from gate import until
from raw import request
from test_inventory import ending

QUICK = {"every": "100ms", "timeout": "300ms"}


def up(pforte, server) -> bool:
    return pforte.metric("pforte_backend_server_up", server=server.url) == 1


def checked(pforte, server, outcome: str) -> float:
    return pforte.metric("pforte_backend_checks_total", server=server.url, outcome=outcome)


def status_of(pforte, server) -> dict:
    status = json.loads(pforte.run("status", "--json").stdout)
    return next(one for backend in status["backends"] for one in backend["servers"] if one["url"] == server.url)


def failed_check(pforte, server) -> dict:
    """What the status says of the last check, once one has failed."""
    return until(lambda: (check := status_of(pforte, server)["check"]) and not check["passed"] and check,
                 f"a check of {server.url} fails")


def asked(server) -> int:
    return server.targets.count("/health")


# By HTTP.


@pytest.mark.parametrize("answers", [echo, reset_at_once])
def test_a_server_that_speaks_no_h2c_is_told_so(answers, start_gate, start_backend):
    server = start_backend(answers)
    pforte = start_gate(server, workers=1, backend={"protocol": "h2c", "health": {"path": "/health"} | QUICK})
    assert failed_check(pforte, server)["code"] == "backend.no-http2"
    german = pforte.run("status", "--lang", "de").stdout
    assert "spricht kein HTTP/2" in german or "trennt die Verbindung, wo HTTP/2 beginnt" in german


def test_so_many_failed_checks_in_a_row_take_a_server_out_and_passed_ones_in_again(start_gate, start_backend):
    verdicts = []  # of the checks to come; the last one stays

    def health(exchange):
        status = verdicts.pop(0) if len(verdicts) > 1 else verdicts[0]
        text(b"", status=status)(exchange)

    verdicts[:] = [200]
    server = start_backend(by_path({"/health": health}))
    pforte = start_gate(server, backend={"health": {"path": "/health", "rise": 2, "fall": 3} | QUICK})
    until(lambda: checked(pforte, server, "passed") > 1, "it is asked")
    # Two failures are not three in a row.
    verdicts[:] = [503, 503, 200, 503, 503, 200]
    until(lambda: len(verdicts) == 1, "all of it was said")
    time.sleep(0.2)
    assert up(pforte, server)
    assert pforte.events("backend.down") == []
    before = asked(server)
    verdicts[:] = [503]
    until(lambda: not up(pforte, server), "it is out")
    assert asked(server) - before >= 3
    assert pforte.get().status == 503
    before = asked(server)
    verdicts[:] = [200, 503, 200]
    until(lambda: up(pforte, server), "it is in again")
    assert asked(server) - before >= 4  # one passed check between failed ones did not do
    assert pforte.metric("pforte_backend_health_changes_total", server=server.url) == 2
    assert len(pforte.events("backend.down")) == len(pforte.events("backend.up")) == 1
    assert pforte.events("backend.down")[0]["code"] == "backend.unhealthy"


def test_the_first_check_decides_alone(start_gate, start_backend):
    dead = start_backend(text(b"", status=503))
    pforte = start_gate(dead, backend={"health": {"path": "/health", "every": "1h", "fall": 100}})
    until(lambda: not up(pforte, dead), "one check did", 3)
    assert asked(dead) == 1


def test_the_answer_must_contain_the_text_that_is_wanted(start_gate, start_backend):
    said = [b"status: UP"]
    server = start_backend(by_path({"/health": lambda exchange: text(said[0])(exchange)}))
    late = start_backend(by_path({"/health": text(b"x" * (70 << 10) + b"UP")}))
    pforte = start_gate(server, late, backend={"health": {"path": "/health", "body": "UP", "rise": 1} | QUICK})
    until(lambda: checked(pforte, server, "passed"), "the text is found")
    said[0] = b"status: DOWN"
    check = failed_check(pforte, server)
    assert check["code"] == "backend.unhealthy" and "UP" in check["reason"]
    # What stands behind 64 KiB is not looked at.
    assert not failed_check(pforte, late)["passed"]
    said[0] = b"it is U" + b"P again"
    until(lambda: up(pforte, server), "it is well again")


@pytest.mark.parametrize(("script", "code"), [
    (hang, "backend.check-timeout"), (after(0.6), "backend.check-timeout"),
    (exact(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", nothing), "backend.check-timeout"),
    (exact(b""), "backend.closed"), (text(b"", status=500), "backend.unhealthy")])
def test_a_server_that_hangs_is_slow_or_breaks_off_is_left_out_until_it_is_well(script, code, start_gate, start_backend):
    sick, well = start_backend(), start_backend()
    pforte = start_gate(sick, well, backend={"balance": "round-robin", "health": {"path": "/health"} | QUICK})
    until(lambda: checked(pforte, sick, "passed"), "it is well at first")
    sick.script = by_path({"/health": script})
    assert failed_check(pforte, sick)["code"] == code
    until(lambda: not up(pforte, sick), "it is out")
    assert {pforte.get().json()["port"] for _ in range(6)} == {well.port}
    sick.script = echo
    until(lambda: up(pforte, sick), "it is in again")
    assert {pforte.get().json()["port"] for _ in range(6)} == {sick.port, well.port}


def test_a_server_that_dies_is_out_and_in_again_when_it_comes_back(start_gate, start_backend):
    mortal, well = start_backend(), start_backend()
    pforte = start_gate(mortal, well, backend={"balance": "round-robin", "health": {"path": "/health"} | QUICK})
    until(lambda: checked(pforte, mortal, "passed"), "it lives")
    mortal.close()
    assert failed_check(pforte, mortal)["code"] == "backend.connect"
    until(lambda: not up(pforte, mortal), "it is out")
    assert {pforte.get().status for _ in range(6)} == {200}
    back = start_backend(port=mortal.port)
    until(lambda: up(pforte, back), "it is back")


def test_many_servers_are_not_asked_in_step(start_gate, start_backend):
    times = {}

    def note(exchange):
        times.setdefault(exchange.backend.port, []).append(time.monotonic())
        echo(exchange)

    servers = [start_backend(by_path({"/health": note})) for _ in range(8)]
    pforte = start_gate(*servers, backend={"health": {"path": "/health", "every": "1s"}})
    until(lambda: len(times) == 8, "all were asked", 5)
    firsts = [asked[0] for asked in times.values()]
    assert max(firsts) - min(firsts) > 0.1
    assert all(up(pforte, server) for server in servers)


def test_a_server_is_well_again_when_its_check_is_taken_out_of_the_configuration(start_gate, start_backend):
    server = start_backend(by_path({"/health": text(b"", status=503)}))
    pforte = start_gate(server, backend={"health": {"path": "/health"} | QUICK})
    until(lambda: not up(pforte, server), "it is out")
    assert pforte.get().status == 503
    del pforte.config["backend"][0]["health"]
    pforte.write()
    assert pforte.reload().returncode == 0
    assert pforte.get().status == 200
    assert status_of(pforte, server)["check"] is None


def test_a_server_that_was_found_down_stays_so_over_a_reload(start_gate, start_backend):
    server = start_backend(by_path({"/health": text(b"", status=503)}))
    pforte = start_gate(server, backend={"health": {"path": "/health"} | QUICK})
    until(lambda: not up(pforte, server), "it is out")
    assert pforte.reload().returncode == 0
    assert not up(pforte, server)
    assert len(pforte.events("backend.down")) == 1


# By TCP.


def test_a_check_by_tcp_asks_for_a_connection_and_sends_nothing(start_gate, start_backend):
    server = start_backend(hang)
    pforte = start_gate(server, backend={"health": {"kind": "tcp"} | QUICK})
    until(lambda: checked(pforte, server, "passed") > 1, "it is asked")
    assert up(pforte, server)
    assert server.requests == [] and not any(reader.first_bytes for reader in server.wire)
    server.close()
    assert failed_check(pforte, server)["code"] == "backend.connect"
    until(lambda: not up(pforte, server), "it is out")
    back = start_backend(port=server.port)
    until(lambda: up(pforte, back), "it is back")


# By TLS.


def sealed(start_gate, authority, *servers, **backend):
    return start_gate(*servers, backend={"trust": str(authority.certificate), "health": {"kind": "tls"} | QUICK} | backend)


def test_a_check_by_tls_tells_until_when_the_certificate_holds(start_gate, start_backend, authority, tmp_path):
    soon = ending(authority, "backend.internal", datetime.timedelta(days=5), tmp_path)
    server = start_backend(hang, tls=tls_server(soon))
    pforte = sealed(start_gate, authority, server, server_name="backend.internal")
    until(lambda: checked(pforte, server, "passed"), "it is asked")
    told = status_of(pforte, server)
    assert told["check"]["kind"] == "tls" and told["check"]["passed"] and told["check"]["code"] is None
    expires = datetime.datetime.fromisoformat(told["certificate_expires"])
    assert 4 < (expires - datetime.datetime.now(datetime.UTC)).total_seconds() / 86400 < 6
    # That it ends soon is an alarm, and no failure.
    alarm = until(lambda: pforte.events("certificate.expires"), "an alarm")[0]
    assert server.url in alarm["used_by"]
    assert up(pforte, server)
    assert server.requests == []
    assert "check tls: passed" in pforte.run("status").stdout
    assert "Prüfung tls: bestanden" in pforte.run("status", "--lang", "de").stdout


@pytest.mark.parametrize(("pair", "code"), [
    (lambda ours, _: ours.issue("127.0.0.1", days=-1), "backend.certificate-expired"),
    (lambda ours, _: ours.issue("elsewhere.internal"), "backend.certificate-name"),
    (lambda _, stranger: stranger.issue("127.0.0.1"), "backend.not-trusted")])
def test_a_certificate_that_does_not_hold_is_told_by_what_is_wrong_with_it(pair, code, start_gate, start_backend, authority,
                                                                           stranger):
    server = start_backend(tls=tls_server(pair(authority, stranger)))
    pforte = sealed(start_gate, authority, server)
    assert failed_check(pforte, server)["code"] == code
    until(lambda: not up(pforte, server), "it is out")
    assert pforte.events("backend.down")[0]["code"] == code
    has_ended = status_of(pforte, server)["certificate_expires"] < time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert has_ended == (code == "backend.certificate-expired")


@pytest.mark.parametrize(("said", "code"), [(b"220 mail.example.com ESMTP\r\n", "backend.tls"), (b"", "backend.check-timeout"),
                                            (None, "backend.connect")])
def test_a_server_that_shows_no_certificate_is_told_apart_from_one_whose_certificate_is_bad(said, code, start_gate,
                                                                                           authority):
    with Speaker(said or b"", "https") as server:
        if said is None:
            server.close()
        pforte = sealed(start_gate, authority, server.url)
        assert failed_check(pforte, server)["code"] == code
        until(lambda: not up(pforte, server), "it is out")
        assert status_of(pforte, server)["certificate_expires"] is None


def test_a_server_is_in_again_once_its_certificate_has_been_renewed(start_gate, start_backend, authority):
    server = start_backend(tls=tls_server(authority.issue("127.0.0.1", days=-1)))
    pforte = sealed(start_gate, authority, server)
    assert failed_check(pforte, server)["code"] == "backend.certificate-expired"
    until(lambda: not up(pforte, server), "it is out")
    renewed = authority.issue("127.0.0.1", days=9)
    server.tls.load_cert_chain(renewed.chain, renewed.key)
    until(lambda: up(pforte, server), "it is in again")
    assert pforte.get().status == 200


# Names whose addresses change.


def test_a_name_whose_address_changes_is_followed_and_connections_to_the_old_one_end_their_work(start_gate, start_backend,
                                                                                              tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 moving.example\n")
    own_rights = () if os.geteuid() == 0 else ("--map-root-user",)
    prefix = ("unshare", *own_rights, "--mount", "sh", "-ec", f'mount --bind {hosts} /etc/hosts; exec "$@"', "sh")
    old = start_backend(by_path({"/slow": after(3, text(b"from the old one"))}))
    new = start_backend(port=old.port, address="127.0.0.2")
    pforte = start_gate(f"http://moving.example:{old.port}", prefix=prefix, workers=1, backend={"look_up_every": "1s"})
    with pforte.connect() as slow, pforte.connect() as client:
        assert client.ask(request()).status == 200
        slow.send(request("GET", "/slow"))
        until(lambda: "/slow" in old.targets, "a request is under way")
        hosts.write_text("127.0.0.2 moving.example\n")
        until(lambda: pforte.events("backend.moved"), "the new address is found", 3)
        asked_before = len(old.requests)
        # The connection to the old address that is kept from before carries none of these.
        assert {client.ask(request()).status for _ in range(5)} == {200}
        assert (len(old.requests), len(new.requests)) == (asked_before, 5)
        assert slow.answer().body == b"from the old one"
    until(lambda: not old.open, "no connection to the old address is left", 10)
    hosts.write_text("")
    time.sleep(1.5)
    assert pforte.get().status == 200  # while nobody knows the name, what was found holds
