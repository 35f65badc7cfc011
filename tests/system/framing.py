"""HTTP/1.1 framing as the tests see it: lenient where the gate must be strict, so that a mistake shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Fields = list[tuple[str, str]]
PIECE = 256 * 1024


class Reader:
    """Bytes from `recv`, with what was read too far kept for the next message."""

    def __init__(self, recv: Callable[[int], bytes]):
        self._recv = recv
        self.buffer = b""
        self.first_bytes = bytearray()  # the first MiB that ever arrived, for tests that look at the wire

    def fill(self) -> None:
        piece = self._recv(PIECE)
        if not piece:
            raise EOFError("the peer ended the conversation")
        if len(self.first_bytes) < 1 << 20:
            self.first_bytes += piece
        self.buffer += piece

    def until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self.fill()
        found, self.buffer = self.buffer.split(mark, 1)
        return found + mark

    def pieces(self, count: int) -> Iterator[bytes]:
        while count > 0:
            if not self.buffer:
                self.fill()
            piece, self.buffer = self.buffer[:count], self.buffer[count:]
            count -= len(piece)
            yield piece

    def to_end(self) -> Iterator[bytes]:
        while True:
            if self.buffer:
                piece, self.buffer = self.buffer, b""
                yield piece
            try:
                self.fill()
            except EOFError:
                return


@dataclass
class Head:
    start: str
    fields: Fields
    raw: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def read_fields(lines: list[str]) -> Fields:
    pairs = (line.partition(":") for line in lines)
    return [(name, value.strip()) for name, _, value in pairs]


def read_head(reader: Reader) -> Head:
    raw = reader.until(b"\r\n\r\n")
    start, *lines = raw.decode("latin-1")[:-4].split("\r\n")
    return Head(start, read_fields(lines), raw)


def read_chunks(reader: Reader, trailers: Fields) -> Iterator[bytes]:
    """The data of a chunked body; what follows the last chunk is added to `trailers`."""
    while size := int(reader.until(b"\r\n").split(b";")[0], 16):
        yield from reader.pieces(size)
        reader.until(b"\r\n")
    while (line := reader.until(b"\r\n")) != b"\r\n":
        trailers += read_fields([line.decode("latin-1").rstrip("\r\n")])


@dataclass
class Body:
    """The body that follows `head`, read when asked for."""

    reader: Reader
    head: Head
    to_close: bool  # a response without length lasts until the connection ends
    trailers: Fields = field(default_factory=list)
    finished: bool = False

    def pieces(self) -> Iterator[bytes]:
        if self.finished:
            return
        if (self.head.get("transfer-encoding") or "").lower().endswith("chunked"):
            yield from read_chunks(self.reader, self.trailers)
        elif (length := self.head.get("content-length")) is not None:
            yield from self.reader.pieces(int(length))
        elif self.to_close:
            yield from self.reader.to_end()
        self.finished = True

    def read(self) -> bytes:
        return b"".join(self.pieces())


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
