"""A network for broken paths: its own names, addresses and routes, with servers that fail in known ways.

Everything is in a network and mount namespace of its own, which needs root. Servers run on threads of this process:
their sockets are made inside. `doctor()` runs pforte inside and reads its report.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shlex
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gate import BINARY, SANITIZED
from pki import Pair
from serving import Handler, serve_each

CLONE_NEWNET = 0x40000000
A, CNAME, PTR, TXT, AAAA, SRV = 1, 5, 12, 16, 28, 33
SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5
FAR = "10.5.0.2"  # the other end of a cable, in a network namespace of its own
NEAR = "10.5.0.1"


def unavailable() -> str | None:
    """Why there can be no laboratory here."""
    if os.geteuid() != 0:
        return "namespaces for a laboratory need root"
    done = subprocess.run(["unshare", "--net", "--mount", "--", "ip", "link", "add", "pf", "type", "veth", "peer", "name", "pg"],
                          capture_output=True, text=True)
    return None if done.returncode == 0 else f"no namespaces for a laboratory: {done.stderr.strip()}"


class Namespace:
    """A process that keeps a network namespace, and a mount namespace, alive."""

    def __init__(self, setup: str):
        self.process = subprocess.Popen(["unshare", "--net", "--mount", "--propagation", "private", "--", "sh", "-ec",
                                         f"ip link set lo up\n{setup}\necho ready\nexec cat"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"
        self.pid = self.process.pid

    def run(self, *command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["nsenter", "--target", str(self.pid), "--net", "--mount", "--", *command],
                              capture_output=True, text=True, timeout=60, **options)

    def must(self, *command: str) -> None:
        done = self.run(*command)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"

    def make(self, work: Callable[[], Any]) -> Any:
        """What `work()` gives on a thread that is in this network: sockets stay there."""
        given: list[Any] = []

        def inside() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            with open(f"/proc/{self.pid}/ns/net") as network:
                assert libc.setns(network.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                given.append(work())
            except OSError as problem:
                given.append(problem)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if isinstance(given[0], OSError):
            raise given[0]
        return given[0]

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


@dataclass
class Zone:
    """What a name server says. A name without records of the type has an empty answer; one that is missing does not exist."""

    records: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    rcodes: dict[tuple[str, int], int] = field(default_factory=dict)  # by name and type; type 0: any
    silent: bool = False
    garbled: bool = False
    truncates: bool = False  # over UDP
    silent_types: frozenset[int] = frozenset()


def packed_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def answer_of(zone: Zone, question: bytes, over_udp: bool) -> bytes | None:
    """The answer to a DNS message with one question (RFC 1035, 4.1)."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    name, kind = ".".join(labels).lower(), int.from_bytes(question[at + 1:at + 3], "big")
    asked = question[12:at + 5]
    if zone.silent or kind in zone.silent_types:
        return None
    if zone.garbled:
        return b"HTTP/1.1 400 Bad Request\r\n\r\n"
    rcode = zone.rcodes.get((name, kind), zone.rcodes.get((name, 0), 0))
    records: list[bytes] = []
    owner = name
    for _ in range(8):
        alias = next((value for type_, value in zone.records.get(owner, []) if type_ == CNAME), None)
        if alias is None:
            break
        records.append(record(owner, CNAME, packed_name(alias)))
        owner = alias
    for type_, value in zone.records.get(owner, []):
        if type_ == kind:
            records.append(record(owner, type_, data_of(type_, value)))
    if rcode == 0 and owner not in zone.records:
        rcode = NXDOMAIN
    truncated = zone.truncates and over_udp and bool(records)
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    sent = [] if truncated else records
    return question[:2] + struct.pack(">HHHHH", flags, 1, len(sent), 0, 0) + asked + b"".join(sent)


def data_of(kind: int, value: str) -> bytes:
    """A record's content; that of SRV is written "host:port"."""
    if kind == SRV:
        host, _, port = value.partition(":")
        return struct.pack(">HHH", 0, 100, int(port)) + packed_name(host)
    if kind == TXT:
        return bytes([len(value)]) + value.encode()
    if kind == PTR:
        return packed_name(value)
    return socket.inet_pton(socket.AF_INET if kind == A else socket.AF_INET6, value)


def record(owner: str, kind: int, data: bytes) -> bytes:
    return packed_name(owner) + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


class Laboratory:
    """Names and machines at will. `near` is where pforte runs, `far` the machine at the other end of the cable."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sockets: list[socket.socket] = []
        for name in ("hosts", "resolv.conf", "nsswitch.conf"):
            (folder / name).write_text("")
        mounts = "\n".join(f"mount --bind {folder}/{name} /etc/{name}" for name in ("hosts", "resolv.conf", "nsswitch.conf"))
        self.far = Namespace("")
        self.near = Namespace(f"""{mounts}
            ip link add near type veth peer name far netns {self.far.pid}
            ip link set near gso_max_segs 1 up
            ip addr add {NEAR}/24 dev near
            ip route add unreachable 10.9.0.0/24
            ip route add prohibit 10.8.0.0/24
            ip -6 addr add fd05::1/64 dev near nodad
            ip neigh add 10.5.0.66 lladdr 02:00:00:00:00:66 dev near
            ip -6 neigh add fd05::66 lladdr 02:00:00:00:00:66 dev near""")
        self.far.must("ip", "link", "set", "far", "gso_max_segs", "1", "up")
        self.far.must("ip", "addr", "add", f"{FAR}/24", "dev", "far")
        self.healthy_names()

    def close(self) -> None:
        for one in self.sockets:
            one.close()
        self.near.close()
        self.far.close()

    # Names.

    def hosts(self, text: str) -> None:
        (self.folder / "hosts").write_text(text)

    def resolv_conf(self, text: str) -> None:
        (self.folder / "resolv.conf").write_text(text)

    def nsswitch(self, hosts: str) -> None:
        (self.folder / "nsswitch.conf").write_text(f"hosts: {hosts}\n")

    def healthy_names(self) -> None:
        self.hosts("127.0.0.1 localhost\n::1 localhost\n")
        self.resolv_conf("nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")
        self.nsswitch("files dns")

    def name_server(self, zone: Zone, address: str = "127.0.0.53", over_tcp: Handler | None = None) -> None:
        datagrams = self.near.make(lambda: bound(socket.SOCK_DGRAM, address, 53))
        self.sockets.append(datagrams)

        def serve_datagrams() -> None:
            with contextlib.suppress(OSError):
                while True:
                    question, client = datagrams.recvfrom(4096)
                    answer = answer_of(zone, question, over_udp=True)
                    if answer:
                        datagrams.sendto(answer, client)

        def serve_stream(client: socket.socket) -> None:
            while size := int.from_bytes(client.recv(2), "big"):
                answer = answer_of(zone, client.recv(size), over_udp=False)
                if answer:
                    client.sendall(len(answer).to_bytes(2, "big") + answer)

        threading.Thread(target=serve_datagrams, daemon=True).start()
        if not zone.truncates or "tcp" not in zone.records:
            self.serve(over_tcp or serve_stream, address, 53)

    # Machines.

    def add_address(self, address: str) -> None:
        self.near.run("ip", "addr", "add", address, "dev", "lo")

    def serve(self, handler: Handler, address: str = "0.0.0.0", port: int = 0, *, far: bool = False) -> int:
        """Takes connections and gives each to the handler on a thread of its own. The port."""
        where = self.far if far else self.near
        listening = where.make(lambda: bound(socket.SOCK_STREAM, address, port))
        listening.listen(64)
        self.sockets.append(listening)
        return serve_each(listening, handler)

    def full_backlog(self, address: str = "127.0.0.1") -> int:
        """A port whose queue is full: further SYNs are dropped."""
        listening = self.near.make(lambda: bound(socket.SOCK_STREAM, address, 0))
        listening.listen(0)
        port = int(listening.getsockname()[1])

        def fill() -> list[socket.socket]:
            clients = []
            for _ in range(4):
                client = socket.socket()
                client.setblocking(False)
                client.connect_ex((address, port))
                clients.append(client)
            return clients

        self.sockets += [listening, *self.near.make(fill)]
        return port

    # The doctor.

    def doctor(self, *arguments: str, timeout: str = "4s", environment: dict[str, str] | None = None) -> Report:
        done = self.near.run(*shlex.split(BINARY), "doctor", *arguments, "--json", "--timeout", timeout,
                             env=os.environ | (environment or {}))
        assert not SANITIZED.search(done.stderr), done.stderr
        assert done.returncode in (0, 1), done.stderr
        return Report(json.loads(done.stdout))


def bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    return one


class Report:
    """What the doctor found on the one path it was asked for, or on several."""

    def __init__(self, document: dict[str, Any]):
        self.document = document
        self.path = document["paths"][0]
        self.findings = [finding for path in document["paths"] for finding in path["findings"]]

    @property
    def first_error(self) -> tuple[str, str] | None:
        """Its id and its hop's name."""
        return next(((one["id"], one["hop_name"]) for one in self.findings if one["level"] == "error"), None)

    def of_level(self, *levels: str) -> list[str]:
        return [one["id"] for one in self.findings if one["level"] in levels]

    def found(self, id: str) -> dict[str, Any]:
        return next(one for one in self.findings if one["id"] == id)

    @property
    def drawn(self) -> str:
        return str(self.path["drawn"])


# Servers.


def closes(client: socket.socket) -> None:
    """A load balancer without a server behind it."""


def says_nothing(client: socket.socket) -> None:
    while client.recv(4096):
        pass


def says(answer: bytes) -> Handler:
    def handler(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(answer)

    return handler


def http_ok(client: socket.socket) -> None:
    while client.recv(65536):
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nok\n")


def speaks_tls(pair: Pair, inner: Handler = http_ok) -> Handler:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.chain, pair.key)
    context.set_alpn_protocols(["http/1.1"])

    def handler(client: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            inner(secure)

    return handler


def first_packet_only(inner: Handler) -> Handler:
    """Something that expects the whole first message in one packet, and waits forever else."""

    def handler(client: socket.socket) -> None:
        first = client.recv(65536, socket.MSG_PEEK)
        if len(first) > 1000:
            return says_nothing(client)
        return inner(client)

    return handler


def head_of(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(65536)
        if not piece:
            break
        head += piece
    return head


def relay(one: socket.socket, other: socket.socket) -> None:
    def carry(source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                to.sendall(piece)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=carry, args=(other, one), daemon=True)
    back.start()
    carry(one, other)
    back.join(20)


def proxy(laboratory: Laboratory, *, user: str | None = None, target: tuple[str, int] | None = None) -> Handler:
    """A forward proxy; with `user`, who must sign in by Basic with the base64 of it. `target`: where all goes."""

    def handler(client: socket.socket) -> None:
        head = head_of(client).decode()
        if not head:
            return
        host, _, port = head.split()[1].rpartition(":")
        if user and f"Basic {user}\r\n" not in head:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                           b"Content-Length: 0\r\n\r\n")
            return
        server = laboratory.near.make(lambda: socket.create_connection(target or (host, int(port)), 10))
        with server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            relay(client, server)

    return handler


def proxy_answer(status: str, *fields: str, page: str = "") -> Handler:
    """A proxy that answers every CONNECT like this."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(page)}", "", page]

    def handler(client: socket.socket) -> None:
        head_of(client)
        client.sendall("\r\n".join(lines).encode())

    return handler


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    one = Laboratory(tmp_path_factory.mktemp("laboratory"))
    yield one
    one.close()
