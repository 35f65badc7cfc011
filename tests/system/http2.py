"""A client of HTTP/2 on python3-h2: requests side by side, and single frames that no honest client would send."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
import hpack
import raw
from gate import HOST, Gate

Headers = list[tuple[str, str]]
PATIENCE = 10.0


@dataclass
class Stream:
    """What has come of one request."""
    headers: dict[str, str] = field(default_factory=dict)
    interim: list[dict[str, str]] = field(default_factory=list)
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    error: int | None = None  # of the reset

    @property
    def status(self) -> int:
        return int(self.headers.get(":status", 0))

    @property
    def over(self) -> bool:
        return self.ended or self.error is not None


class Client:
    """One connection. `strict`: python3-h2 refuses to send what is wrong."""

    def __init__(self, gate: Gate, host: str = HOST, takes: bool = True, strict: bool = True, port: int | None = None):
        self.takes = takes
        self.host = host
        context = raw.trusting(gate.authority.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        plain = socket.create_connection(("127.0.0.1", port or gate.tls_port), PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname=host)
        assert self.socket.selected_alpn_protocol() == "h2"
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8", validate_outbound_headers=strict,
                                           normalize_outbound_headers=strict)
        self.h2 = h2.connection.H2Connection(config)
        self.streams: dict[int, Stream] = {}
        self.goaway: list[tuple[int, int]] = []  # error, last stream
        self.settings: dict[int, int] = {}
        self.closed = False
        self._frames = b""
        self.h2.initiate_connection()
        self.flush()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def flush(self) -> None:
        self.send(self.h2.data_to_send())

    def send(self, frames: bytes) -> None:
        """Bytes as they are: frames made by hand."""
        try:
            self.socket.sendall(frames)
        except OSError:
            self.closed = True

    def start(self, method: str = "GET", path: str = "/", *fields: tuple[str, str], body: bool = False,
              authority: str | None = None) -> int:
        """Sends a head; `body`: more follows."""
        head = [(":method", method), (":scheme", "https"), (":authority", authority or self.host), (":path", path)]
        return self.start_with(head + list(fields), body)

    def start_with(self, head: Headers, body: bool = False) -> int:
        stream = self.h2.get_next_available_stream_id()
        self.streams[stream] = Stream()
        self.h2.send_headers(stream, head, end_stream=not body)
        self.flush()
        return stream

    def upload(self, stream: int, data: bytes, last: bool = True) -> None:
        """As the windows allow."""
        while data:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(data))
            if room == 0:
                self.hear_until(lambda: self.h2.local_flow_control_window(stream) > 0 or self.streams[stream].over)
                if self.streams[stream].over:
                    return
                continue
            self.h2.send_data(stream, data[:room])
            data = data[room:]
            self.flush()
        if last:
            self.h2.end_stream(stream)
            self.flush()

    def get(self, path: str = "/", *fields: tuple[str, str], method: str = "GET", **options: object) -> Stream:
        return self.answer(self.start(method, path, *fields, **options))  # type: ignore[arg-type]

    def post(self, path: str, data: bytes, *fields: tuple[str, str]) -> Stream:
        stream = self.start("POST", path, *fields, body=True)
        self.upload(stream, data)
        return self.answer(stream)

    def answer(self, stream: int) -> Stream:
        """Waits for the end of an answer, or of the stream."""
        self.hear_until(lambda: self.streams[stream].over or self.closed)
        return self.streams[stream]

    def hear_until(self, true: Callable[[], object], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert not self.closed, f"the gate closed the connection: {self.goaway}"
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; {self.streams}"
            self.hear(0.2)

    def hear(self, seconds: float = 0.2) -> None:
        """What comes within that time."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(1 << 16)
        except (TimeoutError, ssl.SSLWantReadError):
            return
        except OSError:
            data = b""
        finally:
            self.socket.settimeout(PATIENCE)
        if not data:
            self.closed = True
            return
        try:
            for event in self.h2.receive_data(self._without_goaway(data)):
                self._take(event)
        except h2.exceptions.ProtocolError:
            self.closed = True
        self.flush()

    def _without_goaway(self, data: bytes) -> bytes:
        """Whole frames but GOAWAY, after which python3-h2 would hear nothing more of the streams under way."""
        self._frames += data
        others = b""
        while len(self._frames) >= 9 and len(self._frames) >= (end := 9 + int.from_bytes(self._frames[:3], "big")):
            frame, self._frames = self._frames[:end], self._frames[end:]
            if frame[3] == 7:
                last, error = (int.from_bytes(frame[at:at + 4], "big") for at in (9, 13))
                self.goaway.append((error, last))
            else:
                others += frame
        return others

    def ended(self, seconds: float = PATIENCE) -> bool:
        """Whether the gate ends the connection within that time."""
        deadline = time.monotonic() + seconds
        while not self.closed and time.monotonic() < deadline:
            self.hear(0.2)
        return self.closed

    def _take(self, event: h2.events.Event) -> None:
        stream = self.streams.setdefault(getattr(event, "stream_id", 0) or 0, Stream())
        if isinstance(event, h2.events.ResponseReceived):
            stream.headers = dict(event.headers)
        elif isinstance(event, h2.events.InformationalResponseReceived):
            stream.interim.append(dict(event.headers))
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            if self.takes:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.TrailersReceived):
            stream.trailers = dict(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            stream.ended = True
        elif isinstance(event, h2.events.StreamReset):
            stream.error = int(event.error_code)


class RoughClient(Client):
    """One that sends frames made by hand, and reads the answers to them by itself."""

    def __init__(self, gate: Gate, **options: object):
        super().__init__(gate, **options)  # type: ignore[arg-type]
        self._decoder = hpack.Decoder()

    def hear(self, seconds: float = 0.2) -> None:
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(1 << 16)
            self.closed = not data
        except (TimeoutError, ssl.SSLWantReadError):
            return
        except OSError:
            self.closed = True
            return
        finally:
            self.socket.settimeout(PATIENCE)
        others = self._without_goaway(data)
        while others:
            end = 9 + int.from_bytes(others[:3], "big")
            self._take_frame(others[3], others[4], int.from_bytes(others[5:9], "big"), others[9:end])
            others = others[end:]

    def _take_frame(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        one = self.streams.setdefault(stream, Stream())
        if kind == 0:
            one.body += payload
        elif kind == 1:
            one.headers = dict(self._decoder.decode(payload))
        elif kind == 3:
            one.error = int.from_bytes(payload, "big")
        elif kind == 4 and not flags & 1:
            self.settings = {int.from_bytes(payload[at:at + 2], "big"): int.from_bytes(payload[at + 2:at + 6], "big")
                             for at in range(0, len(payload), 6)}
        one.ended |= kind in (0, 1) and bool(flags & 1)
