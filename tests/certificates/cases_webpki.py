"""What the CA/Browser Forum's Baseline Requirements ask beyond RFC 5280."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import der
import extensions as ext
import keys
import names
from case import REJECTED, RFC_ALONE, TRUSTED, WEB_REJECTS, WEB_TRUSTS, Case
from keys import Key
from recipe import HOST, NOW, at, ca, leaf

ROOT = ca("Web Root")


def of_leaf(name: str, section: str, verdict: dict[str, bool], asked: str = f"dns:{HOST}", **changes) -> Case:
    return Case(f"webpki/leaf/{name}", f"BR {section}", verdict, [leaf(ROOT, **changes)], [ROOT], names=(asked,))


def purposes() -> Iterator[Case]:
    rows = [("server", TRUSTED), ("server client", TRUSTED), ("server any", RFC_ALONE), ("server code", RFC_ALONE),
            ("server email", RFC_ALONE), ("server time", RFC_ALONE), ("server ocsp", RFC_ALONE), ("server precertificate", RFC_ALONE),
            ("client", REJECTED), ("precertificate", REJECTED)]
    for held, verdict in rows:
        yield of_leaf(f"for {held}", "7.1.2.7.10", verdict, given={"purposes": ext.extended_key_usage(*held.split())})
    yield of_leaf("for server, critical", "7.1.2.7.6", RFC_ALONE, given={"purposes": ext.extended_key_usage("server").marked(True)})
    root = ca("Purpose Root", more=[ext.extended_key_usage("server")])
    yield Case("webpki/root/for server", "BR 7.1.2.1.2", RFC_ALONE, [leaf(root)], [root])


def key_kinds() -> Iterator[Case]:
    kinds: list[tuple[str, Key, dict[str, bool]]] = [
        ("RSA 1024", keys.rsa_key(1024), WEB_REJECTS), ("RSA 2048", keys.rsa_key(2048), TRUSTED),
        ("RSA 2052", keys.rsa_key(2052), RFC_ALONE),
        ("P-192", keys.elliptic("p192", "x"), WEB_REJECTS), ("P-224", keys.elliptic("p224", "x"), WEB_REJECTS),
        ("P-256", keys.p256("x"), TRUSTED), ("P-384", keys.elliptic("p384", "x"), TRUSTED),
        ("P-521", keys.elliptic("p521", "x"), WEB_TRUSTS), ("Ed25519", keys.edwards("x"), RFC_ALONE),
        ("DSA 1024", keys.dsa_key(), WEB_REJECTS)]
    for what, key, verdict in kinds:
        yield of_leaf(f"key {what}", "6.1.5; 7.1.3.1", verdict, key=key)
        root = ca(f"Root with {what}", key=key)
        yield Case(f"webpki/root/key {what}", "BR 6.1.5; 7.1.3.1", verdict, [leaf(root)], [root])
    named_curve = keys.p256("x")
    yield of_leaf("key of explicit parameters", "7.1.3.1.2; RFC 5480, 2.1.1", REJECTED,
                  key=named_curve.described(explicit_parameters(named_curve)))
    yield of_leaf("RSA key without usage", "7.1.2.7.11; RFC 5280, 4.2.1.3", REJECTED, key=keys.rsa_key(2048),
                  given={"usage": ext.key_usage()})


def explicit_parameters(key: Key) -> bytes:
    """A SubjectPublicKeyInfo that spells the curve P-256 out instead of naming it."""
    prime = (1 << 256) - (1 << 224) + (1 << 192) + (1 << 96) - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    base = ("04" "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
            "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    curve = der.sequence(der.octets((prime - 3).to_bytes(32, "big")), der.octets(b.to_bytes(32, "big")))
    field = der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(prime))
    parameters = der.sequence(der.integer(1), field, curve, der.octets(bytes.fromhex(base)), der.integer(order), der.integer(1))
    return der.sequence(der.sequence(der.oid("1.2.840.10045.2.1"), parameters), der.bit_string(keys.serialized_bits(key.info)))


def key_identifiers() -> Iterator[Case]:
    """What a root's authority key identifier may hold."""
    own = keys.p256(names.name("CN=Identified Root").hex()).identifier
    issuer = names.directory("CN=Identified Root")
    rows = [("its own", ext.authority_key(own), TRUSTED), ("nothing", ext.authority_key(None), RFC_ALONE),
            ("issuer", ext.authority_key(own, issuer), WEB_REJECTS), ("serial", ext.authority_key(own, None, 1234), WEB_REJECTS),
            ("all", ext.authority_key(own, issuer, 1234), WEB_REJECTS), ("another", ext.authority_key(bytes(20)), WEB_REJECTS)]
    for what, aki, verdict in rows:
        root = ca("Identified Root", given={"aki": aki})
        yield Case(f"webpki/root/authority key identifier of {what}", "BR 7.1.2.1.3", verdict, [leaf(root)], [root])


def wildcards() -> Iterator[Case]:
    rows = [("*.example.com", "www.example.com", TRUSTED), ("*.com", "example.com", WEB_REJECTS), ("*.co.uk", "example.co.uk", WEB_REJECTS),
            ("*.example.co.uk", "www.example.co.uk", TRUSTED), ("w*.example.com", "www.example.com", REJECTED)]
    for held, asked, verdict in rows:
        yield of_leaf(f"wildcard {held}", "3.2.2.6; 7.1.2.7.12", verdict, f"dns:{asked}", subject="",
                      given={"names": ext.alternative_names(f"dns:{held}").marked(True)})


def common_names() -> Iterator[Case]:
    """A common name that means one of the names must be written as that name is."""
    rows = [("same", HOST, f"dns:{HOST}", TRUSTED), ("other case", "WWW.example.com", f"dns:{HOST}", RFC_ALONE),
            ("hexadecimal address", "0xC0000201", "ip:192.0.2.1", RFC_ALONE),
            ("address with zeros", "192.000.002.001", "ip:192.0.2.1", RFC_ALONE),
            ("address", "192.0.2.1", "ip:192.0.2.1", TRUSTED), ("address in capitals", "2001:DB8::1", "ip:2001:db8::1", RFC_ALONE),
            ("address not shortened", "2001:0db8:0000:0000:0000:0000:0000:0001", "ip:2001:db8::1", RFC_ALONE),
            ("address shortened elsewhere", "2001:db8:0:0:1::1", "ip:2001:db8::1:0:0:1", RFC_ALONE),
            ("address of the sixth version", "2001:db8::1", "ip:2001:db8::1", TRUSTED),
            ("Unicode", "bücher.example.com", "dns:xn--bcher-kva.example.com", RFC_ALONE)]
    for what, common, held, verdict in rows:
        yield of_leaf(f"common name {what}", "7.1.4.3", verdict, held, subject=f"CN={common}", given={"names": ext.alternative_names(held)})


def lifetimes() -> Iterator[Case]:
    """Limits by the day of issue bind public authorities: whoever judges a certificate warns."""
    second = timedelta(seconds=1)
    rows = [(398, "2026-01-10"), (399, "2026-01-10"), (826, "2020-08-31"), (201, "2026-03-15"), (48, "2029-03-15"), (364_000, "1970-01-01")]
    for days, issued in rows:
        begin = at(issued)
        host = leaf(ROOT, life=(begin, begin + timedelta(days=days) - second))
        yield Case(f"webpki/leaf/lives {days} days from {issued}", "BR 6.3.2", TRUSTED, [host], [ROOT],
                   at=max(begin, min(NOW, begin + timedelta(days=days - 1))))


def cases() -> Iterator[Case]:
    for group in (purposes, key_kinds, key_identifiers, wildcards, common_names, lifetimes):
        yield from group()
