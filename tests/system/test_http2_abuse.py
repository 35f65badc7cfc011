"""What HTTP/2 was abused for: it costs the abuser the connection, and nobody else anything."""

import struct
import time

import h2.errors
import pytest
from backends import Exchange, by_path, text
from gate import HOST, is_sanitized, until
from http2 import Client, RoughClient
from raw import request

HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION, DATA = 1, 2, 3, 4, 6, 8, 9, 0
END_STREAM, END_HEADERS = 1, 4
GET = bytes([0x82, 0x87, 0x84])  # :method GET, :scheme https, :path /, of HPACK's static table
AUTHORITY = bytes([0x01, len(HOST)]) + HOST.encode()
CALM = h2.errors.ErrorCodes.ENHANCE_YOUR_CALM
MIB = 1 << 20


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def get(stream: int, flags: int = END_STREAM | END_HEADERS) -> bytes:
    return frame(HEADERS, flags, stream, GET + AUTHORITY)


def number(value: int) -> bytes:
    return struct.pack(">I", value)


def waits(exchange: Exchange) -> None:
    exchange.wait_for_end()


@pytest.fixture
def backend(start_backend):
    return start_backend(by_path({"/wait": waits}, text(b"y" * 1024)))


@pytest.fixture
def pforte(start_gate, backend):
    return start_gate(backend)


def costs_the_connection(pforte, client, frames) -> None:
    """Sent over and over, the frames end their connection; others are served meanwhile, and memory stays."""
    before = pforte.resident_bytes()
    deadline = time.monotonic() + 15
    for sent, piece in enumerate(frames):
        client.send(piece)
        client.hear(0)
        if client.closed:
            break
        if sent % 200 == 0:
            assert pforte.get("/").status == 200
        assert time.monotonic() < deadline, "the connection lives on"
    assert client.ended(5)
    assert pforte.get("/").status == 200
    if not is_sanitized():
        assert pforte.resident_bytes() - before < 16 * MIB


def streams(first: int = 1):
    return range(first, 40_001, 2)


def test_rapid_reset(pforte, backend):
    with RoughClient(pforte) as client:
        costs_the_connection(pforte, client, (get(n) + frame(RST_STREAM, 0, n, number(8)) for n in streams()))
    until(lambda: pforte.metric("pforte_http2_abuses_total") == 1, "it is counted")
    [told] = pforte.events("http2.abuse")
    assert told["client"].startswith("127.0.0.1")


def test_requests_that_we_are_made_to_reset(pforte):
    """MadeYouReset (CVE-2025-8671): a window update of zero is an error of the stream, which we reset."""
    with RoughClient(pforte) as client:
        costs_the_connection(pforte, client, (get(n) + frame(WINDOW_UPDATE, 0, n, number(0)) for n in streams()))


def test_window_updates_beyond_all_bounds(pforte):
    with RoughClient(pforte) as client:
        costs_the_connection(pforte, client, (get(n) + frame(WINDOW_UPDATE, 0, n, number(0x7FFFFFFF)) for n in streams()))


def test_data_behind_the_end_of_a_request(pforte):
    with RoughClient(pforte) as client:
        costs_the_connection(pforte, client, (get(n) + frame(DATA, 0, n, b"x") for n in streams()))


@pytest.mark.parametrize("piece", [
    frame(PING, 0, 0, bytes(8)), frame(SETTINGS, 0, 0, b""), frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)),
    frame(PRIORITY, 0, 1, struct.pack(">IB", 3, 16)), frame(WINDOW_UPDATE, 0, 0, number(1))],
    ids=["ping", "settings", "settings-that-say-something", "priority", "tiny-window-update"])
def test_frames_without_a_purpose(pforte, piece):
    with RoughClient(pforte) as client:
        costs_the_connection(pforte, client, (piece * 50 for _ in range(2000)))


def test_data_frames_without_a_byte(pforte):
    with RoughClient(pforte) as client:
        client.send(frame(HEADERS, END_HEADERS, 1, bytes([0x83]) + GET[1:] + AUTHORITY))
        costs_the_connection(pforte, client, (frame(DATA, 0, 1) * 50 for _ in range(2000)))


def test_a_head_that_never_ends(pforte):
    """CONTINUATION flood (CVE-2024-28182 and its kin)."""
    more = frame(CONTINUATION, 0, 1, b"\0\4name\5value" * 100)
    with RoughClient(pforte) as client:
        client.send(get(1, flags=END_STREAM))
        costs_the_connection(pforte, client, (more for _ in range(10_000)))


def test_a_head_that_comes_too_slowly(start_gate, backend):
    pforte = start_gate(backend, limits={"head_time": "1s"})
    with RoughClient(pforte) as client:
        client.send(get(1, flags=END_STREAM))
        began = time.monotonic()
        while not client.closed:
            client.send(frame(CONTINUATION, 0, 1, b"\0\1a\1b"))
            client.hear(0.1)
            assert time.monotonic() - began < 5


def test_a_small_head_that_stands_for_a_large_one(pforte):
    """An HPACK bomb: one long field is put into the table and then named thousands of times, a byte each."""
    entry = b"\x40\x01x" + b"\x7f\xc1\x1d" + b"a" * 3904  # literal with indexing; 3904 = 127 + 3777
    with RoughClient(pforte) as client:
        client.send(get(1) + frame(HEADERS, END_STREAM | END_HEADERS, 3, GET + AUTHORITY + entry))
        client.hear(0.5)
        before = pforte.resident_bytes()
        for stream in range(5, 105, 2):
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, GET + AUTHORITY + b"\xbe" * 8000))
        client.hear_until(lambda: client.closed or client.streams.get(103, None) and client.streams[103].over)
        assert client.closed or client.streams[103].status == 431
        assert pforte.get("/").status == 200
        if not is_sanitized():
            assert pforte.resident_bytes() - before < 16 * MIB


def test_thousands_of_tiny_fields(pforte):
    with RoughClient(pforte) as client:
        client.send(get(1, flags=END_STREAM) + frame(CONTINUATION, END_HEADERS, 1, b"\0\1a\0" * 4000))
        client.hear_until(lambda: client.streams.get(1) and client.streams[1].over)
        assert client.streams[1].status == 431


def test_more_streams_at_once_than_are_allowed(start_gate, backend):
    pforte = start_gate(backend, limits={"streams": 10})
    with RoughClient(pforte) as client:
        client.hear(0.3)
        assert client.settings[3] == 10
        wait = frame(HEADERS, END_STREAM | END_HEADERS, 1, GET[:2] + AUTHORITY + b"\x04\x05/wait")
        for stream in range(1, 41, 2):
            client.send(wait[:5] + number(stream) + wait[9:])
        client.hear_until(lambda: client.closed or sum(one.error == 7 for one in client.streams.values()) == 10)
        until(lambda: len(backend.requests) == 10, "ten reach the application")


def test_requests_that_are_given_up_wait_for_no_application(start_gate, backend):
    """Work for streams that are gone ends with them, or a reset would buy more of it than the limit allows."""
    pforte = start_gate(backend)
    with RoughClient(pforte) as client:
        for stream in range(1, 61, 2):
            head = GET[:2] + AUTHORITY + b"\x04\x05/wait"
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, head))
            until(lambda count=(stream + 1) // 2: len(backend.requests) == count, "the application is asked")
            client.send(frame(RST_STREAM, 0, stream, number(8)))
        until(lambda: pforte.metric("pforte_backend_connections", state="busy") == 0, "nobody waits any more")


def test_answers_that_nobody_takes(start_gate, start_backend):
    """A hundred answers, a window of zero: what waits is bounded, and others are served."""
    pforte = start_gate(start_backend(text(b"y" * 1_000_000)))
    clients = [RoughClient(pforte) for _ in range(5)]
    before = pforte.resident_bytes()
    for client in clients:
        client.send(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)))
        for stream in range(1, 201, 2):
            client.send(get(stream))
        client.hear(0.2)
    assert pforte.get("/").status == 200
    if not is_sanitized():
        assert pforte.resident_bytes() - before < 150 * MIB
    for client in clients:
        client.close()


def test_uploads_that_nobody_reads_stay_in_the_window(start_gate, start_backend):
    pforte = start_gate(start_backend(waits))
    with Client(pforte) as client:
        client.hear(0.3)
        before = pforte.resident_bytes()
        for _ in range(20):
            stream = client.start("POST", "/", body=True)
            room = client.h2.local_flow_control_window(stream)
            while room > 0:
                size = min(room, 16_384)
                client.h2.send_data(stream, b"u" * size)
                client.flush()
                room = client.h2.local_flow_control_window(stream)
        assert pforte.get("/.pforte/health").status == 200
        if not is_sanitized():
            assert pforte.resident_bytes() - before < 40 * MIB


def test_http1_on_a_connection_that_agreed_on_http2(pforte):
    with Client(pforte) as client:
        client.send(request())
        assert client.ended(5)


def test_a_field_forges_no_line_of_the_access_log(pforte):
    with Client(pforte, strict=False) as client:
        seen = client.get("/", ("user-agent", "x\" forged=\"y"))
    assert seen.status == 200
    assert pforte.access(path="/")["user_agent"] == 'x" forged="y'
