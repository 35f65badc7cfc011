"""HTTP/1.1 as RFC 9110 and 9112 have it, between a raw client and a scripted backend."""

import http.client
import time

import pytest
from backends import after, by_path, exact, nothing, text, until_close
from framing import chunk
from gate import HOST
from raw import request


def test_a_connection_carries_one_request_after_the_other(pforte, app):
    with pforte.connect(secure=True) as client:
        for number in range(20):
            answer = client.ask(request("GET", f"/{number}"))
            assert answer.status == 200
            assert answer.json()["target"] == f"/{number}"
    assert app.targets == [f"/{number}" for number in range(20)]
    assert app.accepted <= 2


def test_pipelined_requests_are_answered_in_order(start_gate, start_backend):
    slow_first = start_backend(by_path({"/0": after(0.3)}))
    pforte = start_gate(slow_first)
    with pforte.connect(secure=True) as client:
        client.send(b"".join(request("POST", f"/{n}", body=b"x" * n) for n in range(8)))
        got = [client.answer().json() for _ in range(8)]
    assert [one["target"] for one in got] == [f"/{n}" for n in range(8)]
    assert [one["bytes"] for one in got] == list(range(8))


def test_a_request_arrives_the_same_however_its_bytes_are_cut(pforte, app):
    whole = request("POST", "/cut", "Transfer-Encoding: chunked", "X-A: b", body=chunk(b"hello") + b"0\r\nT: v\r\n\r\n")
    with pforte.connect() as client:
        client.trickle(whole)
        answer = client.answer()
    assert answer.json()["bytes"] == 5
    assert [field for field in answer.json()["fields"] if field[0].lower() == "x-a"] == [["X-A", "b"]]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "X-OWN"])
def test_a_method_arrives_as_it_was_sent(method, pforte, app):
    assert pforte.ask(request(method, "/m"), method).status == 200
    assert [one.method for one in app.requests] == [method]


def test_connect_and_trace_are_not_carried(pforte, app):
    for method, target in (("CONNECT", "other.example:443"), ("TRACE", "/")):
        answer = pforte.ask(request(method, target))
        assert answer.status in (400, 405, 501), method
        assert answer.get("pforte-reference")
    assert app.requests == []


def test_the_asterisk_form_is_for_options_alone(pforte, app):
    assert pforte.ask(request("GET", "*")).status == 400
    assert pforte.ask(request("OPTIONS", "*")).status in (200, 204, 400, 404)
    assert "GET" not in [one.method for one in app.requests]


def test_the_absolute_form_with_the_right_host_is_served(pforte, app):
    answer = pforte.ask(request("GET", f"http://{HOST}/absolute?x=1"))
    assert answer.status == 200
    assert app.targets == ["/absolute?x=1"]


def test_an_answer_to_head_has_no_body_and_the_connection_goes_on(pforte, app):
    with pforte.connect() as client:
        answer = client.ask(request("HEAD", "/"), "HEAD")
        assert answer.status == 200
        assert int(answer.get("content-length")) > 0
        assert client.ask(request("GET", "/next")).json()["target"] == "/next"


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_has_none_and_the_connection_goes_on(status, start_gate, start_backend):
    script = by_path({"/empty": text(b"", 'ETag: "x"', status=status)})
    pforte = start_gate(start_backend(script))
    with pforte.connect() as client:
        answer = client.ask(request("GET", "/empty"))
        assert (answer.status, answer.body, answer.get("etag")) == (status, b"", '"x"')
        assert answer.get("transfer-encoding") is None
        assert client.ask(request("GET", "/next")).status == 200


def test_an_expected_continue_comes_before_the_body(pforte, app):
    with pforte.connect() as client:
        client.send(request("PUT", "/up", "Expect: 100-continue", "Content-Length: 5"))
        assert client.head().start.split()[1] == "100"
        client.send(b"hello")
        assert client.answer().json()["bytes"] == 5


def test_curl_uploads_with_an_expected_continue(pforte, app, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(b"x" * 3_000_000)
    done = pforte.curl("/up", "-T", str(big), "-H", "Expect: 100-continue")
    assert done.returncode == 0, done.stderr
    assert b'"bytes": 3000000' in done.stdout


def test_a_refused_request_is_not_asked_to_continue(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/good"]})
    with pforte.connect() as client:
        client.send(request("PUT", "/bad", "Expect: 100-continue", "Content-Length: 5"))
        assert client.head().start.split()[1] == "404"
    assert app.requests == []


def test_an_unknown_expectation_is_refused_or_ignored(pforte):
    assert pforte.get("/", "Expect: the-impossible").status in (200, 417)


def test_trailers_of_a_request_arrive(pforte):
    body = chunk(b"data") + b"0\r\nX-Checksum: abc\r\n\r\n"
    answer = pforte.ask(request("POST", "/", "Transfer-Encoding: chunked", "Trailer: X-Checksum", body=body))
    assert answer.json()["bytes"] == 4
    assert ["X-Checksum", "abc"] in answer.json()["trailers"]


def test_trailers_of_an_answer_arrive(start_gate, start_backend):
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\ndata\r\n0\r\nX-Sum: abc\r\n\r\n"
    pforte = start_gate(start_backend(exact(sent, nothing)))
    with pforte.connect() as client:
        for _ in range(2):
            answer = client.ask(request("GET", "/", "TE: trailers", "Connection: TE"))
            assert answer.body == b"data"
            assert answer.trailers == [("X-Sum", "abc")]


def test_a_forged_header_does_not_come_in_as_a_trailer(pforte):
    body = b"0\r\nRemote-User: root\r\nX-Forwarded-For: 6.6.6.6\r\nPforte-Groups: admins\r\n\r\n"
    answer = pforte.ask(request("POST", "/", "Transfer-Encoding: chunked", body=body))
    if answer.status == 200:
        assert answer.json()["trailers"] == []
    else:
        assert answer.status == 400


def test_an_answer_that_ends_with_its_connection_is_whole(start_gate, start_backend):
    pforte = start_gate(start_backend(until_close))
    with pforte.connect() as client:
        for _ in range(2):
            answer = client.ask(request())
            assert answer.body == b"all of it"
            if answer.get("connection") == "close" or "transfer-encoding" not in answer.head.raw.decode().lower():
                break


def test_a_client_of_http_1_0_gets_its_answer_unchunked_and_the_end(start_gate, start_backend):
    chunked = exact(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n", nothing)
    pforte = start_gate(start_backend(chunked))
    with pforte.connect() as client:
        client.send(f"GET / HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        answer = client.answer()
        assert answer.body == b"data"
        assert answer.get("transfer-encoding") is None
        assert client.ended()


def test_connection_close_ends_the_connection_after_the_answer(pforte):
    with pforte.connect(secure=True) as client:
        answer = client.ask(request("GET", "/", "Connection: close"))
        assert answer.status == 200
        assert answer.get("connection").lower() == "close"
        assert client.ended()


def test_an_idle_connection_is_closed_in_time(start_gate, app):
    pforte = start_gate(app, limits={"idle": "1s"})
    with pforte.connect(secure=True) as client:
        assert client.ask(request()).status == 200
        began = time.monotonic()
        assert client.ended(4)
        assert 0.7 < time.monotonic() - began < 3


def test_empty_lines_before_a_request_are_passed_over(pforte):
    assert pforte.ask(b"\r\n" + request()).status == 200


def test_interim_answers_do_not_disturb_the_final_one(start_gate, start_backend):
    sent = (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    pforte = start_gate(start_backend(exact(sent, nothing)))
    with pforte.connect() as client:
        for _ in range(2):
            assert client.ask(request()).body == b"ok"


def test_interim_answers_without_end_are_a_bad_gateway(start_gate, start_backend):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    backend = start_backend(by_path({"/few": exact(hints * 16 + final), "/many": exact(hints * 17 + final)}))
    pforte = start_gate(backend, backend={"retries": 0})
    assert pforte.get("/few").body == b"ok"
    assert pforte.get("/many").status == 502
    assert pforte.access(path="/many")["decision"] == "backend.interim-answers"


def test_a_client_that_has_finished_sending_gets_its_answer(start_gate, start_backend):
    pforte = start_gate(start_backend(after(0.3)))
    for secure in (False, True):
        with pforte.connect(secure=secure) as client:
            client.send(request("POST", "/half", body=b"data")).finish()
            assert client.answer().json()["bytes"] == 4, f"secure: {secure}"


def test_repeated_answer_headers_keep_their_number_and_order(start_gate, start_backend):
    cookies = ["Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Set-Cookie: a=3"]
    pforte = start_gate(start_backend(text(b"x", *cookies)))
    assert pforte.get().head.all("set-cookie") == [line.split(": ")[1] for line in cookies]


def test_bytes_above_ascii_in_a_header_pass_unchanged(pforte):
    answer = pforte.ask(request("GET", "/", "X-Name: J\xfcrgen"))
    assert ["X-Name", "J\xfcrgen"] in answer.json()["fields"]


@pytest.mark.parametrize("version", ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/11", "HTTPS/1.1"])
def test_a_version_that_is_not_spoken_is_refused(version, pforte, app):
    with pforte.connect() as client:
        client.send(f"GET / {version}\r\nHost: {HOST}\r\n\r\n".encode())
        answer = client.answer()
        # RFC 9110, section 2.5 lets a recipient treat a higher minor version as the highest it knows.
        assert answer.status in ((200, 400, 505) if version == "HTTP/1.2" else (400, 505))


LIMITS = {"head": "8KiB", "request_line": "2KiB", "headers": 20, "body": "64KiB"}


@pytest.mark.parametrize(("what", "data", "status"), [
    ("a line", request("GET", "/" + "a" * 2100), 414),
    ("a head", request("GET", "/", *[f"X-{n}: {'a' * 1000}" for n in range(9)]), 431),
    ("one header", request("GET", "/", "X: " + "a" * 9000), 431),
    ("the number of headers", request("GET", "/", *[f"X-{n}: 1" for n in range(25)]), 431),
    ("a body that says so", request("POST", "/", "Content-Length: 65537"), 413),
    ("a chunked body", request("POST", "/", "Transfer-Encoding: chunked", body=chunk(b"a" * 65537) + b"0\r\n\r\n"), 413),
])
def test_what_goes_over_a_limit_is_refused(what, data, status, start_gate, app):
    pforte = start_gate(app, limits=LIMITS)
    with pforte.connect() as client:
        answer = client.ask(data)
        assert answer.status == status
        assert answer.get("pforte-reference")
        if answer.get("connection") == "close":
            assert client.ended()
        else:  # the rest of a body was there already, and thrown away
            assert client.ask(request()).status == 200
    assert pforte.get().status == 200


@pytest.mark.parametrize(("what", "data"), [
    ("a line", request("GET", "/" + "a" * 1950)),
    ("a head", request("GET", "/", *[f"X-{n}: {'a' * 1000}" for n in range(7)])),
    ("the number of headers", request("GET", "/", *[f"X-{n}: 1" for n in range(15)])),
    ("a body that says so", request("POST", "/", body=b"a" * 65536)),
    ("a chunked body", request("POST", "/", "Transfer-Encoding: chunked", body=chunk(b"a" * 65536) + b"0\r\n\r\n")),
])
def test_what_is_just_within_a_limit_passes(what, data, start_gate, app):
    assert start_gate(app, limits=LIMITS).ask(data).status == 200


def test_a_body_limit_can_differ_by_route(start_gate, app):
    pforte = start_gate(app, limits={"body": "1KiB"}, site={"rule": [{"path": "/upload", "body": "1MiB"}]})
    assert pforte.ask(request("POST", "/other", body=b"a" * 2000)).status == 413
    assert pforte.ask(request("POST", "/upload", body=b"a" * 2000)).status == 200


def test_an_authorization_of_64_kib_passes_and_one_of_65_does_not(pforte, app):
    answer = pforte.get("/", "Authorization: Bearer " + "a" * ((64 << 10) - 7))
    assert answer.status == 200
    assert pforte.get("/", "Authorization: Bearer " + "a" * (65 << 10)).status == 431
    assert pforte.get("/", "X-Other: " + "a" * (64 << 10)).status == 431
    assert len(app.requests) == 1


def test_a_standard_client_keeps_its_connection(pforte, app):
    connection = http.client.HTTPConnection("127.0.0.1", pforte.plain_port, timeout=10)
    for _ in range(5):
        connection.request("GET", "/x", headers={"Host": HOST})
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        assert not answer.will_close
    connection.close()
    assert app.accepted == 1
