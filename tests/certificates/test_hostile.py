"""Whatever is handed in, the program ends soon, says what is wrong, and trusts nothing it should not."""

from __future__ import annotations

import base64
import os
import random
import resource
import shlex
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ask
import extensions as ext
import keys
import names
import pytest
from ask import Answer
from case import EVERYTHING
from recipe import HOST, NOW, Certificate, ca, crl, entry, leaf, pem

ROOT = ca("Hostile Root")
MIDDLE = ca("Hostile Middle", ROOT)
PEER = leaf(MIDDLE)
AT = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
# Seconds of processor time: one, on a machine whose cores others use as well; sanitizers take twenty times as long.
SOON = 40.0 if b"__asan_init" in Path(shlex.split(ask.BINARY)[0]).read_bytes() else 2.0


def write(file: Path, items: Sequence[Certificate]) -> Path:
    file.write_text("".join(item.pem for item in items))
    return file


def verify(folder: Path, chain: Sequence[Certificate], *options: str | Path, trust: Sequence[Certificate] = (ROOT,)) -> Answer:
    """Asks, and holds the program to ending soon."""
    asked = ["--chain", write(folder / "chain.pem", chain), "--trust", write(folder / "trust.pem", trust), "--at", AT, "--json",
             "--name", f"dns:{HOST}", *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = ask.run(asked)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    sane(answer)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SOON
    return answer


def sane(answer: Answer) -> Answer:
    assert answer.status in (0, 1, 2), answer
    assert not ask.SANITIZER.search(answer.complained), answer.complained
    if answer.status == 2:
        assert answer.complained.startswith("pforte: "), answer
    return answer


# Too much.


def test_thousands_of_namesakes_do_not_hide_the_one_good_issuer(tmp_path):
    crowd = [ca("Hostile Middle", ROOT, key=keys.p256("crowd"), serial=number + 1) for number in range(3000)]
    assert verify(tmp_path, [PEER, *crowd, MIDDLE]).status == 0


def test_thousands_that_lie_about_their_key_end_the_search(tmp_path):
    lie = {"ski": ext.subject_key(MIDDLE.key.identifier)}
    crowd = [ca("Hostile Middle", ROOT, key=keys.p256(f"crowd {number % 50}"), serial=number + 1, given=lie) for number in range(3000)]
    assert verify(tmp_path, [PEER, *crowd]).status == 1


def test_thousands_of_anchors_of_one_name_end_the_search(tmp_path):
    crowd = [ca("Hostile Root", key=keys.p256(f"crowd {number % 50}"), serial=number + 1) for number in range(2000)]
    assert verify(tmp_path, [PEER, MIDDLE], trust=[*crowd, ROOT]).status == 0
    assert verify(tmp_path, [PEER, MIDDLE], trust=crowd).status == 1


def test_a_store_of_ten_thousand_anchors_is_searched_quickly(tmp_path):
    crowd = [ca(f"Anchor {number}", key=keys.p256("crowd")) for number in range(5000)]
    assert verify(tmp_path, [PEER, MIDDLE], trust=[*crowd, ROOT]).status == 0


@pytest.mark.parametrize("size", [20, 1000])
def test_a_chain_of_a_thousand_authorities_ends(tmp_path, size):
    chain = [ROOT]
    for number in range(size):
        chain.append(ca(f"Depth {number}", chain[-1]))
    verify(tmp_path, [leaf(chain[-1]), *reversed(chain[1:])], "--max-depth", "2000")
    assert verify(tmp_path, [leaf(chain[-1]), *reversed(chain[1:])], "--max-depth", "8").status == 1


def test_authorities_that_all_certify_each_other_end(tmp_path):
    subjects = [f"Mesh {number}" for number in range(25)]
    mesh = [ca(subject, ca(issuer)) for subject in subjects for issuer in subjects if subject != issuer]
    assert verify(tmp_path, [leaf(ca(subjects[0])), *mesh], "--max-depth", "100").status == 1


def test_layers_of_authorities_with_many_keys_end(tmp_path):
    """Each certificate of a layer may have been issued by each of the layer above: 8 to the 8th paths."""
    layers = [[ca(f"Layer {depth}", key=keys.p256(f"layer {depth} {number}")) for number in range(8)] for depth in range(8)]
    sent = [ca(f"Layer {depth}", above, key=below.key) for depth in range(7) for below in layers[depth] for above in layers[depth + 1]]
    assert verify(tmp_path, [leaf(layers[0][0]), *sent], "--max-depth", "100").status == 1


@pytest.mark.parametrize("count", [600, 5000])
def test_constraints_times_names_end(tmp_path, count):
    limits = ext.name_constraints([f"dns:t{n}.test" for n in range(count)] + ["dns:example.com"], [f"dns:x{n}.test" for n in range(count)])
    authority = ca("Constraining", ROOT, more=[limits])
    many = ext.alternative_names(f"dns:{HOST}", *(f"dns:t{n}.test" for n in range(count)))
    assert verify(tmp_path, [leaf(authority, given={"names": many}), authority]).status in (0, 1)


@pytest.mark.parametrize("form", ["dir:CN=t{}", "email:t{}@example.com", "uri:https://t{}.test/"])
def test_constraints_times_names_of_other_forms_end(tmp_path, form):
    authority = ca("Constraining", ROOT, more=[ext.name_constraints(None, [form.format(f"x{n}") for n in range(2000)])])
    many = ext.alternative_names(f"dns:{HOST}", *(form.format(n) for n in range(2000)))
    assert verify(tmp_path, [leaf(authority, given={"names": many}), authority]).status in (0, 1)


def test_huge_names_end(tmp_path):
    assert verify(tmp_path, [leaf(MIDDLE, subject=names.name(f"CN={'x' * 1_000_000}")), MIDDLE]).status in (0, 1)
    crowded = names.name(" + ".join(f"OU=unit {number}" for number in range(5000)))
    authority = ca(crowded, ROOT)
    assert verify(tmp_path, [leaf(authority), authority]).status in (0, 1)
    many = ext.alternative_names(*(f"dns:n{number}.test" for number in range(50_000)), f"dns:{HOST}")
    assert verify(tmp_path, [leaf(MIDDLE, given={"names": many}), MIDDLE]).status in (0, 1)


def test_thousands_of_extensions_end(tmp_path):
    more = [ext.Extension(f"1.3.6.1.4.1.55555.7.{number}", b"\5\0") for number in range(20_000)]
    assert verify(tmp_path, [leaf(MIDDLE, more=more), MIDDLE]).status in (0, 1)


def test_thousands_of_policies_and_mappings_end(tmp_path):
    numbers = [ext.policy(number) for number in range(1000)]
    all_of_them = [ext.policies(*numbers), ext.policy_mappings(*zip(numbers, numbers[1:] + numbers[:1], strict=True)),
                   ext.policy_constraints(0)]
    chain = [ROOT]
    for number in range(6):
        chain.append(ca(f"Policies {number}", chain[-1], more=all_of_them))
    assert verify(tmp_path, [leaf(chain[-1], more=[ext.policies(*numbers)]), *reversed(chain[1:])]).status == 0


def test_thousands_of_lists_end(tmp_path):
    lists = tmp_path / "all.crl"
    lists.write_text("".join(crl(MIDDLE, entry(number + 1)).pem for number in range(1000)) + crl(ROOT).pem)
    assert verify(tmp_path, [PEER, MIDDLE], "--crl", lists).status in (0, 1)
    lists.write_text(crl(ROOT).pem + crl(MIDDLE, *(entry(1000 + number) for number in range(100_000))).pem)
    assert verify(tmp_path, [PEER, MIDDLE], "--crl", lists).status == 0


# Nonsense.


def mutations(content: bytes, count: int, seed: int) -> list[bytes]:
    """Cut short, bits flipped, octets replaced, pieces doubled or gone."""
    chance = random.Random(seed)
    made = [content[:chance.randrange(len(content))] for _ in range(count // 5)]
    while len(made) < count:
        one = bytearray(content)
        at = chance.randrange(len(one))
        kind = len(made) % 4
        if kind == 0:
            one[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            one[at] = chance.choice((0, 0x7F, 0x80, 0x84, 0xFF, 0x30))
        elif kind == 2:
            del one[at:at + chance.randrange(1, 9)]
        else:
            one[at:at] = one[at:at + chance.randrange(1, 9)]
        made.append(bytes(one))
    return [one for one in made if one != content]


COUNT = 4000 if EVERYTHING else 50 if ask.is_sanitized() else 250


@pytest.mark.parametrize("place", ["chain", "trust", "crl"])
def test_mutations_are_refused_in_words(tmp_path, place):
    """A mutated leaf or list is never believed. A mutated anchor may be: nothing vouches for it."""
    crls = [crl(ROOT), crl(MIDDLE)]
    content = {"chain": PEER.der, "trust": ROOT.der, "crl": crls[1].der}[place]
    write(tmp_path / "chain.pem", [PEER, MIDDLE])
    write(tmp_path / "trust.pem", [ROOT])
    (tmp_path / "root.crl").write_text(crls[0].pem)

    def judge(numbered: tuple[int, bytes]) -> Answer:
        number, mutated = numbered
        file = tmp_path / f"{number}.pem"
        kind = "X509 CRL" if place == "crl" else "CERTIFICATE"
        text = pem(kind, mutated) if number % 2 else mutated
        if place == "chain" and number % 2:
            text = f"{text}{MIDDLE.pem}"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        files = {"chain": tmp_path / "chain.pem", "trust": tmp_path / "trust.pem", place: file}
        extra = ["--crl", files["crl"], "--crl", tmp_path / "root.crl"] if place == "crl" else []
        return ask.run(["--chain", files["chain"], "--untrusted", tmp_path / "chain.pem", "--trust", files["trust"], "--at", AT,
                        "--json", "--name", f"dns:{HOST}", *extra])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, answer in enumerate(pool.map(judge, enumerate(mutations(content, COUNT, 7)))):
            sane(answer)
            assert place == "trust" or answer.status, f"mutation {number} is trusted"


def test_mutated_certificates_beside_the_good_ones_do_no_harm(tmp_path):
    junk = tmp_path / "junk.pem"
    junk.write_text("".join(pem("CERTIFICATE", one) for one in mutations(MIDDLE.der, 3000, 8)))
    answer = verify(tmp_path, [PEER, MIDDLE], "--untrusted", junk)
    assert answer.status in (0, 2)


GOOD = PEER.pem + MIDDLE.pem
FILES = {
    "empty": b"", "blank": b"\n\n  \n", "text": b"no certificate here\n", "zeros": bytes(1000), "random": random.Random(1).randbytes(5000),
    "a private key": pem("PRIVATE KEY", b"0\0").encode(), "a list": crl(MIDDLE).pem.encode(), "a list in DER": crl(MIDDLE).der,
    "no end": PEER.pem.encode()[:-30], "no base64": b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    "empty block": b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "octets behind": PEER.der + b"\0",
    "endless": b"-----BEGIN CERTIFICATE-----\n" + b"A" * 3_000_000, "deep": b"\x30\x80" * 100_000,
    "huge length": b"\x30\x84\xff\xff\xff\xff" + PEER.der, "a request": pem("CERTIFICATE REQUEST", PEER.der).encode(),
    "UTF-16": GOOD.encode("utf-16"), "one line each": GOOD.replace("\n", " ").encode(),
}


# Read as a store that trusts nobody.
EMPTY_STORES = ("empty", "blank", "a private key", "a list", "a request", "one line each")


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("place", ["chain", "untrusted", "trust", "crl"])
def test_a_file_that_holds_something_else_is_named(tmp_path, what, place):
    bad = tmp_path / "that file.pem"
    bad.write_bytes(FILES[what])
    files = {"chain": write(tmp_path / "chain.pem", [PEER, MIDDLE]), "trust": write(tmp_path / "trust.pem", [ROOT]), place: bad}
    asked = [part for option, file in files.items() for part in (f"--{option}", file)]
    answer = sane(ask.run([*asked, "--at", AT]))
    if place == "crl" and what in ("a list", "a list in DER") or place == "trust" and what in EMPTY_STORES:
        assert answer.status == 1
        assert place == "crl" or "that file.pem" in answer.complained, "a store that trusts nobody is told"
    elif place == "untrusted" and what == "a list in DER":
        assert "that file.pem" in answer.complained, "what may have helped and cannot is told"
    else:
        assert answer.status == 2, answer
        assert "that file.pem" in answer.complained, answer.complained
    assert ("help: " in answer.complained) == bool(answer.complained), "whatever is told has a remedy"


TOLERATED = {
    "CRLF": GOOD.replace("\n", "\r\n"), "text around": f"Here it comes:\n{PEER.pem}and its issuer\n  # so\n{MIDDLE.pem}that was all\n",
    "no newline at the end": GOOD.rstrip("\n"), "a byte order mark": "\ufeff" + GOOD, "a key behind": GOOD + pem("PRIVATE KEY", b"0\0"),
    "long lines": "".join(f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(one.der).decode()}\n-----END CERTIFICATE-----\n"
                          for one in (PEER, MIDDLE)),
    "other label": GOOD.replace("BEGIN CERT", "BEGIN X509 CERT").replace("END CERT", "END X509 CERT"),
    "a list behind": GOOD + crl(MIDDLE).pem,
}


@pytest.mark.parametrize("what", TOLERATED)
def test_a_file_may_look_as_tools_leave_it(tmp_path, what):
    file = tmp_path / "chain.pem"
    file.write_bytes(TOLERATED[what].encode())
    answer = sane(ask.run(["--chain", file, "--trust", write(tmp_path / "trust.pem", [ROOT]), "--at", AT, "--name", f"dns:{HOST}"]))
    assert answer.status == 0, answer


def test_der_is_read_as_well_as_pem(tmp_path):
    (tmp_path / "leaf.der").write_bytes(PEER.der)
    (tmp_path / "middle.der").write_bytes(MIDDLE.der)
    (tmp_path / "root.der").write_bytes(ROOT.der)
    asked = ["--chain", tmp_path / "leaf.der", "--untrusted", tmp_path / "middle.der", "--trust", tmp_path / "root.der", "--at", AT]
    assert sane(ask.run(asked)).status == 0


@pytest.mark.parametrize("place", ["chain", "untrusted", "crl"])
@pytest.mark.parametrize("what", ["a folder", "nothing", "/dev/null", "/dev/zero"])
def test_what_is_no_file_is_named(tmp_path, place, what):
    target = {"a folder": tmp_path, "nothing": tmp_path / "missing.pem"}.get(what, Path(what))
    files = {"chain": write(tmp_path / "chain.pem", [PEER, MIDDLE]), "trust": write(tmp_path / "trust.pem", [ROOT]), place: target}
    answer = sane(ask.run([part for option, file in files.items() for part in (f"--{option}", file)]))
    assert answer.status == 2
    assert str(target) in answer.complained


@pytest.mark.parametrize("options", [
    ["--at", "yesterday"], ["--at", "2026-13-01T00:00:00Z"], ["--at", ""], ["--max-depth", "-1"], ["--max-depth", "many"],
    ["--max-depth", "99999999999999999999"], ["--name", "www.example.com"], ["--name", "dns:"], ["--name", "ip:1.2.3"],
    ["--name", "ip:1.2.3.4.5"], ["--name", "email:nobody"], ["--name", "x:y"], ["--profile", "nonsense"],
    ["--purpose", "nonsense"], ["--nonsense"], ["--chain"], ["surplus"]])
def test_wrong_options_end_with_2(tmp_path, options):
    asked = ["--chain", write(tmp_path / "chain.pem", [PEER, MIDDLE]), "--trust", write(tmp_path / "trust.pem", [ROOT]), *options]
    answer = sane(ask.run(asked))
    assert answer.status == 2
    assert "help: " in answer.complained


@pytest.mark.parametrize("missing", ["chain", "trust"])
def test_what_must_be_said_is_asked_for(tmp_path, missing):
    files = {"chain": write(tmp_path / "chain.pem", [PEER, MIDDLE]), "trust": write(tmp_path / "trust.pem", [ROOT])}
    del files[missing]
    answer = sane(ask.run([part for option, file in files.items() for part in (f"--{option}", file)]))
    assert answer.status == 2
    assert missing in answer.complained


def test_a_name_neither_steers_the_terminal_nor_adds_a_line(tmp_path):
    peer = leaf(MIDDLE, "x\x1b[31m\ntrusted")
    chain, trust = write(tmp_path / "chain.pem", [peer, MIDDLE]), write(tmp_path / "trust.pem", [ROOT])
    answer = sane(ask.run(["--chain", chain, "--trust", trust, "--at", AT, "--name", "dns:a\x1b[1mb"]))
    assert answer.status == 1
    assert "\x1b" not in answer.said
    assert "trusted" not in answer.said.splitlines()
