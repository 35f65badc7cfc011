"""Keys that are the same in every run, and what they sign with."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from typing import Any

import der
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa

# Two primes of each size, in Base64; to search for them would take longer than everything else here.
PRIMES = {
    1024: (
        "/peNcg2RRheGTtbfPEryUJIS5pw8nsxibtcFY5qaygInkQcFoQGBjoG1squWBIWqwslUWsIuMgUSSEeLnFJnyQ==",
        "6jzjyDJIMtQgcgiZ1MHk5zWT18juTG0AAY2Yze6e/0TEtP2jfjRY1Q/yeNxfBU776ixo1iUrdn4qT86xa+qbcw==",
    ),
    2048: (
        "6Z9usFHPj18njbjkoGx0FsRArkVtwt9tUBIm9o9oOJqYcipEpeGFjnIZSVQSc19Ym2uEULiGP+S+tFVWJqibNNeKZ9fe5uGmXUPm+/MP"
        "0Hb7QNm4vmBrsbNgjBzKn2Ek+oNQKs28yZoeMZJ65bFWX+mvcSBpsVs6gRsUdV9uNRE=",
        "vPyMgBldOrtcEfY6R27fqwwnXZ/t9LtVdBoPBXyoWE9LjDWI0qSm9DHwEc2+muxdqOT4IPpRwMms6DDRKU5wrsY3O5dt1lMnBQWdT4Iw"
        "lPtUmrxs80p2RhIDU0kMo0TMkcoEcNn5QBdwig3k9/qEg1y66diTMZ+ToMr/f82AG2k=",
    ),
    2052: (
        "A4Uh6ZfgSbxvxPnxRxJcfPmqP8vJnUlWmQifxn7EB9tSiXDDFjaeGMnZicN6QcnGR9agTvzS5XZGzN3Nr+2TjJOFkzOChy53foGfppKV"
        "lY/SPVQT4nfDVlPxDWAXyQ13CNna/cc5ovD+y0lNWp1fvaSe6PExMMHGUiGabPKDjADn",
        "Az/EOcH3rzzdfnRrW3bhgb1pHdQ6dlgwMsprNgAyKf5GUK3C/PDH/asnoQcMh7wfwO0Xaei3IGrkxhnBUoslsCadz8GM8T01+Xm+ItwU"
        "5F7AqCXDTBK046pUnrYVGqUAENTzXwRn9VbHHnqP7eB25xyDxKwf3/2AQQjXJsC580c5",
    ),
}


@dataclass(frozen=True)
class Key:
    """A private key, and how the certificate that has it describes it."""

    secret: Any
    info: bytes  # SubjectPublicKeyInfo

    def sign(self, algorithm: str, message: bytes) -> bytes:
        how = ALGORITHMS[algorithm]
        if isinstance(self.secret, rsa.RSAPrivateKey):
            return self.secret.sign(message, how.padding or padding.PKCS1v15(), how.digest)
        if isinstance(self.secret, ec.EllipticCurvePrivateKey):
            return self.secret.sign(message, ec.ECDSA(how.digest))
        if isinstance(self.secret, dsa.DSAPrivateKey):
            return self.secret.sign(message, how.digest)
        return self.secret.sign(message)

    @property
    def usual_algorithm(self) -> str:
        kinds = ((rsa.RSAPrivateKey, "rsa-sha256"), (ec.EllipticCurvePrivateKey, "ecdsa-sha256"),
                 (dsa.DSAPrivateKey, "dsa-sha256"), (ed25519.Ed25519PrivateKey, "ed25519"))
        return next(name for kind, name in kinds if isinstance(self.secret, kind))

    @property
    def identifier(self) -> bytes:
        """SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1)."""
        return hashlib.sha1(serialized_bits(self.info)).digest()

    def described(self, info: bytes) -> Key:
        return Key(self.secret, info)


@dataclass(frozen=True)
class Algorithm:
    identifier: bytes
    digest: Any = None
    padding: Any = None


PSS_PARAMETERS = der.sequence(
    der.explicit(0, der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL)),
    der.explicit(1, der.sequence(der.oid("1.2.840.113549.1.1.8"),
                                 der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL))),
    der.explicit(2, der.integer(32)))

ALGORITHMS = {
    "rsa-sha256": Algorithm(der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL), hashes.SHA256()),
    "rsa-sha384": Algorithm(der.sequence(der.oid("1.2.840.113549.1.1.12"), der.NULL), hashes.SHA384()),
    "rsa-sha1": Algorithm(der.sequence(der.oid("1.2.840.113549.1.1.5"), der.NULL), hashes.SHA1()),
    "rsa-md5": Algorithm(der.sequence(der.oid("1.2.840.113549.1.1.4"), der.NULL), hashes.MD5()),
    "rsa-pss": Algorithm(der.sequence(der.oid("1.2.840.113549.1.1.10"), PSS_PARAMETERS), hashes.SHA256(),
                         padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
    "ecdsa-sha256": Algorithm(der.sequence(der.oid("1.2.840.10045.4.3.2")), hashes.SHA256()),
    "ecdsa-sha384": Algorithm(der.sequence(der.oid("1.2.840.10045.4.3.3")), hashes.SHA384()),
    "ecdsa-sha512": Algorithm(der.sequence(der.oid("1.2.840.10045.4.3.4")), hashes.SHA512()),
    "ecdsa-sha1": Algorithm(der.sequence(der.oid("1.2.840.10045.4.1")), hashes.SHA1()),
    "dsa-sha256": Algorithm(der.sequence(der.oid("2.16.840.1.101.3.4.3.2")), hashes.SHA256()),
    "ed25519": Algorithm(der.sequence(der.oid("1.3.101.112"))),
}

CURVES = {"p192": ec.SECP192R1(), "p224": ec.SECP224R1(), "p256": ec.SECP256R1(), "p384": ec.SECP384R1(),
          "p521": ec.SECP521R1()}


def serialized_bits(info: bytes) -> bytes:
    """What the BIT STRING at the end of a SubjectPublicKeyInfo holds."""
    def inside(content: bytes) -> list[bytes]:
        parts, at = [], 0
        while at < len(content):
            size, header = content[at + 1], 2
            if size & 0x80:
                header += size & 0x7F
                size = int.from_bytes(content[at + 2:at + header], "big")
            parts.append(content[at + header:at + header + size])
            at += header + size
        return parts
    return inside(inside(info)[0])[1][1:]


def public_info(secret: Any) -> bytes:
    return secret.public_key().public_bytes(serialization.Encoding.DER,
                                            serialization.PublicFormat.SubjectPublicKeyInfo)


@functools.cache
def elliptic(curve: str, name: str) -> Key:
    """The key of `name` on `curve`: its scalar is a hash of both."""
    scalar = int.from_bytes(hashlib.sha256(f"{curve} {name}".encode()).digest()[:23], "big") | 1
    secret = ec.derive_private_key(scalar, CURVES[curve])
    return Key(secret, public_info(secret))


def p256(name: str) -> Key:
    return elliptic("p256", name)


@functools.cache
def edwards(name: str) -> Key:
    secret = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return Key(secret, public_info(secret))


@functools.cache
def rsa_key(bits: int = 2048) -> Key:
    p, q = (int.from_bytes(base64.b64decode(prime), "big") for prime in PRIMES[bits])
    exponent = 65537
    d = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    secret = rsa.RSAPrivateNumbers(p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q),
                                   public).private_key()
    return Key(secret, public_info(secret))


@functools.cache
def dsa_key() -> Key:
    """The one key that differs from run to run: nothing depends on its value."""
    secret = dsa.generate_private_key(1024)
    return Key(secret, public_info(secret))


def undecodable(key: Key) -> Key:
    """`key` in a certificate that describes an RSA key of no bits."""
    return key.described(der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL), der.bit_string(b"")))
