"""HTTP/2 to clients: the rules of the gate hold as over HTTP/1.1, with independent clients and frame by frame."""

import hashlib
import json
import os
import signal
import subprocess
import time

import h2.errors
import pytest
from backends import Exchange, by_path, text
from gate import HOST, until
from http2 import Client
from raw import request

SMALL = b"y" * 1024


def mirror(exchange: Exchange) -> None:
    """Says what the application was asked, as JSON."""
    asked = exchange.request
    body = asked.body()
    said = {"method": asked.method, "target": asked.target, "fields": asked.head.fields, "trailers": asked.trailers,
            "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    exchange.answer(json.dumps(said).encode(), "Content-Type: application/json")


def large(exchange: Exchange) -> None:
    exchange.answer(b"x" * 5_000_000)


def in_pieces(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Checksum\r\n\r\n3\r\none\r\n")
    exchange.send(b"3\r\ntwo\r\n0\r\nChecksum: 7\r\n\r\n")


def after_a_while(exchange: Exchange) -> None:
    time.sleep(0.3)
    exchange.answer(SMALL)


APPLICATION = by_path({"/large": large, "/pieces": in_pieces, "/late": after_a_while, "/small": text(SMALL),
                       "/none": lambda exchange: exchange.answer(status=204)}, mirror)


@pytest.fixture
def pforte(start_gate, start_backend):
    return start_gate(start_backend(APPLICATION))


def fields_of(stream) -> dict[str, str]:
    return {name.lower(): value for name, value in json.loads(stream.body)["fields"]}


# Independent clients.


@pytest.mark.parametrize("size", [0, 1, 16_384, 3_000_000])
def test_curl_carries_bodies_both_ways(pforte, tmp_path, size):
    body = tmp_path / "body"
    body.write_bytes(os.urandom(size))
    done = pforte.curl("/up", "--http2", "--data-binary", f"@{body}", "--write-out", " %{http_version}")
    said, _, version = done.stdout.rpartition(b" ")
    assert version == b"2", done.stderr
    assert json.loads(said)["sha256"] == hashlib.sha256(body.read_bytes()).hexdigest()


def test_h2load_gets_every_answer(pforte):
    done = subprocess.run(["h2load", "-n", "2000", "-c", "4", "-m", "16", f"--connect-to=127.0.0.1:{pforte.tls_port}",
                           f"https://{HOST}:{pforte.tls_port}/small"], capture_output=True, text=True, timeout=60)
    assert "2000 succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout, done.stdout


def test_nghttp_hears_large_answers_whole(pforte):
    # It names no host in its ClientHello, since it asks for an address: the first site answers.
    done = subprocess.run(["nghttp", "--no-verify-peer", "--multiply=2", f"--header=:authority: {HOST}",
                           f"https://127.0.0.1:{pforte.tls_port}/large"], capture_output=True, timeout=60)
    assert len(done.stdout) == 10_000_000, done.stderr


NODE = """
const http2 = require('http2'), fs = require('fs');
const [port, host, ca] = process.argv.slice(1);
const session = http2.connect(`https://${host}:${port}`, {ca: fs.readFileSync(ca), lookup: (_, options, back) =>
    options.all ? back(null, [{address: '127.0.0.1', family: 4}]) : back(null, '127.0.0.1', 4)});
let left = 100;
for (let i = 0; i < 100; ++i) {
  const asked = session.request({':path': '/small'});
  let bytes = 0, status = 0;
  asked.on('response', head => status = head[':status']);
  asked.on('data', piece => bytes += piece.length);
  asked.on('end', () => { if (status !== 200 || bytes !== 1024) process.exit(1); if (--left === 0) session.close(); });
}
session.on('error', error => { console.error(error); process.exit(2); });
"""


def test_node_is_answered_a_hundred_times_at_once(pforte):
    done = subprocess.run(["node", "-e", NODE, str(pforte.tls_port), HOST, str(pforte.authority.certificate)],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# Heads.


def test_an_application_sees_the_request_that_http1_would_have_carried(pforte):
    with Client(pforte) as client:
        seen = client.get("/a/b?c=d", ("accept", "text/html"), ("x-own", "1"))
    said, fields = json.loads(seen.body), fields_of(seen)
    assert (said["method"], said["target"]) == ("GET", "/a/b?c=d")
    assert fields["host"] == HOST and fields["x-own"] == "1" and fields["x-forwarded-proto"] == "https"
    assert pforte.access(path="/a/b")["protocol"] == "HTTP/2"


def test_cookies_that_come_one_by_one_arrive_as_one_field(pforte):
    with Client(pforte) as client:
        seen = client.get("/", ("cookie", "a=1"), ("cookie", "b=2"))
    assert fields_of(seen)["cookie"] == "a=1; b=2"


@pytest.mark.parametrize("name", ["remote-user", "remote_user", "pforte-principal", "pforte_groups", "pforte-assertion",
                                  "x-forwarded-user-x"])
def test_an_identity_that_the_client_made_up_does_not_arrive(pforte, name):
    with Client(pforte) as client:
        seen = client.get("/", (name, "boss"))
    assert (name in fields_of(seen)) == (name == "x-forwarded-user-x")


@pytest.mark.parametrize("path", [
    "/webclient/..;/management", "/webclient/%2e%2e/management", "/webclient/x", "/webclient\\..\\management",
    "/management", "/webclient/%00", "/webclient//x", "/WEBCLIENT/x"])
def test_paths_are_judged_as_over_http1(start_gate, start_backend, path):
    pforte = start_gate(start_backend(mirror), site={"allow": ["/webclient"]}, backend={"path_profile": "tomcat"})
    with Client(pforte) as client:
        seen = client.get(path).status
    assert seen == pforte.ask(request(target=path)).status
    assert (seen == 200) == (path == "/webclient/x")


@pytest.mark.parametrize(("head", "code"), [
    ([("host", "other.example.com")], "http.host-differs"),
    ([("expect", "miracles")], "http.expectation"),
    ([("authorization", "Basic a"), ("authorization", "Basic b")], "http.authorization-repeated"),
    ([("content-length", "007")], None)])
def test_what_http1_would_refuse_is_refused(pforte, head, code):
    with Client(pforte, strict=False) as client:
        seen = client.get("/", *head)
    if code is None:
        assert seen.error == h2.errors.ErrorCodes.PROTOCOL_ERROR or seen.status == 400
    else:
        assert json.loads(seen.body).get("code", "http.expectation") == code
        assert seen.status == (417 if code == "http.expectation" else 400)


@pytest.mark.parametrize("head", [
    [("connection", "close")], [("transfer-encoding", "chunked")], [("te", "gzip")], [("Upper", "case")],
    [("x", "a\r\nb: c")], [("x", " a")], [(":path", "/again")], [(":unknown", "x")]],
    ids=lambda head: head[0][0])
def test_a_malformed_request_is_no_request(start_gate, start_backend, head):
    backend = start_backend(mirror)
    pforte = start_gate(backend)
    with Client(pforte, strict=False) as client:
        seen = client.get("/", *head)
        assert seen.error == h2.errors.ErrorCodes.PROTOCOL_ERROR or seen.status == 400
        assert client.get("/next").status == 200  # the connection has done nothing
    assert [asked.target for asked in backend.requests] == ["/next"]


def test_connect_and_trace_are_refused(pforte):
    with Client(pforte, strict=False) as client:
        connect = client.start_with([(":method", "CONNECT"), (":authority", f"{HOST}:443")], body=True)
        client.hear_until(lambda: client.streams[connect].status)
        assert client.streams[connect].status == 405
        assert client.get("/", method="TRACE").status == 405


def test_a_head_that_is_too_large_is_told_so(pforte):
    with Client(pforte) as client:
        assert client.get("/", ("x", "a" * 40_000)).status == 431
        assert client.get("/", ("authorization", "Negotiate " + "a" * 70_000)).status == 431
        assert client.get("/", *[(f"x{i}", "") for i in range(101)]).status == 431
        assert client.get("/" + "a" * 20_000).status == 414
        assert client.get("/").status == 200


def test_a_ticket_of_48_kilobytes_passes(pforte):
    with Client(pforte) as client:
        assert client.get("/", ("authorization", "Bearer " + "a" * 64_000)).status == 200


# Bodies.


def test_an_upload_without_a_length_arrives_whole(pforte):
    data = os.urandom(1_000_000)
    with Client(pforte) as client:
        seen = client.post("/up", data)
    assert json.loads(seen.body)["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("said", [3, 7])
def test_a_body_of_another_length_than_said_is_no_body(start_gate, start_backend, said):
    pforte = start_gate(start_backend(mirror))
    with Client(pforte, strict=False) as client:
        stream = client.start("POST", "/up", ("content-length", str(said)), body=True)
        client.h2.streams[stream]._expected_content_length = None
        client.upload(stream, b"12345")
        seen = client.answer(stream)
    assert seen.error == h2.errors.ErrorCodes.PROTOCOL_ERROR
    assert seen.status in (0, 400)


def test_interim_answers_and_trailers_pass(pforte):
    with Client(pforte) as client:
        seen = client.get("/pieces")
    assert [head[":status"] for head in seen.interim] == ["103"]
    assert (seen.status, seen.body, seen.trailers) == (200, b"onetwo", {"checksum": "7"})


def test_trailers_of_a_request_arrive(pforte):
    with Client(pforte) as client:
        stream = client.start("POST", "/up", body=True)
        client.upload(stream, b"body", last=False)
        client.h2.send_headers(stream, [("checksum", "7")], end_stream=True)
        client.flush()
        assert json.loads(client.answer(stream).body)["trailers"] == [["checksum", "7"]]


def test_answers_without_a_body_end_at_once(pforte):
    with Client(pforte) as client:
        assert client.get("/none").status == 204
        head = client.get("/small", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "1024")


def test_an_answer_that_breaks_off_is_a_reset_stream_and_no_more(start_gate, start_backend):
    def broken(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        exchange.reset()
    pforte = start_gate(start_backend(by_path({"/broken": broken}, mirror)))
    with Client(pforte) as client:
        seen = client.get("/broken")
        assert (seen.status, seen.ended, seen.error) == (200, False, h2.errors.ErrorCodes.INTERNAL_ERROR)
        assert client.get("/").status == 200


# Side by side.


def test_a_slow_request_holds_up_no_other(pforte):
    with Client(pforte) as client:
        late, small = client.start("GET", "/late"), client.start("GET", "/small")
        client.answer(small)
        assert not client.streams[late].over
        assert client.answer(late).status == 200


def test_who_takes_nothing_of_one_answer_gets_the_others(pforte):
    with Client(pforte, takes=False) as client:
        client.h2.increment_flow_control_window(10_000_000)
        large_one = client.start("GET", "/large")
        assert client.get("/small").body == SMALL
        client.hear_until(lambda: len(client.streams[large_one].body) == 65_535)
        before = pforte.resident_bytes()
        for _ in range(20):
            client.start("GET", "/large")
        assert client.get("/small").body == SMALL
        assert pforte.resident_bytes() - before < 40 << 20


def test_what_is_urgent_comes_first(pforte):
    """Where the client's window is too small for all, who is urgent gets it (RFC 9218)."""
    with Client(pforte, takes=False) as client:
        late = client.start("GET", "/large", ("priority", "u=7"))
        soon = client.start("GET", "/large", ("priority", "u=0"))

        def bytes_of(*streams: int) -> int:
            return sum(len(client.streams[stream].body) for stream in streams)
        client.hear_until(lambda: bytes_of(late, soon) == 65_535)
        for stream in (late, soon):
            client.h2.increment_flow_control_window(10_000_000, stream)
        before = bytes_of(late)
        for room in range(1, 11):
            time.sleep(0.05)  # both wait for the window
            client.h2.increment_flow_control_window(50_000)
            client.flush()
            client.hear_until(lambda total=65_535 + room * 50_000: bytes_of(late, soon) == total)
        assert bytes_of(late) - before < 100_000


# Connections.


def test_no_request_is_lost_in_a_reload_under_200_streams(pforte):
    clients = [Client(pforte) for _ in range(4)]
    started = [(client, client.start("GET", "/late")) for _ in range(50) for client in clients]
    assert pforte.reload().returncode == 0
    assert [client.answer(stream).status for client, stream in started] == [200] * 200
    for client in clients:
        assert client.get("/small").status == 200  # the connection has survived
        client.close()


def test_no_request_is_lost_in_a_drain_under_200_streams(pforte):
    clients = [Client(pforte) for _ in range(4)]
    started = [(client, client.start("GET", "/late")) for _ in range(50) for client in clients]
    pforte.signal(signal.SIGTERM)
    for client in clients:
        started.append((client, client.start("GET", "/small")))  # it crosses the announcement
    assert [client.answer(stream).status for client, stream in started] == [200] * 204
    assert all(client.ended() and client.goaway[-1][0] == 0 for client in clients)
    assert pforte.wait() == 0


def test_an_idle_connection_is_told_when_it_ends(start_gate, start_backend):
    pforte = start_gate(start_backend(mirror), limits={"idle": "1s"})
    with Client(pforte) as client:
        assert client.get("/").status == 200
        assert client.ended(5)
        assert client.goaway[0][0] == 0


def test_a_host_that_the_certificate_does_not_cover_wants_another_connection(start_gate, start_backend, authority):
    other = {"hosts": ["other.example.org"], "certificate": authority.issue("other.example.org").config(),
             "backend": "app", "allow": ["/"]}
    pforte = start_gate(start_backend(mirror), more_sites=[other])
    with Client(pforte) as client:
        assert client.get("/", authority="other.example.org").status == 421
        assert client.get("/").status == 200
    with Client(pforte, host="other.example.org") as client:
        assert client.get("/").status == 200
    assert pforte.metric("pforte_misdirected_requests_total") == 1


def test_requests_that_a_browser_coalesces_reach_their_own_site(start_gate, start_backend, authority):
    both = authority.issue("*.shop.example.com").config()
    sites = [{"hosts": [f"{name}.shop.example.com"], "certificate": both, "backend": name, "allow": ["/"]}
             for name in ("a", "b")]
    backends = [{"name": name, "servers": [start_backend(text(name.encode())).url]} for name in ("a", "b")]
    pforte = start_gate(start_backend(mirror), more_sites=sites, more_backends=backends)
    with Client(pforte, host="a.shop.example.com") as client:
        assert client.get("/").body == b"a"
        assert client.get("/", authority="b.shop.example.com").body == b"b"


def test_where_the_application_signs_in_connections_http2_is_not_offered(start_gate, start_backend):
    pforte = start_gate(start_backend(mirror), backend={"connection_sign_in": True})
    done = pforte.curl("/", "--http2", "--write-out", " %{http_version}")
    assert done.stdout.endswith(b" 1.1")


def test_who_comes_to_such_an_application_over_http2_is_sent_to_http1(start_gate, start_backend, authority):
    both = authority.issue("*.shop.example.com").config()
    sites = [{"hosts": [f"{name}.shop.example.com"], "certificate": both, "backend": backend, "allow": ["/"]}
             for name, backend in (("a", "app"), ("b", "own"))]
    own = {"name": "own", "servers": [start_backend(mirror).url], "connection_sign_in": True}
    pforte = start_gate(start_backend(mirror), more_sites=sites, more_backends=[own])
    with Client(pforte, host="a.shop.example.com") as client:
        seen = client.get("/", authority="b.shop.example.com")
    assert seen.error == h2.errors.ErrorCodes.HTTP_1_1_REQUIRED
    assert pforte.access(decision="gate.own-connection-required")["status"] == 0


def test_a_site_can_do_without_http2(start_gate, start_backend):
    pforte = start_gate(start_backend(mirror), site={"http2": False})
    assert pforte.curl("/", "--http2", "--write-out", " %{http_version}").stdout.endswith(b" 1.1")


def test_connections_are_counted(pforte):
    with Client(pforte) as client:
        client.get("/")
        until(lambda: pforte.metric("pforte_http2_connections_total") == 1, "one connection is counted")
