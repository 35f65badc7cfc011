"""POSIX ACLs of files (acl(5)), which Debian's coreutils cannot make."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

OWNER, USER, GROUP, NAMED_GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
READ, WRITE = 4, 2
NOBODY = 65534


def set_acl(file: Path, *named: tuple[int, int, int]) -> None:
    """Lets its owner read and write the file, and each of `named` (USER or NAMED_GROUP, rights, id) besides."""
    no_id = 0xFFFFFFFF
    entries = [(OWNER, READ | WRITE, no_id), *named, (GROUP, 0, no_id), (MASK, READ, no_id), (OTHER, 0, no_id)]
    value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in sorted(entries))
    try:
        os.setxattr(file, "system.posix_acl_access", value)
    except OSError:
        pytest.skip("this file system has no ACLs")
