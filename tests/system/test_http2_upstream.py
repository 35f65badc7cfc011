"""HTTP/2 and h2c to the application: many requests over one connection, in good and in bad weather."""

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import h2.errors
import pytest
from backends import by_path, reset_at_once, tls_server, websocket_echo
from gate import run_pforte, standard_config, toml_document, until
from http2 import Client
from http2_backends import Http2Backend, echo, frame
from ports import free_port
from raw import request
from test_websocket import HELLO, HELLO_BACK

CLEAR = {"protocol": "h2c", "answer_time": "5s", "connect_time": "2s", "eject_after": 0}


@pytest.fixture
def start_http2():
    """start_http2(script=echo, ...): a backend that lives as long as the test, and with which python3-h2 is content."""
    started = []

    def start(*arguments, **options):
        started.append(Http2Backend(*arguments, **options))
        return started[-1]
    yield start
    for backend in started:
        backend.close()
        assert not backend.failures


@pytest.fixture
def server(start_http2):
    return start_http2()


@pytest.fixture
def pforte(start_gate, server):
    return start_gate(server.url, backend=CLEAR, workers=1)


def trusting(authority, protocol: str) -> dict:
    return {"protocol": protocol, "trust": str(authority.certificate), "server_name": "app.localhost", "retries": 0}


# What is carried.


def test_a_request_is_asked_as_http2_wants_it(pforte, server):
    answer = pforte.get("/some/path?with=query", "Cookie: a=1", "X-Mark: yes", "Connection: close")
    assert answer.status == 200 and answer.get("x-path") == "/some/path?with=query"
    headers = server.requests[0].headers
    assert headers[":method"] == "GET" and headers[":scheme"] == "http" and headers[":authority"] == "crm.example.com"
    assert headers["cookie"] == "a=1" and headers["x-mark"] == "yes" and headers["te"] == "trailers"
    assert not {"connection", "host", "transfer-encoding", "keep-alive"} & set(headers)


@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
def test_bodies_pass_both_ways_with_a_length_and_without(pforte, size):
    body = os.urandom(size)
    assert pforte.ask(request("POST", "/", body=body)).body == body
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:size // 2], body[size // 2:]) if part)
    head = request("POST", "/", "Transfer-Encoding: chunked")
    assert pforte.ask(head + chunks + b"0\r\n\r\n").body == body


def test_one_connection_carries_what_many_clients_ask_at_once(pforte, server):
    together = threading.Barrier(20)

    def script(served, asked):
        threading.Thread(target=lambda: (together.wait(5), served.answer(asked, b"x"))).start()
    server.script = script
    with ThreadPoolExecutor(20) as pool:
        assert {one.status for one in pool.map(lambda _: pforte.get(), range(20))} == {200}
    assert server.accepted == 1


def test_more_requests_than_the_server_allows_get_further_connections(start_gate, start_http2):
    waiting, go = [], threading.Event()

    def script(served, asked):
        waiting.append(asked)
        threading.Thread(target=lambda: (go.wait(5), served.answer(asked, b"x"))).start()
    server = start_http2(script, streams=2)
    pforte = start_gate(server.url, backend=CLEAR, workers=1)
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda _: pforte.get(), range(6))
        until(lambda: len(waiting) == 6, "all are asked")
        assert pforte.metric("pforte_backend_http2_connections") == server.accepted == 3
        assert pforte.metric("pforte_backend_http2_streams") == 6
        go.set()
        assert {one.status for one in answers} == {200}
    # Who asked has the answer's last byte a moment before the gate has ended the stream.
    until(lambda: pforte.metric("pforte_backend_http2_streams") == 0, "no stream is left")


def test_trailers_pass_both_ways(pforte, server):
    server.script = lambda served, asked: served.answer(
        asked, asked.trailers.get("checksum", "none").encode(), trailers=[("grpc-status", "0")])
    with Client(pforte) as client:
        stream = client.start("POST", "/", ("te", "trailers"), body=True)
        client.upload(stream, b"body", last=False)
        client.h2.send_headers(stream, [("checksum", "7")], end_stream=True)
        client.flush()
        answer = client.answer(stream)
    assert answer.body == b"7" and answer.trailers == {"grpc-status": "0"}


def test_a_call_of_grpc_streams_both_ways_at_once(pforte, server):
    message = b"\0" + (5).to_bytes(4, "big")
    server.on_head = lambda served, asked: served.head(asked, 200, ("content-type", "application/grpc"))
    server.on_data = lambda served, asked, data: served.piece(asked, data)
    server.script = lambda served, asked: (served.h2.send_headers(asked.number, [("grpc-status", "0")], end_stream=True),
                                           served.flush())
    with Client(pforte) as client:
        stream = client.start("POST", "/pkg.Service/Chat", ("content-type", "application/grpc"), ("te", "trailers"),
                              body=True)
        client.hear_until(lambda: client.streams[stream].status == 200)
        for number in range(5):
            client.upload(stream, message + b"hello", last=False)
            client.hear_until(lambda: client.streams[stream].body == (message + b"hello") * (number + 1))
        client.h2.end_stream(stream)
        client.flush()
        assert client.answer(stream).trailers == {"grpc-status": "0"}


def test_an_answer_of_trailers_alone_is_carried(pforte, server):
    server.script = lambda served, asked: served.head(asked, 200, ("grpc-status", "12"), last=True)
    with Client(pforte) as client:
        answer = client.get("/", ("te", "trailers"))
    assert answer.status == 200 and answer.headers["grpc-status"] == "12" and answer.body == b""


def test_interim_answers_pass(pforte, server):
    def script(served, asked):
        for link in ("</a.css>", "</b.css>"):
            served.head(asked, 103, ("link", link))
        served.answer(asked, b"page")
    server.script = script
    with Client(pforte) as client:
        answer = client.get()
    assert [one["link"] for one in answer.interim] == ["</a.css>", "</b.css>"]
    assert answer.status == 200 and answer.body == b"page"


def test_head_and_statuses_without_body_are_carried(pforte, server):
    server.script = lambda served, asked: served.head(
        asked, {"/none": 204, "/same": 304}.get(asked.path, 200), ("content-length", "7"), last=True)
    with pforte.connect() as client:
        answer = client.ask(request("HEAD", "/"), "HEAD")
        assert answer.status == 200 and answer.get("content-length") == "7"
        assert client.ask(request("GET", "/same")).status == 304
    server.script = lambda served, asked: served.head(asked, 204, last=True)
    assert pforte.get("/none").status == 204


# Backpressure.


def test_a_client_that_does_not_read_holds_up_nobody_and_costs_a_window(pforte, server):
    server.script = lambda served, asked: served.answer(asked, bytes(100_000_000 if asked.path == "/large" else 10_000))
    pforte.get("/warm")
    before = pforte.resident_bytes()
    with Client(pforte, takes=False) as deaf, Client(pforte) as client:
        for _ in range(20):
            deaf.start("GET", "/large")
        deaf.hear_until(lambda: sum(len(one.body) for one in deaf.streams.values()) >= 65535)
        time.sleep(0.5)
        for _ in range(20):
            assert len(client.get("/small").body) == 10_000
        assert pforte.resident_bytes() - before < 40_000_000
    assert server.accepted == 1


def test_a_server_that_does_not_read_holds_up_the_client(pforte, server):
    server.takes = False
    with Client(pforte) as client:
        stream = client.start("POST", "/", body=True)
        sent = 0
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            room = min(client.h2.local_flow_control_window(stream), 16384)
            if room == 0:
                client.hear(0.1)
                continue
            client.h2.send_data(stream, bytes(room))
            client.flush()
            sent += room
        assert sent < 2_000_000
        assert pforte.get("/other").status == 200


def test_a_client_that_gives_up_gives_up_at_the_server(pforte, server):
    server.script = lambda served, asked: None
    with Client(pforte) as client:
        stream = client.start("GET", "/")
        until(lambda: server.requests, "it is asked")
        client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.flush()
        until(lambda: server.requests[0].error == h2.errors.ErrorCodes.CANCEL, "the server hears of it")
        server.script = echo
        assert client.get("/next").status == 200
    assert server.accepted == 1


# A server that goes, or takes no more.


def test_what_a_leaving_server_did_not_look_at_is_asked_again_whatever_its_method(pforte, server):
    def leave(served, asked):
        server.script = echo
        served.send(frame(7, 0, 0, (asked.number - 2 if asked.number > 1 else 0).to_bytes(4, "big") + bytes(4)))
        served.close()
    assert pforte.get("/").status == 200
    server.script = leave
    with Client(pforte) as client:
        assert client.get("/again", method="DELETE").status == 200
        server.script = leave
        assert client.get("/again", method="POST").status == 200
    assert server.accepted == 3


def test_what_a_server_refuses_is_asked_elsewhere_whatever_its_method(start_gate, start_http2):
    busy = start_http2(lambda served, asked: served.reset(asked, h2.errors.ErrorCodes.REFUSED_STREAM))
    free = start_http2()
    pforte = start_gate(busy.url, free.url, backend=CLEAR | {"balance": "round-robin"}, workers=1)
    with Client(pforte) as client:
        for _ in range(6):
            assert client.get("/", method="POST").status == 200
    assert busy.requests and len(free.requests) == 6


def test_what_a_server_has_looked_at_is_not_asked_again(pforte, server):
    server.script = lambda served, asked: served.reset(asked, h2.errors.ErrorCodes.INTERNAL_ERROR)
    with Client(pforte) as client:
        assert client.get("/", method="POST").status == 502
    assert len(server.requests) == 1
    assert pforte.access(status=502)["decision"] == "backend.reset"


def test_requests_under_way_end_well_when_a_server_says_goodbye(pforte, server):
    asked_twice = threading.Event()

    def script(served, asked):
        if asked.path == "/next":
            asked_twice.set()
            return echo(served, asked)
        served.send(frame(7, 0, 0, asked.number.to_bytes(4, "big") + bytes(4)))
        threading.Thread(target=lambda: (asked_twice.wait(5), served.answer(asked, b"late"))).start()
    server.script = script
    with Client(pforte) as client:
        first = client.start("GET", "/")
        until(lambda: server.requests, "it is asked")
        time.sleep(0.2)
        assert client.get("/next").status == 200
        assert client.answer(first).body == b"late"
    assert server.accepted == 2


def test_an_answer_that_is_given_up_in_the_middle_is_cut_for_the_client(pforte, server):
    def script(served, asked):
        served.head(asked)
        served.piece(asked, b"some")
        served.reset(asked, h2.errors.ErrorCodes.INTERNAL_ERROR)
    server.script = script
    with Client(pforte) as client:
        assert client.get("/").error is not None
        server.script = echo
        assert client.get("/next").status == 200
    assert server.accepted == 1


def test_a_server_that_died_while_nothing_was_asked_gets_no_request(pforte, server):
    assert pforte.get("/").status == 200
    server.connections[0].deaf = True
    time.sleep(10.5)
    began = time.monotonic()
    assert pforte.ask(request("POST", "/", body=b"x")).status == 200
    assert time.monotonic() - began < 4
    assert server.accepted == 2


def test_a_connection_that_was_quiet_is_asked_by_ping_and_used_again(pforte, server):
    assert pforte.get("/").status == 200
    time.sleep(10.5)
    assert pforte.get("/").status == 200
    assert server.accepted == 1 and server.connections[0].pings == 1


# Hostile servers.


def rough(frames):
    """A script that sends frames made by hand, with the stream's number."""
    return lambda served, asked: served.send(frames(served, asked.number))


def head_of(served, stream, *fields, flags=4):
    return frame(1, flags, stream, served.h2.encoder.encode(list(fields)))


def padded(count: int) -> list:
    return [(f"x-{number}", "v" * 1000) for number in range(count)]


STATUS = (":status", "200")
HOSTILE = {
    "no-status": (rough(lambda s, n: head_of(s, n, ("x", "y"), flags=5)), "backend.http2"),
    "two-statuses": (rough(lambda s, n: head_of(s, n, STATUS, STATUS, flags=5)), "backend.http2"),
    "request-field": (rough(lambda s, n: head_of(s, n, STATUS, (":path", "/"), flags=5)), "backend.http2"),
    "status-late": (rough(lambda s, n: head_of(s, n, ("x", "y"), STATUS, flags=5)), "backend.http2"),
    "connection": (rough(lambda s, n: head_of(s, n, STATUS, ("transfer-encoding", "chunked"), flags=5)), None),
    "switching": (rough(lambda s, n: head_of(s, n, (":status", "101"), flags=5)), None),
    "upper-case": (rough(lambda s, n: head_of(s, n, STATUS, ("X-Upper", "y"), flags=5)), None),
    "line-break": (rough(lambda s, n: head_of(s, n, STATUS, ("x", "y\r\nSet-Cookie: a=b"), flags=5)), None),
    "two-lengths": (rough(lambda s, n: head_of(s, n, STATUS, ("content-length", "1"), ("content-length", "2"))), None),
    "long-head": (rough(lambda s, n: b"".join(split_head(s, n, padded(200)))), "http.head-too-large"),
    "continuations": (rough(lambda s, n: frame(1, 0, n, s.h2.encoder.encode([STATUS])) + frame(9, 0, n) * 300), None),
    "push": (rough(lambda s, n: frame(5, 4, n, (2).to_bytes(4, "big") + s.h2.encoder.encode(
        [(":method", "GET"), (":scheme", "http"), (":authority", "x"), (":path", "/")]))), "backend.http2"),
    "data-first": (rough(lambda s, n: frame(0, 1, n, b"x")), None),
    "data-of-nobody": (rough(lambda s, n: frame(0, 1, n + 100, b"x")), "backend.http2"),
    "large-frame": (rough(lambda s, n: frame(0, 0, n, bytes(70_000))), "backend.http2"),
    "window-overflow": (rough(lambda s, n: frame(8, 0, 0, (0x7fffffff).to_bytes(4, "big")) * 2), "backend.http2"),
    "pings": (rough(lambda s, n: frame(6, 0, 0, bytes(8)) * 900), "backend.http2-flood"),
    "settings": (rough(lambda s, n: frame(4, 0, 0) * 900), "backend.http2-flood"),
    "windows": (rough(lambda s, n: frame(8, 0, 0, (1).to_bytes(4, "big")) * 2000), "backend.http2-flood"),
    "garbage": (rough(lambda s, n: b"HTTP/1.1 200 OK\r\n\r\n"), "backend.http2"),
}


def split_head(served, stream, fields):
    block = served.h2.encoder.encode([STATUS, *fields])
    parts = [block[at:at + 16000] for at in range(0, len(block), 16000)]
    yield frame(1, 1, stream, parts[0])
    for part in parts[1:-1]:
        yield frame(9, 0, stream, part)
    yield frame(9, 4, stream, parts[-1])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_a_bad_gateway_and_its_connection_is_not_used_again(start_gate, name):
    script, code = HOSTILE[name]
    server = Http2Backend(script)
    pforte = start_gate(server.url, backend=CLEAR | {"retries": 0}, workers=1)
    try:
        assert pforte.ask(request("POST", "/", body=b"x")).status == 502
        line = pforte.access(status=502)
        assert line["decision"] == code if code else line["decision"].startswith(("backend.", "http")), line
        server.script = echo
        assert pforte.get("/next").status == 200
        assert server.accepted == 2
    finally:
        server.close()


@pytest.mark.parametrize("says, sends", [(3, 5), (5, 3)])
def test_a_body_of_another_length_than_its_head_says_is_no_whole_answer(start_gate, says, sends):
    server = Http2Backend(rough(lambda s, n: head_of(s, n, STATUS, ("content-length", str(says))) +
                                frame(0, 1, n, b"x" * sends)))
    pforte = start_gate(server.url, backend=CLEAR, workers=1)
    try:
        with Client(pforte) as client:
            answer = client.get("/")
            assert answer.error is not None or answer.status == 502, answer
        server.script = echo
        assert pforte.get("/next").status == 200
        assert server.accepted == 2
    finally:
        server.close()


def test_pings_beside_useful_work_are_no_flood(pforte, server):
    def script(served, asked):
        served.head(asked)
        for _ in range(2000):
            served.send(frame(6, 0, 0, bytes(8)))
            served.piece(asked, b"x")
        served.body(asked, b"end")
    server.script = script
    assert pforte.get("/").body == b"x" * 2000 + b"end"


# Over TLS, as the server chooses.


def test_h2_is_spoken_over_tls_and_the_scheme_says_so(start_gate, start_http2, authority):
    server = start_http2(tls=tls_server(authority.issue("app.localhost")))
    pforte = start_gate(server.url, backend=trusting(authority, "h2"), workers=1)
    assert [pforte.get(f"/{number}").get("x-path") for number in range(5)] == [f"/{number}" for number in range(5)]
    assert server.accepted == 1 and server.requests[0].headers[":scheme"] == "https"


def test_a_server_that_does_not_choose_h2_gets_no_request(start_gate, start_backend, authority):
    server = start_backend(tls=tls_server(authority.issue("app.localhost")))
    pforte = start_gate(server, backend=trusting(authority, "h2"))
    assert pforte.get().status == 502
    assert pforte.access(status=502)["decision"] == "backend.no-http2"
    assert server.requests == []


@pytest.mark.parametrize("answers", [None, reset_at_once])
def test_a_server_that_speaks_http1_where_h2c_was_promised_gets_no_request(answers, start_gate, start_backend):
    server = start_backend(answers) if answers else start_backend()
    pforte = start_gate(server, backend=CLEAR | {"retries": 0})
    assert pforte.get().status == 502
    assert pforte.access(status=502)["decision"] == "backend.no-http2"


def test_auto_takes_what_each_server_chooses(start_gate, start_http2, start_backend, authority):
    new = start_http2(tls=tls_server(authority.issue("app.localhost")))
    old = start_backend(tls=tls_server(authority.issue("app.localhost")))
    pforte = start_gate(new.url, old, backend=trusting(authority, "auto") | {"balance": "round-robin"}, workers=1)
    assert {pforte.get().status for _ in range(10)} == {200}
    assert len(new.requests) == len(old.requests) == 5
    assert new.accepted == 1 and old.accepted == 1


def test_health_is_asked_over_http2(start_gate, start_http2):
    server = start_http2(lambda served, asked: served.answer(asked, status=200 if asked.path == "/health" else 404))
    pforte = start_gate(server.url, workers=1, backend=CLEAR | {
        "health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})
    until(lambda: any(one.path == "/health" for one in server.requests), "it is asked")
    assert pforte.metric("pforte_backend_server_up", server=server.url) == 1
    server.script = lambda served, asked: served.answer(asked, status=503)
    until(lambda: pforte.metric("pforte_backend_server_up", server=server.url) == 0, "it is found ill")


# WebSockets.


def test_a_websocket_goes_over_http2_where_the_server_takes_it(start_gate, start_http2):
    server = start_http2(tunnels=True)
    server.on_head = lambda served, asked: served.head(asked, 200)
    server.on_data = lambda served, asked, data: served.piece(asked, HELLO_BACK)
    server.script = lambda served, asked: (served.h2.end_stream(asked.number), served.flush())
    pforte = start_gate(server.url, backend=CLEAR, workers=1)
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    with pforte.connect() as client:
        client.send(request("GET", "/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                            f"Sec-WebSocket-Key: {key}"))
        head = client.head()
        assert " 101 " in head.start and head.get("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        client.send(HELLO)
        assert client._receive(len(HELLO_BACK)) == HELLO_BACK
    headers = server.requests[0].headers
    assert headers[":method"] == "CONNECT" and headers[":protocol"] == "websocket" and headers[":path"] == "/socket"
    assert "sec-websocket-key" not in headers and "upgrade" not in headers
    until(lambda: pforte.metric("pforte_backend_http2_streams") == 0, "it is over")


def test_a_websocket_goes_over_http1_where_an_https_server_takes_none_over_http2(start_gate, start_backend, authority):
    context = tls_server(authority.issue("app.localhost"))
    server = start_backend(by_path({"/socket": websocket_echo}), tls=context)
    pforte = start_gate(server, backend=trusting(authority, "auto"), workers=1)
    with pforte.connect() as client:
        client.send(request("GET", "/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        assert " 101 " in client.head().start


def test_a_websocket_is_a_bad_gateway_where_h2c_takes_none(pforte, server):
    answer = pforte.get("/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    assert answer.status == 502
    assert pforte.access(status=502)["decision"] == "backend.no-websocket"
    assert server.requests == []


# Configuration.


@pytest.mark.parametrize("server, backend", [
    ("http://127.0.0.1:9", {"protocol": "h2"}),
    ("https://127.0.0.1:9", {"protocol": "h2c"}),
    ("http://127.0.0.1:9", {"protocol": "auto"}),
    ("https://127.0.0.1:9", {"protocol": "h2", "connection_sign_in": True}),
    ("https://127.0.0.1:9", {"protocol": "auto", "connection_sign_in": True}),
])
def test_what_excludes_each_other_is_found_by_check(start_gate, tmp_path, server, backend):
    folder = tmp_path / "check"
    folder.mkdir()
    config = standard_config(folder, start_gate.authority, [server], backend=backend)
    (folder / "pforte.toml").write_text(toml_document(config))
    checked = run_pforte("check", "--config", str(folder / "pforte.toml"), "--json")
    codes = [one["code"] for one in json.loads(checked.stdout)["problems"]]
    assert checked.returncode in (1, 2) and "conf.backend.protocol" in codes


# Servers that others wrote.


NODE = """
const http2 = require('http2'), crypto = require('crypto'), fs = require('fs');
const options = {key: fs.readFileSync(process.argv[2]), cert: fs.readFileSync(process.argv[3]),
                 settings: {enableConnectProtocol: true}};
const server = process.argv[4] === 'h2c' ? http2.createServer(options) : http2.createSecureServer(options);
server.on('stream', (stream, headers) => {
  stream.on('error', () => {});
  if (headers[':method'] === 'CONNECT') { stream.respond({':status': 200}); stream.pipe(stream); return; }
  if (headers[':path'] === '/large') { stream.respond({':status': 200}); stream.end(Buffer.alloc(20000000, 'x')); return; }
  const hash = crypto.createHash('sha256');
  let trailers = {};
  stream.on('trailers', (fields) => { trailers = fields; });
  stream.on('data', (data) => hash.update(data));
  stream.on('end', () => {
    stream.respond({':status': 200, 'content-type': 'application/grpc'}, {waitForTrailers: true});
    stream.on('wantTrailers', () => stream.sendTrailers({'grpc-status': '0', 'grpc-message': trailers['checksum'] || ''}));
    stream.end(hash.digest('hex'));
  });
});
server.listen(Number(process.argv[5]), '127.0.0.1', () => console.log('ready'));
"""


@pytest.fixture
def start_node(tmp_path, authority):
    """start_node("h2" or "h2c"): the URL of a server on node:http2."""
    if not shutil.which("node"):
        pytest.skip("there is no node")
    started = []

    def start(protocol: str) -> str:
        pair, port = authority.issue("app.localhost"), free_port()
        (tmp_path / "server.js").write_text(NODE)
        process = subprocess.Popen(["node", str(tmp_path / "server.js"), str(pair.key), str(pair.chain), protocol,
                                    str(port)], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return f"{'http' if protocol == 'h2c' else 'https'}://127.0.0.1:{port}"
    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("protocol", ["h2", "h2c"])
def test_node_is_asked_calls_uploads_downloads_and_websockets(start_gate, start_node, authority, protocol):
    terms = trusting(authority, "h2") if protocol == "h2" else CLEAR
    pforte = start_gate(start_node(protocol), backend=terms, workers=1)
    body = os.urandom(500_000)
    with Client(pforte) as client:
        stream = client.start("POST", "/pkg.Service/Call", ("te", "trailers"), body=True)
        client.upload(stream, body, last=False)
        client.h2.send_headers(stream, [("checksum", "7")], end_stream=True)
        client.flush()
        answer = client.answer(stream)
        assert answer.body == hashlib.sha256(body).hexdigest().encode()
        assert answer.trailers == {"grpc-status": "0", "grpc-message": "7"}
    large = os.urandom(20_000_000)
    assert pforte.ask(request("POST", "/", body=large)).body == hashlib.sha256(large).hexdigest().encode()
    assert pforte.get("/large").body == b"x" * 20_000_000
    with pforte.connect() as client:
        client.send(request("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        assert " 101 " in client.head().start
        client.send(HELLO)
        assert client._receive(len(HELLO)) == HELLO


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} ssl http2; ssl_certificate {chain}; ssl_certificate_key {key}; root {folder}/www;
    keepalive_requests 25;
  }}
}}
"""


def test_nginx_is_asked_and_its_goodbyes_lose_no_request(start_gate, tmp_path, authority):
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        pytest.skip("there is no nginx")
    pair, port = authority.issue("app.localhost"), free_port()
    (tmp_path / "www").mkdir()
    tmp_path.chmod(0o755)
    (tmp_path / "www" / "page.txt").write_bytes(b"page" * 10_000)
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, port=port, chain=pair.chain, key=pair.key))
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
                             stderr=subprocess.DEVNULL)
    try:
        pforte = start_gate(f"https://127.0.0.1:{port}", backend=trusting(authority, "h2") | {"retries": 1}, workers=1)
        until(lambda: pforte.get("/page.txt").status == 200, "nginx is there")
        with ThreadPoolExecutor(4) as pool:  # after each 25 requests nginx wants another connection
            answers = list(pool.map(lambda _: pforte.get("/page.txt"), range(120)))
        assert {(one.status, len(one.body)) for one in answers} == {(200, 40_000)}
    finally:
        nginx.kill()
        nginx.wait()
