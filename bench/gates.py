"""The gates that are compared: how each is installed, started and asked for its version."""

import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from processes import Failed, Process

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SERVER_CPU = 0
CLIENT_CPU = 1


@dataclass(frozen=True)
class Kind:
    name: str
    template: str
    command: tuple       # {config} stands for the configuration file
    version: tuple
    user_line: str = ""  # for programs that would leave root for a user who cannot read our folder


KINDS = {kind.name: kind for kind in (
    Kind("nginx", "nginx.conf", ("nginx", "-e", "stderr", "-c", "{config}"), ("nginx", "-V"), "user {user} {group};"),
    Kind("haproxy", "haproxy.cfg", ("haproxy", "-db", "-f", "{config}"), ("haproxy", "-v")),
    Kind("h2o", "h2o.yaml", ("h2o", "-m", "worker", "-c", "{config}"), ("h2o", "-v"), "user: {user}"),
    Kind("pforte", "pforte.toml", (str(ROOT / "build/release/pforte"), "serve", "--config", "{config}"),
         (str(ROOT / "build/release/pforte"), "--version")),
)}


def is_installed(kind):
    return shutil.which(kind.command[0]) is not None


def versions(kind):
    """First line of what the program says about itself, and the OpenSSL it names, if any."""
    said = subprocess.run(kind.version, capture_output=True, text=True, timeout=10)
    text = (said.stdout + said.stderr).strip()
    first = re.sub(r" - https?://\S+|^nginx version: ", "", text.splitlines()[0]) if text else "unknown"
    tls = re.search(r"OpenSSL:? ?(\d+\.\d+\.\d+)", text)
    return first + (f" (OpenSSL {tls[1]})" if tls else "")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(state):
    """One self-signed EC P-256 certificate for localhost, for all gates."""
    chain, key = state / "chain.pem", state / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "30",
                    "-keyout", key, "-out", chain], check=True, capture_output=True)
    both = state / "chain-and-key.pem"
    both.write_text(chain.read_text() + key.read_text())
    both.chmod(0o600)


class Gate:
    """A gate in front of the application, started and answering."""

    def __init__(self, kind, state, app_port):
        self.kind = kind
        self.port = free_port()
        config = state / kind.template
        config.write_text(self._configuration(state, app_port))
        command = [word.format(config=config) for word in kind.command]
        self.process = Process(command, SERVER_CPU, state / f"{kind.name}.out")
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.process.stop()
            raise

    def _configuration(self, state, app_port):
        user = pwd.getpwuid(os.getuid())
        names = {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name}
        user_line = self.kind.user_line.format(**names) if os.getuid() == 0 else ""
        return (HERE / "peers" / self.kind.template).read_text().format(
            state=state, port=self.port, app_port=app_port, user_line=user_line, chain=state / "chain.pem",
            key=state / "key.pem", chain_and_key=state / "chain-and-key.pem", admin_port=free_port())

    def _wait_until_it_listens(self):
        for _ in range(200):
            if not self.process.is_running():
                raise Failed(f"{self.kind.name} does not start: {self.process.last_words()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise Failed(f"{self.kind.name} does not listen: {self.process.last_words()}")

    def stop(self):
        self.process.stop()
