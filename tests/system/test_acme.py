"""Certificates by ACME (RFC 8555), from a real CA: obtained, renewed, and shown without a lost connection."""

import datetime
import json
import signal
import ssl
import time

import pytest
import raw
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from gate import until
from load import Load
from pebble import BINDING, Pebble

SITE = "shop.example.com"


@pytest.fixture(scope="module")
def pebble(tmp_path_factory, authority):
    ca = Pebble(tmp_path_factory.mktemp("pebble"), authority)
    until(ca.up, "the CA answers", 10)
    yield ca
    ca.close()


@pytest.fixture
def start_site(start_gate, start_backend, pebble):
    """start_site(**acme): a gate with a site whose certificate comes from `pebble`, beside the one with a file."""

    def start(ca=pebble, hosts=(SITE,), certificate="auto", **acme):
        site = {"hosts": list(hosts), "certificate": certificate, "backend": "app", "allow": ["/"]}
        return start_gate(start_backend(), more_sites=[site], more_listeners=ca.listeners(), acme=[ca.block(**acme)])

    return start


def renewals(gate):
    return json.loads(gate.run("status", "--json").stdout)["renewals"]


def obtained(gate):
    (renewal,) = renewals(gate)
    return renewal["expires"] and not renewal["code"]


def certificate_of(gate, name, root):
    """What the gate shows for a name, verified with the CA's root."""
    context = ssl.create_default_context(cadata=root.decode())
    with raw.Client(gate.tls_port, tls=context, sni=name) as client:
        return client.tls.getpeercert()


def shows(gate, name, root):
    try:
        return certificate_of(gate, name, root)
    except ssl.SSLError:
        return None


def names_in(certificate):
    return sorted(name for kind, name in certificate["subjectAltName"])


def test_a_certificate_is_obtained_by_http_01_and_shown_at_once(start_site, pebble):
    gate = start_site(hosts=[SITE, "www." + SITE])
    until(lambda: obtained(gate), f"it is there; the gate said {gate.said()}", 10)
    until(lambda: gate.events("certificate.swapped"), "it is shown")
    shown = certificate_of(gate, SITE, pebble.root())
    assert names_in(shown) == [SITE, "www." + SITE]
    assert [event["ca"] for event in gate.events("acme.renewed")] == ["pebble"]
    # What is no proof under way goes to the application, as any path does.
    other = "/.well-known/acme-challenge/" + "x" * 43
    assert gate.get(other, host=SITE).json()["target"] == other
    assert gate.metric("pforte_acme_attempts_total", outcome="done") == 1
    assert gate.metric("pforte_acme_failures", names=f"{SITE} www.{SITE}") == 0


def test_a_certificate_is_obtained_by_tls_alpn_01_and_nobody_else_is_shown_the_proof(start_site, pebble):
    gate = start_site(challenge="tls-alpn-01")
    until(lambda: obtained(gate), f"it is there; the gate said {gate.said()}", 10)
    until(lambda: gate.events("certificate.swapped"), "it is shown")
    assert names_in(certificate_of(gate, SITE, pebble.root())) == [SITE]
    # Afterwards the protocol is refused as any other that is not spoken.
    context = ssl.create_default_context(cadata=pebble.root().decode())
    context.set_alpn_protocols(["acme-tls/1"])
    with pytest.raises(ssl.SSLError, match="no application protocol|NO_APPLICATION_PROTOCOL"):
        raw.Client(gate.tls_port, tls=context, sni=SITE)


def test_a_wildcard_is_obtained_by_dns_01_with_a_hook(start_site, pebble, tmp_path):
    hook = tmp_path / "hook"
    calls = tmp_path / "calls"
    hook.write_text(f"""#!/bin/sh -e
echo "$1 $2" >> {calls}
if [ "$1" = add ]; then path=set-txt; else path=clear-txt; fi
curl -sf -d "{{\\"host\\":\\"$2.\\",\\"value\\":\\"$3\\"}}" http://127.0.0.1:{pebble.names}/$path
""")
    hook.chmod(0o700)
    gate = start_site(hosts=["*." + SITE, SITE], challenge="dns-01", dns_hook=str(hook))
    until(lambda: obtained(gate), f"it is there; the gate said {gate.said()}", 10)
    until(lambda: gate.events("certificate.swapped"), "it is shown")
    assert names_in(certificate_of(gate, "any." + SITE, pebble.root())) == ["*." + SITE, SITE]
    record = f"_acme-challenge.{SITE}"
    assert sorted(calls.read_text().split("\n")) == ["", f"add {record}", f"add {record}", f"remove {record}",
                                                     f"remove {record}"]


def test_a_hook_that_fails_is_told_with_its_last_words(start_site, tmp_path):
    hook = tmp_path / "hook"
    hook.write_text("#!/bin/sh\necho 'no such zone' >&2\nexit 3\n")
    hook.chmod(0o700)
    gate = start_site(challenge="dns-01", dns_hook=str(hook))
    until(lambda: renewals(gate)[0]["code"], "it has failed")
    (renewal,) = renewals(gate)
    assert renewal["code"] == "acme.hook"
    assert renewal["problem"]["en"].endswith("it ended with status 3: no such zone")
    assert "dns_hook" in renewal["remedy"]["de"]


def test_renewing_under_load_loses_no_request(start_site, pebble):
    gate = start_site()
    until(lambda: obtained(gate), "the first one is there", 10)
    until(lambda: gate.events("certificate.swapped"), "it is shown")
    first = certificate_of(gate, SITE, pebble.root())
    with Load(gate, workers=2) as load, Load(gate, workers=2, new_connections=True) as fresh:
        until(lambda: load.answered > 20, "the load is under way", 10)
        done = gate.run("cert", "renew", SITE, "--force", timeout=30)
        assert (done.returncode, done.stderr) == (0, "")
        assert SITE in done.stdout
        so_far = load.answered
        until(lambda: load.answered > so_far + 20, "it goes on", 10)
    assert load.failures == fresh.failures == []
    assert set(load.statuses) == set(fresh.statuses) == {200}
    until(lambda: certificate_of(gate, SITE, pebble.root())["serialNumber"] != first["serialNumber"], "the next is shown")


def test_what_is_not_due_is_not_renewed(start_site, pebble):
    gate = start_site()
    until(lambda: obtained(gate), "the first one is there", 10)
    assert gate.run("cert", "renew", "--all").returncode == 0
    assert len(gate.events("acme.renewed")) == 1
    unknown = gate.run("cert", "renew", "other.example.com")
    assert unknown.returncode == 2
    assert "other.example.com" in unknown.stderr


def test_a_certificate_that_changes_nothing_is_not_ordered_again_at_once(start_site, pebble, tmp_path):
    gate = start_site()
    until(lambda: obtained(gate), "the first one is there", 10)
    # Ends after whatever the CA issues, and is due for years.
    key = ec.generate_private_key(ec.SECP256R1())
    now, name = datetime.datetime.now(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE)])
    old = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
           .serial_number(1).not_valid_before(now - datetime.timedelta(days=15000))
           .not_valid_after(now + datetime.timedelta(days=4000))
           .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), False).sign(key, hashes.SHA256()))
    chain, secret = tmp_path / "old.pem", tmp_path / "old.key"
    chain.write_bytes(old.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secret.chmod(0o600)
    imported = gate.run("cert", "import", str(chain), "--key", str(secret))
    assert imported.returncode == 0, imported.stderr
    for failures in (1, 2):
        gate.run("cert", "renew", SITE, "--force", timeout=30)
        (renewal,) = renewals(gate)
        assert (renewal["code"], renewal["failures"]) == ("acme.no-gain", failures)
        assert renewal["next_attempt"] > renewal["last_attempt"]


def test_a_ca_that_is_down_is_asked_again_later(start_site, pebble, authority, tmp_path):
    gate = start_site(directory="https://localhost:1/dir")
    until(lambda: renewals(gate)[0]["code"], "it has failed")
    (renewal,) = renewals(gate)
    assert (renewal["code"], renewal["state"], renewal["failures"]) == ("acme.unreachable", "failing", 1)
    assert renewal["next_attempt"] > renewal["last_attempt"]
    (failed,) = gate.events("acme.failed")
    assert failed["remedy"]
    again = gate.run("cert", "renew", SITE)
    assert again.returncode == 1
    assert renewals(gate)[0]["failures"] == 2
    # It comes back: the operator need not wait.
    gate.config["acme"] = [pebble.block()]
    gate.write()
    assert gate.reload().returncode == 0
    assert gate.run("cert", "renew", SITE, timeout=30).returncode == 0
    assert renewals(gate)[0]["failures"] == 0


def test_a_ca_that_is_not_trusted_is_told_so(start_site, stranger):
    gate = start_site(trust=str(stranger.certificate))
    until(lambda: renewals(gate)[0]["code"], "it has failed")
    (renewal,) = renewals(gate)
    assert renewal["code"] == "acme.not-trusted"
    assert "trust" in renewal["remedy"]["en"]


def test_the_next_ca_is_asked_when_the_first_fails_for_long(start_site, pebble):
    gate = start_site(directory="https://localhost:1/dir")
    gate.config["acme"].append(pebble.block(name="second"))
    gate.write()
    assert gate.reload().returncode == 0
    for _ in range(4):
        done = gate.run("cert", "renew", SITE, timeout=30)
    assert done.returncode == 0, done.stdout
    assert gate.events("acme.renewed")[0]["ca"] == "second"


def test_an_account_is_bound_to_one_that_the_ca_knows(start_site, tmp_path, authority):
    ca = Pebble(tmp_path, authority, binding=True)
    try:
        until(ca.up, "the CA answers", 10)
        gate = start_site(ca)
        until(lambda: renewals(gate)[0]["code"], "it has failed")
        assert renewals(gate)[0]["code"] == "acme.account-binding"
        ((kid, key),) = BINDING.items()
        (tmp_path / "eab.key").write_text(key + "\n")
        gate.config["acme"] = [ca.block(eab_kid=kid, eab_key_file=str(tmp_path / "eab.key"))]
        gate.write()
        assert gate.reload().returncode == 0
        done = gate.run("cert", "renew", timeout=30)
        assert done.returncode == 0, done.stdout
        assert key not in gate.said()
    finally:
        ca.close()


def test_a_ca_that_has_forgotten_the_account_gets_another_one_at_once(start_site, tmp_path, authority):
    ca = Pebble(tmp_path, authority)
    try:
        until(ca.up, "the CA answers", 30)
        gate = start_site(ca)
        until(lambda: obtained(gate), f"it is there; the gate said {gate.said()}", 30)
        ca.stop()
        ca.start()
        until(ca.up, "the CA answers", 30)
        done = gate.run("cert", "renew", SITE, "--force", timeout=30)
        assert done.returncode == 0, done.stdout
        assert gate.events("acme.failed") == []
        assert len(gate.events("acme.account")) == 2
    finally:
        ca.close()


def test_a_chain_is_chosen_by_its_last_issuer(start_site, pebble):
    other = ssl.create_default_context(cadata=pebble.root(1).decode()).get_ca_certs()[0]
    name = dict(part[0] for part in other["subject"])["commonName"]
    gate = start_site(preferred_chain=name)
    until(lambda: obtained(gate), f"it is there; the gate said {gate.said()}", 10)
    until(lambda: gate.events("certificate.swapped"), "it is shown")
    assert certificate_of(gate, SITE, pebble.root(1))


@pytest.mark.parametrize("pause", [0.05, 0.2, 0.4, 0.6])
def test_killed_at_any_moment_it_goes_on_where_it_was(pause, start_gate, start_site, pebble):
    gate = start_site()
    time.sleep(pause)
    gate.signal(signal.SIGKILL)
    gate.wait()
    again = start_gate.again(gate)
    until(lambda: obtained(again) or again.events("acme.failed"), "it has come to an end", 10)
    assert obtained(again), again.said()
    until(lambda: shows(again, SITE, pebble.root()), "it is shown")
