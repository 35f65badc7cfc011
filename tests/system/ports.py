"""Ports that no other test gets at the same time, whichever process it runs in."""

from __future__ import annotations

import fcntl
import itertools
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

FIRST, BLOCK, BLOCKS = 12000, 1000, 18  # below the ephemeral ports


def _own_block() -> tuple[int, IO[str]]:
    """The first port of a block, and the file that makes it ours as long as this process keeps it open."""
    folder = Path(tempfile.gettempdir()) / f"pforte-test-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(BLOCKS):
        file = (folder / str(number)).open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        return FIRST + number * BLOCK, file
    raise RuntimeError(f"all ports from {FIRST} on belong to tests that run: see {folder}")


_start, _lock = _own_block()
_candidates = itertools.cycle(range(_start, _start + BLOCK))


def free_port() -> int:
    """A port that nobody listens on; no SO_REUSEADDR, so a shared port does not pass."""
    for port in itertools.islice(_candidates, BLOCK):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError(f"every port from {_start} to {_start + BLOCK - 1} is in use")
