"""WebSocket through the gate, with a real client (python3-websockets) and raw ones."""

import asyncio
import os
import time

import pytest
import raw
import websockets
from backends import by_path, exact, nothing, text, websocket_echo
from gate import HOST, until
from raw import request

UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
HELLO = b"\x81\x85\0\0\0\0hello"  # a masked text frame whose mask is 0
HELLO_BACK = b"\x81\x05hello"


def connected(pforte, path: str = "/socket"):
    return websockets.connect(f"wss://{HOST}:{pforte.tls_port}{path}", host="127.0.0.1", port=pforte.tls_port,
                              ssl=raw.trusting(pforte.authority.certificate), server_hostname=HOST,
                              max_size=None, open_timeout=5, close_timeout=5)


@pytest.fixture
def pforte(start_gate, start_backend):
    sockets = by_path({"/socket": websocket_echo, "/no": text(b"not here", status=403),
                       "/101": exact(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", nothing)})
    return start_gate(start_backend(sockets), limits={"tunnel_idle": "1s"})


def test_messages_of_all_sizes_come_back(pforte):
    async def talk() -> None:
        async with connected(pforte) as socket:
            for size in (0, 1, 125, 126, 65535, 65536, 3_000_000):
                data = os.urandom(size)
                await socket.send(data)
                assert await socket.recv() == data
            await (await socket.ping())
    asyncio.run(talk())


def test_many_sockets_talk_at_once(pforte):
    async def talk(number: int) -> None:
        async with connected(pforte) as socket:
            for _ in range(10):
                await socket.send(f"{number}")
                assert await socket.recv() == f"{number}"

    async def all_of_them() -> None:
        await asyncio.gather(*(talk(number) for number in range(30)))
    asyncio.run(all_of_them())


def test_a_quiet_tunnel_is_closed_and_a_lively_one_is_not(pforte):
    with pforte.connect(secure=True) as quiet, pforte.connect(secure=True) as lively:
        for client in (quiet, lively):
            assert client.ask(request("GET", "/socket", *UPGRADE)).status == 101
        began = time.monotonic()
        while time.monotonic() - began < 2.2:
            lively.send(HELLO)
            assert b"".join(lively.reader.pieces(7)) == HELLO_BACK
            time.sleep(0.2)
        assert quiet.ended(0.5)


def test_a_tunnel_lives_through_a_reload(pforte):
    async def talk() -> None:
        async with connected(pforte) as socket:
            await socket.send("before")
            assert await socket.recv() == "before"
            done = await asyncio.to_thread(pforte.reload)
            assert done.returncode == 0, done.stderr
            await socket.send("after")
            assert await socket.recv() == "after"
    asyncio.run(talk())


def test_bytes_behind_the_request_reach_the_tunnel(pforte):
    with pforte.connect() as client:
        assert client.ask(request("GET", "/socket", *UPGRADE) + HELLO).status == 101
        assert b"".join(client.reader.pieces(7)) == HELLO_BACK


def test_the_answer_to_the_upgrade_is_complete(pforte):
    with pforte.connect() as client:
        answer = client.ask(request("GET", "/socket", *UPGRADE))
    assert answer.get("upgrade").lower() == "websocket"
    assert answer.get("connection").lower() == "upgrade"
    assert answer.get("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_refusal_of_the_backend_is_passed_on_and_the_connection_goes_on(pforte):
    with pforte.connect(secure=True) as client:
        answer = client.ask(request("GET", "/no", *UPGRADE))
        assert (answer.status, answer.body) == (403, b"not here")
        assert client.ask(request("GET", "/other")).status == 200


def test_the_end_of_one_side_ends_the_tunnel(pforte, start_backend):
    client = pforte.connect(secure=True)
    assert client.ask(request("GET", "/socket", *UPGRADE)).status == 101
    backend = start_backend.started[0]
    client.reset()
    until(lambda: not backend.open, "the backend's side ends")

    with pforte.connect(secure=True) as client:
        assert client.ask(request("GET", "/socket", *UPGRADE)).status == 101
        backend.drop_connections()
        assert client.ended(1)


def test_an_upgrade_that_nobody_asked_for_is_a_bad_gateway(pforte):
    assert pforte.get("/101").status == 502


def test_a_switch_to_another_protocol_than_asked_is_a_bad_gateway(pforte):
    assert pforte.get("/101", *UPGRADE).status == 502


@pytest.mark.parametrize("upgrade", ["h2c", "TLS/1.0", "websocket, h2c"])
def test_only_websocket_is_tunnelled(upgrade, start_gate, app):
    pforte = start_gate(app)
    answer = pforte.get("/x", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}", "HTTP2-Settings: AAMAAABk")
    assert answer.status in (200, 400)
    for one in app.requests:
        assert "h2c" not in (one.get("upgrade") or "")
        assert one.get("http2-settings") is None


def test_a_forbidden_path_is_not_upgraded(start_gate, start_backend):
    backend = start_backend(websocket_echo)
    pforte = start_gate(backend, site={"allow": ["/allowed"]})
    assert pforte.get("/socket", *UPGRADE).status == 404
    assert backend.requests == []


def test_the_bytes_of_a_tunnel_are_in_the_access_log(pforte):
    with pforte.connect() as client:
        client.ask(request("GET", "/socket", *UPGRADE))
        client.send(HELLO)
        b"".join(client.reader.pieces(7))
    line = pforte.access(path="/socket")
    assert line["status"] == 101
    assert line["bytes_out"] >= len(HELLO_BACK)


@pytest.mark.parametrize(("framing", "body"), [("Content-Length: 5", b"hello"),
                                               ("Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n")])
def test_a_request_with_a_body_is_not_upgraded(framing, body, start_gate, app):
    pforte = start_gate(app)
    with pforte.connect() as client:
        for _ in range(2):
            answer = client.ask(request("GET", "/socket", *UPGRADE, framing, body=body))
            assert (answer.status, answer.json()["bytes"]) == (200, 5)
    for one in app.requests:
        assert one.get("upgrade") is None
        assert "upgrade" not in (one.get("connection") or "").lower()


def test_a_switch_that_a_request_with_a_body_did_not_ask_for_is_a_bad_gateway(start_gate, start_backend):
    switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    pforte = start_gate(start_backend(exact(switch, nothing)))
    assert pforte.ask(request("GET", "/socket", *UPGRADE, body=b"hello")).status == 502
