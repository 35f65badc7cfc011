"""Puts a case to the program, and shows by hand what it and OpenSSL make of one.

    /usr/bin/python3 -B tests/certificates/ask.py PART-OF-A-NAME [FOLDER]

prints every case whose name has that part; with FOLDER its files are left there, with the command that asks.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cases_clients
import cases_constraints
import cases_form
import cases_hosts
import cases_ocsp
import cases_paths
import cases_policies
import cases_revocation
import cases_webpki
from case import Case
from extensions import ANY_POLICY
from recipe import NOW

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PFORTE", str(ROOT / "build/release/pforte"))
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer")
GROUPS = (cases_paths, cases_constraints, cases_form, cases_hosts, cases_policies, cases_revocation, cases_ocsp, cases_webpki,
          cases_clients)


def is_sanitized() -> bool:
    """Whether the program takes many times as long to start, since it watches its memory."""
    program = Path(shlex.split(BINARY)[0])
    return program.is_file() and b"__asan_init" in program.read_bytes()


def all_cases() -> Iterator[Case]:
    return itertools.chain.from_iterable(group.cases() for group in GROUPS)


@dataclass(frozen=True)
class Answer:
    status: int
    said: str
    complained: str

    @property
    def document(self) -> dict:
        return json.loads(self.said)

    @property
    def trusted(self) -> bool:
        return self.status == 0


def run(arguments: Sequence[str | Path], seconds: float = 60) -> Answer:
    done = subprocess.run([*shlex.split(BINARY), "cert", "verify", *map(str, arguments)], capture_output=True, text=True,
                          errors="replace", timeout=seconds, stdin=subprocess.DEVNULL)
    return Answer(done.returncode, done.stdout, done.stderr)


def arguments(case: Case, profile: str, folder: Path) -> list[str]:
    """The case's files in `folder`, and the command line that asks about them."""
    folder.mkdir(parents=True, exist_ok=True)

    def file(name: str, items: Sequence) -> str:
        (folder / name).write_text("".join(item.pem for item in items))
        return str(folder / name)
    made = ["--chain", file("chain.pem", case.chain), "--trust", file("trust.pem", case.trust), "--profile", profile,
            "--purpose", case.purpose, "--at", case.time, "--json"]
    if case.untrusted:
        made += ["--untrusted", file("untrusted.pem", case.untrusted)]
    for number, crl in enumerate(case.crls):
        made += ["--crl", file(f"{number}.crl", [crl])]
    for number, response in enumerate(case.responses):
        (folder / f"{number}.ocsp").write_bytes(response.der)
        made += ["--ocsp", str(folder / f"{number}.ocsp")]
    for name in case.names:
        made += ["--name", name]
    if case.max_depth is not None:
        made += ["--max-depth", str(case.max_depth)]
    return made


def openssl(case: Case, folder: Path) -> str:
    """What OpenSSL says of the same files: a third opinion, not an authority."""
    arguments(case, "rfc5280", folder)
    (folder / "leaf.pem").write_text(case.chain[0].pem)
    (folder / "sent.pem").write_text("".join(one.pem for one in (*case.chain[1:], *case.untrusted)))
    moment = case.at if isinstance(case.at, datetime) else NOW
    options = ["-x509_strict", "-partial_chain", "-auth_level", "2", "-attime", str(int(moment.astimezone(UTC).timestamp())),
               "-purpose", f"ssl{case.purpose}", "-CAfile", "trust.pem",
               "-policy_check", "-policy", ANY_POLICY]
    if len(case.chain) > 1 or case.untrusted:
        options += ["-untrusted", "sent.pem"]
    for name in () if case.crls else case.names:  # it would look for them in the certificates of lists as well
        kind, value = name.split(":", 1)
        options += [{"dns": "-verify_hostname", "ip": "-verify_ip", "email": "-verify_email"}[kind], value]
    if case.crls:
        (folder / "all.crl").write_text("".join(crl.pem for crl in case.crls))
        options += ["-CRLfile", "all.crl", "-crl_check_all", "-extended_crl"]
    done = subprocess.run(["openssl", "verify", *options, "leaf.pem"], cwd=folder, capture_output=True, text=True, timeout=60)
    return " ".join((done.stdout + done.stderr).split())


def main() -> None:
    part, keep = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as temporary:
        for number, case in enumerate(case for case in all_cases() if part in case.name):
            folder = (keep or Path(temporary)) / str(number)
            print(f"{case.name}  ({case.source})\n  openssl: {openssl(case, folder)}")
            for profile, trusted in case.verdict.items():
                asked = arguments(case, profile, folder)
                answer = run(asked)
                print(f"  {profile}: should be {'trusted' if trusted else 'rejected'}, ends with {answer.status}")
                print(f"    {answer.said.strip()} {answer.complained.strip()}")
                if keep:
                    print(f"    {BINARY} cert verify {shlex.join(asked)}")


if __name__ == "__main__":
    main()
