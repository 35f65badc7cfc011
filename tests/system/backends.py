"""Applications behind the gate whose behaviour is a function of the request: polite ones, slow ones, broken ones."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable

from framing import Body, Head, Reader, chunk, read_head

REASONS = {200: "OK", 204: "No Content", 304: "Not Modified", 403: "Forbidden", 413: "Content Too Large",
           500: "Internal Server Error", 503: "Service Unavailable"}


class Request:
    def __init__(self, head: Head, reader: Reader, say: Callable[[bytes], None]):
        self.head = head
        self.method, self.target, self.version = head.start.split(" ", 2)
        self.reader = reader
        self._body = Body(reader, head, to_close=False)
        self._say = say

    def get(self, name: str) -> str | None:
        return self.head.get(name)

    def all(self, name: str) -> list[str]:
        return self.head.all(name)

    @property
    def trailers(self) -> list[tuple[str, str]]:
        return self._body.trailers

    def pieces(self) -> Iterable[bytes]:
        if (self.get("expect") or "").lower() == "100-continue" and not self._body.finished:
            self._say(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._body.pieces()

    def body(self) -> bytes:
        return b"".join(self.pieces())


class Exchange:
    """One request, and the means to answer it well or badly."""

    def __init__(self, backend: Backend, connection: socket.socket, request: Request):
        self.backend = backend
        self.connection = connection
        self.request = request
        self.closed = False

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, body: bytes = b"", *fields: str, status: int = 200) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Other')}", *fields]
        if status not in (204, 304):
            lines.append(f"Content-Length: {len(body)}")
        bare = self.request.method == "HEAD" or status in (204, 304)
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if bare else body))

    def close(self) -> None:
        self.closed = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()

    def reset(self) -> None:
        self.closed = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait_for_end(self) -> None:
        """Until the gate closes this connection or the backend is closed."""
        self.connection.settimeout(0.1)
        while not self.backend.stopping.is_set():
            try:
                if not self.connection.recv(1 << 16):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.close()


Script = Callable[[Exchange], None]


class Backend:
    """A server on loopback with one thread per connection. Keeps every request it saw."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None, port: int = 0, address: str = "127.0.0.1"):
        self.script = script
        self.requests: list[Request] = []
        self.wire: list[Reader] = []
        self.accepted = 0
        self.open: set[socket.socket] = set()
        self.stopping = threading.Event()
        self.tls = tls
        self._lock = threading.Lock()
        self._listener = socket.create_server((address, port), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{address}:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self.open.add(connection)
        try:
            secured = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with self._lock:
                self.open.discard(connection)
                self.open.add(secured)
            connection = secured
            reader = Reader(connection.recv)
            self.wire.append(reader)
            while self._serve_one(connection, reader):
                pass
        except (OSError, EOFError, ValueError):
            pass
        finally:
            with self._lock:
                self.open.discard(connection)
            connection.close()

    def _serve_one(self, connection: socket.socket, reader: Reader) -> bool:
        request = Request(read_head(reader), reader, connection.sendall)
        self.requests.append(request)
        exchange = Exchange(self, connection, request)
        self.script(exchange)
        if exchange.closed or (request.get("connection") or "").lower() == "close":
            return False
        request.body()
        return True

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.requests]

    def saw(self, text: bytes) -> bool:
        """Whether `text` came over any connection, as whatever."""
        return any(text in bytes(reader.first_bytes) for reader in self.wire)

    def drop_connections(self) -> None:
        with self._lock:
            connections = list(self.open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self.stopping.set()
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.drop_connections()


class Speaker:
    """A server that speaks no HTTP: it says `words` to whoever comes, and listens to nobody."""

    def __init__(self, words: bytes, scheme: str = "http"):
        self._words = words
        self._kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                self._kept.append(connection)
                connection.sendall(self._words)
        except OSError:
            return

    def close(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        for connection in self._kept:
            connection.close()

    def __enter__(self) -> Speaker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def tls_server(pair: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.chain, pair.key)
    return context


# Polite behaviours.


def echo(exchange: Exchange) -> None:
    """Answers with what arrived, as JSON."""
    request = exchange.request
    body = request.body()
    told = {"method": request.method, "target": request.target, "fields": request.head.fields,
            "trailers": request.trailers, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(),
            "port": exchange.backend.port}
    exchange.answer(json.dumps(told).encode(), "Content-Type: application/json")


def text(body: bytes, *fields: str, status: int = 200) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.request.body()
        exchange.answer(body, *fields, status=status)
    return script


def by_path(paths: dict[str, Script], otherwise: Script = echo) -> Script:
    def script(exchange: Exchange) -> None:
        paths.get(exchange.request.target.partition("?")[0], otherwise)(exchange)
    return script


def bytes_of(total: int, piece: bytes = bytes(1 << 18)) -> Script:
    """Sends `total` bytes as fast as they are taken; `exchange.backend.sent` counts."""
    def script(exchange: Exchange) -> None:
        exchange.backend.sent = 0
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
        while exchange.backend.sent < total:
            part = piece[:total - exchange.backend.sent]
            exchange.send(part)
            exchange.backend.sent += len(part)
    return script


def after(seconds: float, script: Script = echo) -> Script:
    def wait(exchange: Exchange) -> None:
        time.sleep(seconds)
        script(exchange)
    return wait


def exact(data: bytes, then: Callable[[Exchange], None] = Exchange.close) -> Script:
    """Reads the request, sends these bytes, and ends the connection as `then` says."""
    def script(exchange: Exchange) -> None:
        exchange.request.body()
        exchange.send(data)
        then(exchange)
    return script


def nothing(_: Exchange) -> None:
    """For `exact`: leaves the connection open."""


def dripping(pieces: list[bytes], pause: float) -> Script:
    """A chunked body whose pieces come one by one."""
    def script(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            exchange.send(chunk(piece))
            time.sleep(pause)
        exchange.send(b"0\r\n\r\n")
    return script


# Broken ones.


def hang(exchange: Exchange) -> None:
    exchange.wait_for_end()


reset_at_once: Script = Exchange.reset
reset_in_head = exact(b"HTTP/1.1 200 OK\r\nContent-Le", Exchange.reset)
reset_in_body = exact(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", Exchange.reset)
close_in_body = exact(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
close_in_chunks = exact(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
garbage = exact(b"\x00\xff\x16\x03 this is no HTTP at all\r\n\r\n")
long_head = exact(b"HTTP/1.1 200 OK\r\n" + b"X-Long: %s\r\n" % (b"a" * 8000) * 40 + b"Content-Length: 0\r\n\r\n")
until_close = exact(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")


def websocket_echo(exchange: Exchange) -> None:
    """Accepts the upgrade and sends every frame back, unmasked (RFC 6455, section 5.2)."""
    key = exchange.request.get("sec-websocket-key") or ""
    proof = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n")
    reader = exchange.request.reader
    take = lambda count: b"".join(reader.pieces(count))  # noqa: E731
    while True:
        first, second = take(2)
        length = second & 0x7F
        extended = take({126: 2, 127: 8}.get(length, 0))
        size = int.from_bytes(extended, "big") if extended else length
        mask = take(4)
        data = take(size)
        # XOR of whole numbers: quick enough for megabytes.
        long_mask = (mask * (size // 4 + 1))[:size]
        plain = (int.from_bytes(data, "big") ^ int.from_bytes(long_mask, "big")).to_bytes(size, "big") if size else b""
        opcode = 0x0A if first & 0x0F == 0x09 else first & 0x0F
        exchange.send(bytes([first & 0xF0 | opcode, length]) + extended + plain)
        if opcode == 8:
            exchange.close()
            return
