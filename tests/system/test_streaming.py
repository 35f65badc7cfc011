"""Bodies of any size run through in constant memory, as fast as the slower side and not faster."""

import hashlib
import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from backends import (Exchange, after, by_path, bytes_of, close_in_body, close_in_chunks, dripping, reset_in_body,
                      tls_server)
from framing import Body, chunk
from gate import is_sanitized, until
from raw import request

MIB = 1 << 20
SIZE = 10 << 30 if os.environ.get("PFORTE_TEST_10_GIB") else 256 * MIB
PIECE = bytes(MIB)


@contextmanager
def growth_below(pforte, limit: int):
    """The gate's resident memory, looked at all the time, grows by less than `limit` bytes."""
    before, highest, done = pforte.resident_bytes(), 0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.01):
            highest = max(highest, pforte.resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    assert is_sanitized() or highest - before < limit, f"grew by {(highest - before) / MIB:.1f} MiB"


@pytest.mark.parametrize("secure", [False, True])
def test_a_download_waits_for_a_slow_reader_in_constant_memory(secure, start_gate, start_backend):
    backend = start_backend(bytes_of(SIZE))
    pforte = start_gate(backend)
    pforte.get("/.pforte/health")
    with growth_below(pforte, 20 * MIB), pforte.connect(secure=secure, receive_buffer=64 << 10) as client:
        head = client.send(request()).head()
        assert head.get("content-length") == str(SIZE)
        time.sleep(1)
        # What the buffers of two kernels and a gate take; the rest waits at its source.
        assert backend.sent < 32 * MIB
        assert sum(map(len, client.reader.pieces(SIZE))) == SIZE


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_an_upload_waits_for_a_slow_backend_in_constant_memory(secure, framing, start_gate, start_backend):
    got = 0

    def count(exchange: Exchange) -> None:
        nonlocal got
        time.sleep(0.7)
        for piece in exchange.request.pieces():
            got += len(piece)
        exchange.answer(b"thanks")

    size = SIZE if secure and framing == "length" else min(SIZE, 64 * MIB)
    pforte = start_gate(start_backend(count))
    sent = 0

    with growth_below(pforte, 20 * MIB), pforte.connect(secure=secure) as client:
        def upload() -> None:
            nonlocal sent
            while sent < size:
                client.send(b"100000\r\n" + PIECE + b"\r\n" if framing == "chunked" else PIECE)
                sent += MIB
            client.send(b"0\r\n\r\n" if framing == "chunked" else b"")

        field = "Transfer-Encoding: chunked" if framing == "chunked" else f"Content-Length: {size}"
        client.send(request("POST", "/", field))
        writer = threading.Thread(target=upload)
        writer.start()
        time.sleep(0.5)
        assert sent < 32 * MIB
        writer.join(600)
        assert client.answer().body == b"thanks"
    assert got == size


def test_a_large_upload_by_curl_arrives_byte_by_byte_the_same(pforte, tmp_path):
    data = os.urandom(8 * MIB)
    (tmp_path / "up").write_bytes(data)
    done = pforte.curl("/", "--data-binary", f"@{tmp_path / 'up'}")
    assert hashlib.sha256(data).hexdigest().encode() in done.stdout


def test_an_early_answer_reaches_a_client_that_is_still_sending(start_gate, start_backend):
    def refuse(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nstop")
        exchange.connection.settimeout(1)
        try:
            while exchange.connection.recv(1 << 16):  # a polite server lingers
                pass
        except OSError:
            pass
        exchange.close()

    pforte = start_gate(start_backend(refuse))
    for secure in (False, True):
        with pforte.connect(secure=secure) as client:
            client.send(request("POST", "/", f"Content-Length: {64 * MIB}") + bytes(1000))
            answer = client.answer()
            assert (answer.status, answer.body) == (413, b"stop")


def test_an_early_answer_may_go_on_while_the_upload_does(start_gate, start_backend):
    def both(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in exchange.request.pieces():
            exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    pforte = start_gate(start_backend(both))
    with pforte.connect(secure=True) as client:
        client.send(request("POST", "/", "Content-Length: 12"))
        assert client.head().start.split()[1] == "200"
        for word in (b"one.", b"two.", b"six."):
            client.send(word)
            assert client.reader.until(b"\r\n") == b"4\r\n"
            assert client.reader.until(b"\r\n") == word + b"\r\n"
        assert client.reader.until(b"0\r\n\r\n") == b"0\r\n\r\n"


def test_a_piece_of_an_answer_is_not_held_back(start_gate, start_backend):
    pforte = start_gate(start_backend(dripping([b"data: %d\n\n" % n for n in range(5)], 0.2)))
    with pforte.connect(secure=True) as client:
        client.send(request()).head()
        began = time.monotonic()
        client.reader.until(b"data: 0\n\n")
        assert time.monotonic() - began < 0.15
        client.reader.until(b"0\r\n\r\n")


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("cut", [close_in_body, close_in_chunks, reset_in_body], ids=["close", "chunks", "reset"])
def test_an_answer_that_is_cut_off_is_not_passed_off_as_whole(secure, cut, start_gate, start_backend):
    pforte = start_gate(start_backend(cut))
    with pforte.connect(secure=secure) as client:
        client.send(request())
        try:
            answer = client.answer()
        except (EOFError, OSError, ValueError):
            return
        assert answer.status == 502  # nothing had been passed on yet


def test_a_client_that_vanishes_ends_the_conversation_with_the_backend(start_gate, start_backend):
    backend = start_backend(by_path({"/down": bytes_of(1 << 40), "/wait": after(0.1)}))
    pforte = start_gate(backend, workers=1)
    for secure in (False, True):
        client = pforte.connect(secure=secure)
        client.send(request("GET", "/down")).head()
        client.reset()
        until(lambda: pforte.metric("pforte_backend_connections", state="busy") == 0, "the download is given up")
    until(lambda: not backend.open, "the backend's connections end")


def test_a_client_that_vanishes_in_the_middle_of_an_upload_ends_it(start_gate, start_backend):
    ended = threading.Event()

    def read(exchange: Exchange) -> None:
        try:
            exchange.request.body()
        except (EOFError, OSError):
            ended.set()
            raise

    pforte = start_gate(start_backend(read))
    client = pforte.connect(secure=True)
    client.send(request("POST", "/", "Content-Length: 1000", body=b"half"))
    until(lambda: pforte.metric("pforte_backend_connections", state="busy") == 1, "the upload is under way")
    client.reset()
    assert ended.wait(5)


def test_many_streams_at_once_do_not_mix(start_gate, start_backend):
    def letters(exchange: Exchange) -> None:
        letter = exchange.request.target[1:].encode()
        exchange.answer(letter * (4 * MIB))

    pforte = start_gate(start_backend(letters))
    wrong: list[str] = []

    def read(letter: str) -> None:
        with pforte.connect(secure=True) as client:
            body = client.ask(request("GET", "/" + letter)).body
            if body != letter.encode() * (4 * MIB):
                wrong.append(letter)

    threads = [threading.Thread(target=read, args=(letter,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_upload_answered_by_echo_is_whole(pforte):
    answer = pforte.ask(request("POST", "/", body=bytes(5 * MIB)), secure=True)
    assert answer.json()["bytes"] == 5 * MIB


def test_what_a_backend_has_sent_reaches_a_slow_reader_although_the_backend_pauses(start_gate, start_backend):
    def pause(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(int(exchange.request.target[1:])):
            exchange.send(chunk(bytes(60_000)))
            time.sleep(0.005)
        exchange.backend.stopping.wait(30)

    pforte = start_gate(start_backend(pause), workers=1)
    missing: dict[int, int] = {}

    def read(count: int) -> None:
        with pforte.connect(secure=True, receive_buffer=16 << 10) as client:
            client.send(request("GET", f"/{count}"))
            time.sleep(1.5)
            client.socket.settimeout(3)
            body = Body(client.reader, client.head(), to_close=True).pieces()
            missing[count] = count * 60_000
            try:
                while missing[count] > 0:
                    missing[count] -= len(next(body))
            except TimeoutError:
                pass

    # One of the sizes is just what the kernels' buffers hold and a little more, which then waits in the gate.
    threads = [threading.Thread(target=read, args=(count,)) for count in range(30, 90)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(missing) == len(threads)
    assert {count: left for count, left in missing.items() if left} == {}


@contextmanager
def uploading(pforte, size: int = 100 * MIB):
    """A client with a request whose body goes on for as long as somebody takes it."""
    with pforte.connect() as client:
        client.send(request("POST", "/", f"Content-Length: {size}"))

        def upload() -> None:
            try:
                for _ in range(size // MIB):
                    client.send(PIECE)
            except OSError:
                pass

        writer = threading.Thread(target=upload)
        writer.start()
        try:
            yield client
        finally:
            try:
                client.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            writer.join()


def stop_reading(exchange: Exchange) -> None:
    exchange.backend.stopping.wait(30)


def continue_and_stop_reading(exchange: Exchange) -> None:
    time.sleep(0.6)
    exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    exchange.backend.stopping.wait(30)


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("script", [stop_reading, continue_and_stop_reading], ids=["silent", "interim"])
def test_an_upload_that_the_backend_stops_reading_is_a_gateway_timeout(secure, script, start_gate, start_backend,
                                                                       authority):
    backend = start_backend(script, tls=tls_server(authority.issue("127.0.0.1")) if secure else None)
    trust = {"trust": str(authority.certificate)} if secure else {}
    pforte = start_gate(backend, backend={"answer_time": "1s"} | trust)
    began = time.monotonic()
    with uploading(pforte) as client:
        assert client.answer().status == 504
        # The answer's time, and two seconds for last words.
        assert 0.9 < time.monotonic() - began < 4.5
        until(lambda: pforte.metric("pforte_backend_connections") == 0, "the backend's connection is given up", 2)
    until(lambda: pforte.client_connections == 0, "the client's connection ends", 3)


@pytest.mark.parametrize("status", [401, 413])
def test_a_refusal_before_the_reset_of_an_upload_reaches_the_client(status, start_gate, start_backend):
    def refuse(exchange: Exchange) -> None:
        time.sleep(0.1)
        exchange.answer(b"no!", "Connection: close", status=status)
        exchange.close()  # with bytes of the upload unread: the kernel sends a reset

    backend = start_backend(refuse)
    pforte = start_gate(backend, workers=1, backend={"eject_after": 3})
    for _ in range(8):
        with uploading(pforte) as client:
            answer = client.answer()
            assert (answer.status, answer.body) == (status, b"no!")
    assert pforte.events("backend.ejected") == []
    assert len(backend.requests) == 8
