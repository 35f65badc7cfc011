"""What an administrator does at a domain controller, in a process of its own: Samba's libraries and MIT's do not mix.

Usage: domain_admin.py SMB_CONF, which sets the domain up if it is not there yet. Then a command for each line that
comes in, as JSON: its name is that of a function below.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import samba
import samba.dckeytab  # noqa: F401  gives Net its export_keytab
from ldb import FLAG_MOD_REPLACE, Dn, Message, MessageElement
from samba.auth import system_session
from samba.credentials import Credentials
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2, DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID
from samba.net import Net
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

NORMAL_ACCOUNT, DISABLED, NEVER_EXPIRES = 0x200, 0x2, 0x10000


def since_1601(seconds: float) -> int:
    """A Unix time as Windows counts."""
    return int(seconds + 11_644_473_600) * 10_000_000


class Admin:
    def __init__(self, configuration: Path):
        self.settings = LoadParm()
        self.settings.load(str(configuration))
        private = Path(self.settings.get("private dir"))
        if not (private / "sam.ldb").exists():
            self._provision(configuration)
        self.credentials = Credentials()
        self.credentials.guess(self.settings)
        self.database = SamDB(url=str(private / "sam.ldb"), session_info=system_session(), lp=self.settings,
                              credentials=self.credentials)
        self.net = Net(self.credentials, self.settings)

    def _provision(self, configuration: Path) -> None:
        quiet = logging.getLogger("provision")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
        provision(quiet, system_session(), smbconf=str(configuration), lp=self.settings, serverrole="dc",
                  realm=self.settings.get("realm"), domain=self.settings.get("workgroup"),
                  hostname=self.settings.get("netbios name"), hostip="127.0.0.1",
                  adminpass=samba.generate_random_password(20, 30), dns_backend="NONE", dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2, skip_sysvolacl=True)

    def _change(self, account: str, **values: Any) -> None:
        message = Message(Dn(self.database, self.name_of(account)))
        for name, value in values.items():
            name = name.replace("_", "-")
            message[name] = MessageElement(value, FLAG_MOD_REPLACE, name)
        self.database.modify(message)

    def _below(self, account: str, **values: str) -> None:
        """Changes what the directory alone may write."""
        lines = "".join(f"replace: {name}\n{name}: {value}\n-\n" for name, value in values.items())
        self.database.modify_ldif(f"dn: {self.name_of(account)}\nchangetype: modify\n{lines}",
                                  [f"local_oid:{DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:0"])

    def _one(self, account: str, attribute: str) -> Any:
        found = self.database.search(self.database.domain_dn(), expression=f"(sAMAccountName={account})", attrs=[attribute])
        assert len(found) == 1, (account, len(found))
        return found[0]

    # Commands.

    def name_of(self, account: str) -> str:
        return str(self._one(account, "cn").dn)

    def sid_of(self, account: str) -> str:
        sid = self._one(account, "objectSid")["objectSid"][0]
        return self.database.schema_format_value("objectSid", sid).decode()

    def key_version_of(self, account: str) -> int:
        return int(self._one(account, "msDS-KeyVersionNumber")["msDS-KeyVersionNumber"][0])

    def person(self, login: str, password: str, name: str, mail: str) -> None:
        self.database.newuser(login, password, givenname=name.split()[0], surname=name.split()[-1], mailaddress=mail)

    def call(self, account: str, by: str) -> None:
        """Gives the account a userPrincipalName."""
        self._change(account, userPrincipalName=by)

    def group(self, name: str, members: list[str], kind: int | None = None) -> None:
        self.database.newgroup(name, grouptype=kind)
        self.database.add_remove_group_members(name, members, add_members_operation=True)

    def computer(self, name: str, password: str) -> None:
        self.database.newcomputer(name)
        self.database.setpassword(f"(sAMAccountName={name}$)", password)

    def service(self, account: str, password: str, services: list[str], encryption: int | None = None) -> None:
        """An account for services; `encryption` is its msDS-SupportedEncryptionTypes."""
        self.database.newuser(account, password)
        values = {"servicePrincipalName": services, "userAccountControl": str(NORMAL_ACCOUNT | NEVER_EXPIRES)}
        if encryption is not None:
            values["msDS_SupportedEncryptionTypes"] = str(encryption)
        self._change(account, **values)

    def disable(self, account: str) -> None:
        self.database.disable_account(f"(sAMAccountName={account})")

    def remove(self, account: str) -> None:
        self.database.delete(self.name_of(account))

    def must_change_password(self, account: str) -> None:
        self._change(account, pwdLastSet="0")

    def expire(self, account: str) -> None:
        """Its own end was yesterday."""
        self._change(account, accountExpires=str(since_1601(time.time() - 86400)))

    def expire_password(self, account: str) -> None:
        """The password is from last year."""
        self._below(account, pwdLastSet=str(since_1601(time.time() - 365 * 86400)))

    def lock(self, account: str) -> None:
        """Too many wrong passwords, just now."""
        self._below(account, lockoutTime=str(since_1601(time.time())))

    def set_password(self, account: str, password: str) -> None:
        self.database.setpassword(f"(sAMAccountName={account})", password)

    def keytab(self, file: str, service: str) -> None:
        self.net.export_keytab(keytab=file, principal=service)


def serve() -> None:
    admin = Admin(Path(sys.argv[1]))
    print('{"answer": null}', flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(admin, command.pop("do"))(**command)
        print(json.dumps({"answer": answer}), flush=True)


if __name__ == "__main__":
    serve()
