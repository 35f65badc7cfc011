"""Reverse proxies of Debian in front of an application: Apache and HAProxy, each with ways that are blocked in one place."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from backends import Backend, hang, websocket_echo
from gate import until
from kdc import listens
from pki import Pair
from ports import free_port

SEARCHED = "/usr/sbin:/usr/bin"

APACHE = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
ServerName localhost
{modules}
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{tls_port}
TypesConfig {folder}/mime.types
DocumentRoot {pages}
<Directory {pages}>
  Require all granted
</Directory>
<Location /forbidden>
  Require all denied
</Location>
ProxyPass /dead http://127.0.0.1:{dead}/
ProxyPass /late {silent}/ timeout=1
ProxyPass /socket {sockets}/
ProxyPass /passed {other_sockets}/ upgrade=websocket
ProxyPass /application {application}/
<VirtualHost 127.0.0.1:{tls_port}>
  SSLEngine on
  SSLCertificateFile {chain}
  SSLCertificateKeyFile {key}
  Redirect /plain http://localhost:{port}/
  Header always set Strict-Transport-Security "max-age=31536000"
</VirtualHost>
"""
MODULES = ("mpm_event", "authz_core", "dir", "mime", "alias", "proxy", "proxy_http", "ssl", "socache_shmcb", "headers")

HAPROXY = """
defaults
  mode http
  timeout client 10s
  timeout connect 2s
  timeout server 1s
  timeout tunnel 10s
  retries 0
frontend all
  bind 127.0.0.1:{port}
  http-request deny if {{ path /forbidden }}
  http-request redirect location http://10.0.0.11:8080/app if {{ path /inside }}
  http-request del-header Upgrade if {{ path /socket }}
  use_backend nobody if {{ path /nobody }}
  use_backend dead if {{ path /dead }}
  use_backend late if {{ path /late }}
  use_backend broken if {{ path /broken }}
  use_backend sockets if {{ path /socket }} or {{ path /passed }}
  default_backend application
backend nobody
backend dead
  server one 127.0.0.1:{dead}
backend late
  server one {silent}
backend broken
  server one {broken}
backend sockets
  server one {sockets}
backend application
  server one {application}
"""


def available(program: str) -> bool:
    return shutil.which(program, path=SEARCHED) is not None


class Behind:
    """What stands behind a hop: an application, a server that never answers, one that breaks off, one of WebSockets."""

    def __init__(self, application: str):
        def sockets(exchange):
            if exchange.request.get("upgrade"):
                return websocket_echo(exchange)
            if exchange.request.get("sec-websocket-key"):
                return exchange.answer(b'Can "Upgrade" only to "WebSocket".', "Content-Type: text/plain", status=400)
            exchange.answer(b"fine", "Content-Type: text/plain")

        self.application = application
        self.silent, self.sockets = Backend(hang), Backend(sockets)
        self.broken = Backend(lambda exchange: exchange.close())
        self.dead = free_port()

    def close(self) -> None:
        for one in (self.silent, self.sockets, self.broken):
            one.close()


class Hop:
    """A program that takes connections at `port`."""

    def __init__(self, port: int, command: list[str], log: Path):
        self.port = port
        self.url = f"http://localhost:{port}"
        with log.open("wb") as said:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
        until(lambda: listens(port), f"{command[0]} listens; it said: {log.read_text()}", 10)

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Apache(Hop):
    def __init__(self, folder: Path, pair: Pair, behind: Behind):
        folder.mkdir()
        # Whom it becomes may read no folder of the tests.
        self.pages = tempfile.TemporaryDirectory()
        Path(self.pages.name).chmod(0o755)
        Path(self.pages.name, "index.html").write_text("<p>hello")
        (folder / "mime.types").write_text("text/html html\n")
        port, self.tls_port = free_port(), free_port()
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        (folder / "apache.conf").write_text(user + APACHE.format(
            folder=folder, pages=self.pages.name, modules=modules, port=port, tls_port=self.tls_port, dead=behind.dead, silent=behind.silent.url,
            sockets=behind.sockets.url, other_sockets=behind.sockets.url.replace("127.0.0.1", "localhost"), application=behind.application, chain=pair.chain, key=pair.key))
        super().__init__(port, ["/usr/sbin/apache2", "-f", str(folder / "apache.conf"), "-D", "FOREGROUND"], folder / "said.log")


    def close(self) -> None:
        super().close()
        self.pages.cleanup()


class HaProxy(Hop):
    def __init__(self, folder: Path, behind: Behind):
        folder.mkdir()
        port = free_port()
        bare = {name: url.removeprefix("http://") for name, url in
                {"silent": behind.silent.url, "broken": behind.broken.url, "sockets": behind.sockets.url, "application": behind.application}.items()}
        (folder / "haproxy.cfg").write_text(HAPROXY.format(port=port, dead=behind.dead, **bare))
        super().__init__(port, ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], folder / "said.log")
