"""Paths that are broken in one place each: the doctor's first error names the fault, on the hop that has it."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator

import pytest

from laboratory import (A, AAAA, CNAME, FAR, REFUSED, SERVFAIL, Laboratory, Zone, closes, first_packet_only,
                        laboratory, proxy, proxy_answer, says, says_nothing, speaks_tls)
from pki import Authority

__all__ = ["laboratory"]

OURS = ("dns.", "tcp.", "proxy.", "path.", "doctor.")
PUBLIC, OTHER_PUBLIC = "203.0.113.10", "203.0.113.11"

ZONE = {
    "example.test": [],
    "app.example.test": [(A, PUBLIC)],
    "loop.example.test": [(A, "127.0.0.1")],
    "empty.example.test": [],
    "alias.example.test": [(CNAME, "app.example.test")],
    "dangling.example.test": [(CNAME, "gone.example.test")],
    "circle.example.test": [(CNAME, "circle2.example.test")],
    "circle2.example.test": [(CNAME, "circle.example.test")],
    "blocked.example.test": [(A, "0.0.0.0")],
    "public.example.test": [(A, PUBLIC)],
    "v6dead.example.test": [(A, PUBLIC), (AAAA, "fd05::66")],
    "half.example.test": [(A, PUBLIC), (A, OTHER_PUBLIC)],
    "far.example.test": [(A, FAR)],
    "slow-aaaa.example.test": [(A, PUBLIC)],
}
RCODES = {("servfail.example.test", 0): SERVFAIL, ("refused.example.test", 0): REFUSED,
          ("slow-aaaa.example.test", AAAA): SERVFAIL}


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> Laboratory:
    laboratory.add_address(f"{PUBLIC}/32")
    laboratory.add_address(f"{OTHER_PUBLIC}/32")
    laboratory.name_server(Zone(ZONE, RCODES))
    laboratory.name_server(Zone(ZONE, silent=True), "127.0.0.54")
    laboratory.name_server(Zone(ZONE, garbled=True), "127.0.0.55")
    laboratory.name_server(Zone({"app.example.test": [(A, OTHER_PUBLIC)]}), "127.0.0.56")
    laboratory.name_server(Zone({"app.example.test": [(A, "10.77.0.1")]}), OTHER_PUBLIC)
    laboratory.name_server(Zone(ZONE, truncates=True), "127.0.0.57")
    laboratory.name_server(Zone(ZONE | {"tcp": []}, truncates=True), "127.0.0.58")
    return laboratory


@pytest.fixture(autouse=True)
def names_heal(lab: Laboratory) -> Iterator[None]:
    yield
    lab.healthy_names()


@pytest.fixture(scope="module")
def web(lab: Laboratory, authority: Authority) -> int:
    """A healthy server of TLS, at all of this machine's addresses."""
    pair = authority.issue("app.example.test", "public.example.test", "far.example.test")
    return lab.serve(speaks_tls(pair), "0.0.0.0")


def end(host: str, port: int) -> str:
    return f"{host}:{port}"


SHORT = "1s"  # for what never answers


def ours(ids: list[str]) -> list[str]:
    """Those that are about the way; how busy this machine is matters to none of these tests."""
    return [one for one in ids if one.startswith(OURS) and not one.endswith(".slow")]


# Healthy paths.


def test_a_healthy_path_has_no_error_and_no_warning(lab: Laboratory, web: int, authority: Authority) -> None:
    report = lab.doctor("path", end("app.example.test", web), "--trust", str(authority.certificate))
    assert ours(report.of_level("error", "warning")) == []
    assert {"dns.resolved", "tcp.open"} <= set(report.of_level("ok"))


def test_an_alias_is_followed(lab: Laboratory, web: int) -> None:
    report = lab.doctor("path", end("alias.example.test", web))
    assert ours(report.of_level("error", "warning")) == []
    assert any("→ app.example.test" in one["value"] for one in report.found("dns.resolved")["evidence"])


def test_a_long_answer_comes_over_tcp(lab: Laboratory, web: int) -> None:
    lab.resolv_conf("nameserver 127.0.0.57\n")
    assert ours(lab.doctor("path", end("app.example.test", web)).of_level("error", "warning")) == []


def test_a_healthy_proxy_leads_on(lab: Laboratory, web: int) -> None:
    through = lab.serve(proxy(lab, target=("127.0.0.1", web)))
    report = lab.doctor("path", end("app.example.test", web), "--via", f"http://127.0.0.1:{through}")
    assert ours(report.of_level("error", "warning")) == []
    assert "proxy.opened" in report.of_level("ok")


def test_a_proxy_by_tls_takes_a_password_that_is_shown_nowhere(lab: Laboratory, web: int, authority: Authority) -> None:
    word = base64.b64encode(b"anna:s@cret").decode()
    inner = proxy(lab, user=word, target=("127.0.0.1", web))
    through = lab.serve(speaks_tls(authority.issue("proxy.example.test", "127.0.0.1"), inner))
    report = lab.doctor("path", end("app.example.test", web), "--via", f"https://anna:s%40cret@127.0.0.1:{through}",
                        "--trust", str(authority.certificate))
    assert ours(report.of_level("error", "warning")) == []
    assert "s@cret" not in str(report.document) and word not in str(report.document)


# Names.


@pytest.mark.parametrize(("host", "id"), [
    ("nosuch.example.test", "dns.no-such-name"),
    ("empty.example.test", "dns.no-address"),
    ("dangling.example.test", "dns.alias-leads-nowhere"),
    ("circle.example.test", "dns.alias-leads-nowhere"),
    ("servfail.example.test", "dns.server-failure"),
    ("refused.example.test", "dns.refused"),
    ("intranet", "dns.no-dot"),
    ("blocked.example.test", "dns.blocked"),
])
def test_a_name_without_an_address_says_why(lab: Laboratory, host: str, id: str) -> None:
    assert lab.doctor("path", end(host, 443)).first_error == (id, end(host, 443))


@pytest.mark.parametrize(("server", "id"), [
    ("127.0.0.54", "dns.no-answer"),
    ("127.0.0.99", "dns.not-listening"),
    ("127.0.0.55", "dns.garbled"),
    ("10.9.0.1", "dns.unreachable"),
])
def test_a_name_server_that_does_not_help_is_the_fault(lab: Laboratory, server: str, id: str) -> None:
    lab.resolv_conf(f"nameserver {server}\n")
    report = lab.doctor("path", "app.example.test:443", timeout=SHORT)
    assert report.first_error == (id, "app.example.test:443")
    assert server in report.found(id)["seen"]


def test_it_ends_soon_after_the_report_whatever_the_resolver_still_waits_for(lab: Laboratory) -> None:
    lab.resolv_conf("nameserver 127.0.0.54\n")
    begun = time.monotonic()
    report = lab.doctor("path", "app.example.test:443", timeout="500ms", environment={"RES_OPTIONS": "timeout:20 attempts:2"})
    assert report.first_error is not None
    assert time.monotonic() - begun < 13 * 0.5 + 4


def test_no_name_server_at_all_is_said(lab: Laboratory) -> None:
    lab.resolv_conf("search example.test\n")
    first = lab.doctor("path", "app.example.test:443").first_error
    assert first and first[0] in ("dns.no-server", "dns.not-listening")  # the C library asks 127.0.0.1 then


def test_a_resolver_that_does_not_ask_dns_is_said(lab: Laboratory) -> None:
    lab.nsswitch("files")
    assert lab.doctor("path", "app.example.test:443").first_error == ("dns.system-differs", "app.example.test:443")


@pytest.mark.parametrize(("resolv_conf", "host", "id"), [
    ("nameserver 127.0.0.53\nnameserver 127.0.0.54\n", "app.example.test", "dns.no-answer"),
    ("nameserver 127.0.0.53\nnameserver 127.0.0.56\n", "public.example.test", "dns.servers-differ"),
    ("nameserver 127.0.0.53\n", "slow-aaaa.example.test", "dns.aaaa-broken"),
    ("nameserver 127.0.0.53\n", "loop.example.test", "dns.loopback"),
    ("nameserver 127.0.0.53\nnameserver 127.0.0.58\n", "public.example.test", "dns.tcp-blocked"),
])
def test_what_works_by_chance_is_a_warning(lab: Laboratory, web: int, resolv_conf: str, host: str, id: str) -> None:
    lab.resolv_conf(resolv_conf)
    report = lab.doctor("path", end(host, web), timeout=SHORT)
    assert id in report.of_level("warning")
    assert ours(report.of_level("error")) == []


def test_a_line_of_the_hosts_file_that_dns_contradicts_is_named(lab: Laboratory, web: int) -> None:
    lab.hosts(f"127.0.0.1 localhost\n{OTHER_PUBLIC} app.example.test\n")
    report = lab.doctor("path", end("app.example.test", web))
    assert "dns.hosts-file" in report.of_level("warning")
    assert "line 2" in report.found("dns.hosts-file")["seen"]


@pytest.mark.parametrize(("host", "server", "id", "level"), [
    ("app.example.test", "127.0.0.56", "dns.split-horizon", "note"),
    ("public.example.test", "127.0.0.56", "dns.unknown-there", "warning"),
    ("app.example.test", OTHER_PUBLIC, "dns.private-address", "warning"),
])
def test_another_name_servers_view_is_compared(lab: Laboratory, web: int, host: str, server: str, id: str,
                                               level: str) -> None:
    assert id in lab.doctor("path", end(host, web), "--dns", server).of_level(level)


# Connections.


def test_a_closed_port_is_refused(lab: Laboratory) -> None:
    assert lab.doctor("path", "app.example.test:9").first_error == ("tcp.refused", "app.example.test:9")


def test_a_port_that_drops_what_comes_is_filtered(lab: Laboratory) -> None:
    port = lab.full_backlog(PUBLIC)
    assert lab.doctor("path", end("app.example.test", port), timeout=SHORT).first_error == ("tcp.filtered", end("app.example.test", port))


@pytest.mark.parametrize(("address", "id"), [
    ("10.9.0.1", "tcp.unreachable"),
    ("10.8.0.1", "tcp.forbidden"),
    ("198.51.100.1", "tcp.no-route"),
    ("10.5.0.66", "tcp.filtered"),
])
def test_an_address_nobody_gets_to_says_how(lab: Laboratory, address: str, id: str) -> None:
    assert lab.doctor("path", end(address, 443), timeout=SHORT).first_error == (id, end(address, 443))


@pytest.mark.parametrize(("host", "id"), [("v6dead.example.test", "tcp.ipv6-dead"),
                                          ("half.example.test", "tcp.some-addresses-dead")])
def test_an_address_that_is_dead_beside_one_that_lives_is_a_warning(lab: Laboratory, authority: Authority, host: str,
                                                                   id: str) -> None:
    port = lab.serve(speaks_tls(authority.issue("app.example.test")), PUBLIC)
    report = lab.doctor("path", end(host, port), timeout=SHORT)
    assert id in report.of_level("warning")
    assert [one for one in ours(report.of_level("error"))] == []


@pytest.mark.parametrize("scheme", ["path", "url"])
@pytest.mark.parametrize(("handler", "id"), [(closes, "tcp.closes-at-once"), (says_nothing, "tcp.silent")])
def test_a_connection_that_leads_to_nothing_says_how(lab: Laboratory, scheme: str, handler: object, id: str) -> None:
    port = lab.serve(handler)  # type: ignore[arg-type]
    subject = end("app.example.test", port) if scheme == "path" else f"http://app.example.test:{port}/"
    assert lab.doctor(scheme, subject, timeout=SHORT).first_error == (id, end("app.example.test", port))


def test_a_machine_that_takes_one_packet_alone_drops_a_large_hello(lab: Laboratory, authority: Authority) -> None:
    port = lab.serve(first_packet_only(speaks_tls(authority.issue("app.example.test"))))
    assert lab.doctor("path", end("app.example.test", port), timeout=SHORT).first_error == ("path.large-hello-dropped",
                                                                            end("app.example.test", port))


@pytest.mark.parametrize("narrow", ["near", "far"])
def test_large_packets_that_vanish_are_a_black_hole(lab: Laboratory, authority: Authority, narrow: str) -> None:
    port = lab.serve(speaks_tls(authority.issue("far.example.test", key="rsa")), "0.0.0.0", far=True)
    side = lab.near if narrow == "near" else lab.far
    side.must("ip", "link", "set", narrow, "mtu", "1000")
    side.must("ip", "route", "replace", "10.5.0.0/24", "dev", narrow, "advmss", "1460", "mtu", "lock", "1500")
    try:
        report = lab.doctor("path", end("far.example.test", port), timeout=SHORT)
    finally:
        side.must("ip", "link", "set", narrow, "mtu", "1500")
        side.must("ip", "route", "replace", "10.5.0.0/24", "dev", narrow)
    assert report.first_error == ("path.mtu-black-hole", end("far.example.test", port))


# Proxies.


@pytest.mark.parametrize(("handler", "id"), [
    (proxy_answer("403 Forbidden", page="<title>Blocked by policy 17</title>"), "proxy.denied"),
    (proxy_answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=x"), "proxy.sign-in-needed"),
    (proxy_answer("405 Method Not Allowed"), "proxy.no-connect"),
    (proxy_answer("302 Found", "Location: http://login.example.test/"), "proxy.redirects"),
    (proxy_answer("418 No"), "proxy.failure"),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "proxy.not-a-proxy"),
    (says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n"), "proxy.answer-too-large"),
    (closes, "proxy.closes"),
    (says_nothing, "proxy.silent"),
])
def test_a_proxy_that_does_not_open_the_way_is_the_fault(lab: Laboratory, web: int, handler: object, id: str) -> None:
    through = lab.serve(handler)  # type: ignore[arg-type]
    report = lab.doctor("path", end("nowhere.example.test", web), "--via", f"http://127.0.0.1:{through}", timeout=SHORT)
    assert report.first_error == (id, f"proxy http://127.0.0.1:{through}")
    assert report.drawn == f"client → proxy http://127.0.0.1:{through} ✗ → nowhere.example.test:{web}"


@pytest.mark.parametrize(("handler", "id"), [
    (proxy_answer("503 Service Unavailable", "X-Squid-Error: ERR_DNS_FAIL 0"), "proxy.target-unresolved"),
    (proxy_answer("503 Service Unavailable", "X-Squid-Error: ERR_CONNECT_FAIL 111", page="(111) Connection refused"),
     "proxy.target-refused"),
    (proxy_answer("504 Gateway Timeout"), "proxy.target-silent"),
    (proxy_answer("502 Bad Gateway"), "proxy.target-unreached"),
])
def test_what_lies_behind_a_proxy_that_works_is_the_fault(lab: Laboratory, handler: object, id: str) -> None:
    through = lab.serve(handler)  # type: ignore[arg-type]
    report = lab.doctor("path", "nowhere.example.test:443", "--via", f"http://127.0.0.1:{through}")
    assert report.first_error == (id, "nowhere.example.test:443")


@pytest.mark.parametrize(("schemes", "id"), [("Basic realm=x", "proxy.wrong-password"), ("Negotiate, NTLM", "proxy.scheme")])
def test_a_password_that_a_proxy_does_not_take_says_why(lab: Laboratory, schemes: str, id: str) -> None:
    through = lab.serve(proxy_answer("407 Proxy Authentication Required", f"Proxy-Authenticate: {schemes}"))
    report = lab.doctor("path", "app.example.test:443", "--via", f"http://anna:wrong-word@127.0.0.1:{through}")
    assert report.first_error == (id, f"proxy http://127.0.0.1:{through}")
    assert "wrong-word" not in str(report.document)


def test_a_proxy_that_forbids_an_address_goes_by_names(lab: Laboratory) -> None:
    through = lab.serve(proxy_answer("403 Forbidden"))
    report = lab.doctor("url", "https://10.5.0.2/", "--via", f"http://127.0.0.1:{through}")
    assert report.first_error and report.first_error[0] == "proxy.address-denied"
    assert "path.address-in-url" in report.of_level("warning")


def test_a_proxy_whose_certificate_is_not_trusted_is_the_fault(lab: Laboratory, authority: Authority) -> None:
    through = lab.serve(speaks_tls(authority.issue("proxy.example.test", "127.0.0.1")))
    report = lab.doctor("path", "app.example.test:443", "--via", f"https://127.0.0.1:{through}")
    assert report.first_error == ("proxy.tls", f"proxy https://127.0.0.1:{through}")


@pytest.mark.parametrize(("via", "id"), [("http://127.0.0.1:9", "tcp.refused"),
                                         ("http://nosuch.example.test:3128", "dns.no-such-name")])
def test_a_proxy_that_is_not_reached_is_the_fault(lab: Laboratory, via: str, id: str) -> None:
    assert lab.doctor("path", "app.example.test:443", "--via", via).first_error == (id, f"proxy {via}")


def test_a_parent_proxy_that_refuses_is_a_hop_of_its_own(lab: Laboratory) -> None:
    through = lab.serve(proxy_answer("403 Forbidden", "Via: 1.1 parent.example (squid/5.7), 1.1 child.example (squid/5.7)"))
    report = lab.doctor("path", "m365.example.test:443", "--via", f"http://127.0.0.1:{through}")
    assert report.first_error == ("proxy.denied", "parent proxy parent.example (squid/5.7)")
    assert report.drawn == (f"client → proxy http://127.0.0.1:{through} ✓ → parent proxy parent.example (squid/5.7) ✗ "
                            "→ m365.example.test:443")


def test_where_one_gets_there_without_the_proxy_that_is_noted(lab: Laboratory, web: int) -> None:
    through = lab.serve(proxy_answer("403 Forbidden"))
    report = lab.doctor("path", end("app.example.test", web), "--via", f"http://127.0.0.1:{through}")
    assert "path.direct-works" in report.of_level("note")


# All at once.


def test_an_address_in_a_url_is_a_warning(lab: Laboratory, web: int) -> None:
    assert "path.address-in-url" in lab.doctor("url", f"https://127.0.0.1:{web}/").of_level("warning")


def test_many_silent_paths_take_as_long_as_one(lab: Laboratory) -> None:
    port = lab.serve(says_nothing)
    one = lab.doctor("path", end("app.example.test", port), timeout=SHORT).document["took_ms"]
    many = lab.doctor(*[word for _ in range(100) for word in ("path", end("app.example.test", port))], timeout=SHORT)
    assert len(many.document["paths"]) == 100
    assert many.document["took_ms"] < 5 * one


def test_a_proxy_fetches_urls_of_plain_http_without_connect(lab: Laboratory) -> None:
    asked: list[bytes] = []

    def fetches(client: socket.socket) -> None:
        asked.append(client.recv(65536))
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    through = lab.serve(fetches)
    report = lab.doctor("url", "http://nowhere.example.test/a", "--via", f"http://127.0.0.1:{through}")
    assert ours(report.of_level("error", "warning")) == []
    assert any(head.startswith(b"GET http://nowhere.example.test/a HTTP/1.1\r\nHost: nowhere.example.test\r\n") for head in asked)


def test_a_proxy_that_programs_here_would_take_is_noted_where_one_gets_nowhere_without(lab: Laboratory) -> None:
    report = lab.doctor("path", "app.example.test:9", environment={"https_proxy": "http://anna:s3cret@proxy.example.test:3128"})
    assert report.first_error == ("tcp.refused", "app.example.test:9")
    assert "--via http://proxy.example.test:3128" in report.found("path.usual-proxy")["remedy"]
    assert "s3cret" not in str(report.document)
