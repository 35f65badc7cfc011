"""The gates that are compared: how each is installed, started and asked for its version."""

import grp
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import stores
from processes import SERVER_CPU, Process, free_port, wait_until_it_listens

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Kind:
    name: str
    family: str          # whose program it is
    template: str
    command: tuple       # {config} stands for the configuration file, {pforte} for our program
    version: tuple
    user_line: str = ""  # for programs that would leave root for a user who cannot read our folder
    user: str = ""       # whom a program becomes that does not work as root
    proof: str = ""      # what a request must carry: a "session", a "ticket"; "given": a cookie that nobody looks at
    keytabs: Callable = stores.one_keytab
    fill: Callable | None = None   # fills the store, before the first start
    asks_service: bool = False     # about every request: whose CPU is counted beside the gate's
    identity_line: str = ""        # what the application is told, where it is not everything


PFORTE = {"family": "pforte", "command": ("{pforte}", "serve", "--config", "{config}"), "version": ("{pforte}", "--version")}
NGINX = {"family": "nginx", "command": ("nginx", "-e", "stderr", "-c", "{config}"), "version": ("nginx", "-V"),
         "user_line": "user {user} {group};"}
APACHE = {"family": "apache", "template": "apache.conf", "version": ("apache2", "-v"),
          "user_line": "User www-data\nGroup www-data", "user": "www-data"}
SIGN_IN = {**PFORTE, "template": "pforte-sign-in.toml", "proof": "session"}

KINDS = {kind.name: kind for kind in (
    Kind("nginx", template="nginx.conf", **NGINX),
    Kind("haproxy", "haproxy", "haproxy.cfg", ("haproxy", "-db", "-f", "{config}"), ("haproxy", "-v")),
    Kind("h2o", "h2o", "h2o.yaml", ("h2o", "-m", "worker", "-c", "{config}"), ("h2o", "-v"), "user: {user}"),
    Kind("pforte", template="pforte.toml", **PFORTE),
    Kind("nginx-auth", template="nginx-auth.conf", proof="given", asks_service=True, **NGINX),
    Kind("apache-session", command=("apache2", "-D", "FOREGROUND", "-D", "SESSION", "-f", "{config}"), proof="session",
         **APACHE),
    Kind("apache-logins", command=("apache2", "-D", "FOREGROUND", "-f", "{config}"), proof="ticket", **APACHE),
    Kind("pforte-sign-in", fill=stores.one_agent, **SIGN_IN),
    Kind("pforte-no-assertion", fill=stores.one_agent, identity_line='identity = { assertion = "" }', **SIGN_IN),
    Kind("pforte-large", keytabs=stores.many_keytabs, fill=stores.many_agents, **SIGN_IN),
)}
FAMILIES = tuple(dict.fromkeys(kind.family for kind in KINDS.values()))


def is_installed(kind, pforte):
    return shutil.which(kind.command[0].format(pforte=pforte)) is not None


def versions(kind, pforte):
    """First line of what the program says about itself, and the OpenSSL it names, if any."""
    words = [word.format(pforte=pforte) for word in kind.version]
    said = subprocess.run(words, capture_output=True, text=True, timeout=10)
    text = (said.stdout + said.stderr).strip()
    first = re.sub(r" - https?://\S+|^nginx version: |^Server version: ", "", text.splitlines()[0]) if text else "unknown"
    tls = re.search(r"OpenSSL:? ?(\d+\.\d+\.\d+)", text)
    return first + (f" (OpenSSL {tls[1]})" if tls else "")


def make_certificate(state):
    """One self-signed EC P-256 certificate for localhost, for all gates."""
    chain, key = state / "chain.pem", state / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "30",
                    "-keyout", key, "-out", chain], check=True, capture_output=True)
    both = state / "chain-and-key.pem"
    both.write_text(chain.read_text() + key.read_text())
    both.chmod(0o600)


@dataclass(frozen=True)
class Surroundings:
    """What all gates share. Without a realm only those can start that let everybody in."""
    state: Path
    pforte: str
    app_port: int
    service_port: int
    realm: object = None


class Gate:
    """A gate in front of the application, started and answering; `prefix`: what it runs under."""

    def __init__(self, kind, around, prefix=()):
        self.kind = kind
        self.port = free_port()
        self.folder = around.state / kind.name
        first = not self.folder.exists()
        self._make_folder()
        config = around.state / f"{kind.name}-{kind.template}"
        config.write_text(self._configuration(around))
        if first and kind.fill:
            kind.fill(around.pforte, config, self.folder)
        command = [*prefix, *(word.format(config=config, pforte=around.pforte) for word in kind.command)]
        self.process = Process(command, SERVER_CPU, around.state / f"{kind.name}.out", env=self._environment(around))
        try:
            wait_until_it_listens(kind.name, self.process, self.port)
        except BaseException:
            self.process.stop()
            raise

    def _make_folder(self):
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.kind.user and os.getuid() == 0:
            shutil.chown(self.folder, self.kind.user, self.kind.user)

    def _environment(self, around):
        if not around.realm:
            return None
        return {**os.environ, "KRB5_CONFIG": str(around.realm.config), "KRB5RCACHENAME": f"file2:{self.folder}/replays"}

    def _configuration(self, around):
        state = around.state
        user = pwd.getpwuid(os.getuid())
        names = {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name}
        realm = around.realm
        if realm:
            names |= {"krb5_conf": realm.config, "keytab": realm.keytab, "keytabs": self.kind.keytabs(realm, self.folder)}
        names["identity_line"] = self.kind.identity_line
        names["user_line"] = self.kind.user_line.format(**names) if os.getuid() == 0 else ""
        return (HERE / "peers" / self.kind.template).read_text().format(
            state=state, folder=self.folder, port=self.port, app_port=around.app_port, service_port=around.service_port,
            chain=state / "chain.pem", key=state / "key.pem", chain_and_key=state / "chain-and-key.pem",
            admin_port=free_port(), **names)

    def stop(self):
        self.process.stop()
