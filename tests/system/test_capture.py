"""pforte capture: what a client and the gate said to each other, as tshark reads it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import ssl
import stat
import subprocess
import time
from pathlib import Path

import gate as gates
import pytest
import raw
from backends import by_path, bytes_of, text
from gate import HOST, until
from http2 import Client
from raw import request
from relayed import TcpServer, echo

OTHER = "127.0.0.2"
SHOP = "shop.example.com"


class Capture:
    """pforte capture, while it runs."""

    def __init__(self, pforte, *options: str, seconds: str = "30s", file: Path | None = None):
        self.pforte = pforte
        self.file = file or pforte.folder / f"capture-{time.monotonic_ns()}.pcapng"
        self.process = subprocess.Popen(
            [*shlex.split(gates.BINARY), "capture", "--config", str(pforte.file), "--for", seconds, "-o", str(self.file),
             *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> Capture:
        self.beginning = self.process.stderr.readline()
        assert "Capturing until" in self.beginning, self.beginning + self.process.stderr.read()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, number: signal.Signals | None = signal.SIGINT, seconds: float = 10, status: int = 0) -> str:
        """What it said at last."""
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=seconds)
        assert self.process.returncode == status, err
        return out

    def fields(self, shown: str, *names: str) -> list[list[str]]:
        """Of each packet that tshark shows with that filter, the values of these fields."""
        ports = [self.pforte.tls_port, self.pforte.plain_port]
        read_as = ["-d", f"tcp.port=={ports[0]},tls", "-d", f"tcp.port=={ports[1]},http"]
        strict = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        wanted = [word for name in names for word in ("-e", name)]
        done = subprocess.run(["tshark", "-n", "-r", str(self.file), *read_as, *strict, "-Y", shown, "-T", "fields",
                               *wanted], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    def paths(self) -> list[str]:
        return [one[0] for one in self.fields("http.request", "http.request.uri")]

    def randoms(self) -> set[str]:
        """Of the connections whose secrets are in the file."""
        return {one.decode() for one in re.findall(rb"(?:SECRET_0|TRAFFIC_SECRET|CLIENT_RANDOM) ([0-9a-f]{64}) ",
                                                   self.file.read_bytes())}

    def is_sound(self) -> None:
        """As TCP it is without a fault: checksums, sequence, nothing lost."""
        assert self.fields("tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0",
                           "frame.number", "_ws.expert.message") == []


def context(pforte, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    tls = raw.trusting(pforte.authority.certificate)
    tls.minimum_version = tls.maximum_version = version
    return tls


def get(pforte, target: str, **options) -> None:
    assert pforte.get(target, **options).status == 200


def capture_in(pforte) -> dict | None:
    return json.loads(pforte.run("status", "--json").stdout)["capture"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_request_and_its_answer_are_read_decrypted(version, start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/a": text(b"the answer")})))
    with Capture(pforte, "--all") as capture:
        get(pforte, "/a", tls=context(pforte, version))
        told = capture.end()
    assert capture.paths() == ["/a"]
    assert capture.fields("http.response", "http.response.code", "http.file_data") == [["200", "the answer"]]
    assert "1 connection," in told and "editcap --discard-all-secrets" in told
    assert stat.S_IMODE(capture.file.stat().st_mode) == 0o600
    capture.is_sound()


def test_requests_over_http2_are_read_decrypted(pforte):
    with Capture(pforte, "--all") as capture:
        client = Client(pforte)
        client.get("/one"), client.get("/two")
        client.close()
        capture.end()
    assert [one[0] for one in capture.fields("http2.headers.path", "http2.headers.path")] == ["/one", "/two"]
    capture.is_sound()


def test_requests_in_the_clear_are_in_it_too(pforte):
    with Capture(pforte, "--all") as capture:
        get(pforte, "/clear")
        capture.end()
    assert capture.paths() == ["/clear"] and not capture.randoms()
    capture.is_sound()


@pytest.mark.parametrize("secure", [False, True])
def test_of_another_client_nothing_is_in_it(secure, pforte):
    with Capture(pforte, "--client", OTHER) as capture:
        with pforte.connect(secure=secure) as one, pforte.connect(secure=secure, source=OTHER) as other:
            for client, path in ((one, "/one"), (other, "/other")):
                assert client.ask(request("GET", path)).status == 200
        capture.end()
    assert capture.paths() == ["/other"]
    assert {one[0] for one in capture.fields("tcp.flags.syn == 1 && tcp.flags.ack == 0", "ip.src")} == {OTHER}
    hellos = capture.fields("tls.handshake.type == 1", "tls.handshake.random")
    assert capture.randoms() == {one[0] for one in hellos} and len(hellos) == secure


def test_of_another_site_nothing_is_in_it(start_gate, app, authority):
    shop = {"hosts": [SHOP], "certificate": authority.issue(SHOP).config(), "backend": "app", "allow": ["/"]}
    pforte = start_gate(app, more_sites=[shop])
    with Capture(pforte, "--site", SHOP.upper()) as capture:
        for host, path in ((HOST, "/crm"), (SHOP, "/shop")):
            get(pforte, path, host=host, tls=context(pforte), sni=host)
            get(pforte, path + "-clear", host=host)
        capture.end()
    assert sorted(capture.paths()) == ["/shop", "/shop-clear"]
    assert {one[0] for one in capture.fields("tls.handshake.type == 1", "tls.handshake.extensions_server_name")} == {SHOP}
    assert len(capture.randoms()) == 1


def test_a_handshake_that_fails_is_in_it(pforte):
    with Capture(pforte, "--client", OTHER) as capture:
        with pytest.raises(ssl.SSLError):
            pforte.connect(secure=True, source=OTHER, sni="unknown.example.com")
        capture.end()
    assert capture.fields("tls.alert_message.desc", "tls.alert_message.desc") == [["112"]]


def test_without_secrets_what_is_sealed_stays_so(pforte):
    with Capture(pforte, "--all", "--no-secrets") as capture:
        get(pforte, "/a", tls=context(pforte))
        told = capture.end()
    assert not capture.randoms() and capture.paths() == [] and "editcap" not in told
    assert capture.fields("tls.handshake.type == 1", "tls.handshake.extensions_server_name") == [[HOST]]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_from_before_is_resumed_and_read(version, pforte):
    tls = context(pforte, version)
    with pforte.connect(tls=tls) as client:
        assert client.ask(request()).status == 200
        session = client.tls.session
    with Capture(pforte, "--all") as capture:
        with pforte.connect(tls=tls, session=session) as client:
            assert client.tls.session_reused
            assert client.ask(request("GET", "/again")).status == 200
        capture.end()
    assert capture.paths() == ["/again"]


def test_connections_from_before_stay_out_and_are_counted(pforte):
    with pforte.connect(secure=True) as old:
        assert old.ask(request()).status == 200
        with Capture(pforte, "--all") as capture:
            assert "1 connection was open before" in capture.process.stderr.readline()
            assert old.ask(request("GET", "/old")).status == 200
            get(pforte, "/new", tls=context(pforte))
            capture.end()
    assert capture.paths() == ["/new"]


def test_a_connection_that_outlives_the_capture_goes_on(pforte):
    with Capture(pforte, "--all") as capture:
        client = pforte.connect(secure=True)
        assert client.ask(request("GET", "/in")).status == 200
        capture.end()
    assert client.ask(request("GET", "/after")).status == 200
    assert capture.paths() == ["/in"]


def test_what_is_passed_through_is_in_it_sealed(start_gate, app):
    with TcpServer(echo) as server:
        pforte = start_gate(app, passthrough=[{"hosts": [SHOP], "servers": [f"127.0.0.1:{server.port}"]}])
        with Capture(pforte, "--site", SHOP) as capture:
            tls = context(pforte)
            with pytest.raises((ssl.SSLError, EOFError, OSError)):
                pforte.connect(tls=tls, sni=SHOP)  # what echoes its ClientHello is no server
            capture.end()
    names = capture.fields("tls.handshake.type == 1", "tls.handshake.extensions_server_name")
    assert [SHOP] in names and not capture.randoms()


def test_it_ends_when_its_time_is_over(pforte):
    with Capture(pforte, "--all", "--json", seconds="1s") as capture:
        began = time.monotonic()
        told = json.loads(capture.end(None))
        assert time.monotonic() - began < 3
    assert told["ended"] == "time" and told["connections"] == 0 and told["file"] == str(capture.file)
    assert capture_in(pforte) is None


def test_where_nothing_came_it_says_so_and_whom_to_ask(pforte):
    with Capture(pforte, "--client", OTHER) as capture:
        told = capture.end()
    assert f"pforte doctor client {OTHER}/32" in told and "keys" not in told and "0 connections" in told


def test_it_ends_at_its_limit(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/large": bytes_of(300_000)})))
    with Capture(pforte, "--all", "--limit", "100KiB", "--json") as capture:
        get(pforte, "/large")
        told = json.loads(capture.end(None))
    assert told["ended"] == "limit" and told["bytes"] == capture.file.stat().st_size <= 100 * 1024
    assert capture.fields("tcp.flags.syn == 1", "ip.src")


def test_at_its_limit_it_says_that_the_rest_is_missing(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/large": bytes_of(300_000)})))
    with Capture(pforte, "--all", "--limit", "100KiB") as capture:
        get(pforte, "/large")
        told = capture.end(None)
    assert "What did not fit into it is missing" in told


def test_it_goes_on_over_a_reload(pforte):
    with Capture(pforte, "--site", HOST) as capture:
        get(pforte, "/before", tls=context(pforte))
        assert pforte.reload().returncode == 0
        get(pforte, "/after", tls=context(pforte))
        capture.end()
    assert capture.paths() == ["/before", "/after"]


def test_it_ends_with_the_gate_and_is_whole(pforte):
    with Capture(pforte, "--all", "--json") as capture:
        get(pforte, "/a", tls=context(pforte))
        pforte.signal(signal.SIGTERM)
        told = json.loads(capture.end(None, status=3))
    assert pforte.wait() == 0
    assert told["ended"] == "gate-stops" and capture.paths() == ["/a"]


def test_it_ends_with_its_command_however_that_dies(pforte):
    with Capture(pforte, "--all") as capture:
        client = pforte.connect(secure=True)
        assert client.ask(request("GET", "/a")).status == 200
        assert capture_in(pforte)["filter"] == "everything"
        until(lambda: capture.paths() == ["/a"], "it is written down")
        capture.process.send_signal(signal.SIGKILL)
        until(lambda: capture_in(pforte) is None, "the capture has ended")
    assert [one["why"] for one in pforte.events("capture.ended")] == ["command-gone"]
    assert client.ask(request("GET", "/b")).status == 200
    assert capture.paths() == ["/a"]  # what was written can be read
    with Capture(pforte, "--all", seconds="1s") as another:
        another.end()


def test_a_file_that_is_written_too_slowly_lacks_packets_and_says_so(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/large": bytes_of(4_000_000)})))
    before = pforte.resident_bytes()
    with Capture(pforte, "--all", "--json", "--limit", "1GiB") as capture:
        capture.process.send_signal(signal.SIGSTOP)
        for _ in range(20):
            get(pforte, "/large")
        if not gates.is_sanitized():
            assert pforte.resident_bytes() - before < 40_000_000
        assert capture_in(pforte) is not None
        capture.process.send_signal(signal.SIGCONT)
        told = json.loads(capture.end())
    assert told["dropped"] > 0 and told["bytes"] == capture.file.stat().st_size
    assert capture.fields("tcp.analysis.lost_segment", "frame.number")


def test_a_second_one_is_told_whose_the_first_is_and_until_when(pforte):
    with Capture(pforte, "--client", OTHER) as capture:
        file = pforte.folder / "second.pcapng"
        refused = pforte.run("capture", "--all", "--for", "5s", "-o", str(file))
        until_when = capture_in(pforte)["until"]
    assert refused.returncode == 3 and not file.exists()
    assert f"client {OTHER}/32" in refused.stderr and "asked for by " in refused.stderr and until_when in refused.stderr


def test_it_is_shown_and_told(pforte):
    with Capture(pforte, "--client", OTHER) as capture:
        get(pforte, "/a", source=OTHER)
        assert "A capture is under way: client 127.0.0.2/32" in pforte.run("status").stdout
        assert "Eine Aufzeichnung läuft" in pforte.run("status", "--lang", "de").stdout
        assert pforte.metric("pforte_captures") == 1
        capture.end()
    assert pforte.metric("pforte_captures") == 0
    began, ended = pforte.events("capture.began")[0], pforte.events("capture.ended")[0]
    assert began["filter"] == ended["filter"] == "client 127.0.0.2/32" and began["by"]
    assert (ended["why"], ended["connections"], ended["secrets"]) == ("asked", "1", "yes")


def test_standard_output_can_be_piped_into_a_reader(pforte):
    shown = pforte.folder / "shown"
    command = shlex.join([*shlex.split(gates.BINARY), "capture", "--config", str(pforte.file), "--for", "3s", "--all"])
    reader = f"tshark -l -n -r - -d tcp.port=={pforte.plain_port},http -Y http.request -T fields -e http.request.uri"
    process = subprocess.Popen(["sh", "-c", f"{command} -o - | {reader} > {shlex.quote(str(shown))}"],
                               stderr=subprocess.DEVNULL)
    until(lambda: capture_in(pforte), "it has begun")
    get(pforte, "/live")
    assert process.wait(30) == 0
    assert shown.read_text() == "/live\n"


def test_a_terminal_is_no_place_for_it(pforte):
    ours, theirs = os.openpty()
    command = [*shlex.split(gates.BINARY), "capture", "--config", str(pforte.file), "--for", "5s", "--all", "-o", "-"]
    refused = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, timeout=10)
    os.close(ours), os.close(theirs)
    assert refused.returncode == 2 and "writes to a terminal" in refused.stderr and "wireshark" in refused.stderr


@pytest.mark.parametrize("options, why", [
    (("--all",), "--for is missing"),
    (("--for", "5s", "--all"), "-o is missing"),
    (("--for", "5s", "-o", "NEW"), "whose connections"),
    (("--for", "5s", "-o", "NEW", "--all", "--client", "10.0.0.1"), "contradict"),
    (("--for", "60", "-o", "NEW", "--all"), "is no time"),
    (("--for", "16min", "-o", "NEW", "--all"), "from 1s to 15min"),
    (("--for", "5s", "-o", "NEW", "--client", "10.0.0.1/8"), "the network is 10.0.0.0/8"),
    (("--for", "5s", "-o", "NEW", "--client", "somebody"), "is no address or network"),
    (("--for", "5s", "-o", "NEW", "--all", "--limit", "1KiB"), "from 64KiB"),
    (("--for", "5s", "-o", "NEW", "--all", "--limit", "1"), "did you mean 1MiB?"),
    (("--for", "5s", "-o", "NEW", "--all", "--limit", "100000"), "did you mean 100000B?"),
    (("--for", "5s", "-o", "NEW", "--site", "nobody.example.com"), "there is no site nobody.example.com"),
    (("--for", "5s", "-o", "OLD", "--all"), "is there already"),
    (("--for", "5s", "-o", "-", "--all", "--json"), "both want standard output"),
])
def test_what_cannot_be_asked_is_refused_and_leaves_nothing(options, why, pforte):
    new, old = pforte.folder / "new.pcapng", pforte.folder / "old.pcapng"
    old.write_text("as it was")
    refused = pforte.run("capture", *[{"NEW": str(new), "OLD": str(old)}.get(one, one) for one in options])
    assert refused.returncode == 2 and why in refused.stderr, refused.stderr
    assert not new.exists() and old.read_text() == "as it was" and capture_in(pforte) is None


def test_without_a_gate_there_is_no_file(tmp_path):
    config = tmp_path / "pforte.toml"
    config.write_text(f'state_dir = "{tmp_path}"\n')
    refused = gates.run_pforte("capture", "--all", "--for", "5s", "-o", str(tmp_path / "x"), "--config", str(config))
    assert refused.returncode == 3 and "no gate is running" in refused.stderr
    assert os.listdir(tmp_path) == ["pforte.toml"]
