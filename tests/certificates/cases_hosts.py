"""Whether a certificate is for the host, the address or the mailbox that was asked for (RFC 9525)."""

from __future__ import annotations

from collections.abc import Iterator

import extensions as ext
import names
from case import REJECTED, RFC_ALONE, RFC_TRUSTS, TRUSTED, WEB_REJECTS, Case, either, rfc
from recipe import HOST, ca, leaf

ROOT = ca("Hosts Root")

# (name in the certificate, name asked for, whether they match)
MATCHES = [
    ("dns:www.example.com", "dns:www.example.com", True), ("dns:WWW.Example.COM", "dns:www.example.com", True),
    ("dns:www.example.com", "dns:WWW.EXAMPLE.com", True), ("dns:www.example.com", "dns:www.example.com.", True),
    ("dns:example.com", "dns:www.example.com", False), ("dns:www.example.com", "dns:example.com", False),
    ("dns:www.example.com", "dns:www.example.org", False), ("dns:www.example.com", "dns:ww.example.com", False),
    ("dns:www.example.com", "dns:wwww.example.com", False), ("dns:www.example.com", "dns:xwww.example.com", False),
    ("dns:*.example.com", "dns:www.example.com", True), ("dns:*.example.com", "dns:example.com", False),
    ("dns:*.example.com", "dns:a.b.example.com", False), ("dns:*.example.com", "dns:.example.com", False),
    ("dns:*.EXAMPLE.com", "dns:www.example.COM", True), ("dns:w*.example.com", "dns:www.example.com", False),
    ("dns:*w.example.com", "dns:www.example.com", False), ("dns:w*w.example.com", "dns:www.example.com", False),
    ("dns:www.*.com", "dns:www.example.com", False), ("dns:www.example.*", "dns:www.example.com", False),
    ("dns:*.*.example.com", "dns:a.b.example.com", False), ("dns:*", "dns:example", False),
    ("dns:**.example.com", "dns:www.example.com", False), ("dns:xn--*-1b3c148a.example.com", "dns:xn--bliss-1b3c148a.example.com", False),
    ("dns:*.example.com", "dns:xn--bcher-kva.example.com", True), ("dns:xn--bcher-kva.example.com", "dns:xn--bcher-kva.example.com", True),
    ("dns:*.example.com", "dns:*.example.com", False),
    ("ip:192.0.2.1", "ip:192.0.2.1", True), ("ip:192.0.2.1", "ip:192.0.2.2", False),
    ("ip:2001:db8::1", "ip:2001:db8::1", True), ("ip:2001:db8::1", "ip:2001:DB8:0:0:0:0:0:1", True),
    ("ip:2001:db8::1", "ip:2001:db8::2", False), ("ip:192.0.2.1", "ip:::ffff:192.0.2.1", False),
    ("dns:192.0.2.1", "ip:192.0.2.1", False), ("ip:192.0.2.1", "dns:192.0.2.1", True),
    ("dns:*.0.2.1", "ip:192.0.2.1", False), ("email:jo@example.com", "email:jo@example.com", True),
    ("email:jo@example.com", "email:jo@EXAMPLE.com", True), ("email:jo@example.com", "email:JO@example.com", False),
    ("email:jo@example.com", "email:mo@example.com", False), ("email:jo@example.com", "email:jo@example.org", False),
    ("email:jo@example.com", "dns:example.com", False), ("uri:https://www.example.com/", "dns:www.example.com", False),
    ("dir:CN=www.example.com", "dns:www.example.com", False),
]


def matches() -> Iterator[Case]:
    for held, asked, same in MATCHES:
        host = leaf(ROOT, subject="CN=server", given={"names": ext.alternative_names(held)})
        yield Case(f"hosts/match/{held} for {asked}", "RFC 9525, 6; RFC 5280, 7.5", rfc(same), [host], [ROOT], names=(asked,))


def several() -> Iterator[Case]:
    """All names that are asked for must be there; one of those in the certificate is enough for each."""
    held = ext.alternative_names("dns:a.example.com", "dns:b.example.com", "ip:192.0.2.1", "email:jo@example.com")
    host = leaf(ROOT, subject="CN=a.example.com", given={"names": held})
    rows = [(("dns:a.example.com",), True), (("dns:b.example.com",), True), (("dns:a.example.com", "ip:192.0.2.1"), True),
            (("dns:c.example.com",), False), (("dns:a.example.com", "dns:c.example.com"), False), ((), True),
            (("email:jo@example.com", "dns:b.example.com"), True)]
    for asked, trusted in rows:
        yield Case(f"hosts/several/{' and '.join(asked) or 'none'}", "command line: every --name", rfc(trusted), [host], [ROOT],
                   names=asked)


def common_name() -> Iterator[Case]:
    section = "RFC 9525, 2: the common name identifies no host"
    bare = leaf(ROOT, subject=f"CN={HOST}", given={"names": None})
    yield Case("hosts/common name/no names", section, REJECTED, [bare], [ROOT])
    yield Case("hosts/common name/no names, none asked", "RFC 5280, 6.1; BR 7.1.2.7.6", RFC_ALONE, [bare], [ROOT], names=())
    for held in ("ip:192.0.2.1", "email:jo@example.com", "dns:other.example.com"):
        host = leaf(ROOT, subject=f"CN={HOST}", given={"names": ext.alternative_names(held)})
        yield Case(f"hosts/common name/beside {held}", section, REJECTED, [host], [ROOT])
    for common in ("Somebody", "other.example.com", "192.0.2.1"):
        host = leaf(ROOT, subject=f"CN={common}")
        yield Case(f"hosts/common name/unlike the names, {common}", section, RFC_TRUSTS, [host], [ROOT])
    address = leaf(ROOT, subject="CN=192.0.2.1", given={"names": None})
    yield Case("hosts/common name/address", section, REJECTED, [address], [ROOT], names=("ip:192.0.2.1",))


def malformed() -> Iterator[Case]:
    """A name that is none beside the one asked for: what else did its issuer not check?"""
    section = "RFC 5280, 4.2.1.6: preferred name syntax; 7.2"
    rows = [("underscore", "a_b.example.com", REJECTED), ("space", " ", REJECTED), ("empty", "", REJECTED),
            ("UTF-8", "bücher.example.com".encode(), REJECTED), ("NUL", b"www.example.com\0.evil.org", REJECTED),
            ("empty label", "a..example.com", REJECTED), ("leading dot", ".example.com", REJECTED),
            ("hyphen first", "-a.example.com", REJECTED), ("label of 64", f"{'a' * 64}.example.com", REJECTED),
            ("256 octets", ".".join(["a" * 50] * 5) + ".example.com", REJECTED), ("two wildcards", "*.*.example.com", WEB_REJECTS)]
    for what, bad, verdict in rows:
        host = leaf(ROOT, given={"names": ext.alternative_names(f"dns:{HOST}", names.dns(bad))})
        yield Case(f"hosts/malformed/{what}", section, verdict, [host], [ROOT])
    for size in (0, 3, 5, 8, 15, 17, 32):
        host = leaf(ROOT, given={"names": ext.alternative_names(f"dns:{HOST}", names.ip(bytes(size)))})
        yield Case(f"hosts/malformed/address of {size} octets", "RFC 5280, 4.2.1.6", REJECTED, [host], [ROOT])
    nul = leaf(ROOT, given={"names": ext.alternative_names(names.dns(b"www.example.com\0.evil.org"))})
    yield Case("hosts/malformed/NUL cuts it short", section, REJECTED, [nul], [ROOT])


def authorities_names() -> Iterator[Case]:
    """The names of authorities are not compared with anything that was asked."""
    root = ca("Hosts Root", given={"names": ext.alternative_names("dns:ca.example.com")})
    middle = ca("Hosts Middle", root, given={"names": ext.alternative_names("dns:ca.example.com")})
    yield Case("hosts/authorities/their names do not matter", "RFC 9525, 6", either(True), [leaf(middle), middle], [root])
    yield Case("hosts/authorities/their names do not help", "RFC 9525, 6", REJECTED, [leaf(middle), middle], [root],
               names=("dns:ca.example.com",))


def cases() -> Iterator[Case]:
    for group in (matches, several, common_name, malformed, authorities_names):
        yield from group()
