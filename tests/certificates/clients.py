"""Certificates as they go wrong in companies, valid now, for the clients that are on this machine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import extensions as ext
import keys
from keys import Key
from recipe import Certificate, ca, leaf

HOST = "crm.localhost"  # every browser takes it for this machine

TODAY = datetime.now(UTC).replace(microsecond=0)


def days(before: int, after: int) -> tuple[datetime, datetime]:
    """A validity, counted from today."""
    return TODAY - timedelta(days=before), TODAY + timedelta(days=after)


SERIALS = itertools.count(1000)
YEARS = days(400, 3000)
KEY = keys.p256("server")
ROOT = ca("Client Root", life=YEARS)
OLD_ROOT = ca("Client Old Root", life=days(400, -5))
MIDDLE = ca("Client Middle", ROOT, life=YEARS)


@dataclass(frozen=True)
class Visit:
    """A server's certificate, what it sends with it, and whom the client trusts."""

    name: str
    chain: Sequence[Certificate]
    trust: Sequence[Certificate] = (ROOT,)
    key: Key = KEY


def below(name: str, issuer: Certificate = MIDDLE, **changes) -> Visit:
    """A leaf of `issuer` that is good but for `changes`."""
    key = changes.setdefault("key", KEY)
    changes.setdefault("life", days(10, 60))
    # A serial number of its own: Firefox takes two certificates with one for a forgery.
    chain = [leaf(issuer, changes.pop("host", HOST), serial=next(SERIALS), **changes), issuer]
    return Visit(name, chain if issuer is MIDDLE else [*chain, MIDDLE], key=key)


def made_by_hand() -> Visit:
    alone = ca(HOST, key=KEY, life=days(10, 60), given={"usage": None, "constraints": None}, more=[ext.alternative_names(f"dns:{HOST}")])
    return Visit("self-signed", [alone], (ROOT,))


def visits() -> list[Visit]:
    good = below("good")
    old = ca("Client Old", MIDDLE, life=days(400, -5))
    limited = ca("Client Limited", MIDDLE, life=YEARS, more=[ext.name_constraints(["dns:example.org"])])
    ordinary = ca("Client Ordinary", MIDDLE, life=YEARS, given={"constraints": ext.basic_constraints(False)})
    stranger = ca("Stranger", life=YEARS)
    return [
        good,
        Visit("missing intermediate", good.chain[:1]),
        Visit("unknown root", [leaf(stranger, HOST, key=KEY, life=days(10, 60)), stranger]),
        made_by_hand(),
        below("expired", life=days(60, -2)),
        below("not yet valid", life=days(-2, 60)),
        below("another host", host="other.example.com"),
        below("no alternative names", given={"names": None}),
        below("for clients alone", given={"purposes": ext.extended_key_usage("client")}),
        below("for nothing in particular", given={"purposes": None}),
        below("for signing certificates alone", given={"usage": ext.key_usage("keyCertSign")}),
        below("SHA-1", algorithm="ecdsa-sha1"),
        below("RSA 1024", key=keys.rsa_key(1024)),
        below("900 days", life=days(100, 800)),
        below("intermediate expired", old),
        below("another domain permitted", limited),
        below("intermediate without CA", ordinary),
        below("unknown critical extension", more=[ext.unknown(True)]),
        below("bad signature", spoil=True),
        Visit("expired root", [leaf(OLD_ROOT, HOST, key=KEY, life=days(10, 60))], (OLD_ROOT,)),
    ]
