"""OCSP responses: which one is believed, and what it says (RFC 6960)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import extensions as ext
import keys
from case import REJECTED, TRUSTED, Case
from recipe import NOW, UNKNOWN, OcspResponse, ca, crl, entry, leaf, ocsp, revoked, told

ROOT = ca("Answering Root")
MIDDLE = ca("Answering Middle", ROOT)
PEER = leaf(MIDDLE)
DAY = timedelta(days=1)
OF_RESPONDER = {"purposes": ext.extended_key_usage("ocsp"), "names": None}


def case(name: str, section: str, verdict: dict[str, bool], *responses: OcspResponse, chain=(PEER, MIDDLE), crls=()) -> Case:
    return Case(f"ocsp/{name}", f"RFC 6960, {section}", verdict, chain, [ROOT], crls=crls, responses=responses)


def answers() -> Iterator[Case]:
    """What a response of the issuer itself says."""
    good, bad = told(PEER, MIDDLE), told(PEER, MIDDLE, revoked())
    yield case("good", "2.2", TRUSTED, ocsp(MIDDLE, good))
    yield case("revoked", "2.2", REJECTED, ocsp(MIDDLE, bad))
    yield case("unknown", "2.2", REJECTED, ocsp(MIDDLE, told(PEER, MIDDLE, UNKNOWN)))
    yield case("of SHA-256", "4.1.1", TRUSTED, ocsp(MIDDLE, told(PEER, MIDDLE, digest="sha256")))
    yield case("revoked by SHA-256", "4.1.1", REJECTED, ocsp(MIDDLE, told(PEER, MIDDLE, revoked(), digest="sha256")))
    yield case("responder by its key", "4.2.2.3", TRUSTED, ocsp(MIDDLE, good, by_key=True))
    other = leaf(MIDDLE, serial=42)
    yield case("about another one", "4.2.1", REJECTED, ocsp(MIDDLE, told(other, MIDDLE)))
    yield case("about another one, revoked", "4.2.1", TRUSTED, ocsp(MIDDLE, told(other, MIDDLE, revoked()), good))
    yield case("same serial of another issuer", "4.1.1", REJECTED, ocsp(MIDDLE, told(PEER, ROOT)))
    yield case("good beside revoked", "2.2", REJECTED, ocsp(MIDDLE, good), ocsp(MIDDLE, bad))
    yield case("none at all in it", "4.2.1", REJECTED, ocsp(MIDDLE))
    for status in (1, 2, 3, 5, 6):
        yield case(f"error {status}", "4.2.1", REJECTED, ocsp(MIDDLE, status=status))
        yield case(f"error {status} beside a good one", "4.2.1", TRUSTED, ocsp(MIDDLE, status=status), ocsp(MIDDLE, good))


def times() -> Iterator[Case]:
    for what, this, following, verdict in (
            ("ends now", NOW - DAY, NOW, TRUSTED), ("ended", NOW - 9 * DAY, NOW - timedelta(seconds=1), REJECTED),
            ("begins now", NOW, NOW + DAY, TRUSTED), ("begins tomorrow", NOW + DAY, NOW + 9 * DAY, REJECTED),
            ("begins in a minute", NOW + timedelta(minutes=1), NOW + DAY, TRUSTED),
            ("no end, of today", NOW - timedelta(hours=5), None, TRUSTED), ("no end, of last week", NOW - 7 * DAY, None, REJECTED)):
        yield case(f"time/{what}", "4.2.2.1", verdict, ocsp(MIDDLE, told(PEER, MIDDLE, this=this, following=following)))


def signers() -> Iterator[Case]:
    """Who may sign a response."""
    good = told(PEER, MIDDLE)
    responder = leaf(MIDDLE, "responder", key=keys.p256("responder"), given=OF_RESPONDER)
    yield case("signer/appointed", "4.2.2.2", TRUSTED, ocsp(responder, good, sent=[responder]))
    yield case("signer/appointed, by its key", "4.2.2.2", TRUSTED, ocsp(responder, good, sent=[responder], by_key=True))
    yield case("signer/appointed, revokes", "4.2.2.2", REJECTED, ocsp(responder, told(PEER, MIDDLE, revoked()), sent=[responder]))
    yield case("signer/appointed, without its certificate", "4.2.2.2", REJECTED, ocsp(responder, good))
    plain = leaf(MIDDLE, "responder", key=keys.p256("responder"))
    yield case("signer/not appointed", "4.2.2.2", REJECTED, ocsp(plain, good, sent=[plain]))
    by_root = leaf(ROOT, "responder", key=keys.p256("responder"), given=OF_RESPONDER)
    yield case("signer/appointed by another", "4.2.2.2", REJECTED, ocsp(by_root, good, sent=[by_root]))
    forged = leaf(ca("Answering Middle", ROOT, key=keys.p256("forger")), "responder", key=keys.p256("responder"), given=OF_RESPONDER)
    yield case("signer/appointed by a namesake", "4.2.2.2", REJECTED, ocsp(forged, good, sent=[forged]))
    old = leaf(MIDDLE, "responder", key=keys.p256("responder"), given=OF_RESPONDER, life=(NOW - 9 * DAY, NOW - DAY))
    yield case("signer/appointed, expired", "4.2.2.2", REJECTED, ocsp(old, good, sent=[old]))
    unfit = leaf(MIDDLE, "responder", key=keys.p256("responder"), given=OF_RESPONDER | {"usage": ext.key_usage("keyEncipherment")})
    yield case("signer/appointed, may not sign", "4.2.2.2; RFC 5280, 4.2.1.3", REJECTED, ocsp(unfit, good, sent=[unfit]))
    yield case("signer/root of the issuer", "4.2.2.2", REJECTED, ocsp(ROOT, good))
    yield case("signer/the peer itself", "4.2.2.2", REJECTED, ocsp(PEER, good, sent=[PEER]))
    yield case("signer/another key", "3.2", REJECTED, ocsp(MIDDLE, good, key=keys.p256("x")))
    yield case("signer/bad signature", "3.2", REJECTED, ocsp(MIDDLE, good, spoil=True))
    yield case("signer/bad signature beside a good one", "3.2", TRUSTED, ocsp(MIDDLE, good, spoil=True), ocsp(MIDDLE, good))
    yield case("signer/bad signature that revokes", "3.2", TRUSTED, ocsp(MIDDLE, told(PEER, MIDDLE, revoked()), spoil=True), ocsp(MIDDLE, good))
    yield case("signer/SHA-1", "4.3; RFC 9155", REJECTED, ocsp(MIDDLE, good, algorithm="ecdsa-sha1"))


def extensions() -> Iterator[Case]:
    for critical, verdict in ((True, REJECTED), (False, TRUSTED)):
        kind = "critical" if critical else "ordinary"
        yield case(f"unknown {kind} extension", "4.4", verdict, ocsp(MIDDLE, told(PEER, MIDDLE), more=[ext.unknown(critical)]))
        yield case(f"unknown {kind} extension in an answer", "4.4", verdict, ocsp(MIDDLE, told(PEER, MIDDLE, more=[ext.unknown(critical)])))


def beside_lists() -> Iterator[Case]:
    """With lists, every certificate below the anchor must be told of, by whichever."""
    good, of_middle = ocsp(MIDDLE, told(PEER, MIDDLE)), ocsp(ROOT, told(MIDDLE, ROOT))
    yield case("authority revoked", "2.2", REJECTED, good, ocsp(ROOT, told(MIDDLE, ROOT, revoked())))
    yield case("authority unknown", "2.2: the leaf alone must be told of", TRUSTED, good, ocsp(ROOT, told(MIDDLE, ROOT, UNKNOWN)))
    yield case("the authority's alone", "2.2", REJECTED, of_middle)
    yield case("list for the authority", "2.2", TRUSTED, good, crls=[crl(ROOT)])
    yield case("list for nobody", "2.2", REJECTED, good, crls=[crl(ca("Stranger"))])
    yield case("responses for both beside a list for nobody", "2.2", TRUSTED, good, of_middle, crls=[crl(ca("Stranger"))])
    yield case("list revokes what the response calls good", "2.2", REJECTED, good, crls=[crl(ROOT), crl(MIDDLE, entry(PEER.serial))])
    yield case("list in place of a response", "2.2", TRUSTED, ocsp(MIDDLE, status=3), crls=[crl(ROOT), crl(MIDDLE)])


def cases() -> Iterator[Case]:
    for group in (answers, times, signers, extensions, beside_lists):
        yield from group()
