"""What a certificate must and must not hold, field by field (RFC 5280, 4)."""

from __future__ import annotations

from collections.abc import Iterator

import der
import extensions as ext
import keys
import names
from case import REJECTED, RFC_ALONE, RFC_REJECTS, RFC_TRUSTS, TRUSTED, WEB_TRUSTS, Case, either
from recipe import CA_LIFE, HOST, LEAF_LIFE, Certificate, at, ca, leaf

ROOT = ca("Form Root")


def of_leaf(name: str, section: str, verdict: dict[str, bool], **changes) -> Case:
    return Case(f"form/leaf/{name}", section, verdict, [leaf(ROOT, **changes)], [ROOT])


def of_middle(name: str, section: str, verdict: dict[str, bool], **changes) -> Case:
    middle = ca("Form Middle", ROOT, **changes)
    return Case(f"form/intermediate/{name}", section, verdict, [leaf(middle), middle], [ROOT])


def of_anchor(name: str, section: str, verdict: dict[str, bool], **changes) -> Case:
    anchor = ca("Form Anchor", **changes)
    middle = ca("Form Middle", anchor)
    return Case(f"form/anchor/{name}", section, verdict, [leaf(middle), middle], [anchor])


EVERYWHERE = (of_leaf, of_middle, of_anchor)


def versions() -> Iterator[Case]:
    section = "RFC 5280, 4.1.2.1; BR 7.1.1"
    for make in EVERYWHERE:
        yield make("version 2 with extensions", section, REJECTED, version=2)
        yield make("version 1 with extensions", section, REJECTED, version=1)
        yield make("version 4", section, REJECTED, version=4)
        yield make("version 3 without extensions", "RFC 5280, 4.2", REJECTED, extension_block=b"")
        yield make("empty list of extensions", "RFC 5280, 4.1: SIZE (1..MAX)", REJECTED,
                   extension_block=der.explicit(3, der.sequence()))
    yield of_middle("version 1", section, REJECTED, version=1, extension_block=b"")
    yield of_anchor("version 1", section, {"webpki": False}, version=1, extension_block=b"")
    yield of_leaf("unique identifiers", "RFC 5280, 4.1.2.8: accepted by those who verify", RFC_TRUSTS,
                  unique=der.implicit(1, b"\0\1\2") + der.implicit(2, b"\0\3\4"))


def serials() -> Iterator[Case]:
    section = "RFC 5280, 4.1.2.2"
    for make in (of_leaf, of_middle):
        yield make("serial 1", section, TRUSTED, serial=1)
        yield make("serial of 20 octets", section, TRUSTED, serial=(1 << 159) - 1)
        yield make("serial of 20 octets, high bit", section, WEB_TRUSTS | RFC_TRUSTS, serial=(1 << 160) - 1)
        yield make("serial of 21 octets", section, REJECTED, serial=1 << 165)
        yield make("serial of 22 octets", section, REJECTED, serial=1 << 175)
        yield make("serial 0", section, REJECTED, serial=0)
        yield make("serial negative", section, REJECTED, serial=-5)


    yield of_anchor("serial 0", "RFC 5280, 6.1: roots in use have it", TRUSTED, serial=0)


def algorithms() -> Iterator[Case]:
    section = "RFC 5280, 4.1.1.2"
    for make in EVERYWHERE:
        yield make("two algorithms", section, REJECTED, inner_algorithm="ecdsa-sha384")
    for make in (of_leaf, of_middle):
        yield make("bad signature", "RFC 5280, 6.1.3", REJECTED, spoil=True)
        yield make("signed with SHA-1", "RFC 6194; BR 7.1.3.2", REJECTED, algorithm="ecdsa-sha1")
    rsa = keys.rsa_key(2048)
    root = ca("RSA Root", key=rsa)
    for algorithm, verdict in (("rsa-sha256", TRUSTED), ("rsa-sha384", TRUSTED), ("rsa-pss", TRUSTED),
                               ("rsa-sha1", REJECTED), ("rsa-md5", REJECTED)):
        yield Case(f"form/algorithm/{algorithm}", "RFC 8017; RFC 4055; BR 7.1.3.2", verdict,
                   [leaf(root, algorithm=algorithm)], [root])
    for curve in ("p384", "p521"):
        root = ca("Curve Root", key=keys.elliptic(curve, "root"))
        yield Case(f"form/algorithm/{curve}", "RFC 5480", TRUSTED if curve == "p384" else RFC_TRUSTS,
                   [leaf(root, algorithm="ecdsa-sha384" if curve == "p384" else "ecdsa-sha512")], [root])
    root = ca("Edwards Root", key=keys.edwards("root"))
    yield Case("form/algorithm/ed25519", "RFC 8410; not in BR 7.1.3.1", RFC_ALONE, [leaf(root)], [root])


def distinguished_names() -> Iterator[Case]:
    yield of_leaf("issuer empty", "RFC 5280, 4.1.2.4", REJECTED, issuer=names.name(""))
    nameless = ca("", given={"names": ext.alternative_names("dns:ca.example.com").marked(True)})
    yield Case("form/anchor/subject empty", "RFC 5280, 4.1.2.6", REJECTED, [leaf(nameless)], [nameless])
    middle = ca("", ROOT, given={"names": ext.alternative_names("dns:ca.example.com").marked(True)})
    yield Case("form/intermediate/subject empty", "RFC 5280, 4.1.2.6", REJECTED, [leaf(middle), middle], [ROOT])
    critical = ext.alternative_names(f"dns:{HOST}").marked(True)
    section = "RFC 5280, 4.2.1.6; BR 7.1.2.7.12"
    yield of_leaf("subject empty, names critical", section, TRUSTED, subject="", given={"names": critical})
    yield of_leaf("subject empty, names not critical", section, REJECTED, subject="")
    yield of_leaf("subject there, names critical", section, RFC_ALONE, given={"names": critical})
    yield of_leaf("subject empty, no names", section, REJECTED, subject="", given={"names": None})


def comparisons() -> Iterator[Case]:
    """Names that are the same although their octets are not (RFC 5280, 7.1)."""
    rows = [("capitals", "O=Company, CN=Same", "O=COMPANY, CN=same", True),
            ("spaces", "O=My Company, CN=Same", "O= My   Company , CN=Same", True),
            ("order of RDNs", "O=Company, CN=Same", "CN=Same, O=Company", False), ("order within one", "O=A + CN=B", "CN=B + O=A", True),
            ("another value", "O=Company, CN=Same", "O=Company, CN=Sane", False),
            ("one RDN more", "O=Company, CN=Same", "O=Company, OU=X, CN=Same", False),
            ("one RDN less", "O=Company, OU=X, CN=Same", "O=Company, CN=Same", False),
            ("domain components", "DC=com, DC=Example", "DC=COM, DC=example", True)]
    for what, subject, issuer, same in rows:
        root = ca(subject)
        verdict = RFC_TRUSTS if same else REJECTED
        yield Case(f"form/name/{what}", "RFC 5280, 7.1", verdict, [leaf(root, issuer=names.name(issuer))], [root])
    root = ca(names.name("O=Company, CN=Same", der.PRINTABLE))
    yield Case("form/name/string types", "RFC 5280, 7.1", RFC_TRUSTS,
               [leaf(root, issuer=names.name("O=Company, CN=Same"))], [root])


def extension_rules() -> Iterator[Case]:
    for make in EVERYWHERE:
        yield make("unknown extension, critical", "RFC 5280, 4.2", REJECTED, more=[ext.unknown(True)])
        yield make("unknown extension", "RFC 5280, 4.2", TRUSTED, more=[ext.unknown(False)])
        yield make("unknown extension twice", "RFC 5280, 4.2", REJECTED, more=[ext.unknown(False)] * 2)
        yield make("subject key identifier, critical", "RFC 5280, 4.2.1.2", REJECTED,
                   given={"ski": ext.subject_key(bytes(20)).marked(True)})
    issuers = ext.authority_information(("1.3.6.1.5.5.7.48.2", "http://ca.example.com/ca.der"))
    yield of_leaf("authority information", "RFC 5280, 4.2.2.1", TRUSTED, more=[issuers])
    yield of_leaf("authority information, critical", "RFC 5280, 4.2.2.1", REJECTED, more=[issuers.marked(True)])
    yield of_leaf("authority information, garbage", "BR 7.1.2.7.7; RFC 5280, 4.2.2.1", {"webpki": False}, more=[issuers.holding(b"x")])
    yield of_leaf("same names twice", "RFC 5280, 4.2", REJECTED, more=[ext.alternative_names(f"dns:{HOST}")])
    for what, holding in (("text", b"www.example.com"), ("nothing", b""), ("an empty list", der.sequence()),
                          ("trailing octets", ext.alternative_names(f"dns:{HOST}").value + b"\0"),
                          ("a tag that is none", der.sequence(der.implicit(9, b"x")))):
        yield of_leaf(f"names hold {what}", "RFC 5280, 4.2.1.6", REJECTED,
                      given={"names": ext.alternative_names().holding(holding)})
    for what, holding in (("text", b"serverAuth"), ("an empty list", der.sequence()), ("an integer", der.integer(1))):
        yield of_leaf(f"purposes hold {what}", "RFC 5280, 4.2.1.12: SIZE (1..MAX)", REJECTED,
                      given={"purposes": ext.extended_key_usage().holding(holding)})


def identifiers() -> Iterator[Case]:
    section = "RFC 5280, 4.2.1.1 and 4.2.1.2"
    yield of_leaf("no authority key identifier", section, RFC_REJECTS, given={"aki": None})
    yield of_middle("no authority key identifier", section, RFC_REJECTS, given={"aki": None})
    yield of_anchor("no authority key identifier", section, TRUSTED)
    yield of_anchor("authority key identifier", section, TRUSTED, given={
        "aki": ext.authority_key(keys.p256(names.name("CN=Form Anchor").hex()).identifier)})
    yield of_anchor("authority key identifier, critical", section, REJECTED, given={
        "aki": ext.authority_key(keys.p256(names.name("CN=Form Anchor").hex()).identifier).marked(True)})
    yield of_leaf("authority key identifier, critical", section, REJECTED,
                  given={"aki": ext.authority_key(ROOT.key.identifier).marked(True)})
    yield of_leaf("no subject key identifier", section, TRUSTED, given={"ski": None})
    yield of_middle("no subject key identifier", section, RFC_REJECTS, given={"ski": None})
    yield of_anchor("no subject key identifier", section, RFC_REJECTS, given={"ski": None})


def authorities() -> Iterator[Case]:
    section = "RFC 5280, 4.2.1.9 and 4.2.1.3"
    no_ca = ext.basic_constraints(False)
    for make in (of_middle, of_anchor):
        yield make("no basic constraints", section, REJECTED, given={"constraints": None})
        yield make("no authority", section, REJECTED, given={"constraints": no_ca})
        yield make("may not sign certificates", section, REJECTED, given={"usage": ext.key_usage("cRLSign")})
        yield make("key usage of no bits", section, REJECTED, given={"usage": ext.key_usage()})
        yield make("key usage not critical", section, RFC_TRUSTS, given={"usage": ext.key_usage("keyCertSign").marked(False)})
        yield make("path length without keyCertSign", section, REJECTED, path_length=0, given={"usage": ext.key_usage("cRLSign")})
        yield make("negative path length", section, REJECTED, path_length=-1)
    yield of_middle("no key usage", "RFC 5280, 6.1.4 (n): if there is one", RFC_TRUSTS, given={"usage": None})
    yield of_middle("basic constraints not critical", "RFC 5280, 6.1.4 (k); PKITS 4.6.4", RFC_TRUSTS,
                    given={"constraints": ext.basic_constraints(True).marked(False)})
    yield of_anchor("basic constraints not critical", section, REJECTED,
                    given={"constraints": ext.basic_constraints(True).marked(False)})
    yield of_leaf("no basic constraints", section, TRUSTED, given={"constraints": None})
    yield of_leaf("no key usage", section, TRUSTED, given={"usage": None})
    yield of_leaf("keyCertSign without authority", section, REJECTED,
                  given={"usage": ext.key_usage("digitalSignature", "keyCertSign")})
    yield of_leaf("path length without authority", section, REJECTED, given={"constraints": ext.basic_constraints(False, 0)})
    for what, value in (("explicit false", der.sequence(der.boolean(False))), ("a number first", der.sequence(der.integer(1)))):
        yield of_middle(f"basic constraints hold {what}", section, REJECTED, given={"constraints": no_ca.holding(value)})


def authority_as_leaf() -> Iterator[Case]:
    section = "RFC 5280, 6.1 asks nothing of the last certificate; BR 7.1.2.7.8"
    names_of = {"names": ext.alternative_names(f"dns:{HOST}")}
    first = ca("First", ROOT, path_length=0)
    yield Case("form/authority as leaf/plain", section, RFC_ALONE, [ca("Peer", ROOT, given=names_of)], [ROOT])
    yield Case("form/authority as leaf/below path length 0", "RFC 5280, 4.2.1.9", RFC_ALONE,
               [ca("Peer", first, path_length=0, given=names_of), first], [ROOT])
    yield Case("form/authority as leaf/other name", section, REJECTED, [ca("Peer", ROOT, given=names_of)], [ROOT],
               names=("dns:other.example.com",))
    yield of_leaf("an authority by its constraints", "BR 7.1.2.7.8", {"webpki": False},
                  given={"constraints": ext.basic_constraints(True)})


def path_lengths() -> Iterator[Case]:
    """Lengths from the anchor down; "s" marks an authority that is self-issued and not counted."""
    rows = [("0", True), ("1", True), ("0 0", False), ("0 -", False), ("1 -", True), ("1 0", True), ("1 2", True), ("1 - -", False),
            ("1 0 0", False), ("2 1 0", True), ("- 0 -", False), ("- 1 -", True), ("6 0", True), ("0 s", True), ("1 s -", True),
            ("0 s -", False), ("1 - s", True), ("0 s s s", True), ("1 - s -", False)]
    for row, trusted in rows:
        chain: list[Certificate] = [ROOT]
        for number, length in enumerate(row.split()):
            above = chain[-1]
            own = int(length) if length.isdigit() else None
            if length == "s":
                chain.append(ca(above.subject, above, key=keys.p256(f"rolled {number}")))
            else:
                chain.append(ca(f"Length {number}", above, path_length=own))
        yield Case(f"form/path length/{row}", "RFC 5280, 4.2.1.9 and 6.1.4", either(trusted),
                   [leaf(chain[-1]), *reversed(chain[1:])], [ROOT])
    for length, trusted in ((0, False), (1, True)):
        anchor = ca("Short Root", path_length=length)
        middle = ca("Middle", anchor)
        yield Case(f"form/path length/of the anchor {length}", "RFC 5280, 6.1.1 (d): an anchor's limits", either(trusted),
                   [leaf(middle), middle], [anchor])


def purposes() -> Iterator[Case]:
    section = "RFC 5280, 4.2.1.12"
    rows = [("server", "server", TRUSTED), ("client", "server", REJECTED), ("server client", "server", TRUSTED),
            ("email", "server", REJECTED), ("any", "server", RFC_ALONE), ("client", "client", RFC_TRUSTS),
            ("server", "client", RFC_REJECTS), ("server client", "client", RFC_TRUSTS)]
    for held, asked, verdict in rows:
        host = leaf(ROOT, given={"purposes": ext.extended_key_usage(*held.split())})
        yield Case(f"form/purpose/{held} for {asked}", section, verdict, [host], [ROOT], purpose=asked)
    yield of_leaf("no purposes", f"{section}; BR 7.1.2.7.6", RFC_ALONE, given={"purposes": None})
    for held, verdict in (("server", TRUSTED), ("server client", TRUSTED), ("email", REJECTED), ("client", REJECTED),
                          ("any", RFC_TRUSTS), ("code email", REJECTED)):
        yield of_middle(f"for {held}", "BR 7.1.2.10.6; what all clients do", verdict,
                        more=[ext.extended_key_usage(*held.split())])
    for usage, verdict in (("keyEncipherment", RFC_TRUSTS), ("digitalSignature", TRUSTED), ("keyAgreement", RFC_TRUSTS)):
        yield of_leaf(f"usage {usage}", "RFC 5280, 4.2.1.12 with 4.2.1.3", verdict, given={"usage": ext.key_usage(usage)})


def times() -> Iterator[Case]:
    section = "RFC 5280, 4.1.2.5"
    begin, end = LEAF_LIFE
    yield of_leaf("GeneralizedTime before 2050", "PKITS 4.2.4", RFC_TRUSTS, life=(der.generalized_time(begin), end))
    for what, text in (("fractions", b"20260101000000.5Z"), ("no seconds", b"202601010000Z"), ("an offset", b"20260101000000+0100"),
                       ("a 13th month", b"20261301000000Z"), ("letters", b"2026010100000xZ")):
        yield of_leaf(f"time with {what}", section, REJECTED, life=(der.tlv(0x18, text), end))
    yield of_leaf("UTCTime without seconds", section, REJECTED, life=(der.tlv(0x17, b"2601010000Z"), end))
    yield of_leaf("ends before it begins", section, REJECTED, life=(end, begin))
    yield of_leaf("begins in 1950", section, TRUSTED, life=(at("1950-01-01"), end))
    yield of_leaf("begins in 1999", section, TRUSTED, life=(at("1999-01-01"), end))
    yield of_leaf("ends in 2050", section, RFC_TRUSTS, life=(begin, at("2050-01-01")))
    yield of_middle("ends in 2049", section, TRUSTED, life=(CA_LIFE[0], at("2049-12-31")))


def shapes() -> Iterator[Case]:
    """What careful, old-fashioned and careless issuers have in common: nothing forbids it."""
    plain = {"usage": ext.key_usage("keyCertSign").marked(False), "names": ext.alternative_names("dns:example.com")}
    ages = (at("1970-01-01"), at("2969-05-03"))
    root = ca("Shape Root", life=ages, given=plain)
    middle = ca("O=Shape + CN=Middle, OU=5128395123", root, life=ages, given=plain)
    loose = {"usage": ext.key_usage("digitalSignature").marked(False), "constraints": None}
    section = "RFC 5280, 4.2.1.3 and 6.1: a SHOULD rejects nothing"
    yield Case("form/shape/loose", section, TRUSTED, [leaf(middle, subject="CN=example.com", life=ages, given=loose), middle], [root])
    strict = {"constraints": ext.basic_constraints(False), "usage": ext.key_usage("digitalSignature", "keyEncipherment")}
    yield Case("form/shape/strict", section, TRUSTED, [leaf(root, given=strict, key=keys.rsa_key(2048), serial=1 << 143)], [root])
    bare = {"names": None, "purposes": None, "constraints": None,
            "usage": ext.key_usage("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment")}
    person = leaf(ROOT, subject="C=DE, O=Company, CN=jo", given=bare, more=[ext.policies(ext.policy(1)).marked(False)])
    yield Case("form/shape/for nothing in particular", "PKITS 4.1.1", RFC_TRUSTS, [person], [ROOT], names=())
    attributes = names.name("C=DE, ST=Hessen, L=Gießen, O=Firma, OU=Vertrieb, title=Dr, SN=Muster, GN=Jo, initials=JM, "
                            "generation=III, pseudonym=jo, dnQualifier=CA, serialNumber=12, DC=example, CN=Authority")
    authority = ca(attributes, ROOT)
    yield Case("form/shape/every attribute", "PKITS 4.3.7, 4.3.8", TRUSTED, [leaf(authority), authority], [ROOT])


def cases() -> Iterator[Case]:
    for group in (versions, serials, algorithms, distinguished_names, comparisons, extension_rules, identifiers, authorities,
                  authority_as_leaf, path_lengths, purposes, times, shapes):
        yield from group()
