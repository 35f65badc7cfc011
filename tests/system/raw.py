"""A client that sends exactly the bytes it is told to, over TLS or without, and reads what comes back."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing import Body, Fields, Head, Reader, read_head

PATIENCE = 10.0  # seconds a test waits for a peer before it says that nothing came
BODILESS = {204, 304}


def request(method: str = "GET", target: str = "/", *fields: str, host: str | None = "crm.example.com",
            body: bytes = b"") -> bytes:
    """A request head with `fields` as whole lines, and its body with a Content-Length unless a field frames it."""
    lines = [f"{method} {target} HTTP/1.1"] + ([f"Host: {host}"] if host else []) + list(fields)
    framed = any(line.lower().startswith(("content-length", "transfer-encoding")) for line in fields)
    if body and not framed:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclass
class Answer:
    status: int
    head: Head
    body: bytes
    trailers: Fields

    def get(self, name: str) -> str | None:
        return self.head.get(name)

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection. `tls` is the context to use, or None for plain TCP; `preamble` goes before the handshake."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None, sni: str | None = "crm.example.com",
                 source: str = "127.0.0.1", preamble: bytes = b"", session: ssl.SSLSession | None = None,
                 receive_buffer: int | None = None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = "%s:%d" % self.socket.getsockname()
        if preamble:
            self.socket.sendall(preamble)
        self.truncated = False  # TLS ended without saying so
        self.tls: ssl.SSLObject | None = None
        if tls:
            self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.tls = tls.wrap_bio(self._incoming, self._outgoing, server_hostname=sni, session=session)
            try:
                self._drive(self.tls.do_handshake)
            except BaseException:
                self.close()
                raise
        self.reader = Reader(self._receive)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _flush(self) -> None:
        if pending := self._outgoing.read():
            self.socket.sendall(pending)

    def _drive(self, step: Any) -> Any:
        """Repeats a step of the TLS engine, with the bytes it wants, until it is done."""
        while True:
            try:
                result = step()
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                piece = self.socket.recv(1 << 18)
                self._incoming.write(piece) if piece else self._incoming.write_eof()
            except ssl.SSLError:
                self._flush()  # the alert
                raise

    def _receive(self, count: int) -> bytes:
        if not self.tls:
            return self.socket.recv(count)
        try:
            return self._drive(lambda: self.tls.read(count))
        except ssl.SSLZeroReturnError:
            return b""
        except ssl.SSLError as error:
            if error.reason != "UNEXPECTED_EOF_WHILE_READING":
                raise
            self.truncated = True
            return b""

    def send(self, data: bytes) -> Client:
        if self.tls:
            for start in range(0, len(data), 1 << 20):
                self._drive(lambda: self.tls.write(data[start:start + (1 << 20)]))
        else:
            self.socket.sendall(data)
        return self

    def trickle(self, data: bytes, pause: float = 0.0) -> Client:
        """Sends byte by byte."""
        for byte in data:
            self.send(bytes([byte]))
            if pause:
                time.sleep(pause)
        return self

    def head(self) -> Head:
        return read_head(self.reader)

    def answer(self, method: str = "GET") -> Answer:
        """The next final answer, interim ones skipped."""
        while (status := int((head := self.head()).start.split()[1])) < 200 and status != 101:
            pass
        empty = method == "HEAD" or status in BODILESS or status == 101
        body = Body(self.reader, head, to_close=True, finished=empty)
        return Answer(status, head, body.read(), body.trailers)

    def ask(self, data: bytes, method: str = "GET") -> Answer:
        return self.send(data).answer(method)

    def ended(self, within: float = PATIENCE) -> bool:
        """Whether the gate closes the connection in time; bytes before the end are thrown away."""
        self.socket.settimeout(within)
        deadline = time.monotonic() + within
        try:
            while self._receive(1 << 16):
                if time.monotonic() > deadline:
                    return False
            return True
        except TimeoutError:
            return False
        except (ConnectionError, ssl.SSLError):
            return True
        finally:
            self.socket.settimeout(PATIENCE)

    def finish(self) -> Client:
        """Says that nothing more will be sent, and goes on reading."""
        if self.tls:
            try:
                self.tls.unwrap()
            except ssl.SSLError:
                pass
            self._flush()
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reset(self) -> None:
        """Vanishes without a goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()


def trusting(authority: Path | None, **options: Any) -> ssl.SSLContext:
    """A client context that trusts `authority`; `alpn`, `minimum`, `maximum`, `ciphers` narrow it."""
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # an end without close_notify must show
    context.set_alpn_protocols(options.get("alpn", ["http/1.1"]))
    if "minimum" in options:
        context.minimum_version = options["minimum"]
    if "maximum" in options:
        context.maximum_version = options["maximum"]
    if "ciphers" in options:
        context.set_ciphers(options["ciphers"])
    return context
