"""Keytab files as bytes, and as MIT's own programs make them."""

from __future__ import annotations

import re
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Key:
    """One record, but for its time."""

    principal: str
    version: int
    encryption: int
    key: bytes
    tail: bytes  # what stands behind the key


def records(file: Path) -> list[bytes]:
    """The records of a file of format 2, each with its length; holes are left out."""
    content, at, found = file.read_bytes(), 2, []
    assert content[:2] == b"\x05\x02"
    while at < len(content):
        (size,) = struct.unpack_from(">i", content, at)
        if size > 0:
            found.append(content[at:at + 4 + size])
        at += 4 + abs(size)
    return found


def time_at(record: bytes) -> int:
    """Where the time stands in a record."""
    (count, realm), at = struct.unpack_from(">HH", record, 4), 8
    at += realm
    for _ in range(count):
        at += 2 + struct.unpack_from(">H", record, at)[0]
    return at + 4


def without_times(file: Path) -> list[bytes]:
    return [record[:time_at(record)] + bytes(4) + record[time_at(record) + 4:] for record in records(file)]


def keys_of(file: Path) -> list[Key]:
    found = []
    for record in records(file):
        (count, realm), at = struct.unpack_from(">HH", record, 4), 8 + struct.unpack_from(">H", record, 6)[0]
        names = []
        for _ in range(count):
            (size,) = struct.unpack_from(">H", record, at)
            names.append(record[at + 2:at + 2 + size].decode())
            at += 2 + size
        version, encryption, size = struct.unpack_from(">BHH", record, at + 8)
        end = at + 13 + size
        name = f"{'/'.join(names)}@{record[8:8 + realm].decode()}"
        found.append(Key(name, version, encryption, record[at + 13:end], record[end:]))
    return found


def as_by_ktpass(principal: str, version: int, encryption: int, key: bytes) -> bytes:
    """A record without a time, and without the version of 32 bits behind the key."""
    name, realm = principal.split("@")
    parts = [part.encode() for part in name.split("/")]
    record = struct.pack(">H", len(parts))
    for text in (realm.encode(), *parts):
        record += struct.pack(">H", len(text)) + text
    record += struct.pack(">IIBHH", 1, 0, version, encryption, len(key)) + key
    return struct.pack(">i", len(record)) + record


def ktutil(*lines: str) -> str:
    done = subprocess.run(["ktutil"], input="\n".join(lines) + "\nquit\n", capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return re.sub(r"^ktutil:  ", "", done.stdout, flags=re.MULTILINE)


def ktutil_keytab(file: Path, principal: str, version: int, password: str, *encryptions: str, salt: str | None = None) -> Path:
    """What MIT's ktutil makes of a password."""
    option = f" -s {salt}" if salt else ""
    lines = [line for encryption in encryptions
             for line in (f"addent -password -p {principal} -k {version} -e {encryption}{option}", password)]
    ktutil(*lines, f"wkt {file}")
    return file
