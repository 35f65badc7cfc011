"""Certificate policies: the sets a path is valid for, and when having none is fatal (RFC 5280, 6.1; PKITS 4.8 to 4.12)."""

from __future__ import annotations

import random
from collections.abc import Iterator

import der
import extensions as ext
import keys
from case import EVERYTHING, REJECTED, TRUSTED, Case, rfc
from policy_tree import ANY, Step, holds
from recipe import HOST, Certificate, ca, leaf

ROOT = ca("Policies Root")


def spoken(text: str) -> Step:
    """A step from words: "1 2 any" policies, "1>2" a mapping, "e0" requireExplicitPolicy, "m0" inhibitPolicyMapping,
    "a0" inhibitAnyPolicy, "self" self-issued, "-" without policies."""
    policies, mappings, limits, self_issued = [], [], {}, False
    kinds = {"e": "require", "m": "inhibit_mapping", "a": "inhibit_any"}
    for word in text.split():
        if word == "self":
            self_issued = True
        elif ">" in word:
            mappings.append(tuple(word.split(">")))
        elif word[0] in kinds and word != ANY:
            limits[kinds[word[0]]] = int(word[1:])
        elif word != "-":
            policies.append(word)
    return Step(tuple(policies) or None, tuple(mappings), self_issued=self_issued, **limits)


def number(policy: str) -> str:
    return ext.ANY_POLICY if policy == ANY else ext.policy(int(policy))


def extensions_of(step: Step) -> list[ext.Extension]:
    made = []
    if step.policies is not None:
        made.append(ext.policies(*map(number, step.policies)))
    if step.mappings:
        made.append(ext.policy_mappings(*((number(a), number(b)) for a, b in step.mappings)))
    if step.require is not None or step.inhibit_mapping is not None:
        made.append(ext.policy_constraints(step.require, step.inhibit_mapping))
    if step.inhibit_any is not None:
        made.append(ext.inhibit_any_policy(step.inhibit_any))
    return made


def path(steps: list[Step]) -> list[Certificate]:
    """The leaf and what is between it and the root."""
    above, chain = ROOT, []
    for place, step in enumerate(steps[:-1]):
        subject = above.subject if step.self_issued else f"Policies {place}"
        above = ca(subject, above, key=keys.p256(f"policies {place}"), more=extensions_of(step))
        chain.insert(0, above)
    subject = above.subject if steps[-1].self_issued else f"CN={HOST}"
    return [leaf(above, subject=subject, more=extensions_of(steps[-1])), *chain]


# PKITS section; authorities from the top, then the leaf; whether the path holds.
ROWS = [
    ("4.8.1", "1 e0 | 1", True), ("4.8.2", "- | -", True), ("4.8.2, explicit", "- e0 | -", False),
    ("4.8.3", "1 | 2 | 1", True), ("4.8.3, explicit", "1 e0 | 2 | 1", False), ("4.8.4", "1 e0 | 1 | 2", False),
    ("4.8.5", "1 e0 | 2 | 2", False), ("4.8.6", "1 2 3 e0 | 1 2 | 1 | 1", True), ("4.8.7", "1 2 3 e0 | 1 2 | 2 | 1", False),
    ("4.8.8", "1 2 3 e0 | 1 2 | 2 3 | 3", False), ("4.8.10", "1 2 e0 | 1 2", True), ("4.8.11", "any e0 | any", True),
    ("4.8.12", "3 e0 | 4", False), ("4.8.14", "any e0 | 1", True), ("4.8.14, the other way", "1 e0 | any", True),
    ("4.9.1", "- e10 | - | - | - | -", True), ("4.9.2", "- e5 | - | - | - | -", True), ("4.9.3", "- e4 | - | - | - | -", False),
    ("4.9.4", "1 e0 | 1 | 1 | 1 | 1", True), ("4.9.5", "- e7 | - e2 | - e4 | - | -", False), ("4.9.6", "- e2 | - self | -", True),
    ("4.9.7", "- e2 | - self | - | -", False), ("4.9.8", "- e2 | - self | - self | - | -", False),
    ("4.9, in the leaf", "- | - e0", False), ("4.9, in a leaf with a policy", "1 | 1 e0", True), ("4.9, 1 in the leaf", "- | - e1", True),
    ("4.10.1", "1 1>2 e0 | 2", True), ("4.10.2", "1 1>2 e0 | 1", False), ("4.10.3", "1 2 1>3 2>4 e0 | 3 4 | 3", True),
    ("4.10.4", "1 2 1>3 2>4 e0 | 3 | 4", False), ("4.10.5", "1 1>2 e0 | 2 2>3 | 3", True), ("4.10.6", "1 1>2 e0 | 2 2>3 | 2", False),
    ("4.10.7", "1 any>2 e0 | 2", False), ("4.10.8", "1 1>any e0 | 2", False), ("4.10.9", "any 1>2 e0 | 2", True),
    ("4.10.10", "1 e0 | any 1>2 | 2", True), ("4.10.11", "1 2 1>2 e0 | 2", True), ("4.10.12", "1 2 1>3 e0 | 1", False),
    ("4.10.13", "1 2 3 1>2 e0 | 2", True), ("4.10.14", "1 1>1 e0 | 1", True), ("4.10, one to many", "1 1>2 1>3 e0 | 3", True),
    ("4.10, without the policy", "1 2>3 e0 | 3", False), ("4.10, not required", "1 1>2 | 1", True),
    ("4.10, from any, not required", "1 any>2 | 2", False),
    ("4.11.1", "1 e0 m0 | 1 1>2 | 2", False), ("4.11.2", "1 2 e0 m1 | 1 2 1>3 2>4 | 3", True),
    ("4.11.3", "1 2 e0 m1 | 1 2 1>3 2>4 | 3 4 3>5 | 5", False), ("4.11.4", "1 2 e0 m1 | 1 2 1>3 2>4 | 3 4 3>5 | 4", True),
    ("4.11.5", "1 e0 m5 | 1 m1 | 1 | 1 1>2 | 2", False), ("4.11.6", "1 e0 m1 | 1 m5 1>2 | 2 2>3 | 3", False),
    ("4.11.7", "1 e0 m1 | 1 self | 1 1>2 | 2", True), ("4.11.8", "1 e0 m1 | 1 self | 1 1>2 | 2 2>3 | 3", False),
    ("4.11.9", "1 e0 m1 | 1 self | 1 1>2 | 2 self 2>3 | 3", False), ("4.11.10", "1 e0 m1 | 1 self 1>2 | 2 | 2", True),
    ("4.12.1", "1 e0 a0 | any", False), ("4.12.2", "1 e0 a0 | 1", True), ("4.12.3", "1 e0 a1 | any | any", False),
    ("4.12.3, once", "1 e0 a1 | any", True), ("4.12.4", "1 e0 a1 | any | 1", True), ("4.12.5", "1 e0 a5 | any a1 | any | any", False),
    ("4.12.6", "1 e0 a1 | any a5 | any", False), ("4.12.7", "1 e0 a1 | any self | 1 | 1", True),
    ("4.12.8", "1 e0 a1 | any self | any | any", False), ("4.12.9", "1 e0 a1 | any self | any | any self | 1", True),
    ("4.12.10", "1 e0 a1 | any self | any | any self | any", False), ("4.12, leaf self-issued", "1 e0 a0 | any self", False),
]


def pkits() -> Iterator[Case]:
    for section, row, trusted in ROWS:
        steps = [spoken(step) for step in row.split("|")]
        assert holds(steps) == trusted, f"{section}: {row}"
        yield Case(f"policies/pkits {section}/{row}", f"PKITS {section.split(',')[0]}; RFC 5280, 6.1", rfc(trusted), path(steps), [ROOT])


def at_random() -> Iterator[Case]:
    """Paths that nobody thought of, always the same ones, judged by policy_tree."""
    chance = random.Random(5280)
    for turn in range(300 if EVERYTHING else 40):
        steps = []
        for place in range(chance.randint(2, 4)):
            policies = chance.sample(["1", "2", "3", ANY], chance.choice((0, 1, 1, 2, 2, 3)))
            pairs = {(chance.choice("123"), chance.choice("123")) for _ in range(chance.choice((0, 0, 1, 2)))}
            limits = {kind: chance.choice((0, 0, 1, 2)) for kind in ("inhibit_mapping", "inhibit_any") if chance.random() < 0.2}
            require = chance.choice((0, 0, 1)) if place == 0 or chance.random() < 0.2 else None
            steps.append(Step(tuple(policies) or None, tuple(sorted(pairs)), require, self_issued=chance.random() < 0.15, **limits))
        steps.append(Step(tuple(chance.sample(["1", "2", "3", ANY], chance.choice((0, 1, 1, 2)))) or None))
        yield Case(f"policies/random/{turn}", "RFC 5280, 6.1", rfc(holds(steps)), path(steps), [ROOT])


def form() -> Iterator[Case]:
    def middle(what: str, section: str, verdict: dict[str, bool], *more: ext.Extension) -> Case:
        authority = ca("Policies Middle", ROOT, more=more)
        return Case(f"policies/form/{what}", section, verdict, [leaf(authority), authority], [ROOT])
    one = ext.policies(ext.policy(1))
    yield middle("policies critical", "RFC 5280, 4.2.1.4", rfc(True), one.marked(True))
    yield middle("policies empty", "RFC 5280, 4.2.1.4: SIZE (1..MAX)", REJECTED, one.holding(der.sequence()))
    yield middle("same policy twice", "RFC 5280, 4.2.1.4", rfc(False), ext.policies(ext.policy(1), ext.policy(1)))
    yield middle("constraints not critical", "RFC 5280, 4.2.1.11", REJECTED, ext.policy_constraints(3).marked(False))
    yield middle("constraints empty", "RFC 5280, 4.2.1.11", REJECTED, ext.policy_constraints())
    yield middle("constraints negative", "RFC 5280, 4.2.1.11", REJECTED, ext.policy_constraints(-1))
    yield middle("inhibit any not critical", "RFC 5280, 4.2.1.14", REJECTED, ext.inhibit_any_policy(3).marked(False))
    yield middle("inhibit any negative", "RFC 5280, 4.2.1.14", REJECTED, ext.inhibit_any_policy(-1))
    yield middle("mappings empty", "RFC 5280, 4.2.1.5: SIZE (1..MAX)", REJECTED, one, ext.policy_mappings())
    yield middle("mappings not critical", "RFC 5280, 4.2.1.5: SHOULD", rfc(True), one,
                 ext.policy_mappings((ext.policy(1), ext.policy(2))).marked(False))
    notice = der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(der.tlv(der.UTF8, b"read me"))))
    statement = der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.tlv(der.IA5, b"https://ca.example.com/")))
    for what, qualifier in (("notice", notice), ("statement", statement)):
        yield middle(f"qualifier {what}", "PKITS 4.8.15 to 4.8.20", TRUSTED, ext.policies(ext.policy(1), qualifier=qualifier))


def blow_up() -> Iterator[Case]:
    """Mappings of everything to everything: a tree of 2 to the 24th leaves (CVE-2023-0464)."""
    pairs = tuple((a, b) for a in "12" for b in "12")
    steps = [Step(("1", "2"), pairs, 0 if place == 0 else None) for place in range(24)]
    yield Case("policies/blow-up/holds", "RFC 5280, 6.1; CVE-2023-0464", rfc(True), path([*steps, Step(("1",))]), [ROOT], max_depth=30)
    yield Case("policies/blow-up/does not", "RFC 5280, 6.1; CVE-2023-0464", rfc(False), path([*steps, Step(("3",))]), [ROOT], max_depth=30)


def cases() -> Iterator[Case]:
    for group in (pkits, at_random, form, blow_up):
        yield from group()
