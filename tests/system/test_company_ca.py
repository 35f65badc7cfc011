"""The company CA: made, issuing, revoking; openssl is the other side."""

import json
import random
import shlex
import time
from pathlib import Path

import pytest
from gate import BINARY, run_pforte
from kills import holds_open, killed_at_work
from pki import openssl


class Company:
    """A folder with a configuration, passwords, and what was made of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir()
        self.ca = self.state / "ca"
        self.config = folder / "pforte.toml"
        self.config.write_text(f'state_dir = "{self.state}"\n[ca]\nkey_password_file = "work.password"\n'
                               'url = "http://pki.example.com"\n')
        self.root_password, self.password = folder / "root.password", folder / "work.password"
        self.root_password.write_text("root secret\n")
        self.password.write_text("work secret\n")

    def run(self, *arguments: str | Path, status: int = 0) -> str:
        done = run_pforte(*map(str, arguments), "--config", str(self.config))
        assert done.returncode == status, done.stdout + done.stderr
        assert "secret" not in done.stdout + done.stderr
        return done.stdout if status == 0 else done.stdout + done.stderr

    def init(self, *arguments: str | Path, status: int = 0) -> str:
        return self.run("ca", "init", "--name", "Example GmbH", "--root-password-file", self.root_password, *arguments,
                        status=status)

    def issued(self) -> list[dict]:
        return json.loads(self.run("ca", "list", "--json"))["certificates"]

    def verify(self, certificate: Path, *arguments: str | Path) -> str:
        return openssl("verify", "-x509_strict", "-CAfile", self.ca / "root.pem", "-untrusted",
                       self.ca / "intermediate.pem", *arguments, certificate, check=False)


@pytest.fixture
def company(tmp_path) -> Company:
    return Company(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Company:
    company = Company(tmp_path_factory.mktemp("company"))
    company.init("--permit", "example.com,10.0.0.0/8")
    return company


def test_keys_are_encrypted_and_for_their_owner_alone(shared):
    assert shared.ca.stat().st_mode & 0o777 == 0o700
    for key in shared.ca.glob("*.key"):
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert "P-256" in openssl("pkey", "-in", shared.ca / "root.key", "-passin", f"file:{shared.root_password}", "-text",
                              "-noout")


def test_openssl_trusts_what_is_issued_and_its_key_fits(shared, tmp_path):
    chain, key = tmp_path / "crm.pem", tmp_path / "crm.key"
    told = json.loads(shared.run("cert", "issue", "crm.example.com", "10.1.2.3", "--out", chain, "--key", key, "--json"))
    assert "OK" in shared.verify(chain, "-purpose", "sslserver", "-verify_hostname", "crm.example.com")
    assert "OK" in shared.verify(chain, "-verify_ip", "10.1.2.3")
    assert openssl("x509", "-in", chain, "-pubkey", "-noout") == openssl("pkey", "-in", key, "-pubout")
    assert key.stat().st_mode & 0o777 == 0o600
    assert told["serial"] in {one["serial"] for one in shared.issued()}
    judged = run_pforte("cert", "verify", "--chain", str(chain), "--trust", str(shared.ca / "root.pem"), "--name",
                        "dns:crm.example.com", "--profile", "app")
    assert judged.returncode == 0, judged.stdout


def test_a_request_made_by_openssl_is_signed(shared, tmp_path):
    request, chain = tmp_path / "r.csr", tmp_path / "r.pem"
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "r.key", "-subj", "/CN=erp.example.com",
            "-addext", "subjectAltName=DNS:erp.example.com,DNS:*.erp.example.com", "-out", request)
    shared.run("cert", "issue", "--csr", request, "--out", chain, "--days", "30")
    assert "OK" in shared.verify(chain, "-verify_hostname", "a.erp.example.com")


def test_a_request_for_another_authority_is_one_that_openssl_signs(tmp_path, authority):
    key, request = tmp_path / "www.key", tmp_path / "www.csr"
    for _ in range(2):
        done = run_pforte("cert", "csr", "www.example.com", "192.0.2.7", "--key", str(key), "--out", str(request))
        assert done.returncode == 0, done.stderr
    text = openssl("req", "-in", request, "-noout", "-text", "-verify")
    assert "self-signature verify OK" in text
    assert "DNS:www.example.com, IP Address:192.0.2.7" in text
    assert key.stat().st_mode & 0o777 == 0o600


def test_no_key_is_lost_to_another(shared, tmp_path):
    key, out = tmp_path / "www.key", tmp_path / "www.pem"
    shared.run("cert", "issue", "evil.example.org", "--key", key, status=2)
    assert not key.exists()
    shared.run("cert", "issue", "www.example.com", "--key", key, "--out", out)
    content = key.read_text()
    for name in ("www.example.com", "evil.example.org"):
        assert "exists already" in shared.run("cert", "issue", name, "--key", key, status=2)
    for command in ("issue", "csr"):
        same = tmp_path / "x" / ".." / "www.key"
        assert "same file" in shared.run("cert", command, "www.example.com", "--key", key, "--out", same, status=2)
    assert key.read_text() == content


def test_what_was_issued_and_cannot_be_written_is_said_to_be_issued(shared):
    before = len(shared.issued())
    assert "issued nevertheless" in shared.run("cert", "issue", "full.example.com", "--out", "/dev/full", status=3)
    assert len(shared.issued()) == before + 1


@pytest.mark.parametrize("removed", [False, True], ids=["as it is", "after it was removed"])
def test_what_was_revoked_does_not_come_back_by_an_import(shared, tmp_path, removed):
    chain, key = tmp_path / "back.pem", tmp_path / "back.key"
    host = f"back-{removed}.example.com".lower()
    shared.run("cert", "issue", host, "--out", chain, "--key", key)
    shared.run("cert", "revoke", host)
    if removed:
        shared.run("cert", "remove", host)
    done = run_pforte("cert", "import", str(chain), "--key", str(key), "--config", str(shared.config))
    assert done.returncode == 0, done.stderr
    assert "stays out of use" in done.stderr
    listed = json.loads(shared.run("cert", "list", "--json"))["certificates"]
    assert [one["state"] for one in listed if host in one["names"]] == ["revoked"]


def test_what_is_revoked_is_listed_with_its_date_and_reason(shared):
    host = "gone.example.com"
    serial = json.loads(shared.run("cert", "issue", host, "--json"))["serial"]
    shared.run("cert", "revoke", host, "--reason", "key-compromise")
    [issued] = [one for one in shared.issued() if one["serial"] == serial]
    [kept] = [one for one in json.loads(shared.run("cert", "list", "--json"))["certificates"] if host in one["names"]]
    assert (kept["state"], kept["revoked"], kept["reason"]) == ("revoked", issued["revoked"], "key-compromise")
    day = issued["revoked"][:10]
    assert f"revoked {day}" in shared.run("cert", "list")
    assert f"gesperrt seit {day}" in shared.run("cert", "list", "--lang", "de")
    assert f"{day}  key-compromise" in shared.run("ca", "list")


def test_a_hyphen_is_standard_output_and_never_a_file(shared, tmp_path):
    def run(*arguments: str, status: int = 0) -> str:
        done = run_pforte(*arguments, "--config", str(shared.config), cwd=tmp_path)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert run("cert", "issue", "h.example.com", "--out", "-").startswith("-----BEGIN CERTIFICATE-----\n")
    assert run("cert", "csr", "h.example.com", "--key", "h.key", "--out", "-").startswith("-----BEGIN CERTIFICATE REQ")
    assert run("ca", "crl", "--out", "-").startswith("-----BEGIN X509 CRL-----\n")
    exported = run("cert", "export", "h.example.com", "--with-key", "--out", "-")
    assert exported.startswith("-----BEGIN PRIVATE KEY-----\n") and exported.endswith("-----END CERTIFICATE-----\n")
    assert "--json" in run("cert", "export", "h.example.com", "--out", "-", "--json", status=2)
    assert "--key" in run("cert", "csr", "h.example.com", "--key", "-", status=2)
    assert [file.name for file in tmp_path.iterdir()] == ["h.key"]


def test_a_client_gets_a_certificate_for_clients(shared, tmp_path):
    chain, key = tmp_path / "ann.pem", tmp_path / "ann.key"
    shared.run("cert", "issue", "ann@example.com", "--profile", "client", "--out", chain, "--key", key)
    assert "OK" in shared.verify(chain, "-purpose", "sslclient")
    assert "OK" not in shared.verify(chain, "-purpose", "sslserver").splitlines()[-1]
    assert "--key" in shared.run("cert", "issue", "bob@example.com", "--profile", "client", status=2)


def test_what_is_revoked_stands_in_the_list(shared, tmp_path):
    chain, crl = tmp_path / "old.pem", tmp_path / "crl.pem"
    told = json.loads(shared.run("cert", "issue", "old.example.com", "--out", chain, "--json"))
    shared.run("ca", "crl", "--out", crl)
    both = ("-crl_check_all", "-CRLfile", crl, "-CRLfile", shared.ca / "root.crl")
    assert "OK" in shared.verify(chain, *both)
    shared.run("cert", "revoke", told["serial"][:12], "--reason", "superseded")
    shared.run("ca", "crl", "--out", crl)
    assert "certificate revoked" in shared.verify(chain, *both)
    judged = run_pforte("cert", "verify", "--chain", str(chain), "--trust", str(shared.ca / "root.pem"), "--crl",
                        str(crl), "--crl", str(shared.ca / "root.crl"))
    assert judged.returncode == 1
    assert "revoked" in judged.stdout


@pytest.mark.parametrize("arguments, word", [
    (["evil.example.org"], "example.org is not permitted"),
    (["192.0.2.1"], "192.0.2.1"),
    (["crm.example.com", "ann@example.org"], "example.org"),
    (["a.*.example.com"], "is no host name|ist kein Hostname"),
    (["crm.example.com", "--days", "826"], "1...825"),
    (["crm.example.com", "--profile", "root"], "server|client"),
    (["crm.example.com", "--password-file", "{root}"], "does not open the key|öffnet den Schlüssel nicht"),
    (["--csr", "{config}"], "certificate request|Zertifikatsantrag"),
    (["crm.example.com", "--out", "/proc/none/x.pem"], "/proc/none/x.pem"),
])
def test_what_cannot_be_issued_is_told_with_a_remedy(shared, arguments, word):
    before = len(shared.issued())
    arguments = [one.format(root=shared.root_password, config=shared.config) for one in arguments]
    status = 3 if "/proc/none/x.pem" in arguments else 2
    for language in ("en", "de"):
        said = shared.run("cert", "issue", *arguments, "--lang", language, status=status)
        assert any(one in said for one in word.split("|"))
        assert ("help: " if language == "en" else "Hilfe: ") in said
    assert len(shared.issued()) == before


def test_a_misspelt_configuration_is_no_guess_where_the_authority_lies(company):
    company.init()
    company.config.write_text(company.config.read_text().replace("state_dir", "sate_dir"))
    said = company.run("ca", "show", status=2)
    assert f"{company.config}:1:1: error: unknown key sate_dir" in said and "did you mean state_dir?" in said


def test_a_damaged_authority_issues_nothing_and_names_the_file(company):
    company.init()
    key = company.ca / "intermediate.key"
    whole = key.read_text()
    key.write_text(whole[:len(whole) // 2])
    assert str(key) in company.run("cert", "issue", "a.example.com", status=2)
    key.write_text(openssl("pkcs8", "-topk8", "-in", company.ca / "root.key", "-passin",
                           f"file:{company.root_password}", "-passout", f"file:{company.password}"))
    assert "does not belong" in company.run("cert", "issue", "a.example.com", status=2)
    key.write_text(whole)
    company.run("cert", "issue", "a.example.com")
    assert "already" in company.init(status=2)


def test_the_root_stays_on_another_machine(company, tmp_path):
    offline, medium = tmp_path / "offline", tmp_path / "medium"
    medium.mkdir()
    done = run_pforte("ca", "init", "--root-only", "--name", "Example GmbH", "--folder", str(offline),
                      "--root-password-file", str(company.root_password))
    assert done.returncode == 0, done.stderr
    company.init("--intermediate-only")
    (offline / "root.key").rename(medium / "root.key")
    signed = run_pforte("ca", "sign-intermediate", str(company.ca / "intermediate.csr"), "--folder", str(offline),
                        "--root-key", str(medium / "root.key"), "--permit", "example.com", "--out",
                        str(medium / "chain.pem"), "--root-password-file", str(company.root_password))
    assert signed.returncode == 0, signed.stderr
    company.run("ca", "import", medium / "chain.pem")
    chain = tmp_path / "crm.pem"
    company.run("cert", "issue", "crm.example.com", "--out", chain)
    assert "OK" in company.verify(chain)
    assert not json.loads(company.run("ca", "show", "--json"))["root_key_here"]


def command(company: Company, *arguments: str | Path) -> list[str]:
    return [*shlex.split(BINARY), *map(str, arguments), "--config", str(company.config)]


def test_whoever_is_killed_leaves_a_whole_authority_or_none(company):
    chance, unfinished = random.Random(7), company.state / "ca.new"
    init = command(company, "ca", "init", "--root-password-file", company.root_password)
    hits = 0
    for pause in [0, *(chance.uniform(0, 0.1) for _ in range(5))]:
        hits += killed_at_work(init, lambda _: unfinished.exists(), pause)
        if company.ca.exists():
            break
    assert hits > 0
    if not company.ca.exists():
        company.init()
    company.run("cert", "issue", "a.example.com")
    assert sorted(file.name for file in company.ca.iterdir()) == [
        "intermediate.key", "intermediate.pem", "root.crl", "root.key", "root.pem"]


def test_a_certificate_that_left_was_written_down_before(company):
    company.init()
    chance, store = random.Random(7), company.state / "pforte.db"
    began = time.monotonic()
    company.run("cert", "issue", "first.example.com")
    takes = time.monotonic() - began

    def killed(*arguments: str | Path, pause: float) -> bool:
        return killed_at_work(command(company, *arguments), lambda process: holds_open(process, store), pause)

    hits = 0
    for round_, pause in enumerate([0, *(chance.uniform(0, takes) for _ in range(5))]):
        chain = company.folder / f"{round_}.pem"
        hits += killed("cert", "issue", f"{round_}.example.com", "--out", chain, pause=pause)
        names = {name for one in company.issued() for name in one["names"]}
        if chain.exists():
            assert f"dns:{round_}.example.com" in names
            assert "OK" in company.verify(chain)
    assert hits > 0
    serial = json.loads(company.run("cert", "issue", "last.example.com", "--json"))["serial"]
    hits = sum(killed("cert", "revoke", serial, pause=pause) for pause in [0, *(chance.uniform(0, takes) for _ in range(3))])
    assert hits > 0
    company.run("cert", "revoke", serial)
    assert [one["serial"] for one in company.issued() if one["revoked"]] == [serial]


def test_a_folder_that_may_not_be_written_is_named(company, without_privileges):
    company.state.chmod(0o500)
    assert str(company.state) in company.init(status=3)
    company.state.chmod(0o700)


def test_a_folder_that_may_not_be_read_is_named(company, without_privileges):
    company.ca.mkdir()
    company.ca.chmod(0)
    assert f"{company.ca}/root.pem" in company.run("ca", "show", status=3)
    company.ca.chmod(0o700)


@pytest.mark.parametrize("bounds", ["--permit=*.example.com", "--permit=10.0.0.0/99", "--permit=fe80::/129",
                                    "--permit=10.0.0.0/8", "--exclude=example.com/"])
def test_bounds_that_bind_nothing_are_refused(company, bounds):
    assert "--permit and --exclude" in company.init(bounds, status=2)
    assert not company.ca.exists()


def test_an_address_that_no_client_could_use_is_not_signed_into_certificates(company):
    assert "http://pki.example.com" in company.init("--url", "pki.example.com/crl", status=2)
    assert not company.ca.exists()


def test_json_is_a_document_also_where_pem_is_made(shared, tmp_path):
    made = {"REQUEST": ("cert", "csr", "a.example.com", "--key", tmp_path / "a.key"), "CRL": ("ca", "crl")}
    for kind, command in made.items():
        document = json.loads(shared.run(*command, "--json"))
        assert kind in document["pem"] and document["file"] is None
    document = json.loads(shared.run("ca", "crl", "--json", "--out", tmp_path / "list.pem"))
    assert (tmp_path / "list.pem").read_text() == document["pem"]
    assert document["file"] == str(tmp_path / "list.pem")


@pytest.mark.parametrize("command", [("cert", "issue", "b.example.com"), ("ca", "crl"),
                                     ("cert", "csr", "b.example.com", "--key", "{folder}/b.key")], ids=lambda words: words[1])
def test_out_never_replaces_a_private_key(shared, tmp_path, command):
    key = tmp_path / "old.key"
    shared.run("cert", "csr", "old.example.com", "--key", key, "--out", tmp_path / "old.csr")
    before = key.read_text()
    command = [word.format(folder=tmp_path) for word in command]
    assert str(key) in shared.run(*command, "--out", key, status=2)
    assert key.read_text() == before and not (tmp_path / "b.key").exists()


def test_the_request_of_a_host_does_not_become_a_ca(shared, tmp_path):
    shared.run("cert", "csr", "a.example.com", "--key", tmp_path / "a.key", "--out", tmp_path / "a.csr")
    told = shared.run("ca", "sign-intermediate", tmp_path / "a.csr", "--root-password-file", shared.root_password, status=2)
    assert "not of a CA" in told
