"""What kinds of clients make of a company's certificates: browsers, apps of Apple's systems, Java 17 (measured; Apple 103769)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import extensions as ext
import keys
from case import Case
from recipe import HOST, LEAF_LIFE, Certificate, at, ca, leaf

ROOT = ca("Company Root")
MIDDLE = ca("Company Middle", ROOT)


def lives(days: int) -> dict:
    return {"life": (LEAF_LIFE[0], LEAF_LIFE[0] + timedelta(days=days) - timedelta(seconds=1))}


# What the leaf is like; whether browsers, apps and Java trust it.
LEAVES: list[tuple[str, dict, bool, bool, bool]] = [
    ("good", {}, True, True, True),
    ("signed with SHA-1", {"algorithm": "ecdsa-sha1"}, False, False, True),
    ("RSA 1024", {"key": keys.rsa_key(1024)}, True, False, True),
    ("RSA 2048", {"key": keys.rsa_key(2048)}, True, True, True),
    ("500 days", lives(500), True, True, True),
    ("825 days", lives(825), True, True, True),
    ("900 days", lives(900), True, False, True),
    ("no alternative names", {"given": {"names": None}}, False, False, True),
    ("for clients alone", {"given": {"purposes": ext.extended_key_usage("client")}}, False, False, False),
    ("for nothing in particular", {"given": {"purposes": None}}, True, False, True),
    ("expired", {"life": (at("2025-01-01"), at("2026-01-01"))}, False, False, False),
    ("not yet valid", {"life": (at("2026-02-02"), at("2026-03-01"))}, False, False, False),
    ("no key identifiers", {"given": {"aki": None, "ski": None}}, True, True, True),
    ("unknown critical extension", {"more": [ext.unknown(True)]}, False, False, False),
    ("bad signature", {"spoil": True}, False, False, False),
]


def case(name: str, verdicts: tuple[bool, bool, bool], chain: list[Certificate], trust: list[Certificate], **asked) -> Case:
    verdict = dict(zip(("browser", "app", "java"), verdicts, strict=True))
    return Case(f"clients/{name}", "measured; Apple 103769", verdict, chain, trust, **asked)


def leaves() -> Iterator[Case]:
    for what, changes, *verdicts in LEAVES:
        yield case(f"leaf/{what}", tuple(verdicts), [leaf(MIDDLE, **changes), MIDDLE], [ROOT])


def paths() -> Iterator[Case]:
    nobody, everybody = (False, False, False), (True, True, True)
    host = leaf(MIDDLE)
    yield case("path/another host", nobody, [host, MIDDLE], [ROOT], names=("dns:other.example.com",))
    yield case("path/missing intermediate", nobody, [host], [ROOT])
    yield case("path/unknown root", nobody, [host, MIDDLE], [ca("Stranger")])
    old = ca("Company Root", life=(at("2010-01-01"), at("2026-01-01")))
    yield case("path/expired root", (False, False, True), [host, MIDDLE], [old])
    limited = ca("Limited", ROOT, more=[ext.name_constraints(["dns:example.org"])])
    yield case("path/another domain permitted", nobody, [leaf(limited), limited], [ROOT])
    limited = ca("Limited", ROOT, more=[ext.name_constraints([f"dns:{HOST}"]).marked(False)])
    yield case("path/constraints not critical", everybody, [leaf(limited), limited], [ROOT])


def cases() -> Iterator[Case]:
    for group in (leaves, paths):
        yield from group()
