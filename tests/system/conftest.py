"""Fixtures of the system tests: an authority, backends, gates. README.md says how to run them."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import active_directory  # noqa: E402
import agents  # noqa: E402
import gate as gates  # noqa: E402
import tickets  # noqa: E402
from backends import Backend, Script, echo  # noqa: E402
from directory import Directory  # noqa: E402
from kdc import Realms  # noqa: E402
from pki import Authority  # noqa: E402
from visitor import APP, SERVICE, no_secret_in  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow start of Tomcat goes last, so that plain failures are seen early."""
    items.sort(key=lambda item: item.path.name == "test_tomcat.py")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes of a request make no readable name of a test."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def binary() -> None:
    if not shutil.which(shlex.split(gates.BINARY)[0]):
        pytest.exit(f"there is no {gates.BINARY}: build it, or name another with PFORTE=FILE", 2)


@pytest.fixture
def without_privileges(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rights of files bind run_pforte(), also where the tests run as root: the program has no capabilities then."""
    if os.geteuid() != 0:
        return
    prefix = "setpriv --bounding-set=-all --"
    if subprocess.run([*shlex.split(prefix), "true"], capture_output=True).returncode != 0:
        pytest.skip("root may do everything, and cannot give up capabilities here")
    monkeypatch.setattr(gates, "BINARY", f"{prefix} {gates.BINARY}")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"), "Nobody trusts this CA")


@pytest.fixture
def start_backend() -> Iterator[Callable[..., Backend]]:
    """start_backend(script=echo, tls=None, port=0): a backend that lives as long as the test."""
    started: list[Backend] = []

    def start(script: Script = echo, **options: Any) -> Backend:
        started.append(Backend(script, **options))
        return started[-1]

    start.started = started  # type: ignore[attr-defined]
    yield start
    for backend in started:
        backend.close()


@pytest.fixture
def start_gate(tmp_path: Path, authority: Authority, start_backend: Any) -> Iterator[Callable[..., gates.Gate]]:
    """start_gate(*backends or URLs, site={}, backend={}, limits={}, ...): a running gate, judged at the end."""
    started: list[gates.Gate] = []

    def start(*servers: Backend | str, prefix: tuple[str, ...] = (), **changes: Any) -> gates.Gate:
        folder = tmp_path / f"gate{len(started)}"
        folder.mkdir()
        urls = [server if isinstance(server, str) else server.url for server in servers]
        config = gates.standard_config(folder, authority, urls, **changes)
        started.append(gates.Gate(folder, authority, config, prefix))
        return started[-1]

    def again(gate: gates.Gate) -> gates.Gate:
        """One that has stopped, once more, with everything it has left behind."""
        folder = tmp_path / f"gate{len(started)}"
        folder.mkdir()
        started.append(gates.Gate(folder, authority, gate.config))
        return started[-1]

    start.authority = authority  # type: ignore[attr-defined]
    start.again = again  # type: ignore[attr-defined]
    yield start
    failures = []
    for one in started:
        try:
            one.judge(start_backend.started)
        except AssertionError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture
def app(start_backend: Callable[..., Backend]) -> Backend:
    """A backend that answers every request with what it received."""
    return start_backend()


@pytest.fixture
def pforte(start_gate: Callable[..., gates.Gate], app: Backend) -> gates.Gate:
    """A gate in front of `app` with nothing special."""
    return start_gate(app)


# Signing in.


@pytest.fixture(scope="session")
def realms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realms]:
    """Two KDCs that trust each other."""
    both = Realms(tmp_path_factory.mktemp("realms"))
    yield both
    both.stop()


@pytest.fixture(scope="session")
def domain(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[active_directory.Domain]:
    """A domain controller of Active Directory, where this machine can have one."""
    if reason := active_directory.why_not():
        pytest.skip(reason)
    one = active_directory.Domain(tmp_path_factory.mktemp("domain"), authority)
    yield one
    one.stop()


@pytest.fixture(scope="session")
def running_directory(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Directory]:
    one = Directory(tmp_path_factory.mktemp("directory"), authority)
    yield one
    one.stop()


@pytest.fixture
def directory(running_directory: Directory) -> Directory:
    """slapd with people; a test may stop it."""
    if not running_directory.process:
        running_directory.start()
    return running_directory


@pytest.fixture(scope="session")
def client_of(realms: Realms) -> Iterator[Callable[..., tickets.Client]]:
    """client_of("susan@ALPHA.TEST"): who makes tokens with that person's tickets. One for all tests."""
    made: dict[tuple[str, float], tickets.Client] = {}

    def client(principal: str, ahead: float = 0) -> tickets.Client:
        if (principal, ahead) not in made:
            cache = realms.fetch(realms.kinit(principal), SERVICE)
            made[principal, ahead] = tickets.Client(realms.environment(cache), ahead)
        return made[principal, ahead]

    yield client
    for one in made.values():
        one.close()


@pytest.fixture(scope="session")
def susan(client_of: Callable[..., tickets.Client]) -> tickets.Client:
    """susan@ALPHA.TEST at her computer: an agent by her principal."""
    return client_of("susan@ALPHA.TEST")


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """A state folder with the agents of agents.py, for gates to begin with."""
    folder = tmp_path_factory.mktemp("accounts")
    config = gates.standard_config(folder, authority, ["http://127.0.0.1:9"])
    (folder / "pforte.toml").write_text(gates.toml_document(config))
    for agent in agents.ALL:
        agent.add(folder / "pforte.toml", folder)
    return folder / "state"


@pytest.fixture
def start_desk(start_gate: Any, accounts: Path, realms: Realms, tmp_path: Path) -> Iterator[Callable[..., gates.Gate]]:
    """start_desk(*backends, site={}, kerberos={}, keytabs={}, sign_in={}, ...): a gate that signs people in.

    It serves app.localhost, accepts tickets of both realms, and knows the agents of agents.py. Whatever the test is
    about, no secret may stand in its logs.
    """
    started: list[gates.Gate] = []

    def start(*servers: Backend | str, keytabs: dict[str, Path] | None = None, **changes: Any) -> gates.Gate:
        state = tmp_path / f"desk{len(started)}"
        shutil.copytree(accounts, state)
        config = agents.desk_config(realms, keytabs)
        config["site"] = {"hosts": [APP], "certificate": start_gate.authority.issue(APP).config()} | config["site"]
        started.append(start_gate(*servers, state_dir=str(state), **gates.merged(config, changes)))
        return started[-1]

    def restart(gate: gates.Gate, kill: bool = False) -> gates.Gate:
        """The same gate once more, after a clean end or a sudden one."""
        gate.signal(signal.SIGKILL if kill else signal.SIGTERM)
        for visitor in getattr(gate, "visitors", []):
            visitor.reconnect()
        gate.wait()
        started.append(start_gate.again(gate))
        return started[-1]

    start.restart = restart  # type: ignore[attr-defined]
    yield start
    for one in started:
        no_secret_in(one)


@pytest.fixture
def desk(start_desk: Callable[..., gates.Gate], app: Backend) -> gates.Gate:
    """A gate in front of `app` that everybody has to sign in at."""
    return start_desk(app)
