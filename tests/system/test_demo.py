"""`pforte demo`: what it prints can be pasted, and nothing of it stays behind.

Its ports are fixed, so these tests are left out while another demo runs.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import gate as gates
import pytest
from gate import until
from kdc import listens

PORTS = (8443, 8080, 8444)


class Demo:
    def __init__(self, folder: Path, *prefix: str):
        self.folder = folder / "tmp"
        self.folder.mkdir()
        self._said = folder / "said"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen([*prefix, *shlex.split(gates.BINARY), "demo", "--lang", "en"],
                                            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                            env=os.environ | {"TMPDIR": str(self.folder)})
        until(lambda: "Ctrl-C ends" in self.said() or self.process.poll() is not None, "the demo stands", 60)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self._said.read_text()

    def commands(self) -> dict[str, list[str]]:
        """The lines to paste, by the headings above them."""
        found: dict[str, list[str]] = {}
        heading = ""
        for line in self.said().splitlines():
            if line.startswith("  ") and heading:
                found.setdefault(heading, []).append(line.strip())
            elif line and not line.startswith("{"):
                heading = line
        return found

    def paste(self, heading: str) -> list[str]:
        """What the commands under the heading that begins so have said, one by one."""
        lines = next(lines for name, lines in self.commands().items() if name.startswith(heading))
        # One shell for all, as in a terminal; a mark between them.
        script = "".join(line + "\necho; echo --end--\n" for line in lines)
        done = subprocess.run(["bash"], input=script, capture_output=True, text=True, timeout=60)
        return [part.strip() for part in done.stdout.split("--end--")[:-1]]

    def children(self) -> list[int]:
        """Processes whose files are in the demo's folder, or that are its own."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(self.folder).encode() in words and entry.name.isdigit():
                found.append(int(entry.name))
        return found

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 0, self.said()
        self.nothing_is_left()

    def nothing_is_left(self) -> None:
        until(lambda: not self.children(), "every process is gone", 10)
        until(lambda: not list(self.folder.iterdir()), "the folder is gone", 10)
        assert not any(listens(port) for port in PORTS)


def needs_ports() -> None:
    if any(listens(port) for port in PORTS):
        pytest.skip("the demo's ports are in use")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    needs_ports()
    one = Demo(tmp_path_factory.mktemp("demo"))
    yield one
    one.end()


def test_a_port_that_is_taken_at_the_other_loopback_is_told_as_well(tmp_path):
    needs_ports()
    with socket.socket(socket.AF_INET6) as taken:
        try:
            taken.bind(("::1", PORTS[0]))
        except OSError:
            pytest.skip("this machine has no ::1")
        taken.listen()
        done = subprocess.run([*shlex.split(gates.BINARY), "demo", "--lang", "en"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 3
    assert done.stderr.startswith("pforte: error: cannot listen on [::1]:8443: Address already in use; probably a demo runs")


def test_the_script_says_how_long_it_takes_and_builds_as_many_files_at_once_as_jobs_says(tmp_path):
    def program(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    shutil.copytree(Path(__file__).parents[2] / "scripts", tmp_path / "scripts")
    program(tmp_path / "scripts/setup", "true")
    program(tmp_path / "built", 'echo "the program: $*"')
    program(tmp_path / "bin/cmake", 'echo "cmake $*"; mkdir -p build/release; [ "$1" != --build ] || cp built build/release/pforte')
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    for jobs, of_cores in (("1", "1"), ("", str(len(os.sched_getaffinity(0))))):
        shutil.rmtree(tmp_path / "build", ignore_errors=True)
        done = subprocess.run([tmp_path / "scripts/demo", "--lang", "de"], capture_output=True, text=True, timeout=20,
                              env=os.environ | {"PATH": path, "JOBS": jobs})
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert f"{of_cores} at a time: five to ten minutes on two cores" in lines[0]
        assert lines[-2:] == [f"cmake --build --preset release --target pforte --parallel {of_cores}", "the program: demo --lang de"]


def test_nothing_is_complained_of(demo):
    assert "pforte: " not in demo.said()
    assert "level=warning" not in demo.said()


def test_status_says_that_all_is_well(demo):
    [file] = demo.folder.glob("*/pforte.toml")
    for language, runs, up, version in (("en", "runs", "up", "key version"), ("de", "läuft", "erreichbar", "Schlüsselversion")):
        done = subprocess.run([*shlex.split(gates.BINARY), "--config", str(file), "status", "--lang", language],
                              capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert {f"  {name}  {runs}" for name in ("kerberos", "ldap", "database")} <= set(lines)
        assert any(line.startswith("    ldaps://") and line.endswith(f"  {up}") for line in lines)
        keys = [line for line in lines if line.startswith("  HTTP/")]
        assert len(keys) >= 3
        assert all(f"  {version} " in line and ";" not in line for line in keys), keys


def test_who_has_not_signed_in_is_asked(demo):
    [answer] = demo.paste("Nobody has signed in")
    assert answer.startswith("HTTP/2 401")
    assert "www-authenticate: Negotiate" in answer


def test_a_ticket_of_the_first_realm_opens_everything(demo):
    _, page, administration = demo.paste("Single sign-on")
    for answer in (page, administration):
        assert '["Remote-User", "susan"]' in answer
        assert '["Pforte-Principal", "susan@ALPHA.TEST"]' in answer
    assert '"context": "/webclient/admin"' in administration


def test_a_ticket_of_the_second_realm_opens_both_hosts_but_not_the_administration(demo):
    _, by_trust, directly, administration = demo.paste("Peter's ticket")
    for answer in (by_trust, directly):
        assert '["Remote-User", "peter"]' in answer
        assert '["Pforte-Principal", "peter@BETA.TEST"]' in answer
    assert '"status":403' in administration


@pytest.mark.parametrize(("heading", "login", "method"), [("By the form, with a password in the directory", "uli", "ldap"),
                                                          ("By the form, with a password in the gate's", "dora", "database")])
def test_a_password_opens_it_by_the_form(demo, heading, login, method):
    _, page, who = demo.paste(heading)
    assert f'["Remote-User", "{login}"]' in page
    assert f'["Pforte-Method", "{method}"]' in page
    assert '["Pforte-Groups", "crm-users"]' in page
    assert f'"login":"{login}"' in who


def test_a_program_has_a_token(demo):
    [answer] = demo.paste("A program, with a token")
    assert '"agent": "partner"' in answer


def test_the_path_gate_stands(demo):
    [refused] = demo.paste("A context that no rule allows")
    assert refused.startswith("HTTP/2 404")
    hidden, directly = demo.paste("The same context hidden")
    assert hidden.startswith("HTTP/2 400")
    assert '"context": "/management"' in directly
    [redirect] = demo.paste("From plain HTTP")
    assert "https://localhost:8443/webclient" in redirect


def test_it_can_be_operated_while_it_runs(demo):
    demo.paste("Single sign-on")
    agents, sessions, stopped, started = demo.paste("While it runs")
    assert all(login in agents for login in ("susan", "peter", "uli", "dora", "partner"))
    assert "susan" in sessions
    assert stopped and started


def test_the_doctor_finds_nothing_wrong_with_it(demo):
    demo.paste("Nobody has signed in")
    configured, url, client = demo.paste("The doctor")
    for report in (configured, url):
        assert ": 0 errors, 0 warnings" in report, report
    assert "127.0.0.1" in client
    assert "✗" not in configured + url
    assert "404" not in url


def test_a_second_demo_is_told_that_one_runs_and_how_it_is_ended(demo, tmp_path):
    done = subprocess.run([*shlex.split(gates.BINARY), "demo", "--lang", "en"], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(tmp_path)})
    assert done.returncode == 3
    assert done.stderr.startswith("pforte: error: cannot listen on 127.0.0.1:8443: Address already in use; probably a demo runs")
    assert "\nhelp: Ctrl-C where it was started ends it; ss -ltnp sport = :8443 names its process" in done.stderr


# How the printed line is changed so that nobody has to look at a screen.
BROWSERS = {"chromium": ("chromium ", "chromium --headless=new --disable-gpu --disable-dev-shm-usage --dump-dom "),
            "firefox": ("firefox-esr ", "firefox-esr --headless --screenshot ~/page.png ")}


@pytest.mark.parametrize("which", BROWSERS)
def test_a_browser_started_as_printed_is_in_at_once(demo, tmp_path, which):
    demo.paste("Single sign-on")
    printed, headless = BROWSERS[which]
    line = next(line for line in demo.commands()["In a browser with a profile of its own, with the ticket that Susan fetched above"]
                if printed in line)
    subprocess.run(["bash", "-c", line.replace(printed, headless)], env=os.environ | {"HOME": str(tmp_path)}, timeout=90,
                   stdin=subprocess.DEVNULL, capture_output=True)
    requests = [json.loads(record) for record in demo.said().splitlines() if record.startswith("{")]
    requests.sort(key=lambda one: one["time"])  # each worker writes its own
    assert [one["status"] for one in requests if one["path"] == "/webclient"][-2:] == [401, 200]
    assert "susan" in demo.paste("While it runs")[1]


def test_nothing_is_left_when_it_is_killed(demo, tmp_path):
    demo.end()  # its ports are needed
    second = Demo(tmp_path)
    assert len(second.children()) >= 5  # itself, who cares for its folder, two KDCs, the directory
    second.process.kill()
    second.process.wait(10)
    second.nothing_is_left()


def test_where_no_kdc_and_no_directory_is_installed_it_goes_on_without(demo, tmp_path):
    demo.end()
    hidden = [shutil.which(name, path="/usr/sbin") for name in ("krb5kdc", "slapd")]
    hide = "; ".join(f"mount --bind /dev/null {program}" for program in hidden)
    prefix = ("unshare", "--mount", "sh", "-ec", f'{hide}; exec "$@"', "sh")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("programs cannot be hidden from one process here")
    second = Demo(tmp_path, *prefix)
    warnings = [line for line in second.said().splitlines() if "warning" in line]
    assert len(warnings) == 2
    assert "krb5kdc is not installed" in warnings[0] and "apt-get install krb5-kdc" in warnings[0]
    assert "slapd is not installed" in warnings[1] and "apt-get install slapd" in warnings[1]
    _, page, _ = second.paste("By the form, with a password in the gate's")
    assert '["Remote-User", "dora"]' in page
    second.end()
