"""What a case is: certificates, a question, and the right answer with its source."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recipe import HOST, NOW, Certificate, OcspResponse, RevocationList

# Whether thousands are made that say nearly the same as others.
EVERYTHING = bool(os.environ.get("PFORTE_TEST_ALL_CERTIFICATES"))

# Which profile trusts it. A profile that is not mentioned is not asked.
TRUSTED = {"rfc5280": True, "webpki": True}
REJECTED = {"rfc5280": False, "webpki": False}
RFC_ALONE = {"rfc5280": True, "webpki": False}
WEB_ALONE = {"rfc5280": False, "webpki": True}
RFC_TRUSTS, RFC_REJECTS = {"rfc5280": True}, {"rfc5280": False}
WEB_TRUSTS, WEB_REJECTS = {"webpki": True}, {"webpki": False}


@dataclass(frozen=True)
class Case:
    """`chain` begins with the peer's certificate and holds what it sent, in any order."""

    name: str
    source: str
    verdict: dict[str, bool]
    chain: Sequence[Certificate]
    trust: Sequence[Certificate]
    untrusted: Sequence[Certificate] = ()
    crls: Sequence[RevocationList] = ()
    responses: Sequence[OcspResponse] = ()
    names: Sequence[str] = (f"dns:{HOST}",)
    purpose: str = "server"
    at: datetime | str = NOW
    max_depth: int | None = None

    @property
    def time(self) -> str:
        return self.at if isinstance(self.at, str) else self.at.strftime("%Y-%m-%dT%H:%M:%SZ")


def either(trusted: bool) -> dict[str, bool]:
    return TRUSTED if trusted else REJECTED


def rfc(trusted: bool) -> dict[str, bool]:
    return RFC_TRUSTS if trusted else RFC_REJECTS
