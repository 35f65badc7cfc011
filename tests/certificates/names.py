"""Distinguished names and general names, also in forms nobody should write."""

from __future__ import annotations

import ipaddress

import der

ATTRIBUTES = {
    "CN": "2.5.4.3", "SN": "2.5.4.4", "serialNumber": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8",
    "O": "2.5.4.10", "OU": "2.5.4.11", "title": "2.5.4.12", "GN": "2.5.4.42", "initials": "2.5.4.43",
    "generation": "2.5.4.44", "dnQualifier": "2.5.4.46", "pseudonym": "2.5.4.65",
    "DC": "0.9.2342.19200300.100.1.25", "email": "1.2.840.113549.1.9.1",
}
ALWAYS = {"C": der.PRINTABLE, "serialNumber": der.PRINTABLE, "dnQualifier": der.PRINTABLE, "DC": der.IA5,
          "email": der.IA5}


def attribute(kind: str, value: str, form: int = der.UTF8) -> bytes:
    encoding = {der.BMP: "utf-16-be", der.TELETEX: "latin-1"}.get(form, "utf-8")
    return der.sequence(der.oid(ATTRIBUTES[kind]), der.tlv(form, value.encode(encoding)))


def name(text: str, form: int = der.UTF8) -> bytes:
    """A Name from "O=Company, CN=Root", the widest first; "+" joins attributes of one RDN, "" is the empty name."""
    relative = []
    for part in filter(None, text.split(", ")):
        attributes = []
        for pair in part.split(" + "):
            kind, value = pair.split("=", 1)
            attributes.append(attribute(kind, value, ALWAYS.get(kind, form)))
        relative.append(der.tlv(der.SET, *sorted(attributes)))
    return der.sequence(*relative)


# GeneralName (RFC 5280, 4.2.1.6).


def dns(text: str | bytes) -> bytes:
    return der.implicit(2, text if isinstance(text, bytes) else text.encode())


def email(text: str) -> bytes:
    return der.implicit(1, text.encode())


def uri(text: str) -> bytes:
    return der.implicit(6, text.encode())


def ip(text: str | bytes) -> bytes:
    """An address, or with "/" a network and its mask as name constraints have it; bytes are taken as they are."""
    if isinstance(text, bytes):
        return der.implicit(7, text)
    if "/" in text:
        network = ipaddress.ip_network(text)
        return der.implicit(7, network.network_address.packed + network.netmask.packed)
    return der.implicit(7, ipaddress.ip_address(text).packed)


def directory(text: str, form: int = der.UTF8) -> bytes:
    return der.explicit(4, name(text, form))


def other(kind: str, value: bytes = der.NULL) -> bytes:
    return der.explicit(0, der.oid(kind), der.explicit(0, value))


def registered(dotted: str) -> bytes:
    return der.implicit(8, der.oid_content(dotted))


def general(text: str) -> bytes:
    """"dns:example.com", "email:...", "uri:...", "ip:...", "dir:O=...", "other:1.2.3", "id:1.2.3"."""
    kind, value = text.split(":", 1)
    makers = {"dns": dns, "email": email, "uri": uri, "ip": ip, "dir": directory, "other": other, "id": registered}
    return makers[kind](value)
