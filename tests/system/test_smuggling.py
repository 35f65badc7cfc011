"""No two readers of the same bytes may see different requests: every known way to make them disagree is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from backends import Backend, by_path, exact, nothing
from gate import HOST
from raw import request

SECOND = f"GET /smuggled HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def post(*fields: str, body: bytes = SECOND) -> bytes:
    return request("POST", "/first", *fields, body=body)


def chunked(body: bytes, *fields: str) -> bytes:
    return request("POST", "/first", "Transfer-Encoding: chunked", *fields, body=body)


def head(text: str) -> bytes:
    return text.encode("latin-1") + SECOND


# What the bytes are, the bytes, and the statuses that are right.
REFUSED_HEADS = [
    ("Content-Length and Transfer-Encoding", chunked(b"0\r\n\r\n" + SECOND, "Content-Length: 5"), {400}),
    ("Transfer-Encoding before Content-Length",
     post("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SECOND), {400}),
    ("two different Content-Length", post("Content-Length: 0", "Content-Length: 44"), {400}),
    ("two equal Content-Length", post("Content-Length: 0", "Content-Length: 0"), {400}),
    ("a list as Content-Length", post("Content-Length: 0, 0"), {400}),
    ("a list of different lengths", post("Content-Length: 0, 44"), {400}),
    ("a signed Content-Length", post("Content-Length: +0"), {400}),
    ("a negative Content-Length", post("Content-Length: -1"), {400}),
    ("a hexadecimal Content-Length", post("Content-Length: 0x0"), {400}),
    ("a Content-Length with an underscore", post("Content-Length: 1_0"), {400}),
    ("a Content-Length with a point", post("Content-Length: 0.0"), {400}),
    ("an empty Content-Length", post("Content-Length:"), {400}),
    ("a Content-Length beyond 64 bits", post("Content-Length: 18446744073709551616"), {400, 413}),
    ("a Content-Length that wraps to 0", post("Content-Length: 340282366920938463463374607431768211456"), {400, 413}),
    ("spaces inside a Content-Length", post("Content-Length: 4 4"), {400}),
    ("a folded line", post("Content-Length: 0", "X-A: b\r\n continued"), {400}),
    ("a folded Content-Length", post("Content-Length:\r\n 0"), {400}),
    ("a folded Transfer-Encoding", post("Transfer-Encoding:\r\n chunked", body=b"0\r\n\r\n" + SECOND), {400}),
    ("a fold on the first line", head(f"POST /first HTTP/1.1\r\n Host: {HOST}\r\nContent-Length: 0\r\n\r\n"), {400}),
    ("space before the colon", post("Content-Length : 0"), {400}),
    ("tab before the colon", post("Transfer-Encoding\t: chunked", body=b"0\r\n\r\n" + SECOND), {400}),
    ("a header without name", post("Content-Length: 0", ": x"), {400}),
    ("a header without colon", post("Content-Length: 0", "X-Alone"), {400}),
    ("a control character in a name", post("Content-Length: 0", "X\x0bA: b"), {400}),
    ("a space in a name", post("Content-Length: 0", "X A: b"), {400}),
    ("a byte above ASCII in a name", post("Content-Length: 0", "X\xffA: b"), {400}),
    ("a NUL in a value", post("Content-Length: 0", "X-A: b\0c"), {400}),
    ("a control character in a value", post("Content-Length: 0", "X-A: b\x01c"), {400}),
    ("a bare CR in a value", post("Content-Length: 0", "X-A: b\rContent-Length: 5"), {400}),
    ("a bare LF in a value", post("Content-Length: 0", "X-A: b\nTransfer-Encoding: chunked"), {400}),
    ("bare LF as line end", head(f"POST /first HTTP/1.1\nHost: {HOST}\nContent-Length: 0\n\n"), {400}),
    ("bare LF at the end of the head", head(f"POST /first HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0\r\n\n"), {400}),
    ("bare CR at the end of the head", head(f"POST /first HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0\r\r\n\r\n"), {400}),
    ("an unknown coding", post("Transfer-Encoding: gzip"), {400, 501}),
    ("a coding after chunked", post("Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("a coding before chunked", post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("chunked twice", post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("two Transfer-Encoding", chunked(b"0\r\n\r\n" + SECOND, "Transfer-Encoding: chunked"), {400, 501}),
    ("chunked then identity", chunked(b"0\r\n\r\n" + SECOND, "Transfer-Encoding: identity"), {400, 501}),
    ("identity", post("Transfer-Encoding: identity"), {400, 501}),
    ("an empty Transfer-Encoding", post("Transfer-Encoding:"), {400, 501}),
    ("xchunked", post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("chunked with a parameter", post("Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("chunked in quotes", post('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("chunked behind a vertical tab", post("Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("chunked with a comma first", post("Transfer-Encoding: , chunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    ("Transfer-Encoding from HTTP/1.0",
     head(f"POST /first HTTP/1.0\r\nHost: {HOST}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), {400}),
    ("two Host", request("GET", "/first", f"Host: {HOST}") + SECOND, {400}),
    ("two different Host", request("GET", "/first", "Host: other.example") + SECOND, {400}),
    ("no Host", request("GET", "/first", host=None) + SECOND, {400}),
    ("an empty Host", request("GET", "/first", "Host:", host=None) + SECOND, {400, 404, 421}),
    ("a Host with a path", request("GET", "/first", host=f"{HOST}/x") + SECOND, {400}),
    ("a Host with a user", request("GET", "/first", host=f"root@{HOST}") + SECOND, {400}),
    ("a Host with a comma", request("GET", "/first", host=f"{HOST}, other.example") + SECOND, {400}),
    ("a Host with a bad port", request("GET", "/first", host=f"{HOST}:8x") + SECOND, {400}),
    ("an absolute form with a foreign host", request("GET", "http://other.example/first") + SECOND, {400, 404, 421}),
    ("an absolute form with a user", request("GET", f"http://root@{HOST}/first") + SECOND, {400}),
    ("an absolute form of another scheme", request("GET", f"ftp://{HOST}/first") + SECOND, {400}),
    ("two spaces in the request line", head(f"GET  /first HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a tab in the request line", head(f"GET\t/first HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a space after the version", head(f"GET /first HTTP/1.1 \r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a space before the method", head(f" GET /first HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a space in the target", head(f"GET /fir st HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a control character in the target", head(f"GET /fir\x01st HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("a fragment in the target", head(f"GET /first#x HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400}),
    ("no version", head("GET /first\r\n"), {400, 505}),
    ("a method that is no token", head(f"GE(T /first HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), {400, 501}),
    ("a Connection that removes framing", post(f"Content-Length: {len(SECOND)}", "Connection: Content-Length"), {200, 400}),
    ("a Connection that removes Transfer-Encoding",
     chunked(b"0\r\n\r\n", "Connection: Transfer-Encoding"), {200, 400}),
]

# These pass with the head; the body shows that they are wrong.
REFUSED_BODIES = [
    ("a signed chunk size", b"+4\r\ndata\r\n0\r\n\r\n"),
    ("a chunk size of 0x", b"0x4\r\ndata\r\n0\r\n\r\n"),
    ("an empty chunk size", b"\r\ndata\r\n0\r\n\r\n"),
    ("a chunk size with an underscore", b"1_0\r\n" + b"a" * 16 + b"\r\n0\r\n\r\n"),
    ("a chunk size beyond 64 bits", b"10000000000000004\r\ndata\r\n0\r\n\r\n"),
    ("a chunk size of 300 zeros", b"0" * 300 + b"4\r\ndata\r\n0\r\n\r\n"),
    ("space before a chunk size", b" 4\r\ndata\r\n0\r\n\r\n"),
    ("space after a chunk size", b"4 \r\ndata\r\n0\r\n\r\n"),
    ("a chunk line that ends in LF", b"4\ndata\r\n0\r\n\r\n"),
    ("a chunk line that ends in CR", b"4\rdata\r\n0\r\n\r\n"),
    ("a chunk that ends in LF", b"4\r\ndata\n0\r\n\r\n"),
    ("a chunk that is longer than it says", b"4\r\ndatax\r\n0\r\n\r\n"),
    ("a chunk that is shorter than it says", b"5\r\ndata\r\n0\r\n\r\n"),
    ("an extension with a bare LF", b"4;a\nb\r\ndata\r\n0\r\n\r\n"),
    ("an extension with a bare CR", b"4;a\rb\r\ndata\r\n0\r\n\r\n"),
    ("an extension with a NUL", b"4;a\0b\r\ndata\r\n0\r\n\r\n"),
    ("an endless extension", b"4;" + b"a" * 20000 + b"\r\ndata\r\n0\r\n\r\n"),
    ("a last chunk that ends in LF", b"4\r\ndata\r\n0\n\r\n"),
    ("a trailer with a space before the colon", b"4\r\ndata\r\n0\r\nX : y\r\n\r\n"),
    ("a folded trailer", b"4\r\ndata\r\n0\r\nX: y\r\n z\r\n\r\n"),
    ("a trailer with a bare LF", b"4\r\ndata\r\n0\r\nX: y\nZ: z\r\n\r\n"),
    ("a trailer without colon", b"4\r\ndata\r\n0\r\nGET /smuggled HTTP/1.1\r\n\r\n"),
]


def no_second_request(backend: Backend) -> None:
    assert [target for target in backend.targets if target != "/first"] == []
    assert not backend.saw(b"GET /smuggled")


def conversation(pforte, data: bytes) -> tuple[int, bool]:
    """The status of the first answer, and whether the connection ended after it."""
    with pforte.connect() as client:
        client.send(data)
        status = client.answer().status
        return status, client.ended(3)


def test_a_head_that_can_be_read_in_two_ways_is_refused(pforte, app):
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda row: conversation(pforte, row[1]), REFUSED_HEADS))
    wrong = [(name, f"status {status}, wanted {wanted}")
             for (name, _, wanted), (status, _) in zip(REFUSED_HEADS, got) if status not in wanted]
    wrong += [(name, "the connection stays open")
              for (name, _, _), (status, ended) in zip(REFUSED_HEADS, got) if status != 200 and not ended]
    assert wrong == []
    assert [one.target for one in app.requests if one.target != "/first"] == []


@pytest.mark.parametrize("secure", [False, True])
def test_nothing_of_a_refused_head_reaches_the_backend(secure, pforte, app):
    for name, data, wanted in REFUSED_HEADS:
        if 200 in wanted:
            continue
        with pforte.connect(secure=secure) as client:
            client.send(data)
            client.ended(3)
        assert app.requests == [], name
    assert app.accepted == 0


@pytest.mark.parametrize(("what", "body"), REFUSED_BODIES, ids=[row[0] for row in REFUSED_BODIES])
def test_a_body_that_can_be_read_in_two_ways_is_refused(what, body, pforte, app):
    assert conversation(pforte, chunked(body + SECOND)) == (400, True)
    no_second_request(app)


def test_trailers_are_bounded(pforte, app):
    endless = b"4\r\ndata\r\n0\r\n" + b"X: " + b"a" * 200_000 + b"\r\n\r\n"
    status, ended = conversation(pforte, chunked(endless))
    assert status in (400, 431)
    assert ended


def test_chunk_extensions_are_taken_and_dropped(pforte, app):
    answer = pforte.ask(chunked(b"4;name=value;other=\"quoted\"\r\ndata\r\n0;last\r\n\r\n"))
    assert answer.json()["bytes"] == 4
    assert not app.saw(b"quoted")


def test_what_follows_a_whole_body_is_the_next_request_and_judged_as_one(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/first"]})
    with pforte.connect() as client:
        client.send(request("POST", "/first", body=b"data") + SECOND)
        assert client.answer().status == 200
        assert client.answer().status == 404
    no_second_request(app)


def test_a_body_of_a_refused_request_is_not_read_as_a_request(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/first", "/smuggled"]})
    with pforte.connect() as client:
        client.send(request("POST", "/forbidden", body=SECOND))
        assert client.answer().status == 404
        client.ended(1)
    assert app.requests == []


def test_a_get_with_a_body_is_forwarded_with_it(pforte, app):
    with pforte.connect() as client:
        client.send(request("GET", "/first", body=SECOND) + request("GET", "/next"))
        assert client.answer().json()["bytes"] == len(SECOND)
        assert client.answer().json()["target"] == "/next"
    assert app.targets == ["/first", "/next"]


def test_underscored_framing_headers_do_not_reach_the_backend(pforte, app):
    answer = pforte.ask(request("POST", "/first", "Content_Length: 0", "Transfer_Encoding: chunked", body=b"data"))
    if answer.status == 200:
        assert not [name for name, _ in answer.json()["fields"] if "_" in name]
    else:
        assert answer.status == 400


OK = b"HTTP/1.1 200 OK\r\n"
SPLIT = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
BAD_ANSWERS = {
    "both": OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SPLIT,
    "two-lengths": OK + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + SPLIT,
    "signed": OK + b"Content-Length: +0\r\n\r\n" + SPLIT,
    "hexadecimal": OK + b"Content-Length: 0x0\r\n\r\n" + SPLIT,
    "coding": OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SPLIT,
    "space": OK + b"Content-Length : 0\r\n\r\n" + SPLIT,
    "nul": OK + b"X-A: b\0c\r\nContent-Length: 0\r\n\r\n" + SPLIT,
    "bare-cr": OK + b"X-A: b\rX-B: c\r\nContent-Length: 0\r\n\r\n" + SPLIT,
    "status": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n" + SPLIT,
    "version": b"HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n" + SPLIT,
}


def test_an_answer_that_can_be_read_in_two_ways_is_a_bad_gateway(start_gate, start_backend):
    backend = start_backend(by_path({f"/{name}": exact(data, nothing) for name, data in BAD_ANSWERS.items()}))
    pforte = start_gate(backend, backend={"eject_after": 0})
    got = {name: pforte.get(f"/{name}").status for name in BAD_ANSWERS}
    assert got == {name: 502 for name in BAD_ANSWERS}


def test_an_answer_that_nobody_asked_for_is_given_to_nobody(start_gate, start_backend):
    twice = exact(OK + b"Content-Length: 5\r\n\r\nright" + SPLIT, nothing)
    pforte = start_gate(start_backend(twice))
    with pforte.connect() as client:
        for _ in range(5):
            assert client.ask(request()).body == b"right"
    for _ in range(5):
        assert pforte.get().body == b"right"
