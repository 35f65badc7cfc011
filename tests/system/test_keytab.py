"""Keytabs: what Pforte makes of a password is what MIT Kerberos makes of it, byte for byte. For Active Directory see
test_active_directory.py."""

from __future__ import annotations

import json
import os
import pty
import shlex
import shutil
import subprocess
from pathlib import Path

import gate as gates
import pytest
from acl import NAMED_GROUP, NOBODY, READ, USER, set_acl
from gate import BINARY, run_pforte, until
from kdc import ALPHA, KDC_CONF, listens, password_of, relay
from keytabs import as_by_ktpass, keys_of, ktutil_keytab, records, without_times
from ports import free_port

NAME = "HTTP/crm.example.com@EXAMPLE.COM"
PASSWORD = "Pässwort 1"
AT_KDC = "Kdc-Secret-1"
ALL = {"aes256-sha1": "aes256-cts-hmac-sha1-96", "aes128-sha1": "aes128-cts-hmac-sha1-96",
       "aes256-sha2": "aes256-cts-hmac-sha384-192", "aes128-sha2": "aes128-cts-hmac-sha256-128", "rc4": "arcfour-hmac"}
WEAK = {"rc4": 23}


def keytab(*arguments: str | Path, status: int = 0) -> str:
    done = run_pforte("keytab", *map(str, arguments))
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stdout + done.stderr


def findings(file: Path, *options: str | Path, status: int = 0) -> dict[str, dict]:
    """Those of `keytab check`, by their id."""
    done = run_pforte("keytab", "check", str(file), *map(str, options), "--json")
    assert done.returncode == status, done.stdout + done.stderr
    return {finding["id"]: finding for finding in json.loads(done.stdout)["findings"]}


@pytest.fixture
def secret(tmp_path):
    def write(password: str = PASSWORD) -> Path:
        file = tmp_path / f"password-{len(list(tmp_path.glob('password-*')))}"
        file.write_text(password + "\n")
        return file
    return write


@pytest.fixture
def create(tmp_path, secret):
    """create(file, *options, principal=NAME, kvno=3, password=PASSWORD): what it said, as JSON."""
    def make(file: Path, *options: str, principal: str = NAME, kvno: int | None = 3, password: str = PASSWORD) -> dict:
        version = () if kvno is None else ("--kvno", kvno)
        return json.loads(keytab("create", file, "--principal", principal, *version, *options,
                                 "--password-file", secret(password), "--json"))
    return make


# What it makes.


def test_what_create_makes_is_byte_for_byte_what_ktutil_makes(create, tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    create(ours, "--encryption", ",".join(ALL))
    ktutil_keytab(theirs, NAME, 3, PASSWORD, *ALL.values())
    assert without_times(ours) == without_times(theirs)
    assert len(ours.read_bytes()) == len(theirs.read_bytes())


def test_another_salt_makes_what_ktutil_makes_with_it(create, tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    create(ours, "--account", "computer:PC01$", kvno=300)
    ktutil_keytab(theirs, NAME, 300, PASSWORD, ALL["aes256-sha1"], ALL["aes128-sha1"],
                  salt="EXAMPLE.COMhostpc01.example.com")
    assert without_times(ours) == without_times(theirs)


def test_what_create_makes_is_what_kadmin_exports_and_signs_in(create, realms, tmp_path):
    service = realms.add("HTTP/made.localhost", password=password_of("made"))
    ours, theirs = tmp_path / "ours", realms.keytab(tmp_path / "theirs", service)
    create(ours, principal=service, kvno=1, password=password_of("made"))
    assert without_times(ours) == without_times(theirs)
    done = subprocess.run(["kinit", "-k", "-t", str(ours), service], capture_output=True, text=True, timeout=20,
                          env=realms.environment(tmp_path / "tickets"))
    assert done.returncode == 0, done.stderr


def test_old_keys_stay_beside_the_new_ones(create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file, kvno=3)
    before = records(file)
    said = create(file, kvno=None, password="another")
    assert {key["kvno"] for key in said["added"]} == {4}
    assert records(file)[:2] == before
    assert [key.version for key in keys_of(file)] == [3, 3, 4, 4]


def test_a_keytab_of_ktpass_is_added_to_and_keeps_its_bytes(create, tmp_path):
    file = tmp_path / "a.keytab"
    theirs = as_by_ktpass(NAME, 2, 18, b"w" * 32)
    file.write_bytes(b"\x05\x02" + theirs)
    create(file)
    assert records(file)[0] == theirs
    shown = json.loads(keytab("show", file, "--json"))["entries"]
    assert (shown[0]["kvno"], shown[0]["written"]) == (2, None)
    assert shown[1]["written"].startswith("20")


def test_several_services_of_one_account_get_its_keys(create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file, "--principal", "HTTP/other.example.com@EXAMPLE.COM", "--account", "user:svc-crm")
    keys = keys_of(file)
    assert {key.principal for key in keys} == {NAME, "HTTP/other.example.com@EXAMPLE.COM"}
    assert keys[0].key == keys[2].key


@pytest.mark.parametrize("name, wanted", [
    ("HTTPS/crm.example.com@EXAMPLE.COM", "keytab.name-service"), ("HTTP/crm.example.com:8443@EXAMPLE.COM", "keytab.name-port"),
    ("HTTP/127.0.0.1@EXAMPLE.COM", "keytab.name-address"), ("HTTP/CRM.example.com@EXAMPLE.COM", "keytab.name-case"),
    ("HTTP/crm.example.com@example.com", "keytab.name-realm")])
def test_a_name_that_no_browser_asks_for_is_told_by_check_and_by_the_doctor(name, wanted, create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file, principal=name)
    error = wanted in ("keytab.name-service", "keytab.name-port", "keytab.name-address")
    told = findings(file, status=1 if error else 0)
    assert told[wanted]["level"] == ("error" if error else "warning")
    assert told[wanted]["remedy"]
    done = run_pforte("doctor", "keytab", str(file), "--json")
    assert done.returncode == (1 if error else 0)
    assert wanted in [one["id"] for one in json.loads(done.stdout)["paths"][0]["findings"]]


@pytest.mark.skipif(os.geteuid() != 0, reason="of root alone")
def test_an_acl_that_lets_others_read_is_told_and_the_group_then_is_what_it_says(create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file)

    def with_acl(*named: tuple[int, int, int]) -> dict[str, dict]:
        set_acl(file, *named)
        return findings(file, "--user", "daemon")

    found = with_acl((USER, READ, 1), (USER, READ, NOBODY))  # daemon, who runs the service, and nobody
    assert found["keytab.acl-readable"]["message"].endswith("a.keytab as well: nobody")
    assert found["keytab.acl-readable"]["level"] == "warning"
    assert not {"keytab.group-readable", "keytab.user-denied"} & set(found)
    assert with_acl((USER, READ, 1), (NAMED_GROUP, READ, 2))["keytab.acl-readable"]["level"] == "note"


# What the KDC says.


@pytest.fixture
def at_kdc(monkeypatch, realms, secret, tmp_path):
    """at_kdc(name, *options, password=, status=0): `keytab create --ask-kdc` for a service of ALPHA.TEST with that password there."""
    monkeypatch.setenv("KRB5_CONFIG", str(realms.config))

    def make(service: str, *options: str, password: str = AT_KDC, status: int = 0) -> tuple[dict, str]:
        done = run_pforte("keytab", "create", str(tmp_path / "a.keytab"), "--principal", service, "--ask-kdc", *options,
                          "--password-file", str(secret(password)), "--json")
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout) if status == 0 else {}, done.stderr
    return make


def test_the_kdc_tells_salt_encryptions_and_version_and_the_keys_are_its_own(at_kdc, realms, tmp_path):
    service = realms.add("HTTP/asked.localhost", password=AT_KDC)
    realms.admin(ALPHA, f'change_password -pw {AT_KDC} -e "aes256-cts-hmac-sha1-96:normal" {service}',
                 f"renprinc -force {service} {service.replace('asked', 'renamed')}")
    service = service.replace("asked", "renamed")
    said, warned = at_kdc(service)
    assert [(key["kvno"], key["encryption"], key["salt"]) for key in said["added"]] == [
        (2, "aes256-cts-hmac-sha1-96", "ALPHA.TESTHTTPasked.localhost")]
    assert "assumed" not in warned
    assert without_times(tmp_path / "a.keytab") == without_times(realms.keytab(tmp_path / "theirs", service))
    assert "keytab.password-fits" in findings(tmp_path / "a.keytab", "--ask-kdc", "--password-file", tmp_path / "password-0")


def test_check_compares_the_version_with_that_of_the_kdc_or_says_that_it_could_not(at_kdc, create, realms, secret, tmp_path):
    service = realms.add("HTTP/version.localhost", password=AT_KDC)
    for name, kvno, password in (("ahead", 7, AT_KDC), ("right", 1, AT_KDC), ("other", 7, "other")):
        create(tmp_path / name, principal=service, kvno=kvno, password=password)
    for more in ((), ("--password-file", secret(AT_KDC))):
        found = findings(tmp_path / "ahead", "--ask-kdc", *more, status=1)["keytab.kvno"]
        assert (found["level"], found["message"]) == ("error", f"the KDC has version 1 of {service}, the keytab 7")
    assert "keytab.kvno-fits" in findings(tmp_path / "right", "--ask-kdc")
    assert "was not compared" in findings(tmp_path / "other", "--ask-kdc")["keytab.kvno-unknown"]["message"]
    create(tmp_path / "right", principal=service, kvno=2, password="next")
    assert findings(tmp_path / "right", "--ask-kdc", "--password-file", secret(AT_KDC), status=1)["keytab.kvno"]["level"] == "warning"


def test_where_the_kdc_differs_from_what_was_given_is_said(at_kdc, realms):
    service = realms.add("HTTP/differs.localhost", password=AT_KDC)
    said, warned = at_kdc(service, "--kvno", "9", "--salt", "x", "--encryption", "aes256-sha1,aes256-sha2")
    assert 'not with "x"; that of the KDC is taken' in warned
    assert "the KDC uses key version 1, not 9" in warned
    assert "has no key of aes256-cts-hmac-sha384-192" in warned
    assert said["added"][0]["salt"] == "ALPHA.TESTHTTPdiffers.localhost"


def test_a_password_that_the_kdc_refuses_writes_nothing(at_kdc, realms, tmp_path):
    service = realms.add("HTTP/refuses.localhost", password=AT_KDC)
    _, said = at_kdc(service, password="other", status=1)
    assert f"the KDC refuses the password of {service}" in said
    assert not (tmp_path / "a.keytab").exists()


def test_a_kdc_that_does_not_know_the_account_or_does_not_answer_is_told(at_kdc):
    assert "the KDC tells no salt of HTTP/nobody.localhost" in at_kdc(f"HTTP/nobody.localhost@{ALPHA}", status=1)[1]
    assert "no KDC answers: " in at_kdc(f"HTTP/x@{ALPHA}", "--kdc", f"127.0.0.1:{free_port()}", status=3)[1]
    assert "no KDC of GAMMA.TEST is named" in at_kdc("HTTP/x@GAMMA.TEST", status=2)[1]


def test_a_password_that_one_kdc_does_not_know_yet_is_asked_of_the_primary_one(at_kdc, realms, tmp_path, monkeypatch):
    service = realms.add("HTTP/primary.localhost", password="Older-Secret-1")
    replica = tmp_path / "replica"
    shutil.copytree(realms.folder / ALPHA, replica)  # a database from before the change
    port = free_port()
    (tmp_path / "kdc.conf").write_text(KDC_CONF.format(realm=ALPHA, folder=replica, port=port))
    kdc = subprocess.Popen(["krb5kdc", "-n", "-r", ALPHA, "-P", str(tmp_path / "kdc.pid")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, env={**os.environ, "KRB5_CONFIG": str(realms.config), "KRB5_KDC_PROFILE": str(tmp_path / "kdc.conf")})
    try:
        until(lambda: listens(port), "the replica listens")
        realms.admin(ALPHA, f"change_password -pw {AT_KDC} {service}")
        own = f"kdc = 127.0.0.1:{realms.ports[ALPHA]}"
        config = tmp_path / "krb5.conf"
        config.write_text(realms.config.read_text().replace(own, f"kdc = 127.0.0.1:{port}"))
        monkeypatch.setenv("KRB5_CONFIG", str(config))
        assert "the KDC refuses the password" in at_kdc(service, status=1)[1]
        config.write_text(config.read_text().replace(f"kdc = 127.0.0.1:{port}", f"kdc = 127.0.0.1:{port}\n    primary_{own}"))
        assert at_kdc(service)[0]["added"][0]["kvno"] == 2
    finally:
        kdc.terminate()
        kdc.wait(10)


def test_where_dns_fails_that_is_told_and_not_that_it_names_no_kdc(at_kdc, tmp_path, realms, monkeypatch):
    config = tmp_path / "krb5.conf"
    config.write_text(realms.config.read_text().replace("dns_lookup_kdc = false", "dns_lookup_kdc = true"))
    monkeypatch.setenv("KRB5_CONFIG", str(config))
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")  # nobody listens there
    prefix = ("unshare", "--mount", "sh", "-ec", f'mount --bind {resolv} /etc/resolv.conf; exec "$@"', "sh")
    if os.geteuid() != 0 or subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("there can be no other /etc/resolv.conf here")
    monkeypatch.setattr(gates, "BINARY", f"{shlex.join(prefix)} {gates.BINARY}")
    assert "DNS does not say where the KDCs of GAMMA.TEST are: _kerberos._tcp.GAMMA.TEST" in at_kdc("HTTP/x@GAMMA.TEST", status=3)[1]


def test_a_kdc_that_falls_silent_is_told_as_such_and_not_as_a_refused_password(at_kdc, create, realms, tmp_path):
    service = realms.add("HTTP/silent.localhost", password=AT_KDC)
    create(tmp_path / "there", principal=service, kvno=1, password=AT_KDC)
    for after in range(8):  # one exchange more each time; what is written is written when all have been
        kdc = f"127.0.0.1:{relay(realms.ports[ALPHA], after, silent=False)}"
        assert "no KDC answers: " in at_kdc(service, "--kdc", kdc, status=3)[1], after
        assert not (tmp_path / "a.keytab").exists()
        assert "no KDC answers: " in keytab("check", tmp_path / "there", "--kdc", kdc, status=3), after


# How it writes.


def test_a_new_keytab_is_its_owners_alone_and_an_old_one_keeps_its_rights(create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    create(file, kvno=4)
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root")
def test_on_a_full_disk_the_keytab_stays_as_it_is(create, tmp_path, secret):
    file, disk = tmp_path / "a.keytab", tmp_path / "disk"
    create(file)
    disk.mkdir()
    inside = (f"mount -t tmpfs -o size=4k none {disk} && cp {file} {disk}/a.keytab && "
              f"{shutil.which('env')} $0 keytab create {disk}/a.keytab --principal {NAME} --kvno 9 --password-file {secret()}; "
              f"echo status=$?; cmp {file} {disk}/a.keytab && echo same; ls {disk}")
    done = subprocess.run(["unshare", "--mount", "sh", "-c", inside, BINARY], capture_output=True, text=True, timeout=30)
    if "status=" not in done.stdout or "mount: " in done.stderr:
        pytest.skip("this machine mounts nothing")
    assert done.stdout.splitlines() == ["status=3", "same", "a.keytab"], done.stdout + done.stderr


def test_another_key_of_the_same_version_is_refused(create, tmp_path, secret):
    file = tmp_path / "a.keytab"
    create(file)
    before = file.read_bytes()
    said = keytab("create", file, "--principal", NAME, "--kvno", 3, "--password-file", secret("other"), status=2)
    assert "another key of HTTP/crm.example.com@EXAMPLE.COM, version 3" in said
    assert file.read_bytes() == before
    again = create(file)
    assert all(key["was_there"] for key in again["added"])


def test_a_password_comes_from_the_terminal_or_a_file_never_from_the_command_line(tmp_path):
    assert "unknown option --password" in keytab("create", tmp_path / "a", "--principal", NAME, "--password", "x", status=2)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    main, side = pty.openpty()
    process = subprocess.Popen([*BINARY.split(), "keytab", "create", str(ours), "--principal", NAME, "--kvno", "3"], stdin=side,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for prompt in ("New password: ", "\nOnce more: "):
        assert process.stderr.read(len(prompt)) == prompt
        os.write(main, f"{PASSWORD}\n".encode())
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    ktutil_keytab(theirs, NAME, 3, PASSWORD, ALL["aes256-sha1"], ALL["aes128-sha1"])
    assert without_times(ours) == without_times(theirs)


def test_what_would_do_it_at_the_domain_controller_is_printed_without_a_password(create, tmp_path):
    commands = create(tmp_path / "a.keytab", "--account", "user:svc-crm")["commands"]
    assert commands[0] == "setspn -S HTTP/crm.example.com svc-crm"
    assert commands[1] == "Set-ADUser svc-crm -KerberosEncryptionType AES128,AES256"
    assert "/crypto AES256-SHA1 /rawsalt EXAMPLE.COMsvc-crm" in commands[2]
    assert "/pass * " in commands[2]
    assert PASSWORD not in " ".join(commands)


def test_at_the_domain_controller_each_further_key_is_added_to_the_file_of_the_one_before(create, tmp_path):
    other = ("--principal", "HTTP/b.example.com@EXAMPLE.COM")
    first, second = [line for line in create(tmp_path / "a.keytab", *other, "--account", "user:svc-crm")["commands"] if line.startswith("ktpass")]
    assert first.endswith("/pass * /out 1-a.keytab") and "-SetPass" not in first
    # The password was set by the first: once more would make its key one of an old version.
    assert second.endswith(" -SetPass /pass * /in 1-a.keytab /out a.keytab")
    # Without an account each has the salt of its own name, and so an account of its own.
    commands = create(tmp_path / "b.keytab", *other)["commands"]
    assert commands[:4] == ["setspn -S HTTP/crm.example.com ACCOUNT1", "setspn -S HTTP/b.example.com ACCOUNT2",
                            "Set-ADUser ACCOUNT1 -KerberosEncryptionType AES128,AES256", "Set-ADUser ACCOUNT2 -KerberosEncryptionType AES128,AES256"]
    assert "/mapuser ACCOUNT2 " in commands[5] and "-SetPass" not in commands[5] and "/rawsalt" not in commands[5]


def test_a_computer_account_is_one_word_at_the_domain_controller(create, tmp_path):
    command = create(tmp_path / "a.keytab", "--account", "computer:PC 1")["commands"][-1]
    assert " /mapuser 'PC 1$' " in command


@pytest.mark.parametrize("options, why", [
    (("--encryption", "des-cbc-crc"), "there is no encryption des-cbc-crc"),
    (("--encryption", ""), "there is no encryption"),
    (("--kvno", "-1"), "--kvno"),
    (("--kvno", "4294967296"), "--kvno is a number"),
    (("--kvno", "0"), "--kvno is a number from 1"),
    (("--account", "svc-crm"), "--account is user:NAME"),
    (("--account", "user:a", "--salt", "b"), "both tell the salt"),
    (("--principal", "no-realm"), "has no realm"),
    (("--principal", " "), "has no realm"),
    (("--principal", "HTTP/ @REALM"), "is blank"),
    (("--principal", "HTTP/crm.example.com@ "), "is blank"),
    (("--principal", "HTTP/" + "x" * 70_000 + "@REALM"), "at most 4096 bytes"),
])
def test_what_cannot_be_made_is_said_and_nothing_is_written(tmp_path, secret, options, why):
    file = tmp_path / "a.keytab"
    principal = () if "--principal" in options else ("--principal", NAME)
    assert why in keytab("create", file, *principal, *options, "--password-file", secret(), status=2)
    assert not file.exists()


def test_an_empty_password_makes_no_key(tmp_path, secret):
    keytab("create", tmp_path / "a.keytab", "--principal", NAME, "--kvno", "3", "--password-file", secret(""), status=2)
    assert not (tmp_path / "a.keytab").exists()


# What it shows and merges.


def test_show_tells_whose_keys_there_are_and_never_a_key(create, tmp_path):
    file = tmp_path / "a.keytab"
    create(file, "--encryption", "aes256-sha1,rc4")
    text = keytab("show", file)
    assert "HTTP/crm.example.com@EXAMPLE.COM  3     aes256-cts-hmac-sha1-96" in text
    assert "rc4-hmac (weak)" in text
    shown = text + keytab("show", file, "--json")
    for key in keys_of(file):
        assert key.key.hex() not in shown


def test_merged_keytabs_have_each_key_once_by_name(create, realms, tmp_path):
    first, second, merged = (tmp_path / name for name in ("first", "second", "merged"))
    create(first)
    create(second)
    create(second, principal="HTTP/app.example.com@EXAMPLE.COM")
    said = json.loads(keytab("merge", first, second, "--out", merged, "--json"))
    assert said["duplicates"] == 2
    assert [key.principal.split("/")[1] for key in keys_of(merged)] == ["app.example.com@EXAMPLE.COM"] * 2 + ["crm.example.com@EXAMPLE.COM"] * 2
    assert merged.stat().st_mode & 0o777 == 0o600
    create(first, kvno=4)
    assert "exists already" in keytab("merge", first, second, "--out", merged, status=2)
    keytab("merge", merged, first, "--out", merged)
    assert len(records(merged)) == 6


def test_different_keys_of_the_same_name_and_version_name_both_files(create, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    create(first)
    create(second, password="other")
    said = keytab("merge", first, second, "--out", tmp_path / "merged", status=2)
    assert f"{first} and {second} have different keys of {NAME}" in said
    assert not (tmp_path / "merged").exists()


# What it judges.


def test_a_good_keytab_has_no_findings(create, tmp_path):
    create(tmp_path / "a.keytab")
    assert findings(tmp_path / "a.keytab") == {}


def spoil(kind: str, file: Path, create, realms) -> None:
    if kind == "keytab.no-aes":
        create(file, "--encryption", "rc4")
        return
    create(file, *(("--encryption", "aes256-sha1,rc4") if kind == "keytab.weak" else ()))
    content = file.read_bytes()
    if kind == "kerberos.keytab-cut":
        file.write_bytes(content[:-3])
    if kind == "kerberos.keytab-form":
        file.write_bytes(content[:8] + b"\xff" + content[9:])
    if kind == "kerberos.keytab-empty":
        file.write_bytes(content[:2])
    if kind == "kerberos.keytab-rights":
        file.chmod(0o644)
    if kind == "keytab.group-readable":
        file.chmod(0o640)
    if kind == "keytab.duplicate":
        file.write_bytes(content + records(file)[0])
    if kind == "keytab.conflict":
        file.write_bytes(content + records(file)[0].replace(keys_of(file)[0].key, b"x" * 32))
    if kind == "keytab.old-version":
        create(file, kvno=4)
    if kind == "keytab.holes":
        create(file, principal=f"HTTP/gone@{ALPHA}")
        realms.admin(ALPHA, f"ktremove -k {file} HTTP/gone@{ALPHA} all")


@pytest.mark.parametrize("kind, status", [
    ("kerberos.keytab-cut", 1), ("kerberos.keytab-form", 1), ("kerberos.keytab-empty", 1), ("kerberos.keytab-rights", 1),
    ("keytab.no-aes", 1), ("keytab.conflict", 1), ("keytab.weak", 0), ("keytab.duplicate", 0), ("keytab.old-version", 0),
    ("keytab.holes", 0), ("keytab.group-readable", 0)])
def test_each_fault_of_a_keytab_is_found_by_its_own_name(kind, status, create, realms, tmp_path):
    file = tmp_path / "a.keytab"
    spoil(kind, file, create, realms)
    found = findings(file, status=status)
    assert next(iter(found)) == kind, found
    assert found[kind]["remedy"]
    assert "Hilfe: " in run_pforte("keytab", "check", str(file), "--lang", "de").stdout


def test_the_user_who_is_to_run_the_gate_must_be_able_to_read_it(create, tmp_path):
    create(tmp_path / "a.keytab")
    denied = findings(tmp_path / "a.keytab", "--user", "nobody", status=1)["keytab.user-denied"]
    assert "the user nobody may not read" in denied["message"]
    assert denied["command"].startswith("chown nobody ")
    assert "there is no user" in keytab("check", tmp_path / "a.keytab", "--user", "no-such-user", status=2)


def test_check_says_whether_a_password_makes_the_keys_and_with_which_salt(create, tmp_path, secret):
    file = tmp_path / "a.keytab"
    create(file, "--account", "user:svc-crm")
    differs = findings(file, "--password-file", secret(), status=1)["keytab.password-differs"]
    assert '"EXAMPLE.COMHTTPcrm.example.com"' in differs["message"]
    fits = findings(file, "--password-file", secret(), "--account", "user:svc-crm")["keytab.password-fits"]
    assert 'with the salt "EXAMPLE.COMsvc-crm"' in fits["message"]
    assert "keytab.password-differs" in findings(file, "--password-file", secret("other"), "--account", "user:svc-crm", status=1)


@pytest.mark.parametrize("content", [None, b"", b"this is no keytab"])
def test_what_is_no_keytab_is_unreadable(tmp_path, content):
    file = tmp_path / "a.keytab"
    if content is not None:
        file.write_bytes(content)
    status = 1 if content == b"" else 2
    assert str(file) in keytab("check", file, status=status)
