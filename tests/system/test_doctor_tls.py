"""The doctor looks at TLS: of each server that is broken in one way it says first what is broken, of healthy ones nothing.

All servers but those that are silent are examined by one run of pforte, at once.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh, ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

import tls_servers as ours
from gate import SANITIZED, run_pforte
from laboratory import Report
from tls_certificates import Made, make, rsa_key, staple
from tls_servers import Servers

# RFC 2409, 6.2.
SECOND_OAKLEY_GROUP = int("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
                          "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                          "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF", 16)
MUST_STAPLE = (x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
ANY_SUITE = ("-cipher", "ALL:@SECLEVEL=0")


@dataclass
class Case:
    port: int
    errors: tuple[str, ...]  # any of them comes first; empty: there is none
    warnings: tuple[str, ...] = ()
    host: str = "localhost"
    evidence: str = ""


@dataclass
class World:
    """An authority, one below it, and what all servers are made of."""

    servers: Servers
    root: Made = field(default_factory=lambda: make("CN=Laboratory root", ca=True, days=900))
    middle: Made = field(init=False)
    good: Made = field(init=False)
    rsa: Made = field(init=False)

    def __post_init__(self) -> None:
        self.middle = make("CN=Laboratory CA", self.root, ca=True, days=600)
        self.good = self.leaf()
        self.rsa = self.leaf(key=rsa_key())

    def leaf(self, subject: str = "CN=localhost", **how: Any) -> Made:
        return make(subject, self.middle, **how)

    def openssl(self, *options: str, leaf: Made | None = None) -> int:
        return self.servers.openssl(leaf or self.good, self.middle, options=options)


def refusals(world: World) -> dict[str, Case]:
    """No handshake is possible at all."""
    own = world.servers.own
    return {
        "HTTP without TLS": Case(own(ours.answers(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")), ("tls.plain-http",), evidence="HTTP/1.1"),
        "SSH": Case(own(ours.greets(b"SSH-2.0-OpenSSH_9.2p1\r\n")), ("tls.other-protocol",), evidence="SSH"),
        "SMTP": Case(own(ours.greets(b"220 mail.example.com ESMTP Postfix\r\n")), ("tls.other-protocol",), evidence="SMTP"),
        "LDAP": Case(own(ours.answers(bytes.fromhex("300c020101780706012a04000400"))), ("tls.other-protocol",), evidence="LDAP"),
        "MySQL": Case(own(ours.greets(b"\x5b\0\0\0\x0a5.7.44\0")), ("tls.other-protocol",), evidence="MySQL"),
        "silence": Case(own(ours.says_nothing), ("tls.silent", "tcp.silent")),
        "a byte now and then": Case(own(ours.drips), ("tls.slow",)),
        "a byte now and then to TLS 1.3": Case(own(ours.drips_to_who_offers_tls13(world.openssl())), ("tls.slow",)),
        "RST after the hello": Case(own(ours.resets), ("tls.reset", "tcp.closes-at-once")),
        "an end after the hello": Case(own(ours.hangs_up), ("tls.hangs-up", "tcp.closes-at-once")),
        "RST for this name alone": Case(own(ours.resets_who_names(b"localhost", world.openssl())), ("tls.name-filtered",)),
        "intolerant of TLS 1.3": Case(own(ours.closes_who_offers_tls13(world.openssl())), ("tls.intolerant",)),
        "handshake_failure": Case(own(ours.alert(40)), ("tls.handshake-refused",), evidence="handshake_failure (40)"),
        "protocol_version": Case(own(ours.alert(70)), ("tls.version-refused",), evidence="protocol_version (70)"),
        "unrecognized_name": Case(own(ours.alert(112)), ("tls.name-unknown",), evidence="unrecognized_name (112)"),
        "internal_error": Case(own(ours.alert(80)), ("tls.alert",), evidence="internal_error (80)"),
        "no record": Case(own(ours.answers(ours.record(22, ours.message(2, b"too short")))), ("tls.malformed",)),
        "warnings without end": Case(own(ours.floods), ("tls.malformed",)),
        "an end within the handshake": Case(own(ours.flight((world.good, world.middle), 0x0303, (0xC02B,))), ("tls.handshake-breaks",)),
        "a name that is refused": Case(world.servers.nginx(world.good, world.middle, more="server_name other.example.com; } server { listen "
                                       "127.0.0.1:%PORT% ssl default_server; ssl_reject_handshake on;"), ("tls.name-unknown",)),
        "a client certificate is required in TLS 1.3": Case(world.openssl("-Verify", "1", "-verify_return_error"), ("tls.certificate-required",)),
        "a client certificate is required in TLS 1.2": Case(world.openssl("-Verify", "1", "-verify_return_error", "-tls1_2"),
                                                            ("tls.certificate-required",)),
    }


def both_kinds(world: World, rsa: Made) -> int:
    """A server with a good EC certificate, and one for RSA."""
    chain, key = world.servers.files(rsa, world.middle)
    return world.openssl("-dcert", chain, "-dkey", key, "-dcert_chain", str(Path(chain).with_suffix(".above")), "-tls1_2")


def certificates(world: World) -> dict[str, Case]:
    """A handshake comes to its end, and the certificate does not hold."""
    serve, leaf, middle = world.servers.openssl, world.leaf, world.middle
    alone = make("CN=localhost")
    foreign_root = make("CN=Somebody else's root", ca=True)
    foreign = make("CN=Somebody else's CA", foreign_root, ca=True)
    narrow = make("CN=Narrow CA", world.root, ca=True, extra=[(x509.NameConstraints([x509.DNSName("example.com")], None), True)])
    ended = make("CN=Ended CA", world.root, ca=True, since=-100, days=50)
    revoked, stale, good = leaf(), leaf(), leaf()
    folder = world.servers.folder
    return {
        "expired": Case(serve(leaf(since=-100, days=90), middle), ("cert.expired",)),
        "not yet valid": Case(serve(leaf(since=10), middle), ("cert.not-yet-valid",)),
        "for another name": Case(serve(leaf(names=("crm.example.com",)), middle), ("cert.name",), evidence="crm.example.com"),
        "for a name, asked by address": Case(serve(world.good, middle), ("cert.name",), host="127.0.0.1"),
        "no names": Case(serve(leaf(names=()), middle), ("cert.name", "cert.names-missing")),
        "self-signed": Case(serve(alone), ("cert.self-signed",)),
        "the intermediate is not sent": Case(serve(world.good), ("tls.chain-incomplete",), evidence="Laboratory CA"),
        "an unknown authority": Case(serve(make("CN=localhost", foreign), foreign), ("cert.issuer-unknown",)),
        "an unknown root, sent along": Case(serve(make("CN=localhost", foreign), foreign, foreign_root), ("cert.self-signed",)),
        "made by openssl req": Case(serve(make("CN=localhost,O=Internet Widgits Pty Ltd,ST=Some-State,C=AU")), ("tls.vendor-default",)),
        "made by keytool": Case(serve(make("ST=Unknown,L=Unknown,O=Unknown,OU=Unknown,CN=Unknown")), ("tls.vendor-default",)),
        "of a firewall": Case(serve(make("CN=FGT60F0000000001,O=Fortinet,C=US")), ("tls.vendor-default",)),
        "ends within the week": Case(serve(leaf(since=-96, days=100), middle), ("tls.ends-soon",)),
        "one of two certificates has expired": Case(both_kinds(world, leaf(since=-100, days=90, key=rsa_key())), ("cert.expired",)),
        "ends within the month": Case(serve(leaf(since=-80, days=100), middle), (), ("tls.ends-soon",)),
        "a key of 1024 bits": Case(serve(leaf(key=rsa_key(1024)), middle, options=ANY_SUITE), ("cert.weak-key", "cert.key-size")),
        "signed with SHA-1": Case(serve(leaf(digest=hashes.SHA1()), middle, options=ANY_SUITE), ("cert.sha1",)),
        "for clients": Case(serve(leaf(purposes=[ExtendedKeyUsageOID.CLIENT_AUTH]), middle), ("cert.extended-key-usage",)),
        "valid for three years": Case(serve(leaf(days=1100), middle), ("cert.lifetime",)),
        "outside of name constraints": Case(serve(make("CN=localhost", narrow), narrow), ("cert.name-constraints",)),
        "of an authority that has ended": Case(serve(make("CN=localhost", ended), ended), ("cert.expired",)),
        "revoked, as it says itself": Case(serve(revoked, middle, options=("-status_file", str(staple(folder / "revoked.der", revoked, middle, revoked=True)))),
                                           ("cert.revoked",)),
        "a stapled answer of last month": Case(serve(stale, middle, options=("-status_file", str(staple(folder / "stale.der", stale, middle, since=-40)))),
                                               ("tls.staple-invalid",)),
        "a stapled answer about another": Case(serve(good, middle, options=("-status_file", str(folder / "revoked.der"))), ("tls.staple-invalid",)),
        "must staple and does not": Case(serve(leaf(extra=[MUST_STAPLE]), middle), ("tls.staple-missing",)),
        "an unknown critical extension": Case(serve(leaf(extra=[(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\5\0"), True)]), middle),
                                              ("cert.unknown-critical-extension",)),
        "sent in a wrong order": Case(serve(world.good, world.root, middle), (), ("tls.chain-order",)),
        "sent with somebody else's": Case(serve(world.good, middle, foreign), (), ("tls.chain-superfluous",)),
        "sent twice": Case(serve(world.good, middle, middle), (), ("tls.chain-duplicate",)),
        "another intermediate is sent": Case(serve(leaf(), make("CN=Lower CA", middle, ca=True)), ("tls.chain-incomplete",)),
    }


def offers(world: World) -> dict[str, Case]:
    """What the server takes is old, weak, or leaves somebody out."""
    openssl, gnutls = world.openssl, world.servers.gnutls
    group = world.servers.folder / "dh1024.pem"
    numbers = dh.DHParameterNumbers(SECOND_OAKLEY_GROUP, 2)
    group.write_bytes(numbers.parameters().parameter_bytes(serialization.Encoding.PEM, serialization.ParameterFormat.PKCS3))
    weak = ours.speaks_tls(*world.servers.files(world.rsa, world.middle), "DEFAULT:@SECLEVEL=0", group)
    cases = {
        "TLS 1.0 alone": Case(openssl("-tls1", "-cipher", "DEFAULT@SECLEVEL=0"), ("tls.only-old",)),
        "TLS 1.1 alone": Case(openssl("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"), ("tls.only-old",)),
        "SSL 3.0 alone": Case(world.servers.own(ours.flight((world.rsa, world.middle), 0x0300, (0x002F,))), ("tls.only-old",)),
        "TLS 1.0 as well": Case(openssl("-cipher", "DEFAULT@SECLEVEL=0"), (), ("tls.old-version",)),
        "suites without encryption": Case(openssl("-cipher", "ALL:eNULL:!aNULL:@SECLEVEL=0", "-no_tls1", "-no_tls1_1"), ("tls.suite-null",)),
        "suites without a certificate": Case(openssl("-cipher", "ALL:!eNULL:@SECLEVEL=0", "-no_tls1", "-no_tls1_1"), ("tls.suite-anonymous",)),
        "a group of 1024 bits": Case(world.servers.own(weak), (), ("tls.dh-weak",)),
        "suites that nobody has": Case(openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-ARIA128-GCM-SHA256"), ("tls.client-shut-out",)),
        "DHE alone": Case(openssl("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256", leaf=world.rsa), ("tls.client-shut-out",)),
        "CBC alone": Case(openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"), (), ("tls.cbc-only",)),
        "RSA key exchange alone": Case(openssl("-tls1_2", "-cipher", "AES128-GCM-SHA256", leaf=world.rsa), ("tls.client-shut-out",), ("tls.no-forward-secrecy",)),
        "HTTP/2 alone": Case(openssl("-alpn", "h2"), (), ("tls.no-http1",)),
    }
    if shutil.which("gnutls-serv"):
        base = "NORMAL:-VERS-ALL:+VERS-TLS1.2"
        cases |= {
            "RC4": Case(gnutls(world.rsa, world.middle, priority=f"{base}:+ARCFOUR-128"), ("tls.suite-rc4",)),
            "3DES": Case(gnutls(world.rsa, world.middle, priority=f"{base}:+3DES-CBC"), (), ("tls.suite-3des",)),
            "no secure renegotiation": Case(gnutls(world.rsa, world.middle, priority=f"{base}:%DISABLE_SAFE_RENEGOTIATION"), ("tls.renegotiation",)),
            "no extended master secret": Case(gnutls(world.rsa, world.middle, priority=f"{base}:%NO_SESSION_HASH"), (),
                                              ("tls.no-extended-master-secret",)),
        }
    return cases


def half_known(world: World) -> dict[str, Case]:
    """A good server, or what stands before it, has had enough after some hellos."""
    return {
        "silent after some hellos": Case(world.servers.own(ours.has_had_enough(6, world.openssl(), ours.says_nothing)), (), ("tls.slow",)),
        "dropping connections after some hellos": Case(world.servers.own(ours.has_had_enough(6, world.openssl(), ours.reset)), (), ("tls.slow",)),
    }


def healthy(world: World) -> dict[str, Case]:
    leaf = world.leaf()
    return {
        "s_server, EC": Case(world.openssl(), ()),
        "s_server, RSA": Case(world.openssl(leaf=world.rsa), ()),
        "s_server, P-384": Case(world.openssl(leaf=world.leaf(key=ec.generate_private_key(ec.SECP384R1()))), ()),
        "s_server, TLS 1.3 alone": Case(world.openssl("-tls1_3"), ()),
        "s_server, TLS 1.2 alone": Case(world.openssl("-tls1_2", leaf=world.rsa), ()),
        "a good stapled answer": Case(world.servers.openssl(leaf, world.middle, options=("-status_file", str(staple(world.servers.folder / "good.der", leaf, world.middle)))), ()),
        "a client certificate is welcome": Case(world.openssl("-verify", "1"), ()),
        "the root as well": Case(world.servers.openssl(world.good, world.middle, world.root), ()),
        "nginx": Case(world.servers.nginx(world.good, world.middle), ()),
        "an address in the certificate": Case(world.openssl(leaf=world.leaf(names=("127.0.0.1",))), (), host="127.0.0.1"),
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    servers = Servers(tmp_path_factory.mktemp("tls"))
    yield World(servers)
    servers.close()


@pytest.fixture(scope="module")
def cases(world: World) -> dict[str, Case]:
    made = refusals(world) | certificates(world) | offers(world) | half_known(world) | healthy(world)
    world.servers.wait_until_ready()
    return made


# A server that keeps silent, or nearly so, is waited for as long as --timeout says.
PATIENCE = {"silence": "2s", "a byte now and then": "2s", "a byte now and then to TLS 1.3": "2s", "silent after some hellos": "2s",
            "dropping connections after some hellos": "2s"}
OTHERWISE = "20s"


@dataclass
class Run:
    reports: dict[str, Report]
    took: dict[str, float]  # by --timeout


@pytest.fixture(scope="module")
def run(world: World, cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Run:
    trust = tmp_path_factory.mktemp("trust") / "root.pem"
    trust.write_text(world.root.pem)
    run = Run({}, {})
    for patience in ("2s", OTHERWISE):
        names = [name for name in cases if PATIENCE.get(name, OTHERWISE) == patience]
        subjects = [word for name in names for word in ("path", f"{cases[name].host}:{cases[name].port}")]
        begun = time.monotonic()
        done = run_pforte("doctor", *subjects, "--trust", str(trust), "--json", "--timeout", patience, timeout=240)
        run.took[patience] = time.monotonic() - begun
        assert not SANITIZED.search(done.stderr), done.stderr
        assert done.returncode == 1, done.stderr
        for name, path in zip(names, json.loads(done.stdout)["paths"], strict=True):
            run.reports[name] = Report({"paths": [path]})
    return run


# The names of the cases are needed before there are servers.
NAMES = {
    "broken": [
        "HTTP without TLS", "SSH", "SMTP", "LDAP", "MySQL", "silence", "a byte now and then", "a byte now and then to TLS 1.3", "RST after the hello", "an end after the hello",
        "RST for this name alone", "intolerant of TLS 1.3", "handshake_failure", "protocol_version", "unrecognized_name", "internal_error", "no record",
        "warnings without end", "an end within the handshake", "a name that is refused", "a client certificate is required in TLS 1.3",
        "a client certificate is required in TLS 1.2", "expired", "not yet valid", "for another name", "for a name, asked by address", "no names",
        "self-signed", "the intermediate is not sent", "an unknown authority", "an unknown root, sent along", "made by openssl req", "made by keytool",
        "of a firewall", "one of two certificates has expired", "ends within the week", "a key of 1024 bits", "signed with SHA-1", "for clients", "valid for three years",
        "outside of name constraints", "of an authority that has ended", "revoked, as it says itself", "a stapled answer of last month",
        "a stapled answer about another", "must staple and does not", "an unknown critical extension", "another intermediate is sent", "TLS 1.0 alone", "TLS 1.1 alone",
        "SSL 3.0 alone", "suites without encryption", "suites without a certificate", "suites that nobody has", "DHE alone",
        "RSA key exchange alone", "RC4", "no secure renegotiation",
    ],
    "half known": ["silent after some hellos", "dropping connections after some hellos"],
    "doubtful": [
        "ends within the month", "sent in a wrong order", "sent with somebody else's", "sent twice", "TLS 1.0 as well", "CBC alone", "a group of 1024 bits", "HTTP/2 alone", "3DES", "no extended master secret",
    ],
    "healthy": [
        "s_server, EC", "s_server, RSA", "s_server, P-384", "s_server, TLS 1.3 alone", "s_server, TLS 1.2 alone", "a good stapled answer",
        "a client certificate is welcome", "the root as well", "nginx", "an address in the certificate",
    ],
}


def shown(report: Report) -> str:
    return "; ".join(f"{one['level']} {one['id']}: {one['seen']}" for one in report.findings)


@pytest.mark.parametrize("name", NAMES["broken"])
def test_the_first_error_is_what_is_broken_and_where(run: Run, cases: dict[str, Case], name: str) -> None:
    case, report = cases[name], run.reports[name]
    assert report.first_error is not None, shown(report)
    found, hop = report.first_error
    assert found in case.errors, shown(report)
    assert hop == f"{case.host}:{case.port}"
    assert set(case.warnings) <= set(report.of_level("warning")), shown(report)
    assert case.evidence in json.dumps(report.found(found), ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES["doubtful"])
def test_what_is_doubtful_is_a_warning(run: Run, cases: dict[str, Case], name: str) -> None:
    report = run.reports[name]
    assert report.of_level("error", "warning") == list(cases[name].warnings), shown(report)


@pytest.mark.parametrize("name", NAMES["half known"])
def test_what_was_not_answered_is_unknown_and_not_something_that_the_server_does_not_take(run: Run, name: str) -> None:
    report = run.reports[name]
    assert "not known: " in report.found("tls.slow")["seen"]
    told = {one["id"] for one in report.findings if one["id"].startswith("tls.")}
    assert told <= {"tls.slow", "tls.offer", "tls.chain", "tls.chain-length", "tls.ends", "tls.name-needed"}, shown(report)


@pytest.mark.parametrize("name", NAMES["healthy"])
def test_a_healthy_server_gives_no_cause_for_complaint(run: Run, name: str) -> None:
    assert run.reports[name].of_level("error", "warning") == [], shown(run.reports[name])


def test_every_case_is_looked_at(cases: dict[str, Case]) -> None:
    assert sorted(cases) == sorted(name for names in NAMES.values() for name in names)


def test_a_server_that_says_next_to_nothing_is_not_waited_for_longer_than_stated(run: Run) -> None:
    assert run.took["2s"] < 12 * 2 + 10


def test_findings_of_certificates_name_the_clients_and_their_words(run: Run) -> None:
    finding = run.reports["the intermediate is not sent"].found("tls.chain-incomplete")
    assert set(finding["clients"]) == {"browser", "app", "java", "openssl"}
    assert any("PKIX path building failed" in one["value"] for one in finding["evidence"])
    assert finding["command"].startswith("openssl s_client -connect localhost:")


@pytest.mark.parametrize("name", ["expired", "for another name", "self-signed", "the intermediate is not sent", "an unknown authority"])
def test_where_openssl_alone_is_asked_the_fault_has_its_usual_name(world: World, cases: dict[str, Case], tmp_path: Path, name: str) -> None:
    case, trust = cases[name], tmp_path / "root.pem"
    trust.write_text(world.root.pem)
    done = run_pforte("doctor", "path", f"{case.host}:{case.port}", "--as", "openssl", "--trust", str(trust), "--json", timeout=60)
    report = Report(json.loads(done.stdout))
    assert report.first_error is not None and report.first_error[0] in case.errors, shown(report)
    assert "tls.refused-by-client" not in report.of_level("error")
    if name == "an unknown authority":
        assert str(trust) in report.found("cert.issuer-unknown")["remedy"]


class UnreadableCertificate:
    """Of which the first octets are those of a certificate."""

    @property
    def certificate(self) -> UnreadableCertificate:
        return self

    def public_bytes(self, _: serialization.Encoding) -> bytes:
        return b"\x30\x82\x01\x00\x30\x03\x02\x01\x02"


def test_why_a_certificate_cannot_be_read_is_evidence_and_no_german_sentence(world: World) -> None:
    port = world.servers.own(ours.flight((UnreadableCertificate(),), 0x0303, (0xC02B,)))  # type: ignore[arg-type]
    done = run_pforte("doctor", "path", f"localhost:{port}", "--json", "--lang", "de", "--timeout", "5s", timeout=60)
    found = Report(json.loads(done.stdout)).found("tls.certificate-unreadable")
    assert found["seen"] == "ein Zertifikat der Kette ist nicht lesbar"
    [cause] = [one["value"] for one in found["evidence"] if one["name"] == "Ursache"]
    assert "certificate" in cause
