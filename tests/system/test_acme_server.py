"""The company CA issues by ACME (RFC 8555): certbot and our own client are the other side."""

import datetime
import http.server
import json
import os
import subprocess
import threading

import pytest
from gate import HOST, run_pforte, until
from pki import openssl
from ports import free_port

NAME = "app.intern.example.com"


class Company:
    """A gate with a CA that issues by ACME, and a machine on which its names lead here."""

    def __init__(self, folder, start_gate, start_backend, authority, **acme):
        self.folder = folder
        self.authority = authority
        self.http_port = free_port()
        self.state = folder / "state"
        self.state.mkdir()
        (folder / "work.password").write_text("work secret\n")
        (folder / "root.password").write_text("root secret\n")
        (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST} {NAME} other.intern.example.com\n")
        ca = {"key_password_file": str(folder / "work.password"),
              "acme": {"allow": ["*.intern.example.com"], "http_port": self.http_port} | acme}
        first = folder / "first.toml"
        first.write_text(f'state_dir = "{self.state}"\n[ca]\nkey_password_file = "{ca["key_password_file"]}"\n')
        done = run_pforte("ca", "init", "--name", "Example", "--root-password-file", str(folder / "root.password"),
                          "--config", str(first))
        assert done.returncode == 0, done.stderr
        own_rights = () if os.geteuid() == 0 else ("--map-root-user",)
        self.prefix = ("unshare", *own_rights, "--mount", "sh", "-ec", f'mount --bind {folder}/hosts /etc/hosts; exec "$@"', "sh")
        self.gate = start_gate(start_backend(), prefix=self.prefix, state_dir=str(self.state), ca=ca)
        self.directory = f"https://{HOST}:{self.gate.tls_port}/.pforte/ca/acme/directory"

    def certbot(self, *arguments, status=0):
        done = subprocess.run(
            [*self.prefix, "certbot", *arguments, "--non-interactive", "--server", self.directory,
             "--config-dir", str(self.folder / "bot"), "--work-dir", str(self.folder / "bot"),
             "--logs-dir", str(self.folder / "bot")],
            env=os.environ | {"REQUESTS_CA_BUNDLE": str(self.authority.certificate)}, capture_output=True, text=True,
            timeout=60)
        assert (done.returncode == 0) == (status == 0), done.stdout + done.stderr + self.gate.said()
        return done.stdout + done.stderr

    def certonly(self, name, status=0):
        return self.certbot("certonly", "--standalone", "--http-01-port", str(self.http_port), "-d", name,
                            "--agree-tos", "--email", "ops@example.com", status=status)

    def verified(self, name):
        chain = self.folder / "bot/live" / name
        return openssl("verify", "-x509_strict", "-CAfile", self.state / "ca/root.pem", "-untrusted", chain / "chain.pem",
                       "-verify_hostname", name, chain / "cert.pem", check=False)

    def ask(self, path, body=None, kind="application/jose+json"):
        """Status, type and document of an answer."""
        data = ["--data-binary", body, "--header", f"Content-Type: {kind}"] if body is not None else []
        done = self.gate.curl("/.pforte/ca/acme" + path, *data, "--write-out", "\n%{http_code} %{content_type}")
        document, _, last = done.stdout.decode().rpartition("\n")
        status, _, answered = last.partition(" ")
        return int(status), answered, json.loads(document)


@pytest.fixture
def start_company(tmp_path, start_gate, start_backend, authority):
    def start(**acme):
        return Company(tmp_path, start_gate, start_backend, authority, **acme)

    return start


def test_certbot_obtains_renews_and_revokes(start_company):
    company = start_company()
    company.certonly(NAME)
    assert ": OK" in company.verified(NAME)
    issued = company.gate.events("acme-server.issued")
    assert len(issued) == 1
    company.certbot("renew", "--force-renewal", "--no-random-sleep-on-renew", "--http-01-port", str(company.http_port))
    assert len(company.gate.events("acme-server.issued")) == 2
    company.certbot("revoke", "--cert-path", str(company.folder / f"bot/live/{NAME}/cert.pem"), "--no-delete-after-revoke")
    listed = json.loads(company.gate.run("ca", "list", "--json").stdout)["certificates"]
    assert sorted(bool(one["revoked"]) for one in listed) == [False, True]


def test_names_that_are_not_allowed_are_refused(start_company):
    company = start_company()
    company.certonly("www.example.org", status=1)
    # This certbot shows its own fault instead of what it was told; its log has both.
    assert "the CA does not issue for www.example.org:" in (company.folder / "bot/letsencrypt.log").read_text()
    (refused,) = company.gate.events("acme-server.refused")
    assert (refused["client"], refused["names"], refused["type"]) == ("127.0.0.1", "www.example.org", "rejectedIdentifier")
    assert refused["account"] and "does not issue for www.example.org" in refused["detail"]
    assert company.gate.metric("pforte_acme_server_refused_total", type="rejectedIdentifier") == 1
    assert company.gate.metric("pforte_acme_server_issued_total") == 0
    assert company.gate.events("acme-server.issued") == []


def test_who_does_not_hold_the_name_gets_nothing(start_company):
    company = start_company()

    class Impostor(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", company.http_port), Impostor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        said = company.certbot("certonly", "--manual", "--manual-auth-hook", "true", "-d", NAME, "--agree-tos",
                               "--email", "ops@example.com", "--preferred-challenges", "http", status=1)
    finally:
        server.shutdown()
        server.server_close()
    assert "302" in said
    (refused,) = company.gate.events("acme-server.refused")
    assert (refused["client"], refused["names"], refused["type"]) == ("127.0.0.1", NAME, "unauthorized")
    assert "302" in refused["detail"]
    assert company.gate.events("acme-server.issued") == []


def test_our_own_client_renews_from_it(start_company, start_gate, start_backend, authority):
    company = start_company()
    site = {"hosts": [NAME], "certificate": "auto", "backend": "app", "allow": ["/"]}
    acme = {"name": "company", "directory": company.directory, "terms_agreed": True, "trust": str(authority.certificate)}
    client = start_gate(start_backend(), prefix=company.prefix, more_sites=[site], acme=[acme],
                        more_listeners=[{"address": f"127.0.0.1:{company.http_port}", "redirect_to_https": True}])
    until(lambda: client.events("acme.renewed") or client.events("acme.failed"), "it has come to an end", 10)
    assert client.events("acme.renewed"), client.said() + company.gate.said()
    (entry,) = [one for one in json.loads(client.run("cert", "list", "--json").stdout)["certificates"]
                if one["has_key"]]
    begins, ends = (datetime.datetime.fromisoformat(entry[name]).timestamp() for name in ("not_before", "not_after"))

    def next_attempt():
        (renewal,) = json.loads(client.run("status", "--json").stdout)["renewals"]
        return datetime.datetime.fromisoformat(renewal["next_attempt"]).timestamp()
    # By itself the client would renew before the last third of the lifetime. The CA wants it at the beginning of that.
    window = ends - (ends - begins) / 3, ends - (ends - begins) * 0.3 + 1
    until(lambda: window[0] <= next_attempt() <= window[1], "the CA was asked")
    done = client.run("cert", "renew", "--force", timeout=30)
    assert done.returncode == 0, done.stdout
    assert len(company.gate.events("acme-server.issued")) == 2


def test_accounts_are_bound_where_customers_are_listed(start_company, tmp_path):
    (tmp_path / "eab.key").write_text("zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n")
    company = start_company(customer=[{"kid": "team-a", "key_file": str(tmp_path / "eab.key")}])
    assert "binding" in company.certonly(NAME, status=1)
    company.certbot("register", "--agree-tos", "--email", "ops@example.com", "--eab-kid", "team-a",
                    "--eab-hmac-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", status=1)
    guessed = company.gate.events("acme-server.refused")[-1]
    assert guessed["client"] == "127.0.0.1" and guessed["detail"].endswith(": team-a")
    assert company.gate.metric("pforte_acme_server_refused_total", type="binding") == 1
    company.certbot("register", "--agree-tos", "--email", "ops@example.com", "--eab-kid", "team-a",
                    "--eab-hmac-key", (tmp_path / "eab.key").read_text().strip())
    company.certonly(NAME)
    assert ": OK" in company.verified(NAME)


def test_what_is_no_request_is_refused_with_a_reason(start_company):
    company = start_company()
    status, _, document = company.ask("/directory")
    assert status == 200
    assert document["newOrder"] == company.directory.replace("directory", "new-order")
    rows = [
        ("/new-account", "{}", "application/json", 415),
        ("/new-account", "{}", "application/jose+json", 400),
        ("/new-order", "x" * 70_000, "application/jose+json", 413),
        ("/nothing", None, "", 405),
        ("/renewal-info/AAAA.AAAA", None, "", 404),
    ]
    for path, body, kind, expected in rows:
        status, answered, document = company.ask(path, body, kind)
        assert (status, answered) == (expected, "application/problem+json"), (path, document)
        assert document["type"] == "urn:ietf:params:acme:error:malformed"
    assert company.gate.get("/.pforte/ca/acme/directory").status == 404
