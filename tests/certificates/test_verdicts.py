"""Every case is judged as its source says, and the judge says why."""

from __future__ import annotations

import hashlib
import zlib

import ask
import pytest
from case import EVERYTHING, Case



def profiles(case: Case) -> list[str]:
    """Those it has a verdict for; where the Web's is the RFC's, a run of some cases asks one time in four."""
    verdict = case.verdict
    same = "rfc5280" in verdict and verdict.get("webpki") == verdict["rfc5280"]
    skips = same and not EVERYTHING and zlib.crc32(case.name.encode()) % 4
    return [profile for profile in verdict if profile != "webpki" or not skips]


def asked_cases() -> list[Case]:
    """All, but of a program that watches its memory one in six: the verdicts are the same, and it takes long to start."""
    one_in = 6 if ask.is_sanitized() and not EVERYTHING else 1
    return [case for case in ask.all_cases() if zlib.crc32(case.name.encode()) % one_in == 0]


ASKED = [pytest.param(case, profile, id=f"{case.name} [{profile}]") for case in asked_cases()
         for profile in profiles(case)]


@pytest.mark.parametrize(("case", "profile"), ASKED)
def test_is_judged_rightly(case: Case, profile: str, answers: dict[tuple[str, str], ask.Answer]):
    answer = answers[case.name, profile]
    assert not ask.SANITIZER.search(answer.complained), answer.complained
    assert answer.status in (0, 1, 2), answer
    assert answer.trusted == case.verdict[profile], f"{case.source}: {answer.said or answer.complained}"
    if answer.status == 2:
        assert answer.complained.startswith("pforte: "), answer
        return
    document = answer.document
    assert document["trusted"] == answer.trusted
    if answer.trusted:
        prints = [one["sha256"].replace(":", "").lower() for one in document["path"]]
        assert prints[0] == fingerprint(case.chain[0].der)
        assert prints[-1] in {fingerprint(anchor.der) for anchor in case.trust}
        assert len(set(prints)) == len(prints)
    else:
        reasons = [finding for finding in document["findings"] if finding["level"] == "error"]
        assert reasons, answer.said
        assert all(finding["id"] and finding["message"] and finding["remedy"] for finding in reasons), answer.said


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
