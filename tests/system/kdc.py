"""Two MIT Kerberos realms that trust each other, on loopback, unprivileged, with people and services."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

from gate import until
from ports import free_port

ALPHA = "ALPHA.TEST"
BETA = "BETA.TEST"
PEOPLE = ("susan", "peter", "uli")
SERVICES = {ALPHA: ("HTTP/app.localhost", "HTTP/app.alpha.test", "HTTP/other.localhost"),
            BETA: ("HTTP/app.localhost", "HTTP/app.beta.test")}
TRUST = "trust-Secret-1"

KRB5_CONF = """[libdefaults]
  default_realm = {alpha}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_uri_lookup = false
  dns_canonicalize_hostname = false
  rdns = false
  qualify_shortname = ""
  udp_preference_limit = 1
  ticket_lifetime = 10h
  forwardable = true
  allow_weak_crypto = true
[realms]
  {alpha} = {{
    kdc = 127.0.0.1:{alpha_port}
  }}
  {beta} = {{
    kdc = 127.0.0.1:{beta_port}
  }}
[domain_realm]
  .alpha.test = {alpha}
  .beta.test = {beta}
  .localhost = {alpha}
  localhost = {alpha}
[capaths]
  {alpha} = {{
    {beta} = .
  }}
  {beta} = {{
    {alpha} = .
  }}
"""

KDC_CONF = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 24h
    supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
    default_principal_flags = +preauth
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


def password_of(name: str) -> str:
    """Everybody's password; `name` is the principal without its realm."""
    return f"Pw-{name}-1"


class Logons:
    """What people do who have a password: they get tickets. Everything lies in `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.config = folder / "krb5.conf"
        self._tickets = 0

    def environment(self, tickets: Path | None = None) -> dict[str, str]:
        """For a program that is to use these realms, and the tickets in that file (none: no tickets)."""
        cache = tickets or self.folder / "no-tickets"
        return {**os.environ, "KRB5_CONFIG": str(self.config), "KRB5CCNAME": f"FILE:{cache}", "LC_ALL": "C"}

    def kinit(self, principal: str, password: str | None = None, *options: str, tickets: Path | None = None) -> Path:
        """Signs in at the KDC. The file with the tickets, a new one unless told."""
        name, realm = split(principal)
        self._tickets += 1
        file = tickets or self.folder / f"tickets-{self._tickets}"
        done = subprocess.run(["kinit", *options, f"{name}@{realm}"], input=(password or password_of(name)) + "\n",
                              capture_output=True, text=True, env=self.environment(file), timeout=20)
        assert done.returncode == 0, done.stderr
        return file

    def fetch(self, tickets: Path, *services: str) -> Path:
        """Puts tickets for these services into the file, as a client does before it needs them."""
        done = subprocess.run(["kvno", *services], capture_output=True, text=True, env=self.environment(tickets),
                              timeout=20)
        assert done.returncode == 0, done.stderr
        return tickets


class Realms(Logons):
    """ALPHA.TEST and BETA.TEST. A name without a realm is one of ALPHA.TEST."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.ports = {realm: free_port() for realm in (ALPHA, BETA)}
        self.running: list[subprocess.Popen[bytes]] = []
        self.config.write_text(KRB5_CONF.format(alpha=ALPHA, beta=BETA, alpha_port=self.ports[ALPHA],
                                                beta_port=self.ports[BETA]))
        makers = [self._make(realm) for realm in (ALPHA, BETA)]  # both at once
        for maker in makers:
            assert maker.wait(30) == 0
        for realm in (ALPHA, BETA):
            self._fill(realm)
            self._start(realm)

    # What it is made of.

    def _folder(self, realm: str) -> Path:
        return self.folder / realm

    def _environment_of_kdc(self, realm: str) -> dict[str, str]:
        return {**os.environ, "KRB5_CONFIG": str(self.config), "KRB5_KDC_PROFILE": str(self._folder(realm) / "kdc.conf"),
                "LC_ALL": "C"}

    def _make(self, realm: str) -> subprocess.Popen[bytes]:
        folder = self._folder(realm)
        folder.mkdir()
        (folder / "kdc.conf").write_text(KDC_CONF.format(realm=realm, folder=folder, port=self.ports[realm]))
        (folder / "acl").write_text("")
        return subprocess.Popen(["kdb5_util", "-r", realm, "create", "-s", "-P", "master-Secret-1"],
                                env=self._environment_of_kdc(realm), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _fill(self, realm: str) -> None:
        both = (f"krbtgt/{ALPHA}@{BETA}", f"krbtgt/{BETA}@{ALPHA}")
        lines = [f'addprinc -pw {TRUST} -e "aes256-cts-hmac-sha1-96:normal" {name}' for name in both]
        lines += [f"addprinc -pw {password_of(name)} {name}@{realm}" for name in PEOPLE]
        lines += [f"addprinc -randkey {name}@{realm}" for name in SERVICES[realm]]
        lines += [f"ktadd -norandkey -k {self.folder / realm}.keytab {name}@{realm}" for name in SERVICES[realm]]
        self.admin(realm, *lines)

    def _start(self, realm: str) -> None:
        log = (self._folder(realm) / "kdc.out").open("wb")
        self.running.append(subprocess.Popen(["krb5kdc", "-n", "-r", realm], env=self._environment_of_kdc(realm),
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        until(lambda: listens(self.ports[realm]), f"the KDC of {realm} listens", 10)

    def stop(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(10)

    # What administrators do.

    def admin(self, realm: str, *lines: str) -> str:
        """Lines for kadmin.local; one that does not succeed ends the test."""
        done = subprocess.run(["kadmin.local", "-r", realm], input="\n".join(lines) + "\n", capture_output=True,
                              text=True, env=self._environment_of_kdc(realm), timeout=20)
        complaints = [line for line in done.stderr.splitlines() if not line.startswith(("WARNING", "No policy"))]
        assert done.returncode == 0 and not complaints, (lines, complaints)
        return done.stdout

    def add(self, principal: str, password: str | None = None, encryption: str | None = None) -> str:
        """A principal with a password or a random key, of one encryption only where told. Its full name."""
        name, realm = split(principal)
        key = f"-pw {password}" if password else "-randkey"
        only = f'-e "{encryption}:normal" ' if encryption else ""
        self.admin(realm, f'addprinc {only}{key} "{name}@{realm}"')
        return f"{name}@{realm}"

    def keytab(self, file: Path, *principals: str) -> Path:
        """Adds the present keys of these principals to `file`."""
        for principal in principals:
            name, realm = split(principal)
            self.admin(realm, f'ktadd -norandkey -k {file} "{name}@{realm}"')
        return file

    def change_key(self, principal: str, encryption: str | None = None) -> None:
        """A new random key, with the next key version number. Tickets from before keep the old one."""
        name, realm = split(principal)
        only = f'-e "{encryption}:normal" ' if encryption else ""
        self.admin(realm, f'change_password {only}-randkey "{name}@{realm}"')


def split(principal: str) -> tuple[str, str]:
    """Name and realm; an '@' behind a backslash belongs to the name."""
    for index in range(len(principal) - 1, 0, -1):
        if principal[index] == "@" and principal[index - 1] != "\\":
            return principal[:index], principal[index + 1:]
    return principal, ALPHA


def listens(port: int, address: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


def relay(port: int, after: int, *, silent: bool) -> int:
    """A port by which so many requests reach that KDC over TCP; all later ones get no answer, or an end."""
    server = socket.create_server(("127.0.0.1", 0))
    kept = []

    def carry() -> None:
        for number in itertools.count():
            client, _ = server.accept()
            if number >= after and silent:
                kept.append(client)
                continue
            with client:
                request = client.recv(65536)
                if number < after:
                    with socket.create_connection(("127.0.0.1", port)) as kdc:
                        kdc.sendall(request)
                        kdc.shutdown(socket.SHUT_WR)
                        while answer := kdc.recv(65536):
                            client.sendall(answer)

    threading.Thread(target=carry, daemon=True).start()
    return server.getsockname()[1]
