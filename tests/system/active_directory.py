"""Active Directory: a domain controller of Samba with people, groups and services, in a network of its own.

A domain controller listens on fixed ports, so it has an address for itself: at the far end of a pair of virtual
interfaces, whose other end is on this machine. That network belongs to the server's process alone. Both end with the
pipe to it, however this process ends.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from gate import until
from kdc import Logons, listens, password_of
from pki import Authority

REALM = "CORP.TEST"
PEOPLE = ("susan", "peter", "uli")
FAR_INTERFACE = "dc0"  # in the network of the server
BASE = "DC=corp,DC=test"
SERVICE = f"HTTP/app.localhost@{REALM}"
LOOKUP, LOOKUP_PASSWORD = "svc-lookup", "Lookup-Secret-1"
AES = 0x8 | 0x10  # msDS-SupportedEncryptionTypes: 128 and 256 bits
RC4 = 0x4
LOCAL_GROUP = -0x7FFFFFFC  # groupType: ADS_GROUP_TYPE_DOMAIN_LOCAL_GROUP and ..._SECURITY_ENABLED

SMB_CONF = """[global]
  netbios name = DC1
  realm = {realm}
  workgroup = CORP
  server role = active directory domain controller
  server services = ldap, kdc
  interfaces = lo {interface}
  bind interfaces only = yes
  dns update command = /bin/true
  spn update command = /bin/true
  private dir = {folder}/private
  state directory = {folder}/state
  cache directory = {folder}/cache
  lock directory = {folder}/lock
  binddns dir = {folder}/bind
  pid directory = {folder}/run
  ncalrpc dir = {folder}/run/ncalrpc
  ntp signd socket directory = {folder}/run/ntp
  winbindd socket directory = {folder}/run/winbind
  log file = {folder}/samba.log
  tls certfile = {chain}
  tls keyfile = {key}
  tls cafile = {authority}
[sysvol]
  path = {folder}/state/sysvol
[netlogon]
  path = {folder}/state/sysvol/scripts
"""

KRB5_CONF = """[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_uri_lookup = false
  dns_canonicalize_hostname = false
  rdns = false
  qualify_shortname = ""
  udp_preference_limit = 1
  allow_weak_crypto = true
[realms]
  {realm} = {{
    kdc = {address}
  }}
[domain_realm]
  .localhost = {realm}
"""

def must(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def why_not() -> str | None:
    """What keeps this machine from having a domain controller."""
    if os.geteuid() != 0:
        return "a domain controller listens on ports of root, in a network of its own"
    done = subprocess.run(["unshare", "--net", "--", "ip", "link", "add", "pf", "type", "veth", "peer", "name", "pg"],
                          capture_output=True, text=True)
    return f"this machine gives nobody a network: {done.stderr.strip()}" if done.returncode else None


def free_addresses() -> tuple[str, str]:
    """Two neighbours of 198.18.0.0/15, which RFC 2544 keeps for tests."""
    while True:
        number = random.SystemRandom().randrange(1 << 15) * 4
        network = f"198.{18 + (number >> 16)}.{number >> 8 & 255}"
        near, far = (f"{network}.{(number & 255) + host}" for host in (1, 2))
        if not must("ip", "-oneline", "address", "show", "to", f"{near}/30"):
            return near, far


class Domain(Logons):
    """CORP.TEST. Susan and Peter are in crm-users, which is in crm-admins, which is in the local group crm-files."""

    def __init__(self, folder: Path, authority: Authority):
        super().__init__(folder)
        self._near, self.address = free_addresses()
        self.url, self.tls_url = f"ldap://{self.address}", f"ldaps://{self.address}"
        self._configure(authority)
        program = Path(__file__).with_name("domain_admin.py")
        self._admin = subprocess.Popen([sys.executable, str(program), str(folder / "smb.conf")], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(folder / "admin.out").open("wb"))
        self._answer()
        self._fill()
        self.password_file = folder / "lookup.password"
        self.password_file.write_text(LOOKUP_PASSWORD + "\n")
        self.password_file.chmod(0o600)
        self._process = self._start()

    # What it is made of.

    def _configure(self, authority: Authority) -> None:
        self.authority = authority.certificate
        pair = authority.issue(self.address)
        for name in ("run", "state", "cache", "lock"):
            (self.folder / name).mkdir()
        self.config.write_text(KRB5_CONF.format(realm=REALM, address=self.address))
        (self.folder / "smb.conf").write_text(SMB_CONF.format(
            realm=REALM, folder=self.folder, interface=FAR_INTERFACE, chain=pair.chain, key=pair.key, authority=authority.certificate))

    def _start(self) -> subprocess.Popen[bytes]:
        """A process that waits for its network, then becomes the server."""
        log = (self.folder / "samba.out").open("wb")
        command = f"read -r begin && exec samba -i --no-process-group -M single -s {self.folder}/smb.conf -d 1"
        process = subprocess.Popen(["unshare", "--net", "--", "sh", "-c", command], stdin=subprocess.PIPE, stdout=log, stderr=log,
                                   env={**os.environ, "KRB5_CONFIG": f"{self.folder}/private/krb5.conf", "LC_ALL": "C"})
        network, ours = (Path(f"/proc/{who}/ns/net") for who in (process.pid, "self"))
        until(lambda: network.readlink() != ours.readlink(), "the server has a network of its own")
        here, inside = f"pforte{process.pid}", ("nsenter", f"--net={network}")
        must("ip", "link", "add", here, "type", "veth", "peer", "name", FAR_INTERFACE, "netns", str(process.pid))
        must("ip", "address", "add", f"{self._near}/30", "dev", here)
        must("ip", "link", "set", here, "up")
        must(*inside, "ip", "address", "add", f"{self.address}/30", "dev", FAR_INTERFACE)
        for interface in ("lo", FAR_INTERFACE):
            must(*inside, "ip", "link", "set", interface, "up")
        process.stdin.write(b"\n")
        process.stdin.flush()
        until(lambda: process.poll() is not None or all(listens(port, self.address) for port in (88, 389, 636)), "Samba listens", 30)
        assert process.poll() is None, (self.folder / "samba.out").read_text()
        return process

    def stop(self) -> None:
        for process in (self._process, self._admin):
            process.stdin.close()  # both end with it
            process.wait(20)

    def _fill(self) -> None:
        for login in PEOPLE:
            self.admin("person", login=login, password=password_of(login), name=f"{login.capitalize()} Sommer", mail=f"{login}@corp.test")
        self.admin("group", name="crm-users", members=["susan", "peter"])
        self.admin("group", name="crm-admins", members=["crm-users"])
        self.admin("group", name="crm-files", members=["crm-admins"], kind=LOCAL_GROUP)
        self.admin("person", login=LOOKUP, password=LOOKUP_PASSWORD, name="Lookup Service", mail=f"{LOOKUP}@corp.test")
        self.admin("computer", name="PC0815", password=password_of("PC0815$"))
        self.keytab = self.service("svc-pforte", SERVICE, encryption=AES)

    # What its administrators do.

    def admin(self, do: str, **arguments: Any) -> Any:
        """A command of domain_admin.py."""
        self._admin.stdin.write(json.dumps({"do": do} | arguments) + "\n")
        self._admin.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        line = self._admin.stdout.readline()
        assert line, (self.folder / "admin.out").read_text()
        return json.loads(line)["answer"]

    def service(self, account: str, *services: str, encryption: int | None = None) -> Path:
        """An account with these names, and the keytab of the first."""
        names = [service.removesuffix(f"@{REALM}") for service in services]
        self.admin("service", account=account, password=password_of(account), services=names, encryption=encryption)
        return self.export(services[0], self.folder / f"{account}.keytab")

    def export(self, service: str, file: Path) -> Path:
        """Adds the present keys of that service to `file`."""
        self.admin("keytab", file=str(file), service=service.removesuffix(f"@{REALM}"))
        return file
