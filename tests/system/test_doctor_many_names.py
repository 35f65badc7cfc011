"""Many names at once, each in its own time: what fills the machine, so it runs alone."""

from __future__ import annotations

import socket
import threading

from laboratory import A, Laboratory, Zone, answer_of, laboratory

__all__ = ["laboratory"]

HERE = "203.0.113.10"
MANY = 250
ZONE = Zone({"app.example.test": [(A, HERE)]})


def test_many_lookups_do_not_wait_for_one_another(laboratory: Laboratory) -> None:
    """The system's resolver, which comes over TCP here, gets its answers once it has asked for every path."""
    all_have_asked = threading.Event()
    arrivals = threading.Barrier(MANY, all_have_asked.set)

    def answers_then(client: socket.socket) -> None:
        waits = True
        while size := int.from_bytes(client.recv(2, socket.MSG_WAITALL), "big"):
            answer = answer_of(ZONE, client.recv(size, socket.MSG_WAITALL), over_udp=False)
            if waits:
                arrivals.wait()
            waits = False
            client.sendall(len(answer or b"").to_bytes(2, "big") + (answer or b""))

    laboratory.add_address(f"{HERE}/32")
    laboratory.name_server(ZONE, over_tcp=answers_then)
    many = laboratory.doctor(*[word for _ in range(MANY) for word in ("path", "app.example.test:9")], timeout="10s",
                             environment={"RES_OPTIONS": "use-vc"})
    first_errors = {next(one["id"] for one in path["findings"] if one["level"] == "error") for path in many.document["paths"]}
    assert first_errors == {"tcp.refused"}
    assert all_have_asked.is_set()
