"""Exchanges that are begun and not finished: forgotten after half a minute, and never so many that others have to wait."""

import contextlib
import resource
import threading
import time

import pytest
import raw
import tickets
from gate import is_sanitized, until
from test_kerberos_exchange import challenge, second_leg
from visitor import APP, NAVIGATION, SERVICE, Visitor, signed_in_as

FIRST_LEG = raw.request("GET", "/", tickets.negotiate(tickets.HALF_OPEN), *NAVIGATION, host=APP)
MOST_OF_WORKER = 1000
HASTE = 20  # how much faster the clock of a hasty gate runs
faketime = pytest.mark.skipif(is_sanitized(), reason="a sanitizer must be the first library, and so must the false clock")


@contextlib.contextmanager
def descriptors(wanted: int):
    """Room for that many connections in this process, and in the gates that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        pytest.skip(f"no more than {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def begun(client: raw.Client) -> bool:
    """Sends the first leg; whether the gate waits for the second."""
    answer = client.ask(FIRST_LEG)
    assert answer.status == 401
    return any(value.startswith("Negotiate ") for value in answer.head.all("www-authenticate"))


def hasty(start_desk, app):
    return start_desk(app, workers=1, prefix=("env", f"LD_PRELOAD={tickets.FAKETIME}", f"FAKETIME=+0 x{HASTE}"))


@faketime
def test_the_second_leg_is_taken_in_time_and_not_afterwards(start_desk, app, susan):
    gate = hasty(start_desk, app)
    in_time, late = Visitor(gate), Visitor(gate)
    answer = second_leg(susan)
    challenge(in_time.send_ticket(tickets.HALF_OPEN))
    assert signed_in_as(in_time.send_ticket(answer)) == "susan"
    answer = second_leg(susan)
    challenge(late.send_ticket(tickets.HALF_OPEN))
    time.sleep(35 / HASTE)
    assert late.send_ticket(answer).status == 401
    assert late.session is None
    assert any(event["code"] == "kerberos.no-beginning" for event in gate.events("sign-in.failed"))
    assert signed_in_as(late.send_ticket(susan.token(SERVICE))) == "susan"


@faketime
def test_what_is_forgotten_leaves_room_for_others_although_the_connections_stay(start_desk, app):
    with descriptors(8000):
        gate = hasty(start_desk, app)
        waiting = [gate.connect() for _ in range(MOST_OF_WORKER + 20)]
        assert sum(map(begun, waiting[:MOST_OF_WORKER])) >= MOST_OF_WORKER * 0.9  # some may be half a minute old by then
        with gate.connect() as late:
            until(lambda: begun(late), "there is room again", 60 / HASTE + 3)
        for client in waiting:
            client.close()


def test_beyond_the_cap_an_exchange_is_refused_and_a_whole_ticket_is_not(start_desk, app, susan):
    with descriptors(8000):
        gate = start_desk(app, workers=1)
        waiting = [gate.connect() for _ in range(MOST_OF_WORKER)]
        assert all(map(begun, waiting))
        with gate.connect() as late:
            assert not begun(late)
            assert late.ask(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP)).status == 200
        assert gate.events("sign-in.failed")[-1]["code"] == "sign-in.busy"
        waiting.pop().close()  # who goes makes room
        with gate.connect() as late:
            until(lambda: begun(late), "there is room again")
        for client in waiting:
            client.close()


def test_ten_thousand_at_once_keep_nobody_waiting_and_take_little_memory(start_desk, app, susan):
    count = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 300)  # half of them are for the backends
    with descriptors(count + 500):
        gate = start_desk(app)
        others = Visitor(gate, machine=True)
        others.sign_in_with(susan)
        before, slowest, over = gate.resident_bytes(), 0.0, threading.Event()
        waiting = [gate.connect() for _ in range(count)]
        connected = gate.resident_bytes() - before

        def besiege() -> None:
            for start in range(0, len(waiting), 100):
                for client in waiting[start:start + 100]:
                    client.send(FIRST_LEG)
                for client in waiting[start:start + 100]:
                    assert client.answer().status == 401
            over.set()

        siege = threading.Thread(target=besiege)
        siege.start()
        while not over.is_set() and siege.is_alive():
            began = time.monotonic()
            assert signed_in_as(others.get("/")) == "susan"
            slowest = max(slowest, time.monotonic() - began)
        siege.join()
        assert over.is_set()
        assert slowest < 1, slowest
        assert signed_in_as(Visitor(gate).sign_in_with(susan)) == "susan"
        grown = gate.resident_bytes() - before - connected
        assert is_sanitized() or grown < 100 << 20, (connected, grown)
        for client in waiting:
            client.close()
