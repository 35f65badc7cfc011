"""Many names at once, each in its own time: what fills the machine, so it runs alone."""

from __future__ import annotations

from laboratory import A, Laboratory, Zone, laboratory

__all__ = ["laboratory"]

HERE = "203.0.113.10"


def test_many_lookups_do_not_wait_for_one_another(laboratory: Laboratory) -> None:
    """The first name server is dead, so that the system's resolver takes its time over each name."""
    laboratory.add_address(f"{HERE}/32")
    zone = {"app.example.test": [(A, HERE)]}
    laboratory.name_server(Zone(zone))
    laboratory.name_server(Zone(zone, silent=True), "127.0.0.54")
    laboratory.resolv_conf("nameserver 127.0.0.54\nnameserver 127.0.0.53\n")
    many = laboratory.doctor(*[word for _ in range(250) for word in ("path", "app.example.test:9")], timeout="1s")
    first_errors = {next(one["id"] for one in path["findings"] if one["level"] == "error") for path in many.document["paths"]}
    assert first_errors == {"tcp.refused"}
