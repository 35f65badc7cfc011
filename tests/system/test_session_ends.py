"""The end of a session: it holds although the store is busy, and it reaches answers that never end by themselves."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import http2
import pytest
import raw
from agents import ADAM, EVA
from backends import Exchange, by_path, websocket_echo
from framing import chunk
from gate import Gate
from visitor import APP, Form, Visitor, signed_in_as

SOON = 2.0  # seconds: a second is promised, the rest is for a busy machine
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


@contextlib.contextmanager
def store_locked(gate: Gate) -> Iterator[sqlite3.Connection]:
    """Another program is writing to the store, and does not finish."""
    other = sqlite3.connect(Path(gate.config["state_dir"]) / "pforte.db", isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        if other.in_transaction:
            other.execute("ROLLBACK")
        other.close()


def thief_of(visitor: Visitor) -> Visitor:
    """Somebody who has a copy of the cookies."""
    thief = Visitor(visitor.gate)
    thief.cookies.update(visitor.cookies)
    return thief


def says_signed_out(answer: raw.Answer) -> bool:
    return answer.status < 400


# While another process writes.


def test_signing_out_waits_for_a_store_that_is_busy_for_a_moment(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    thief, page = thief_of(visitor), Form(visitor.get("/.pforte/logout").body)
    fields = page.fields[page.index_of("/.pforte/logout")]
    with store_locked(desk) as other:
        visitor._connection.send(raw.request(
            "POST", "/.pforte/logout", "Content-Type: application/x-www-form-urlencoded", f"Origin: {visitor.origin}",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()),
            host=f"{APP}:{desk.tls_port}", body="&".join(f"{name}={value}" for name, value in fields.items()).encode()))
        time.sleep(0.5)
        assert signed_in_as(thief.get("/")) == "eva"  # not yet; and nobody was told that it is over
        other.execute("ROLLBACK")
    answer = visitor._connection.answer()
    assert answer.status == 200
    assert thief.get("/").status == 401


def test_signing_out_that_could_not_be_written_down_says_so_and_can_be_repeated(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    thief = thief_of(visitor)
    with store_locked(desk):
        answer = visitor.sign_out()
        alive = thief.get("/").status == 200
        assert not (alive and says_signed_out(answer)), "the page says that it is over, and it is not"
        assert answer.status == 503
        assert visitor.session, "without the cookie nobody could end the session any more"
    assert says_signed_out(visitor.sign_out())
    assert thief.get("/").status == 401


def test_a_busy_store_keeps_nobody_out_who_is_in(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    with store_locked(desk):
        began = time.monotonic()
        for _ in range(20):
            assert signed_in_as(visitor.get("/")) == "eva"
        assert time.monotonic() - began < 1


def test_a_session_that_begins_while_the_store_is_busy_can_be_ended_afterwards(desk, susan):
    visitor = Visitor(desk)
    with store_locked(desk):
        visitor.sign_in_with(susan)
        assert signed_in_as(visitor.get("/")) == "susan"
    done = desk.run("session", "end", "--agent", "susan")
    assert done.returncode == 0, done.stderr
    deadline = time.monotonic() + SOON
    while visitor.get("/").status != 401:
        assert time.monotonic() < deadline, "the session lives on"


def test_the_command_says_that_it_could_not_end_a_session(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    with store_locked(desk):
        done = desk.run("session", "end", "--all", timeout=30)
        assert done.returncode == 3, (done.stdout, done.stderr)
        assert done.stderr.startswith("pforte:")
    assert signed_in_as(visitor.get("/")) == "eva"


# Answers without end.


def event_stream(exchange: Exchange) -> None:
    """An event at once, and then nothing for ever, as most do."""
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(b"data: 1\n\n"))
    exchange.wait_for_end()


def busy_stream(pause: float, size: int):
    """Pieces of that size, always more: a ticker, a camera."""
    def script(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not exchange.backend.stopping.is_set():
            exchange.send(chunk(b"x" * size))
            time.sleep(pause)
    return script


STREAMS = {"/events": event_stream, "/ticker": busy_stream(0.02, 100), "/camera": busy_stream(0, 1 << 16), "/socket": websocket_echo}


@pytest.fixture
def streaming(start_desk, start_backend):
    return start_desk(start_backend(by_path(STREAMS)))


def begin(visitor: Visitor, target: str) -> raw.Client:
    """Asks for it and reads its first byte."""
    fields = UPGRADE if target == "/socket" else ("Accept: text/event-stream",)
    client = visitor.gate.connect(secure=True, sni=APP, receive_buffer=1 << 16)
    client.send(raw.request("GET", target, *fields, f"Cookie: __Host-pforte={visitor.session}", host=APP))
    head = client.head()
    assert int(head.start.split()[1]) == (101 if target == "/socket" else 200)
    return client


@pytest.mark.parametrize("target", STREAMS)
def test_an_answer_without_end_ends_with_its_session(target, streaming):
    eva, adam = (Visitor(streaming).must_sign_in(one.login, one.password) for one in (EVA, ADAM))
    mine, other = begin(eva, target), begin(adam, target if target == "/socket" else "/events")
    done = streaming.run("session", "end", "--agent", "eva")
    assert done.returncode == 0, done.stderr
    began = time.monotonic()
    assert mine.ended(SOON + 3)
    assert time.monotonic() - began < SOON
    assert not other.ended(0.3)
    mine.close()
    other.close()


@pytest.mark.parametrize("target", STREAMS)
def test_the_same_over_http2_and_its_connection_goes_on(target, streaming):
    visitor = Visitor(streaming).must_sign_in("eva", EVA.password)
    other = Visitor(streaming).must_sign_in("adam", ADAM.password)
    with http2.Client(streaming, host=APP, strict=False) as client:
        client.hear(0.3)
        head = [(":method", "CONNECT"), (":protocol", "websocket")] if target == "/socket" else [(":method", "GET")]
        head += [(":scheme", "https"), (":path", target), (":authority", APP)]
        stream = client.start_with([*head, ("cookie", f"__Host-pforte={visitor.session}")], body=target == "/socket")
        client.hear_until(lambda: client.streams[stream].status == 200)
        assert streaming.run("session", "end", "--agent", "eva").returncode == 0
        began = time.monotonic()
        client.hear_until(lambda: client.streams[stream].over)
        assert time.monotonic() - began < SOON
        kept = ("cookie", f"__Host-pforte={other.session}")
        assert client.get("/.pforte/whoami", kept).status == 200


def test_who_reads_slowly_gets_no_more_after_the_end_than_was_on_its_way(streaming):
    visitor = Visitor(streaming).must_sign_in("eva", EVA.password)
    client = begin(visitor, "/camera")
    time.sleep(0.5)  # the buffers fill, and the gate waits for the reader
    assert streaming.run("session", "end", "--agent", "eva").returncode == 0
    time.sleep(0.5)
    began = time.monotonic()
    assert client.ended(SOON + 3)
    assert time.monotonic() - began < SOON
    client.close()


def test_the_application_is_not_to_blame_for_the_end_of_its_streams(streaming):
    """A server that fails again and again is left out for a while; this one has not failed."""
    for _ in range(6):
        visitor = Visitor(streaming).must_sign_in("eva", EVA.password)
        clients = [begin(visitor, "/events") for _ in range(4)]
        visitor.sign_out()
        assert all(client.ended(SOON) for client in clients)
    assert streaming.events("backend.ejected") == []
    assert signed_in_as(Visitor(streaming).must_sign_in("eva", EVA.password).get("/")) == "eva"


def test_signing_out_ends_a_stream_of_events(streaming):
    visitor = Visitor(streaming).must_sign_in("eva", EVA.password)
    client = begin(visitor, "/events")
    visitor.sign_out()
    assert client.ended(SOON)
    client.close()


def test_changing_users_ends_the_streams_of_the_first(streaming):
    visitor = Visitor(streaming).must_sign_in("eva", EVA.password)
    client = begin(visitor, "/events")
    visitor.must_sign_in("adam", ADAM.password)
    assert client.ended(SOON)
    client.close()
