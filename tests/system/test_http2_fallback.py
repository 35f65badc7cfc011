"""Servers that are asked over HTTP/2 and want HTTP/1.1 (RFC 9113, 7: HTTP_1_1_REQUIRED), as IIS does where people sign in by NTLM."""

import h2.errors
from http2 import Client
from test_http2_upstream import CLEAR, start_http2  # noqa: F401


def test_a_server_that_wants_http1_is_asked_so_from_then_on(start_gate, start_http2):
    server = start_http2(lambda served, asked: served.reset(asked, h2.errors.ErrorCodes.HTTP_1_1_REQUIRED),
                         http1=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold")
    pforte = start_gate(server.url, backend=CLEAR, workers=2)
    assert pforte.get("/").body == b"old"
    with Client(pforte) as client:
        for method in ("GET", "POST"):
            assert client.get("/", method=method).status == 200
    assert len(server.requests) == 1 and len(server.http1_requests) == 3
    assert pforte.metric("pforte_backend_server_up", server=server.url) == 1
    assert pforte.events("backend.http1")


def test_what_must_not_be_repeated_is_not_when_http1_is_wanted(start_gate, start_http2):
    server = start_http2(lambda served, asked: served.reset(asked, h2.errors.ErrorCodes.HTTP_1_1_REQUIRED),
                         http1=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold")
    pforte = start_gate(server.url, backend=CLEAR, workers=1)
    with Client(pforte) as client:
        assert client.get("/", method="POST").status == 502
        assert client.get("/", method="POST").status == 200
    assert pforte.access(status=502)["decision"] == "backend.http1-required"
