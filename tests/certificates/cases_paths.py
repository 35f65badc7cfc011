"""Finding the one good path among certificates that lead nowhere (RFC 4158; RFC 5280, 6.1)."""

from __future__ import annotations

from collections.abc import Iterator

import extensions as ext
import keys
from case import EVERYTHING, REJECTED, RFC_TRUSTS, TRUSTED, Case, either
from keys import Key
from recipe import CA_LIFE, HOST, Certificate, at, ca, leaf, named

SOURCE = "RFC 4158, 3; RFC 5280, 6.1"
PAST = (at("2020-01-01"), at("2026-01-31"))
FUTURE = (at("2026-02-02"), at("2040-01-01"))

# What makes an authority's certificate worthless; applied to `ca` and undone by nothing.
DEFECTS: dict[str, dict] = {
    "expired": {"life": PAST},
    "not yet valid": {"life": FUTURE},
    "bad signature": {"spoil": True},
    "signed by another key": {"signed_by": keys.p256("a stranger")},
    "no authority": {"given": {"constraints": ext.basic_constraints(False)}},
    "no basic constraints": {"given": {"constraints": None}},
    "may not sign certificates": {"given": {"usage": ext.key_usage("digitalSignature", "cRLSign")}},
    "for mail alone": {"more": [ext.extended_key_usage("email")]},
    "for other hosts": {"more": [ext.name_constraints(["dns:bad.example.org"])]},
    "signed with SHA-1": {"algorithm": "ecdsa-sha1"},
    "unknown critical extension": {"more": [ext.unknown(True)]},
    "two algorithms": {"inner_algorithm": "ecdsa-sha384"},
    "same extension twice": {"more": [ext.basic_constraints(True)]},
    "malformed key usage": {"given": {"usage": ext.key_usage("keyCertSign").holding(b"\x04\x01\x00")}},
    "undecodable key": {"key": keys.undecodable(keys.rsa_key(2048))},
    "version 1": {"version": 1, "extension_block": b""},
}


def candidates() -> Iterator[Case]:
    """Two certificates of one authority, of which one is defective: before, behind, or alone."""
    root = ca("Paths Root")
    good = ca("Candidate", root)
    host = leaf(good)
    for what, defect in DEFECTS.items():
        bad = ca("Candidate", root, **{"serial": 77} | defect)
        yield Case(f"paths/candidate/{what}/alone", SOURCE, REJECTED, [host, bad], [root])
        for order, chain in (("first", [host, bad, good]), ("last", [host, good, bad])):
            yield Case(f"paths/candidate/{what}/{order}", SOURCE, TRUSTED, chain, [root])


def candidates_above() -> Iterator[Case]:
    """The same one step further up, where the search has to come back from below."""
    root = ca("Paths Root")
    good = ca("Upper", root)
    lower = ca("Lower", good)
    host = leaf(lower)
    for what, defect in DEFECTS.items():
        bad = ca("Upper", root, **{"serial": 77} | defect)
        chain = [host, lower, bad, good] if len(what) % 2 else [host, good, bad, lower]
        yield Case(f"paths/above/{what}", SOURCE, TRUSTED, chain, [root])
        yield Case(f"paths/above/{what}/alone", SOURCE, REJECTED, [host, lower, bad], [root])


def namesakes() -> Iterator[Case]:
    """Authorities that share a name, a key, a key identifier."""
    root = ca("Paths Root")
    good = ca("Twin", root)
    host = leaf(good)
    other_key = ca("Twin", root, key=keys.p256("other twin"))
    yield Case("paths/namesake/other key", SOURCE, TRUSTED, [host, other_key, good], [root])
    lying = ca("Twin", root, key=keys.p256("other twin"), given={"ski": ext.subject_key(good.key.identifier)})
    yield Case("paths/namesake/other key, same identifier", SOURCE, TRUSTED, [host, lying, good], [root])
    yield Case("paths/namesake/other key, same identifier, alone", SOURCE, REJECTED, [host, lying], [root])
    other_name = ca("Other name", root, key=good.key)
    yield Case("paths/namesake/same key, other name", SOURCE, TRUSTED, [host, other_name, good], [root])
    yield Case("paths/namesake/same key, other name, alone", SOURCE, REJECTED, [host, other_name], [root])
    crowd = [ca("Twin", root, key=keys.p256(f"crowd {number}")) for number in range(20)]
    yield Case("paths/namesake/twenty others", SOURCE, TRUSTED, [host, *crowd, good], [root])
    liars = [ca("Twin", root, key=keys.p256(f"crowd {number}"), given={"ski": ext.subject_key(good.key.identifier)})
             for number in range(20)]
    yield Case("paths/namesake/twenty that lie about their key", SOURCE, TRUSTED, [host, *liars, good], [root])
    roots = [ca("Paths Root", key=keys.p256(f"root {number}")) for number in range(5)]
    yield Case("paths/namesake/anchors", SOURCE, TRUSTED, [host, good], [*roots, root])
    yield Case("paths/namesake/wrong anchors alone", SOURCE, REJECTED, [host, good], roots)
    yield Case("paths/namesake/of the leaf", SOURCE, TRUSTED, [host, ca(f"CN={HOST}", root), good], [root])


def anchors() -> Iterator[Case]:
    """What is trusted, and how it may look."""
    root = ca("Paths Root")
    middle = ca("Middle", root)
    host = leaf(middle)
    yield Case("paths/anchor/root", SOURCE, TRUSTED, [host, middle], [root])
    yield Case("paths/anchor/root among what was sent", SOURCE, TRUSTED, [host, middle, root], [root])
    yield Case("paths/anchor/only sent", SOURCE, REJECTED, [host, middle, root], [ca("Unrelated")])
    yield Case("paths/anchor/intermediate", SOURCE, TRUSTED, [host], [middle])
    yield Case("paths/anchor/intermediate, root sent", SOURCE, TRUSTED, [host, root], [middle])
    yield Case("paths/anchor/both", SOURCE, TRUSTED, [host, middle], [middle, root])
    yield Case("paths/anchor/missing intermediate", SOURCE, REJECTED, [host], [root])
    yield Case("paths/anchor/intermediate untrusted beside", SOURCE, TRUSTED, [host], [root], untrusted=[middle])
    yield Case("paths/anchor/issued directly", SOURCE, TRUSTED, [leaf(root)], [root])
    expired = ca("Paths Root", life=PAST)
    yield Case("paths/anchor/expired", "RFC 5280, 4.1.2.5", REJECTED, [host, middle], [expired])
    yield Case("paths/anchor/expired beside a good one", SOURCE, TRUSTED, [host, middle], [expired, root])
    yield Case("paths/anchor/good one beside expired", SOURCE, TRUSTED, [host, middle], [root, expired])
    weak = ca("Paths Root", algorithm="ecdsa-sha1")
    yield Case("paths/anchor/signs itself with SHA-1", "RFC 5280, 6.1: an anchor's own signature proves nothing", TRUSTED,
               [host, middle], [weak])
    second = ca("Second Root")
    cross = ca("Paths Root", second, key=root.key)
    yield Case("paths/anchor/cross-signed", SOURCE, TRUSTED, [host, middle, cross], [second])
    yield Case("paths/anchor/cross-signed, both", SOURCE, TRUSTED, [host, middle, cross], [second, root])
    old = ca("Paths Root", second, key=root.key, life=PAST)
    yield Case("paths/anchor/cross-signature expired, root trusted", SOURCE, TRUSTED, [host, middle, old], [root, second])
    yield Case("paths/anchor/cross-signature expired, root not trusted", SOURCE, REJECTED, [host, middle, old], [second])
    yield Case("paths/anchor/old root replaced", SOURCE, TRUSTED, [host, middle, old, cross], [second])


def order() -> Iterator[Case]:
    """What was sent may be in any order, several times, and among strangers."""
    root = ca("Paths Root")
    authorities = [root]
    for number in range(6):
        authorities.append(ca(f"Level {number}", authorities[-1]))
    host = leaf(authorities[-1])
    sent = authorities[1:]
    yield Case("paths/order/upwards", SOURCE, TRUSTED, [host, *reversed(sent)], [root])
    yield Case("paths/order/downwards", SOURCE, TRUSTED, [host, *sent], [root])
    yield Case("paths/order/mixed", SOURCE, TRUSTED, [host, *sent[::2], *sent[1::2]], [root])
    yield Case("paths/order/everything ten times", SOURCE, TRUSTED, [host, *sent * 10, host], [root])
    strangers = [ca(f"Stranger {number}", root) for number in range(50)]
    yield Case("paths/order/among strangers", SOURCE, TRUSTED, [host, *strangers, *sent], [root])
    for number in range(6):
        gap = [one for one in sent if one is not sent[number]]
        yield Case(f"paths/order/gap {number}", SOURCE, REJECTED, [host, *gap], [root])


def depth() -> Iterator[Case]:
    """--max-depth counts the authorities between the leaf and the anchor."""
    authorities = [ca("Paths Root")]
    for number in range(4):
        authorities.append(ca(f"Level {number}", authorities[-1]))
    for intermediates in range(5):
        host = leaf(authorities[intermediates])
        chain = [host, *authorities[1:intermediates + 1]]
        for limit in range(5):
            yield Case(f"paths/depth/{intermediates} of {limit}", "command line: --max-depth", either(intermediates <= limit),
                       chain, authorities[:1], max_depth=limit)


class Graph:
    """Authorities that certify each other: "A>B C>B" are certificates for B by A and by C."""

    def __init__(self, edges: str, anchor: str, target: str):
        self.edges = [tuple(edge.split(">")) for edge in edges.split()]
        self.anchor, self.target = ca(anchor.replace("_", " ")), target

    def key(self, node: str) -> Key:
        return keys.p256(named(node.replace("_", " ")).hex())

    def case(self, name: str, trusted: bool, broken: str = "", defect: dict | None = None, reverse: bool = False) -> Case:
        bad = [tuple(edge.split(">")) for edge in broken.split()]
        host, sent = None, []
        for number, (issuer, subject) in enumerate(self.edges):
            by = ca(issuer.replace("_", " "))
            if subject == self.target:
                host = leaf(by, serial=number + 1)
            else:
                changes = (defect or {}) if (issuer, subject) in bad else {}
                sent.append(ca(subject.replace("_", " "), by, serial=number + 1, **changes))
        assert host
        chain = [host, *(reversed(sent) if reverse else sent)]
        return Case(f"paths/graph/{name}", SOURCE, either(trusted), chain, [self.anchor])


TWO_ROOTS = "R1>I R2>I I>host"
CROSS_PAIR = "T>A T>C A>C C>A A>B C>B B>host"
BRIDGE = ("F>H F>G G>F H>I I>H G>I W>F W>G J>K N>host L>N L>M X>J X>L B>E B>D A>B C>B A>C C>A Y>A Y>C R>S O>R O>Q P>S Z>O "
          "Z>P W>Bridge Bridge>W X>Bridge Bridge>X Y>Bridge Bridge>Y Z>Bridge Bridge>Z")
GRAPHS = [
    ("linear", "T>I I>host", "T", "", True), ("linear, broken", "T>I I>host", "T", "T>I", False),
    ("linear, the intermediate trusted", "T>I I>host", "I", "T>I", True),
    ("two roots, first", TWO_ROOTS, "R1", "", True), ("two roots, second", TWO_ROOTS, "R2", "", True),
    ("two roots, other broken", TWO_ROOTS, "R1", "R2>I", True), ("two roots, broken", TWO_ROOTS, "R2", "R2>I", False),
    ("cross pair", CROSS_PAIR, "T", "", True), ("cross pair by A", CROSS_PAIR, "T", "T>C C>B", True),
    ("cross pair by A and C", CROSS_PAIR, "T", "T>C A>B", True), ("cross pair by C and A", CROSS_PAIR, "T", "T>A C>B", True),
    ("cross pair cut", CROSS_PAIR, "T", "T>A T>C", False), ("cross pair cut below", CROSS_PAIR, "T", "A>B C>B", False),
    ("bridge", BRIDGE, "Z", "", True), ("bridge, irrelevant broken", BRIDGE, "Z", "X>Bridge", True),
    ("bridge, into X broken", BRIDGE, "Z", "Bridge>X", False), ("bridge, from Z broken", BRIDGE, "Z", "Z>Bridge", False),
    ("bridge, own anchor", BRIDGE, "X", "Bridge>X X>Bridge", True), ("bridge, far anchor", BRIDGE, "W", "", True),
]


def graphs() -> Iterator[Case]:
    usual = ("expired", "for other hosts", "for mail alone", "no basic constraints", "no authority", "signed with SHA-1")
    for name, edges, anchor, broken, trusted in GRAPHS:
        graph = Graph(edges, anchor, "host")
        if not broken:
            yield graph.case(f"{name}", trusted)
            yield graph.case(f"{name}/reversed", trusted, reverse=True)
        for what in usual if broken else ():
            yield graph.case(f"{name}/{what}", trusted, broken, DEFECTS[what])
            if EVERYTHING or what == usual[0]:
                yield graph.case(f"{name}/{what}/reversed", trusted, broken, DEFECTS[what], reverse=True)


def loops() -> Iterator[Case]:
    """Certificates that certify each other in circles."""
    root = ca("Paths Root")
    first, second = ca("First"), ca("Second")
    pair = [ca("First", second), ca("Second", first)]
    host = leaf(first)
    yield Case("paths/loop/nowhere", SOURCE, REJECTED, [host, *pair], [root])
    yield Case("paths/loop/nowhere, deep", SOURCE, REJECTED, [host, *pair], [root], max_depth=255)
    yield Case("paths/loop/with a way out", SOURCE, TRUSTED, [host, *pair, ca("Second", root, key=second.key)], [root])
    yield Case("paths/loop/first is trusted", SOURCE, TRUSTED, [host, *pair], [first])
    twins = [ca("Twin", key=keys.p256("one")), ca("Twin", key=keys.p256("two"))]
    crossed = [ca("Twin", twins[1], key=twins[0].key), ca("Twin", twins[0], key=twins[1].key)]
    yield Case("paths/loop/same name", SOURCE, REJECTED, [leaf(twins[0]), *crossed], [root])
    yield Case("paths/loop/same name, way out", SOURCE, TRUSTED,
               [leaf(twins[0]), *crossed, ca("Twin", root, key=twins[1].key)], [root])
    a, b, c = ca("A"), ca("B"), ca("C")
    mesh = [ca(subject, by) for subject, by in (("B", a), ("C", a), ("A", b), ("C", b), ("A", c), ("B", c))]
    below = ca("A1", a)
    yield Case("paths/loop/mesh of three", f"{SOURCE}; CVE-2024-0567", TRUSTED, [leaf(below), below, *mesh], [a])
    yield Case("paths/loop/mesh of three, nowhere", SOURCE, REJECTED, [leaf(below), below, *mesh], [root])
    names = [f"Node {number}" for number in range(6)]
    full = [ca(subject, ca(issuer)) for subject in names for issuer in names if subject != issuer]
    yield Case("paths/loop/everyone certifies everyone", SOURCE, REJECTED, [leaf(ca(names[0])), *full], [root])
    out = ca(names[-1], root)
    yield Case("paths/loop/everyone certifies everyone, way out", SOURCE, TRUSTED, [leaf(ca(names[0])), *full, out], [root])


def validity() -> Iterator[Case]:
    section = "RFC 5280, 4.1.2.5: both ends included"
    begin, end = at("2026-01-10T00:00:00"), at("2026-01-20T00:00:00")
    root, middle = ca("Paths Root"), ca("Middle", ca("Paths Root"))
    host = leaf(middle, life=(begin, end))
    moments = [("at the beginning", "2026-01-10T00:00:00Z", True), ("a second before", "2026-01-09T23:59:59Z", False),
               ("at the end", "2026-01-20T00:00:00Z", True), ("a second after", "2026-01-20T00:00:01Z", False),
               ("a millisecond before", "2026-01-09T23:59:59.999Z", False), ("a moment after the end", "2026-01-20T00:00:00.005Z", True),
               ("at the end, elsewhere", "2026-01-20T01:00:00+01:00", True),
               ("after the end, elsewhere", "2026-01-20T00:00:00-01:00", False),
               ("fifty years later", "2076-01-15T00:00:00Z", False), ("before 1970", "1960-01-15T00:00:00Z", False)]
    for what, moment, trusted in moments:
        yield Case(f"paths/validity/{what}", section, either(trusted), [host, middle], [root], at=moment)
    for what, life in (("expired", PAST), ("not yet valid", FUTURE)):
        yield Case(f"paths/validity/leaf {what}", section, REJECTED, [leaf(middle, life=life), middle], [root])
    outlives = ca("Middle", root, life=(at("2026-01-15"), at("2026-02-15")))
    yield Case("paths/validity/leaf outlives its issuer", f"{section}; the shell model is no rule", TRUSTED,
               [leaf(outlives), outlives], [root])
    ages = leaf(middle, life=(at("1970-01-01"), at("2969-01-01")))
    yield Case("paths/validity/a thousand years", f"{section}; a limit of lifetimes binds issuers", TRUSTED,
               [ages, middle], [root])
    forever = leaf(middle, life=(CA_LIFE[0], b"\x18\x0f99991231235959Z"))
    yield Case("paths/validity/no end", "RFC 5280, 4.1.2.5", RFC_TRUSTS, [forever, middle], [root])


def cases() -> Iterator[Case]:
    for group in (candidates, candidates_above, namesakes, anchors, order, depth, graphs, loops, validity):
        yield from group()
