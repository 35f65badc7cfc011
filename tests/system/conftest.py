"""Fixtures of the system tests: an authority, backends, gates. README.md says how to run them."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import gate as gates  # noqa: E402
from backends import Backend, Script, echo  # noqa: E402
from pki import Authority  # noqa: E402


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
