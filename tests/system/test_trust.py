"""Trust stores: what Pforte writes, keytool and openssl read, and the other way round."""

import base64
import json
import os
import random
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
from gate import BINARY, is_sanitized, run_pforte
from pki import Authority, openssl

UNICODE = "Pässwört € 🔑"


def keytool(*arguments: str | Path, check: bool = True) -> str:
    done = subprocess.run(["keytool", "-J-Xshare:auto", "-J-XX:TieredStopAtLevel=1", *map(str, arguments)],
                          capture_output=True, text=True, timeout=120,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def trust(*arguments: str | Path, status: int = 0) -> str:
    done = run_pforte("trust", *map(str, arguments))
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stdout + done.stderr


def listing(*arguments: str | Path) -> dict:
    return json.loads(trust("list", *arguments, "--json"))


def aliases(*arguments: str | Path) -> list[str]:
    return [entry["alias"] for entry in listing(*arguments)["entries"]]


def aliases_in_java(store: Path, password: str) -> set[str]:
    listed = keytool("-list", "-keystore", store, "-storepass", password)
    return set(re.findall(r"^(.+), \w+ \d+, \d+, (?:trustedCertEntry|PrivateKeyEntry)", listed, re.MULTILINE))


@pytest.fixture
def password_file(tmp_path):
    def write(password: str) -> Path:
        file = tmp_path / f"password-{abs(hash(password))}"
        file.write_text(password + "\n")
        return file
    return write


@pytest.fixture(scope="module")
def roots(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("roots")
    return [Authority(folder / str(i), f"Root {i}").certificate for i in range(3)]


@pytest.mark.parametrize("ending, password", [("jks", "changeit"), ("jks", UNICODE), ("jceks", UNICODE),
                                              ("p12", "changeit")])
def test_keytool_reads_what_pforte_writes_and_the_other_way_round(tmp_path, roots, password_file, ending, password):
    store, secret = tmp_path / f"store.{ending}", password_file(password)
    trust("add", store, roots[0], "--alias", "Wurzel Ä", "--password-file", secret)
    assert aliases_in_java(store, password) == {"wurzel ä"}
    keytool("-importcert", "-noprompt", "-keystore", store, "-storepass", password, "-alias", "java", "-file", roots[1])
    assert {alias.lower() for alias in aliases(store, "--password-file", secret)} == {"wurzel ä", "java"}
    trust("remove", store, "java", "--password-file", secret)
    trust("add", store, roots[2], "--alias", "third", "--password-file", secret)
    assert aliases_in_java(store, password) == {"wurzel ä", "third"}


def test_openssl_opens_a_pkcs12_store_under_a_password_that_java_refuses(tmp_path, roots, password_file):
    store = tmp_path / "store.p12"
    trust("add", store, roots[0], "--alias", "root", "--password-file", password_file(UNICODE))
    assert "CN = Root 0" in openssl("pkcs12", "-in", store, "-nokeys", "-passin", f"pass:{UNICODE}")


def test_java_reads_a_pkcs12_store_without_a_password(tmp_path, roots):
    store = tmp_path / "cacerts"
    trust("add", store, roots[0], "--alias", "root")
    done = subprocess.run(["keytool", "-list", "-keystore", store, "-storetype", "PKCS12"], input="\n", text=True,
                          capture_output=True, timeout=120)
    assert "root, " in done.stdout and "trustedCertEntry" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("ending", ["jks", "p12"])
def test_private_keys_survive_and_are_never_shown(tmp_path, roots, password_file, ending):
    pair, secret = Authority(tmp_path / "ca").issue("app.example.com"), password_file("secret")
    made, store = tmp_path / "made.p12", tmp_path / f"store.{ending}"
    openssl("pkcs12", "-export", "-in", pair.chain, "-inkey", pair.key, "-name", "server", "-passout", "pass:secret",
            "-out", made)
    keytool("-importkeystore", "-noprompt", "-srckeystore", made, "-srcstorepass", "secret", "-destkeystore", store,
            "-deststoretype", "JKS" if ending == "jks" else "PKCS12", "-deststorepass", "secret")
    trust("add", store, roots[0], "--alias", "root", "--password-file", secret)
    trust("remove", store, "root", "--password-file", secret)
    trust("add", store, roots[1], "--alias", "other", "--password-file", secret)
    shown = trust("list", store, "--password-file", secret) + trust("show", store, "--password-file", secret)
    assert "[private key]" in shown and "PRIVATE KEY-----" not in shown
    back = tmp_path / "back.p12"
    keytool("-importkeystore", "-noprompt", "-srckeystore", store, "-srcstorepass", "secret", "-srcalias", "server",
            "-destkeystore", back, "-deststoretype", "PKCS12", "-deststorepass", "secret")
    key = openssl("pkcs12", "-in", back, "-nocerts", "-nodes", "-passin", "pass:secret")
    (tmp_path / "key.pem").write_text(key[key.index("-----BEGIN"):])
    assert openssl("pkey", "-in", tmp_path / "key.pem", "-pubout") == openssl("pkey", "-in", pair.key, "-pubout")
    assert store.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("options", [(), ("-legacy",), ("-keypbe", "NONE", "-certpbe", "NONE", "-nomac")])
def test_openssl_stores_are_read_in_all_their_encryptions(tmp_path, roots, password_file, options):
    store = tmp_path / "store.p12"
    openssl("pkcs12", "-export", "-nokeys", "-in", roots[0], *options, "-passout", "pass:changeit", "-out", store)
    assert len(listing(store, "--password-file", password_file("changeit"))["entries"]) == 1
    found = json.loads(trust("lint", store, "--password-file", password_file("changeit"), "--json"))["findings"]
    assert "trust.not-seen-by-java" in {finding["id"] for finding in found}


def test_openssl_verifies_with_what_pforte_writes(tmp_path):
    authority = Authority(tmp_path / "ca")
    leaf = authority.issue("app.example.com").chain
    trust("add", tmp_path / "bundle.pem", authority.certificate)
    assert "OK" in openssl("verify", "-no-CApath", "-no-CAstore", "-CAfile", tmp_path / "bundle.pem", leaf)
    trust("add", f"{tmp_path}/folder/", authority.certificate)
    assert "OK" in openssl("verify", "-no-CAfile", "-no-CAstore", "-CApath", tmp_path / "folder", leaf)
    trust("add", tmp_path / "s.p12", authority.certificate, "--alias", "ca")
    listed = openssl("pkcs12", "-in", tmp_path / "s.p12", "-nokeys", "-nomacver", "-passin", "pass:")
    assert "friendlyName: ca" in listed


def test_the_systems_java_store_and_the_systems_own_are_read():
    assert len(listing("system")["entries"]) > 50
    java = Path("/etc/ssl/certs/java/cacerts")
    if java.exists():
        assert len(listing(java)["entries"]) > 50


@pytest.mark.parametrize("ending", ["jks", "p12", "pem"])
def test_a_damaged_store_is_refused_and_stays(tmp_path, roots, password_file, ending):
    store, secret = tmp_path / f"store.{ending}", password_file("changeit")
    trust("add", store, roots[0], "--alias", "a", "--password-file", secret)
    whole = store.read_bytes()
    store.write_bytes(whole[:-30])
    said = trust("add", store, roots[1], "--alias", "b", "--password-file", secret, status=2)
    assert str(store) in said and "help: " in said
    assert store.read_bytes() == whole[:-30]


def test_a_wrong_password_changes_nothing_in_english_and_german(tmp_path, roots, password_file):
    store = tmp_path / "store.jks"
    trust("add", store, roots[0], "--password-file", password_file("right"))
    before = store.read_bytes()
    assert "the password does not open it" in trust("remove", store, "root-0", "--password-file",
                                                    password_file("wrong"), status=2)
    assert "das Passwort öffnet ihn nicht" in trust("remove", store, "root-0", "--lang", "de", "--password-file",
                                                    password_file("wrong"), status=2)
    assert store.read_bytes() == before
    assert [file.name for file in tmp_path.glob("store*")] == ["store.jks"]


def test_a_folder_that_may_not_be_written_ends_with_3(tmp_path, roots, without_privileges):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    said = trust("add", folder / "store.pem", roots[0], status=3)
    assert "store.pem" in said


def test_whoever_is_killed_leaves_the_old_store_or_the_new(tmp_path, roots, password_file):
    store, secret = tmp_path / "store.jks", password_file("changeit")
    for i, root in enumerate(roots[:2]):
        trust("add", store, root, "--alias", f"r{i}", "--password-file", secret)
    old = set(aliases(store, "--password-file", secret))
    changes = [["add", store, roots[2], "--alias", "r2"], ["remove", store, "r2"]]
    begin = time.monotonic()
    outcomes = set()
    for round_ in range(60):
        if time.monotonic() - begin > 10:
            break
        process = subprocess.Popen([*shlex.split(BINARY), "trust", *map(str, changes[round_ % 2]), "--password-file", secret],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = frozenset(aliases(store, "--password-file", secret))
        assert found in (frozenset(old), frozenset(old | {"r2"}))
        outcomes.add(found)
    trust("add", store, roots[2], "--password-file", secret)  # what was left behind is in nobody's way
    assert outcomes


def test_diff_tells_what_is_only_here_or_there_and_what_is_renamed(tmp_path, roots):
    first, second = tmp_path / "first.p12", tmp_path / "second.p12"
    trust("add", first, roots[0], "--alias", "a")
    trust("add", first, roots[1], "--alias", "b")
    trust("add", second, roots[1], "--alias", "bee")
    trust("add", second, roots[2], "--alias", "c")
    diff = json.loads(trust("diff", first, second, "--json", status=1))
    assert [entry["alias"] for entry in diff["only_in_first"]] == ["a"]
    assert [entry["alias"] for entry in diff["only_in_second"]] == ["c"]
    assert [(entry["first"], entry["second"]) for entry in diff["renamed"]] == [("b", "bee")]
    assert json.loads(trust("diff", first, first, "--json"))["same"] is True


def test_lint_finds_the_server_certificate_and_the_password_everybody_knows(tmp_path, password_file):
    authority = Authority(tmp_path / "ca")
    leaf = authority.issue("app.example.com").chain
    store = tmp_path / "trust.jks"
    added = run_pforte("trust", "add", str(store), str(leaf), "--alias", "app", "--password-file",
                       str(password_file("changeit")))
    assert added.returncode == 0 and added.stderr.startswith("warning: trust.server-certificate: app ")
    found = json.loads(trust("lint", store, "--json", status=1))["findings"]
    by_id = {finding["id"]: finding for finding in found}
    assert {"trust.server-certificate", "trust.known-password"} <= by_id.keys()
    server = by_id["trust.server-certificate"]
    assert server["level"] == "error"
    assert set(server["commands"]) == {"pforte", "keytool"}
    assert "Pforte test CA" in server["remedy"]
    assert len(server["certificate"]["sha256"]) == 64
    assert "Zertifikat eines Servers" in trust("lint", store, "--lang", "de", status=1)


def test_the_command_that_lint_recommends_removes_the_duplicate(tmp_path, roots):
    store = tmp_path / "mix.pem"
    store.write_text(roots[0].read_text() + roots[1].read_text() + roots[0].read_text())
    [finding] = json.loads(trust("lint", store, "--json"))["findings"]
    assert finding["id"] == "trust.duplicate"
    command = shlex.split(finding["commands"]["pforte"])
    assert command == ["pforte", "trust", "remove", str(store), "--duplicates"]
    assert trust(*command[2:]).count(" was removed\n") == 1
    assert store.read_text() == roots[0].read_text() + roots[1].read_text()
    assert "no certificate is there twice" in trust("remove", store, "--duplicates")


def test_a_certificate_that_is_there_twice_goes_as_a_whole_when_its_digest_is_named(tmp_path, roots):
    store = tmp_path / "mix.pem"
    store.write_text(roots[0].read_text() + roots[1].read_text() + roots[0].read_text())
    digest = listing(store)["entries"][0]["sha256"][:16]
    removed = json.loads(trust("remove", store, "--alias", digest, "--json"))
    assert removed["count"] == 2 and removed["removed"]["subject"].endswith("Root 0")
    assert store.read_text() == roots[1].read_text()


def on_a_full_disk(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command where `folder` is a disk of 64 KiB without room, and tells what lies there afterwards."""
    script = ('mount -t tmpfs -o size=64k none "$0" && cd "$0" && head -c 65536 /dev/zero > fill; '
              '"$@"; status=$?; ls -AR >&2; exit $status')
    return subprocess.run(["unshare", "-rm", "sh", "-c", script, str(folder), *map(str, command)],
                          capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("store", ["new/", "new.pem", "new.p12"])
def test_on_a_full_disk_nothing_of_a_new_store_stays(tmp_path, roots, store):
    disk = tmp_path / "disk"
    disk.mkdir()
    if on_a_full_disk(disk, "true").returncode != 0:
        pytest.skip("this machine mounts nothing for us")
    done = on_a_full_disk(disk, *shlex.split(BINARY), "trust", "add", store, roots[0], "--alias", "root")
    assert done.returncode == 3 and "nothing has changed" in done.stderr
    assert done.stderr.endswith("\n.:\nfill\n")


def many_certificates(root: Path, count: int) -> list[bytes]:
    """DER of certificates that differ by their serial number."""
    der = subprocess.run(["openssl", "x509", "-in", root, "-outform", "der"], capture_output=True, check=True).stdout
    serial = der.index(b"\x02\x14") + 2
    return [der[:serial + 4] + i.to_bytes(4, "big") + der[serial + 8:] for i in range(count)]


def bundle_of(file: Path, certificates: list[bytes]) -> Path:
    file.write_text("".join("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(each).decode()
                            + "-----END CERTIFICATE-----\n" for each in certificates))
    return file


@pytest.mark.parametrize("store", ["many.p12", "many.jks", "many.pem", "many/"])
def test_ten_times_as_many_certificates_are_added_in_about_ten_times_the_time(tmp_path, roots, password_file, store):
    few = bundle_of(tmp_path / "few.pem", many_certificates(roots[0], 200))
    many = bundle_of(tmp_path / "all.pem", many_certificates(roots[0], 2000))

    def seconds(name: str, bundle: Path) -> float:
        before = os.times()
        done = run_pforte("trust", "add", f"{tmp_path}/{name}", str(bundle), "--password-file",
                          str(password_file("changeit")), timeout=120)
        after = os.times()
        assert done.returncode == 0, done.stderr
        return after.children_user + after.children_system - before.children_user - before.children_system

    first, second = seconds("few-" + store, few), seconds(store, many)
    assert len(listing(f"{tmp_path}/{store}", "--password-file", password_file("changeit"))["entries"]) == 2000
    assert second < 25 * max(first, 0.05)


def test_a_store_of_ten_thousand_certificates_lists_in_under_a_second(tmp_path, roots):
    store = bundle_of(tmp_path / "many.pem", many_certificates(roots[0], 10_000))
    before = os.times()
    listed = trust("list", store)
    after = os.times()
    assert len(listed.splitlines()) == 10_001
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert is_sanitized() or used < 1


def test_what_turns_a_name_around_reaches_neither_the_terminal_nor_the_name_of_a_file(tmp_path):
    root = tmp_path / "root.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj",
            "/CN=Bank \u202eAC\u200b", "-keyout", tmp_path / "root.key", "-out", root)
    said = trust("add", f"{tmp_path}/folder/", root) + trust("list", tmp_path / "folder") + trust("show", tmp_path / "folder")
    assert "CN=Bank \\u{202e}AC\\u{200b}" in said and "\u202e" not in said and "\u200b" not in said
    assert (tmp_path / "folder" / "bank-ac.pem").is_file()


def test_an_error_begins_with_the_file_and_its_line(tmp_path, roots):
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("my CA\n  -----BEGIN CERTIFICATE-----\n  ???\n  -----END CERTIFICATE-----\n")
    assert trust("list", bundle, status=2).startswith(
        f"pforte: {bundle}:2: error: the certificate is not Base64\nhelp: ")
    assert f"pforte: {bundle}:2: Fehler: das Zertifikat ist kein Base64\nHilfe: " in trust("list", bundle, "--lang", "de", status=2)
    verified = run_pforte("cert", "verify", "--chain", str(bundle), "--trust", str(roots[0]))
    assert verified.returncode == 2 and verified.stderr.startswith(f"pforte: {bundle}:2: error: ")


def test_one_damaged_file_of_a_folder_is_told_of_and_the_others_count(tmp_path, roots):
    folder = tmp_path / "folder"
    trust("add", f"{folder}/", roots[0], "--alias", "good")
    (folder / "bad.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    listed = run_pforte("trust", "list", str(folder))
    assert listed.returncode == 0 and "good.pem" in listed.stdout
    assert f"pforte: {folder}/bad.pem:1: warning: the certificate has no line that ends it" in listed.stderr
    assert len(listing(folder)["unreadable"]) == 1
    assert "trust.unreadable-file" in trust("lint", folder, status=1)
    verified = run_pforte("cert", "verify", "--chain", str(roots[0]), "--trust", str(folder), "--purpose", "any")
    assert verified.returncode == 0 and "bad.pem:1: warning: " in verified.stderr


def test_what_is_no_file_of_certificates_is_told_apart(tmp_path, roots):
    store, pipe, keystore, pkcs7 = (tmp_path / name for name in ("s.pem", "pipe", "k.p12", "k.p7b"))
    os.mkfifo(pipe)
    assert "neither a file nor a folder" in trust("list", pipe, status=2)
    trust("add", keystore, roots[0], "--alias", "root")
    assert "openssl pkcs12 -in FILE -nokeys" in trust("add", store, keystore, status=2)
    openssl("crl2pkcs7", "-nocrl", "-certfile", roots[0], "-out", pkcs7)
    assert "openssl pkcs7 -print_certs" in trust("add", store, pkcs7, status=2)
    assert "openssl pkcs7 -print_certs" in trust("lint", pkcs7, status=2)
    assert not store.exists()
    store.write_text("")
    assert "trust.empty" in trust("lint", store, status=1)
