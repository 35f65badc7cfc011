"""The PROXY protocol, versions 1 and 2: believed from listed peers, never from others."""

import socket
import struct
import time

import pytest
import raw
from gate import until
from raw import request

LISTED, UNLISTED = "127.0.0.2", "127.0.0.3"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1 = b"PROXY TCP4 192.0.2.7 198.51.100.1 5678 443\r\n"


def v2(command: int = 0x21, family: int = 0x11, tail: bytes = b"") -> bytes:
    if family == 0x11:
        addresses = socket.inet_aton("192.0.2.7") + socket.inet_aton("198.51.100.1") + struct.pack(">HH", 5678, 443)
    elif family == 0x21:
        ends = [socket.inet_pton(socket.AF_INET6, one) for one in ("2001:db8::7", "2001:db8::1")]
        addresses = b"".join(ends) + struct.pack(">HH", 5678, 443)
    else:
        addresses = b""
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(addresses) + len(tail)) + addresses + tail


@pytest.fixture
def pforte(start_gate, app):
    # The health question of the harness comes from 127.0.0.1, which is not listed.
    return start_gate(app, listener={"proxy_protocol_from": [f"{LISTED}/32"]}, limits={"handshake_time": "1s"})


def told(pforte, preamble: bytes, **options) -> str:
    """The client as the application is told, behind a listed peer."""
    fields = pforte.get("/", preamble=preamble, source=LISTED, **options).json()["fields"]
    return next(value for name, value in fields if name.lower() == "x-forwarded-for")


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(("preamble", "client"), [
    (V1, "192.0.2.7"), (b"PROXY TCP6 2001:db8::7 2001:db8::1 5678 443\r\n", "2001:db8::7"),
    (v2(), "192.0.2.7"), (v2(family=0x21), "2001:db8::7"), (v2(tail=b"\x04\0\x03abc"), "192.0.2.7"),
    (b"PROXY UNKNOWN\r\n", LISTED), (v2(command=0x20), LISTED), (v2(command=0x20, family=0), LISTED),
], ids=["v1 4", "v1 6", "v2 4", "v2 6", "v2 with TLV", "v1 unknown", "v2 local", "v2 local without address"])
def test_a_listed_peer_is_believed(preamble, client, secure, pforte):
    assert told(pforte, preamble, secure=secure) == client


def test_the_client_of_the_header_is_in_the_log_and_before_the_rules(start_gate, app):
    pforte = start_gate(app, listener={"proxy_protocol_from": [f"{LISTED}/32"]},
                        site={"rule": [{"path": "/admin", "from": ["192.0.2.0/24"]}]})
    assert pforte.get("/admin", preamble=V1, source=LISTED).status == 200
    assert pforte.access(path="/admin")["client"].startswith("192.0.2.7")


def test_a_header_cut_into_bytes_is_read(pforte):
    for preamble in (V1, v2()):
        with pforte.connect(source=LISTED) as client:
            client.trickle(preamble).send(request())
            assert client.answer().status == 200


@pytest.mark.parametrize("preamble", [V1, v2()])
def test_an_unlisted_peer_is_not_believed(preamble, pforte, app):
    with pforte.connect(source=UNLISTED) as client:
        client.send(preamble + request())
        try:
            assert client.answer().status == 400
        except (EOFError, ConnectionError):
            pass
    assert app.requests == []


def test_an_unlisted_peer_needs_no_header(pforte):
    assert pforte.get(source=UNLISTED).status == 200


@pytest.mark.parametrize("preamble", [
    b"", b"PROXY TCP4 192.0.2.7 198.51.100.1 5678\r\n", b"PROXY TCP4 192.0.2.777 198.51.100.1 5678 443\r\n",
    b"PROXY TCP4 192.0.2.7 198.51.100.1 99999 443\r\n", b"PROXY TCP9 a b 1 2\r\n", b"proxy tcp4 192.0.2.7 198.51.100.1 5678 443\r\n",
    b"PROXY TCP4 192.0.2.7 198.51.100.1 5678 443\n", b"PROXY " + b"a" * 200 + b"\r\n", v2(command=0x31), v2(command=0x2f),
    SIGNATURE + b"\x21\x11\0\x04abcd", SIGNATURE + b"\x21\x11\xff\xff" + bytes(70000),
])
def test_a_listed_peer_without_a_right_header_is_cut_off(preamble, pforte, app):
    client = pforte.connect(source=LISTED)
    try:
        client.send(preamble + request())
    except ConnectionError:
        pass
    assert client.ended(3)
    assert app.requests == []


def test_a_listed_peer_that_says_nothing_is_cut_off_in_time(pforte):
    with pforte.connect(source=LISTED) as client:
        client.send(V1[:10])
        assert client.ended(3)


def test_a_failed_handshake_names_the_client_behind_the_peer(pforte, stranger):
    try:
        raw.Client(pforte.tls_port, raw.trusting(stranger.certificate), source=LISTED, preamble=V1)
    except OSError:
        pass
    event = until(lambda: pforte.events("tls.handshake-failed"), "the failure is logged")[0]
    assert event["client"].startswith("192.0.2.7")


@pytest.mark.parametrize("preamble", [V1, v2()])
@pytest.mark.parametrize("pause", [0.0005, 0.02])
def test_a_header_in_two_segments_is_believed(pause, preamble, pforte):
    for cut in (1, 6, 14, 20, len(preamble) - 1):
        with pforte.connect(source=LISTED) as client:
            client.send(preamble[:cut])
            time.sleep(pause)
            fields = client.ask(preamble[cut:] + request()).json()["fields"]
            assert dict(map(tuple, fields))["X-Forwarded-For"] == "192.0.2.7", cut
