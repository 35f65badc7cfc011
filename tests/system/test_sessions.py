"""Sessions: how long they last, who can end them, and what they live through. Providers that are stopped and started."""

import asyncio
import datetime
import json
import time

import pytest
import raw
import tickets
import websockets
from agents import ADAM, EVA, must
from backends import by_path, websocket_echo
from gate import until
from visitor import APP, SERVICE, Form, Visitor, has_login_form, offers_negotiate, signed_in_as

UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
SOON = 2.0  # seconds: a second is promised, the rest is for a busy machine


def listed(gate) -> list[dict]:
    """What `pforte session list` knows."""
    told = json.loads(gate.run("session", "list", "--json").stdout)
    rows = told if isinstance(told, list) else told["sessions"]
    return rows


def ended(gate, *arguments: str) -> None:
    done = gate.run("session", "end", *arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)


# How long they last.


def test_a_session_that_is_not_used_ends(start_desk, app):
    gate = start_desk(app, sign_in={"session_idle": "2s"})
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    began = time.monotonic()
    while time.monotonic() - began < 3.5:  # used, it lives on
        assert signed_in_as(visitor.get("/")) == "eva"
        time.sleep(0.25)
    time.sleep(2.6)
    assert visitor.get("/").status == 401


def test_a_session_ends_with_its_lifetime_however_busy_it_is(start_desk, app):
    gate = start_desk(app, sign_in={"session_lifetime": "2s", "session_idle": "2s"})
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    began = time.monotonic()
    while visitor.get("/").status == 200:
        assert time.monotonic() - began < 4
        time.sleep(0.1)
    assert time.monotonic() - began > 1
    old = Visitor(gate)
    old.cookies.update(visitor.cookies)
    assert old.get("/").status == 401


def test_a_session_by_ticket_ends_with_the_ticket_where_that_is_wanted(start_desk, app, realms):

    cache = realms.fetch(realms.kinit("susan", None, "-l", "2h"), SERVICE)
    gate = start_desk(app, sign_in={"end_with_ticket": True})
    with tickets.Client(realms.environment(cache)) as client:
        visitor = Visitor(gate)
        visitor.sign_in_with(client)
        until_then = visitor.whoami()["expires"]
    assert in_hours(until_then) < 2.01


def in_hours(expires) -> float:
    """From now; the instant as seconds or as RFC 3339."""

    if isinstance(expires, int | float):
        return (expires - time.time()) / 3600
    return (datetime.datetime.fromisoformat(expires.replace("Z", "+00:00")).timestamp() - time.time()) / 3600


def test_whoami_tells_when_the_session_ends(start_desk, app):
    gate = start_desk(app, sign_in={"session_lifetime": "3h"})
    assert 2.9 < in_hours(Visitor(gate).must_sign_in("eva", EVA.password).whoami()["expires"]) < 3.1


# What they live through.


def test_a_session_lives_through_a_reload(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    assert desk.reload().returncode == 0
    assert signed_in_as(visitor.get("/")) == "eva"
    assert signed_in_as(visitor.reconnect().get("/")) == "eva"


@pytest.mark.parametrize("kill", [False, True], ids=["clean", "sudden"])
def test_a_session_lives_through_an_end_and_a_new_beginning(kill, start_desk, app, susan):
    gate = start_desk(app)
    by_password, by_ticket, signed_out = Visitor(gate).must_sign_in("eva", EVA.password), Visitor(gate), Visitor(gate)
    by_ticket.sign_in_with(susan)
    signed_out.must_sign_in("adam", ADAM.password)
    old = dict(signed_out.cookies)
    signed_out.sign_out()
    again = start_desk.restart(gate, kill)
    assert signed_in_as(by_password.get("/")) == "eva"
    assert signed_in_as(by_ticket.get("/")) == "susan"
    assert {row["login"] for row in listed(again)} == {"eva", "susan"}
    thief = Visitor(again)
    thief.cookies.update(old)
    assert thief.get("/").status == 401  # what was over stays over


# Who is here, and who has to go.


def test_sessions_are_listed_with_who_how_and_from_where(desk, susan):
    Visitor(desk, source="127.0.0.7").must_sign_in("eva", EVA.password)
    Visitor(desk).sign_in_with(susan)
    until(lambda: len(listed(desk)) == 2, "both are listed", 3)
    rows = {row["login"]: row for row in listed(desk)}
    assert rows["eva"]["method"] == "database"
    assert rows["susan"]["method"] == "kerberos"
    assert "127.0.0.7" in str(rows["eva"])
    assert "susan@ALPHA.TEST" in str(rows["susan"])
    for visitor in desk.visitors:
        assert visitor.session not in desk.run("session", "list", "--json").stdout
        assert visitor.session not in desk.run("session", "list").stdout


def test_one_session_is_ended_by_its_id(desk):
    first, second = Visitor(desk).must_sign_in("eva", EVA.password), Visitor(desk).must_sign_in("adam", ADAM.password)
    until(lambda: len(listed(desk)) == 2, "both are listed", 3)
    mine = next(row["id"] for row in listed(desk) if row["login"] == "eva")
    ended(desk, mine)
    until(lambda: first.get("/").status == 401, "the session is over", SOON)
    assert signed_in_as(second.get("/")) == "adam"
    assert [row["login"] for row in listed(desk)] == ["adam"]


def test_all_sessions_of_an_agent_are_ended_and_a_new_one_can_begin(desk, susan):
    computer, phone, other = Visitor(desk), Visitor(desk), Visitor(desk).must_sign_in("eva", EVA.password)
    computer.sign_in_with(susan)
    phone.sign_in_with(susan)
    ended(desk, "--agent", "susan")
    until(lambda: computer.get("/").status == phone.get("/").status == 401, "both are over", SOON)
    assert signed_in_as(other.get("/")) == "eva"
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"


def test_everybody_can_be_sent_out(desk, susan):
    crowd = [Visitor(desk).must_sign_in("eva", EVA.password), Visitor(desk).must_sign_in("adam", ADAM.password), Visitor(desk)]
    crowd[2].sign_in_with(susan)
    until(lambda: len(listed(desk)) == 3, "all are listed", 3)
    ended(desk, "--all")
    until(lambda: all(one.get("/").status == 401 for one in crowd), "all are over", SOON)
    assert listed(desk) == []
    crowd[0].must_sign_in("eva", EVA.password)


@pytest.mark.parametrize("deed", ["disable", "remove", "new password"])
def test_what_happens_to_an_agent_happens_to_their_sessions(deed, desk, tmp_path):
    visitor, other = Visitor(desk).must_sign_in("eva", EVA.password), Visitor(desk).must_sign_in("adam", ADAM.password)
    file = tmp_path / "new"
    file.write_text("Another-Secret-2\n")
    file.chmod(0o600)
    command = {"disable": ["disable", "eva"], "remove": ["remove", "eva"], "new password": ["passwd", "eva", "--password-file", str(file)]}
    must("agent", *command[deed], "--config", str(desk.file))
    until(lambda: visitor.get("/").status == 401, "the session is over", SOON)
    assert signed_in_as(other.get("/")) == "adam"
    assert visitor.sign_in("eva", EVA.password).status != 303
    if deed == "new password":
        visitor.must_sign_in("eva", "Another-Secret-2")


def test_an_agent_made_while_the_gate_runs_can_sign_in_at_once(desk, tmp_path):
    file = tmp_path / "new"
    file.write_text("Fresh-Secret-1\n")
    file.chmod(0o600)
    must("agent", "add", "fresh", "--name", "Fresh", "--password-file", str(file), "--config", str(desk.file))
    assert signed_in_as(Visitor(desk).must_sign_in("fresh", "Fresh-Secret-1").get("/")) == "fresh"


def test_a_websocket_ends_with_its_session(start_desk, start_backend, susan):
    gate = start_desk(start_backend(by_path({"/socket": websocket_echo})))
    mine, other = Visitor(gate), Visitor(gate).must_sign_in("eva", EVA.password)
    mine.sign_in_with(susan)
    context = raw.trusting(gate.authority.certificate)

    def socket_of(visitor: Visitor):
        return websockets.connect(f"wss://{APP}:{gate.tls_port}/socket", host="127.0.0.1", port=gate.tls_port, ssl=context,
                                  server_hostname=APP, extra_headers={"Cookie": f"__Host-pforte={visitor.session}"})

    async def talk() -> None:
        async with socket_of(mine) as ends, socket_of(other) as stays:
            for socket in (ends, stays):
                await socket.send("hello")
                assert await socket.recv() == "hello"
            await asyncio.to_thread(ended, gate, "--agent", "susan")
            began = time.monotonic()
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(ends.recv(), 5)
            assert time.monotonic() - began < SOON
            await stays.send("still here")
            assert await stays.recv() == "still here"
    asyncio.run(talk())


def test_a_websocket_ends_when_its_session_has_lived_long_enough(start_desk, start_backend):
    gate = start_desk(start_backend(by_path({"/socket": websocket_echo})), sign_in={"session_lifetime": "2s", "session_idle": "2s"})
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    answer = visitor.get("/socket", *UPGRADE)
    assert answer.status == 101
    assert visitor._connection.ended(2 + SOON + 1)


def test_nobody_opens_a_websocket_without_a_session(start_desk, start_backend):
    backend = start_backend(websocket_echo)
    gate = start_desk(backend)
    answer = Visitor(gate, machine=True).get("/socket", *UPGRADE)
    assert answer.status == 401
    assert backend.requests == []


def test_logging_out_ends_the_websocket_too(start_desk, start_backend):
    gate = start_desk(start_backend(by_path({"/socket": websocket_echo})))
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    tunnel = Visitor(gate)
    tunnel.cookies.update(visitor.cookies)
    assert tunnel.get("/socket", *UPGRADE).status == 101
    visitor.sign_out()
    assert tunnel._connection.ended(SOON + 1)


# Providers are services.


def service(gate, deed: str, name: str) -> None:
    done = gate.run("service", deed, name)
    assert done.returncode == 0, (done.stdout, done.stderr)


def test_kerberos_is_stopped_at_once_on_every_connection_and_started_again(desk, susan):
    old = Visitor(desk)
    assert old.get("/").head.all("www-authenticate") == ["Negotiate"]
    service(desk, "stop", "kerberos")
    for visitor in (old, Visitor(desk)):
        answer = visitor.get("/")
        assert answer.status == 401
        assert not offers_negotiate(answer)
        assert has_login_form(answer)
        answer = visitor.send_ticket(susan.token(SERVICE))
        assert answer.status == 401
        assert visitor.session is None
    Visitor(desk).must_sign_in("eva", EVA.password)
    service(desk, "start", "kerberos")
    assert signed_in_as(old.sign_in_with(susan)) == "susan"


def test_sign_ins_and_refusals_are_counted(desk, susan):
    def counted() -> dict[str, float]:
        return {series: value for series, value in desk.metrics().items() if series.startswith("pforte_sign_in")}

    before = counted()
    Visitor(desk).sign_in_with(susan)
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    visitor.reconnect().get("/")
    Visitor(desk).sign_in("eva", "not hers")
    after = {series: value - before[series] for series, value in counted().items() if value != before[series]}
    assert after == {'pforte_sign_ins_total{method="kerberos"}': 1, 'pforte_sign_ins_total{method="database"}': 1,
                     'pforte_sign_in_failures_total{proof="password"}': 1}


def test_passwords_are_stopped_at_once_and_started_again(desk, susan):
    visitor = Visitor(desk)
    visitor.form()
    service(desk, "stop", "database")
    answer = visitor.get("/")
    assert answer.status == 401
    assert not has_login_form(answer) or visitor.sign_in("eva", EVA.password).status != 303
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"
    service(desk, "start", "database")
    visitor.must_sign_in("eva", EVA.password)


def test_what_is_stopped_stays_so_after_a_restart_and_a_reload(start_desk, app, susan):
    gate = start_desk(app)
    service(gate, "stop", "kerberos")
    assert gate.reload().returncode == 0
    assert Visitor(gate).send_ticket(susan.token(SERVICE)).status == 401
    again = start_desk.restart(gate)
    assert not offers_negotiate(Visitor(again).get("/"))
    states = json.loads(again.run("service", "list", "--json").stdout)
    assert "kerberos" in str(states)
    service(again, "start", "kerberos")
    assert signed_in_as(Visitor(again).sign_in_with(susan)) == "susan"


def test_a_service_that_does_not_exist_is_named(desk):
    done = desk.run("service", "stop", "kerberso")
    assert done.returncode == 2
    assert "kerberso" in done.stderr


def test_those_who_are_in_stay_in_when_a_provider_stops(desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    service(desk, "stop", "kerberos")
    assert signed_in_as(visitor.get("/")) == "susan"


def test_when_all_are_stopped_the_page_says_so(desk):
    for name in ("kerberos", "database"):
        service(desk, "stop", name)
    for language, sentence in (("en", "Nobody can sign in right now."), ("de", "Die Anmeldung ist gerade nicht möglich.")):
        answer = Visitor(desk).get("/", f"Accept-Language: {language}")
        assert answer.status in (401, 503)
        assert not offers_negotiate(answer)
        assert answer.get("content-type").startswith("text/html")
        assert sentence in Form(answer.body).words
