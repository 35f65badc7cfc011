"""Applications behind the gate that speak HTTP/2, on python3-h2: polite ones, and such as no honest server would be."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings

Fields = list[tuple[str, str]]


@dataclass
class Asked:
    """One request as it came."""
    number: int  # of its stream
    headers: dict[str, str]
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    error: int | None = None  # of the client's reset

    @property
    def path(self) -> str:
        return self.headers[":path"]


class Served:
    """One connection."""

    def __init__(self, backend: Http2Backend, connection: socket.socket):
        self.backend = backend
        self.socket = connection
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8", validate_outbound_headers=False,
                                           normalize_outbound_headers=False)
        self.h2 = h2.connection.H2Connection(config)
        self.h2.local_settings = h2.settings.Settings(client=False, initial_values=backend.settings)
        self.requests: dict[int, Asked] = {}
        self.deaf = False
        self.pings = 0
        self._waiting: dict[int, tuple[memoryview, Fields]] = {}  # of answers: what the window does not let through yet

    # What scripts say.

    def head(self, asked: Asked, status: int | str = 200, *fields: tuple[str, str], last: bool = False) -> None:
        self.h2.send_headers(asked.number, [(":status", str(status)), *fields], end_stream=last)
        self.flush()

    def answer(self, asked: Asked, body: bytes = b"", *fields: tuple[str, str], status: int | str = 200,
               trailers: Fields | None = None) -> None:
        self.head(asked, status, *fields)
        self.body(asked, body, trailers)

    def body(self, asked: Asked, body: bytes, trailers: Fields | None = None) -> None:
        """The rest of an answer, as the windows allow."""
        self._waiting[asked.number] = (memoryview(body), trailers or [])
        self._pump(asked.number)

    def piece(self, asked: Asked, data: bytes) -> None:
        self.h2.send_data(asked.number, data)
        self.flush()

    def reset(self, asked: Asked, error: int) -> None:
        self.h2.reset_stream(asked.number, error)
        self.flush()

    def send(self, frames: bytes) -> None:
        """Frames made by hand."""
        self.socket.sendall(frames)

    def flush(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def close(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # What the gate says.

    def serve(self) -> None:
        self.h2.initiate_connection()
        self.flush()
        while data := self.socket.recv(1 << 16):
            if self.deaf:
                continue
            for event in self.h2.receive_data(data):
                self._take(event)
            self.flush()

    def _take(self, event: h2.events.Event) -> None:
        asked = self.requests.get(getattr(event, "stream_id", 0) or 0)
        if isinstance(event, h2.events.RequestReceived):
            asked = self.requests[event.stream_id] = Asked(event.stream_id, dict(event.headers))
            self.backend.requests.append(asked)
            if self.backend.on_head:
                self.backend.on_head(self, asked)
        elif isinstance(event, h2.events.DataReceived):
            asked.body += event.data
            if self.backend.takes:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if self.backend.on_data:
                self.backend.on_data(self, asked, event.data)
        elif isinstance(event, h2.events.TrailersReceived):
            asked.trailers = dict(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            asked.ended = True
            self.backend.script(self, asked)
        elif isinstance(event, h2.events.StreamReset):
            asked.error = int(event.error_code)
            self._waiting.pop(event.stream_id, None)
        elif isinstance(event, h2.events.PingReceived):
            self.pings += 1
        elif isinstance(event, h2.events.WindowUpdated):
            for number in list(self._waiting) if event.stream_id == 0 else [event.stream_id]:
                self._pump(number)

    def _pump(self, number: int) -> None:
        if number not in self._waiting:
            return
        body, trailers = self._waiting[number]
        while body:
            room = min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size, len(body))
            if room <= 0:
                break
            self.h2.send_data(number, bytes(body[:room]))
            body = body[room:]
        self._waiting[number] = (body, trailers)
        if not body:
            del self._waiting[number]
            self.h2.send_headers(number, trailers, end_stream=True) if trailers else self.h2.end_stream(number)
        self.flush()


Script = Callable[[Served, Asked], None]


def echo(served: Served, asked: Asked) -> None:
    served.answer(asked, asked.body, ("x-path", asked.path), ("x-method", asked.headers[":method"]))


class Http2Backend:
    """A server on loopback with one thread per connection. `script` answers a request once all of it is there."""

    def __init__(self, script: Script = echo, tls: ssl.SSLContext | None = None, streams: int = 100,
                 tunnels: bool = False, http1: bytes = b""):
        self.script = script
        self.on_head: Script | None = None
        self.on_data: Callable[[Served, Asked, bytes], None] | None = None
        self.takes = True
        self.http1 = http1  # what it answers who speaks HTTP/1.1
        self.http1_requests: list[bytes] = []
        self.tls = tls
        if tls:
            tls.set_alpn_protocols(["h2"])
        self.settings = {h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: streams}
        if tunnels:
            self.settings[h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL] = 1
        self.requests: list[Asked] = []
        self.connections: list[Served] = []
        self.failures: list[Exception] = []  # what python3-h2 did not like of the gate
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def accepted(self) -> int:
        return len(self.connections)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            secured = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            if self.http1 and secured.recv(3, socket.MSG_PEEK) != b"PRI":
                while head := secured.recv(1 << 16):
                    self.http1_requests.append(head)
                    secured.sendall(self.http1)
                return
            served = Served(self, secured)
            self.connections.append(served)
            served.serve()
            secured.close()
        except (h2.exceptions.ProtocolError, KeyError) as error:
            self.failures.append(error)
        except OSError:
            pass
        finally:
            connection.close()

    def close(self) -> None:
        self._listener.close()
        for served in self.connections:
            served.close()


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One made by hand."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
