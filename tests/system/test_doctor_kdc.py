"""What `pforte doctor kerberos` finds at the KDC: each fault is built for real, and the first thing that is told is that fault."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gate as gates
import pytest
from gate import run_pforte, until
from kdc import ALPHA, BETA, KDC_CONF, Realms, listens, password_of, relay
from keytabs import ktutil_keytab
from ports import free_port
from test_doctor_kerberos import SERVICE, Setup, first_of, value_of

FAKE_TIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
PASSWORD = "Key-Secret-1"


class OtherKdc:
    """A second KDC of ALPHA.TEST before the same database, with other listeners or another clock."""

    def __init__(self, realms: Realms, folder: Path, *, udp: bool = True, tcp: bool = True, shift: str | None = None):
        self.port = free_port()
        text = KDC_CONF.format(realm=ALPHA, folder=realms.folder / ALPHA, port=self.port)
        text = text if udp else text.replace(f"kdc_listen = 127.0.0.1:{self.port}", 'kdc_listen = ""', 1)
        text = text if tcp else text.replace(f"kdc_tcp_listen = 127.0.0.1:{self.port}", 'kdc_tcp_listen = ""')
        (folder / "other-kdc.conf").write_text(text.replace("kdc.log", "other-kdc.log"))
        clock = {"LD_PRELOAD": FAKE_TIME, "FAKETIME": shift} if shift else {}
        self.process = subprocess.Popen(
            ["krb5kdc", "-n", "-r", ALPHA, "-P", str(folder / "kdc.pid")], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **clock, "KRB5_CONFIG": str(realms.config), "KRB5_KDC_PROFILE": str(folder / "other-kdc.conf")})
        until(lambda: listens(self.port) if tcp else is_bound_by_udp(self.port), "the other KDC listens")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def is_bound_by_udp(port: int) -> bool:
    return any(line.split()[1].endswith(f":{port:04X}") for line in Path("/proc/net/udp").read_text().splitlines()[1:])


def answer_all(word: bytes) -> int:
    """A port whose owner answers everything with that word, over UDP and TCP."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))

    def by_tcp() -> None:
        while True:
            connection, _ = tcp.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(word)

    def by_udp() -> None:
        while True:
            _, peer = udp.recvfrom(4096)
            udp.sendto(word, peer)

    for loop in (by_tcp, by_udp):
        threading.Thread(target=loop, daemon=True).start()
    return port


class Lab(Setup):
    """A configuration with one service, whose account and key can be spoilt in its KDC."""

    def __init__(self, folder: Path, realms: Realms):
        super().__init__(folder, realms)
        self.kdcs: list[OtherKdc] = []

    def use_port(self, port: int) -> None:
        self.change(f"kdc = 127.0.0.1:{self.realms.ports[ALPHA]}", f"kdc = 127.0.0.1:{port}")

    def other_kdc(self, **options: Any) -> None:
        self.kdcs.append(OtherKdc(self.realms, self.folder, **options))
        self.use_port(self.kdcs[-1].port)

    def account(self, host: str, *, password: str | None = None, options: str = "") -> str:
        """A new service of that host alone; its name. Its keytab has its present key."""
        service = self.realms.add(f"HTTP/{host}", password=password)
        if options:
            self.realms.admin(ALPHA, f"modprinc {options} {service}")
        self.hosts = [host]
        self.serve(service, self.realms.keytab(self.folder / "own.keytab", service))
        return service

    def account_with_key(self, host: str, *, password: str = PASSWORD, version: int = 1, encryption: str = "aes256-sha1",
                         salt: str | None = None) -> None:
        """A new service whose keytab comes from a password, in one way or another."""
        service = self.account(host, password=PASSWORD)
        file, secret = self.folder / "made.keytab", self.folder / "password"
        secret.write_text(password)
        done = run_pforte("keytab", "create", str(file), "--principal", service, "--kvno", str(version), "--encryption", encryption,
                          *(("--salt", salt) if salt else ()), "--password-file", str(secret))
        assert done.returncode == 0, done.stderr
        self.serve(service, file)

    def with_witness(self) -> None:
        """Another service of the realm, which is well."""
        self.keytabs[SERVICE] = self.keytab
        self.hosts.append("app.alpha.test")

    def changed_password(self, witness: bool) -> None:
        self.realms.change_key(self.account(f"changed-{'seen' if witness else 'alone'}.alpha.test"))
        if witness:
            self.with_witness()

    def unknown(self, made: str, asked: str) -> None:
        """A key of a name that the KDC does not have."""
        self.account(made)
        name = f"HTTP/{asked}@{ALPHA}"
        self.hosts = [asked.lower()]
        self.serve(name, ktutil_keytab(self.folder / "unknown.keytab", name, 1, PASSWORD, "aes256-cts-hmac-sha1-96"))


@pytest.fixture
def lab(realms: Realms, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path, realms)
    yield made
    for kdc in made.kdcs:
        kdc.stop()


def silence(it: Lab) -> None:
    """A KDC that answers by TCP, and a firewall that drops what comes by UDP, for clients that ask so first."""
    it.change("udp_preference_limit = 1", "udp_preference_limit = 1465")
    it.other_kdc(udp=False)
    it.silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # type: ignore[attr-defined]
    it.silent.bind(("127.0.0.1", it.kdcs[-1].port))


FAULTS: dict[str, tuple[str, str, Callable[[Lab], Any]]] = {
    "the KDC is dead": ("kdc.dead", "error", lambda it: it.use_port(free_port())),
    "the KDC's name leads nowhere": ("kdc.name", "error", lambda it: it.change("kdc = 127.0.0.1:", "kdc = kdc.invalid:")),
    "UDP is filtered": ("kdc.no-udp", "warning", silence),
    "TCP is closed": ("kdc.no-tcp", "warning", lambda it: it.other_kdc(tcp=False)),
    "a web server answers": ("kdc.garbage", "error", lambda it: it.use_port(answer_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"))),
    "something answers with bytes": ("kdc.garbage", "error", lambda it: it.use_port(answer_all(b"\0\0\0\x04\x7e\x02\x30\x7f"))),
    "the KDC is of another realm": ("kdc.wrong-realm", "error", lambda it: it.use_port(it.realms.ports[BETA])),
    "the KDC's clock is ten minutes ahead": ("kdc.clock", "error", lambda it: it.other_kdc(shift="+600s")),
    "the KDC's clock is two minutes behind": ("kdc.clock", "warning", lambda it: it.other_kdc(shift="-120s")),
    "the clock of a KDC that gives tickets to anybody is ahead": ("kdc.clock", "error", lambda it: (
        it.account("time.alpha.test", options="-requires_preauth"), it.other_kdc(shift="+600s"))),
    "the password was changed": ("keytab.kvno", "error", lambda it: it.changed_password(True)),
    "the keytab has a wrong version": ("keytab.kvno", "error", lambda it: it.account_with_key("version.alpha.test", version=7)),
    "the keytab is of another password": ("keytab.wrong-key", "error", lambda it: it.account_with_key("password.alpha.test", password="x")),
    "the keytab has another salt": ("keytab.wrong-key", "error", lambda it: it.account_with_key("salt.alpha.test", salt="ALPHA.TESTsvc-crm")),
    "the keytab has RC4 alone": ("keytab.no-common-encryption", "error", lambda it: (it.account_with_key("only-rc4.alpha.test", encryption="rc4"),
                                                                          it.kerberos.update(allow_rc4=list(it.keytabs)))),
    "the keytab lacks the ticket's encryption": ("ticket.not-accepted", "error", lambda it: it.account_with_key("aes128.alpha.test", encryption="aes128-sha1")),
    "the KDC does not know the service": ("kdc.principal-unknown", "error", lambda it: it.unknown("made.alpha.test", "other-name.alpha.test")),
    "the service is in capitals": ("kdc.principal-case", "error", lambda it: it.unknown("case.alpha.test", "Case.alpha.test")),
    "no preauthentication is asked for": ("kdc.preauth-off", "warning", lambda it: it.account("roast.alpha.test", options="-requires_preauth")),
    "the account has expired": ("kdc.account-expired", "error", lambda it: it.account("gone.alpha.test", options="-expire yesterday")),
    "the account's password has expired": ("kdc.password-expired", "error", lambda it: it.account("old.alpha.test", options="-pwexpire yesterday")),
    "the account is locked": ("kdc.account-locked", "error", lambda it: it.account("locked.alpha.test", options="-allow_tix")),
    "no tickets are given for the service": ("ticket.not-given", "error", lambda it: it.account("noservice.alpha.test", options="-allow_svr")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_kdc_is_the_first_thing_that_is_told(fault, lab):
    wanted, level, spoil = FAULTS[fault]
    spoil(lab)
    path = lab.ask()
    told = first_of(path)
    assert (told["id"], told["level"]) == (wanted, level), path["findings"]
    assert told["remedy"]
    assert told["command"]
    assert told["hop_name"] in {"keytab": ("keytab",), "ticket": ("gate", f"KDC {ALPHA}")}.get(wanted.split(".")[0], (f"KDC {ALPHA}",))


def test_where_all_is_well_a_ticket_is_fetched_and_accepted_and_its_figures_told(lab):
    path = lab.ask()
    assert path["worst"] in ("ok", "note"), path["findings"]
    told = {finding["id"]: finding for finding in path["findings"]}
    assert told["kdc.reachable"]["level"] == "ok"
    ticket = told["ticket.accepted"]
    assert value_of(ticket, "encryption") == "aes256-cts-hmac-sha1-96"
    assert value_of(ticket, "sign-in at the KDC").endswith(" ms")
    assert int(value_of(ticket, "header field").removesuffix(" bytes")) > 500
    assert value_of(ticket, "salt at the KDC")
    assert ticket["command"].endswith(f" kvno {SERVICE}")


def test_the_command_beside_a_ticket_shows_its_version_to_whoever_pastes_it(lab, tmp_path):
    told = {finding["id"]: finding for finding in lab.ask()["findings"]}
    typed = told["ticket.accepted"]["command"].replace("LOGIN", "susan")
    elsewhere = {name: value for name, value in os.environ.items() if name != "KRB5_CONFIG"}
    done = subprocess.run(typed, shell=True, input=password_of("susan") + "\n", capture_output=True, text=True, timeout=20,
                          env={**elsewhere, "KRB5CCNAME": f"FILE:{tmp_path}/tickets", "LC_ALL": "C"})
    assert f"{SERVICE}: kvno = " in done.stdout, done.stderr


def test_a_changed_password_without_anybody_to_ask_shows_as_a_key_that_is_refused(lab):
    lab.changed_password(False)
    assert first_of(lab.ask())["id"] == "keytab.wrong-key"


@pytest.mark.parametrize("after", range(1, 6))
def test_a_kdc_that_falls_silent_is_told_as_such_and_not_as_a_wrong_key(after, lab):
    lab.use_port(relay(lab.realms.ports[ALPHA], after, silent=True))
    path = lab.ask("kerberos", "--timeout", "500ms")
    errors = [one for one in path["findings"] if one["level"] == "error"]
    assert [(one["id"], one["hop_name"]) for one in errors] == [("ticket.kdc-silent", f"KDC {ALPHA}")]
    assert "not while a ticket for" in errors[0]["seen"] and "no answer in time" in errors[0]["seen"]


def test_a_dead_kdc_beside_one_that_answers_is_a_warning(lab):
    lab.change("    kdc = 127.0.0.1:", f"    kdc = 127.0.0.1:{free_port()}\n    kdc = 127.0.0.1:")
    told = first_of(lab.ask())
    assert (told["id"], told["level"]) == ("kdc.dead", "warning")


def test_a_dead_address_of_a_kdc_leaves_time_for_the_others(lab, monkeypatch):
    hosts = lab.folder / "hosts"
    hosts.write_text("127.0.0.2 kdc.alpha.test\n127.0.0.1 kdc.alpha.test\n127.0.0.1 localhost\n")
    prefix = ("unshare", "--mount", "sh", "-ec", f'mount --bind {hosts} /etc/hosts; exec "$@"', "sh")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("there can be no other /etc/hosts here")
    port = lab.realms.ports[ALPHA]
    with socket.create_server(("127.0.0.2", port)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.2", port))  # taken, and never answered
        lab.change(f"kdc = 127.0.0.1:{port}", f"kdc = kdc.alpha.test:{port}")
        monkeypatch.setattr(gates, "BINARY", f"{shlex.join(prefix)} {gates.BINARY}")
        told = [one for one in lab.ask("kerberos", "--timeout", "1s")["findings"] if one["hop_name"] == f"KDC {ALPHA}"]
    assert sorted({one["id"] for one in told}) == ["kdc.reachable", "ticket.accepted"], told


def test_a_realm_without_any_kdc_is_told_of_where_the_kdc_would_be(lab):
    lab.change("    kdc = 127.0.0.1:", "    admin_server = 127.0.0.1:")
    none = [finding for finding in lab.ask()["findings"] if finding["id"] == "kdc.none"]
    assert [(one["level"], one["hop_name"]) for one in none] == [("error", f"KDC {ALPHA}")]


def test_a_kdc_without_udp_is_a_note_where_nobody_asks_so_first(lab):
    silence(lab)
    lab.serve(f"HTTP/app.beta.test@{BETA}", lab.realms.folder / f"{BETA}.keytab")
    lab.hosts = ["app.beta.test"]
    lab.keytabs[SERVICE] = lab.keytab

    def level(*service: str) -> str:
        return next(one["level"] for one in lab.ask("kerberos", *service)["findings"] if one["id"] == "kdc.no-udp")
    assert (level(), level("HTTP/app.beta.test"), level("HTTP/app.alpha.test")) == ("warning", "note", "warning")
    lab.change("udp_preference_limit = 1465", "udp_preference_limit = 1")
    assert level() == "note"


def test_the_salt_that_the_kdc_tells_stands_beside_a_key_with_another(lab):
    lab.account_with_key("other-salt.alpha.test", salt="ALPHA.TESTsvc-other")
    assert value_of(first_of(lab.ask()), "salt at the KDC") == "ALPHA.TESTHTTPother-salt.alpha.test"


def test_one_service_alone_can_be_tried(lab):
    lab.account("alone.alpha.test")
    lab.with_witness()
    ids = [finding["command"] for finding in lab.ask("kerberos", "HTTP/alone.alpha.test")["findings"] if finding["id"] == "ticket.accepted"]
    assert [command.split()[-1] for command in ids] == [f"HTTP/alone.alpha.test@{ALPHA}"]
