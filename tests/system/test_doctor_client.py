"""`pforte doctor client`: whether somebody has reached the gate, and how that ended, with the clients people have."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import raw
from backends import Backend, Exchange, echo
from chromium import Chromium
from gate import HOST, Gate, run_pforte, standard_config, until
from ports import free_port
from visitor import SERVICE, Visitor

EXPIRED, PASSED, BROKEN = "expired.example.com", "passed.example.com", "broken.example.com"
JAVA = """
import java.net.*; import javax.net.ssl.*;
public class Client {
  public static void main(String[] a) throws Exception {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();  // takes its time
    Socket plain = new Socket();
    plain.bind(new InetSocketAddress(a[0], 0));
    plain.connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[1])));
    SSLSocket s = (SSLSocket) factory.createSocket(plain, a[2], 443, true);
    s.startHandshake();
  }
}
"""


def failing(exchange: Exchange) -> None:
    exchange.request.body()
    exchange.answer(b"broken", status=500)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, authority: Any) -> Iterator[Gate]:
    """One gate for all clients; each of these has an address of its own."""
    folder = tmp_path_factory.mktemp("contacts")
    app, broken = Backend(echo), Backend(failing)
    config = standard_config(
        folder, authority, [app.url], limits={"handshake_time": "5s"},
        more_backends=[{"name": "broken", "servers": [broken.url]}],
        more_sites=[{"hosts": [EXPIRED], "certificate": authority.issue(EXPIRED, days=-1).config(), "backend": "app", "allow": ["/"]},
                    {"hosts": [BROKEN], "certificate": authority.issue(BROKEN).config(), "backend": "broken", "allow": ["/"]}],
        passthrough=[{"hosts": [PASSED], "servers": [f"127.0.0.1:{free_port()}"], "connect_time": "200ms"}])
    one = Gate(folder, authority, config)
    yield one
    one.judge([app, broken])


def document(gate: Gate, who: str, *options: str) -> dict[str, Any]:
    done = gate.run("doctor", "client", who, "--json", *options)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    found["exit"] = done.returncode
    return found


def contacts(gate: Gate, who: str, count: int = 1) -> list[dict[str, Any]]:
    """They are written down four times a second."""
    return until(lambda: (found := document(gate, who)["contacts"])[count - 1:] and found, f"{who} is seen")


def curl(gate: Gate, source: str, host: str, *arguments: str) -> int:
    return subprocess.run(["curl", "-s", "-o", "/dev/null", "--max-time", "10", "--noproxy", "*", "--interface", source,
                           "--resolve", f"{host}:{gate.tls_port}:127.0.0.1", *arguments,
                           f"https://{host}:{gate.tls_port}/"], capture_output=True).returncode


def s_client(gate: Gate, source: str, *arguments: str) -> None:
    subprocess.run(["openssl", "s_client", "-bind", f"{source}:0", "-connect", f"127.0.0.1:{gate.tls_port}", *arguments],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=20)


def plain(gate: Gate, source: str) -> socket.socket:
    return raw.Client(gate.tls_port, source=source).socket


def seen(gate: Gate, source: str, ending: str, advice: str, point: str, *, fault: bool = True) -> dict[str, Any]:
    """What is told of the one contact from that address; also as text, in both languages, with the exit status."""
    # Where the machine is busy, it may be told of as open first.
    one = until(lambda: (last := contacts(gate, source)[-1])["ending"] != "open" and last, f"the end of {source} is seen")
    assert (one["ending"], one["advice"], one["point"], one["at_fault"]) == (ending, advice, point, fault), one
    assert one["client"].startswith(f"{source}:") and one["listener"] == f"127.0.0.1:{gate.tls_port}"
    english, german = gate.run("doctor", "client", source), gate.run("doctor", "client", source, "--lang", "de")
    assert english.returncode == german.returncode == document(gate, source)["exit"]
    assert "has reached us: 1 contact" in english.stdout and "hat uns erreicht: 1 Kontakt" in german.stdout
    assert ("remedy: " in english.stdout) == ("Abhilfe: " in german.stdout)
    return one


# What clients say of the certificate.


def test_who_is_served_is_seen_and_well(gate):
    assert curl(gate, "127.0.1.1", HOST, "--cacert", str(gate.authority.certificate)) == 0
    one = seen(gate, "127.0.1.1", "served", "served", "shaken", fault=False)
    assert one["requests"] == 1 and one["last_status"] == 200 and one["path"] == "/"
    assert one["tls"]["sni"] == HOST and one["tls"]["version"] == "TLSv1.3" and one["tls"]["protocol"] == "h2"
    assert one["user_agent"].startswith("curl/")
    assert document(gate, "127.0.1.1")["works"] is True
    assert document(gate, "127.0.1.1")["exit"] == 0


def test_curl_does_not_know_the_issuer(gate):
    assert curl(gate, "127.0.1.2", HOST) == 60
    one = seen(gate, "127.0.1.2", "client-alert", "certificate-untrusted", "answered")
    assert one["tls"]["client_alert"] == {"number": 48, "name": "unknown_ca"}
    assert one["tls"]["client_kind"] == "openssl"
    assert one["tls"]["ja4"].startswith("t13d") and one["tls"]["offered"] == "h2,http/1.1"
    assert document(gate, "127.0.1.2")["exit"] == 1


def test_curl_finds_the_certificate_expired(gate):
    curl(gate, "127.0.1.3", EXPIRED, "--cacert", str(gate.authority.certificate))
    one = seen(gate, "127.0.1.3", "client-alert", "certificate-expired", "answered")
    assert one["tls"]["client_alert"]["number"] == 45


def test_curl_leaves_after_the_handshake_when_the_certificate_has_another_name_than_the_address(gate):
    assert curl(gate, "127.0.1.4", "127.0.0.1", "--cacert", str(gate.authority.certificate)) == 60
    one = seen(gate, "127.0.1.4", "unused", "refused-after-handshake", "shaken")
    assert one["tls"]["sni"] is None
    assert "IP address" in gate.run("doctor", "client", "127.0.1.4").stdout


def test_python_sends_another_alert_for_the_wrong_name(gate):
    context = ssl.create_default_context(cafile=str(gate.authority.certificate))
    with pytest.raises(ssl.SSLError):
        raw.Client(gate.tls_port, tls=context, sni="127.0.0.1", source="127.0.1.5")
    one = seen(gate, "127.0.1.5", "client-alert", "certificate-refused", "answered")
    assert one["tls"]["client_alert"]["number"] == 42


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node.js")
def test_node_leaves_without_an_alert(gate):
    script = ("require('tls').connect({host: '127.0.0.1', port: %d, localAddress: '127.0.1.6', servername: '%s'})"
              ".on('error', () => {})" % (gate.tls_port, HOST))
    subprocess.run(["node", "-e", script], capture_output=True, timeout=20)
    one = contacts(gate, "127.0.1.6")[-1]
    assert one["at_fault"] and one["tls"]["client_kind"] == "node" and one["tls"]["client_alert"] is None
    assert one["advice"] in ("refused-after-handshake", "closed-after-certificate")


@pytest.mark.skipif(not shutil.which("javac"), reason="there is no JDK")
def test_java_does_not_find_a_path_to_a_root(gate, tmp_path):
    (tmp_path / "Client.java").write_text(JAVA)
    subprocess.run(["java", str(tmp_path / "Client.java"), "127.0.1.7", str(gate.tls_port), HOST], capture_output=True, timeout=60)
    one = seen(gate, "127.0.1.7", "client-alert", "certificate-refused", "answered")
    assert one["tls"]["client_alert"]["number"] == 46 and one["tls"]["client_kind"] == "java"
    assert "PKIX path building failed" in gate.run("doctor", "client", "127.0.1.7").stdout


def test_chromium_does_not_know_the_issuer(gate, tmp_path, realms, stranger):
    browser = Chromium(tmp_path, realms.environment(), tmp_path / "tickets", stranger.certificate)
    try:
        with contextlib.suppress(Exception):  # whatever the driver makes of an error page
            browser.open(f"https://app.localhost:{gate.tls_port}/")
    finally:
        browser.close()
    found = until(lambda: [one for one in document(gate, "127.0.0.1")["contacts"] if one["tls"]["client_kind"] == "chromium"],
                  "Chromium is seen")
    # It names a host that nobody has: we refuse it before it sees a certificate.
    assert {one["advice"] for one in found} == {"unknown-name"}


# What else goes wrong.


def test_a_name_that_nobody_has(gate):
    s_client(gate, "127.0.2.1", "-servername", "nobody.example.com")
    one = seen(gate, "127.0.2.1", "refused", "unknown-name", "hello")
    assert one["tls"]["our_alert"]["name"] == "unrecognized_name"
    assert document(gate, "nobody.example.com")["contacts"]


def test_an_old_version_of_tls(gate):
    s_client(gate, "127.0.2.2", "-servername", HOST, "-tls1", "-cipher", "DEFAULT@SECLEVEL=0")
    one = seen(gate, "127.0.2.2", "refused", "no-common-version", "answered")
    assert one["tls"]["our_alert"]["number"] == 70


def test_no_cipher_in_common(gate):
    s_client(gate, "127.0.2.3", "-servername", HOST, "-tls1_2", "-cipher", "AES128-SHA@SECLEVEL=0")
    seen(gate, "127.0.2.3", "refused", "no-common-cipher", "answered")


def test_plain_http_at_the_port_for_tls(gate):
    with plain(gate, "127.0.2.4") as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: crm.example.com\r\n\r\n")
        client.recv(1000)
    seen(gate, "127.0.2.4", "not-tls", "plain-http", "hello")


def test_a_client_that_takes_us_for_its_proxy(gate):
    with plain(gate, "127.0.2.5") as client:
        client.sendall(b"CONNECT crm.example.com:443 HTTP/1.1\r\n\r\n")
        client.recv(1000)
    seen(gate, "127.0.2.5", "not-tls", "proxy-request", "hello")


def test_another_protocol(gate):
    with plain(gate, "127.0.2.6") as client:
        client.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        client.recv(1000)
    seen(gate, "127.0.2.6", "not-tls", "not-tls", "hello")


def test_a_look_whether_the_port_is_open_tells_nothing(gate):
    plain(gate, "127.0.2.7").close()
    seen(gate, "127.0.2.7", "silent", "silent", "connected", fault=False)
    assert document(gate, "127.0.2.7")["works"] is None
    assert document(gate, "127.0.2.7")["exit"] == 1


def test_silence_until_time_is_up(gate):
    with plain(gate, "127.0.2.8") as client:
        client.recv(1000)
    seen(gate, "127.0.2.8", "timed-out", "timeout-silent", "connected")


def client_hello() -> bytes:
    """As Python sends it."""
    out = ssl.MemoryBIO()
    hello = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=HOST)
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    return out.read()


def test_a_first_message_that_never_becomes_whole(gate):
    with plain(gate, "127.0.2.9") as client:
        client.sendall(client_hello()[:100])
        client.recv(1000)
    seen(gate, "127.0.2.9", "timed-out", "timeout-in-hello", "hello")


def test_an_answer_that_does_not_arrive(gate):
    with plain(gate, "127.0.2.10") as client:
        client.sendall(client_hello())
        while client.recv(10000):
            pass
    one = seen(gate, "127.0.2.10", "timed-out", "timeout-after-certificate", "answered")
    assert one["tls"]["sni"] == HOST


def test_a_reset_in_the_middle_of_the_handshake(gate):
    with plain(gate, "127.0.2.11") as client:
        client.sendall(client_hello())
        client.recv(10)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one = seen(gate, "127.0.2.11", "closed-in-handshake", "closed-after-certificate", "answered")
    assert "reset" in one["reason"].lower()


def test_an_end_in_the_middle_of_the_first_message(gate):
    with plain(gate, "127.0.2.12") as client:
        client.sendall(client_hello()[:50])
    seen(gate, "127.0.2.12", "closed-in-handshake", "closed-early", "hello")


def test_no_protocol_in_common(gate):
    context = ssl.create_default_context(cafile=str(gate.authority.certificate))
    context.set_alpn_protocols(["imap"])
    with pytest.raises(ssl.SSLError):
        raw.Client(gate.tls_port, tls=context, source="127.0.2.13")
    one = seen(gate, "127.0.2.13", "refused", "no-common-protocol", "answered")
    assert one["tls"]["offered"] == "imap"


def test_a_server_of_a_passthrough_that_is_not_there(gate):
    s_client(gate, "127.0.2.14", "-servername", PASSED)
    one = seen(gate, "127.0.2.14", "not-passed", "passthrough-failed", "hello")
    assert one["tls"]["sni"] == PASSED


def test_an_application_that_fails(gate):
    curl(gate, "127.0.2.15", BROKEN, "--cacert", str(gate.authority.certificate))
    one = seen(gate, "127.0.2.15", "served", "application-failed", "shaken")
    assert one["last_status"] == 500


def test_what_failed_and_works_now_is_well_and_the_last_failure_is_told(gate):
    curl(gate, "127.0.2.16", HOST)
    contacts(gate, "127.0.2.16")
    curl(gate, "127.0.2.16", HOST, "--cacert", str(gate.authority.certificate))
    contacts(gate, "127.0.2.16", 2)
    done = gate.run("doctor", "client", "127.0.2.16")
    assert done.returncode == 0
    assert "2 contacts, 1 at fault" in done.stdout and "It works" in done.stdout and "It last failed at" in done.stdout


def test_a_connection_that_stays_is_seen_before_it_ends(gate):
    with gate.connect(tls=raw.trusting(gate.authority.certificate), source="127.0.2.17") as client:
        assert client.ask(raw.request()).status == 200
        one = until(lambda: document(gate, "127.0.2.17")["contacts"], "it is seen while it is there", 15)[-1]
        assert one["ending"] == "open" and one["requests"] == 1 and not one["at_fault"]
    found = until(lambda: [one for one in document(gate, "127.0.2.17")["contacts"] if one["ending"] == "served"], "its end is seen")
    assert len(found) == 1 and document(gate, "127.0.2.17")["count"] == 1


# Who is asked for.


def test_a_range_of_addresses_a_name_and_a_time(gate):
    curl(gate, "127.0.3.1", HOST, "--cacert", str(gate.authority.certificate))
    curl(gate, "127.0.3.2", HOST, "--cacert", str(gate.authority.certificate))
    contacts(gate, "127.0.3.1"), contacts(gate, "127.0.3.2")
    assert document(gate, "127.0.3.0/24")["count"] == 2
    assert document(gate, HOST.upper())["count"] >= 2
    assert document(gate, "127.0.3.0/24", "--since", "1h")["count"] == 2
    none = document(gate, "127.0.3.0/24", "--since", "0s")
    assert not none["seen"] and none["seen_before"] and none["exit"] == 1


def test_of_a_host_no_single_client_that_fails_stands_for_the_others(start_gate, app):
    gate = start_gate(app)
    for number in range(3):
        curl(gate, f"127.0.8.{number + 1}", HOST, "--cacert", str(gate.authority.certificate))
        contacts(gate, f"127.0.8.{number + 1}")
    curl(gate, "127.0.8.9", HOST)
    contacts(gate, "127.0.8.9")
    for who in (HOST, f"https://{HOST}/", "127.0.8.0/24"):
        done = gate.run("doctor", "client", who)
        assert done.returncode == 0
        well = 3 if "/24" in who else 4  # and who looked whether the gate is up
        assert f"It works for {well} of {well + 1} clients" in done.stdout
        assert f"It fails for 1 of {well + 1}: 127.0.8.9" in done.stdout
        assert document(gate, who)["works"] and document(gate, who)["clients"] == {"works": well, "fails": ["127.0.8.9"]}
    assert gate.run("doctor", "client", "127.0.8.9").returncode == 1


def test_what_the_doctor_tries_itself_counts_for_nobody(start_gate, app):
    gate = start_gate(app)
    curl(gate, "127.0.8.1", HOST, "--cacert", str(gate.authority.certificate))
    contacts(gate, "127.0.8.1")
    gate.run("doctor", "url", f"https://{HOST}:{gate.tls_port}/", "--resolve", f"{HOST}:{gate.tls_port}:127.0.0.1", timeout=60)
    gate.run("doctor", "path", f"127.0.0.1:{gate.tls_port}", timeout=60)
    gate.run("doctor", "url", f"http://127.0.0.1:{gate.tls_port}/", timeout=60)  # plain HTTP at a port for TLS
    probed = until(lambda: [one for one in document(gate, "127.0.0.1")["contacts"] if one["by_doctor"]], "the doctor is seen")
    assert {one["advice"] for one in probed} == {"doctor"} and not any(one["at_fault"] for one in probed)
    time.sleep(0.5)
    others = [one for one in document(gate, "127.0.0.1")["contacts"] if not one["by_doctor"] and one["at_fault"]]
    assert not others, others
    found = document(gate, HOST)
    assert found["works"] and found["at_fault"] == 0 and found["clients"]["fails"] == []
    assert "`pforte doctor` itself" in gate.run("doctor", "client", "127.0.0.1").stdout


def test_nothing_seen_says_where_to_look(gate):
    contacts(gate, HOST)
    done = gate.run("doctor", "client", "192.0.2.99")
    assert done.returncode == 1
    assert "Nothing was seen of 192.0.2.99. The record goes back to" in done.stdout
    assert f"127.0.0.1:{gate.tls_port}" in done.stdout and "Others do reach us" in done.stdout
    assert "nslookup" in done.stdout and "firewall" in done.stdout and "NAT" in done.stdout
    german = gate.run("doctor", "client", "unbekannt.example.com", "--lang", "de").stdout
    assert "Von unbekannt.example.com wurde nichts gesehen" in german and "keine Site hat diesen Namen" in german
    assert document(gate, "192.0.2.99")["look_next"]


@pytest.mark.parametrize(("arguments", "what"), [(("client",), "client needs one address"), (("client", "a", "b"), "client needs one address"),
                                                 (("client", "a", "--since", "soon"), "--since soon is no duration"),
                                                 (("client", "10.0.0.0/99"), "10.0.0.0/99 can be no client"),
                                                 (("client", "a b"), "blanks or control characters"),
                                                 (("client", "https:///x"), "it names no host"),
                                                 (("clients",), "did you mean pforte doctor client?"),
                                                 (("everything",), "browser, client, message, sheet")])
def test_what_cannot_be_read(arguments, what, gate):
    done = gate.run("doctor", *arguments)
    assert done.returncode == 2 and what in done.stderr


def doctor_client_in(folder, state_dir):
    file = folder / "pforte.toml"
    file.write_text(f'state_dir = "{state_dir}"\n[[listener]]\naddress = "127.0.0.1:1"\n')
    return run_pforte("doctor", "client", "192.0.2.7", "--config", str(file))


def test_a_state_folder_that_there_is_not_is_a_wrong_configuration(tmp_path):
    done = doctor_client_in(tmp_path, tmp_path / "nowhere")
    assert done.returncode == 2 and f"{tmp_path}/nowhere is no folder, and `state_dir` names it" in done.stderr


def test_where_no_gate_has_run_that_is_said(tmp_path):
    (tmp_path / "state").mkdir()
    done = doctor_client_in(tmp_path, tmp_path / "state")
    assert done.returncode == 1 and "There is no record yet: no gate that keeps contacts has run with this `state_dir`" in done.stdout


@pytest.mark.parametrize("garbage", [b"", b"hello\n", b"\x7fELF" + bytes(200_000)])
def test_what_is_no_record_of_contacts_is_told_as_that(tmp_path, garbage):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/contacts").write_bytes(garbage)
    done = doctor_client_in(tmp_path, tmp_path / "state")
    assert done.returncode == 2 and "holds something else than contacts" in done.stderr and "run it as root" not in done.stderr


def test_hostile_names_do_not_reach_the_terminal(gate):
    with gate.connect(tls=raw.trusting(gate.authority.certificate), source="127.0.3.9") as client:
        client.ask(raw.request("GET", "/", "User-Agent: \x1b[2J\x1b]0;x\x07"))
    contacts(gate, "127.0.3.9")
    assert "\x1b" not in gate.run("doctor", "client", "127.0.3.9").stdout


# The ring.


def test_a_flood_from_one_address_is_counted_and_hides_nobody(start_gate, app):
    gate = start_gate(app, contacts={"size": "1MiB"})
    curl(gate, "127.0.4.1", HOST)
    contacts(gate, "127.0.4.1")
    for _ in range(3000):
        plain(gate, "127.0.4.2").close()
    contacts(gate, "127.0.4.2", 16)
    gate.signal(signal.SIGTERM)
    gate.expect_death = True
    gate.process.wait(15)
    flood = document(gate, "127.0.4.2")
    assert flood["count"] + flood["lost"] == 3000 and flood["count"] > 1000
    assert flood["counted"] + len(flood["contacts"]) == flood["count"]
    assert f"{flood['counted']} more were not written one by one" in gate.run("doctor", "client", "127.0.4.2").stdout
    assert len(flood["contacts"]) < 20
    assert document(gate, "127.0.4.1")["contacts"][0]["ending"] == "client-alert"


def test_in_a_flood_the_newest_failure_is_known_and_who_is_only_counted_may_be_among_it(desk):
    fail = lambda login: (visitor := Visitor(desk)).sign_in(login, "wrong") and visitor.reconnect()
    for number in range(60):
        fail(f"guess{number}")
    fail("the.last.one")
    until(lambda: document(desk, "127.0.0.1")["counted"] > 5, "the count is told", 40)
    # Whoever looks for one of them is told that more came than were written down.
    done = desk.run("doctor", "client", "susan")
    assert "not written one by one, most of 127.0.0.1" in done.stdout
    assert [one for one in document(desk, "the.last.one")["contacts"] if one["at_fault"]]


def test_a_full_ring_keeps_its_size_and_the_newest(start_gate, app):
    gate = start_gate(app, contacts={"size": "1MiB"})
    ring = gate.folder / "state/contacts"
    context = raw.trusting(gate.authority.certificate)
    agent = "User-Agent: " + "x" * 250
    for i in range(2600):
        source = f"127.1.{i // 250}.{i % 250 + 1}"
        with raw.Client(gate.plain_port, source=source) as client:
            client.ask(raw.request("GET", "/" + "y" * 250, agent))
    last = contacts(gate, "127.1.10.100")
    assert last[-1]["requests"] == 1
    assert ring.stat().st_size == 1 << 20 and ring.stat().st_mode & 0o777 == 0o600
    assert not document(gate, "127.1.0.1")["seen"]
    assert context


def test_what_was_written_survives_a_kill_and_the_gate_goes_on_behind_it(start_gate, app):
    gate = start_gate(app)
    curl(gate, "127.0.5.1", HOST)
    contacts(gate, "127.0.5.1")
    gate.expect_death = True
    gate.process.kill()
    gate.process.wait()
    assert document(gate, "127.0.5.1")["seen"], "also while no gate runs"
    again = start_gate.again(gate)
    curl(again, "127.0.5.2", HOST)
    contacts(again, "127.0.5.2")
    assert document(again, "127.0.5.1")["seen"]


def test_a_torn_end_is_left_out(start_gate, app):
    gate = start_gate(app)
    curl(gate, "127.0.5.3", HOST)
    contacts(gate, "127.0.5.3")
    gate.expect_death = True
    gate.process.kill()
    gate.process.wait()
    ring = gate.folder / "state/contacts"
    content = ring.read_bytes()
    with ring.open("r+b") as file:
        file.seek(len(content.rstrip(b"\0")))
        file.write(b"\x40\0\0\0torn")
    again = start_gate.again(gate)
    curl(again, "127.0.5.4", HOST)
    contacts(again, "127.0.5.4")
    assert document(again, "127.0.5.3")["seen"]


def test_a_ring_that_cannot_be_written_is_told_once_and_stops_nobody(start_gate, app):
    gate = start_gate(app)
    ring = gate.folder / "state/contacts"
    gate.expect_death = True
    gate.process.kill()
    gate.process.wait()
    ring.unlink(missing_ok=True)
    ring.mkdir()
    again = start_gate.again(gate)
    for _ in range(3):
        assert again.get("/").status == 200
    until(lambda: float(again.metric("pforte_contacts_total", written="lost")) > 0, "what is lost is counted")
    time.sleep(0.6)
    assert len(again.events("contacts.failed")) == 1
    assert again.run("doctor", "client", "127.0.0.1").returncode == 2
    ring.rmdir()


def test_they_can_be_switched_off_and_on_by_a_reload(start_gate, app):
    gate = start_gate(app, contacts={"off": True})
    curl(gate, "127.0.6.1", HOST)
    assert "contacts are not kept" in gate.run("doctor", "client", "127.0.6.1").stdout
    gate.config["contacts"] = {"off": False, "size": "2MiB"}
    gate.write()
    assert gate.reload().returncode == 0
    until(lambda: (gate.folder / "state/contacts").exists(), "the ring is made")
    curl(gate, "127.0.6.2", HOST)
    contacts(gate, "127.0.6.2")
    assert not document(gate, "127.0.6.1")["seen"]


# Signing in.


def test_a_program_that_signs_in_with_every_request_is_noted_once_for_each_outcome(start_desk, app):
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    token = re.search(r"[A-Za-z0-9_-]{43}", gate.run("agent", "token", "eva").stdout)[0]
    program = Visitor(gate, machine=True)
    program.secrets.add(token)
    for _ in range(20):
        assert program.get("/rest/x", f"Authorization: Bearer {token}").status == 200
    for _ in range(20):
        assert program.get("/rest/x", "Authorization: Bearer " + "x" * 43).status == 401
    assert program.get("/rest/x", f"Authorization: Bearer {token}").status == 200
    last = program.get("/rest/x", "Authorization: Bearer " + "x" * 43).get("pforte-reference")
    program.reconnect()
    one = contacts(gate, "eva")[-1]
    assert [(one["succeeded"], one["login"]) for one in one["sign_ins"]] == [(True, "eva"), (False, None)]
    assert one["sign_ins"][-1]["reference"] == last and one["requests"] == 42


def test_a_form_that_was_refused_is_found_by_what_was_typed(desk):
    visitor = Visitor(desk)
    visitor.sign_in("nobody.of.that.name", "wrong")
    visitor.reconnect()
    one = contacts(desk, "nobody.of.that.name")[-1]
    assert one["advice"] == "sign-in-refused" and one["at_fault"]
    assert one["sign_ins"][-1]["reference"] and not one["sign_ins"][-1]["succeeded"]
    ring = Path(desk.config["state_dir"], "contacts").read_bytes()
    assert b"nobody.of.that.name" not in ring, "it may be a password in the wrong field"
    told = desk.run("doctor", "client", "nobody.of.that.name").stdout
    assert f"pforte --config {desk.file} explain " in told and "which one in 63 has as well" in told


def test_a_ticket_is_found_by_its_login_and_its_principal(desk, susan):
    visitor = Visitor(desk)
    assert visitor.send_ticket(susan.token(SERVICE), "/app").status == 200
    visitor.reconnect()
    one = contacts(desk, "susan")[-1]
    assert one["sign_ins"][-1]["succeeded"] and one["sign_ins"][-1]["method"] == "kerberos"
    assert contacts(desk, "susan@ALPHA.TEST")
    assert document(desk, "susan")["exit"] == 0
