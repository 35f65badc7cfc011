"""The extensions of certificates and revocation lists, with every field at the caller's will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import der
import names

KEY_USAGES = ("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
              "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly")
PURPOSES = {
    "any": "2.5.29.37.0", "server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2", "code": "1.3.6.1.5.5.7.3.3",
    "email": "1.3.6.1.5.5.7.3.4", "time": "1.3.6.1.5.5.7.3.8", "ocsp": "1.3.6.1.5.5.7.3.9",
    "precertificate": "1.3.6.1.4.1.11129.2.4.4", "unknown": "1.3.6.1.4.1.55555.1.2",
}
REASONS = ("unused", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
           "certificateHold", "privilegeWithdrawn", "aACompromise")
UNKNOWN = "1.3.6.1.4.1.55555.1.1"
ANY_POLICY = "2.5.29.32.0"


def policy(number: int) -> str:
    """One of the test policies: any OIDs that differ."""
    return f"1.3.6.1.4.1.55555.2.{number}"


@dataclass(frozen=True)
class Extension:
    dotted: str
    value: bytes  # what the OCTET STRING holds
    critical: bool = False

    @property
    def encoded(self) -> bytes:
        mark = der.boolean(True) if self.critical else b""
        return der.sequence(der.oid(self.dotted), mark, der.octets(self.value))

    def marked(self, critical: bool) -> Extension:
        return replace(self, critical=critical)

    def holding(self, value: bytes) -> Extension:
        return replace(self, value=value)


def subject_key(identifier: bytes) -> Extension:
    return Extension("2.5.29.14", der.octets(identifier))


def authority_key(identifier: bytes | None, issuer: bytes | None = None, serial: int | None = None) -> Extension:
    fields = (b"" if identifier is None else der.implicit(0, identifier),
              b"" if issuer is None else der.explicit(1, issuer),
              b"" if serial is None else der.implicit(2, der.integer_content(serial)))
    return Extension("2.5.29.35", der.sequence(*fields))


def key_usage(*usages: str) -> Extension:
    return Extension("2.5.29.15", der.named_bits(*map(KEY_USAGES.index, usages)), True)


def basic_constraints(ca: bool, path_length: int | None = None) -> Extension:
    fields = (der.boolean(True) if ca else b"", b"" if path_length is None else der.integer(path_length))
    return Extension("2.5.29.19", der.sequence(*fields), True)


def extended_key_usage(*purposes: str) -> Extension:
    return Extension("2.5.29.37", der.sequence(*(der.oid(PURPOSES[purpose]) for purpose in purposes)))


def alternative_names(*generals: str | bytes) -> Extension:
    """Of names in the form of names.general, or encoded already."""
    return Extension("2.5.29.17", der.sequence(*map(encoded_name, generals)))


def encoded_name(general: str | bytes) -> bytes:
    return general if isinstance(general, bytes) else names.general(general)


def name_constraints(permitted: Sequence[str | bytes] | None = None, excluded: Sequence[str | bytes] | None = None,
                     minimum: bytes = b"", maximum: bytes = b"") -> Extension:
    """None leaves a list out, an empty one is written as an empty SEQUENCE."""
    def subtrees(number: int, bases: Sequence[str | bytes] | None) -> bytes:
        if bases is None:
            return b""
        return der.explicit(number, *(der.sequence(encoded_name(base), minimum, maximum) for base in bases))
    return Extension("2.5.29.30", der.sequence(subtrees(0, permitted), subtrees(1, excluded)), True)


def policies(*dotted: str, qualifier: bytes = b"") -> Extension:
    return Extension("2.5.29.32", der.sequence(*(der.sequence(der.oid(one), qualifier) for one in dotted)))


def policy_mappings(*pairs: tuple[str, str]) -> Extension:
    return Extension("2.5.29.33", der.sequence(*(der.sequence(der.oid(a), der.oid(b)) for a, b in pairs)), True)


def policy_constraints(require: int | None = None, inhibit: int | None = None) -> Extension:
    fields = (der.implicit(number, der.integer_content(value))
              for number, value in ((0, require), (1, inhibit)) if value is not None)
    return Extension("2.5.29.36", der.sequence(*fields), True)


def inhibit_any_policy(skip: int) -> Extension:
    return Extension("2.5.29.54", der.integer(skip), True)


def authority_information(*locations: tuple[str, str]) -> Extension:
    """Pairs of an access method's OID and a URI."""
    return Extension("1.3.6.1.5.5.7.1.1",
                     der.sequence(*(der.sequence(der.oid(how), names.uri(where)) for how, where in locations)))


def unknown(critical: bool) -> Extension:
    return Extension(UNKNOWN, der.NULL, critical)


# Distribution points and what revocation lists have.


def point_name(full: Sequence[str | bytes] = (), relative: bytes | None = None) -> bytes:
    """DistributionPointName; `relative` is one RDN's attributes."""
    if relative is not None:
        return der.explicit(1, relative)
    return der.explicit(0, *map(encoded_name, full)) if full else b""


def reason_bits(number: int, reasons: Sequence[str]) -> bytes:
    if not reasons:
        return b""
    return der.implicit(number, der.named_bits(*map(REASONS.index, reasons))[2:])


def point(*full: str | bytes, relative: bytes | None = None, reasons: Sequence[str] = (),
          issuer: str | None = None) -> bytes:
    where = point_name(full, relative)
    return der.sequence(der.explicit(0, where) if where else b"", reason_bits(1, reasons),
                        der.explicit(2, names.directory(issuer)) if issuer else b"")


def distribution_points(*points: bytes) -> Extension:
    return Extension("2.5.29.31", der.sequence(*points))


def freshest(*points: bytes) -> Extension:
    return Extension("2.5.29.46", der.sequence(*points))


def issuing_point(*full: str | bytes, relative: bytes | None = None, users: bool = False, authorities: bool = False,
                  reasons: Sequence[str] = (), indirect: bool = False, attributes: bool = False) -> Extension:
    where = point_name(full, relative)

    def flag(number: int, on: bool) -> bytes:
        return der.implicit(number, b"\xff") if on else b""
    return Extension("2.5.29.28", der.sequence(der.explicit(0, where) if where else b"", flag(1, users),
                                               flag(2, authorities), reason_bits(3, reasons), flag(4, indirect),
                                               flag(5, attributes)), True)


def crl_number(number: int = 7) -> Extension:
    return Extension("2.5.29.20", der.integer(number))


def delta_base(number: int) -> Extension:
    return Extension("2.5.29.27", der.integer(number), True)


def reason(number: int) -> Extension:
    return Extension("2.5.29.21", der.tlv(0x0A, bytes([number])))


def certificate_issuer(text: str) -> Extension:
    return Extension("2.5.29.29", der.sequence(names.directory(text)), True)
