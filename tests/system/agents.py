"""The agents that the tests know, and the configuration that signs them in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from directory import BASE, LOOKUP_DN
from gate import run_pforte
from kdc import ALPHA, BETA, Realms


@dataclass(frozen=True)
class Agent:
    login: str
    name: str
    principal: str | None = None
    groups: tuple[str, ...] = ()
    password: str | None = None  # in our own database
    disabled: bool = False

    def add(self, config: Path, folder: Path) -> None:
        """By the commands that an administrator has."""
        arguments = ["agent", "add", self.login, "--name", self.name]
        if self.principal:
            arguments += ["--principal", self.principal]
        if self.groups:
            arguments += ["--groups", ",".join(self.groups)]
        if self.password:
            file = folder / f"{self.login}.password"
            file.write_text(self.password + "\n")
            file.chmod(0o600)
            arguments += ["--password-file", str(file)]
        must(*arguments, "--config", str(config))
        if self.disabled:
            must("agent", "disable", self.login, "--config", str(config))


def must(*arguments: str) -> str:
    done = run_pforte(*arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


SUSAN = Agent("susan", "Susan Sommer", f"susan@{ALPHA}", ("crm-admins", "crm-users"))
PETER = Agent("peter", "Peter Pan", f"peter@{ALPHA}", ("crm-users",), "Db-peter-1")
ULI = Agent("uli", "Uli Ümlaut", f"uli@{BETA}", ("crm-users",))
EVA = Agent("eva", "Eva Ohneticket", None, ("crm-users",), "Db-eva-Secret-1")
ADAM = Agent("adam", "Adam Nogroup", None, (), "Db-adam-Secret-1")
GONE = Agent("gone", "Gone Gestern", f"gone@{ALPHA}", (), "Db-gone-Secret-1", disabled=True)
TWIN = Agent("twin", "Twin One", f"twins@{ALPHA}")
OTHER_TWIN = Agent("othertwin", "Twin Two", f"twins@{ALPHA}")
ALL = (SUSAN, PETER, ULI, EVA, ADAM, GONE, TWIN, OTHER_TWIN)


def quoted(table: dict[str, Any]) -> dict[str, Any]:
    """A table whose keys are no bare words."""
    return {f'"{key}"': value for key, value in table.items()}


def both_keytabs(realms: Realms) -> dict[str, Path]:
    return {f"HTTP/app.localhost@{ALPHA}": realms.folder / f"{ALPHA}.keytab",
            f"HTTP/app.beta.test@{BETA}": realms.folder / f"{BETA}.keytab"}


def desk_config(realms: Realms, keytabs: dict[str, Path] | None = None) -> dict[str, Any]:
    """What a gate's configuration needs so that people can sign in by ticket and by our own passwords."""
    return {"kerberos": {"config": str(realms.config)},
            "kerberos.keytabs": quoted({name: str(file) for name, file in (keytabs or both_keytabs(realms)).items()}),
            "sign_in": {"providers": ["kerberos", "database"]},
            "site": {"sign_in": "required"}}


def ldap_config(url: str, authority: Path, password_file: Path, **changes: Any) -> dict[str, Any]:
    """`[ldap]` that searches, then binds."""
    return {"servers": [url], "base": BASE, "user_filter": "(uid={login})", "bind_dn": LOOKUP_DN,
            "bind_password_file": str(password_file), "trust": str(authority)} | changes
