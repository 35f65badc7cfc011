"""What `pforte check`, start, status and log say of Kerberos: where it stands, why, and what to do."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import tickets
from agents import both_keytabs
from gate import run_pforte, toml_document
from kdc import ALPHA, BETA
from visitor import SERVICE, Visitor, signed_in_as

ALPHA_SERVICE = f"HTTP/app.localhost@{ALPHA}"
BETA_SERVICE = f"HTTP/app.beta.test@{BETA}"
MISSING = "/nowhere/beta.keytab"


def problems_of(file: Path, status: int = 0) -> list[dict]:
    done = run_pforte("check", "--json", "--config", str(file))
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)["problems"]


def the(problems: list[dict], code: str) -> dict:
    found = [one for one in problems if one["code"] == code]
    assert len(found) == 1, problems
    return found[0]


def line_of(file: Path, text: str) -> int:
    lines = file.read_text().splitlines()
    found = [number for number, line in enumerate(lines, 1) if text in line]
    assert len(found) == 1, found
    return found[0]


def spoiled(kind: str, realms, folder: Path) -> Path:
    file = folder / "bad.keytab"
    if kind == "rights":
        shutil.copy(realms.folder / f"{BETA}.keytab", file)
        file.chmod(0o644)
    if kind == "principal":
        realms.keytab(file, f"HTTP/other.localhost@{ALPHA}")
    if kind == "form":
        file.write_bytes(b"this is no keytab" * 10)
    if kind == "empty":
        file.write_bytes(b"")
    if kind == "cut":
        file.write_bytes((realms.folder / f"{BETA}.keytab").read_bytes()[:40])
    if kind == "weak":
        service = realms.add("HTTP/weak.localhost", encryption="arcfour-hmac")
        realms.keytab(file, service)
    return file


@pytest.mark.parametrize("kind", ["missing", "rights", "principal", "form", "empty", "cut", "weak"])
def test_a_bad_keytab_is_told_by_its_own_code_at_its_own_line_and_the_gate_runs(kind, start_desk, app, realms, client_of, tmp_path):
    service = f"HTTP/weak.localhost@{ALPHA}" if kind == "weak" else BETA_SERVICE
    file = spoiled(kind, realms, tmp_path)
    gate = start_desk(app, keytabs=both_keytabs(realms) | {service: file})
    told = the(problems_of(gate.file), f"kerberos.keytab-{kind}")
    assert (told["severity"], told["file"]) == ("warning", str(gate.file))
    assert told["line"] == line_of(gate.file, f'"{service}"')
    assert str(file) in told["message"]
    assert told["remedy"]
    if kind != "rights":
        assert told["message"].startswith(f"{service} cannot be used: ")
    assert told["message"] in gate.said()  # at start
    assert told["remedy"] in gate.said()
    assert gate.reload().returncode == 0
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"


def test_a_keytab_of_a_properties_file_is_told_of_at_its_line_there(start_desk, app, realms, tmp_path):
    alpha = both_keytabs(realms)[ALPHA_SERVICE]
    properties = tmp_path / "cm6-kerberos.properties"
    properties.write_text(f"kerberos.config.location={realms.config}\n{ALPHA_SERVICE}={alpha}\n\n{BETA_SERVICE}={MISSING}\n")
    gate = start_desk(app, kerberos={"config": None, "properties": str(properties)}, **{"kerberos.keytabs": None})
    told = the(problems_of(gate.file), "kerberos.keytab-missing")
    assert (told["file"], told["line"]) == (str(properties), 4)


def test_a_properties_file_that_says_no_kerberos_is_believed(start_desk, app, realms, client_of, tmp_path):
    properties = tmp_path / "cm6-kerberos.properties"
    properties.write_text(f"kerberos.config.location={realms.config}\n{ALPHA_SERVICE}={both_keytabs(realms)[ALPHA_SERVICE]}\n"
                          "kerberos.v5.enabled=false\n")
    gate = start_desk(app, kerberos={"config": None, "properties": str(properties)}, **{"kerberos.keytabs": None})
    told = the(problems_of(gate.file), "kerberos.switched-off")
    assert (told["file"], told["line"]) == (str(properties), 3)
    answer = Visitor(gate).send_ticket(client_of(f"susan@{ALPHA}").token(SERVICE))
    assert answer.status == 401
    assert "Negotiate" not in answer.head.all("www-authenticate")
    properties.write_text(properties.read_text().replace("false", "true"))
    assert gate.reload().returncode == 0
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{ALPHA}"))) == "susan"


def test_everything_is_told_at_once_what_the_text_says_and_what_the_files_are(desk, tmp_path):
    keytab, workers = f'"{BETA_SERVICE}" = "{MISSING}"', 'workers = "many"'
    wrong = {f'"{BETA_SERVICE}"': keytab, "workers": workers}
    lines = [wrong.get(line.split(" = ")[0], line) for line in desk.file.read_text().splitlines()]
    assert keytab in lines
    assert workers in lines
    broken = tmp_path / "broken.toml"
    more = """
[[backend]]
name = "more"
servers = ["https://127.0.0.1:1"]
trust = "/nowhere/root.pem"
[[site]]
hosts = ["more.localhost"]
backend = "nobody"
allow = ["/"]
certificate = [{ chain = "/nowhere/a.pem", key = "/nowhere/a.key" }]
[[site]]
hosts = ["empty.localhost"]
backend = "more"
allow = ["/"]
certificate = { chain = "", key = "/nowhere/b.key" }
"""
    broken.write_text("\n".join(lines) + more)
    problems = problems_of(broken, status=2)
    codes = [one["code"] for one in problems]
    assert the(problems, "kerberos.keytab-missing")["line"] == line_of(broken, keytab)
    for code in ("conf.type", "conf.site.backend"):
        assert code in codes, codes
    messages = " ".join(one["message"] for one in problems)
    assert "/nowhere/root.pem" in messages
    assert "/nowhere/a.pem" in messages
    empty = line_of(broken, 'chain = ""')
    assert [one["code"] for one in problems if one["line"] == empty] == ["conf.empty"]  # and not that "" is no file


@pytest.mark.skipif(os.geteuid() != 0, reason="of root alone")
def test_who_checks_as_root_is_told_that_the_gates_user_may_have_less_rights(desk):
    told = the(problems_of(desk.file), "conf.checked-as-root")
    assert told["severity"] == "note"
    assert "sudo -u pforte pforte check" in told["remedy"]


def test_status_tells_when_a_key_was_written(desk):
    keys = json.loads(desk.run("status", "--json").stdout)["keys"]
    assert {key["principal"] for key in keys} == {ALPHA_SERVICE, BETA_SERVICE}
    for key in keys:
        assert key["written"].startswith("20")
        assert key["written"].endswith("Z")


def test_the_log_tells_by_which_key_somebody_signed_in(desk, client_of):
    Visitor(desk).sign_in_with(client_of(f"susan@{ALPHA}"))
    line = next(line for line in desk.said().splitlines() if "event=sign-in.done" in line)
    done = desk.events("sign-in.done")[0]
    assert (done["principal"], done["service"]) == (f"susan@{ALPHA}", ALPHA_SERVICE)
    assert done["encryption"].startswith("aes256")
    assert "key_version=" in line


def test_the_log_tells_what_to_do_about_a_ticket_that_failed(desk, susan):
    Visitor(desk).get("/", tickets.negotiate(tickets.NTLM_TYPE_1))
    token = susan.token(SERVICE)
    Visitor(desk).send_ticket(token)
    Visitor(desk).send_ticket(token)
    ntlm, replay = desk.events("sign-in.failed")
    assert (ntlm["code"], replay["code"]) == ("kerberos.ntlm", "kerberos.replay")
    assert "klist get" in ntlm["remedy"]
    assert "new one each time" in replay["remedy"]


# What remains until single sign-on works.


def steps_of(file: Path) -> dict[str, dict]:
    """The steps that `pforte check` ends with, by what they are about; of several the first."""
    found: dict[str, dict] = {}
    for step in json.loads(run_pforte("check", "--json", "--config", str(file)).stdout)["steps"]:
        found.setdefault(step["id"], step)
    return found


def test_where_single_sign_on_works_only_what_cannot_be_seen_remains(desk):
    steps = steps_of(desk.file)
    assert [steps[name]["state"] for name in ("service-key", "agents", "service", "browsers")] == ["done"] * 3 + ["unseen"]
    assert "app.localhost" in steps["service-key"]["message"]
    assert steps["browsers"]["remedy"][0].endswith("AuthServerAllowlist = app.localhost")


def test_what_is_missing_is_an_open_step_with_the_commands_for_it(desk, authority, tmp_path):
    (tmp_path / "fresh").mkdir()
    hosts = ["app.localhost", "wiki.localhost"]
    site = desk.config["site"][0] | {"hosts": hosts, "certificate": authority.issue(*hosts).config()}
    file = tmp_path / "new.toml"
    file.write_text(toml_document(desk.config | {"state_dir": str(tmp_path / "fresh"), "site": [site]}))
    assert run_pforte("service", "stop", "kerberos", "--config", str(file)).returncode == 0
    steps = steps_of(file)
    assert [steps[name]["state"] for name in ("service-key", "agents", "service")] == ["open"] * 3
    assert any("ktpass /princ HTTP/wiki.localhost@" in line for line in steps["service-key"]["remedy"])
    assert steps["agents"]["remedy"][0].startswith("pforte agent add")
    assert steps["service"]["remedy"] == ["pforte service start kerberos"]
    shown = run_pforte("check", "--lang", "de", "--config", str(file)).stdout
    assert "Schritte zum Single Sign-on:" in shown
    assert "[x] Dienstschlüssel für app.localhost" in shown
    assert "[ ] kein Dienstschlüssel für wiki.localhost" in shown
    assert len(shown.splitlines()) < 24


def test_a_gate_where_nobody_signs_in_is_told_nothing_of_it(pforte):
    assert json.loads(pforte.run("check", "--json").stdout)["steps"] == []
    assert "single sign-on" not in pforte.run("check").stdout


def compared(file: Path, other: Path, *options: str):
    return run_pforte("check", "--compare", str(other), "--config", str(file), *options)


def node(file: Path, folder: Path) -> Path:
    """What another administrator sends of a node that has this configuration."""
    document = folder / "node.json"
    document.write_text(run_pforte("check", "--json", "--config", str(file)).stdout)
    return document


def test_two_nodes_with_one_configuration_sign_in_alike(desk, tmp_path):
    done = compared(desk.file, node(desk.file, tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing that is compared is otherwise on the other node" in done.stdout


def test_another_key_version_a_missing_service_and_other_settings_on_another_node_are_named(desk, realms, tmp_path):
    document = node(desk.file, tmp_path)
    other = json.loads(document.read_text())
    here = other["node"][f"service {ALPHA_SERVICE}"]
    other["node"][f"service {ALPHA_SERVICE}"] = here.replace("version 1", "version 2")
    del other["node"][f"service {BETA_SERVICE}"]
    other["node"]["[sign_in] session_idle"] = "60 s"
    other["node"]["krb5.conf: libdefaults/default_realm"] = "OTHER.TEST"
    document.write_text(json.dumps(other))

    done = compared(desk.file, document, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    assert [one["name"] for one in told["differences"]] == [
        "[sign_in] session_idle", "krb5.conf: libdefaults/default_realm", f"service {BETA_SERVICE}", f"service {ALPHA_SERVICE}"]
    keys = told["differences"][3]
    assert (keys["here"], keys["there"]) == (here, here.replace("version 1", "version 2"))
    assert "newest version" in keys["remedy"]
    german = compared(desk.file, document, "--lang", "de").stdout
    assert f"anders: service {BETA_SERVICE} ist hier version 1: " in german
    assert "auf dem anderen Knoten nicht gesetzt" in german


def test_a_node_says_nothing_of_a_key_but_its_version_and_encryption(desk, realms, tmp_path):
    said = json.loads(node(desk.file, tmp_path).read_text())["node"][f"service {ALPHA_SERVICE}"]
    keys = said.split(", ")
    assert all(re.fullmatch(r"version 1: aes(128|256)-cts-hmac-sha(1-96|256-128|384-192)", key) for key in keys), said


@pytest.mark.parametrize("content, why", [(None, "No such file"), ("", "is no JSON"), ("[]", "tells nothing of a node"), ("{}", "tells nothing of a node"),
                                          ('{"node": {"[sign_in] map": 1}}', "is no text")])
def test_a_document_that_is_none_of_a_node_is_refused_with_how_to_make_one(desk, tmp_path, content, why):
    document = tmp_path / "bad.json"
    if content is not None:
        document.write_text(content)
    done = compared(desk.file, document)
    assert done.returncode == 2
    assert why in done.stderr and str(document) in done.stderr and "help: " in done.stderr
    assert done.stdout == ""
