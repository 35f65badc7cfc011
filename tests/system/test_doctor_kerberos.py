"""What `pforte doctor kerberos` finds: each fault is built for real, and the first thing that is told is that fault."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import active_directory
import gate as gates
import pytest
from account_directory import BASE as ACCOUNT_BASE
from account_directory import NORMAL, READER, AccountDirectory, since_1601
from gate import run_pforte, toml_document
from kdc import ALPHA, Realms
from ports import free_port

HOST = "app.alpha.test"
SERVICE = f"HTTP/{HOST}@{ALPHA}"


class Setup:
    """A configuration that is well: one host, its keytab, the realms' krb5.conf. Tests spoil it, and ask the doctor."""

    def __init__(self, folder: Path, realms: Realms):
        self.folder = folder
        self.realms = realms
        self.krb5 = folder / "krb5.conf"
        self.krb5.write_text(realms.config.read_text())
        self.keytab = folder / "app.keytab"
        shutil.copy(realms.folder / f"{ALPHA}.keytab", self.keytab)
        self.keytab.chmod(0o600)
        self.hosts = [HOST]
        self.kerberos: dict[str, Any] = {"config": str(self.krb5)}
        self.keytabs: dict[str, Path | str] = {SERVICE: self.keytab}
        self.more: dict[str, Any] = {}
        self.name_server = "127.0.0.1:1"  # nobody listens there

    # How it is spoilt.

    def change(self, old: str, new: str) -> None:
        """Another text in krb5.conf."""
        text = self.krb5.read_text()
        assert old in text
        self.krb5.write_text(text.replace(old, new))

    def add(self, section: str, line: str) -> None:
        self.change(f"[{section}]\n", f"[{section}]\n  {line}\n")

    def serve(self, service: str, file: Path | str | None = None) -> None:
        """This service alone; its name need not be in the keytab."""
        self.keytabs = {service: file or self.keytab}

    def key_for(self, *services: str) -> None:
        """These services alone, with keys of their own."""
        file = self.folder / "other.keytab"
        for service in services:
            self.realms.add(service)
        self.realms.keytab(file, *services)
        self.keytabs = {service: file for service in services}

    # What is said then.

    def file(self) -> Path:
        config = {"state_dir": str(self.folder), "listener": [{"address": "127.0.0.1:1", "tls": False}],
                  "backend": [{"name": "app", "servers": ["http://127.0.0.1:9"]}],
                  "site": [{"hosts": self.hosts, "backend": "app", "allow": ["/"], "sign_in": "required"}],
                  "kerberos": self.kerberos, "kerberos.keytabs": {f'"{name}"': str(file) for name, file in self.keytabs.items()},
                  "sign_in": {"providers": ["kerberos", "database"]}} | self.more
        file = self.folder / "pforte.toml"
        file.write_text(toml_document(config))
        return file

    def ask(self, *subject: str) -> dict[str, Any]:
        subject = subject or ("kerberos",)
        names = ("--dns", self.name_server) if subject[0] == "kerberos" else ()
        done = run_pforte("doctor", *subject, *names, "--json", "--config", str(self.file()))
        assert done.returncode in (0, 1), done.stderr
        report = json.loads(done.stdout)
        assert report["ok"] is (done.returncode == 0)
        return report["paths"][0]


def first_of(path: dict[str, Any]) -> dict[str, Any]:
    """The first error, or where there is none the first warning."""
    for level in ("error", "warning"):
        for finding in path["findings"]:
            if finding["level"] == level:
                return finding
    raise AssertionError(path["findings"])


def value_of(finding: dict[str, Any], name: str) -> str:
    return next(one["value"] for one in finding["evidence"] if one["name"] == name)


def without_kdcs(path: dict[str, Any]) -> dict[str, Any]:
    """What is not said of the KDCs themselves."""
    return path | {"findings": [one for one in path["findings"] if not one["id"].startswith(("kdc.", "ticket."))]}


@pytest.fixture
def setup(realms: Realms, tmp_path: Path) -> Setup:
    return Setup(tmp_path, realms)


def test_where_all_is_well_there_is_no_error_and_no_warning(setup):
    path = setup.ask()
    assert [one for one in path["findings"] if one["level"] in ("error", "warning")] == []
    assert path["drawn"].startswith("browser")
    assert f"KDC {ALPHA}" in path["drawn"]
    assert setup.ask("kerberos", f"HTTP/{HOST}")["worst"] in ("ok", "note")


def test_a_service_that_was_stopped_is_an_error_though_all_else_is_well(desk):
    def errors() -> list[tuple[str, str]]:
        path = json.loads(desk.run("doctor", "kerberos", "--dns", "127.0.0.1:1", "--json").stdout)["paths"][0]
        return [(one["id"], one["hop_name"]) for one in path["findings"] if one["level"] == "error"]
    assert errors() == []
    assert desk.run("service", "stop", "kerberos").returncode == 0
    assert errors() == [("krb5.service-stopped", "gate")]
    desk.signal(signal.SIGTERM)
    desk.wait()
    assert errors() == [("krb5.service-stopped", "gate")]  # it would be stopped after a start as well


# krb5.conf. What breaks nobody's sign-in is a warning by its nature.

DEAD = "rc4-hmac des-cbc-md5 des-cbc-crc des3-cbc-sha1"  # of a handbook for Windows 2003
DEFAULT_REALM = f"default_realm = {ALPHA}"

KRB5_FAULTS: dict[str, tuple[str, Callable[[Setup], Any]]] = {
    "encryption types that get no ticket": ("kerberos.krb5-weak", lambda it: it.add("libdefaults", f"default_tkt_enctypes = {DEAD}")),
    "a misspelt encryption type": ("krb5.encryption-unknown", lambda it: it.add("libdefaults", "permitted_enctypes = aes256-cts-hmac-sha-96 aes128-cts")),
    "no default realm": ("krb5.no-default-realm", lambda it: it.change(f"  {DEFAULT_REALM}\n", "")),
    "a default realm in small letters": ("krb5.realm-case", lambda it: (it.change(DEFAULT_REALM, DEFAULT_REALM.lower()), it.change("dns_lookup_kdc = false", "dns_lookup_kdc = true"))),
    "a realm without a kdc where DNS is not asked": ("krb5.no-kdc", lambda it: it.change("    kdc = 127.0.0.1:", "    admin_server = 127.0.0.1:")),
    "the port of another service": ("krb5.kdc-port", lambda it: it.change("kdc = 127.0.0.1:", "kdc = 127.0.0.1:464\n    kdc = 127.0.0.1:")),
    "a port that is none": ("krb5.kdc-port", lambda it: it.change("kdc = 127.0.0.1:", "kdc = 127.0.0.1:kerberos\n    kdc = 127.0.0.1:")),
    "a kdc as Heimdal writes it": ("krb5.kdc-form", lambda it: it.change("kdc = 127.0.0.1:", "kdc = tcp/127.0.0.1\n    kdc = 127.0.0.1:")),
    "large messages by UDP": ("krb5.udp-limit", lambda it: it.change("udp_preference_limit = 1", "udp_preference_limit = 65000")),
    "clocks that may differ by an hour": ("krb5.clock-skew", lambda it: it.add("libdefaults", "clockskew = 3600")),
    "tickets bound to addresses": ("krb5.addresses", lambda it: it.add("libdefaults", "noaddresses = false")),
    "a misspelt setting": ("krb5.unknown-setting", lambda it: it.add("libdefaults", "dns_lookup_kdcs = true")),
    "a setting that stands twice": ("krb5.said-twice", lambda it: it.add("libdefaults", "rdns = true")),
    "a domain in capitals": ("krb5.domain-case", lambda it: it.change(".beta.test =", ".Beta.Test =")),
    "a domain that is one word": ("krb5.domain-one-label", lambda it: it.add("domain_realm", f".mywin2003srv = {ALPHA}")),
    "a domain of a realm that is not there": ("krb5.domain-realm-unknown", lambda it: it.add("domain_realm", ".gamma.test = GAMMA.TEST")),
    "a domain without its dot": ("krb5.domain-without-dot", lambda it: it.change("  .alpha.test =", "  alpha.test =")),
    "the host in another realm": ("krb5.host-in-other-realm", lambda it: it.add("domain_realm", f"{HOST} = BETA.TEST")),
    "a file to include that is missing": ("kerberos.krb5-syntax", lambda it: it.krb5.write_text("include /nowhere/krb5.conf\n" + it.krb5.read_text())),
    "a realm in one line": ("kerberos.krb5-syntax", lambda it: it.add("realms", "GAMMA.TEST = { kdc = 127.0.0.1 }\n  }")),
    "a misspelt section": ("krb5.unknown-section", lambda it: it.change("[realms]", "[realm]")),
    "a comment behind a value": ("kerberos.krb5-doubt", lambda it: it.change(DEFAULT_REALM, f"{DEFAULT_REALM} # our realm")),
    "a file that everybody may change": ("krb5.writable", lambda it: it.krb5.chmod(0o646)),
    "no file at all": ("kerberos.krb5-missing", lambda it: it.krb5.unlink()),
}


@pytest.mark.parametrize("fault", KRB5_FAULTS)
def test_a_fault_of_krb5_conf_is_the_first_thing_that_is_told(fault, setup):
    wanted, spoil = KRB5_FAULTS[fault]
    spoil(setup)
    path = without_kdcs(setup.ask())
    told = first_of(path)
    assert told["id"] == wanted, path["findings"]
    assert told["seen"] and told["remedy"]
    assert told["hop_name"] == str(setup.krb5)
    if fault != "no file at all":
        assert value_of(told, "place").startswith(str(setup.krb5))


def test_realms_in_small_letters_that_are_not_ours_are_left_alone(setup):
    setup.add("realms", "stanford.edu = {\n    kdc = krb5auth1.stanford.edu\n    default_domain = stanford.edu\n  }")  # as Debian's own file
    setup.add("domain_realm", ".stanford.edu = stanford.edu")
    assert setup.ask()["worst"] in ("ok", "note")
    setup.add("realms", f"{ALPHA.lower()} = {{\n    kdc = 127.0.0.1\n  }}")
    told = first_of(setup.ask())
    lines = setup.krb5.read_text().splitlines()
    assert (told["id"], value_of(told, "line")) == ("krb5.realm-case", f"{ALPHA.lower()} = {{")
    assert value_of(told, "place") == f"{setup.krb5}:{lines.index(f'  {ALPHA.lower()} = {{') + 1}"


def test_a_comment_behind_a_value_is_told_as_such_and_the_value_is_judged_without_it(setup):
    setup.change(DEFAULT_REALM, f"{DEFAULT_REALM} # our realm")
    setup.change(f".alpha.test = {ALPHA}", f".alpha.test = {ALPHA}\t; ours")
    told = [one for one in setup.ask()["findings"] if one["level"] in ("error", "warning")]
    assert [one["id"] for one in told] == ["kerberos.krb5-doubt"] * 2
    assert "no comments behind a value" in told[0]["seen"]
    assert told[0]["remedy"] == "put it on its own line"


def test_a_misspelt_section_or_realm_is_told_with_the_nearest(setup):
    setup.change("[realms]", "[realm]")
    assert first_of(without_kdcs(setup.ask()))["remedy"] == "write [realms]"
    setup.change("[realm]", "[realms]")
    setup.serve(f"HTTP/{HOST}@ALPHA.TSET")
    none = next(one for one in setup.ask()["findings"] if one["id"] == "kdc.none")
    assert (none["level"], none["hop_name"]) == ("error", "KDC ALPHA.TSET")
    assert "misspelt: write ALPHA.TEST" in none["remedy"]


def test_a_domain_that_does_not_cover_the_host_is_told_with_the_line_that_is_missing(setup):
    setup.hosts = ["crm.firma.test"]
    setup.key_for(f"HTTP/crm.firma.test@{ALPHA}")
    told = first_of(setup.ask())
    assert told["id"] == "krb5.host-not-covered"
    assert told["remedy"].endswith(f".firma.test = {ALPHA}")


def test_a_line_is_named_with_its_number(setup):
    setup.add("libdefaults", "clockskew = 3600")
    told = first_of(setup.ask())
    assert value_of(told, "place") == f"{setup.krb5}:2"
    assert value_of(told, "line") == "clockskew = 3600"


# Names of services.

SPN_FAULTS: dict[str, tuple[str, str, Callable[[Setup], Any]]] = {
    "a dot is missing": ("error", "spn.host-misspelt", lambda it: it.key_for(f"HTTP/appalpha.test@{ALPHA}")),
    "https as the service": ("error", "spn.service", lambda it: it.key_for(f"HTTPS/{HOST}@{ALPHA}")),
    "http in small letters": ("warning", "spn.service", lambda it: it.key_for(f"http/{HOST}@{ALPHA}")),
    "a port": ("error", "spn.port", lambda it: it.key_for(f"HTTP/{HOST}:8443@{ALPHA}")),
    "a dot at the end": ("error", "spn.trailing-dot", lambda it: it.key_for(f"HTTP/{HOST}.@{ALPHA}")),
    "capitals in the host": ("warning", "spn.host-case", lambda it: it.key_for(f"HTTP/App.Alpha.test@{ALPHA}")),
    "an address": ("error", "spn.address", lambda it: it.key_for(f"HTTP/127.0.0.1@{ALPHA}")),
    "the realm in small letters": ("error", "spn.realm-case", lambda it: (it.change("dns_lookup_kdc = false", "dns_lookup_kdc = true"), it.serve(f"HTTP/{HOST}@{ALPHA.lower()}"))),
    "a person": ("error", "spn.form", lambda it: it.serve(f"susan@{ALPHA}")),
    "a host without a key": ("warning", "spn.no-key", lambda it: it.hosts.append("wiki.alpha.test")),
}


@pytest.mark.parametrize("fault", SPN_FAULTS)
def test_a_wrong_name_of_a_service_is_the_first_thing_that_is_told(fault, setup, request):
    level, wanted, spoil = SPN_FAULTS[fault]
    spoil(setup)
    path = setup.ask()
    told = first_of(path)
    assert (told["id"], told["level"], told["hop_name"]) == (wanted, level, "keytab"), path["findings"]
    assert told["remedy"]


def test_the_nearest_served_name_is_named(setup):
    setup.key_for(f"HTTP/ap.alpha.test@{ALPHA}")
    told = first_of(setup.ask())
    assert told["id"] == "spn.host-misspelt"
    assert HOST in told["seen"] and f"HTTP/{HOST}@{ALPHA}" in told["remedy"]


def test_a_service_that_nobody_needs_and_a_short_name_are_warnings(setup):
    for name, wanted in ((f"HTTP/unneeded.example@{ALPHA}", "spn.host-not-served"), (f"HTTP/shortname@{ALPHA}", "spn.short-name")):
        setup.key_for(name)
        setup.keytabs[SERVICE] = setup.keytab
        told = first_of(setup.ask())
        assert (told["id"], told["level"]) == (wanted, "warning")


def test_one_service_is_examined_alone(setup):
    setup.hosts.append("wiki.alpha.test")
    assert setup.ask("kerberos", f"HTTP/{HOST}@{ALPHA}")["worst"] in ("ok", "note")
    assert first_of(setup.ask("kerberos", "HTTP/wiki.alpha.test"))["id"] == "spn.no-key"


@pytest.mark.parametrize("typed, meant", [
    ("HTTP/ap.alpha.test", f"HTTP/{HOST}"), (f"HTTP/{HOST}@ALPHA.TSET", SERVICE), (f"HTTP/{HOST}@alpha.test", SERVICE), ("HTTPS/app.alpha.test", f"HTTP/{HOST}"),
    ("HTTP/elsewhere.example", None), ("@@@//", None)])
def test_a_service_that_is_configured_nowhere_is_refused_with_those_there_are(typed, meant, setup):
    done = run_pforte("doctor", "kerberos", typed, "--dns", setup.name_server, "--config", str(setup.file()))
    assert done.returncode == 2, done.stdout
    assert f"no service of that name is configured; there are: {SERVICE}" in done.stderr
    assert (f"do you mean {meant}?" if meant else "without a name") in done.stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]"])
def test_an_address_at_which_people_sign_in_is_a_note_and_no_service(address, setup):
    setup.hosts.append(address)
    path = setup.ask()
    assert path["worst"] in ("ok", "note"), path["findings"]
    assert [one["level"] for one in path["findings"] if one["id"] == "spn.address"] == ["note"]
    done = run_pforte("doctor", "kerberos", f"HTTP/{address}", "--dns", setup.name_server, "--config", str(setup.file()))
    assert done.returncode == 2, done.stdout
    assert "browsers ask for no ticket for an address" in done.stderr
    assert f"there are: {SERVICE}\n" in done.stderr


# Keytabs and their files.


def test_a_keytab_that_is_missing_or_of_another_service_is_an_error_at_the_keytab(setup):
    for file, wanted in ((setup.folder / "nowhere.keytab", "kerberos.keytab-missing"),
                         (setup.realms.folder / "BETA.TEST.keytab", "kerberos.keytab-principal")):
        setup.keytabs = {SERVICE: file}
        told = first_of(setup.ask())
        assert (told["id"], told["hop_name"]) == (wanted, "keytab")


def test_a_path_of_windows_is_named_as_such(setup):
    setup.serve(SERVICE, "C:\\conf\\tomcat.keytab")
    told = first_of(setup.ask())
    assert (told["id"], told["hop_name"]) == ("krb5.windows-path", "keytab")


def test_a_keytab_that_everybody_may_read_or_replace_is_an_error(setup):
    setup.keytab.chmod(0o644)
    assert first_of(setup.ask())["id"] == "kerberos.keytab-rights"
    assert first_of(setup.ask("keytab", str(setup.keytab)))["id"] == "kerberos.keytab-rights"
    setup.keytab.chmod(0o600)
    folder = setup.folder / "open"
    folder.mkdir()
    folder.chmod(0o777)
    setup.keytab = setup.keytab.rename(folder / "app.keytab")
    setup.keytabs = {SERVICE: setup.keytab}
    for subject in (("kerberos",), ("keytab", str(setup.keytab))):
        told = first_of(setup.ask(*subject))
        assert told["id"] == "krb5.keytab-folder"
        assert str(folder) in told["remedy"]


@pytest.mark.skipif(os.geteuid() != 0, reason="of root alone")
def test_a_keytab_of_another_user_than_the_gates_is_a_warning(setup):
    os.chown(setup.keytab, 1, 1)
    told = first_of(setup.ask())
    assert (told["id"], told["level"], told["hop_name"]) == ("krb5.keytab-owner", "warning", "keytab")


@pytest.mark.skipif(os.geteuid() != 0, reason="of root alone")
def test_a_keytab_that_the_gates_user_may_not_read_is_an_error(setup):
    os.chown(setup.folder, 1, 1)  # the state folder, by which that user is known
    told = first_of(setup.ask())
    assert (told["id"], told["level"], told["hop_name"]) == ("keytab.user-denied", "error", "keytab")


def test_one_host_with_a_service_in_each_of_two_realms_is_well(setup):
    setup.hosts = ["app.localhost"]
    setup.keytabs = {f"HTTP/app.localhost@{realm}": setup.realms.folder / f"{realm}.keytab" for realm in (ALPHA, "BETA.TEST")}
    path = setup.ask()
    assert path["worst"] in ("ok", "note"), path["findings"]
    assert "spn.several-realms" in [one["id"] for one in path["findings"]]
    assert "KDC ALPHA.TEST" in path["drawn"] and "KDC BETA.TEST" in path["drawn"]


def test_the_handbooks_own_files_are_told_all_their_faults_at_once(setup):
    properties = setup.folder / "cm6-kerberos.properties"
    properties.write_text("kerberos.config.location=C:\\\\conf\\\\krb5.ini\n"
                          f"HTTP/appalpha.test@{ALPHA}=C:\\\\conf\\\\app.keytab\n")
    (setup.folder / "krb5.ini").write_text(
        f"[libdefaults]\ndefault_realm = {ALPHA}\ndefault_tkt_enctypes = {DEAD}\ndefault_tgs_enctypes = {DEAD}\n"
        f"[realms]\n{ALPHA} = {{\nkdc = mywin2003srv\nadmin_server = mywin2003srv:8888\n}}\n"
        f"[domain_realm]\n.mywin2003srv = {ALPHA}\nmywin2003srv = {ALPHA}\n")
    setup.kerberos = {"properties": str(properties)}
    setup.keytabs = {}
    setup.more = {"kerberos.keytabs": {}}
    ids = [one["id"] for one in setup.ask()["findings"]]
    for wanted in ("kerberos.properties-windows", "kerberos.krb5-weak", "krb5.kdc-short-name", "krb5.admin-port", "krb5.domain-one-label",
                   "spn.host-misspelt"):
        assert wanted in ids, ids


def test_the_report_speaks_german(setup):
    setup.key_for(f"HTTPS/{HOST}:443@{ALPHA}")
    done = run_pforte("doctor", "kerberos", "--dns", setup.name_server, "--lang", "de", "--config", str(setup.file()))
    assert done.returncode == 1
    assert "ist nicht HTTP/" in done.stdout
    assert "Browser → DNS" in done.stdout


# Accounts, by LDAP.


@pytest.fixture(scope="module")
def running_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountDirectory]:
    one = AccountDirectory(tmp_path_factory.mktemp("accounts"))
    yield one
    one.stop()


class Accounts:
    """What a test puts into the directory, and what is said of it; afterwards it is empty again."""

    def __init__(self, directory: AccountDirectory, setup: Setup):
        self.directory = directory
        self.setup = setup
        self.names: list[str] = []

    def add(self, name: str = "svc-crm", service: str = f"HTTP/{HOST}", **values: Any) -> str:
        self.names.append(name)
        return self.directory.service(name, service, **values)

    def ask(self, *more: str) -> dict[str, Any]:
        return self.setup.ask("kerberos", "--ldap", self.directory.url, "--bind-dn", READER, "--password-file", str(self.directory.password_file), *more)


@pytest.fixture
def accounts_of(running_accounts: AccountDirectory, setup: Setup) -> Iterator[Accounts]:
    one = Accounts(running_accounts, setup)
    yield one
    running_accounts.clear(*one.names)


YESTERDAY, IN_2007 = since_1601(time.time() - 86400), since_1601(1_190_000_000)

ACCOUNT_FAULTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "disabled": ("error", "account.disabled", {"userAccountControl": NORMAL | 0x2}),
    "DES alone": ("error", "account.des-only", {"userAccountControl": NORMAL | 0x200000}),
    "no preauthentication": ("warning", "account.no-preauthentication", {"userAccountControl": NORMAL | 0x400000}),
    "trusted for delegation": ("warning", "account.unconstrained-delegation", {"userAccountControl": NORMAL | 0x80000}),
    "no password required": ("warning", "account.no-password-required", {"userAccountControl": NORMAL | 0x20}),
    "a password that has expired": ("warning", "account.password-expired", {"userAccountControl": NORMAL | 0x800000}),
    "locked": ("warning", "account.locked", {"userAccountControl": NORMAL | 0x10}),
    "a password to be changed": ("warning", "account.must-change-password", {"pwdLastSet": 0}),
    "expired": ("error", "account.expired", {"accountExpires": YESTERDAY}),
    "a password from before AES": ("error", "account.old-password", {"pwdLastSet": IN_2007}),
    "RC4 alone": ("error", "account.no-aes", {"msDS_SupportedEncryptionTypes": 4}),
    "nothing said of encryption": ("warning", "account.encryption-unset", {"msDS_SupportedEncryptionTypes": 0}),
    "a newer password": ("error", "account.key-version", {"msDS_KeyVersionNumber": 7}),
    "a computer": ("warning", "account.computer", {"userAccountControl": 0x1000}),
    "a protected user": ("warning", "account.protected-users", {"memberOf": f"CN=Protected Users,{ACCOUNT_BASE}"}),
}


@pytest.mark.parametrize("fault", ACCOUNT_FAULTS)
def test_a_fault_of_the_account_is_the_first_thing_that_is_told(fault, accounts_of):
    level, wanted, values = ACCOUNT_FAULTS[fault]
    dn = accounts_of.add(**values)
    path = accounts_of.ask()
    told = first_of(path)
    assert (told["id"], told["level"], told["hop_name"]) == (wanted, level, "directory"), path["findings"]
    assert value_of(told, "account") == dn
    assert "svc-crm" in told["command"]


def test_an_account_that_is_well_is_told_as_such(accounts_of):
    accounts_of.add(userPrincipalName=f"HTTP/{HOST}@{ALPHA}", msDS_KeyVersionNumber=1, pwdLastSet=YESTERDAY, accountExpires=(1 << 63) - 1)
    path = accounts_of.ask()
    assert path["worst"] in ("ok", "note")
    assert "account.holds" in [one["id"] for one in path["findings"]]


def test_a_name_that_two_accounts_have_is_told_with_both(accounts_of):
    both = [accounts_of.add("svc-crm"), accounts_of.add("svc old's")]
    told = first_of(accounts_of.ask())
    assert (told["id"], told["level"]) == ("account.duplicate", "error")
    assert [one["value"] for one in told["evidence"]] == both
    assert f"setspn -D HTTP/{HOST} 'svc old''s'; setspn -X" == told["command"]


def test_a_name_that_no_account_has_is_told_with_the_command(accounts_of):
    accounts_of.setup.change("kdc = 127.0.0.1:", f"kdc = 127.0.0.1:{free_port()}\n    admin_server = 127.0.0.1:")
    told = first_of({"findings": [one for one in accounts_of.ask()["findings"] if one["hop_name"] == "directory"]})
    assert (told["id"], told["level"], told["hop_name"]) == ("account.none", "error", "directory")
    assert told["command"] == f"setspn -S HTTP/{HOST} ACCOUNT"


def test_a_directory_without_the_account_of_a_service_that_the_kdc_knows_is_another_one(accounts_of):
    path = accounts_of.ask()
    assert path["worst"] == "note"
    told = next(one for one in path["findings"] if one["id"] == "account.other-directory")
    assert (told["level"], told["hop_name"]) == ("note", "directory")


def test_where_only_the_joined_host_has_the_name_the_ticket_is_for_its_key(accounts_of):
    accounts_of.add("APP$", f"HOST/{HOST}", userAccountControl=0x1000)
    told = first_of(accounts_of.ask())
    assert (told["id"], told["level"]) == ("account.joined-host", "warning")
    assert "APP$" in told["seen"]


def test_a_directory_that_refuses_or_is_not_there_is_told_and_nothing_hangs(accounts_of):
    accounts_of.add()
    wrong = accounts_of.setup.folder / "wrong.password"
    wrong.write_text("no\n")
    told = first_of(accounts_of.setup.ask("kerberos", "--ldap", accounts_of.directory.url, "--bind-dn", READER, "--password-file", str(wrong)))
    assert (told["id"], told["hop_name"]) == ("account.directory", "directory")
    assert f"the directory refuses the account {READER}: Invalid credentials" in told["seen"]
    assert str(wrong) in told["remedy"]
    missing = accounts_of.setup.folder / "missing.password"
    told = first_of(accounts_of.setup.ask("kerberos", "--ldap", accounts_of.directory.url, "--bind-dn", READER, "--password-file", str(missing)))
    assert str(missing) in told["seen"]
    path = accounts_of.setup.ask("kerberos", "--ldap", f"ldap://127.0.0.1:{free_port()}")
    assert first_of(path)["id"] == "account.directory"
    assert "no connection" in first_of(path)["seen"]
    assert "directory ✗" in path["drawn"]


def test_an_agent_whose_ticket_the_gate_does_not_take_is_named(accounts_of):
    accounts_of.add(userPrincipalName=f"HTTP/{HOST}@{ALPHA}")
    setup = accounts_of.setup
    assert run_pforte("agent", "add", "susan", "--principal", f"susan@{ALPHA}", "--config", str(setup.file())).returncode == 0
    groups = [f"group-{number}" for number in range(1000)]
    accounts_of.names.append("susan")
    accounts_of.directory.account("susan", sAMAccountName="susan", tokenGroups=groups, memberOf=f"cn=one,{ACCOUNT_BASE}")
    path = accounts_of.ask()
    assert path["worst"] == "note"
    assert "account.ticket-long" in [one["id"] for one in path["findings"]]
    setup.more = {"limits": {"authorization": "12KiB"}}
    told = first_of(accounts_of.ask())
    assert (told["id"], told["level"]) == ("account.ticket-too-long", "error")
    assert "susan" in told["seen"] and "1000 groups" in told["seen"]


def test_a_real_domain_is_told_what_is_unwise_about_its_account(setup, domain):
    setup.krb5.write_text(domain.config.read_text())
    setup.hosts = ["app.localhost"]
    setup.keytab = Path(shutil.copy(domain.keytab, setup.folder / "domain.keytab"))
    setup.keytab.chmod(0o600)
    setup.keytabs = {active_directory.SERVICE: setup.keytab}
    setup.more = {"ldap": {"servers": [domain.tls_url], "base": active_directory.BASE, "user_filter": "(sAMAccountName={login})",
                           "bind_dn": f"{active_directory.LOOKUP}@{active_directory.REALM}", "bind_password_file": str(domain.password_file),
                           "trust": str(domain.authority)}}
    path = setup.ask()
    assert path["worst"] in ("ok", "note"), path["findings"]
    assert "account.holds" in [one["id"] for one in path["findings"]]
    domain.service("svc-twin", f"HTTP/twin.localhost@{active_directory.REALM}", encryption=active_directory.RC4)
    try:
        setup.keytabs[f"HTTP/twin.localhost@{active_directory.REALM}"] = domain.folder / "svc-twin.keytab"
        ids = [one["id"] for one in setup.ask()["findings"] if one["level"] == "error"]
        assert "account.no-aes" in ids
    finally:
        domain.admin("remove", account="svc-twin")


def test_a_password_file_that_was_typed_is_told_by_the_option_and_not_by_a_key_of_the_configuration(accounts_of):
    path = accounts_of.setup.ask("kerberos", "--ldap", accounts_of.directory.url, "--bind-dn", READER, "--password-file", "/nope")
    told = next(one for one in path["findings"] if one["id"] == "account.directory")
    assert told["remedy"].endswith("for you to read (--password-file)")


# Leaving RC4.


def rc4_path(setup: Setup, *more: str) -> dict[str, Any]:
    done = run_pforte("doctor", "kerberos", "--rc4", "--dns", setup.name_server, *more, "--json", "--config", str(setup.file()))
    return next(path for path in json.loads(done.stdout)["paths"] if path["subject"] == "kerberos --rc4")


def test_who_depends_on_rc4_is_told_with_the_steps_that_lead_out(accounts_of):
    setup = accounts_of.setup
    service = setup.realms.add("HTTP/rc4.alpha.test", encryption="arcfour-hmac")
    setup.keytab = setup.realms.keytab(setup.folder / "rc4.keytab", service)
    setup.hosts, setup.keytabs = ["rc4.alpha.test"], {service: setup.keytab}
    setup.kerberos["allow_rc4"] = [service]
    accounts_of.add("svc-rc4", service.split("@")[0], msDS_SupportedEncryptionTypes=4)
    accounts_of.directory.account("beta.test", kind="trustedDomain", trustPartner="beta.test", msDS_SupportedEncryptionTypes=4)
    accounts_of.names.append("beta.test")
    path = rc4_path(setup, "--ldap", accounts_of.directory.url, "--bind-dn", READER, "--password-file", str(accounts_of.directory.password_file))
    found = {one["id"]: one for one in path["findings"]}
    assert {"rc4.allowed", "rc4.keytab-only", "rc4.settings", "rc4.account", "rc4.trust"} <= set(found)
    steps = [one["value"] for one in found["rc4.keytab-only"]["evidence"]]
    assert [step.split()[0] for step in steps] == ["setspn", "Set-ADUser", "ktpass", "pforte", "pforte", "pforte.toml:"]
    assert f"/princ {service} " in steps[2]
    made, mode = setup.realms.keytab(setup.folder / "rc4.alpha.test.keytab", service), setup.keytab.stat().st_mode
    done = subprocess.run(steps[3].replace("pforte", gates.BINARY, 1), shell=True, cwd=setup.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (setup.keytab.stat().st_mode, made.exists()) == (mode, True)
    assert found["rc4.account"]["command"] == "Set-ADUser svc-rc4 -KerberosEncryptionType AES128,AES256"
    assert found["rc4.trust"]["command"].startswith("ksetup /setenctypeattr beta.test AES256")


def test_where_nothing_depends_on_rc4_that_is_told(setup):
    path = rc4_path(setup)
    assert path["worst"] in ("ok", "note")
    assert "rc4.free" in [one["id"] for one in path["findings"]]


def test_the_running_gates_own_count_is_told(start_desk, app, realms, client_of):
    service = f"HTTP/app.localhost@{ALPHA}"
    gate = start_desk(app, keytabs={service: realms.folder / f"{ALPHA}.keytab"}, kerberos={"allow_rc4": [service]})
    done = gate.run("doctor", "kerberos", "--rc4", "--json", "--dns", "127.0.0.1:1")
    path = next(path for path in json.loads(done.stdout)["paths"] if path["subject"] == "kerberos --rc4")
    told = next(one for one in path["findings"] if one["id"] == "rc4.allowed")
    assert "since the start no ticket has needed it" in told["seen"]


def test_without_a_subject_kerberos_is_among_what_is_examined(setup):
    setup.serve(f"HTTPS/{HOST}@{ALPHA}")
    done = run_pforte("doctor", "--json", "--dns", setup.name_server, "--timeout", "500ms", "--config", str(setup.file()))
    path = next(path for path in json.loads(done.stdout)["paths"] if path["subject"] == "kerberos")
    assert "spn.service" in [one["id"] for one in path["findings"]]
