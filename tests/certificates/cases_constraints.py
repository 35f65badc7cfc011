"""Name constraints: which names are inside a subtree, and what follows for a path (RFC 5280, 4.2.1.10)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import der
import extensions as ext
import keys
import names
from case import EVERYTHING, REJECTED, RFC_TRUSTS, TRUSTED, WEB_ALONE, WEB_TRUSTS, Case, either, rfc
from recipe import HOST, Certificate, ca, leaf

SECTION = "RFC 5280, 4.2.1.10"
ROOT = ca("Constraints Root")

# (base of a subtree, name, whether it is inside)
INSIDE: dict[str, list[tuple[str, str, bool]]] = {
    "dns": [
        ("example.com", "example.com", True), ("example.com", "www.example.com", True),
        ("example.com", "a.b.c.example.com", True), ("example.com", "badexample.com", False),
        ("example.com", "example.com.evil.org", False), ("example.com", "com", False),
        ("example.com", "example.org", False), ("EXAMPLE.com", "www.example.COM", True),
        ("www.example.com", "example.com", False), ("www.example.com", "www.example.com", True),
        ("www.example.com", "ftp.example.com", False), ("com", "example.com", True), ("", "example.com", True),
        ("xn--bcher-kva.example", "www.xn--bcher-kva.example", True),
        ("a-very-long-label-that-is-still-below-the-bound-of-63-octets-x.test",
         "b.a-very-long-label-that-is-still-below-the-bound-of-63-octets-x.test", True),
    ],
    "ip": [
        ("192.0.2.0/24", "192.0.2.1", True), ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.0/24", "192.0.3.0", False), ("192.0.2.0/24", "192.0.1.255", False),
        ("192.0.2.1/32", "192.0.2.1", True), ("192.0.2.1/32", "192.0.2.2", False),
        ("0.0.0.0/0", "203.0.113.7", True), ("10.0.0.0/8", "11.0.0.1", False), ("128.0.0.0/1", "127.255.255.255", False),
        ("192.0.2.64/26", "192.0.2.127", True), ("192.0.2.64/26", "192.0.2.128", False),
        ("2001:db8::/32", "2001:db8::1", True), ("2001:db8::/32", "2001:db9::1", False), ("::1/128", "::1", True),
        ("::1/128", "::2", False), ("::/0", "2001:db8::1", True), ("2001:db8::/127", "2001:db8::2", False),
        ("192.0.2.0/24", "2001:db8::1", False), ("2001:db8::/32", "192.0.2.1", False),
        ("192.0.2.0/24", "::ffff:192.0.2.1", False), ("::ffff:192.0.2.0/120", "192.0.2.1", False),
        ("0.0.0.0/0", "::", False), ("::/0", "0.0.0.0", False),
    ],
    "email": [
        ("jo@example.com", "jo@example.com", True), ("jo@example.com", "mo@example.com", False),
        ("jo@example.com", "jo@www.example.com", False), ("jo@example.com", "jo@EXAMPLE.com", True),
        ("jo@example.com", "JO@example.com", False), ("example.com", "jo@example.com", True),
        ("example.com", "jo@www.example.com", False), ("example.com", "jo@badexample.com", False),
        (".example.com", "jo@www.example.com", True), (".example.com", "jo@a.b.example.com", True),
        (".example.com", "jo@example.com", False), (".example.com", "jo@badexample.com", False),
    ],
    "uri": [
        ("example.com", "https://example.com/a", True), ("example.com", "https://www.example.com/a", False),
        (".example.com", "https://www.example.com/a", True), (".example.com", "https://example.com/a", False),
        (".example.com", "https://a.b.example.com:8443/x?y#z", True), ("example.com", "https://example.com:8443/", True),
        ("example.com", "https://jo@example.com/", True), ("example.com", "https://example.com@evil.org/", False),
        ("example.com", "https://EXAMPLE.com", True), ("example.com", "https://badexample.com/", False),
        ("example.com", "ldap://example.com/o=x??sub", True),
    ],
    "dir": [
        ("O=Company", "O=Company, CN=jo", True), ("O=Company", "O=Company", True),
        ("O=Company", "O=Other, CN=jo", False), ("O=Company, OU=Sales", "O=Company, OU=Sales, CN=jo", True),
        ("O=Company, OU=Sales", "O=Company, CN=jo", False), ("O=Company, OU=Sales", "OU=Sales, O=Company, CN=jo", False),
        ("O=company", "O=COMPANY, CN=jo", True), ("O=My  Company", "O=my company, CN=jo", True),
        ("O= Company ", "O=Company, CN=jo", True), ("O=Company", "O=Company2, CN=jo", False),
        ("CN=jo", "O=Company, CN=jo", False), ("C=DE, O=Company", "C=DE, O=Company, CN=jo", True),
        ("O=Company + OU=Sales", "OU=Sales + O=Company, CN=jo", True),
        ("O=Company + OU=Sales", "O=Company, CN=jo", False), ("", "O=Company, CN=jo", True),
    ],
}


def constrained(kind: str, permitted=None, excluded=None, **rest) -> Certificate:
    return ca(f"CN={kind}", ROOT, more=[ext.name_constraints(permitted, excluded, **rest)])


def path(name: str, verdict: dict[str, bool], authority: Certificate, *generals: str | bytes, asked: str | None = None,
         subject: str = "", source: str = SECTION, more: tuple = (), **fields) -> Case:
    """Root, `authority`, and a leaf of the names `generals`; the host is among them unless another name is asked."""
    alternatives = ext.alternative_names(*generals).marked(not subject)
    host = leaf(authority, subject=subject, given={"names": alternatives}, more=more)
    return Case(f"constraints/{name}", source, verdict, [host, authority], [ROOT],
                names=(asked,) if asked else (), **fields)


def forms() -> Iterator[Case]:
    """Each kind of name, permitted and excluded, inside and outside."""
    for kind, rows in INSIDE.items():
        for base, name, inside in rows:
            general = f"{kind}:{name}"
            asked = general if kind in ("dns", "ip", "email") else None
            for listing in ("permitted", "excluded"):
                authority = constrained(f"{kind} {listing}", **{listing: [f"{kind}:{base}"]})
                trusted = inside == (listing == "permitted")
                verdict = either(trusted) if kind == "dns" and "." in name else rfc(trusted)
                yield path(f"{kind}/{listing}/{base or 'everything'}/{name}", verdict, authority, general, asked=asked)


def wildcards() -> Iterator[Case]:
    """A wildcard stands for every name it could become."""
    source = f"{SECTION}; RFC 9525, 6.3; CVE-2025-61727"
    rows = [("excluded bar", None, ["dns:bar.example.com"], REJECTED), ("excluded apex", None, ["dns:example.com"], REJECTED),
            ("excluded other", None, ["dns:example.org"], TRUSTED), ("permitted foo", ["dns:foo.example.com"], None, REJECTED),
            ("permitted bar", ["dns:bar.example.com"], None, REJECTED), ("permitted apex", ["dns:example.com"], None, WEB_TRUSTS),
            ("permitted other", ["dns:example.org"], None, REJECTED)]
    for what, permitted, excluded, verdict in rows:
        yield path(f"wildcard/{what}", verdict, constrained(what, permitted, excluded), "dns:*.example.com",
                   asked="dns:bar.example.com", source=source)


def other_forms() -> Iterator[Case]:
    """A form that is constrained and that nobody can compare is fatal where such a name occurs, and only there."""
    for form in (names.other("1.3.6.1.4.1.55555.9"), names.registered("1.3.6.1.4.1.55555.8"),
                 der.explicit(5, der.explicit(1, der.tlv(der.UTF8, b"party")))):
        for listing in ("permitted", "excluded"):
            authority = constrained(f"other {listing}", **{listing: [form]})
            kind = f"{form[0]:02x}"
            yield path(f"unsupported/{listing}/{kind}/occurs", REJECTED, authority, f"dns:{HOST}", form, asked=f"dns:{HOST}")
            yield path(f"unsupported/{listing}/{kind}/does not", TRUSTED, authority, f"dns:{HOST}", asked=f"dns:{HOST}")


def malformed() -> Iterator[Case]:
    """Subtrees and names that are none."""
    good = f"dns:{HOST}"
    bases = [("dns wildcard", "dns:*.example.com", good), ("dns leading dot", "dns:.example.com", good),
             ("dns empty label", "dns:www..example.com", good), ("dns space", "dns: ", good),
             ("email two at", "email:a@b@example.com", "email:jo@example.com")]
    for what, base, name in bases:
        yield path(f"malformed/base/{what}", REJECTED, constrained("malformed", [base]), name, asked=name)
    for size in (0, 4, 5, 7, 9, 16, 31, 33):
        authority = constrained("bytes", [names.ip(bytes(size))])
        yield path(f"malformed/base/ip of {size} octets", REJECTED, authority, "ip:192.0.2.1", asked="ip:192.0.2.1")
    authority = constrained("mask", [names.ip(bytes([192, 0, 2, 0, 255, 0, 255, 0]))])
    yield path("malformed/base/ip mask with a hole", REJECTED, authority, "ip:192.0.2.1", asked="ip:192.0.2.1")
    alternatives = [("dns leading dot", ["dns:example.com"], "dns:.example.com", good),
                    ("dns empty label", ["dns:example.com"], "dns:a..example.com", good),
                    ("ip with mask", ["ip:192.0.2.0/24"], names.ip("192.0.2.0/24"), "ip:192.0.2.1"),
                    ("email two at", ["email:example.com"], "email:a@b@example.com", "email:jo@example.com"),
                    ("email no at", ["email:example.com"], "email:example.com", "email:jo@example.com"),
                    ("uri no host", ["uri:example.com"], "uri:mailto:jo@example.com", good),
                    ("uri address", ["uri:example.com"], "uri:https://192.0.2.1/", good),
                    ("uri relative", ["uri:example.com"], "uri:/a/b", good)]
    for what, permitted, bad, asked in alternatives:
        yield path(f"malformed/name/{what}", REJECTED, constrained("malformed", permitted), asked, bad, asked=asked)


def extension_form() -> Iterator[Case]:
    good, asked = [f"dns:{HOST}"], f"dns:{HOST}"
    yield path("form/minimum 1", REJECTED, constrained("f", good, minimum=der.implicit(0, b"\1")), *good, asked=asked)
    yield path("form/maximum", REJECTED, constrained("f", good, maximum=der.implicit(1, b"\5")), *good, asked=asked)
    yield path("form/no list", REJECTED, constrained("f"), *good, asked=asked)
    yield path("form/both lists empty", REJECTED, constrained("f", [], []), *good, asked=asked)
    yield path("form/permitted empty", REJECTED, constrained("f", [], ["dns:x.test"]), *good, asked=asked)
    yield path("form/not critical", WEB_ALONE, ca("CN=f", ROOT, more=[ext.name_constraints(good).marked(False)]), *good,
               asked=asked, source=f"{SECTION}; BR 7.1.2.5.2")
    yield path("form/garbage", REJECTED, ca("CN=f", ROOT, more=[ext.name_constraints(good).holding(b"example.com")]), *good,
               asked=asked)
    for critical in (True, False):
        plain = ca("CN=plain", ROOT)
        yield path(f"form/in a leaf/critical {critical}", REJECTED, plain, *good, asked=asked,
                   more=(ext.name_constraints(good).marked(critical),))


def together() -> Iterator[Case]:
    """Several subtrees, several names, several authorities."""
    asked = "dns:foo.example.com"
    rows = [("second name excluded", None, ["dns:bad.example.com"], [asked, "dns:bad.example.com"], False),
            ("second name not permitted", ["dns:foo.example.com"], None, [asked, "dns:bar.example.com"], False),
            ("excluded beats permitted", ["dns:example.com"], ["dns:foo.example.com"], [asked], False),
            ("excluded beside permitted", ["dns:example.com"], ["dns:bar.example.com"], [asked], True),
            ("one of several permitted", ["dns:x.test", "dns:example.com"], None, [asked], True),
            ("one of several excluded", None, ["dns:x.test", "dns:example.com"], [asked], False),
            ("permitted of another form", ["ip:192.0.2.0/24"], None, [asked], True),
            ("excluded of another form", None, ["ip:192.0.2.0/24"], [asked], True),
            ("two forms permitted", ["ip:192.0.2.0/24", "dns:example.com"], None, [asked, "ip:192.0.2.1"], True),
            ("two forms, one violated", ["ip:192.0.2.0/24", "dns:example.com"], None, [asked, "ip:192.0.3.1"], False)]
    for what, permitted, excluded, generals, trusted in rows:
        yield path(f"together/{what}", either(trusted), constrained("together", permitted, excluded), *generals, asked=asked)


def chained() -> Iterator[Case]:
    def chain(what: str, trusted: bool, first, second, *, root=ROOT, middle_names=None, asked="dns:foo.example.com"):
        upper = ca("CN=upper", root, more=[ext.name_constraints(*first)] if first else [])
        more = [ext.name_constraints(*second)] if second else []
        given = {"names": ext.alternative_names(*middle_names)} if middle_names else {}
        lower = ca("CN=lower", upper, more=more, given=given)
        return Case(f"constraints/chained/{what}", SECTION, either(trusted), [leaf(lower, asked[4:]), lower, upper], [root],
                    names=(asked,))
    both = (["dns:foo.example.com", "dns:bar.example.com"],)
    foo, bar = (["dns:foo.example.com"],), (["dns:bar.example.com"],)
    yield chain("narrowed away", False, both, bar)
    yield chain("narrowed to it", True, both, foo)
    yield chain("not widened", False, bar, both)
    yield chain("disjoint", False, foo, bar)
    yield chain("excluded above", False, (None, ["dns:foo.example.com"]), foo)
    yield chain("excluded below", False, foo, (None, ["dns:foo.example.com"]))
    yield chain("a name of the lower authority excluded", False, (None, ["dns:bad.test"]), None, middle_names=["dns:bad.test"])
    yield chain("a name of the lower authority not permitted", False, foo, None, middle_names=["dns:bar.example.com"])
    yield chain("a name of the lower authority permitted", True, both, None, middle_names=["dns:bar.example.com"])
    anchor = ca("Constrained Root", more=[ext.name_constraints(["dns:bar.example.com"])])
    yield chain("by the anchor", False, None, None, root=anchor)
    yield chain("by the anchor, permitted", True, None, None, root=anchor, asked="dns:x.bar.example.com")
    yield chain("by the anchor, a name of an authority", False, None, None, root=anchor,
                middle_names=["dns:foo.example.com"], asked="dns:x.bar.example.com")


def self_issued() -> Iterator[Case]:
    section = f"{SECTION}: not applied to self-issued certificates but the last; 6.1.3 (b)"
    limits = [ext.name_constraints(["dns:example.com", "dir:O=Company"])]
    root = ca("O=Other, CN=Rolling", more=limits)
    given = {"names": ext.alternative_names("dns:elsewhere.test")}
    rolled = ca("O=Other, CN=Rolling", root, key=keys.p256("rolled"), given=given)
    good = leaf(rolled, HOST, subject=f"O=Company, CN={HOST}")
    yield Case("constraints/self-issued/authority", section, TRUSTED, [good, rolled], [root])
    bad = leaf(rolled, "elsewhere.test", subject=root.subject)
    yield Case("constraints/self-issued/leaf", section, REJECTED, [bad, rolled], [root], names=("dns:elsewhere.test",))


def subjects() -> Iterator[Case]:
    """directoryName constraints see the subject; an address in the subject is an rfc822Name."""
    company = constrained("dir", ["dir:O=Company"])
    san = f"dns:{HOST}"
    yield path("subject/outside", REJECTED, company, san, subject=f"O=Other, CN={HOST}", asked=san)
    yield path("subject/inside", TRUSTED, company, san, subject=f"O=Company, CN={HOST}", asked=san)
    yield path("subject/empty", TRUSTED, company, san, asked=san)
    yield path("subject/inside, alternative outside", REJECTED, company, san, "dir:O=Other", asked=san,
               subject=f"O=Company, CN={HOST}")
    yield path("subject/outside, alternative inside", REJECTED, company, san, "dir:O=Company", asked=san,
               subject=f"O=Other, CN={HOST}")
    elsewhere = ca("O=Other, CN=Authority", company)
    yield Case("constraints/subject/of an authority outside", f"{SECTION}; PKITS 4.13.3", REJECTED,
               [leaf(elsewhere, subject=f"O=Company, CN={HOST}"), elsewhere, company], [ROOT])
    within = ca("O=Company, CN=Authority", company)
    yield Case("constraints/subject/of an authority inside", f"{SECTION}; PKITS 4.13.1", TRUSTED,
               [leaf(within, subject=f"O=Company, CN={HOST}"), within, company], [ROOT])
    printable = names.directory("O=Company", der.PRINTABLE)
    yield path("subject/other string type", TRUSTED, constrained("dir", [printable]), san, asked=san,
               subject=f"O=company, CN={HOST}", source="RFC 5280, 7.1")
    for listing, held, trusted in (("permitted", "jo@example.com", True), ("permitted", "jo@example.org", False),
                                   ("excluded", "jo@example.com", False), ("excluded", "jo@example.org", True)):
        authority = constrained("mail", **{listing: ["email:example.com"]})
        host = leaf(authority, subject=f"CN=jo, email={held}", given={"names": None})
        yield Case(f"constraints/subject/{listing}, {held} without alternatives", SECTION, rfc(trusted),
                   [host, authority], [ROOT], names=())
    shadow = constrained("cn", ["dns:example.com"])
    yield path("subject/common name is no host", TRUSTED, shadow, san, subject="CN=www.elsewhere.test", asked=san,
               source="RFC 9525, 6.3", )
    yield path("subject/common name alone is no host", REJECTED, shadow, "email:jo@example.com", subject=f"CN={HOST}",
               asked=san, source="RFC 9525, 6.3")


# Everything a host's certificate can say beside constraints on hosts and addresses, each right, wrong or absent.
GRID_NAMES = {"dns": ("test.local", "bad.example.com"), "ip": ("127.0.0.1", "1.1.1.1")}
GRID_TREES = {"dns": ("local", "example.com"), "ip": ("127.0.0.0/24", "1.1.1.0/24")}


def grid_verdict(asked: str, present: dict[str, int], permitted: dict[str, int], excluded: dict[str, int]) -> bool:
    """Names and trees are 0 for absent, 1 for the one asked about, 2 for another."""
    if present[asked] != 1:
        return False
    for form in ("dns", "ip"):
        if present[form] and (permitted[form] not in (0, present[form]) or excluded[form] == present[form]):
            return False
    return True


def grid() -> Iterator[Case]:
    for asked, cn_form, values in itertools.product(("dns", "ip"), ("dns", "ip"), itertools.product(range(3), repeat=7)):
        common, dns, ip, permitted_dns, permitted_ip, excluded_dns, excluded_ip = values
        if cn_form == "ip" and not common:
            continue
        present = {"dns": dns, "ip": ip}
        permitted, excluded = {"dns": permitted_dns, "ip": permitted_ip}, {"dns": excluded_dns, "ip": excluded_ip}
        told = [value for value, base in zip(values, (0, asked == "dns", asked == "ip", 0, 0, 0, 0), strict=True)
                if value != base]
        if len(told) <= 1 or EVERYTHING:
            yield GridCase(asked, cn_form, common, present, permitted, excluded).case()


class GridCase:
    def __init__(self, asked, cn_form, common, present, permitted, excluded):
        self.asked, self.cn_form, self.common = asked, cn_form, common
        self.present, self.permitted, self.excluded = present, permitted, excluded

    def trees(self, chosen: dict[str, int]) -> list[str] | None:
        return [f"{form}:{GRID_TREES[form][value - 1]}" for form, value in chosen.items() if value] or None

    def case(self) -> Case:
        permitted, excluded = self.trees(self.permitted), self.trees(self.excluded)
        limits = [ext.name_constraints(permitted, excluded)] if permitted or excluded else []
        authority = ca("CN=grid", ROOT, more=limits)
        subject = "O=Company"
        if self.common:
            subject += f", CN={GRID_NAMES[self.cn_form][self.common - 1]}"
        generals = [f"{form}:{GRID_NAMES[form][value - 1]}" for form, value in self.present.items() if value]
        alternatives = ext.alternative_names(*generals) if generals else None
        host = leaf(authority, subject=subject, given={"names": alternatives})
        trusted = grid_verdict(self.asked, self.present, self.permitted, self.excluded)
        told = f"{self.asked} cn {self.cn_form}{self.common} names {self.present['dns']}{self.present['ip']}"
        lists = "".join(str(value) for chosen in (self.permitted, self.excluded) for value in chosen.values())
        return Case(f"constraints/grid/{told} trees {lists}", f"{SECTION}; RFC 9525, 6", {"rfc5280": trusted},
                    [host, authority], [ROOT], names=(f"{self.asked}:{GRID_NAMES[self.asked][0]}",))


def cases() -> Iterator[Case]:
    for group in (forms, wildcards, other_forms, malformed, extension_form, together, chained, self_issued, subjects, grid):
        yield from group()
