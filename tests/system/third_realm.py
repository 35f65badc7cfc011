"""GAMMA.TEST: a realm that only BETA.TEST knows, so whoever comes from ALPHA.TEST comes through another's hands."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from gate import until
from kdc import ALPHA, BETA, TRUST, Realms, listens
from ports import free_port

GAMMA = "GAMMA.TEST"
GAMMA_SERVICE = f"HTTP/app.gamma.test@{GAMMA}"
WAY_THROUGH_BETA = f"[capaths]\n  {ALPHA} = {{\n    {GAMMA} = {BETA}\n  }}\n"

# A KDC that leaves it to the service whether the realms on the way are to be trusted (RFC 4120, section 2.7).
KDC_CONF = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    reject_bad_transit = false
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
"""


class ThirdRealm:
    """Its KDC, the keytab of its service, and tickets of people from ALPHA.TEST for that service."""

    def __init__(self, realms: Realms, folder: Path):
        self.realms = realms
        self.folder = folder
        self.keytab = folder / "gamma.keytab"
        port = free_port()
        base = realms.config.read_text().partition("[capaths]")[0]
        known = base.replace("[realms]\n", f"[realms]\n  {GAMMA} = {{\n    kdc = 127.0.0.1:{port}\n  }}\n")
        self.config = folder / "krb5.conf"  # knows of no way
        self.config.write_text(known)
        self.config_of_clients = folder / "clients.conf"  # they find theirs
        self.config_of_clients.write_text(known + WAY_THROUGH_BETA)
        (folder / "kdc.conf").write_text(KDC_CONF.format(realm=GAMMA, folder=folder, port=port))
        (folder / "acl").write_text("")
        self._environment = {**os.environ, "KRB5_CONFIG": str(self.config), "KRB5_KDC_PROFILE": str(folder / "kdc.conf"), "LC_ALL": "C"}
        self._run(["kdb5_util", "-r", GAMMA, "create", "-s", "-P", "master-Secret-1"])
        crossing = f'addprinc -pw {TRUST} -e "aes256-cts-hmac-sha1-96:normal" krbtgt/{GAMMA}@{BETA}'
        realms.admin(BETA, crossing)
        self._run(["kadmin.local", "-r", GAMMA], "\n".join([crossing, f"addprinc -randkey {GAMMA_SERVICE}",
                                                            f"ktadd -norandkey -k {self.keytab} {GAMMA_SERVICE}"]) + "\n")
        log = (folder / "kdc.out").open("wb")
        self.process = subprocess.Popen(["krb5kdc", "-n", "-r", GAMMA], env=self._environment, stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log)
        until(lambda: listens(port), "the third KDC listens", 10)

    def _run(self, command: list[str], text: str = "") -> None:
        done = subprocess.run(command, input=text, capture_output=True, text=True, env=self._environment, timeout=20)
        assert done.returncode == 0, done.stderr

    def tickets_of(self, name: str) -> dict[str, str]:
        """The environment of somebody of ALPHA.TEST who has a ticket for the service."""
        cache = self.realms.kinit(name, tickets=self.folder / f"tickets-{name}")
        environment = self.realms.environment(cache) | {"KRB5_CONFIG": str(self.config_of_clients)}
        done = subprocess.run(["kvno", GAMMA_SERVICE], capture_output=True, text=True, env=environment, timeout=20)
        assert done.returncode == 0, done.stderr
        return environment

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
