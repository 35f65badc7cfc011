"""The doctor asks whoever a certificate names for its status, and fetches the issuer that a server does not send.

Real responders (`openssl ocsp`) and a real HTTP server with lists, responses and certificates; all are examined by one run.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

import tls_servers as ours
from gate import SANITIZED, run_pforte
from laboratory import Report
from ports import free_port
from status_servers import Responder, Web, der, list_of, named
from tls_certificates import Made, make, staple
from tls_servers import Servers


@dataclass
class World:
    servers: Servers
    web: Web = field(default_factory=Web)
    root: Made = field(default_factory=lambda: make("CN=Laboratory root", ca=True, days=900))
    middle: Made = field(init=False)
    lower: Made = field(init=False)
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.middle = make("CN=Laboratory CA", self.root, ca=True, days=600)

    def leaf(self, **addresses: tuple[str, ...]) -> Made:
        return make("CN=localhost", self.middle, extra=named(**addresses))

    def show(self, name: str, leaf: Made, *others: Made) -> None:
        self.ports[name] = self.servers.openssl(leaf, *others)

    def responder(self, name: str) -> Responder:
        return Responder(self.servers, name)


def serve_responses(world: World) -> None:
    for name, known, signer in (("good", "good", None), ("revoked", "revoked", None), ("unknown", "", None),
                                ("a signer of its own", "good", make("CN=Responder", world.middle, purposes=[ExtendedKeyUsageOID.OCSP_SIGNING])),
                                ("a wrong signer", "good", make("CN=Somebody", world.middle))):
        responder = world.responder(name.replace(" ", "-"))
        leaf = world.leaf(responders=(responder.url,))
        responder.start(world.middle, **({known: (leaf,)} if known else {}), signer=signer)
        world.show(f"OCSP, {name}", leaf, world.middle)
    for name, since, only_by_post in (("out of date", -40.0, False), ("by POST alone", -1.0, True)):
        path = "/" + name.replace(" ", "-")
        leaf = world.leaf(responders=(world.web.url + path,))
        world.web.serve(path, staple(world.servers.folder / "response", leaf, world.middle, since=since).read_bytes(), only_by_post=only_by_post)
        world.show(f"OCSP, {name}", leaf, world.middle)
    world.show("OCSP, silent", world.leaf(responders=(f"http://127.0.0.1:{world.servers.own(ours.says_nothing)}",)), world.middle)
    world.show("OCSP, no HTTP", world.leaf(responders=(f"http://127.0.0.1:{world.servers.own(ours.greets(b'SSH-2.0-x'))}",)), world.middle)
    world.show("OCSP, nobody there", world.leaf(responders=(f"http://127.0.0.1:{free_port()}",)), world.middle)
    world.show("OCSP, no response", world.leaf(responders=(world.web.serve("/page", b"<html>"),)), world.middle)


def serve_lists(world: World) -> None:
    stranger = make("CN=Laboratory CA", ca=True)
    good, revoked = world.leaf(lists=(world.web.url + "/good.crl",)), world.leaf(lists=(world.web.url + "/revoked.crl",))
    world.web.serve("/good.crl", list_of(world.middle, revoked))
    world.web.serve("/revoked.crl", list_of(world.middle, revoked))
    world.web.serve("/old.crl", list_of(world.middle, since=-40))
    world.web.serve("/foreign.crl", list_of(world.middle, signer=stranger))
    world.web.serve("/long.crl", bytes(21 << 20))
    world.show("CRL, good", good, world.middle)
    world.show("CRL, revoked", revoked, world.middle)
    for name, file in (("out of date", "old"), ("a wrong signer", "foreign"), ("too long", "long"), ("not there", "nowhere")):
        world.show(f"CRL, {name}", world.leaf(lists=(f"{world.web.url}/{file}.crl",)), world.middle)
    world.show("CRL, by LDAP", world.leaf(lists=("ldap:///CN=x?certificateRevocationList",)), world.middle)
    world.web.serve("/above.crl", list_of(world.root, world.middle))
    ended = make("CN=Ended CA", world.root, ca=True, extra=named(lists=(world.web.url + "/ended.crl",)))
    world.web.serve("/ended.crl", list_of(world.root, ended))
    world.show("CRL, the intermediate is revoked", make("CN=localhost", ended), ended)


def serve_issuers(world: World) -> None:
    world.web.serve("/ca.cer", der(world.middle.certificate))
    message = pkcs7.serialize_certificates([world.middle.certificate, world.root.certificate], serialization.Encoding.DER)
    world.web.serve("/ca.p7c", message)
    world.web.serve("/one.p7c", pkcs7.serialize_certificates([world.middle.certificate], serialization.Encoding.DER))
    world.web.serve("/no.cer", b"<html>")
    for name, file in (("DER", "ca.cer"), ("CMS", "ca.p7c"), ("CMS of one", "one.p7c"), ("no certificate", "no.cer")):
        world.show(f"issuer, {name}", world.leaf(issuers=(f"{world.web.url}/{file}",)))
    world.lower = make("CN=Lower CA", world.middle, ca=True, extra=named(issuers=(world.web.url + "/ca.cer",)))
    world.web.serve("/lower.cer", der(world.lower.certificate))
    world.show("issuer, two of them", make("CN=localhost", world.lower, extra=named(issuers=(world.web.url + "/lower.cer",))))
    leaf = world.leaf(issuers=(world.web.url + "/ca.cer",), lists=(world.web.url + "/late.crl",))
    world.web.serve("/late.crl", list_of(world.middle, leaf))
    world.show("issuer, and revoked", leaf)


def serve_strangers(world: World) -> None:
    world.show("nobody vouches", make("CN=localhost", extra=named(responders=(world.web.url + "/stranger",), lists=(world.web.url + "/stranger",))))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Servers(tmp_path_factory.mktemp("status")))
    for serve in (serve_responses, serve_lists, serve_issuers, serve_strangers):
        serve(world)
    world.servers.wait_until_ready()
    yield world
    world.servers.close()
    world.web.close()


@pytest.fixture(scope="module")
def trust(world: World) -> Path:
    file = world.servers.folder / "root.pem"
    file.write_text(world.root.pem)
    return file


def reports_of(names: list[str], world: World, *options: str, step: str = "5s") -> dict[str, Report]:
    subjects = [word for name in names for word in ("path", f"localhost:{world.ports[name]}")]
    done = run_pforte("doctor", *subjects, *options, "--json", "--timeout", step, timeout=120)
    assert not SANITIZED.search(done.stderr), done.stderr
    return {name: Report({"paths": [path]}) for name, path in zip(names, json.loads(done.stdout)["paths"], strict=True)}


@pytest.fixture(scope="module")
def reports(world: World, trust: Path) -> dict[str, Report]:
    return reports_of(list(world.ports), world, "--trust", str(trust))


def shown(report: Report) -> str:
    return "; ".join(f"{one['level']} {one['id']}: {one['seen']}" for one in report.findings)


@pytest.mark.parametrize("name", ["OCSP, good", "OCSP, a signer of its own", "OCSP, by POST alone", "CRL, good"])
def test_what_was_not_revoked_gives_no_cause_for_complaint(reports: dict[str, Report], name: str) -> None:
    assert reports[name].of_level("error", "warning") == [], shown(reports[name])
    told = reports[name].found("tls.not-revoked")["evidence"]
    assert any(one["name"].startswith(name.split(",")[0]) and " < 20" in one["value"] for one in told), told


@pytest.mark.parametrize(("name", "whose", "why"), [("OCSP, revoked", "CN=localhost", "keyCompromise"), ("CRL, revoked", "CN=localhost", "superseded"),
                                                    ("CRL, the intermediate is revoked", "CN=Ended CA", "superseded"),
                                                    ("issuer, and revoked", "CN=localhost", "superseded")])
def test_what_was_revoked_is_an_error_with_day_and_reason(reports: dict[str, Report], name: str, whose: str, why: str) -> None:
    found = reports[name].found("cert.revoked")
    assert found["level"] == "error"
    assert found["seen"].startswith(f"{whose} was revoked on 20") and found["seen"].endswith(f"({why})")
    assert [one["id"] for one in reports[name].findings if one["level"] == "error"].count("cert.revoked") == 1
    if name.startswith("CRL"):
        pasted = subprocess.run(["sh", "-c", found["command"]], capture_output=True, text=True, timeout=30, env=os.environ | {"no_proxy": "*"})
        assert "Revocation Date" in pasted.stdout and why in pasted.stdout.lower(), pasted


@pytest.mark.parametrize(("name", "id", "seen"), [
    ("OCSP, unknown", "tls.ocsp-unknown", "does not know the certificate"),
    ("OCSP, out of date", "tls.ocsp-invalid", "it is for another time"),
    ("OCSP, a wrong signer", "tls.ocsp-invalid", "nobody who may has signed it"),
    ("OCSP, no response", "tls.ocsp-invalid", "not an OCSP response"),
    ("OCSP, silent", "tls.ocsp-unreachable", "cannot be asked"),
    ("OCSP, nobody there", "tls.ocsp-unreachable", "cannot be asked: there is no connection: "),
    ("OCSP, no HTTP", "tls.ocsp-unreachable", "cannot be asked: fetching failed: "),
    ("CRL, out of date", "tls.crl-invalid", "it is for another time"),
    ("CRL, a wrong signer", "tls.crl-invalid", "nobody who may has signed it"),
    ("CRL, too long", "tls.crl-unreachable", "longer than 20 MiB"),
    ("CRL, not there", "tls.crl-unreachable", "answers 404"),
])
def test_who_gives_no_answer_that_holds_is_warned_of(reports: dict[str, Report], name: str, id: str, seen: str) -> None:
    assert reports[name].of_level("error", "warning") == [id], shown(reports[name])
    found = reports[name].found(id)
    assert seen in found["seen"]
    assert "Schannel" in found["why"] or id == "tls.ocsp-unknown"
    assert found["command"].startswith("curl -sS http://127.0.0.1:")


def test_servers_of_one_ca_have_its_list_fetched_once(world: World, trust: Path) -> None:
    url = world.web.serve("/shared.crl", list_of(world.middle))
    names = [f"CRL, shared {number}" for number in range(6)]
    of_one_ca = World(world.servers, world.web, world.root)
    for name in names:
        of_one_ca.show(name, make("CN=localhost", world.middle, extra=named(lists=(url,))), world.middle)
    world.servers.wait_until_ready()
    for report in reports_of(names, of_one_ca, "--trust", str(trust)).values():
        assert report.found("tls.not-revoked")["evidence"][0]["value"].startswith(url), shown(report)
    assert world.web.asked.count("GET /shared.crl") == 1


def test_where_the_doctor_does_not_go_is_a_note(reports: dict[str, Report]) -> None:
    report = reports["CRL, by LDAP"]
    assert report.of_level("error", "warning") == [], shown(report)
    assert "http:// alone" in report.found("tls.status-not-fetched")["seen"]


def test_nobody_goes_where_a_stranger_s_certificate_points(world: World, reports: dict[str, Report]) -> None:
    assert reports["nobody vouches"].first_error[0] == "cert.self-signed"  # type: ignore[index]
    assert not [asked for asked in world.web.asked if "stranger" in asked]


@pytest.mark.parametrize("name", ["issuer, DER", "issuer, CMS", "issuer, CMS of one", "issuer, two of them"])
def test_the_missing_issuer_is_fetched_and_offered(world: World, reports: dict[str, Report], name: str) -> None:
    report = reports[name]
    found = report.found("tls.chain-incomplete")
    missing = [one["value"] for one in found["evidence"] if one["name"] == "missing"]
    assert missing == (["CN=Lower CA", "CN=Laboratory CA"] if "two" in name else ["CN=Laboratory CA"])
    assert "append it to the chain" in found["remedy"] and found["remedy"].count(" >> fullchain.pem") == len(missing)
    printed = subprocess.run(["bash", "-c", found["command"]], capture_output=True, text=True, timeout=20)
    expected = world.lower if "two" in name else world.middle
    assert expected.pem.strip() in printed.stdout, printed
    assert report.of_level("error") == ["tls.chain-incomplete"], shown(report)


def test_an_issuer_is_looked_for_where_it_is_as_well_when_the_first_place_does_not_come_to_an_end(world: World, trust: Path) -> None:
    endless = f"http://127.0.0.1:{world.servers.own(ours.drips_a_file)}/ca.cer"
    of_two = World(world.servers, world.web, world.root)
    of_two.show("it", world.leaf(issuers=(endless, world.web.url + "/ca.cer")))
    world.servers.wait_until_ready()
    report = reports_of(["it"], of_two, "--trust", str(trust), step="1s")["it"]
    told = {one["name"]: one["value"] for one in report.found("tls.chain-incomplete")["evidence"]}
    assert told["fetched from"] == world.web.url + "/ca.cer"


def test_an_issuer_that_cannot_be_fetched_is_told_with_why(reports: dict[str, Report]) -> None:
    found = reports["issuer, no certificate"].found("tls.chain-incomplete")
    told = {one["name"]: one["value"] for one in found["evidence"]}
    assert told["to be had at"].endswith("/no.cer")
    assert "it cannot be fetched: what is there does not do: " in found["seen"]
    assert "no certificate that can be read" in found["seen"]


@pytest.mark.parametrize("name", ["OCSP, good", "CRL, good"])
def test_the_command_shows_the_same(reports: dict[str, Report], name: str) -> None:
    command = reports[name].found("tls.not-revoked")["command"]
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
    assert ("Cert Status: good" if "OCSP" in name else "nextUpdate=") in done.stdout, done


def test_a_failure_is_told_in_german_as_well(world: World, trust: Path) -> None:
    for name, id, seen in (("OCSP, nobody there", "tls.ocsp-unreachable", "lässt sich nicht fragen: es kommt keine Verbindung zustande: "),
                           ("OCSP, no HTTP", "tls.ocsp-unreachable", "lässt sich nicht fragen: das Holen schlug fehl: "),
                           ("OCSP, no response", "tls.ocsp-invalid", "gilt nicht: sie lässt sich nicht lesen: "),
                           ("issuer, no certificate", "tls.chain-incomplete", "; es lässt sich nicht holen: was dort liegt, taugt nicht: ")):
        report = reports_of([name], world, "--trust", str(trust), "--lang", "de")[name]
        assert seen in report.found(id)["seen"], shown(report)


def test_an_issuer_that_a_proxy_fetches_is_printed_through_it(world: World, trust: Path) -> None:
    world.show("issuer, by a proxy", world.leaf(issuers=("http://pki.example/ca.cer",)))
    world.servers.wait_until_ready()
    port = world.ports.pop("issuer, by a proxy")
    through = world.servers.own(ours.tunnels_or_passes_on(("127.0.0.1", port), ("127.0.0.1", world.web.server.server_port)))
    by_proxy = World(world.servers, world.web, world.root, ports={"it": port})
    report = reports_of(["it"], by_proxy, "--trust", str(trust), "--via", f"http://127.0.0.1:{through}")["it"]
    command = report.found("tls.chain-incomplete")["command"]
    printed = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
    assert world.middle.pem.strip() in printed.stdout, (command, printed)


def test_through_a_proxy_it_is_the_proxy_that_fetches(world: World, trust: Path) -> None:
    port = world.ports["CRL, revoked"]
    through = world.servers.own(ours.tunnels_or_passes_on(("127.0.0.1", port), ("127.0.0.1", world.web.server.server_port)))
    report = reports_of(["CRL, revoked"], world, "--trust", str(trust), "--via", f"http://127.0.0.1:{through}")["CRL, revoked"]
    assert "cert.revoked" in report.of_level("error"), shown(report)
    assert f"GET {world.web.url}/revoked.crl" in world.web.asked
