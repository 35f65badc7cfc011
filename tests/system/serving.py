"""A thread for each connection: what servers of our own rest on."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

Handler = Callable[[socket.socket], None]


def serve_each(listening: socket.socket, handler: Handler) -> int:
    """Gives each connection to the handler on a thread of its own, until `listening` is closed. The port."""

    def take() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=handled, args=(client,), daemon=True).start()

    def handled(client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.settimeout(20)
            handler(client)

    threading.Thread(target=take, daemon=True).start()
    return int(listening.getsockname()[1])
