"""What `pforte doctor kerberos` finds in DNS, of hosts and of realms: each fault is built for real, and the first thing that is told is that fault."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kdc import ALPHA, Realms
from laboratory import CNAME, PTR, SRV, TXT, A, Zone, answer_of
from test_doctor_kerberos import HOST, Setup, first_of, value_of, without_kdcs


@pytest.fixture
def setup(realms: Realms, tmp_path: Path) -> Setup:
    return Setup(tmp_path, realms)


@pytest.fixture(scope="module")
def names() -> Iterator[tuple[str, Zone]]:
    """A name server, and what it says."""
    zone, server = Zone(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                question, client = server.recvfrom(4096)
                if answer := answer_of(zone, question, over_udp=True):
                    server.sendto(answer, client)

    threading.Thread(target=serve, daemon=True).start()
    yield f"127.0.0.1:{server.getsockname()[1]}", zone
    server.close()


KDC = "dc1.alpha.test"
OVER_TCP, OVER_UDP, PASSWORDS = (f"_{service}.alpha.test" for service in ("kerberos._tcp", "kerberos._udp", "kpasswd._tcp"))
HEALTHY_NAMES = {"alpha.test": [], HOST: [(A, "192.0.2.7")], "7.2.0.192.in-addr.arpa": [(PTR, HOST)], KDC: [(A, "192.0.2.1")],
                 OVER_TCP: [(SRV, f"{KDC}:88")], OVER_UDP: [(SRV, f"{KDC}:88")], PASSWORDS: [(SRV, f"{KDC}:464")]}


def with_names(setup: Setup, names: tuple[str, Zone], **changes: list[tuple[int, str]] | None) -> None:
    """`changes` are other records, None takes a name away."""
    setup.name_server, zone = names
    zone.records = {name: records for name, records in (HEALTHY_NAMES | changes).items() if records is not None}


def by_dns(setup: Setup, names: tuple[str, Zone], **changes: list[tuple[int, str]] | None) -> None:
    """The realm's KDCs are looked up there."""
    with_names(setup, names, **changes)
    setup.change("dns_lookup_kdc = false", "dns_lookup_kdc = true")
    setup.krb5.write_text("\n".join(line for line in setup.krb5.read_text().splitlines() if "kdc = 127.0.0.1" not in line) + "\n")


def test_where_dns_has_everything_there_is_no_warning(setup, names):
    by_dns(setup, names)
    path = without_kdcs(setup.ask())
    assert [one["id"] for one in path["findings"] if one["level"] in ("error", "warning")] == []
    assert "realm.kdcs-found" in [one["id"] for one in path["findings"]]


def test_the_kdcs_that_are_asked_are_those_of_the_name_server_that_is_named(setup, names):
    by_dns(setup, names, **{OVER_TCP: [(SRV, f"localhost:{setup.realms.ports[ALPHA]}")], OVER_UDP: None})
    ids = [one["id"] for one in setup.ask()["findings"]]
    assert "kdc.reachable" in ids and "ticket.accepted" in ids, ids


NAME_FAULTS: dict[str, tuple[str, str, dict[str, Any], tuple[str, str] | None]] = {
    "no record of a KDC": ("realm.no-srv", f"KDC {ALPHA}", {OVER_TCP: None, OVER_UDP: None}, None),
    "no record for TCP": ("realm.no-tcp-srv", f"KDC {ALPHA}", {OVER_TCP: None}, None),
    "a KDC without an address": ("realm.kdc-unresolved", f"KDC {ALPHA}", {KDC: None}, None),
    "a KDC that is an alias": ("realm.srv-alias", f"KDC {ALPHA}", {KDC: [(CNAME, "real.alpha.test")], "real.alpha.test": [(A, "192.0.2.1")]}, None),
    "a host that is an alias": ("spn.alias", "DNS", {HOST: [(CNAME, "node7.alpha.test")], "node7.alpha.test": [(A, "192.0.2.7")]}, None),
    "an address that leads back elsewhere": ("spn.reverse-differs", "DNS", {"7.2.0.192.in-addr.arpa": [(PTR, "node7.alpha.test")]},
                                             ("rdns = false\n", "rdns = true\n  dns_canonicalize_hostname = true\n")),
    "another realm in a text": ("realm.txt-differs", "DNS", {"_kerberos.alpha.test": [(TXT, "OTHER.TEST")]},
                                ("dns_lookup_realm = false", "dns_lookup_realm = true")),
}


@pytest.mark.parametrize("fault", NAME_FAULTS)
def test_a_fault_of_dns_is_the_first_thing_that_is_told(fault, setup, names):
    wanted, hop, changes, krb5 = NAME_FAULTS[fault]
    (with_names if hop == "DNS" else by_dns)(setup, names, **changes)
    if krb5:
        if "canonicalize" in krb5[1]:
            setup.change("  dns_canonicalize_hostname = false\n", "")
        setup.change(*krb5)
    path = without_kdcs(setup.ask()) if hop != "DNS" and "no record of" not in fault else setup.ask()
    told = first_of(path)
    assert (told["id"], told["hop_name"]) == (wanted, hop), path["findings"]
    assert told["command"]


def test_a_kdc_line_whose_name_has_no_address_is_told_with_its_place(setup, names):
    setup.name_server, zone = names
    zone.records = dict(HEALTHY_NAMES)
    setup.change("    kdc = 127.0.0.1:", "    kdc = dc9.alpha.test\n    kdc = 127.0.0.1:")
    told = first_of(setup.ask())
    assert (told["id"], told["hop_name"]) == ("realm.kdc-unresolved", f"KDC {ALPHA}")
    assert value_of(told, "place").startswith(f"{setup.krb5}:")


def test_a_name_server_that_is_silent_is_told_and_waited_for_once(setup, names):
    by_dns(setup, names)
    setup.name_server = "127.0.0.1:1"
    assert first_of(setup.ask())["id"] == "realm.dns-silent"
    setup.name_server, zone = names
    zone.silent = True
    try:
        assert first_of(setup.ask("kerberos", "--timeout", "300ms"))["id"] == "realm.dns-silent"
    finally:
        zone.silent = False
