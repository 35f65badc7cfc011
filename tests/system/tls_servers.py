"""Servers of TLS that fail in known ways: openssl s_server, gnutls-serv, nginx, Python's ssl, and small ones of our own that cannot end a handshake."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from ports import free_port
from serving import Handler, serve_each
from tls_certificates import Made


class Servers:
    """Started one after the other, stopped together."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.sockets: list[socket.socket] = []
        self.ports: list[int] = []  # of the processes

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
        for one in self.sockets:
            one.close()

    def wait_until_ready(self) -> None:
        """Until all of them take connections. s_server does one thing at a time: the first connection is this one."""
        for port in self.ports:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.05)
            else:
                raise AssertionError(f"nobody listens on {port}: {(self.folder / f'{port}.log').read_text()}")

    def start(self, port: int, *command: str) -> int:
        with (self.folder / f"{port}.log").open("w") as log:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self.ports.append(port)
        return port

    def files(self, leaf: Made, *others: Made) -> tuple[str, str]:
        """The chain in the order in which it is given, and the key. Beside the chain lies what stands above the leaf."""
        number = len(list(self.folder.glob("chain-*.pem")))
        chain_file, key_file = self.folder / f"chain-{number}.pem", self.folder / f"chain-{number}.key"
        chain_file.write_text("".join(one.pem for one in (leaf, *others)))
        chain_file.with_suffix(".above").write_text("".join(one.pem for one in others))
        key_file.write_text(leaf.key_pem())
        return str(chain_file), str(key_file)

    def openssl(self, leaf: Made, *others: Made, options: tuple[str, ...] = ()) -> int:
        chain, key = self.files(leaf, *others)
        port = free_port()
        more = ("-cert_chain", str(Path(chain).with_suffix(".above"))) if others else ()
        return self.start(port, "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain, *more, "-key", key, "-www", "-quiet",
                          *options)

    def gnutls(self, leaf: Made, *others: Made, priority: str = "NORMAL", options: tuple[str, ...] = ()) -> int:
        chain, key = self.files(leaf, *others)
        port = free_port()
        return self.start(port, "gnutls-serv", "--port", str(port), "--x509certfile", chain, "--x509keyfile", key, "--echo", "--quiet",
                          "--priority", priority, *options)

    def nginx(self, leaf: Made, *others: Made, more: str = "") -> int:
        chain, key = self.files(leaf, *others)
        port = free_port()
        config = self.folder / f"nginx-{port}.conf"
        config.write_text(f"""daemon off; pid {self.folder}/nginx-{port}.pid; error_log stderr; worker_processes 1;
            events {{}}
            http {{ access_log off; ssl_session_cache shared:x:1m; ssl_protocols TLSv1.2 TLSv1.3;
              client_body_temp_path {self.folder}; proxy_temp_path {self.folder}; fastcgi_temp_path {self.folder};
              uwsgi_temp_path {self.folder}; scgi_temp_path {self.folder};
              server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {chain}; ssl_certificate_key {key}; {more.replace("%PORT%", str(port))} }} }}""")
        return self.start(port, "nginx", "-c", str(config), "-e", "stderr")

    def own(self, handler: Handler) -> int:
        """One of ours: each connection on a thread."""
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.sockets.append(listening)
        return serve_each(listening, handler)


# What servers of ours do with a hello.


def record(kind: int, content: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(content)) + content


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def hello_of(client: socket.socket) -> bytes:
    return client.recv(65536)


def alert(number: int) -> Handler:
    def handler(client: socket.socket) -> None:
        hello_of(client)
        client.sendall(record(21, bytes([2, number])))

    return handler


def reset(client: socket.socket) -> None:
    """RST, as filters send it."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def resets(client: socket.socket) -> None:
    hello_of(client)
    reset(client)


def hangs_up(client: socket.socket) -> None:
    hello_of(client)


def says_nothing(client: socket.socket) -> None:
    while client.recv(65536):
        pass


def greets(banner: bytes) -> Handler:
    """Speaks first."""

    def handler(client: socket.socket) -> None:
        client.sendall(banner)
        client.recv(65536)

    return handler


def answers(bytes_: bytes) -> Handler:
    def handler(client: socket.socket) -> None:
        hello_of(client)
        client.sendall(bytes_)
        client.recv(65536)

    return handler


def floods(client: socket.socket) -> None:
    """Warnings without end."""
    hello_of(client)
    while True:
        client.sendall(record(21, bytes([1, 112])) * 1000)


def drips(client: socket.socket) -> None:
    """A byte now and then."""
    hello_of(client)
    drip(client)


def drip(client: socket.socket) -> None:
    for byte in record(22, message(2, bytes(70))):
        client.sendall(bytes([byte]))
        time.sleep(0.3)


def drips_a_file(client: socket.socket) -> None:
    """Over HTTP, and comes to no end."""
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        client.sendall(b"x")
        time.sleep(0.3)


def resets_who_names(name: bytes, port: int) -> Handler:
    return only_if(lambda hello: name not in hello, port, reset)


def offers_no_tls13(hello: bytes) -> bool:
    return b"\x00\x2b\x00\x05\x04\x03\x04\x03\x03" not in hello and b"\x00\x2b\x00\x03\x02\x03\x04" not in hello


def closes_who_offers_tls13(port: int) -> Handler:
    return only_if(offers_no_tls13, port, lambda client: None)


def drips_to_who_offers_tls13(port: int) -> Handler:
    return only_if(offers_no_tls13, port, drip)


def has_had_enough(count: int, port: int, else_: Handler) -> Handler:
    """Takes so many hellos, and none after that."""
    left = itertools.count(count, -1)
    return only_if(lambda hello: not hello or next(left) > 0, port, else_)


def only_if(passes: Callable[[bytes], bool], port: int, else_: Handler) -> Handler:
    """Something on the way that looks into the hello, and lets some through to the server at `port`."""

    def handler(client: socket.socket) -> None:
        hello = client.recv(65536)
        if not passes(hello):
            return else_(client)
        with socket.create_connection(("127.0.0.1", port), 10) as server:
            server.sendall(hello)
            back = threading.Thread(target=carry, args=(server, client), daemon=True)
            back.start()
            carry(client, server)
            back.join(20)
        return None

    return handler


def tunnels_or_passes_on(end: tuple[str, int], web: tuple[str, int]) -> Handler:
    """A proxy: CONNECT leads to `end`, everything else to `web`."""

    def handler(client: socket.socket) -> None:
        request = client.recv(65536)
        connects = request.startswith(b"CONNECT ")
        with socket.create_connection(end if connects else web, 10) as server:
            if connects:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                server.sendall(request)
            back = threading.Thread(target=carry, args=(server, client), daemon=True)
            back.start()
            carry(client, server)
            back.join(20)

    return handler


def carry(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            to.sendall(piece)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)


def speaks_tls(chain: str, key: str, ciphers: str, dh: Path) -> Handler:
    """Python's ssl, with suites and a group of one's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    context.load_dh_params(str(dh))
    context.load_cert_chain(chain, key)

    def handler(client: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(client, server_side=True) as sealed:
            sealed.recv(4096)

    return handler


def flight(chain: tuple[Made, ...], version: int, suites: tuple[int, ...]) -> Handler:
    """Says hello in one version, shows certificates, and can do no more: the client is cut off then."""

    def handler(client: socket.socket) -> None:
        hello = hello_of(client)
        offered_version = int.from_bytes(hello[9:11], "big")
        at = 43 + 1 + hello[43]
        size = int.from_bytes(hello[at:at + 2], "big")
        offered = {int.from_bytes(hello[i:i + 2], "big") for i in range(at + 2, at + 2 + size, 2)}
        suite = next((suite for suite in suites if suite in offered), None)
        if suite is None or offered_version < version:
            return client.sendall(record(21, bytes([2, 40]), version))
        known = b"\xff\x01\x00\x01\x00" + b"\x00\x17\x00\x00"  # renegotiation_info, extended_master_secret
        extensions = b"" if version == 0x0300 else len(known).to_bytes(2, "big") + known
        ders = [one.certificate.public_bytes(Encoding.DER) for one in chain]
        entries = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
        body = struct.pack(">H", version) + bytes(range(32)) + b"\0" + struct.pack(">HB", suite, 0) + extensions
        said = message(2, body) + message(11, len(entries).to_bytes(3, "big") + entries) + message(14, b"")
        client.sendall(record(22, said, version))
        client.recv(65536)
        return None

    return handler
