"""slapd with accounts as Active Directory has them: its attributes, without its rules, so that every value can be set."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from gate import until
from kdc import listens
from ports import free_port

BASE = "dc=alpha,dc=test"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "Reader-Secret-1"
NORMAL = 0x200
AES = 0x18

# Numbers below 1.1 are nobody's. Source of names and forms: MS-ADA1 to MS-ADA3.
TEXT = "EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
NUMBER = "EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE"
ATTRIBUTES = {"sAMAccountName": TEXT, "userPrincipalName": TEXT, "servicePrincipalName": TEXT, "memberOf": TEXT, "tokenGroups": TEXT,
              "userAccountControl": NUMBER, "msDS-SupportedEncryptionTypes": NUMBER, "msDS-KeyVersionNumber": NUMBER,
              "pwdLastSet": NUMBER, "accountExpires": NUMBER, "trustPartner": TEXT, "trustAttributes": NUMBER, "trustType": NUMBER}
SCHEMA = ("".join(f"attributetype ( 1.1.1.{number} NAME '{name}' {form} )\n" for number, (name, form) in enumerate(ATTRIBUTES.items(), 1))
          + f"objectclass ( 1.1.2.1 NAME 'account' SUP top STRUCTURAL MUST cn MAY ( userPassword $ {' $ '.join(ATTRIBUTES)} ) )\n"
          + "objectclass ( 1.1.2.2 NAME 'trustedDomain' SUP top STRUCTURAL MUST cn MAY ( trustPartner $ trustAttributes $ trustType"
          " $ msDS-SupportedEncryptionTypes ) )\n")

CONFIGURATION = """include /etc/ldap/schema/core.schema
include {folder}/account.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
maxsize 16777216
directory {folder}/data
suffix "{base}"
rootdn "{reader}"
rootpw {password}
access to * by users read by anonymous auth
"""


class AccountDirectory:
    def __init__(self, folder: Path):
        self.url = f"ldap://127.0.0.1:{(port := free_port())}"
        self.password_file = folder / "reader.password"
        self.password_file.write_text(READER_PASSWORD + "\n")
        (folder / "data").mkdir()
        (folder / "account.schema").write_text(SCHEMA)
        (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder, base=BASE, reader=READER, password=READER_PASSWORD))
        log = (folder / "slapd.log").open("wb")
        self._process = subprocess.Popen(["slapd", "-d", "0", "-f", str(folder / "slapd.conf"), "-h", self.url], stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log)
        until(lambda: self._process.poll() is not None or listens(port), "slapd listens", 10)
        assert self._process.poll() is None, (folder / "slapd.log").read_text()
        self._tool("ldapadd", f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: alpha\no: Alpha\n")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def _tool(self, command: str, text: str) -> None:
        done = subprocess.run([command, "-x", "-H", self.url, "-D", READER, "-w", READER_PASSWORD], input=text, capture_output=True,
                              text=True, timeout=20)
        assert done.returncode == 0, done.stderr

    def account(self, name: str, kind: str = "account", **values: object) -> str:
        """An entry; the `_` of a name stands for a hyphen, a list is several values. Its DN."""
        dn = f"cn={name},{BASE}"
        lines = [f"dn: {dn}", f"objectClass: {kind}", f"cn: {name}"]
        for attribute, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                lines.append(f"{attribute.replace('_', '-')}: {one}")
        self._tool("ldapadd", "\n".join(lines) + "\n")
        return dn

    def service(self, name: str, service: str, **values: object) -> str:
        """An account that is well, but for `values`."""
        well = {"sAMAccountName": name, "servicePrincipalName": service, "userAccountControl": NORMAL, "msDS_SupportedEncryptionTypes": AES}
        return self.account(name, **(well | values))

    def clear(self, *names: str) -> None:
        self._tool("ldapdelete", "".join(f"cn={name},{BASE}\n" for name in names))


def since_1601(seconds: float) -> int:
    """A Unix time as Windows counts."""
    return int(seconds + 11_644_473_600) * 10_000_000
