"""Clients that keep asking until told to stop, and count what came of it."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections import Counter

from gate import HOST, Gate


class Load:
    """`workers` clients over TLS, each with one kept-alive connection, one request after the other."""

    def __init__(self, gate: Gate, workers: int = 6, target: str = "/", pause: float = 0.002, new_connections: bool = False):
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []
        self.slowest = 0.0
        self._gate = gate
        self._target = target
        self._pause = pause
        self._new = new_connections
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(workers)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(20)

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    def _run(self) -> None:
        context = ssl.create_default_context(cafile=str(self._gate.authority.certificate))
        connection: http.client.HTTPSConnection | None = None
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                connection = connection or self._open(context)
                connection.request("GET", self._target, headers={"Host": HOST})
                answer = connection.getresponse()
                answer.read()
                with self._lock:
                    self.statuses[answer.status] += 1
                    self.slowest = max(self.slowest, time.monotonic() - began)
                if self._new or answer.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                with self._lock:
                    self.failures.append(repr(error))
                if connection:
                    connection.close()
                connection = None
            time.sleep(self._pause)
        if connection:
            connection.close()

    def _open(self, context: ssl.SSLContext) -> http.client.HTTPSConnection:
        connection = _NamedConnection("127.0.0.1", self._gate.tls_port, timeout=10, context=context)
        connection.connect()
        return connection


class _NamedConnection(http.client.HTTPSConnection):
    """Connects to an address and asks for HOST in the handshake."""

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=HOST)
