"""A Tomcat of Debian (tomcat10) with its own CATALINA_BASE: /webclient and /management, each saying who it is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from gate import until
from ports import free_port

HOME = Path("/usr/share/tomcat10")

SERVER = """<?xml version="1.0"?>
<Server port="-1">
  <Service name="Catalina">
    <Connector port="{port}" address="127.0.0.1" protocol="HTTP/1.1" encodedSolidusHandling="decode" allowBackslash="true"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
"""

# Says which context it is and what path reached it; works without compiling anything else.
PAGE = """<%@ page contentType="text/plain; charset=UTF-8" pageEncoding="UTF-8" %>context=CONTEXT
uri=<%= request.getRequestURI() %>
info=<%= request.getPathInfo() %>
query=<%= request.getQueryString() %>
requested-session=<%= request.getRequestedSessionId() %>
"""

WEB = """<?xml version="1.0"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
  <servlet><servlet-name>page</servlet-name><jsp-file>/page.jsp</jsp-file></servlet>
  <servlet-mapping><servlet-name>page</servlet-name><url-pattern>/*</url-pattern></servlet-mapping>
</web-app>
"""


class Tomcat:
    def __init__(self, base: Path):
        for folder in ("conf", "logs", "temp", "work"):
            (base / folder).mkdir(parents=True)
        for context in ("webclient", "management"):
            (base / "webapps" / context / "WEB-INF").mkdir(parents=True)
            (base / "webapps" / context / "page.jsp").write_text(PAGE.replace("CONTEXT", "/" + context))
            (base / "webapps" / context / "WEB-INF" / "web.xml").write_text(WEB)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (base / "conf" / "server.xml").write_text(SERVER.format(port=self.port))
        (base / "conf" / "web.xml").write_bytes((HOME / "etc" / "web.xml").read_bytes())
        environment = os.environ | {"CATALINA_BASE": str(base), "CATALINA_HOME": str(HOME),
                                    "JAVA_OPTS": "-Xmx128m -XX:TieredStopAtLevel=1 -Djava.security.egd=file:/dev/urandom"}
        self.log = base / "logs" / "stdout"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["bash", str(HOME / "bin" / "catalina.sh"), "run"], env=environment,
                                            stdout=log, stderr=log, start_new_session=True)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    def wait(self) -> None:
        until(self._answers, "Tomcat listens", 60)

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
