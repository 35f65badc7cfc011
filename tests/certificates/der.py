"""Writes DER, as it should be and as it should not: certificate libraries refuse to make what a judge must be shown."""

from __future__ import annotations

from datetime import UTC, datetime

SEQUENCE, SET, BIT_STRING, OCTET_STRING, NULL_TAG = 0x30, 0x31, 0x03, 0x04, 0x05
UTF8, PRINTABLE, IA5, TELETEX, BMP = 0x0C, 0x13, 0x16, 0x14, 0x1E


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def explicit(number: int, *parts: bytes) -> bytes:
    """[number] around whole values; also an IMPLICIT SEQUENCE or SET."""
    return tlv(0xA0 | number, *parts)


def implicit(number: int, content: bytes) -> bytes:
    """[number] instead of a primitive type's own tag."""
    return tlv(0x80 | number, content)


def integer_content(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


def integer(value: int) -> bytes:
    return tlv(0x02, integer_content(value))


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def oid_content(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return bytes(content)


def oid(dotted: str) -> bytes:
    return tlv(0x06, oid_content(dotted))


def bit_string(content: bytes, unused: int = 0) -> bytes:
    return tlv(BIT_STRING, bytes([unused]), content)


def named_bits(*numbers: int) -> bytes:
    """A BIT STRING whose named bits are set, without trailing zeros (X.690, 11.2.2)."""
    if not numbers:
        return bit_string(b"")
    last = max(numbers)
    value = sum(1 << (last // 8 * 8 + 7 - number) for number in numbers)
    return bit_string(value.to_bytes(last // 8 + 1, "big"), 7 - last % 8)


def octets(content: bytes) -> bytes:
    return tlv(OCTET_STRING, content)


NULL = tlv(NULL_TAG)


def utc_time(moment: datetime) -> bytes:
    return tlv(0x17, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())


def generalized_time(moment: datetime) -> bytes:
    moment = moment.astimezone(UTC)
    return tlv(0x18, f"{moment.year:04}{moment:%m%d%H%M%SZ}".encode())


def time(moment: datetime | bytes) -> bytes:
    """UTCTime through 2049, then GeneralizedTime (RFC 5280, 4.1.2.5); bytes are taken as they are."""
    if isinstance(moment, bytes):
        return moment
    return utc_time(moment) if 1950 <= moment.year < 2050 else generalized_time(moment)
