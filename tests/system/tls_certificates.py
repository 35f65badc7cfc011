"""Certificates with one thing wrong, made at will: for servers that the doctor looks at."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.utcnow().replace(microsecond=0)
DAY = datetime.timedelta(days=1)
_numbers = itertools.count(1)


@dataclass
class Made:
    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def key_pem(self) -> str:
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption()).decode()


def name_of(subject: str) -> x509.Name:
    """"CN=a,O=b": the parts in this order."""
    kinds = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
             "C": NameOID.COUNTRY_NAME, "ST": NameOID.STATE_OR_PROVINCE_NAME, "L": NameOID.LOCALITY_NAME}
    return x509.Name([x509.NameAttribute(kinds[part.split("=")[0]], part.split("=")[1]) for part in subject.split(",")])


def make(subject: str, issuer: Made | None = None, *, names: tuple[str, ...] = ("localhost",), ca: bool = False, key: Any = None,
         since: float = -1, days: float = 90, digest: hashes.HashAlgorithm | None = None, purposes: list[Any] | None = None,
         extra: list[tuple[x509.ExtensionType, bool]] | None = None) -> Made:
    """A certificate for `names`, valid from `since` days from now on for `days`; signed by itself without an issuer."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    begins = NOW + since * DAY
    builder = (x509.CertificateBuilder().subject_name(name_of(subject)).public_key(key.public_key())
               .issuer_name(issuer.certificate.subject if issuer else name_of(subject))
               .serial_number(0x1000 + next(_numbers)).not_valid_before(begins).not_valid_after(begins + days * DAY)
               .add_extension(x509.BasicConstraints(ca, None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))
    if issuer:
        known = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), critical=False)
    builder = builder.add_extension(x509.KeyUsage(True, False, False, False, False, ca, ca, False, False), critical=True)
    if not ca:
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([general(name) for name in names]), critical=False)
        wanted = [ExtendedKeyUsageOID.SERVER_AUTH] if purposes is None else purposes
        builder = builder.add_extension(x509.ExtendedKeyUsage(wanted), critical=False)
    for extension, critical in extra or []:
        builder = builder.add_extension(extension, critical=critical)
    return Made(builder.sign(issuer.key if issuer else key, digest or hashes.SHA256()), key)


def general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def staple(path: Path, leaf: Made, issuer: Made, *, revoked: bool = False, since: float = -1, days: float = 5) -> Path:
    """An OCSP response about the leaf, signed by its issuer."""
    state = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    at = NOW + since * DAY
    response = (ocsp.OCSPResponseBuilder()
                .add_response(leaf.certificate, issuer.certificate, hashes.SHA1(), state, at, at + days * DAY,
                              at if revoked else None, None)
                .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate).sign(issuer.key, hashes.SHA256()))
    path.write_bytes(response.public_bytes(serialization.Encoding.DER))
    return path
