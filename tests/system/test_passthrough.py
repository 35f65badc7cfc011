"""Hosts whose TLS ends elsewhere: their connections are carried as they are, by the name that clients ask for."""

import hashlib
import signal
import socket
import ssl
import struct
import threading
import time

import pytest
import raw
from backends import text, tls_server
from gate import HOST, is_sanitized, until
from http2 import Client
from ports import free_port
from raw import request
from relayed import TcpServer, client_hello, echo, extension, reset, server_name, swallow

MAIL = "mail.example.com"
PROXY_V2 = b"\r\n\r\n\0\r\nQUIT\n\x21"


@pytest.fixture
def server():
    with TcpServer() as one:
        yield one


@pytest.fixture
def start(start_gate, app):
    """start(*servers, hosts=, ...): a gate that passes MAIL and *.voip.example.com through to them."""
    def gate(*servers, changes=None, **options):
        block = {"hosts": [MAIL, "*.voip.example.com"],
                 "servers": [one if isinstance(one, str) else f"127.0.0.1:{one.port}" for one in servers]}
        return start_gate(app, passthrough=[block | options], **(changes or {}))
    return gate


def tcp(pforte, **options) -> raw.Client:
    return pforte.connect(port=pforte.tls_port, **options)


def read(client: raw.Client, count: int) -> bytes:
    got = b""
    while len(got) < count and (piece := client.socket.recv(count - len(got))):
        got += piece
    return got


def read_alert(client: raw.Client) -> int:
    """The description of the fatal alert with which a connection ends."""
    got = read(client, 100)
    assert got[:1] == b"\x15" and got[3:6] == b"\0\x02\x02", got
    return got[6]


# Where a connection goes.


def test_a_passed_host_shows_the_certificate_of_its_own_server(start, start_backend, authority):
    secret = start_backend(text(b"mail"), tls=tls_server(authority.issue(MAIL)))
    pforte = start(secret)
    with pforte.connect(secure=True, sni=MAIL) as client:
        assert client.tls.getpeercert()["subject"][0][0][1] == MAIL
        assert client.ask(request(host=MAIL)).body == b"mail"
    with pforte.connect(secure=True, sni=HOST) as client:
        assert client.ask(request()).status == 200


@pytest.mark.parametrize("host", [MAIL, MAIL.upper(), "a.voip.example.com"])
def test_names_are_matched_as_those_of_sites(host, start, server):
    hello = client_hello(host.encode())
    with tcp(start(server)) as client:
        assert read(client.send(hello), len(hello)) == hello


def test_a_server_whose_name_leads_to_the_gate_itself_is_passed_over(start, server):
    pforte = start(server)
    block = pforte.config["passthrough"][0]
    block["servers"] = [f"localhost:{pforte.tls_port}"]
    pforte.write()
    assert pforte.reload().returncode == 0
    with tcp(pforte) as client:
        assert read_alert(client.send(client_hello(MAIL.encode()))) == 80  # internal_error
    assert pforte.access(host=MAIL)["decision"] == "passthrough.circle"


def test_an_exact_name_comes_before_a_wildcard_whoever_has_it(start, server, authority):
    names = [HOST, "*.example.com", "crm.example.org"]
    pforte = start(server, hosts=["mail.example.com", "*.example.org"],
                   changes={"site": {"hosts": names, "certificate": authority.issue(*names).config()}})
    for name, passed in ((MAIL, True), (HOST, False), ("any.example.com", False), ("any.example.org", True),
                         ("crm.example.org", False)):
        with tcp(pforte) as client:
            back = read(client.send(client_hello(name.encode())), 1)
        assert (back == b"\x16") == passed == bool(server.received), name  # else OpenSSL's alert
        server.received.clear()


@pytest.mark.parametrize("hello", [client_hello(None), client_hello(b"nobody.example"), b"GET / HTTP/1.1\r\n\r\n",
                                   client_hello(MAIL.encode(), server_name(MAIL.encode())), bytes(200),
                                   client_hello(MAIL.encode())[:40]],
                         ids=["no name", "unknown", "plain HTTP", "twice", "zeros", "half"])
def test_what_names_no_passed_host_reaches_no_server(hello, start, server):
    pforte = start(server, changes={"limits": {"handshake_time": "1s"}})
    with tcp(pforte) as client:
        client.send(hello)
        assert client.ended(4)
    assert server.received == []
    with pforte.connect(secure=True) as client:
        assert client.ask(request()).status == 200


def test_sites_are_served_beside_it_however_their_hello_is_cut(start, server):
    pforte = start(server)
    with TcpServer(echo) as relay:
        def in_bytes(connection, received):
            with socket.create_connection(("127.0.0.1", pforte.tls_port)) as gate:
                gate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                hello = connection.recv(1 << 16)
                for at in range(len(hello)):
                    gate.sendall(hello[at:at + 1])
                back = threading.Thread(target=copy, args=(gate, connection), daemon=True)
                back.start()
                copy(connection, gate)
                gate.shutdown(socket.SHUT_RDWR)
                back.join()
        relay.script = in_bytes
        with raw.Client(relay.port, raw.trusting(pforte.authority.certificate)) as client:
            assert client.ask(request()).status == 200
    assert server.received == []


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    except OSError:
        pass


def test_it_holds_at_the_listeners_that_it_names(start_gate, app, server):
    port = free_port()
    pforte = start_gate(app, more_listeners=[{"address": f"127.0.0.1:{port}"}],
                        passthrough=[{"hosts": [MAIL], "servers": [server.address],
                                      "listeners": [f"127.0.0.1:{port}"]}])
    hello = client_hello(MAIL.encode())
    with tcp(pforte) as client:
        assert read_alert(client.send(hello)) == 112  # unrecognized_name
    with pforte.connect(port=port) as client:
        assert read(client.send(hello), len(hello)) == hello


def test_no_site_needs_a_certificate_for_it(start_gate, app, server):
    pforte = start_gate(app, site={"certificate": None},
                        passthrough=[{"hosts": ["*"], "servers": [server.address]}])
    hello = client_hello(b"whoever.example")
    with tcp(pforte) as client:
        assert read(client.send(hello), len(hello)) == hello
    with tcp(pforte) as client:
        assert read_alert(client.send(client_hello(None))) == 112


# How the hello comes.


@pytest.mark.parametrize("record", [1, 7, 16384])
@pytest.mark.parametrize("more", [[], [extension(0xfe0d, bytes(500))], [extension(21, bytes(9000))]],
                         ids=["small", "ECH", "large"])
def test_the_hello_may_come_in_many_records(record, more, start, server):
    hello = client_hello(MAIL.encode(), *more, record=record)
    with tcp(start(server)) as client:
        assert read(client.send(hello), len(hello)) == hello


def test_the_hello_may_be_larger_than_a_record_and_come_byte_by_byte(start, server):
    hello = client_hello(MAIL.encode(), extension(21, bytes(50_000)))
    pforte = start(server)
    with tcp(pforte) as client:
        assert read(client.send(hello), len(hello)) == hello
    small = client_hello(MAIL.encode())
    with tcp(pforte) as client:
        client.trickle(small, 0.001)
        assert read(client, len(small)) == small


def test_what_follows_the_hello_at_once_follows_it(start, server):
    hello = client_hello(MAIL.encode()) + bytes(range(256)) * 200
    with tcp(start(server)) as client:
        assert read(client.send(hello), len(hello)) == hello


@pytest.mark.parametrize("said", [b"", client_hello(MAIL.encode())[:-1]], ids=["nothing", "nearly all"])
def test_who_does_not_say_all_of_it_is_cut_off_in_time(said, start, server):
    pforte = start(server, changes={"limits": {"handshake_time": "1s"}})
    began = time.monotonic()
    with tcp(pforte) as client:
        client.send(said)
        assert client.ended(4)
    assert 0.9 < time.monotonic() - began < 3
    assert pforte.metric("pforte_tls_handshake_failures_total", reason="timeout") == 1


# What is carried.


def test_bytes_are_carried_both_ways_unchanged(start, server):
    total = 30_000_000
    pattern = bytes(range(251)) * 4001
    pforte = start(server)
    sent, got = hashlib.sha256(), hashlib.sha256()
    with tcp(pforte) as client:
        hello = client_hello(MAIL.encode())

        def send() -> None:
            client.socket.sendall(hello)
            left = total
            while left > 0:
                piece = pattern[:left]
                client.socket.sendall(piece)
                sent.update(piece)
                left -= len(piece)
            client.socket.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=send)
        thread.start()
        assert read(client, len(hello)) == hello
        while piece := client.socket.recv(1 << 18):
            got.update(piece)
        thread.join()
    assert got.digest() == sent.digest()
    line = pforte.access(protocol="passthrough")
    assert line["bytes_in"] == line["bytes_out"] == total + len(hello)
    assert not line["aborted"]
    for direction in ("to_server", "to_client"):
        assert pforte.metric("pforte_passthrough_bytes_total", direction=direction) == total + len(hello)


def test_who_has_finished_may_still_be_answered(start):
    def answer_at_the_end(connection, received):
        swallow(connection, received)
        connection.sendall(b"%d bytes" % len(received))

    hello = client_hello(MAIL.encode())
    with TcpServer(answer_at_the_end) as server, tcp(start(server)) as client:
        client.send(hello).socket.shutdown(socket.SHUT_WR)
        assert read(client, 100) == b"%d bytes" % len(hello)


def test_a_server_that_finishes_may_still_be_sent_to(start):
    def finish_first(connection, received):
        connection.sendall(b"bye")
        connection.shutdown(socket.SHUT_WR)
        swallow(connection, received)

    with TcpServer(finish_first) as server, tcp(start(server)) as client:
        client.send(client_hello(MAIL.encode()))
        assert read(client, 100) == b"bye"
        client.send(b"last words").socket.shutdown(socket.SHUT_WR)
        until(lambda: server.received[0].endswith(b"last words"), "the server got them")


def test_who_does_not_read_is_not_sent_more_than_a_few_buffers(start):
    sent = 0

    def send_for_ever(connection, received):
        nonlocal sent
        received += connection.recv(1 << 16)
        while True:
            connection.sendall(bytes(1 << 18))
            sent += 1 << 18

    with TcpServer(send_for_ever) as server:
        pforte = start(server)
        before = pforte.resident_bytes()
        with tcp(pforte, receive_buffer=1 << 14) as client:
            client.send(client_hello(MAIL.encode()))
            until(lambda: sent > 0, "it flows")
            time.sleep(0.5)
            stalled = sent
            time.sleep(0.5)
            assert sent == stalled
            assert stalled < 30_000_000  # the kernel's buffers
            assert is_sanitized() or pforte.resident_bytes() - before < 2_000_000  # a sanitizer keeps freed memory


def test_silence_both_ways_ends_it(start, server):
    pforte = start(server, idle="1s")
    hello = client_hello(MAIL.encode())
    with tcp(pforte) as client:
        assert read(client.send(hello), len(hello)) == hello
        for _ in range(4):
            time.sleep(0.4)
            assert read(client.send(b"still here"), 10) == b"still here"
        assert client.ended(4)
    assert pforte.access(protocol="passthrough")["decision"] == "tunnel.idle"


def test_a_server_that_resets_ends_it(start):
    with TcpServer(reset) as server:
        pforte = start(server)
        with tcp(pforte) as client:
            client.send(client_hello(MAIL.encode()))
            assert client.ended(3)
        assert pforte.access(protocol="passthrough")["aborted"]


def test_a_client_that_resets_ends_it(start, server):
    pforte = start(server)
    hello = client_hello(MAIL.encode())
    client = tcp(pforte)
    assert read(client.send(hello), len(hello)) == hello
    client.reset()
    assert pforte.access(protocol="passthrough")["aborted"]
    until(lambda: pforte.metric("pforte_passthroughs") == 0, "it has ended")


# Who asks, and who answers.


def proxy_header(received: bytes) -> tuple[str, int, bytes]:
    """Client, its port and the TLVs of a version 2 header for IPv4."""
    assert received.startswith(PROXY_V2)
    size = struct.unpack(">H", received[14:16])[0]
    assert received[13:14] == b"\x11"
    source, _, port, _ = struct.unpack(">4s4sHH", received[16:28])
    return socket.inet_ntoa(source), port, received[28:16 + size]


def test_the_server_is_told_who_the_client_is(start, server):
    pforte = start(server, proxy_protocol="v2")
    hello = client_hello(MAIL.encode())
    with tcp(pforte, source="127.0.0.9") as client:
        local = client.socket.getsockname()
        client.send(hello)
        received = until(lambda: server.received and server.received[0].endswith(hello) and server.received[0], "it came")
        assert proxy_header(received) == (*local, b"\x02\0" + bytes([len(MAIL)]) + MAIL.encode())


def test_the_client_is_whom_a_believed_header_names(start, server):
    pforte = start(server, proxy_protocol="v2", **{"from": ["192.0.2.0/24"]},
                   changes={"listener": {"proxy_protocol_from": ["127.0.0.2/32"]}})
    hello = client_hello(MAIL.encode())
    with tcp(pforte, source="127.0.0.2", preamble=b"PROXY TCP4 192.0.2.7 198.51.100.1 5678 443\r\n") as client:
        client.send(hello)
        received = until(lambda: server.received and server.received[0].endswith(hello) and server.received[0], "it came")
        assert proxy_header(received)[:2] == ("192.0.2.7", 5678)
    assert pforte.access(protocol="passthrough")["client"] == "192.0.2.7"


def test_who_may_not_is_told_that_nobody_has_the_name(start, server):
    pforte = start(server, **{"from": ["192.0.2.0/24"]})
    with tcp(pforte) as client:
        assert read_alert(client.send(client_hello(MAIL.encode()))) == 112
    assert server.received == []
    assert pforte.access(protocol="passthrough")["decision"] == "passthrough.not-allowed"
    assert pforte.metric("pforte_passthrough_failures_total", reason="not_allowed") == 1


def test_a_dead_server_is_passed_over(start, server):
    dead = f"127.0.0.1:{free_port()}"
    pforte = start(dead, server)
    hello = client_hello(MAIL.encode())
    for _ in range(6):
        with tcp(pforte) as client:
            assert read(client.send(hello), len(hello)) == hello
    assert len(server.received) == 6
    assert len(pforte.events("backend.ejected")) <= 2  # one failure is enough to try it last


def test_servers_get_connections_in_turn(start):
    hello = client_hello(MAIL.encode())
    with TcpServer() as one, TcpServer() as two:
        pforte = start(one, two)
        for _ in range(6):
            with tcp(pforte) as client:
                assert read(client.send(hello), len(hello)) == hello
        assert len(one.received) == len(two.received) == 3


def test_without_a_server_the_client_is_told_by_an_alert(start):
    dead = f"127.0.0.1:{free_port()}"
    pforte = start(dead)
    with tcp(pforte) as client:
        assert read_alert(client.send(client_hello(MAIL.encode()))) == 80  # internal_error
    line = pforte.access(protocol="passthrough")
    assert (line["decision"], line["server"], line["sni"]) == ("backend.connect", f"tcp://{dead}", MAIL)
    assert f'sni="{MAIL}" server="tcp://{dead}" code="backend.connect" ' in pforte.said()
    assert pforte.metric("pforte_passthrough_failures_total", reason="no_server") == 1
    assert pforte.metric("pforte_backend_server_up", backend=MAIL, server=f"tcp://{dead}") == 0
    assert f"tcp://{dead}" in pforte.run("status").stdout


def test_no_more_than_the_limit_are_passed_through_at_once(start, server):
    pforte = start(server, connections=2)
    hello = client_hello(MAIL.encode())
    clients = [tcp(pforte) for _ in range(2)]
    for client in clients:
        assert read(client.send(hello), len(hello)) == hello
    with tcp(pforte) as third:
        assert read_alert(third.send(hello)) == 80
    assert pforte.access(decision="passthrough.full")
    clients[0].close()
    until(lambda: pforte.metric("pforte_passthroughs") == 1, "one has left")
    with tcp(pforte) as fourth:
        assert read(fourth.send(hello), len(hello)) == hello


# Through changes of the gate.


def test_a_reload_leads_new_connections_elsewhere_and_keeps_those_under_way(start, server):
    pforte = start(server, connections=2)
    hello = client_hello(MAIL.encode())
    with tcp(pforte) as old, TcpServer() as other:
        assert read(old.send(hello), len(hello)) == hello
        pforte.config["passthrough"][0]["servers"] = [other.address]
        pforte.write()
        assert pforte.reload().returncode == 0
        with tcp(pforte) as new:
            assert read(new.send(hello), len(hello)) == hello
            assert read(old.send(b"still here"), 10) == b"still here"
            with tcp(pforte) as third:  # those before the reload count
                assert read_alert(third.send(hello)) == 80
        assert (len(server.received), len(other.received)) == (1, 1)


def test_a_drain_lets_it_go_on_for_as_long_as_requests(start, server):
    pforte = start(server, changes={"limits": {"drain": "1s"}})
    hello = client_hello(MAIL.encode())
    with tcp(pforte) as client:
        assert read(client.send(hello), len(hello)) == hello
        pforte.signal(signal.SIGTERM)
        time.sleep(0.5)
        assert read(client.send(b"still here"), 10) == b"still here"
        assert client.ended(4)
    assert pforte.wait() == 0
    assert pforte.access(protocol="passthrough")["bytes_in"] == len(hello) + 10


# Requests for a passed host on another's connection.


@pytest.fixture
def coalescing(start_gate, start_backend, authority):
    """A site and a passthrough behind one address, whose certificates cover both."""
    shared = authority.issue("*.example.com")
    mail = start_backend(text(b"mail"), tls=tls_server(shared))
    return start_gate(start_backend(text(b"crm")), site={"certificate": shared.config()},
                      passthrough=[{"hosts": [MAIL], "servers": [f"127.0.0.1:{mail.port}"]}])


@pytest.mark.parametrize("host", [MAIL, MAIL.upper(), f"{MAIL}:443", f"{MAIL}."])
def test_a_request_for_a_passed_host_on_a_sites_connection_is_misdirected(host, coalescing):
    with coalescing.connect(secure=True, sni=HOST) as client:
        assert client.ask(request(host=host)).status == 421
        assert client.ask(request()).body == b"crm"
    with coalescing.connect(secure=True, sni=MAIL) as client:
        assert client.ask(request(host=MAIL)).body == b"mail"
    assert coalescing.metric("pforte_misdirected_requests_total") == 1


def test_the_same_over_http2(coalescing):
    with Client(coalescing) as client:
        assert client.get("/", authority=MAIL).status == 421
        assert client.get("/").body == b"crm"


def test_where_a_new_connection_would_be_no_better_there_is_no_421(start_gate, start_backend, server, authority):
    pforte = start_gate(start_backend(text(b"crm")), site={"certificate": authority.issue("*.example.com").config()},
                        passthrough=[{"hosts": [MAIL], "servers": [server.address], "from": ["192.0.2.0/24"]}])
    with pforte.connect(secure=True, sni=HOST) as client:  # who may not
        assert client.ask(request(host=MAIL)).status == 404
    context = raw.trusting(authority.certificate)
    context.check_hostname = False
    pforte.config["passthrough"][0].pop("from")
    pforte.write()
    assert pforte.reload().returncode == 0
    with pforte.connect(tls=context, sni=None) as client:  # who names no host would get here again
        assert client.ask(request(host=MAIL)).status == 404
    assert pforte.metric("pforte_misdirected_requests_total") == 0


def test_a_request_on_port_80_is_led_to_the_passed_host(start_gate, app, server):
    port = free_port()
    pforte = start_gate(app, more_listeners=[{"address": f"127.0.0.1:{port}", "redirect_to_https": True}],
                        passthrough=[{"hosts": [MAIL], "servers": [server.address]}])
    with pforte.connect(port=port) as client:
        answer = client.ask(request(target="/a?b", host=MAIL))
    assert (answer.status, answer.get("location")) == (301, f"https://{MAIL}:{pforte.tls_port}/a?b")
