"""A TCP server behind a passthrough: it keeps every byte, and does with a connection what a test says."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable


def swallow(connection: socket.socket, received: bytearray) -> None:
    """Reads until the end, and says nothing."""
    while piece := connection.recv(1 << 16):
        received += piece


def echo(connection: socket.socket, received: bytearray) -> None:
    """Sends back what it reads, and ends when the client does."""
    while piece := connection.recv(1 << 16):
        received += piece
        connection.sendall(piece)


def reset(connection: socket.socket, received: bytearray) -> None:
    received += connection.recv(1 << 16)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class TcpServer:
    def __init__(self, script: Callable[[socket.socket, bytearray], None] = echo):
        self.script = script
        self.received: list[bytearray] = []  # of each connection
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> TcpServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.received.append(bytearray())
            threading.Thread(target=self._serve, args=(connection, self.received[-1]), daemon=True).start()

    def _serve(self, connection: socket.socket, received: bytearray) -> None:
        try:
            self.script(connection, received)
        except OSError:
            pass
        connection.close()

    def close(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()


def extension(number: int, content: bytes) -> bytes:
    return struct.pack(">HH", number, len(content)) + content


def server_name(host: bytes) -> bytes:
    return extension(0, struct.pack(">HBH", len(host) + 3, 0, len(host)) + host)


def client_hello(host: bytes | None, *more: bytes, record: int = 16384) -> bytes:
    """A ClientHello for `host` with `more` extensions before its name, in records of that many bytes."""
    extensions = b"".join(more) + (server_name(host) if host else b"")
    body = (b"\x03\x03" + bytes(32) + b"\0" + b"\0\x02\x13\x01" + b"\x01\0"
            + struct.pack(">H", len(extensions)) + extensions)
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    pieces = [message[at:at + record] for at in range(0, len(message), record)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(piece)) + piece for piece in pieces)
