"""The commands: what they say, and how they end."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from acl import NOBODY, READ, USER, set_acl
from gate import BINARY, HOST, run_pforte, standard_config, toml_document, until
from ports import free_port


@pytest.fixture
def written(tmp_path, authority):
    """written(**changes): a configuration file with these changes; with text=, that text."""
    def write(text: str | None = None, **changes) -> Path:
        file = tmp_path / "pforte.toml"
        config = standard_config(tmp_path, authority, ["http://127.0.0.1:1"], **changes)
        file.write_text(text if text is not None else toml_document(config))
        return file
    return write


def check(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run_pforte("check", "--config", str(file), *options)


def line_of(config: dict, text: str) -> int:
    """Where it stands in the configuration that is written of this."""
    return 1 + next(at for at, line in enumerate(toml_document(config).splitlines()) if text in line)


def test_a_good_configuration_is_approved(written):
    done = check(written())
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_help_and_version_are_there():
    for option in ("--help", "--version"):
        done = run_pforte(option)
        assert done.returncode == 0
        assert "pforte" in done.stdout
        assert done.stderr == ""
    assert "serve" in run_pforte("--help").stdout


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("serve", "--nonsense"), ("check", "--config")])
def test_wrong_usage_ends_with_2(arguments):
    done = run_pforte(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("pforte: ") or not arguments


@pytest.mark.parametrize("command", ["check", "serve", "status", "reload"])
def test_a_missing_file_ends_with_2(command, tmp_path):
    done = run_pforte(command, "--config", str(tmp_path / "missing.toml"))
    assert done.returncode == 2
    assert "missing.toml" in done.stderr


def test_all_problems_are_reported_at_once_with_their_places(written):
    text = toml_document({"state_dir": "/tmp", "listener": [{"adress": "127.0.0.1:1"}, {"address": "127.0.0.1:99999"}],
                          "limits": {"head": "many", "idle": "5 fortnights"}, "surprise": {"a": 1},
                          "backend": [{"name": "app", "servers": ["ftp://x"]}],
                          "site": [{"hosts": ["a.example"], "backend": "ap", "allow": ["no-slash"]}]})
    file = written(text)
    done = check(file)
    assert done.returncode in (1, 2)
    places = [line for line in done.stderr.splitlines() if line.startswith(f"pforte: {file}:")]
    for key in ("adress", "99999", "many", "5 fortnights", "surprise", "ftp", "ap", "no-slash"):
        assert key in done.stderr, key
    assert len(places) >= 8
    numbers = text.splitlines()
    for place in places:
        line, column = map(int, place[len(f"pforte: {file}:"):].split(":")[:2])
        assert 1 <= line <= len(numbers)
        assert 1 <= column <= len(numbers[line - 1]) + 1
        assert ": error: " in place or ": warning: " in place
    assert done.stderr.count("\nhelp: ") >= len(places) - 1
    assert "address" in done.stderr  # the nearest known key


def test_problems_are_said_in_german_and_as_json(written):
    file = written(toml_document({"listner": [{"address": "127.0.0.1:1"}]}))
    german, english = check(file, "--lang", "de"), check(file, "--lang", "en")
    assert german.stderr != english.stderr
    machine = check(file, "--json")
    assert machine.returncode == english.returncode
    assert "listner" in json.dumps(json.loads(machine.stdout))


def test_a_list_that_is_not_closed_is_told_where_it_begins(written):
    done = check(written('[[site]]\nhosts = ["a.example.com", "b.example.com"\nbackend = "crm"\n'))
    assert done.returncode == 2
    assert "pforte.toml:2:9: error: this list is not closed, and in line 3" in done.stderr


def test_a_language_that_is_none_is_told_with_what_to_write():
    done = run_pforte("check", "--lang", "fr")
    assert done.returncode == 2
    assert done.stderr == "pforte: error: --lang is de or en\nhelp: write --lang de|en\n"


def test_a_misspelt_subject_of_the_doctor_is_told_as_it_was_meant():
    done = run_pforte("doctor", "ulr", "https://localhost/")
    assert done.returncode == 2
    assert done.stderr == "pforte: error: pforte doctor knows no subject ulr\nhelp: did you mean pforte doctor url?\n"


def test_a_syntax_error_has_its_place(written):
    done = check(written("[[listener]\naddress = \n"))
    assert done.returncode == 2
    assert "pforte.toml:1:" in done.stderr or "pforte.toml:2:" in done.stderr


@pytest.mark.parametrize("problem", ["missing chain", "garbage chain", "foreign key", "wrong name", "expired", "wrong password",
                                     "missing trust"])
def test_check_looks_at_what_the_configuration_names(problem, written, authority, tmp_path):
    pair = authority.issue(HOST).config()
    (tmp_path / "garbage.pem").write_text("garbage")
    (tmp_path / "wrong.password").write_text("wrong\n")
    changes = {
        "missing chain": {"site": {"certificate": pair | {"chain": str(tmp_path / "none.pem")}}},
        "garbage chain": {"site": {"certificate": pair | {"chain": str(tmp_path / "garbage.pem")}}},
        "foreign key": {"site": {"certificate": pair | {"key": authority.issue("other.example.com").config()["key"]}}},
        "wrong name": {"site": {"certificate": authority.issue("other.example.com").config()}},
        "expired": {"site": {"certificate": authority.issue(HOST, days=-1).config()}},
        "wrong password": {"site": {"certificate": authority.issue(HOST, password="right").config()
                                    | {"key_password_file": str(tmp_path / "wrong.password")}}},
        "missing trust": {"backend": {"servers": ["https://127.0.0.1:1"], "trust": str(tmp_path / "none.pem")}},
    }[problem]
    done = check(written(**changes))
    words = {"missing chain": "none.pem", "garbage chain": "garbage.pem", "foreign key": "key", "wrong name": HOST,
             "expired": "expired", "wrong password": "password", "missing trust": "none.pem"}
    if problem == "expired":
        assert done.returncode in (0, 1, 2)  # it may be a warning; it must be said
    else:
        assert done.returncode in (1, 2)
    assert words[problem] in done.stderr + done.stdout


@pytest.mark.parametrize("at, cause, remedy", [
    ("file", "it is no folder", "name a folder"), ("file/below", "{at}/file is no folder", "name a folder"),
    ("closed", "Permission denied", "install -d -o pforte -g pforte -m 750 {at}/closed"),
    ("closed/to/make", "{at}/closed: Permission denied", "install -d -o pforte -g pforte -m 750 {at}/closed/to/make")])
def test_check_tells_a_state_dir_that_a_start_could_not_use(at, cause, remedy, written, tmp_path, without_privileges):
    (tmp_path / "file").write_text("x")
    (tmp_path / "closed").mkdir(mode=0o500)
    file = written(state_dir=f"{tmp_path}/{at}")
    line = 1 + file.read_text().splitlines().index(f'state_dir = "{tmp_path}/{at}"')
    done = check(file)
    assert done.returncode == 1
    assert f"pforte.toml:{line}:" in done.stderr
    assert f"error: cannot use state_dir {tmp_path}/{at}: {cause.format(at=tmp_path)}\n" in done.stderr
    assert remedy.format(at=tmp_path) in done.stderr
    started = run_pforte("serve", "--config", str(file))
    assert started.returncode == (2 if at.startswith("file") else 3)  # what can be no folder is a mistake of the configuration
    assert len(started.stderr.splitlines()) == 2 and f"pforte.toml:{line}:" in started.stderr, started.stderr


def test_a_store_that_cannot_be_opened_is_the_systems_refusal(written, tmp_path):
    (tmp_path / "s" / "pforte.db").mkdir(parents=True)
    file = written(state_dir=str(tmp_path / "s"), backend={"sticky": True})
    line = 1 + file.read_text().splitlines().index(f'state_dir = "{tmp_path}/s"')
    done = run_pforte("serve", "--config", str(file))
    assert done.returncode == 3, done.stderr
    assert f"pforte.toml:{line}:" in done.stderr and "cannot keep agents and sessions" in done.stderr


def test_a_store_that_belongs_to_somebody_else_is_told_once_with_whose_it_is_to_be(written, tmp_path, without_privileges):
    file = written(site={"certificate": "auto", "sign_in": "required"})
    assert run_pforte("cert", "list", "--config", str(file)).returncode == 0
    (tmp_path / "state" / "pforte.db").chmod(0)
    line = 1 + file.read_text().splitlines().index(f'state_dir = "{tmp_path}/state"')
    done = run_pforte("serve", "--config", str(file))
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 2 and f"pforte.toml:{line}:" in done.stderr, done.stderr
    assert f"sudo chown --reference={tmp_path}/state {tmp_path}/state/pforte.db*" in done.stderr
    for command in (["agent", "list"], ["session", "list"], ["service", "list"], ["cert", "list"]):
        done = run_pforte(*command, "--config", str(file), "--lang", "de")
        assert done.returncode == 3
        assert f"pforte.toml:{line}:" in done.stderr and done.stderr.count("\n") == 2
        assert "keine Berechtigung" in done.stderr and "als root aufrufen, etwa mit sudo" in done.stderr


@pytest.mark.parametrize("named", ["chain", "key", "key_password_file", "trust", "basic password"])
def test_a_missing_file_is_told_from_one_that_may_not_be_read(named, written, authority, tmp_path, without_privileges):
    secret = tmp_path / "closed.pem"
    secret.write_text("x")
    secret.chmod(0)
    for path, cause, remedy in ((tmp_path / "none.pem", "Datei oder Ordner nicht gefunden", "sie dort anlegen oder den Pfad berichtigen"),
                                (secret, "keine Berechtigung", f"Modus 0: chmod u+r {secret}")):
        certificate = authority.issue(HOST).config()
        changes = {"trust": {"backend": {"servers": ["https://127.0.0.1:1"], "trust": str(path)}},
                   "basic password": {"backend": {"identity": {"basic_password_file": str(path)}}}}
        done = check(written(**changes.get(named, {"site": {"certificate": certificate | {named: str(path)}}})), "--lang", "de")
        [told] = [one for one in done.stderr.split("pforte: ") if str(path) in one.partition("\n")[0] and "Fehler" in one]
        assert cause in told and remedy in told, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="about what root leaves behind")
def test_what_root_leaves_in_the_state_folder_belongs_to_its_owner(written, tmp_path):
    state = tmp_path / "owned"
    state.mkdir()
    os.chown(state, 65534, 65534)
    process = subprocess.Popen([*shlex.split(BINARY), "serve", "--config", str(written(state_dir=str(state)))], stderr=subprocess.PIPE)
    try:
        until(lambda: (state / "control.sock").exists() and (state / "contacts").exists(), "it serves")
    finally:
        process.terminate()
        process.communicate(timeout=20)
    left = {file.name: file.stat().st_uid for file in state.iterdir()}
    assert {"contacts", "control.sock.lock", "pforte.db"} <= set(left)
    assert set(left.values()) == {65534}, left


@pytest.mark.parametrize("folder", ["/proc/pforte", "/sys/pforte", "/proc"])
def test_a_state_dir_that_not_even_root_can_make_is_told(written, folder):
    file = written(state_dir=folder)
    for done, status in ((check(file), 1), (run_pforte("serve", "--config", str(file)), 2)):
        assert done.returncode == status
        assert f"error: cannot use state_dir {folder}: the kernel keeps no files there\nhelp: name a folder" in done.stderr


def test_a_state_dir_that_cannot_be_used_is_told_once(written, tmp_path, without_privileges):
    file = written(site={"certificate": "auto"})
    assert run_pforte("cert", "list", "--config", str(file)).returncode == 0
    state = tmp_path / "state"
    assert (state / "pforte.db").exists()
    for each in state.iterdir():
        each.chmod(0o400)
    state.chmod(0o500)
    problems = json.loads(check(file, "--json").stdout)["problems"]
    state.chmod(0o700)
    assert [one["code"] for one in problems if str(state) in one["message"] and one["severity"] != "note"] == ["state.unusable"]


def test_a_state_dir_that_is_still_to_be_made_is_well(written, tmp_path):
    file = written(state_dir=f"{tmp_path}/to/be/made")
    assert check(file).returncode == 0
    assert not (tmp_path / "to").exists()


def test_a_damaged_store_is_not_called_a_missing_folder(written, tmp_path, authority):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/pforte.db").write_text("garbage" * 500)
    done = check(written(site={"certificate": "auto"}))
    assert "is damaged" in done.stderr and "bring it back from a backup" in done.stderr and "as the gate's user" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is told")
def test_the_check_of_the_gates_user_is_that_of_the_same_file(written):
    file = written()
    assert f"sudo -u pforte pforte check --config {file}" in check(file).stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is told")
def test_a_key_that_an_acl_lets_the_gates_user_read_is_not_roots_alone(written, tmp_path, authority):
    pair = authority.issue("own.example").config()
    key = shutil.copy(pair["key"], tmp_path / "own.key")
    file = written(site={"certificate": pair | {"key": str(key)}, "hosts": ["own.example"]})
    assert f"root alone can read {key}" in check(file).stderr
    set_acl(key, (USER, READ, NOBODY))
    assert "root alone can read" not in check(file).stderr


def test_check_says_aloud_that_a_listener_for_everybody_is_plain(written):
    done = check(written(more_listeners=[{"address": "0.0.0.0:18080", "tls": False}]))
    assert done.returncode == 0
    assert "warning" in done.stderr
    assert "tls" in done.stderr.lower()


def test_what_this_version_cannot_enforce_is_refused(written):
    done = check(written(backend={"trust": "company"}))
    assert done.returncode in (1, 2)
    assert "trust" in done.stderr


def test_serve_refuses_what_check_refuses(written, authority):
    file = written(site={"certificate": authority.issue("other.example.com").config()})
    done = run_pforte("serve", "--config", str(file))
    assert done.returncode in (1, 2)
    assert HOST in done.stderr


def test_a_port_that_is_taken_ends_with_3(written, app, authority, tmp_path):
    config = standard_config(tmp_path, authority, [app.url])
    config["listener"][0]["address"] = f"127.0.0.1:{app.port}"
    done = run_pforte("serve", "--config", str(written(toml_document(config))))
    assert done.returncode == 3
    assert f"pforte.toml:{line_of(config, f'127.0.0.1:{app.port}')}:" in done.stderr
    assert str(app.port) in done.stderr and "help: " in done.stderr


def test_an_address_of_another_machine_is_told_as_that(written, authority, tmp_path):
    config = standard_config(tmp_path, authority, ["http://127.0.0.1:1"])
    config["listener"][0]["address"] = "192.0.2.1:443"
    done = run_pforte("serve", "--config", str(written(toml_document(config))))
    assert done.returncode == 3
    assert "cannot listen on 192.0.2.1:443: Cannot assign requested address" in done.stderr
    assert "help: ip address lists this machine's addresses" in done.stderr and "ss -ltnp" not in done.stderr


def test_a_port_that_only_the_unit_may_have_is_told_as_that(written, authority, tmp_path, without_privileges):
    config = standard_config(tmp_path, authority, ["http://127.0.0.1:1"])
    config["listener"][0]["address"] = "127.0.0.1:81"
    done = run_pforte("serve", "--config", str(written(toml_document(config))))
    assert done.returncode == 3
    assert "cannot listen on 127.0.0.1:81: Permission denied" in done.stderr
    assert "systemctl start pforte" in done.stderr and "ss -ltnp" not in done.stderr


@pytest.mark.parametrize("taken", ["listener", "admin"])
def test_two_gates_do_not_share_an_address(pforte, written, app, authority, tmp_path, taken):
    """Each worker shares its address with the others of its gate; half of the clients would come to the wrong gate."""
    (tmp_path / "other").mkdir()
    config = standard_config(tmp_path / "other", authority, [app.url])
    own, theirs = (one["listener"][0] if taken == "listener" else one["admin"] for one in (config, pforte.config))
    own["address"] = theirs["address"]
    done = run_pforte("serve", "--config", str(written(toml_document(config))), "--lang", "de")
    assert done.returncode == 3
    assert f"auf {own['address']} lässt sich nicht lauschen" in done.stderr
    assert f"ss -ltnp sport = :{own['address'].rpartition(':')[2]} nennt" in done.stderr
    assert f"pforte.toml:{line_of(config, own['address'])}:" in done.stderr


def test_a_second_gate_in_the_same_state_dir_is_told_what_to_do(pforte, written, authority, tmp_path):
    (tmp_path / "other").mkdir()
    config = standard_config(tmp_path / "other", authority, ["http://127.0.0.1:1"]) | {"state_dir": pforte.config["state_dir"]}
    file = written(toml_document(config))
    for language, words in (("en", ("another gate runs with this", "help: stop that gate")), ("de", ("ein anderes Tor", "Hilfe: jenes Tor"))):
        done = run_pforte("serve", "--config", str(file), "--lang", language)
        assert done.returncode == 3
        assert f"pforte.toml:{line_of(config, pforte.config['state_dir'])}:" in done.stderr
        assert words[0] in done.stderr and words[1] in done.stderr


def test_an_access_log_that_cannot_be_opened_is_told_at_its_line(written, authority, tmp_path):
    config = standard_config(tmp_path, authority, ["http://127.0.0.1:1"]) | {"log": {"access": "/proc/access.log"}}
    done = run_pforte("serve", "--config", str(written(toml_document(config))), "--lang", "de")
    assert done.returncode == 3
    assert f"pforte.toml:{line_of(config, '/proc/access.log')}:" in done.stderr
    assert "das Zugriffsprotokoll /proc/access.log lässt sich nicht öffnen: Datei oder Ordner nicht gefunden\nHilfe: " in done.stderr


@pytest.mark.parametrize("missing", [{"trust": "/nowhere.pem"}, {"dns_hook": "/nowhere", "challenge": "dns-01"},
                                     {"eab_kid": "one", "eab_key_file": "/nowhere.key"}], ids=lambda one: sorted(one)[0])
def test_what_check_refuses_of_a_ca_serve_refuses_too(written, app, authority, tmp_path, missing):
    config = standard_config(tmp_path, authority, [app.url])
    config["acme"] = [{"name": "ca", "directory": "https://ca.example/dir", "terms_agreed": True} | missing]
    file = str(written(toml_document(config)))
    for command in ("check", "serve"):
        done = run_pforte(command, "--config", file)
        assert done.returncode in (1, 2), done.stderr
        assert "/nowhere" in done.stderr


def test_status_says_what_runs(pforte, app):
    pforte.get()
    done = pforte.run("status", "--json")
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    told = json.dumps(status)
    assert HOST in told
    assert str(app.port) in told
    human = pforte.run("status")
    assert human.returncode == 0
    assert HOST in human.stdout


def test_a_server_that_has_never_answered_is_not_called_up(start_gate):
    pforte = start_gate(f"http://127.0.0.1:{free_port()}", backend={"eject_after": 0})
    assert [pforte.get().status for _ in range(3)] == [502] * 3
    assert "  failing, 3 in a row; last: " in pforte.run("status").stdout
    [row] = [line for line in pforte.run("backend", "list").stdout.splitlines() if " failing " in line]
    assert not re.search(r"\d{4}-\d\d-\d\dT", row), row  # since when it is up
    assert "  scheitert, 3-mal in Folge; zuletzt: " in pforte.run("status", "--lang", "de").stdout


def test_an_operators_address_that_is_taken_is_named_by_its_key(written):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file = written(admin={"address": f"127.0.0.1:{taken.getsockname()[1]}"})
        done = run_pforte("serve", "--config", str(file), "--lang", "de")
    assert done.returncode != 0
    assert "die Adresse für den Betrieb ([admin] address): auf 127.0.0.1:" in done.stderr


def test_status_and_reload_without_a_gate_end_with_3(written):
    file = written()
    for command in ("status", "reload"):
        done = run_pforte(command, "--config", str(file))
        assert done.returncode == 3
        assert done.stderr.startswith("pforte: ")


def test_a_second_gate_on_the_same_state_is_refused(pforte):
    done = pforte.run("serve")
    assert done.returncode == 3
    assert pforte.run("status").returncode == 0


def test_the_control_socket_is_for_the_owner_alone(pforte):
    control = Path(pforte.config["state_dir"]) / "control.sock"
    assert control.is_socket()
    assert control.stat().st_mode & 0o077 == 0


def test_after_a_crash_the_gate_starts_again(start_gate, app):
    first = start_gate(app)
    first.signal(signal.SIGKILL)
    first.wait()
    with open(os.devnull, "w") as nowhere:
        again = subprocess.Popen([BINARY, "serve", "--config", str(first.file)], stderr=nowhere)
    try:
        until(lambda: first.run("status").returncode == 0, "it runs again")
    finally:
        again.terminate()
        assert again.wait(5) == 0


def test_a_broken_pipe_does_not_stop_a_command(pforte):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([BINARY, "status", "--config", str(pforte.file)], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.returncode >= 0 or done.returncode == -signal.SIGPIPE


def test_no_secret_of_a_password_file_is_printed(written, authority):
    file = written(site={"certificate": authority.issue(HOST, password="streng-geheim").config()})
    for command in (["check"], ["check", "--json"]):
        done = run_pforte(*command, "--config", str(file))
        assert "streng-geheim" not in done.stdout + done.stderr




# Commands that texts name.

SOURCES = Path(__file__).parents[2] / "src"
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
NAMED = re.compile(r"\bpforte ([a-z]+)(?: ([a-z-]+))?([^`;,|&()<>]*)")


def named_commands() -> set[tuple[str, str | None, tuple[str, ...]]]:
    """Word, second word and options of each command that a text of ours names."""
    found = set()
    for file in SOURCES.rglob("*.cc"):
        if file.name.endswith("_test.cc"):
            continue
        code = re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.MULTILINE)
        code = re.sub(r'"\s*\n\s*"', "", code)  # literals that stand one below the other are one
        for text in LITERAL.findall(code):
            for word, second, rest in NAMED.findall(text):
                found.add((word, second or None, tuple(re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", rest))))
    return found


def test_each_command_of_ours_that_a_text_names_is_there_with_its_options():
    helps: dict[tuple[str, ...], str | None] = {}

    def help_of(*words: str) -> str | None:
        if words not in helps:
            done = run_pforte(*words, "--help")
            helps[words] = done.stdout if done.returncode == 0 else None
        return helps[words]

    wrong, right = [], 0
    for word, second, options in sorted(named_commands(), key=str):
        if help_of(word) is None:
            continue  # "pforte runs": a sentence
        text = (help_of(word, second) if second else None) or help_of(word) or ""
        if missing := [option for option in options if option not in text + (help_of() or "")]:
            wrong.append((word, second, missing))
        right += 1
    assert wrong == []
    assert right > 30
