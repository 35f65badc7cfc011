"""WebSocket over HTTP/2 (RFC 8441): one stream of a connection that carries others as well."""

import os

import pytest
from backends import by_path, text, websocket_echo
from gate import until
from http2 import Client
from test_websocket import HELLO, HELLO_BACK
from websockets.frames import Frame, Opcode


def opened(client: Client, path: str = "/socket", protocol: str = "websocket", fields=()) -> int:
    stream = client.start_with([(":method", "CONNECT"), (":protocol", protocol), (":scheme", "https"), (":path", path),
                                (":authority", client.host), ("sec-websocket-version", "13"), *fields], body=True)
    client.hear_until(lambda: client.streams[stream].status or client.streams[stream].over)
    return stream


def say(client: Client, stream: int, data: bytes) -> None:
    client.upload(stream, data, last=False)


@pytest.fixture
def backend(start_backend):
    return start_backend(by_path({"/socket": websocket_echo, "/no": text(b"not here", status=403)}, text(b"page")))


@pytest.fixture
def pforte(start_gate, backend):
    return start_gate(backend, limits={"tunnel_idle": "1s"})


@pytest.fixture
def client(pforte):
    with Client(pforte, strict=False) as client:
        client.hear(0.3)
        assert client.h2.remote_settings.enable_connect_protocol == 1
        yield client


def test_messages_come_back(client, backend):
    stream = opened(client)
    assert client.streams[stream].status == 200
    assert "sec-websocket-accept" not in client.streams[stream].headers
    say(client, stream, HELLO)
    client.hear_until(lambda: client.streams[stream].body == HELLO_BACK)
    assert backend.requests[0].method == "GET" and len(backend.requests[0].get("sec-websocket-key")) == 24


def test_a_large_message_comes_back(client):
    stream = opened(client)
    data = os.urandom(1_000_000)
    say(client, stream, Frame(Opcode.BINARY, data).serialize(mask=True))
    client.hear_until(lambda: len(client.streams[stream].body) >= len(data))
    assert client.streams[stream].body.endswith(data)


def test_pages_are_served_beside_it(client):
    stream = opened(client)
    assert client.get("/page").body == b"page"
    say(client, stream, HELLO)
    client.hear_until(lambda: client.streams[stream].body == HELLO_BACK)


def test_several_live_on_one_connection(client):
    sockets = [opened(client) for _ in range(10)]
    for stream in sockets:
        say(client, stream, HELLO)
    client.hear_until(lambda: all(client.streams[stream].body == HELLO_BACK for stream in sockets))


def test_it_lives_through_a_reload(client, pforte):
    stream = opened(client)
    assert pforte.reload().returncode == 0
    say(client, stream, HELLO)
    client.hear_until(lambda: client.streams[stream].body == HELLO_BACK)


def test_a_quiet_one_is_closed_and_its_connection_is_not(client):
    stream = opened(client)
    client.hear_until(lambda: client.streams[stream].over, 5)
    assert client.get("/page").status == 200


def test_its_end_is_told_to_the_application(client, pforte):
    stream = opened(client)
    until(lambda: pforte.metric("pforte_tunnels") == 1, "one is open")
    client.h2.end_stream(stream)
    client.flush()
    until(lambda: pforte.metric("pforte_tunnels") == 0, "it is closed")


def test_what_the_application_refuses_is_refused(client):
    stream = opened(client, "/no")
    client.hear_until(lambda: client.streams[stream].over)
    assert (client.streams[stream].status, client.streams[stream].body) == (403, b"not here")


def test_another_protocol_is_not_carried(client, backend):
    stream = opened(client, protocol="connect-udp")
    client.hear_until(lambda: client.streams[stream].over)
    assert client.streams[stream].status == 501
    assert backend.requests == []


def test_a_key_that_the_client_made_up_is_not_used(client, backend):
    opened(client, fields=[("sec-websocket-key", "forged")])
    assert backend.requests[0].all("sec-websocket-key") != ["forged"]
