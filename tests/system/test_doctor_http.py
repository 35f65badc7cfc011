"""`pforte doctor url URL`: what is broken in HTTP is named, and what is not is left alone. All servers are examined in one call."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from backends import Backend, Exchange, Speaker, exact, hang, tls_server, websocket_echo
from gate import run_pforte, until
from http2_backends import Http2Backend
from pki import Authority
from ports import free_port

Script = Callable[[Exchange], None]


# Healthy servers, and what others do differently.

def well(exchange: Exchange, *fields: str, body: bytes = b"<p>hello", status: int = 200) -> None:
    exchange.answer(body, "Content-Type: text/html", f"Date: {formatdate(usegmt=True)}", *fields, status=status)


def answers(status: int, *fields: str, body: bytes = b"no") -> Script:
    return lambda exchange: well(exchange, *fields, body=body, status=status)


def endless_head(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        exchange.send(b"X-More: " + b"x" * 2000 + b"\r\n")


def slow(exchange: Exchange) -> None:
    time.sleep(2)
    well(exchange)


def with_surplus(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")


def in_a_circle(exchange: Exchange) -> None:
    other = "/two" if exchange.request.target == "/one" else "/one"
    well(exchange, f"Location: {other}", status=302)


def short_heads(limit: int, *fields: str) -> Script:
    """401 as long as the head is short, then 431."""
    def script(exchange: Exchange) -> None:
        length = sum(len(name) + len(value) for name, value in exchange.request.head.fields)
        well(exchange, *fields, status=431 if length > limit else 401)
    return script


def breaks_its_word(exchange: Exchange) -> None:
    well(exchange, "Connection: keep-alive")
    exchange.close()


def refuses_expectations(exchange: Exchange) -> None:
    well(exchange, status=417 if exchange.request.get("expect") else 200)


def wrong_accept(exchange: Exchange) -> None:
    if not exchange.request.get("upgrade"):
        return well(exchange)
    exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: nonsense\r\n\r\n")
    exchange.wait_for_end()


def silent_tunnel(exchange: Exchange) -> None:
    if not exchange.request.get("upgrade"):
        return well(exchange)
    exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
    exchange.wait_for_end()


def websocket_alone(exchange: Exchange) -> None:
    """An endpoint that has nothing for plain requests, as Spring or Tomcat have it."""
    if exchange.request.get("upgrade"):
        return websocket_echo(exchange)
    well(exchange, body=b'Can "Upgrade" only to "WebSocket".', status=400)


def breaks_http2(exchange: Exchange) -> None:
    """Its TLS agrees on h2; what it says then is HTTP/1.1."""
    if exchange.request.method == "PRI":
        exchange.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return exchange.close()
    well(exchange)


F5 = (b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your"
      b" administrator.<br><br>Your support ID is: 1234567890</body></html>")

# Script, what is put behind the address, and the first error.
ERRORS: dict[str, tuple[Script, str, str]] = {
    "silent in the head": (exact(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n", hang), "/", "http.silent"),
    "closed in the head": (exact(b"HTTP/1.1 200 OK\r\nContent-Le"), "/", "http.closed"),
    "version": (exact(b"HTTP/3.0 200 OK\r\n\r\n"), "/", "http.version-unknown"),
    "endless head": (endless_head, "/", "http.endless-head"),
    "two lengths": (exact(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "/", "http.malformed"),
    "nonsense": (exact(b"\x00\x01\x02 what?\r\n\r\n"), "/", "http.not-http"),
    "cut": (exact(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "/", "http.body-cut"),
    "surplus": (with_surplus, "/", "http.body-too-long"),
    "firewall": (answers(200, body=F5), "/", "http.blocked"),
    "web filter": (answers(403, "Server: Zscaler/6.2"), "/", "http.blocked"),
    "squid": (answers(403, "X-Squid-Error: ERR_ACCESS_DENIED 0", "Via: 1.1 proxy (squid/5.7)"), "/", "http.blocked"),
    "forbidden": (answers(403), "/app", "http.forbidden"),
    "not found": (answers(404), "/app", "http.not-found"),
    "proxy sign-in": (answers(407, 'Proxy-Authenticate: Basic realm="proxy"'), "/", "http.proxy-sign-in"),
    "misdirected": (answers(421), "/", "http.misdirected"),
    "fails": (answers(500), "/", "http.server-error"),
    "no challenge": (answers(401), "/", "http.no-challenge"),
    "circle": (in_a_circle, "/one", "http.redirect-loop"),
    "nowhere": (answers(302), "/", "http.redirect-nowhere"),
    "inside": (answers(302, "Location: http://10.0.0.11:8080/app"), "/", "http.redirect-internal"),
    "long tickets": (short_heads(6000, "WWW-Authenticate: Negotiate"), "/", "http.head-limit"),
    "lost cookie": (answers(200, "Set-Cookie: JSESSIONID=secret17; HttpOnly; SameSite=None"), "/", "http.cookie-refused"),
    "foreign cookie": (answers(200, "Set-Cookie: JSESSIONID=secret17; HttpOnly; SameSite=Lax; Domain=crm.intern"), "/", "http.cookie-refused"),
    "clock": (lambda exchange: exchange.answer(b"", f"Date: {formatdate(time.time() - 3600, usegmt=True)}"), "/", "http.clock"),
    "websocket accept": (wrong_accept, "/", "http.websocket-accept"),
}
WARNINGS: dict[str, tuple[Script, str, str]] = {
    "slow": (slow, "/slow", "http.slow"),
    "ntlm": (answers(401, "WWW-Authenticate: NTLM"), "/", "http.ntlm-only"),
    "ntlm first": (answers(401, "WWW-Authenticate: NTLM", "WWW-Authenticate: Negotiate"), "/", "http.ntlm-first"),
    "basic": (answers(401, 'WWW-Authenticate: Basic realm="crm"'), "/", "http.basic-in-clear"),
    "hsts in clear": (answers(200, "Strict-Transport-Security: max-age=31536000"), "/", "http.hsts-in-clear"),
    "scripts": (answers(200, "Set-Cookie: SESSION=secret17; SameSite=Lax"), "/", "http.cookie-not-http-only"),
    "keep-alive": (breaks_its_word, "/", "http.keep-alive-broken"),
    "expectation": (refuses_expectations, "/", "http.expectation-refused"),
    "websocket silent": (silent_tunnel, "/", "http.websocket-silent"),
}
# The same over TLS.
TLS_ERRORS: dict[str, tuple[Script, str, str]] = {
    "downgrade": (answers(302, "Location: http://localhost/app"), "/", "http.redirect-to-http"),
    "backend's port": (answers(302, "Location: https://localhost:8443/app"), "/", "http.redirect-port"),
}
TLS_WARNINGS: dict[str, tuple[Script, str, str]] = {
    "hsts short": (answers(200, "Strict-Transport-Security: max-age=300"), "/", "http.hsts-short"),
    "hsts malformed": (answers(200, "Strict-Transport-Security: forever"), "/", "http.hsts-malformed"),
    "insecure cookie": (answers(200, "Set-Cookie: theme=dark; SameSite=Lax"), "/", "http.cookie-not-secure"),
    "mixed content": (answers(200, body=b'<script src="http://cdn.example.com/x.js">'), "/", "http.mixed-content"),
}
HEALTHY: dict[str, tuple[Script, str]] = {
    "plain": (well, "/"),
    "redirect": (lambda exchange: well(exchange) if exchange.request.target == "/app/" else
                 well(exchange, "Location: /app/", status=302), "/"),
    "tickets": (answers(401, "WWW-Authenticate: Negotiate"), "/"),
    "cookie": (answers(200, "Set-Cookie: SESSION=secret17; HttpOnly; SameSite=Lax"), "/"),
    "websocket": (lambda exchange: websocket_echo(exchange) if exchange.request.get("upgrade") else well(exchange), "/"),
    "nothing at the root": (answers(404), "/"),
}


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port}; root {folder}/www;
    location /dead {{ proxy_pass http://127.0.0.1:{dead}; }}
    location /late {{ proxy_pass {silent}; proxy_read_timeout 1s; }}
    location /socket {{ proxy_pass {socket}; }}
    location /rejected {{ return 403; }}
  }}
}}
"""


class Laboratory:
    """Every server, by name; examined at once by examine()."""

    def __init__(self, folder: Path, authority: Authority, stack: ExitStack):
        self.folder = folder
        self.authority = authority
        self._stack = stack
        self.urls: dict[str, str] = {}
        self.told: dict[str, dict[str, Any]] = {}
        self.seconds = 0.0

    def add(self, name: str, script: Script, path: str, tls: bool = False) -> Backend:
        context = tls_server(self.authority.issue("localhost", "127.0.0.1")) if tls else None
        backend = Backend(script, tls=context)
        self._stack.callback(backend.close)
        self.urls[name] = backend.url.replace("127.0.0.1", "localhost") + path
        return backend

    def add_nginx(self) -> None:
        (self.folder / "www").mkdir()
        (self.folder / "www/index.html").write_text("<p>hello")
        port = free_port()
        behind = [Backend(hang), Backend(websocket_alone)]
        for one in behind:
            self._stack.callback(one.close)
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, port=port, dead=free_port(), silent=behind[0].url,
                                                             socket=behind[1].url))
        process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        for path in ("", "dead", "late", "socket", "rejected"):
            self.urls[f"nginx /{path}"] = f"http://localhost:{port}/{path}"
        until(lambda: subprocess.run(["curl", "-so", "/dev/null", f"http://localhost:{port}/"]).returncode == 0, "nginx is there")

    def examine(self) -> None:
        subjects = [word for url in self.urls.values() for word in ("url", url)]
        begun = time.monotonic()
        done = run_pforte("doctor", *subjects, "--trust", str(self.authority.certificate), "--json", timeout=120)
        self.seconds = time.monotonic() - begun
        assert done.returncode == 1, done.stderr
        names = list(self.urls)
        self.told = {names[i]: path for i, path in enumerate(json.loads(done.stdout)["paths"])}


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Laboratory]:
    folder = tmp_path_factory.mktemp("http")
    folder.chmod(0o755)
    with ExitStack() as stack:
        lab = Laboratory(folder, authority, stack)
        for name, (script, path, *_) in (ERRORS | WARNINGS | HEALTHY).items():
            lab.add(name, script, path)
        for name, (script, path, *_) in (TLS_ERRORS | TLS_WARNINGS).items():
            lab.add(name, script, path, tls=True)
        broken = lab.add("http2 broken", breaks_http2, "/", tls=True)
        broken.tls.set_alpn_protocols(["h2", "http/1.1"])
        only = Http2Backend(tls=tls_server(authority.issue("localhost", "127.0.0.1")))
        stack.callback(only.close)
        lab.urls["http2 alone"] = only.url.replace("127.0.0.1", "localhost") + "/"
        lab.add("healthy tls", answers(200, "Strict-Transport-Security: max-age=31536000"), "/", tls=True)
        lab.urls["tls on plain"] = lab.add("unused", well, "/", tls=True).url.replace("https://127.0.0.1", "http://localhost") + "/"
        del lab.urls["unused"]
        ssh = stack.enter_context(Speaker(b"SSH-2.0-OpenSSH_9.2\r\n"))
        lab.urls["ssh"] = ssh.url + "/"
        if shutil.which("nginx", path="/usr/sbin:/usr/bin"):
            lab.add_nginx()
        lab.examine()
        yield lab


def of_level(path: dict[str, Any], level: str) -> list[dict[str, Any]]:
    """Without what a busy machine adds: that something is slow, where it is not meant to be."""
    slow = path["subject"].endswith("/slow")
    return [one for one in path["findings"] if one["level"] == level and (slow or ".slow" not in one["id"])]


def ids_of(path: dict[str, Any], level: str) -> list[str]:
    return [one["id"] for one in of_level(path, level)]


def first(path: dict[str, Any], level: str) -> dict[str, Any]:
    found = of_level(path, level)
    assert found, path["findings"]
    return found[0]


@pytest.mark.parametrize("name", ERRORS | TLS_ERRORS)
def test_the_first_error_names_what_is_broken(laboratory, name):
    path = laboratory.told[name]
    found = first(path, "error")
    assert found["id"] == (ERRORS | TLS_ERRORS)[name][2], path["findings"]
    assert found["hop"] == len(path["hops"]) - 1
    assert found["remedy"] and found["why"]


@pytest.mark.parametrize("name, german", [("closed in the head", "der Server hat mitten im Kopf geschlossen"),
                                          ("two lengths", "Content-Length kommt mehrmals vor")])
def test_a_german_report_gives_the_cause_in_german(laboratory, name, german):
    done = run_pforte("doctor", "url", laboratory.urls[name], "--json", "--lang", "de")
    assert first(json.loads(done.stdout)["paths"][0], "error")["seen"].endswith(f": {german}")


@pytest.mark.parametrize("name", WARNINGS | TLS_WARNINGS)
def test_the_first_warning_names_what_is_wrong(laboratory, name):
    path = laboratory.told[name]
    assert ids_of(path, "error") == [], path["findings"]
    assert first(path, "warning")["id"] == (WARNINGS | TLS_WARNINGS)[name][2], path["findings"]


@pytest.mark.parametrize("name", [*HEALTHY, "healthy tls"])
def test_a_healthy_server_is_left_alone(laboratory, name):
    path = laboratory.told[name]
    assert ids_of(path, "error") + ids_of(path, "warning") == [], path["findings"]


def test_what_speaks_something_else_than_plain_http_is_told(laboratory):
    assert first(laboratory.told["tls on plain"], "error")["id"] == "http.tls-on-plain-port"
    assert first(laboratory.told["ssh"], "error")["seen"] == "an SSH server answers at this port"


def test_http2_that_is_agreed_on_and_does_not_work_is_an_error(laboratory):
    assert ids_of(laboratory.told["http2 broken"], "error") == ["http.http2-broken"]
    alone = laboratory.told["http2 alone"]
    assert ids_of(alone, "error") == [] and "http.only-http2" in ids_of(alone, "warning")


def test_who_answered_is_told(laboratory):
    for name, product in {"firewall": "F5", "web filter": "Zscaler", "squid": "Squid"}.items():
        assert product in first(laboratory.told[name], "error")["seen"]


def test_nginx_is_known_for_what_it_answers(laboratory):
    if "nginx /" not in laboratory.told:
        pytest.skip("there is no nginx")
    for path, wanted in {"dead": "http.bad-gateway", "late": "http.gateway-timeout", "rejected": "http.forbidden", "socket": "http.websocket-stripped"}.items():
        found = [one for one in laboratory.told[f"nginx /{path}"]["findings"] if one["level"] == "error"]
        assert wanted in [one["id"] for one in found], found
        assert path == "socket" or "nginx" in found[0]["seen"]
    healthy = laboratory.told["nginx /"]
    assert ids_of(healthy, "error") + ids_of(healthy, "warning") == []
    limit = next(one for one in healthy["findings"] if one["id"] == "http.head-limit")
    assert limit["level"] == "note" and {"name": "taken", "value": "4 KiB"} in limit["evidence"] and "large_client_header_buffers" in limit["remedy"]


def test_a_client_certificate_that_is_wanted_behind_the_handshake_is_told(tmp_path, authority):
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        pytest.skip("there is no nginx")
    port, pair = free_port(), authority.issue("localhost", "127.0.0.1")
    tmp_path.chmod(0o755)
    config = f"""daemon off; master_process off; pid {tmp_path}/pid; error_log stderr; events {{}}
        http {{ access_log off; client_body_temp_path {tmp_path}; proxy_temp_path {tmp_path}; fastcgi_temp_path {tmp_path};
        uwsgi_temp_path {tmp_path}; scgi_temp_path {tmp_path};
        server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {pair.chain}; ssl_certificate_key {pair.key};
        ssl_verify_client on; ssl_client_certificate {authority.certificate}; }} }}"""
    (tmp_path / "nginx.conf").write_text(config)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        until(lambda: subprocess.run(["curl", "-kso", "/dev/null", f"https://localhost:{port}/"]).returncode == 0, "nginx is there")
        done = run_pforte("doctor", "url", f"https://localhost:{port}/", "--trust", str(authority.certificate), "--json", timeout=60)
    finally:
        nginx.kill()
        nginx.wait()
    assert ids_of(json.loads(done.stdout)["paths"][0], "error")[0] == "http.certificate-wanted"


def test_no_server_makes_it_wait_for_ever(laboratory):
    assert laboratory.seconds < 60
    assert not [one for path in laboratory.told.values() for one in path["findings"] if one["id"].startswith("doctor.")]


def test_no_cookie_is_told(laboratory):
    assert "secret17" not in json.dumps(laboratory.told)


def test_context_paths_that_the_gate_blocks_are_told_from_those_the_application_lacks(start_gate, start_backend, authority):
    """Fifteen paths of the preset: the gate lets three through, a firewall takes one of them, the application has not the third."""
    def application(exchange: Exchange) -> None:
        if exchange.request.target.startswith("/soap"):
            return exchange.answer(F5, status=403)
        exchange.answer(b"ok", status=200 if exchange.request.target == "/webclient" else 404)
    gate = start_gate(start_backend(application), site={"hosts": ["localhost"], "allow": ["/webclient", "/soap", "/rest"],
                                                            "certificate": authority.issue("localhost").config()})
    done = run_pforte("doctor", "url", f"http://localhost:{gate.plain_port}/", "--preset", "cursor-crm", "--json", timeout=60)
    findings = [one for one in json.loads(done.stdout)["paths"][0]["findings"] if one["id"].startswith("http.path")]
    told = {(one["id"], one["level"]): one for one in findings}
    blocked = [one["seen"] for one in findings if one["id"] == "http.path-blocked"]
    assert any("12 of 15 context paths are blocked by Pforte" in seen for seen in blocked), findings
    assert any("1 of 15 context paths are blocked by F5" in seen for seen in blocked), findings
    assert "/rest 404" in told["http.path-missing", "warning"]["evidence"][0]["value"]
    assert "/webclient 200" in told["http.paths", "ok"]["evidence"][0]["value"]


def test_a_site_with_a_preset_has_its_context_paths_asked_for(start_gate, app):
    gate = start_gate(app, site={"allow": [], "preset": "cursor-crm"})
    done = gate.run("doctor", "site", "crm.example.com", "--json", timeout=60)
    findings = [one for path in json.loads(done.stdout)["paths"] for one in path["findings"] if one["id"].startswith("http.path")]
    assert ("http.paths", "15 of 15 context paths lead to the application") in [(one["id"], one["seen"]) for one in findings], findings


def test_without_a_subject_each_site_with_a_preset_has_its_context_paths_asked_for(start_gate, app, authority):
    """Hosts that a wildcard covers as well."""
    other = {"hosts": ["*.localhost"], "certificate": authority.issue("*.localhost").config(), "backend": "app", "preset": "cursor-crm"}
    gate = start_gate(app, more_sites=[other])

    def asked(*subject):
        done = gate.run("doctor", *subject, "--json", timeout=60)
        return [path["subject"] for path in json.loads(done.stdout)["paths"] if "http.paths" in [one["id"] for one in path["findings"]]]
    assert asked() == ["site *.localhost"]
    assert asked("site", "app.localhost") == ["site app.localhost"]


def test_a_preset_that_there_is_not_is_refused():
    done = run_pforte("doctor", "url", "http://localhost/", "--preset", "other-crm")
    assert done.returncode == 2 and "cursor-crm" in done.stderr
