"""Answers are compressed where a route says so, as the client likes it, and not where secrets would show."""

import contextlib
import gzip
import json
import os
import subprocess
import threading
import time
import zlib

import brotli
import pytest
import zstandard
from agents import EVA
from backends import Exchange, by_path, dripping, text
from framing import chunk
from gate import is_sanitized, until
from raw import request
from visitor import Visitor

MIB = 1 << 20
PAGE = ("<html>" + "".join(f"<td class=\"cell\">{number}</td>\n" for number in range(2000))).encode()
HTML = "Content-Type: text/html; charset=utf-8"
READERS = {"br": brotli.decompress, "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
           "gzip": gzip.decompress}


def pages(**more):
    return by_path({"/": text(PAGE, HTML, 'ETag: "one"', "Accept-Ranges: bytes")} | more)


def compressing(start_gate, backend, compress=True, **site):
    return start_gate(backend, site={"compress": compress} | site)


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("coding", READERS)
def test_an_answer_comes_in_the_coding_the_client_takes(coding, secure, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(pages()))
    answer = gate.get("/", f"Accept-Encoding: {coding}", secure=secure)
    assert answer.get("content-encoding") == coding
    assert READERS[coding](answer.body) == PAGE
    assert len(answer.body) < len(PAGE) / 3
    assert answer.get("vary") == "Accept-Encoding"
    assert answer.get("etag") == 'W/"one"'
    assert answer.get("content-length") is None and answer.get("accept-ranges") is None
    assert gate.access(status=200, path="/", bytes_out=len(answer.body))


@pytest.mark.parametrize("coding", READERS)
def test_over_http2_it_is_the_same(coding, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(pages()))
    done = gate.curl("/", "--http2", "-i", "-H", f"Accept-Encoding: {coding}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/2 200")
    assert f"content-encoding: {coding}".encode() in head.lower()
    assert READERS[coding](body) == PAGE


@pytest.mark.parametrize("accepts, coding", [
    ("gzip, deflate, br, zstd", "br"), ("br;q=0.5, gzip", "gzip"), ("gzip;q=0, zstd;q=0.1", "zstd"), ("*", "br"),
    ("identity, gzip;q=0.5", None), ("deflate", None), ("*;q=0", None), (None, None)])
def test_the_client_decides(accepts, coding, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(pages()))
    answer = gate.get("/", *([f"Accept-Encoding: {accepts}"] if accepts else []))
    assert answer.get("content-encoding") == coding
    assert answer.get("vary") == "Accept-Encoding"
    if not coding:
        assert answer.body == PAGE and answer.get("etag") == '"one"'


def test_nothing_is_compressed_unless_the_route_says_so(start_gate, start_backend):
    gate = start_gate(start_backend(by_path({}, text(PAGE, HTML))), site={"rule": [
        {"path": "/small", "compress": {"codings": ["gzip"], "types": ["text/html"]}}]})
    plain = gate.get("/", "Accept-Encoding: br, gzip")
    assert plain.get("content-encoding") is None and plain.get("vary") is None
    assert gate.get("/small/x", "Accept-Encoding: br, gzip").get("content-encoding") == "gzip"


def test_a_head_is_answered_as_the_get_would_be(start_gate, start_backend):
    gate = compressing(start_gate, start_backend(pages()))
    answer = gate.ask(request("HEAD", "/", "Accept-Encoding: gzip"), "HEAD")
    assert answer.get("content-encoding") == "gzip" and answer.get("etag") == 'W/"one"'
    assert answer.get("content-length") is None


def test_a_client_that_kept_the_compressed_answer_may_go_on_using_it(start_gate, start_backend):
    def known(exchange: Exchange) -> None:
        assert exchange.request.get("if-none-match") == 'W/"one"'
        exchange.answer(b"", 'ETag: "one"', status=304)
    gate = compressing(start_gate, start_backend(known))
    answer = gate.get("/", "Accept-Encoding: gzip", 'If-None-Match: W/"one"')
    assert answer.status == 304 and answer.get("etag") == 'W/"one"' and answer.get("vary") == "Accept-Encoding"


@pytest.mark.parametrize("field", [
    "Content-Encoding: br", "Cache-Control: no-transform", "Content-Range: bytes 0-9/20", "Content-MD5: x"])
def test_what_must_stay_as_it_is_does(field, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(text(PAGE, HTML, field)))
    answer = gate.get("/", "Accept-Encoding: gzip, zstd")
    assert answer.body == PAGE and answer.get("content-length") == str(len(PAGE))
    assert answer.get("vary") is None


def test_a_body_from_the_client_is_never_touched(start_gate, app):
    gate = compressing(start_gate, app)
    body = gzip.compress(PAGE)
    answer = gate.ask(request("POST", "/", "Content-Encoding: gzip", "Accept-Encoding: gzip", body=body), "POST")
    told = json.loads(answer.body if not answer.get("content-encoding") else gzip.decompress(answer.body))
    assert told["bytes"] == len(body) and ["Content-Encoding", "gzip"] in told["fields"]


# Secrets.


@pytest.mark.parametrize("field", ["Cookie: JSESSIONID=1", "Authorization: Basic YTpi"])
def test_what_is_answered_to_somebody_is_not_compressed(field, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(pages(**{"/style": text(PAGE, "Content-Type: text/css")})))
    answer = gate.get("/", "Accept-Encoding: gzip", field)
    assert answer.get("content-encoding") is None and answer.body == PAGE
    static = gate.get("/style", "Accept-Encoding: gzip", field).get("content-encoding")
    assert static == ("gzip" if field.startswith("Cookie") else None)


@pytest.mark.parametrize("kind", [HTML, "Content-Type: text/css"])
@pytest.mark.parametrize("field", ["Set-Cookie: JSESSIONID=1", "Cache-Control: private"])
def test_an_answer_for_one_alone_is_not_compressed(field, kind, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(text(PAGE, kind, field)))
    assert gate.get("/", "Accept-Encoding: gzip").body == PAGE


def test_pages_of_agents_are_not_compressed_unless_the_administrator_says_so(start_desk, start_backend):
    script = "Content-Type: text/javascript"
    backend = start_backend(pages(**{"/script": text(PAGE, script), "/public": text(PAGE, script, "Cache-Control: public")}))
    gate = start_desk(backend, site={"compress": True, "rule": [
        {"path": "/open", "compress": {"with_secrets": True}}]})
    backend.script = by_path({"/open": text(PAGE, HTML)}, backend.script)
    visitor = Visitor(gate, fields=("Accept-Encoding: gzip",))
    visitor.sign_in(EVA.login, EVA.password)
    assert visitor.session
    assert visitor.get("/").get("content-encoding") is None
    assert visitor.get("/script").get("content-encoding") is None
    assert visitor.get("/public").get("content-encoding") == "gzip"
    assert visitor.get("/open").get("content-encoding") == "gzip"


# Streams.


@pytest.mark.parametrize("coding", READERS)
def test_events_arrive_as_they_are_sent(coding, start_gate, start_backend):
    gate = compressing(start_gate, start_backend(dripping([b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"], 0.5)))
    reader = {"br": lambda: brotli.Decompressor().process, "gzip": lambda: zlib.decompressobj(31).decompress,
              "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress}[coding]()
    with gate.connect() as client:
        head = client.send(request("GET", "/", f"Accept-Encoding: {coding}")).head()
        assert head.get("content-encoding") == coding
        begun, seen, arrived = time.monotonic(), b"", []
        while len(arrived) < 3:
            size = int(client.reader.until(b"\r\n")[:-2], 16)
            seen += reader(b"".join(client.reader.pieces(size)))
            client.reader.until(b"\r\n")
            arrived += [time.monotonic() - begun] * (seen.count(b"\n\n") - len(arrived))
    assert seen == b"data: 1\n\ndata: 2\n\ndata: 3\n\n"
    assert arrived[0] < 0.4 and arrived[1] < 0.9 < 1.0 < arrived[2] + 0.4, arrived


def chunks_of(total: int):
    """Noise, which no window is wide enough to find again."""
    noise = os.urandom(512 << 10)

    def script(exchange: Exchange) -> None:
        exchange.backend.sent = 0
        exchange.send(f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        while exchange.backend.sent < total:
            exchange.send(chunk(noise))
            exchange.backend.sent += len(noise)
        exchange.send(b"0\r\n\r\n")
    return script


@pytest.mark.parametrize("coding", READERS)
def test_a_slow_reader_of_a_compressed_answer_slows_its_source_in_constant_memory(coding, start_gate, start_backend):
    backend = start_backend(chunks_of(1 << 40))
    gate = compressing(start_gate, backend)
    gate.get("/.pforte/health")
    before = gate.resident_bytes()
    with gate.connect(receive_buffer=64 << 10) as client:
        client.send(request("GET", "/", f"Accept-Encoding: {coding}")).head()

        def stands_still() -> bool:
            sent = backend.sent
            time.sleep(0.5)
            return sent == backend.sent
        until(stands_still, "the source waits", 30)
        assert is_sanitized() or gate.resident_bytes() - before < 20 * MIB


def test_others_are_served_while_a_large_answer_is_compressed(start_gate, start_backend):
    backend = start_backend(by_path({"/large": chunks_of(1 << 40), "/": text(b"small", HTML)}))
    gate = start_gate(backend, site={"compress": {"codings": ["br"]}}, workers=1)
    with gate.connect(secure=True) as client:
        client.send(request("GET", "/large", "Accept-Encoding: br")).head()

        def read() -> None:
            with contextlib.suppress(OSError):
                for _ in client.reader.to_end():
                    pass
        threading.Thread(target=read, daemon=True).start()
        slowest = 0.0
        for _ in range(20):
            begun = time.monotonic()
            assert gate.get("/").body == b"small"
            slowest = max(slowest, time.monotonic() - begun)
    assert is_sanitized() or slowest < 0.5, slowest


def test_curl_reads_what_was_compressed(start_gate, start_backend, tmp_path):
    gate = compressing(start_gate, start_backend(pages()))
    done = gate.curl("/", "--compressed", "-D", str(tmp_path / "head"))
    assert done.stdout == PAGE
    assert b"content-encoding" in (tmp_path / "head").read_bytes().lower()


def test_check_names_what_cannot_be_meant(start_gate, app):
    gate = start_gate(app)
    gate.config["site"][0]["compress"] = {"types": ["html"], "codings": ["deflate"], "least": "2MiB"}
    gate.write()
    done: subprocess.CompletedProcess = gate.run("check")
    for word in ('"html" is not a media type', 'no coding "deflate"', "least"):
        assert word in done.stderr, done.stderr
