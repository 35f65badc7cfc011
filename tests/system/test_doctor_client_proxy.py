"""`pforte doctor client` where load balancers and proxies stand between the client and the gate."""

from __future__ import annotations

import contextlib

import raw
from gate import until
from test_doctor_client import contacts, document


def test_behind_a_load_balancer_the_client_is_found_by_both_addresses(start_gate, app):
    gate = start_gate(app, listener={"proxy_protocol_from": ["127.0.7.0/24"]})
    header = b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\r\n"
    with gate.connect(tls=raw.trusting(gate.authority.certificate), source="127.0.7.1", preamble=header) as client:
        client.ask(raw.request())
    with raw.Client(gate.tls_port, source="127.0.7.2") as client:
        client.socket.sendall(b"no header\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            client.socket.recv(100)
    one = contacts(gate, "203.0.113.7")[-1]
    assert one["client"] == "203.0.113.7:4711" and one["sender"].startswith("127.0.7.1:")
    assert contacts(gate, "127.0.7.1")[-1]["client"] == "203.0.113.7:4711"
    assert contacts(gate, "127.0.7.2")[-1]["advice"] == "bad-proxy-header"


def test_clients_that_share_a_proxys_connection_are_found_each(start_gate, app):
    gate = start_gate(app, listener={"forwarded_from": ["127.0.7.3/32"]})
    with gate.connect(tls=raw.trusting(gate.authority.certificate), source="127.0.7.3") as client:
        for path, who in (("/a", "198.51.100.1"), ("/b", "198.51.100.2"), ("/c", "198.51.100.2"), ("/d", "198.51.100.3")):
            assert client.ask(raw.request("GET", path, f"X-Forwarded-For: {who}")).status == 200
    for who, path, requests in (("198.51.100.1", "/a", 1), ("198.51.100.2", "/b", 2), ("198.51.100.3", "/d", 1)):
        one = contacts(gate, who)[-1]
        assert (one["path"], one["requests"], one["last_status"], one["ending"]) == (path, requests, 200, "served")
        assert one["client"].startswith("127.0.7.3:") and one["tls"]["version"] == "TLSv1.3"


def test_one_who_has_stayed_is_told_to_have_ended_when_the_proxys_connection_goes_to_another(start_gate, app):
    gate = start_gate(app, listener={"forwarded_from": ["127.0.7.3/32"]})
    with gate.connect(tls=raw.trusting(gate.authority.certificate), source="127.0.7.3") as client:
        assert client.ask(raw.request("GET", "/a", "X-Forwarded-For: 198.51.100.1")).status == 200
        until(lambda: [one["ending"] for one in document(gate, "198.51.100.1")["contacts"]] == ["open"], "it is told while it stays", 20)
        assert client.ask(raw.request("GET", "/b", "X-Forwarded-For: 198.51.100.2")).status == 200
    until(lambda: contacts(gate, "198.51.100.1")[-1]["ending"] == "served", "its end is told", 20)
