"""`pforte doctor` on directories, mail servers, HTTP/2 in clear, and behind a PROXY header: examined to their end."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from aiosmtpd.smtp import SMTP as MailSession

from backends import tls_server
from directory import BASE, LOOKUP_DN, LOOKUP_PASSWORD, PEOPLE_BASE, Directory
from gate import Gate, run_pforte, standard_config, toml_document, until
from http2_backends import Http2Backend
from laboratory import Report
from pki import Authority
from ports import free_port
from raw import Client, request
from serving import serve_each

HOST = "app.localhost"


class Answered(Report):
    """The path that is about one end."""

    def __init__(self, document: dict[str, Any], subject: str):
        paths = [path for path in document["paths"] if path["subject"].startswith(subject)]
        assert paths, [path["subject"] for path in document["paths"]]
        super().__init__({"paths": paths})

    @property
    def bad(self) -> list[str]:
        """Without what a busy machine adds, and that slapd takes old versions of TLS beside new ones."""
        return [one for one in self.of_level("error", "warning") if not one.endswith(".slow") and one != "tls.old-version"]


def examined(folder: Path, authority: Authority, subject: str, timeout: str = "2s", **changes: Any) -> Answered:
    """What is told of the end whose path begins with `subject`; the gate itself does not run."""
    site = {"hosts": [HOST], "certificate": authority.issue(HOST).config()}
    file = folder / "pforte.toml"
    config = standard_config(folder, authority, [f"http://127.0.0.1:{free_port()}"], **{"site": site} | changes)
    file.write_text(toml_document(config))
    done = run_pforte("doctor", "--config", str(file), "--json", "--timeout", timeout, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    assert "Secret" not in done.stdout and "s3cret" not in done.stdout
    return Answered(json.loads(done.stdout), subject)


# Directories.


def ldap(directory: Directory, authority: Authority, **changes: Any) -> dict[str, Any]:
    return {"servers": [directory.url], "start_tls": True, "base": BASE, "user_filter": "(uid={login})", "bind_dn": LOOKUP_DN,
            "bind_password_file": str(directory.password_file), "trust": str(authority.certificate)} | changes


@pytest.fixture
def ask(tmp_path: Path, authority: Authority, directory: Directory) -> Callable[..., Answered]:
    """ask(**changes of [ldap]): what is told of the directory."""
    def of(**changes: Any) -> Answered:
        config = {name: value for name, value in ldap(directory, authority, **changes).items() if value is not None}
        return examined(tmp_path, authority, "LDAP", ldap=config, sign_in={"providers": ["ldap"]})
    return of


@pytest.mark.parametrize("way", ["StartTLS", "ldaps"])
def test_a_directory_is_examined_to_the_people_in_it(ask, directory, way):
    report = ask() if way == "StartTLS" else ask(servers=[directory.tls_url], start_tls=None)
    assert report.bad == []
    assert {"tcp.open", "tls.chain", "directory.holds"} <= set(report.of_level("ok"))
    assert ("starttls.begun" in report.of_level("ok")) == (way == "StartTLS")


def test_behind_start_tls_the_certificate_is_judged_by_the_configured_trust(ask, stranger):
    report = ask(trust=str(stranger.certificate))
    assert report.first_error and report.first_error[0].startswith("cert.")
    assert "-starttls ldap" in report.findings[0]["command"]
    assert not [one for one in report.of_level("error") if one.startswith("directory.")]


def test_a_wrong_password_of_the_account_is_told(ask, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-Secret\n")
    wrong.chmod(0o600)
    report = ask(bind_password_file=str(wrong))
    assert report.first_error and report.first_error[0] == "directory.bind-refused"
    assert str(wrong) in report.found("directory.bind-refused")["seen"]


@pytest.mark.parametrize(("changes", "id"), [
    ({"base": f"ou=nobody,{BASE}"}, "directory.base-missing"),
    ({"base": "dc=elsewhere,dc=test"}, "directory.base-missing"),
    ({"group_base": f"ou=none,{BASE}", "group_filter": "(member={dn})"}, "directory.base-missing"),
    ({"user_filter": "(sAMAccountName={login})"}, "directory.nobody-found"),
    ({"bind_dn": None, "bind_password_file": None}, "directory.unreadable"),  # shows itself to nobody
])
def test_what_is_not_found_in_a_directory_is_told(ask, changes, id):
    assert ask(**changes).bad == [id]


def test_the_command_shows_the_same(ask):
    found = ask(base=f"ou=nobody,{BASE}").found("directory.base-missing")
    command = found["command"].replace(" -W", f" -w {LOOKUP_PASSWORD}")
    shown = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=20)
    assert f"namingContexts: {BASE}" in shown.stdout, (command, shown.stderr)


def test_where_people_sign_in_by_themselves_the_directory_need_only_answer(ask):
    report = ask(bind_dn=None, bind_password_file=None, base=None, user_filter=None, bind_pattern=f"uid={{login}},{PEOPLE_BASE}")
    assert report.bad == [] and "directory.holds" in report.of_level("ok")


def test_a_directory_that_cannot_begin_with_tls_says_why(tmp_path, authority, directory):
    def refuses(client: socket.socket) -> None:
        client.recv(100)
        client.sendall(b"\x30\x1b\x02\x01\x01\x78\x16\x0a\x01\x34\x04\x00\x04\x0fno certificate!")

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = serve_each(listening, refuses)
        changes = ldap(directory, authority, servers=[f"ldap://127.0.0.1:{port}"])
        report = examined(tmp_path, authority, "LDAP", ldap=changes, sign_in={"providers": ["ldap"]})
    assert report.bad == ["starttls.refused"]
    assert "resultCode 52 no certificate!" in report.found("starttls.refused")["seen"]


def test_a_port_for_tls_from_the_first_byte_says_nothing_to_start_tls(ask, directory):
    assert ask(servers=[f"ldap://127.0.0.1:{directory.tls_port}"]).bad == ["starttls.no-answer"]


def test_what_answers_start_tls_by_http_is_no_directory(ask):
    def says(client: socket.socket) -> None:
        client.recv(100)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        assert ask(servers=[f"ldap://127.0.0.1:{serve_each(listening, says)}"]).bad == ["starttls.other-protocol"]


@pytest.mark.parametrize("has_run", [False, True])
def test_of_a_trust_store_that_is_not_pem_the_gate_has_to_make_a_file_first(ask, tmp_path, authority, has_run):
    store = tmp_path / "trust.p12"
    subprocess.run(["openssl", "pkcs12", "-export", "-nokeys", "-in", authority.certificate, "-out", store, "-passout", "pass:word"], check=True)
    word = tmp_path / "word"
    word.write_text("word\n")
    word.chmod(0o600)
    if has_run:
        made = tmp_path / "state" / "ldap-trust.pem"
        made.parent.mkdir(exist_ok=True)
        shutil.copy(authority.certificate, made)
    report = ask(trust=str(store), trust_password_file=str(word))
    assert ("directory.not-tried" in report.of_level("note")) != has_run
    assert ("directory.holds" in report.of_level("ok")) == has_run


# Mail servers.


class Post:
    """A mail server that takes mail to example.com, and whose clients may have to sign in."""

    def __init__(self, pair: Any, **options: Any):
        post, self.said = self, []

        class Inbox:
            async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
                post.said.append(address)
                if address.startswith("nobody@"):
                    return "550 5.7.1 not from here"
                envelope.mail_from = address
                return "250 fine"

            async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
                if not address.endswith("@example.com"):
                    return "554 5.7.1 relay access denied"
                if address.startswith("later@"):
                    return "451 4.7.1 greylisted"
                envelope.rcpt_tos.append(address)
                return "250 fine"

            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
                post.said.append("DATA")
                return "250 taken"

        def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"pforte", b"s3cret")
            return AuthResult(success=good, handled=False)

        tls = {"tls_context": tls_server(pair)} if pair else {}
        self.controller = Controller(Inbox(), hostname="127.0.0.1", port=free_port(), authenticator=judge, **tls, **options)
        self.controller.start()
        self.url = f"smtp://127.0.0.1:{self.controller.port}"

    def close(self) -> None:
        self.controller.stop()


@pytest.fixture
def pair(authority: Authority) -> Any:
    return authority.issue("127.0.0.1")


@pytest.fixture
def tell(tmp_path: Path, authority: Authority) -> Callable[..., Answered]:
    """tell(post, **changes of mail): what is told of the mail server."""
    def of(post: Post | str, trust: Any = None, **changes: Any) -> Answered:
        url = post if isinstance(post, str) else post.url
        mail = {"server": url, "from": "pforte@example.com", "to": ["it@example.com"]} | changes
        return examined(tmp_path, authority, "mail", alarm={"trust": str(trust or authority.certificate), "mail": mail})
    return of


def test_a_mail_server_is_asked_up_to_its_recipients_and_gets_no_mail(tell, pair):
    with closing(Post(pair)) as post:
        report = tell(post)
    assert report.bad == []
    assert {"starttls.begun", "tls.chain", "mail.taken"} <= set(report.of_level("ok"))
    assert post.said == ["pforte@example.com"]


def test_behind_starttls_a_mail_servers_certificate_is_judged(tell, pair, stranger):
    with closing(Post(pair)) as post:
        report = tell(post, trust=stranger.certificate)
    assert report.first_error and report.first_error[0].startswith("cert.")
    assert "-starttls smtp" in report.findings[0]["command"]


def test_a_mail_server_without_starttls_is_a_warning_and_an_error_where_a_password_is_sent(tell, tmp_path):
    word = tmp_path / "word"
    word.write_text("s3cret\n")
    with closing(Post(None)) as post:
        assert tell(post).bad == ["starttls.not-offered"]
        assert "mail.taken" in tell(post).of_level("ok")
        report = tell(post, user="pforte", password_file=str(word))
    assert report.of_level("error") == ["starttls.not-offered"]


@pytest.mark.parametrize(("word", "bad"), [("s3cret", []), ("wrong", ["mail.wrong-password"])])
def test_the_account_of_a_mail_server_is_tried(tell, pair, tmp_path, word, bad):
    file = tmp_path / "word"
    file.write_text(word + "\n")
    with closing(Post(pair, auth_required=True)) as post:
        assert tell(post, user="pforte", password_file=str(file)).bad == bad
        assert tell(post).bad == ["mail.sign-in-needed"]


def test_no_password_is_sent_to_a_mail_server_that_is_not_trusted(tell, pair, stranger, tmp_path, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(MailSession, "smtp_AUTH", lambda self, arg: asked.append(arg))
    file = tmp_path / "word"
    file.write_text("s3cret\n")
    with closing(Post(pair)) as post:
        tell(post, trust=stranger.certificate, user="pforte", password_file=str(file))
    assert asked == []


@pytest.mark.parametrize(("changes", "bad"), [
    ({"from": "nobody@example.com"}, ["mail.sender-refused"]),
    ({"to": ["it@example.com", "x@other.example"]}, ["mail.recipient-refused"]),
])
def test_whom_a_mail_server_does_not_take_is_told(tell, pair, changes, bad):
    with closing(Post(pair)) as post:
        report = tell(post, **changes)
    assert report.of_level("error") == bad
    assert "5.7.1" in report.found(bad[0])["evidence"][0]["value"]


def test_a_recipient_that_is_taken_later_is_a_warning(tell, pair):
    with closing(Post(pair)) as post:
        assert tell(post, to=["later@example.com"]).of_level("warning") == ["mail.recipient-refused"]


@pytest.mark.parametrize(("words", "id"), [(b"554 5.3.2 not now\r\n", "mail.refuses-us"), (b"SSH-2.0-OpenSSH_9.2\r\n", "starttls.other-protocol"),
                                           (b"", "starttls.no-answer")])
def test_what_is_no_mail_server_is_told(tell, words, id):
    def says(client: socket.socket) -> None:
        client.sendall(words)
        client.recv(100)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        assert tell(f"smtp://127.0.0.1:{serve_each(listening, says)}").bad == [id]


def scripted(*replies: bytes) -> Callable[[socket.socket], None]:
    """A mail server that greets with the first reply, and answers each line with the next."""
    def says(client: socket.socket) -> None:
        for reply in replies:
            client.sendall(reply)
            client.recv(1000)

    return says


HELLO = b"220 mail\r\n"


@pytest.mark.parametrize(("replies", "level"), [
    ((b"554 5.7.1 blocked\r\n",), "error"), ((b"421 4.7.0 too many connections\r\n",), "warning"),
    ((HELLO, b"550 5.7.1 no name for you\r\n"), "error"), ((HELLO, b"451 4.7.1 come again\r\n"), "warning"),
])
def test_a_mail_server_that_turns_this_machine_away_is_not_told_to_mend_its_tls(tell, tmp_path, replies, level):
    word = tmp_path / "word"
    word.write_text("s3cret\n")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        url = f"smtp://127.0.0.1:{serve_each(listening, scripted(*replies))}"
        for report in (tell(url), tell(url, user="pforte", password_file=str(word))):
            assert report.bad == report.of_level(level) == ["mail.refuses-us"]


@pytest.mark.parametrize("refusal", [b"500 5.5.1 what?\r\n", b"502 5.5.1 not here\r\n"])
def test_a_mail_server_that_knows_no_ehlo_is_greeted_by_helo_as_alarms_do(tell, tmp_path, refusal):
    heard: list[bytes] = []

    def says(client: socket.socket) -> None:
        client.sendall(HELLO)
        while line := client.recv(1000):
            heard.append(line[:4])
            client.sendall(refusal if line.startswith(b"EHLO") else b"250 mail\r\n")

    word = tmp_path / "word"
    word.write_text("s3cret\n")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        url = f"smtp://127.0.0.1:{serve_each(listening, says)}"
        report = tell(url)
        assert report.bad == report.of_level("warning") == ["starttls.not-offered"] and "mail.taken" in report.of_level("ok")
        assert b"HELO" in heard and heard[heard.index(b"HELO") + 1] == b"MAIL"
        assert tell(url, user="pforte", password_file=str(word)).of_level("error") == ["starttls.not-offered"]


def test_after_a_refused_starttls_mail_goes_in_clear_and_a_password_does_not(tell, tmp_path):
    heard: list[bytes] = []

    def says(client: socket.socket) -> None:
        client.sendall(HELLO)
        while line := client.recv(1000):
            heard.append(line)
            if line.startswith(b"EHLO"):
                client.sendall(b"250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")
            else:
                client.sendall(b"454 4.7.0 no TLS for now\r\n" if line.startswith(b"STARTTLS") else b"250 fine\r\n")

    word = tmp_path / "word"
    word.write_text("s3cret\n")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        url = f"smtp://127.0.0.1:{serve_each(listening, says)}"
        report = tell(url)
        assert report.bad == report.of_level("warning") == ["starttls.refused"] and "mail.taken" in report.of_level("ok")
        assert tell(url, user="pforte", password_file=str(word)).of_level("error") == ["starttls.refused"]
    assert not [line for line in heard if line.startswith(b"AUTH")]


@pytest.mark.parametrize(("word", "bad"), [("s3cret", []), ("wrong", ["mail.wrong-password"])])
def test_where_plain_is_not_offered_the_account_is_tried_by_login(tell, pair, tmp_path, word, bad):
    file = tmp_path / "word"
    file.write_text(word + "\n")
    with closing(Post(pair, auth_required=True, auth_exclude_mechanism=["PLAIN"])) as post:
        assert tell(post, user="pforte", password_file=str(file)).bad == bad


def test_a_sign_in_that_the_doctor_does_not_know_is_noted(tell, pair, tmp_path):
    file = tmp_path / "word"
    file.write_text("s3cret\n")
    with closing(Post(pair, auth_required=True, auth_exclude_mechanism=["PLAIN", "LOGIN"])) as post:
        report = tell(post, user="pforte", password_file=str(file))
    assert report.bad == [] and "mail.not-tried" in report.of_level("note")


def test_a_password_that_cannot_be_read_is_told(tell, pair, tmp_path):
    with closing(Post(pair, auth_required=True)) as post:
        report = tell(post, user="pforte", password_file=str(tmp_path / "none"))
    assert report.bad == ["mail.not-tried"]
    assert str(tmp_path / "none") in report.found("mail.not-tried")["seen"]


@pytest.mark.parametrize(("reply", "level", "id"), [
    ("535 5.7.8 no", "error", "mail.wrong-password"),
    ("454 4.7.0 for now", "warning", "mail.sign-in-fails"),
    ("534 5.7.9 too weak", "error", "mail.sign-in-fails"),
    ("538 5.7.11 encrypt", "error", "mail.sign-in-fails"),
    ("504 5.5.4 what?", "error", "mail.sign-in-fails"),
    ("334 ", "error", "mail.sign-in-fails"),
    ("550 5.0.0 no", "error", "mail.sign-in-fails"),
])
def test_only_535_means_a_wrong_password(tell, pair, tmp_path, monkeypatch, reply, level, id):
    async def answer(self: MailSession, arg: str) -> None:
        await self.push(reply)

    monkeypatch.setattr(MailSession, "smtp_AUTH", answer)
    file = tmp_path / "word"
    file.write_text("s3cret\n")
    with closing(Post(pair)) as post:
        report = tell(post, user="pforte", password_file=str(file))
    assert report.bad == report.of_level(level) == [id]


def test_a_mail_server_that_takes_no_further_connection_is_told(tell):
    taken: list[int] = []

    def says(client: socket.socket) -> None:
        taken.append(1)
        if len(taken) > 2:  # one to see that it listens, one to ask for STARTTLS
            return
        client.sendall(HELLO)
        client.recv(1000)
        client.sendall(b"250 mail\r\n")
        client.recv(1000)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        report = tell(f"smtp://127.0.0.1:{serve_each(listening, says)}")
    assert report.of_level("error") == ["mail.no-answer"]


# HTTP/2 in clear.

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} http2; location / {{ return 200 "fine"; }} location /down {{ return 503; }} }}
  server {{ listen 127.0.0.1:{relayed} ssl proxy_protocol; ssl_certificate {chain}; ssl_certificate_key {key}; location / {{ return 200 "fine"; }} }}
}}
"""


class Nginx:
    """Speaks HTTP/2 in clear at one port, and TLS behind a PROXY header at another."""

    def __init__(self, folder: Path, pair: Any):
        self.port, self.relayed_port = free_port(), free_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=self.port, relayed=self.relayed_port, chain=pair.chain, key=pair.key))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{self.port}/"
        until(lambda: subprocess.run(["curl", "-so", "/dev/null", "--http2-prior-knowledge", url]).returncode == 0, "nginx is there")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Nginx]:
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        pytest.skip("there is no nginx")
    with closing(Nginx(tmp_path_factory.mktemp("nginx"), authority.issue("relayed.localhost"))) as one:
        yield one


def of_server(folder: Path, authority: Authority, url: str, **backend: Any) -> Answered:
    """What is told of the second server of a backend that speaks HTTP/2 in clear: it has a path of its own."""
    changes = {"backend": {"protocol": "h2c", "servers": [f"http://127.0.0.1:{free_port()}", url]} | backend}
    return examined(folder, authority, f"app {url}", **changes)


def test_a_server_of_http2_in_clear_is_asked_by_http2(tmp_path, authority, nginx):
    report = of_server(tmp_path, authority, f"http://127.0.0.1:{nginx.port}")
    assert report.bad == []
    assert {"tcp.open", "http.answers"} <= set(report.of_level("ok"))


def test_the_health_check_of_a_server_of_http2_in_clear_is_judged(tmp_path, authority, nginx):
    report = of_server(tmp_path, authority, f"http://127.0.0.1:{nginx.port}", health={"path": "/down"})
    assert "http.unhealthy" in report.of_level("error")
    command = report.found("http.unhealthy")["command"]
    shown = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=20)
    assert "HTTP/2 503" in shown.stderr, (command, shown.stderr)


def test_a_python_server_of_http2_in_clear_is_left_alone(tmp_path, authority):
    with closing(Http2Backend()) as backend:
        assert of_server(tmp_path, authority, backend.url).bad == []


def test_a_server_that_speaks_http1_where_http2_is_configured_is_told(tmp_path, authority, app):
    report = of_server(tmp_path, authority, app.url)
    assert report.bad == ["http.no-clear-http2"]


# PROXY headers.


def test_behind_a_proxy_header_the_gate_is_examined_whole(start_gate, app, authority):
    site = {"hosts": [HOST], "certificate": authority.issue(HOST).config()}
    address = f"127.0.0.1:{free_port()}"
    gate = start_gate(app, site=site, more_listeners=[{"address": address, "proxy_protocol_from": ["127.0.0.1/32"]}])
    gate.clients_stay = True
    done = run_pforte("doctor", "--config", str(gate.file), "--json", "--trust", str(authority.certificate), "--timeout", "2s", timeout=60)
    report = Answered(json.loads(done.stdout), f"listener {address}")
    assert report.bad == []
    assert {"path.proxy-header", "tls.chain", "http.answers"} <= set(report.of_level("ok"))


def test_where_others_alone_send_a_proxy_header_that_is_said(start_gate, app, authority):
    site = {"hosts": [HOST], "certificate": authority.issue(HOST).config()}
    gate: Gate = start_gate(app, site=site, listener={"proxy_protocol_from": ["10.0.0.0/8"]})
    gate.clients_stay = True
    done = run_pforte("doctor", "site", HOST, "--config", str(gate.file), "--json", "--trust", str(authority.certificate), "--timeout", "2s", timeout=60)
    report = Answered(json.loads(done.stdout), "site")
    assert report.bad == []
    assert report.found("path.proxy-header")["level"] == "note"
    with Client(gate.plain_port) as client:
        assert client.ask(request(target="/.pforte/health")).status == 200


def test_the_server_of_a_passthrough_gets_the_proxy_header_that_it_expects(tmp_path, authority, nginx):
    passed = [{"hosts": ["relayed.localhost"], "servers": [f"127.0.0.1:{nginx.relayed_port}"], "proxy_protocol": "v2"}]
    report = examined(tmp_path, authority, "site relayed.localhost", passthrough=passed)
    told = [one for one in report.findings if one["hop"] == 2]
    assert "tls.offer" in [one["id"] for one in told if one["level"] == "ok"], told
    assert not [one for one in told if one["id"].startswith(("tls.hangs", "tls.reset", "tcp."))  and one["level"] == "error"]
