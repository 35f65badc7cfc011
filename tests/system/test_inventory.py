"""The inventory of certificates: imported, listed, exported, and shown by sites that ask for it."""

import datetime
import email
import email.policy
import http.server
import json
import random
import shlex
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from backends import tls_server
from gate import BINARY, HOST, run_pforte, until
from kills import holds_open, killed_at_work
from load import Load
from pki import Authority, Pair, openssl
from ports import free_port
from test_trust import keytool

PASSWORD = "Pässwört"


class Desk:
    """An administrator with an inventory and no gate."""

    def __init__(self, folder: Path):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.file = folder / "pforte.toml"
        self.file.write_text(f'state_dir = "{folder / "state"}"\n')
        (folder / "state").mkdir(exist_ok=True)
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD + "\n")

    def run(self, *arguments: object, status: int = 0) -> str:
        done = run_pforte("cert", *map(str, arguments), "--config", str(self.file))
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    def list(self, *arguments: str) -> list[dict]:
        return json.loads(self.run("list", "--json", *arguments))["certificates"]


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "desk")


@pytest.fixture(scope="module")
def pair(authority) -> Pair:
    return authority.issue(HOST)


def pkcs12(folder: Path, pair: Pair, *options: str) -> Path:
    file = folder / "pair.p12"
    openssl("pkcs12", "-export", "-in", pair.chain, "-inkey", pair.key, "-out", file, "-passout", f"pass:{PASSWORD}",
            *options)
    return file


@pytest.mark.parametrize("form", ["pem", "der", "p12", "old p12", "sealed key", "one file"])
def test_a_certificate_is_imported_in_every_form_with_its_key(form, desk, pair, tmp_path):
    leaf = pair.chain.with_suffix(".crt")
    files: list[object] = [pair.chain, "--key", pair.key]
    if form == "der":
        der, key = tmp_path / "leaf.der", tmp_path / "key.der"
        openssl("x509", "-in", leaf, "-outform", "der", "-out", der)
        openssl("pkey", "-in", pair.key, "-outform", "der", "-out", key)
        files = [der, "--key", key]
    if form.endswith("p12"):
        old = ["-legacy"] if form == "old p12" else []
        files = [pkcs12(tmp_path, pair, *old), "--password-file", desk.password_file]
    if form == "sealed key":
        sealed = tmp_path / "sealed.key"
        openssl("pkey", "-in", pair.key, "-aes256", "-passout", f"pass:{PASSWORD}", "-out", sealed)
        files = [leaf, "--key", sealed, "--password-file", desk.password_file]
    if form == "one file":
        both = tmp_path / "both.pem"
        both.write_text(pair.key.read_text() + pair.chain.read_text())
        files = [both]
    desk.run("import", *files, "--owner", "IT")
    (entry,) = [one for one in desk.list() if HOST in one["names"]]
    assert entry["has_key"] and entry["owner"] == "IT" and entry["source"] == "imported"
    assert HOST in desk.run("list")
    assert "PRIVATE" not in desk.run("list", "--json")


def test_the_chain_is_completed_from_what_is_known_and_what_is_missing_is_said(desk, pair, authority):
    leaf = pair.chain.with_suffix(".crt")
    done = run_pforte("cert", "import", str(leaf), "--key", str(pair.key), "--json", "--config", str(desk.file))
    assert "CN=Pforte test CA is not known" in done.stderr
    assert json.loads(done.stdout)["imported"][0]["missing_issuer"] == "CN=Pforte test CA"
    desk.run("import", authority.certificate)
    done = run_pforte("cert", "import", str(leaf), "--key", str(pair.key), "--config", str(desk.file))
    assert done.stderr == ""


def test_a_chain_as_public_authorities_deliver_it_lacks_nothing(desk, tmp_path):
    root, key, leaf = tmp_path / "root.pem", tmp_path / "leaf.key", tmp_path / "leaf.pem"
    middle, middle_key = tmp_path / "middle.pem", tmp_path / "middle.key"
    ca = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    make = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
    openssl(*make, "-subj", "/CN=Far Root", *ca, "-keyout", tmp_path / "root.key", "-out", root)
    openssl(*make, "-subj", "/CN=Middle", *ca, "-CA", root, "-CAkey", tmp_path / "root.key", "-keyout", middle_key,
            "-out", middle)
    openssl(*make, "-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example", "-addext",
            "basicConstraints=critical,CA:FALSE", "-CA", middle, "-CAkey", middle_key, "-keyout", key, "-out", leaf)
    chain = tmp_path / "chain.pem"
    chain.write_text(leaf.read_text() + middle.read_text())
    done = run_pforte("cert", "import", str(chain), "--key", str(key), "--config", str(desk.file))
    assert done.returncode == 0 and done.stderr == ""
    done = run_pforte("cert", "import", str(middle), "--config", str(desk.file))
    assert done.returncode == 0 and done.stderr == ""


def test_what_cannot_be_imported_names_file_cause_and_remedy_and_changes_nothing(desk, pair, stranger, tmp_path):
    leaf = pair.chain.with_suffix(".crt")
    foreign = stranger.issue("other.example")
    sealed, cut, wrong, none = (tmp_path / name for name in ("sealed.key", "cut.pem", "wrong", "none.txt"))
    openssl("pkey", "-in", pair.key, "-aes256", "-passout", f"pass:{PASSWORD}", "-out", sealed)
    cut.write_text(leaf.read_text()[:300])
    wrong.write_text("wrong\n")
    none.write_text("nothing\n")
    store = pkcs12(tmp_path, pair)
    for arguments, words in [
        ([leaf, "--key", foreign.key], ["key", "belongs to none"]),
        ([leaf, "--key", sealed], ["sealed.key", "encrypted"]),
        ([leaf, "--key", sealed, "--password-file", wrong], ["sealed.key", "password"]),
        ([store], ["pair.p12", "password"]),
        ([store, "--password-file", wrong], ["pair.p12", "password"]),
        ([cut, "--key", pair.key], ["cut.pem", "fetch the file anew"]),
        ([none], ["none.txt"]),
        ([tmp_path / "missing.pem"], ["missing.pem", "No such file"]),
        ([pair.key], ["no certificate"]),
    ]:
        said = desk.run("import", *arguments, status=2)
        assert all(word in said for word in words), said
        assert "help: " in said
        assert "PRIVATE" not in said
    assert desk.list() == []


def test_what_is_expired_is_kept_and_said(desk, authority):
    old = authority.issue("old.example", days=-1)
    done = run_pforte("cert", "import", str(old.chain), "--key", str(old.key), "--config", str(desk.file))
    assert "has expired" in done.stderr
    assert [one["state"] for one in desk.list() if one["names"]] == ["expired"]
    assert [one["names"] for one in desk.list("--expiring", "1d")] == [["old.example"]]
    assert "abgelaufen" in desk.run("list", "--lang", "de")


def test_an_export_with_key_is_for_its_owner_alone_and_everybody_reads_it(desk, pair, tmp_path):
    desk.run("import", pair.chain, "--key", pair.key)
    sealed, plain, der, p12, jks = (tmp_path / name for name in ("s.pem", "p.pem", "c.der", "k.p12", "k.jks"))
    desk.run("export", HOST, "--with-key", "--out", sealed, "--password-file", desk.password_file)
    desk.run("export", HOST, "--out", plain)
    desk.run("export", HOST, "--form", "der", "--out", der)
    secret = tmp_path / "ascii"
    secret.write_text("changeit\n")
    desk.run("export", HOST, "--form", "p12", "--with-key", "--out", p12, "--password-file", secret)
    desk.run("export", HOST, "--form", "jks", "--with-key", "--out", jks, "--password-file", secret)
    assert [oct(file.stat().st_mode & 0o777) for file in (sealed, plain, p12, jks)] == ["0o600", "0o644", "0o600", "0o600"]
    assert "BEGIN ENCRYPTED PRIVATE KEY" in sealed.read_text() and "PRIVATE" not in plain.read_text()
    public = openssl("pkey", "-in", pair.key, "-pubout")
    assert openssl("pkey", "-in", sealed, "-passin", f"pass:{PASSWORD}", "-pubout") == public
    assert HOST in openssl("x509", "-inform", "der", "-in", der, "-noout", "-ext", "subjectAltName")
    for store in (p12, jks):
        listed = keytool("-list", "-keystore", store, "-storepass", "changeit")
        assert "PrivateKeyEntry" in listed
        moved = tmp_path / f"{store.suffix[1:]}-moved.p12"
        keytool("-importkeystore", "-srckeystore", store, "-srcstorepass", "changeit", "-destkeystore", moved,
                "-deststorepass", "changeit", "-deststoretype", "PKCS12")
        key = openssl("pkcs12", "-in", moved, "-passin", "pass:changeit", "-nocerts", "-nodes")
        (tmp_path / "moved.key").write_text(key)
        assert openssl("pkey", "-in", tmp_path / "moved.key", "-pubout") == public
    desk.run("remove", HOST)
    assert "no certificate" in desk.run("export", HOST, "--out", plain, status=2)


def test_an_export_with_key_takes_nobodys_place_and_follows_no_link(desk, pair, tmp_path):
    desk.run("import", pair.chain, "--key", pair.key)
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("mine")
    link.symlink_to(there)
    for out in (link, there):
        assert "exists already" in desk.run("export", HOST, "--with-key", "--out", out, status=2)
    assert there.read_text() == "mine"
    desk.run("export", HOST, "--out", link)
    assert "BEGIN CERTIFICATE" in there.read_text()


def test_a_kill_at_any_moment_of_an_import_leaves_all_of_it_or_nothing(desk, pair):
    chance = random.Random(5)
    command = [*shlex.split(BINARY), "cert", "import", str(pair.chain), "--key", str(pair.key), "--config", str(desk.file)]
    began = time.monotonic()
    desk.run("import", pair.chain, "--key", pair.key)
    takes = time.monotonic() - began
    desk.run("remove", HOST)
    seen, hits = set(), 0
    for pause in [0, *(chance.uniform(0, takes * 1.2) for _ in range(23)), takes * 20]:
        hits += killed_at_work(command, lambda process: holds_open(process, desk.folder / "state/pforte.db"), pause)
        entries = [one for one in desk.list() if HOST in one["names"]]
        assert all(one["has_key"] for one in entries)
        seen.add(len(entries))
        if entries:
            desk.run("remove", HOST)
    assert seen == {0, 1} and hits > 0


# Sites with certificate = "auto".


def serial_shown(gate, host: str) -> str | None:
    """The serial number of the certificate that a client is shown; None: it is refused."""
    context = ssl.create_default_context(cafile=str(gate.authority.certificate))
    try:
        with gate.connect(tls=context, sni=host) as client:
            return client.tls.getpeercert()["serialNumber"]
    except ssl.SSLError as error:
        assert "unrecognized" in str(error).lower() or "UNRECOGNIZED_NAME" in str(error), error
        return None


def import_pair(gate, pair: Pair) -> None:
    done = gate.run("cert", "import", str(pair.chain), "--key", str(pair.key))
    assert done.returncode == 0, done.stderr


@pytest.fixture
def automatic(start_gate, start_backend, authority):
    site = {"hosts": ["*.apps.example", "erp.example"], "certificate": "auto", "backend": "app", "allow": ["/"]}
    gate = start_gate(start_backend())
    first = {**gate.config["site"][0], "certificate": "auto"}
    gate.config["site"] = [first, {**site, "backend": first["backend"]}]
    gate.write()
    assert gate.reload().returncode == 0
    return gate


def test_a_site_without_a_fitting_certificate_is_refused_and_never_shows_anothers(automatic, authority):
    import_pair(automatic, authority.issue("erp.example"))
    until(lambda: serial_shown(automatic, "erp.example"), "the second site has its certificate")
    assert serial_shown(automatic, HOST) is None
    done = automatic.run("check")
    assert done.returncode == 0
    assert f"no valid certificate with key for {HOST}" in done.stderr and "pforte cert import" in done.stderr
    assert f"no certificate: {HOST}" in automatic.run("status").stdout
    refused = automatic.events("tls.handshake-failed")
    assert "the inventory has no certificate for this name" in {one["reason"] for one in refused}


def test_each_host_gets_the_best_certificate_that_fits_it(automatic, authority):
    for names in (["*.apps.example"], ["crm.apps.example"], [HOST]):
        import_pair(automatic, authority.issue(*names))
    until(lambda: serial_shown(automatic, HOST), "the first site has its certificate")
    shown = {host: serial_shown(automatic, host) for host in (HOST, "crm.apps.example", "dms.apps.example")}
    assert None not in shown.values() and len(set(shown.values())) == 3
    assert serial_shown(automatic, "a.b.apps.example") is None


@pytest.mark.parametrize("new_connections", [False, True])
def test_certificates_are_swapped_under_load_without_losing_a_request(new_connections, automatic, authority):
    import_pair(automatic, authority.issue(HOST, days=5))
    first = until(lambda: serial_shown(automatic, HOST), "it has a certificate")
    with Load(automatic, workers=4, new_connections=new_connections) as load:
        until(lambda: load.answered > 50, "the load is under way", 10)
        for days in (6, 7, 8):
            import_pair(automatic, authority.issue(HOST, days=days))
            before, first = first, until(lambda: (now := serial_shown(automatic, HOST)) != first and now, "it is swapped")
            assert before != first
        so_far = load.answered
        until(lambda: load.answered > so_far + 50, "it goes on", 10)
    assert load.failures == []
    assert set(load.statuses) == {200}
    assert len(automatic.events("certificate.swapped")) >= 3
    assert "PRIVATE" not in automatic.said()


def test_keys_in_the_store_are_for_the_owner_alone(automatic, authority):
    import_pair(automatic, authority.issue(HOST))
    folder = Path(automatic.config["state_dir"])
    assert {oct(file.stat().st_mode & 0o777) for file in folder.glob("pforte.db*")} == {"0o600"}


# What a running gate tells the inventory, and when it sounds the alarm.


def listed(gate) -> list[dict]:
    return json.loads(gate.run("cert", "list", "--json").stdout)["certificates"]


def uses(gate) -> set[str]:
    return {f"{use['kind']} {name}" for one in listed(gate) for use in one["uses"] if use["current"] for name in one["names"]}


def test_the_gate_tells_what_it_shows_what_it_trusts_and_what_its_servers_show(start_gate, start_backend, authority):
    backend = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    gate = start_gate(backend, backend={"trust": str(authority.certificate)})
    assert gate.get().status == 200
    until(lambda: {f"site {HOST}", "backend 127.0.0.1"} <= uses(gate), "both are in the inventory")
    entries = listed(gate)
    (root,) = [one for one in entries if {use["kind"] for use in one["uses"]} == {"trust"}]
    assert root["authority"] and root["subject"] == "CN=Pforte test CA"
    assert {one["source"] for one in entries} == {"file", "seen"}
    assert not any(one["has_key"] for one in entries)


@pytest.mark.parametrize("way", ["expired", "of nobody", "of another host"])
def test_what_a_server_shows_and_is_refused_for_is_in_the_inventory_too(way, start_gate, start_backend, authority, stranger):
    shown = {"expired": lambda: authority.issue("127.0.0.1", days=-1), "of nobody": lambda: stranger.issue("127.0.0.1"),
             "of another host": lambda: authority.issue("other.example.com")}[way]()
    gate = start_gate(start_backend(tls=tls_server(shown)), backend={"trust": str(authority.certificate)})
    assert gate.get().status == 502
    name = "other.example.com" if way == "of another host" else "127.0.0.1"
    until(lambda: f"backend {name}" in uses(gate), "it is in the inventory")
    if way == "expired":
        until(lambda: gate.events("certificate.expires"), "the alarm")


def test_a_server_that_shows_another_certificate_is_told_of_once(start_gate, start_backend, authority, stranger, tmp_path):
    shown = tls_server(authority.issue("127.0.0.1"))
    trust = tmp_path / "trust.pem"
    trust.write_text(authority.certificate.read_text())
    gate = start_gate(start_backend(tls=shown), backend={"trust": str(trust)})
    assert gate.get().status == 200
    until(lambda: "backend 127.0.0.1" in uses(gate), "it was seen")
    assert gate.events("certificate.peer-changed") == []
    renewed = authority.issue("127.0.0.1", days=19)
    shown.load_cert_chain(renewed.chain, renewed.key)
    for more in (stranger.certificate, authority.certificate):  # under another trust store, connections are new ones
        trust.write_text(trust.read_text() + more.read_text())
        assert gate.reload().returncode == 0
        assert gate.get().status == 200
    until(lambda: gate.events("certificate.peer-changed"), "the change is told of")
    (event,) = gate.events("certificate.peer-changed")
    assert event["server"].startswith("https://127.0.0.1:")
    history = [use for one in listed(gate) for use in one["uses"] if use["kind"] == "backend"]
    assert sorted(use["current"] for use in history) == [False, True]


def ending(authority: Authority, name: str, left: datetime.timedelta, folder: Path) -> Pair:
    """A certificate of a year ago that ends after `left`."""
    now = datetime.datetime.now(datetime.UTC)
    root = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    issuer = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(root.subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(365))
            .not_valid_after(now + left)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True).sign(issuer, hashes.SHA256()))
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    pair.chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return pair


def alarms(gate) -> dict[str, str]:
    return {one["name"]: one["alarm"] for one in gate.events("certificate.expires")}


def test_an_alarm_sounds_once_for_each_certificate_also_after_a_restart(automatic, start_gate, authority, tmp_path):
    import_pair(automatic, ending(authority, HOST, datetime.timedelta(days=5), tmp_path))
    import_pair(automatic, ending(authority, "erp.example", datetime.timedelta(hours=5), tmp_path))
    until(lambda: len(alarms(automatic)) == 2, "both alarms sound")
    assert alarms(automatic) == {HOST: "7d", "erp.example": "1d"}
    until(lambda: HOST in automatic.run("status").stdout.partition("Certificates that end soon")[2], "the status has it")
    assert 0 < automatic.metric("pforte_certificate_expires_seconds", source="imported") < 6 * 86400
    automatic.reload()
    import_pair(automatic, authority.issue("other.example"))
    # All certificates are judged, and alarms sound, before the metrics have one of them.
    until(lambda: 'name="other.example"' in str(automatic.metrics()), "all were judged once more")
    assert len(automatic.events("certificate.expires")) == 2
    automatic.expect_death = True
    automatic.signal(signal.SIGTERM)
    automatic.wait()
    again = start_gate.again(automatic)
    until(lambda: HOST in again.run("status").stdout.partition("Certificates that end soon")[2], "it is judged again")
    assert again.events("certificate.expires") == []


class Hook:
    """An HTTPS receiver of webhooks and a mail server, both with certificates of our authority. `refuses`: 500 to all."""

    def __init__(self, authority: Authority):
        pair = authority.issue("127.0.0.1")
        self.documents: list[dict] = []
        self.mails: list = []
        self.refuses = False
        hook = self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(500 if hook.refuses else 204)
                self.end_headers()
                if not hook.refuses:
                    hook.documents.append(json.loads(body))

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.server.socket = tls_server(pair).wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.server.server_port}/hooks/s3cret"

        class Inbox:
            async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
                hook.mails.append((envelope, session.ssl is not None))
                return "250 taken"

        self.post = Controller(Inbox(), hostname="127.0.0.1", port=free_port(), tls_context=tls_server(pair))
        self.post.start()
        self.smtp = f"smtp://127.0.0.1:{self.post.port}"

    def stop(self) -> None:
        self.post.stop()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook(authority):
    hook = Hook(authority)
    yield hook
    hook.stop()


def test_webhook_and_mail_are_told_of_an_alarm_once_and_again_until_they_take_it(automatic, hook, authority, tmp_path):
    hook.refuses = True
    automatic.config["alarm"] = {"webhook": hook.url, "trust": str(authority.certificate),
                                 "mail": {"server": hook.smtp, "from": "pforte@example.com", "to": ["it@example.com"]}}
    automatic.write()
    done = automatic.reload()
    assert done.returncode == 0, done.stderr
    import_pair(automatic, ending(authority, HOST, datetime.timedelta(days=5), tmp_path))
    until(lambda: automatic.events("certificate.alarm-failed"), "the webhook refuses")
    assert "https://127.0.0.1: " in automatic.events("certificate.alarm-failed")[0]["reason"]
    until(lambda: hook.mails, "the mail comes all the same")
    hook.refuses = False
    import_pair(automatic, authority.issue("other.example"))
    until(lambda: automatic.events("certificate.alarm-told"), "now it is taken")
    import_pair(automatic, authority.issue("further.example"))
    time.sleep(1)
    (document,), ((envelope, sealed),) = hook.documents, hook.mails
    assert sealed and envelope.rcpt_tos == ["it@example.com"] and envelope.mail_from == "pforte@example.com"
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert HOST in mail["subject"] and HOST in mail.get_content()
    assert document["event"] == "certificate.expires" and document["name"] == HOST and document["alarm"] == "7d"
    assert {"kind": "site", "place": HOST} in document["uses"]
    assert "PRIVATE" not in json.dumps(document) + mail.as_string()
    assert "s3cret" not in automatic.said() + automatic.run("status", "--json").stdout


@pytest.mark.parametrize("alarm, code", [
    ({"webhook": "http://example.com/"}, "conf.alarm.webhook"),
    ({"mail": {"server": "mail", "from": "a@x", "to": ["b@x"]}}, "conf.alarm.server"),
    ({"mail": {"server": "smtp://x", "from": "a@x", "to": ["b@x>\r\nDATA"]}}, "conf.alarm.address"),
    ({"mail": {"server": "smtp://x", "from": "a@x", "to": []}}, "conf.alarm.address"),
    ({"mail": {"server": "smtp://x", "from": "a@x", "to": ["b@x"], "user": "a"}}, "conf.alarm.password"),
])
def test_what_alarm_cannot_mean_is_refused(automatic, alarm, code):
    automatic.config["alarm"] = alarm
    automatic.write()
    problems = json.loads(automatic.run("check", "--json").stdout)["problems"]
    assert [one["code"] for one in problems if one["severity"] == "error"] == [code]


# Whom the gate trusts to vouch for its servers, in every form of trust store.


@pytest.mark.parametrize("form", ["jks", "p12", "folder", "der"])
def test_a_backend_is_trusted_by_any_form_of_trust_store(form, start_gate, start_backend, authority, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("changeit\n")
    store, needs = tmp_path / f"trust.{form}", form in ("jks", "p12")
    if form == "folder":
        store.mkdir()
        (store / "ca.pem").write_text(authority.certificate.read_text())
    elif form == "der":
        openssl("x509", "-in", authority.certificate, "-outform", "der", "-out", store)
    else:
        keytool("-importcert", "-noprompt", "-keystore", store, "-storetype", "pkcs12" if form == "p12" else "jks",
                "-storepass", "changeit", "-alias", "ca", "-file", authority.certificate)
    backend = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    trust = {"trust": str(store), "trust_password_file": str(secret) if needs else None}
    gate = start_gate(backend, backend={name: value for name, value in trust.items() if value})
    assert gate.get().status == 200
    if not needs:
        return
    secret.write_text("wrong\n")
    done = gate.reload()
    assert done.returncode != 0 and store.name in done.stderr and "password" in done.stderr
    assert gate.get().status == 200


def test_a_damaged_file_in_a_folder_of_trust_is_told_of_and_the_others_are_trusted(start_gate, start_backend, authority, tmp_path):
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "ca.pem").write_text(authority.certificate.read_text())
    (folder / "bad.pem").write_text(authority.certificate.read_text()[:300])
    backend = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    gate = start_gate(backend, backend={"trust": str(folder)})
    assert gate.get().status == 200
    until(lambda: gate.events("certificate.trust-unreadable"), "the log tells of it")
    (event,) = gate.events("certificate.trust-unreadable")
    assert str(folder / "bad.pem") in event["reason"]
    done = gate.run("check", "--json")
    (problem,) = [one for one in json.loads(done.stdout)["problems"] if one["code"] == "certificate.damaged"]
    assert done.returncode == 0 and problem["severity"] == "warning" and str(folder / "bad.pem") in problem["message"]
