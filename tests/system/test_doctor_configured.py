"""`pforte doctor` on what is configured: both directions, each end where it belongs, and no secret in the report."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from backends import Backend, tls_server
from gate import Gate, run_pforte, standard_config, toml_document
from laboratory import Report
from pki import Authority
from ports import free_port
from tls_certificates import make
from tls_servers import Servers

HOST = "app.localhost"
OURS = ("dns.", "tcp.", "proxy.", "path.", "doctor.")


def report_of(*arguments: str) -> Report:
    done = run_pforte("doctor", *arguments, "--json", "--timeout", "2s", timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return Report(json.loads(done.stdout))


def site(authority: Authority, *hosts: str, **more: Any) -> dict[str, Any]:
    return {"hosts": list(hosts), "certificate": authority.issue(*hosts).config()} | more


def written(folder: Path, authority: Authority, servers: list[str], **changes: Any) -> str:
    """A configuration of a gate that does not run."""
    file = folder / "pforte.toml"
    file.write_text(toml_document(standard_config(folder, authority, servers, **changes)))
    return str(file)


def test_a_gate_that_does_not_run_is_the_first_thing_that_is_told(tmp_path: Path, authority: Authority) -> None:
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST))
    report = report_of("site", HOST, "--config", file)
    assert report.first_error == ("path.gate-stopped", "gate")
    assert f"pforte serve --config {file}" in report.found("path.gate-stopped")["remedy"]


def test_a_site_is_followed_from_its_clients_to_its_server(start_gate: Callable[..., Gate], app: Backend,
                                                          authority: Authority) -> None:
    gate = start_gate(app, site=site(authority, HOST))
    gate.clients_stay = True
    report = report_of("site", HOST, "--config", str(gate.file), "--trust", str(authority.certificate))
    assert [hop["name"] for hop in report.path["hops"]] == ["client", "gate", f"app {app.url}"]
    assert report.of_level("error", "warning") == []
    assert "64 KiB" in next(one for one in report.findings if one["id"] == "http.heads" and one["hop_name"] == "gate")["seen"]


def test_a_server_that_is_down_is_the_fault_and_not_the_gate(start_gate: Callable[..., Gate], authority: Authority) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    gate = start_gate(url, site=site(authority, HOST))
    gate.clients_stay = True
    report = report_of("site", HOST, "--config", str(gate.file), "--trust", str(authority.certificate))
    assert next(one for one in report.findings if one["level"] == "error" and one["id"].startswith(OURS))["id"] == "tcp.refused"
    assert report.found("tcp.refused")["hop_name"] == f"app {url}"


def test_a_drained_server_is_told_with_since_when_and_how_it_comes_back(start_gate: Callable[..., Gate], start_backend: Callable[..., Backend],
                                                                       authority: Authority) -> None:
    one, other = start_backend(), start_backend()
    gate = start_gate(one, other, site=site(authority, HOST))
    gate.clients_stay = True
    examined = ("site", HOST, "--config", str(gate.file), "--trust", str(authority.certificate))
    assert "path.drained" not in report_of(*examined).of_level("error", "warning")
    gate.run("backend", "drain", "app", one.url)
    told = report_of(*examined).found("path.drained")
    assert told["level"] == "warning" and told["hop_name"] == "gate"
    assert re.search(rf"1 of 2 servers are drained: {one.url} since 20\d\d-\S+Z$", told["seen"])
    gate.run("backend", "drain", "app")
    report = report_of(*examined)
    assert report.first_error == ("path.drained", "gate")
    assert other.url in report.found("path.drained")["seen"]
    assert report.found("path.drained")["remedy"].endswith(": pforte backend undrain app")
    gate.run("backend", "undrain", "app")
    assert "path.drained" not in report_of(*examined).of_level("error", "warning")


def test_a_gate_that_does_not_run_comes_before_its_drained_servers(tmp_path: Path, authority: Authority) -> None:
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST))
    assert run_pforte("backend", "drain", "app", "--config", file).returncode == 0
    report = report_of("site", HOST, "--config", file)
    assert report.first_error == ("path.gate-stopped", "gate")
    assert report.found("path.drained")["level"] == "error"


def test_a_stopped_service_is_told_at_the_sites_that_ask_who_comes(start_gate: Callable[..., Gate], app: Backend,
                                                                  authority: Authority) -> None:
    gate = start_gate(app, site=site(authority, HOST, sign_in="required"),
                      more_sites=[site(authority, "open.localhost", backend="app", allow=["/"])])
    gate.clients_stay = True
    gate.run("service", "stop", "ldap")  # by which nobody signs in here
    gate.run("service", "stop", "database")
    told = report_of("site", HOST, "--config", str(gate.file)).found("path.service-stopped")
    assert told["level"] == "error" and told["hop_name"] == "gate"
    assert told["seen"].startswith("the service database is stopped since 20")
    assert told["remedy"] == "start it: pforte service start database"
    elsewhere = report_of("site", "open.localhost", "--config", str(gate.file))
    assert "path.service-stopped" not in elsewhere.of_level("error", "warning")


def test_a_health_path_that_is_not_there_is_an_error_at_its_server(tmp_path: Path, authority: Authority) -> None:
    with closing(Backend(lambda exchange: exchange.answer(b"", status=404))) as app:
        file = written(tmp_path, authority, [app.url], site=site(authority, HOST), backend={"health": {"path": "/"}})
        report = report_of("site", HOST, "--config", file)
    assert report.found("http.unhealthy")["level"] == "error"
    assert report.found("http.unhealthy")["hop_name"] == f"app {app.url}"


def test_a_host_that_is_an_address_in_brackets_is_taken_for_the_address(start_gate: Callable[..., Gate], app: Backend) -> None:
    gate = start_gate(app, more_sites=[{"hosts": ["[::1]"], "backend": "app", "allow": ["/"], "certificate": "auto"}])
    gate.clients_stay = True
    report = report_of("site", "[::1]", "--config", str(gate.file))
    assert "dns.no-dot" not in report.of_level("error", "warning", "note")
    assert "[[:" not in str(report.document) and "servername '[" not in str(report.document)


def test_everything_is_examined_once_and_no_secret_is_told(tmp_path: Path, authority: Authority) -> None:
    servers = [f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"]
    ldap = {"servers": [f"ldaps://127.0.0.1:{free_port()}"], "base": "dc=x", "user_filter": "(uid={login})",
            "trust": str(authority.certificate)}
    alarm = {"webhook": f"https://127.0.0.1:{free_port()}/T0PSECRET?word=s3cret",
             "mail": {"server": f"smtp://127.0.0.1:{free_port()}", "from": "a@example.com", "to": ["b@example.com"]}}
    file = written(tmp_path, authority, servers, site=site(authority, HOST), alarm=alarm, ldap=ldap,
                   sign_in={"providers": ["ldap"]}, more_sites=[site(authority, "two.localhost", backend="app", allow=["/"])],
                   acme=[{"name": "company", "directory": f"https://127.0.0.1:{free_port()}/dir", "terms_agreed": True}])
    report = report_of("--config", file)
    subjects = [path["subject"] for path in report.document["paths"]]
    assert subjects[:3] == [f"site {HOST}", f"app {servers[1]}", "site two.localhost"]
    assert [subject.split()[0] for subject in subjects[3:]] == ["listener", "LDAP", "ACME", "webhook", "mail"]
    assert [hop["name"] for hop in report.document["paths"][2]["hops"]] == ["client", "gate"]
    assert "T0PSECRET" not in str(report.document) and "s3cret" not in str(report.document)


def test_where_an_issuer_is_unknown_the_setting_is_named_that_says_who_is_trusted(tmp_path: Path, authority: Authority) -> None:
    servers = Servers(tmp_path)
    port = servers.openssl(make("CN=localhost"))
    try:
        servers.wait_until_ready()
        ldap = {"servers": [f"ldaps://localhost:{port}"], "base": "dc=x", "user_filter": "(uid={login})", "trust": str(authority.certificate)}
        file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST), ldap=ldap, sign_in={"providers": ["ldap"]})
        report = report_of("--config", file)
        line = 1 + Path(file).read_text().splitlines().index(f'trust = "{authority.certificate}"')
        assert f"{authority.certificate}; {file}:{line}:" in report.found("cert.self-signed")["remedy"]
        typed = report_of("path", f"localhost:{port}", "--trust", str(authority.certificate))
        assert f"{authority.certificate}; --trust)" in typed.found("cert.self-signed")["remedy"]
    finally:
        servers.close()


def test_a_trust_store_that_is_missing_is_told_where_it_is_needed(tmp_path: Path, authority: Authority) -> None:
    ldap = {"servers": [f"ldaps://127.0.0.1:{free_port()}"], "base": "dc=x", "user_filter": "(uid={login})", "trust": "/nonexist"}
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST), ldap=ldap,
                   sign_in={"providers": ["ldap"]})
    report = report_of("--config", file)
    assert report.document["paths"][0]["subject"] == f"site {HOST}"
    directory = next(path for path in report.document["paths"] if path["subject"].startswith("LDAP"))
    told = next(one for one in directory["findings"] if one["id"] == "path.trust-unreadable")
    line = 1 + (tmp_path / "pforte.toml").read_text().splitlines().index('trust = "/nonexist"')
    assert told["level"] == "error" and told["hop"] == 1
    assert f"{file}:{line}" in told["seen"] and "[ldap] trust" in told["seen"] and "/nonexist" in told["seen"]
    assert "tcp.refused" in [one["id"] for one in directory["findings"]]


def test_a_wildcard_that_shares_its_address_with_a_passthrough_is_a_warning(tmp_path: Path, authority: Authority) -> None:
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST, "*.localhost"),
                   passthrough=[{"hosts": ["crm.localhost"], "servers": [f"127.0.0.1:{free_port()}"]}])
    report = report_of("site", "crm.localhost", "--config", file)
    assert report.found("path.shared-connection")["level"] == "warning"


def test_what_cannot_be_examined_is_said_with_status_two(tmp_path: Path, authority: Authority) -> None:
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST))
    for arguments, why in [(("site", "other.example"), "no site has the host other.example"),
                           (("site", "\x1b[31m"), "no site has the host \ufffd[31m"),
                           (("url", "https://u:p@h/"), "a user or a password"),
                           (("path", "h"), "the port is missing"),
                           (("path", "h:1", "--via", "socks://x:1"), "neither http:// nor https://"),
                           (("path", "h:1", "--dns", "name"), "is no address"),
                           (("path", "h:1", "--timeout", "1h"), "--timeout cannot be 1h"),
                           (("path", "h:1", "--as", "lynx"), "--as")]:
        done = run_pforte("doctor", *arguments, "--config", file)
        assert done.returncode == 2 and why in done.stderr, (arguments, done.stderr)
    assert run_pforte("doctor", "--config", str(tmp_path / "none.toml")).returncode == 2


def test_another_program_at_the_gates_address_is_told(tmp_path: Path, authority: Authority) -> None:
    with closing(Backend(lambda exchange: exchange.answer(b"hello"), tls=tls_server(authority.issue(HOST)))) as other:
        config = standard_config(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST))
        config["listener"][0]["address"] = other.url.removeprefix("https://")
        file = tmp_path / "pforte.toml"
        file.write_text(toml_document(config))
        report = report_of("site", HOST, "--config", str(file), "--trust", str(authority.certificate))
    assert report.first_error == ("path.not-the-gate", "gate")


def test_a_listener_that_leads_to_https_is_asked_whether_it_does(start_gate: Callable[..., Gate], app: Backend, authority: Authority) -> None:
    port = free_port()
    gate = start_gate(app, site=site(authority, HOST), more_listeners=[{"address": f"127.0.0.1:{port}", "redirect_to_https": True}])
    gate.clients_stay = True
    report = report_of("--config", str(gate.file), "--trust", str(authority.certificate))
    listener = next(path for path in report.document["paths"] if path["subject"] == f"listener 127.0.0.1:{port}")
    assert [one["level"] for one in listener["findings"] if one["id"] == "http.redirect"] == ["ok"]
    assert not [one for one in listener["findings"] if one["level"] in ("error", "warning")]


def test_another_program_where_the_gate_is_to_lead_to_https_is_told(tmp_path: Path, authority: Authority) -> None:
    with closing(Backend(lambda exchange: exchange.answer(b"It works!"))) as other:
        file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site=site(authority, HOST),
                       more_listeners=[{"address": other.url.removeprefix("http://"), "redirect_to_https": True}])
        report = report_of("--config", file)
    listener = next(path for path in report.document["paths"] if path["subject"] == f"listener {other.url.removeprefix('http://')}")
    assert [one["id"] for one in listener["findings"] if one["level"] == "error"] == ["http.no-redirect"]


def test_a_configuration_that_cannot_be_loaded_is_told_before_the_gate_that_stands(tmp_path: Path, authority: Authority) -> None:
    mixed = authority.issue(HOST).config() | {"key": authority.issue("other.localhost").config()["key"]}
    file = written(tmp_path, authority, [f"http://127.0.0.1:{free_port()}"], site={"hosts": [HOST], "certificate": mixed})
    for subject in (("site", HOST), ()):
        report = report_of(*subject, "--config", file)
        assert report.first_error == ("path.configuration", "gate")
        assert report.found("path.configuration")["command"] == f"pforte check --config {file}"
        assert f"first: pforte check --config {file}" in report.found("path.gate-stopped")["remedy"]


def test_a_limit_of_the_gate_for_tickets_is_shown_by_the_command(start_gate: Callable[..., Gate], app: Backend, authority: Authority) -> None:
    gate = start_gate(app, site=site(authority, HOST), limits={"authorization": "16KiB"})
    gate.clients_stay = True
    report = report_of("site", HOST, "--config", str(gate.file), "--trust", str(authority.certificate))
    limit = next(one for one in report.findings if one["id"] == "http.head-limit" and one["hop_name"] == "gate")
    assert {"name": "refused", "value": "32 KiB"} in limit["evidence"]
    shown = subprocess.run(limit["command"], shell=True, capture_output=True, text=True, timeout=20)
    assert " 431 " in shown.stderr, (limit["command"], shown.stderr)
