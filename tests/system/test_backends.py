"""Which server gets a request, what happens when one fails, and TLS towards it."""

import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack

import pytest
from backends import (after, by_path, close_in_body, echo, exact, garbage, hang, long_head, reset_at_once, reset_in_head,
                      text, tls_server)
from gate import until
from ports import free_port
from raw import request

QUICK = {"connect_time": "300ms", "answer_time": "500ms"}


def refusing() -> str:
    return f"http://127.0.0.1:{free_port()}"


def ports(pforte, count: int) -> Counter:
    return Counter(pforte.get().json()["port"] for _ in range(count))


def test_round_robin_gives_everyone_the_same(start_gate, start_backend):
    servers = [start_backend() for _ in range(3)]
    pforte = start_gate(*servers, backend={"balance": "round-robin"}, workers=1)
    assert ports(pforte, 30) == {server.port: 10 for server in servers}


def test_least_connections_goes_around_a_busy_server(start_gate, start_backend):
    busy, free = start_backend(by_path({"/slow": after(1.5)})), start_backend(by_path({"/slow": after(1.5)}))
    pforte = start_gate(busy, free, backend={"balance": "least-connections"}, workers=1)
    with pforte.connect() as slow:
        slow.send(request("GET", "/slow"))
        until(lambda: "/slow" in busy.targets + free.targets, "the slow request is there")
        taken = busy if "/slow" in busy.targets else free
        other = free if taken is busy else busy
        assert ports(pforte, 10) == {other.port: 10}
        assert slow.answer().status == 200


def test_connections_to_a_backend_are_used_again(pforte, app):
    threads = [threading.Thread(target=lambda: [pforte.get() for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(app.requests) == 100
    assert app.accepted <= 8  # four at once on each of two workers


def test_a_server_that_refuses_is_passed_over(start_gate, start_backend):
    good = start_backend()
    pforte = start_gate(refusing(), good, backend={"balance": "round-robin"}, workers=1)
    assert {pforte.get().status for _ in range(10)} == {200}
    assert pforte.ask(request("POST", "/", body=b"x")).status == 200  # nothing had been sent: not even a POST is lost
    assert len(good.requests) == 11


def test_a_server_that_fails_again_and_again_is_left_out_for_a_while(start_gate, start_backend):
    bad, good = start_backend(reset_at_once), start_backend()
    pforte = start_gate(bad, good, workers=1,
                        backend={"balance": "round-robin", "eject_after": 3, "eject_time": "1s"})
    assert {pforte.get().status for _ in range(20)} == {200}
    assert len(bad.requests) == 3
    bad.script = echo
    time.sleep(1.1)
    assert set(ports(pforte, 10)) == {bad.port, good.port}


def test_health_checks_take_a_server_out_and_in_again(start_gate, start_backend):
    sick, well = start_backend(), start_backend()
    pforte = start_gate(sick, well, workers=2, backend={
        "balance": "round-robin", "health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})

    def in_use() -> set:
        return set(ports(pforte, 6))
    until(lambda: in_use() == {sick.port, well.port}, "both are in use")
    sick.script = by_path({"/health": text(b"sick", status=503)})
    until(lambda: in_use() == {well.port}, "the sick one is left out")
    assert pforte.metric("pforte_backend_server_up", server=sick.url) == 0
    assert pforte.metric("pforte_backend_server_up", server=well.url) == 1
    sick.script = echo
    until(lambda: in_use() == {sick.port, well.port}, "both are in use again")
    assert {one.method for one in sick.requests if one.target == "/health"} == {"GET"}


def test_without_any_server_the_answer_is_an_error_at_once(start_gate):
    pforte = start_gate(refusing(), refusing(), backend=QUICK)
    began = time.monotonic()
    for _ in range(10):
        answer = pforte.get("/", "Accept: application/json")
        assert answer.status in (502, 503)
        assert answer.get("pforte-reference")
    assert time.monotonic() - began < 2


BROKEN = {"reset": reset_at_once, "reset-in-head": reset_in_head, "garbage": garbage, "long-head": long_head,
          "close": exact(b""), "half-line": exact(b"HT")}


def test_a_broken_answer_is_a_bad_gateway_and_the_next_one_is_fine(start_gate, start_backend):
    backend = start_backend(by_path({f"/{name}": script for name, script in BROKEN.items()}))
    pforte = start_gate(backend, backend={"eject_after": 0} | QUICK)
    for name in BROKEN:
        with pforte.connect() as client:
            assert client.ask(request("GET", f"/{name}")).status == 502, name
            assert client.ask(request("GET", "/fine")).status == 200, name
    references = {line["reference"] for line in pforte.access_lines()}
    assert len(references) == len(pforte.access_lines())


def test_a_backend_that_hangs_is_a_gateway_timeout(start_gate, start_backend):
    pforte = start_gate(start_backend(hang), backend=QUICK)
    began = time.monotonic()
    assert pforte.ask(request("POST", "/", body=b"x")).status == 504
    assert time.monotonic() - began < 2
    until(lambda: pforte.metric("pforte_backend_connections", state="busy") == 0, "it is given up")


def test_a_backend_that_does_not_accept_is_a_gateway_timeout(start_gate):
    # A port whose queue is full: the kernel drops further SYNs.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        queue = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            queue.append(one)
        time.sleep(0.1)
        pforte = start_gate(f"http://127.0.0.1:{address[1]}", backend=QUICK | {"retries": 0})
        began = time.monotonic()
        assert pforte.get().status in (502, 504)
        assert time.monotonic() - began < 2
        for one in queue:
            one.close()


def test_a_read_is_repeated_when_nothing_came_back(start_gate, start_backend):
    first = []

    def once(exchange):
        if not first:
            first.append(exchange.request.target)
            exchange.reset()
        else:
            echo(exchange)

    # Two servers, one of which fails the first time: an attempt goes to a server that was not asked yet.
    pforte = start_gate(start_backend(once), start_backend(once))
    assert pforte.get("/again").status == 200
    assert first == ["/again"]


def test_what_is_repeated_is_the_same_request(start_gate, start_backend):
    heard = []

    def once(exchange):
        heard.append((exchange.request.method, exchange.request.target, sorted(exchange.request.head.fields)))
        exchange.reset() if len(heard) == 1 else echo(exchange)

    pforte = start_gate(start_backend(once), start_backend(once))
    assert pforte.get("/again?q=1", "Accept-Language: de", "Cookie: a=b").status == 200
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert ("Accept-Language", "de") in heard[1][2] and ("Cookie", "a=b") in heard[1][2]


@pytest.mark.parametrize("data", [request("POST", "/", body=b"pay"), request("PATCH", "/", body=b"x"),
                                  request("POST", "/", "Transfer-Encoding: chunked", body=b"1\r\nx\r\n0\r\n\r\n")])
def test_what_may_have_had_an_effect_is_not_repeated(data, start_gate, start_backend):
    backend = start_backend(reset_at_once)
    pforte = start_gate(backend, backend={"eject_after": 0})
    assert pforte.ask(data).status == 502
    assert len(backend.requests) == 1


def test_nothing_is_repeated_once_an_answer_has_begun(start_gate, start_backend):
    backend = start_backend(by_path({"/head": reset_in_head, "/body": close_in_body}))
    pforte = start_gate(backend, backend={"eject_after": 0})
    assert pforte.get("/head").status == 502
    with pforte.connect() as client, pytest.raises((EOFError, OSError)):
        client.ask(request("GET", "/body"))
    assert backend.targets == ["/head", "/body"]


def test_a_connection_that_the_backend_closed_while_idle_loses_no_request(start_gate, start_backend):
    backend = start_backend()
    pforte = start_gate(backend, workers=1)
    with pforte.connect(secure=True) as client:
        for number in range(10):
            answer = client.ask(request("POST" if number % 2 else "GET", "/", body=b"x" if number % 2 else b""))
            assert answer.status == 200
            backend.drop_connections()
            time.sleep(0.05)
    assert len(backend.requests) == 10


def test_rules_can_send_a_path_to_another_backend(start_gate, start_backend):
    one, other = start_backend(), start_backend()
    pforte = start_gate(one, site={"rule": [{"path": "/other", "backend": "second"}]},
                        more_backends=[{"name": "second", "servers": [other.url]}])
    assert pforte.get("/x").json()["port"] == one.port
    assert pforte.get("/other/x").json()["port"] == other.port


# TLS towards the backend. Its certificates are for an address or a name; the URL has the address.


def test_a_verified_backend_is_reached_over_tls(start_gate, start_backend, authority):
    backend = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    pforte = start_gate(backend, backend={"trust": str(authority.certificate)})
    assert pforte.get().status == 200
    with pforte.connect(secure=True) as client:
        for _ in range(5):
            assert client.ask(request()).status == 200
    assert backend.accepted <= 2


def test_the_name_of_the_backend_can_be_configured_and_is_sent_as_sni(start_gate, start_backend, authority):
    names = []
    context = tls_server(authority.issue("backend.internal"))
    context.sni_callback = lambda connection, name, _: names.append(name)
    pforte = start_gate(start_backend(tls=context),
                        backend={"trust": str(authority.certificate), "server_name": "backend.internal"})
    assert pforte.get().status == 200
    assert set(names) == {"backend.internal"}


@pytest.mark.parametrize(("fault", "words"), [("wrong name", ["name", "host"]), ("untrusted", ["trust", "issuer", "chain", "unknown"]),
                                              ("expired", ["expired"])])
def test_an_unverified_backend_is_a_bad_gateway_with_a_named_reason(fault, words, start_gate, start_backend, authority, stranger):
    pairs = {"wrong name": authority.issue("elsewhere.internal"), "untrusted": stranger.issue("127.0.0.1"),
             "expired": authority.issue("127.0.0.1", days=-1)}
    backend = start_backend(tls=tls_server(pairs[fault]))
    pforte = start_gate(backend, backend={"trust": str(authority.certificate), "retries": 0})
    answer = pforte.get("/", "Accept: application/json")
    assert answer.status == 502
    line = pforte.access(reference=answer.get("pforte-reference"))
    said = (pforte.said() + str(line)).lower()
    assert any(word in said for word in words), said
    assert backend.requests == []


def test_a_backend_that_speaks_no_tls_is_a_bad_gateway(start_gate, start_backend, authority):
    backend = start_backend()
    pforte = start_gate(backend.url.replace("http:", "https:"), backend={"trust": str(authority.certificate)} | QUICK)
    assert pforte.get().status in (502, 504)
    assert backend.requests == []  # never a silent downgrade


def test_a_backend_without_a_certificate_of_ours_does_not_stop_the_others(start_gate, start_backend, authority, stranger):
    bad = start_backend(tls=tls_server(stranger.issue("127.0.0.1")))
    good = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    pforte = start_gate(bad, good, backend={"trust": str(authority.certificate), "balance": "round-robin"})
    assert {pforte.get().status for _ in range(6)} == {200}
    assert bad.requests == []


def test_a_dead_first_address_does_not_make_a_server_unreachable(start_gate, start_backend):
    try:
        found = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    addresses = list(dict.fromkeys(entry[4][0] for entry in found))
    if set(addresses) != {"::1", "127.0.0.1"}:
        pytest.skip("localhost has not two addresses here")
    family = socket.AF_INET6 if addresses[0] == "::1" else socket.AF_INET
    backend = start_backend(address=addresses[1])
    # A full queue: the kernel drops further SYNs, so the address is dead and does not say so.
    with socket.socket(family) as full, ExitStack() as queue:
        full.bind((addresses[0], backend.port))
        full.listen(0)
        for _ in range(4):
            one = queue.enter_context(socket.socket(family))
            one.setblocking(False)
            one.connect_ex((addresses[0], backend.port))
        time.sleep(0.1)
        pforte = start_gate(f"http://localhost:{backend.port}", workers=1, backend={"connect_time": "1s"})
        assert pforte.get().status == 200
        backend.drop_connections()
        began = time.monotonic()
        assert pforte.get().status == 200
        assert time.monotonic() - began < 0.4  # the address that worked last comes first
