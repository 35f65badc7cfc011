"""How certificates and revocation lists are made: what is good by itself, and whatever a case wants otherwise."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import der
import extensions as ext
import keys
import names
from extensions import Extension
from keys import Key


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = at("2026-02-01T12:00:00")
CA_LIFE = (at("2020-01-01"), at("2040-01-01"))
LEAF_LIFE = (at("2026-01-01"), at("2026-03-01"))
HOST = "www.example.com"


@dataclass(frozen=True)
class Certificate:
    der: bytes
    subject: bytes
    key: Key
    serial: int

    @property
    def pem(self) -> str:
        return pem("CERTIFICATE", self.der)


def pem(kind: str, content: bytes) -> str:
    text = base64.encodebytes(content).decode().replace("\n", "")
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])


def changed(defaults: dict[str, Extension], given: dict[str, Extension | None],
            more: Iterable[Extension]) -> list[Extension]:
    """The defaults with what is given in their place; None leaves one out."""
    chosen = {name: given.get(name, value) for name, value in defaults.items()}
    chosen |= {name: value for name, value in given.items() if name not in defaults}
    return [one for one in chosen.values() if one is not None] + list(more)


def certificate(subject: bytes, issuer: bytes, key: Key, signer: Key, extension_list: Sequence[Extension], *,
                serial: int | None = None, life: tuple[datetime | bytes, datetime | bytes] = CA_LIFE,
                algorithm: str | None = None, inner_algorithm: str | None = None, version: int | None = 3,
                unique: bytes = b"", extension_block: bytes | None = None, spoil: bool = False) -> Certificate:
    """`spoil` flips the last bit of the signature; `extension_block` stands in place of the extensions."""
    algorithm = algorithm or signer.usual_algorithm
    if serial is None:
        seed = subject + issuer + key.info + b"".join(one.encoded for one in extension_list)
        serial = int.from_bytes(b"\x01" + hashlib.sha256(seed).digest()[:15], "big")
    if extension_block is None:
        encoded = der.sequence(*(one.encoded for one in extension_list))
        extension_block = der.explicit(3, encoded) if extension_list else b""
    inner = der.sequence(
        b"" if version in (None, 1) else der.explicit(0, der.integer(version - 1)), der.integer(serial),
        keys.ALGORITHMS[inner_algorithm or algorithm].identifier, issuer,
        der.sequence(der.time(life[0]), der.time(life[1])), subject, key.info, unique, extension_block)
    signature = signer.sign(algorithm, inner)
    if spoil:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    whole = der.sequence(inner, keys.ALGORITHMS[algorithm].identifier, der.bit_string(signature))
    return Certificate(whole, subject, key, serial)


def named(text: str | bytes) -> bytes:
    """A Name from its text; a text without "=" is a common name."""
    if isinstance(text, bytes):
        return text
    return names.name(text if not text or "=" in text else f"CN={text}")


def ca(subject: str | bytes, by: Certificate | None = None, *, key: Key | None = None, path_length: int | None = None,
       issuer: bytes | None = None, signed_by: Key | None = None, more: Iterable[Extension] = (),
       given: dict[str, Extension | None] | None = None, **fields) -> Certificate:
    """An authority, self-signed unless issued by another. Its key follows from its name.

    `given` replaces extensions: usage, constraints, ski, aki; None leaves one out, `more` adds some.
    """
    encoded = named(subject)
    key = key or keys.p256(encoded.hex())
    defaults = {"usage": ext.key_usage("keyCertSign", "cRLSign"),
                "constraints": ext.basic_constraints(True, path_length), "ski": ext.subject_key(key.identifier)}
    if by:
        defaults["aki"] = ext.authority_key(by.key.identifier)
    return certificate(encoded, issuer if issuer is not None else by.subject if by else encoded, key,
                       signed_by or (by.key if by else key), changed(defaults, given or {}, more), **fields)


def leaf(by: Certificate, host: str = HOST, *, subject: str | bytes | None = None, key: Key | None = None,
         issuer: bytes | None = None, signed_by: Key | None = None, more: Iterable[Extension] = (),
         given: dict[str, Extension | None] | None = None, **fields) -> Certificate:
    """A server's certificate. `given` replaces extensions: usage, purposes, names, ski, aki, constraints."""
    encoded = named(subject if subject is not None else f"CN={host}")
    key = key or keys.p256("server")
    defaults = {"usage": ext.key_usage("digitalSignature"), "purposes": ext.extended_key_usage("server"),
                "names": ext.alternative_names(f"dns:{host}"), "constraints": ext.basic_constraints(False),
                "ski": ext.subject_key(key.identifier), "aki": ext.authority_key(by.key.identifier)}
    fields.setdefault("life", LEAF_LIFE)
    return certificate(encoded, issuer if issuer is not None else by.subject, key, signed_by or by.key,
                       changed(defaults, given or {}, more), **fields)


@dataclass(frozen=True)
class RevocationList:
    der: bytes

    @property
    def pem(self) -> str:
        return pem("X509 CRL", self.der)


def entry(serial: int, when: datetime = NOW - timedelta(days=1), *extension_list: Extension) -> bytes:
    block = der.sequence(*(one.encoded for one in extension_list)) if extension_list else b""
    return der.sequence(der.integer(serial), der.time(when), block)


def crl(by: Certificate, *entries: bytes, signed_by: Key | None = None, issuer: bytes | None = None,
        this: datetime | bytes = NOW - timedelta(days=1), following: datetime | bytes | None = NOW + timedelta(days=7),
        given: dict[str, Extension | None] | None = None, more: Iterable[Extension] = (), version: int | None = 2,
        algorithm: str | None = None, inner_algorithm: str | None = None, spoil: bool = False) -> RevocationList:
    """A full and current list of `by`. `given` replaces extensions: aki, number."""
    signer = signed_by or by.key
    algorithm = algorithm or signer.usual_algorithm
    defaults = {"aki": ext.authority_key(signer.identifier), "number": ext.crl_number()}
    extension_list = changed(defaults, given or {}, more)
    inner = der.sequence(
        b"" if version is None else der.integer(version - 1), keys.ALGORITHMS[inner_algorithm or algorithm].identifier,
        issuer or by.subject, der.time(this), b"" if following is None else der.time(following),
        der.sequence(*entries) if entries else b"",
        der.explicit(0, der.sequence(*(one.encoded for one in extension_list))) if extension_list else b"")
    signature = signer.sign(algorithm, inner)
    if spoil:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return RevocationList(der.sequence(inner, keys.ALGORITHMS[algorithm].identifier, der.bit_string(signature)))


@dataclass(frozen=True)
class OcspResponse:
    der: bytes


def generalized(moment: datetime) -> bytes:
    return der.tlv(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def certificate_id(of: Certificate, by: Certificate, digest: str = "sha1") -> bytes:
    """CertID (RFC 6960, 4.1.1)."""
    def hashed(content: bytes) -> bytes:
        return der.octets(hashlib.new(digest, content).digest())
    number = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}[digest]
    return der.sequence(der.sequence(der.oid(number), der.NULL), hashed(by.subject), hashed(keys.serialized_bits(by.key.info)),
                        der.integer(of.serial))


GOOD, UNKNOWN = der.implicit(0, b""), der.implicit(2, b"")


def revoked(when: datetime = NOW - timedelta(days=2)) -> bytes:
    return der.explicit(1, generalized(when))


def told(of: Certificate, by: Certificate, status: bytes = GOOD, *, digest: str = "sha1", this: datetime = NOW - timedelta(days=1),
         following: datetime | None = NOW + timedelta(days=7), more: Iterable[Extension] = ()) -> bytes:
    """SingleResponse."""
    extension_list = list(more)
    return der.sequence(certificate_id(of, by, digest), status, generalized(this),
                        b"" if following is None else der.explicit(0, generalized(following)),
                        der.explicit(1, der.sequence(*(one.encoded for one in extension_list))) if extension_list else b"")


def ocsp(by: Certificate, *answers: bytes, key: Key | None = None, by_key: bool = False, sent: Iterable[Certificate] = (),
         algorithm: str | None = None, status: int = 0, more: Iterable[Extension] = (), spoil: bool = False) -> OcspResponse:
    """A response of `by`: signed with `key` if it is not its own, which comes with the certificates `sent`."""
    if status:
        return OcspResponse(der.sequence(der.tlv(0x0A, bytes([status]))))
    signer = key or by.key
    algorithm = algorithm or signer.usual_algorithm
    who = (der.explicit(2, der.octets(hashlib.sha1(keys.serialized_bits(by.key.info)).digest())) if by_key
           else der.explicit(1, by.subject))
    extension_list, certificates = list(more), list(sent)
    inner = der.sequence(who, generalized(NOW - timedelta(days=1)), der.sequence(*answers),
                         der.explicit(1, der.sequence(*(one.encoded for one in extension_list))) if extension_list else b"")
    signature = signer.sign(algorithm, inner)
    if spoil:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    basic = der.sequence(inner, keys.ALGORITHMS[algorithm].identifier, der.bit_string(signature),
                         der.explicit(0, der.sequence(*(one.der for one in certificates))) if certificates else b"")
    return OcspResponse(der.sequence(der.tlv(0x0A, b"\x00"), der.explicit(
        0, der.sequence(der.oid("1.3.6.1.5.5.7.48.1.1"), der.octets(basic)))))
