"""Revocation lists: which one speaks for a certificate, and what it says (RFC 5280, 5 and 6.3; PKITS 4.4, 4.14, 4.15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import der
import extensions as ext
import keys
from case import REJECTED, RFC_TRUSTS, TRUSTED, WEB_REJECTS, Case, either, rfc
from recipe import NOW, at, ca, crl, entry, leaf

ROOT = ca("Revoking Root")
MIDDLE = ca("Revoking Middle", ROOT)
PEER = leaf(MIDDLE)
OF_ROOT = crl(ROOT)
DAY = timedelta(days=1)


def listed(name: str, section: str, verdict: dict[str, bool], *lists, chain=(PEER, MIDDLE), trust=(ROOT,), untrusted=()) -> Case:
    """A case with the root's good list beside `lists`."""
    return Case(f"revocation/{name}", section, verdict, chain, trust, untrusted, [OF_ROOT, *lists])


def basic() -> Iterator[Case]:
    section = "RFC 5280, 6.3.3; PKITS 4.4"
    serial = PEER.serial
    yield listed("good", section, TRUSTED, crl(MIDDLE))
    yield listed("another one revoked", section, TRUSTED, crl(MIDDLE, entry(serial + 1)))
    yield listed("leaf revoked", section, REJECTED, crl(MIDDLE, entry(serial)))
    yield listed("leaf revoked among others", section, REJECTED, crl(MIDDLE, *(entry(serial + n) for n in range(-3, 4))))
    yield Case("revocation/authority revoked", section, REJECTED, [PEER, MIDDLE], [ROOT],
               crls=[crl(ROOT, entry(MIDDLE.serial)), crl(MIDDLE)])
    yield listed("no list of its issuer", section, REJECTED)
    yield Case("revocation/no list of the root", "RFC 5280, 6.3; PKITS 4.4.1", REJECTED, [PEER, MIDDLE], [ROOT], crls=[crl(MIDDLE)])
    yield listed("revoked in the future", "RFC 5280, 5.3: the entry counts", REJECTED, crl(MIDDLE, entry(serial, NOW + DAY)))
    yield listed("revoked before it began", section, REJECTED, crl(MIDDLE, entry(serial, at("2010-01-01"))))
    stranger = ca("Stranger")
    yield listed("same serial on another's list", section, TRUSTED, crl(MIDDLE), crl(stranger, entry(serial)), trust=(ROOT, stranger))
    yield listed("only another's list", section, REJECTED, crl(stranger), trust=(ROOT, stranger))
    yield listed("two lists, one revokes", section, REJECTED, crl(MIDDLE), crl(MIDDLE, entry(serial), given={"number": ext.crl_number(8)}))
    yield listed("ten thousand others", section, TRUSTED, crl(MIDDLE, *(entry(serial + n) for n in range(1, 10001))))
    yield listed("last of ten thousand", section, REJECTED, crl(MIDDLE, *(entry(serial - n) for n in range(10000, -1, -1))))
    for number in (0, 1, 6, 9):
        yield listed(f"reason {number}", section, REJECTED, crl(MIDDLE, entry(serial, NOW - DAY, ext.reason(number))))
    for what, size in (("serial of 20 octets", (1 << 159) - 1), ("serial of 1 octet", 5)):
        host = leaf(MIDDLE, serial=size)
        yield listed(f"{what} revoked", "PKITS 4.4.16 to 4.4.18", REJECTED, crl(MIDDLE, entry(size)), chain=(host, MIDDLE))
        yield listed(f"{what} not revoked", "PKITS 4.4.16 to 4.4.18", TRUSTED, crl(MIDDLE, entry(size - 1)), chain=(host, MIDDLE))


def believable() -> Iterator[Case]:
    """A list that must not be believed says nothing, neither good nor bad: nothing is known."""
    section = "RFC 5280, 6.3.3"
    rows = {
        "bad signature": crl(MIDDLE, spoil=True), "signed by another key": crl(MIDDLE, signed_by=keys.p256("x")),
        "signed by the root's key": crl(MIDDLE, signed_by=ROOT.key), "not yet": crl(MIDDLE, this=NOW + DAY, following=NOW + 9 * DAY),
        "outdated": crl(MIDDLE, this=NOW - 9 * DAY, following=NOW - DAY),
        "outdated in 1999": crl(MIDDLE, this=at("1998-01-01"), following=at("1999-01-01")),
        "unknown critical extension": crl(MIDDLE, more=[ext.unknown(True)]),
        "two algorithms": crl(MIDDLE, inner_algorithm="ecdsa-sha384"), "signed with SHA-1": crl(MIDDLE, algorithm="ecdsa-sha1"),
        "number critical": crl(MIDDLE, given={"number": ext.crl_number().marked(True)}),
        "no number": crl(MIDDLE, given={"number": None}),
        "a delta alone": crl(MIDDLE, more=[ext.delta_base(3)]),
        "unknown critical extension in an entry": crl(MIDDLE, entry(PEER.serial, NOW - DAY, ext.unknown(True))),
    }
    for what, one in rows.items():
        yield listed(f"disbelieved/{what}", section, REJECTED, one)
    good = crl(MIDDLE)
    for what in ("bad signature", "outdated", "not yet", "unknown critical extension"):
        yield listed(f"disbelieved/{what}, beside a good one", "RFC 5280, 6.3.3; PKITS 4.4.7", TRUSTED, rows[what], good)
    for what, one in {"no next update": crl(MIDDLE, following=None), "version 1": crl(MIDDLE, version=None)}.items():
        yield Case(f"revocation/set aside/{what}, alone", "RFC 5280, 5.1; 6.3: nothing is known", REJECTED, [PEER, MIDDLE], [ROOT], crls=[one])
        yield listed(f"set aside/{what}, beside good ones", "RFC 5280, 5.1", TRUSTED, one, good)
    yield listed("believed/unknown extension", section, TRUSTED, crl(MIDDLE, more=[ext.unknown(False)]))
    yield listed("believed/unknown extension in an entry", section, REJECTED,
                 crl(MIDDLE, entry(PEER.serial, NOW - DAY, ext.unknown(False))))
    yield listed("believed/next update in 2050", "PKITS 4.4.13", TRUSTED, crl(MIDDLE, following=at("2050-01-01")))
    yield listed("believed/ends now", "RFC 5280, 5.1.2.5", TRUSTED, crl(MIDDLE, following=NOW))
    yield listed("believed/begins now", "RFC 5280, 5.1.2.4", TRUSTED, crl(MIDDLE, this=NOW))


def issuers() -> Iterator[Case]:
    """Who may sign a list."""
    section = "RFC 5280, 4.2.1.3 and 6.3.3 (f)"
    for what, usage, verdict in (("without cRLSign", ext.key_usage("keyCertSign"), REJECTED), ("without key usage", None, RFC_TRUSTS),
                                 ("with cRLSign alone above", ext.key_usage("keyCertSign", "cRLSign"), TRUSTED)):
        middle = ca("Revoking Middle", ROOT, given={"usage": usage})
        yield listed(f"issuer/{what}", section, verdict, crl(middle), chain=(leaf(middle), middle))
    # PKITS 4.4.19 to 4.4.21: one key for certificates and another for lists, both of one name.
    signs = ca("Two Keys", ROOT, given={"usage": ext.key_usage("keyCertSign")})
    lists = ca("Two Keys", ROOT, key=keys.p256("lists"), given={"usage": ext.key_usage("cRLSign"), "constraints": None})
    host = leaf(signs)
    yield listed("issuer/separate keys", "PKITS 4.4.19", rfc(True), crl(signs, signed_by=lists.key), chain=(host, signs, lists))
    yield listed("issuer/separate keys, aside", "PKITS 4.4.19", rfc(True), crl(signs, signed_by=lists.key),
                 chain=(host, signs), untrusted=(lists,))
    yield listed("issuer/separate keys, revoked", "PKITS 4.4.20", rfc(False), crl(signs, entry(host.serial), signed_by=lists.key),
                 chain=(host, signs, lists))
    forged = ca("Two Keys", ca("Nobody"), key=keys.p256("lists"), given={"usage": ext.key_usage("cRLSign"), "constraints": None})
    yield listed("issuer/separate keys, certified by nobody", "PKITS 4.4.21", rfc(False), crl(signs, signed_by=lists.key),
                 chain=(host, signs, forged))
    # PKITS 4.5: the key was rolled, and one key signs the lists for both.
    old, new = ca("Rolled", ROOT), ca("Rolled", ROOT, key=keys.p256("rolled"))
    host = leaf(old)
    rows = {"certified by the root": (new, (host, old, new)), "old with new": (new, (host, ca("Rolled", new, key=old.key), new)),
            "new with old": (old, (leaf(new), ca("Rolled", old, key=new.key), old))}
    for what, (signs, chain) in rows.items():
        yield listed(f"issuer/rolled, {what}", "PKITS 4.5.1 to 4.5.5", rfc(True), crl(signs), chain=chain)
        yield listed(f"issuer/rolled, {what}, revoked", "PKITS 4.5.2", rfc(False), crl(signs, entry(chain[0].serial)), chain=chain)


def points() -> Iterator[Case]:
    """Lists of a part of what an authority issued."""
    section = "RFC 5280, 5.2.5 and 6.3.3 (b)"
    here, there = "uri:http://ca.example.com/here.crl", "uri:http://ca.example.com/there.crl"

    def case(what: str, verdict: dict[str, bool], of_leaf: tuple[bytes, ...], of_list: ext.Extension, *entries: bytes,
             source: str = section) -> Case:
        more = [ext.distribution_points(*of_leaf)] if of_leaf else []
        host = leaf(MIDDLE, more=more, serial=42)
        return listed(f"point/{what}", source, verdict, crl(MIDDLE, *entries, more=[of_list]), chain=(host, MIDDLE))
    yield case("same", TRUSTED, (ext.point(here),), ext.issuing_point(here))
    yield case("same, revoked", REJECTED, (ext.point(here),), ext.issuing_point(here), entry(42))
    yield case("another", REJECTED, (ext.point(here),), ext.issuing_point(there))
    yield case("one of two names", TRUSTED, (ext.point(there, here),), ext.issuing_point(here))
    yield case("one of two points", TRUSTED, (ext.point(there), ext.point(here)), ext.issuing_point(here))
    yield case("spelled differently", REJECTED, (ext.point("uri:http://ca.example.com/%68ere.crl"),), ext.issuing_point(here),
               source="BR 7.2.2.1")
    yield case("certificate without", REJECTED, (), ext.issuing_point(here))
    yield case("list without", TRUSTED, (ext.point(here),), ext.issuing_point())
    yield case("users alone", TRUSTED, (), ext.issuing_point(users=True))
    yield case("authorities alone", REJECTED, (), ext.issuing_point(authorities=True))
    yield case("attribute certificates alone", REJECTED, (), ext.issuing_point(attributes=True))
    yield case("some reasons alone", REJECTED, (ext.point(here),), ext.issuing_point(here, reasons=("keyCompromise",)))
    yield case("indirect", WEB_REJECTS, (ext.point(here),), ext.issuing_point(here, indirect=True), source="BR 7.2.2.1")
    yield case("not critical", rfc(False), (ext.point(here),), ext.issuing_point(there).marked(False))
    full = ext.point("dir:CN=Revoking Middle, CN=part")
    yield case("directory name", rfc(True), (full,), ext.issuing_point("dir:CN=Revoking Middle, CN=part"), source="PKITS 4.14.1")
    part = der.sequence(der.oid("2.5.4.3"), der.tlv(der.UTF8, b"part"))
    yield case("name relative to the issuer", rfc(True), (ext.point(relative=part),),
               ext.issuing_point(relative=part), source="PKITS 4.14.5")
    yield case("relative in the list, full in the certificate", rfc(True), (full,), ext.issuing_point(relative=part), source="PKITS 4.14.4")
    yield case("relative, another", rfc(False), (ext.point(relative=part),),
               ext.issuing_point("dir:CN=Revoking Middle, CN=other"), source="PKITS 4.14.6")
    middle_list = crl(MIDDLE)
    for what, flags, trusted in (("users", {"users": True}, False), ("authorities", {"authorities": True}, True)):
        yield Case(f"revocation/point/list of the root for {what} alone", "RFC 5280, 6.3.3 (b) (2); PKITS 4.14.10 to 4.14.13",
                   either(trusted), [PEER, MIDDLE], [ROOT], crls=[crl(ROOT, more=[ext.issuing_point(**flags)]), middle_list])
    host = leaf(MIDDLE, serial=42, more=[ext.distribution_points(ext.point(here))])
    halves = [crl(MIDDLE, more=[ext.issuing_point(here, reasons=reasons)]) for reasons in (ext.REASONS[1:4], ext.REASONS[4:])]
    yield listed("point/all reasons in two lists", "PKITS 4.14.18, 4.14.19", rfc(True), *halves, chain=(host, MIDDLE))
    yield listed("point/all reasons in two lists, revoked", "PKITS 4.14.20, 4.14.21", rfc(False), halves[0],
                 crl(MIDDLE, entry(42), more=[ext.issuing_point(here, reasons=ext.REASONS[4:])]), chain=(host, MIDDLE))


def indirect() -> Iterator[Case]:
    """Lists by somebody else, of certificates of several authorities (RFC 5280, 5.3.3; PKITS 4.14.22 to 4.14.35)."""
    section = "RFC 5280, 5.3.3 and 6.3.3; PKITS 4.14.28 to 4.14.35"
    lister = ca("Lister", ROOT, given={"usage": ext.key_usage("cRLSign"), "constraints": None})
    where = "dir:CN=Lister, CN=part"
    host = leaf(MIDDLE, serial=42, more=[ext.distribution_points(ext.point(where, issuer="CN=Lister"))])
    ours, other = ext.certificate_issuer("CN=Revoking Middle"), ext.certificate_issuer("CN=Another")
    rows = [("nobody revoked", (), True), ("revoked", (entry(42, NOW - DAY, ours),), False),
            ("same serial of another", (entry(42, NOW - DAY, other),), True), ("same serial of the lister", (entry(42),), True),
            ("revoked, issuer said before", (entry(7, NOW - DAY, ours), entry(42)), False),
            ("another since", (entry(7, NOW - DAY, ours), entry(8, NOW - DAY, other), entry(42)), True)]
    for what, entries, trusted in rows:
        one = crl(lister, *entries, more=[ext.issuing_point(where, indirect=True)])
        yield listed(f"indirect/{what}", section, rfc(trusted), one, chain=(host, MIDDLE, lister))
    plain = crl(lister, more=[ext.issuing_point(where)])
    yield listed("indirect/not said to be", section, rfc(False), plain, chain=(host, MIDDLE, lister))
    bare = leaf(MIDDLE, serial=42, more=[ext.distribution_points(ext.point(where))])
    one = crl(lister, more=[ext.issuing_point(where, indirect=True)])
    yield listed("indirect/not asked for", section, rfc(False), one, chain=(bare, MIDDLE, lister))


def deltas() -> Iterator[Case]:
    """Lists of what has changed."""
    section = "RFC 5280, 5.2.4 and 6.3.3; PKITS 4.15"
    base = crl(MIDDLE)
    revoked = crl(MIDDLE, entry(PEER.serial, NOW - DAY, ext.reason(6)))
    newer = {"number": ext.crl_number(9)}

    def delta(*entries: bytes, number: int = 7) -> object:
        return crl(MIDDLE, *entries, given=newer, more=[ext.delta_base(number)])
    yield listed("delta/nothing new", section, rfc(True), base, delta())
    yield listed("delta/revoked since", section, rfc(False), base, delta(entry(PEER.serial)))
    yield listed("delta/still on hold", section, rfc(False), revoked, delta())
    yield listed("delta/not its base", "PKITS 4.15.10", rfc(True), base, delta(entry(PEER.serial + 1), number=20))


def cases() -> Iterator[Case]:
    for group in (basic, believable, issuers, points, indirect, deltas):
        yield from group()
