"""Asks everything that was collected, as much at once as there are cores, before the first test looks at its answer."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import ask  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def binary() -> None:
    if not shutil.which(shlex.split(ask.BINARY)[0]):
        pytest.exit(f"there is no {ask.BINARY}: build it, or name another with PFORTE=FILE", 2)


@pytest.fixture(scope="session")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], ask.Answer]:
    """What the program says, by name of the case and profile."""
    folder = tmp_path_factory.mktemp("cases")
    asked = [item.callspec.params for item in request.session.items if "case" in getattr(item, "fixturenames", ())]

    def answer(number: int, params: dict) -> ask.Answer:
        return ask.run(ask.arguments(params["case"], params["profile"], folder / str(number)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        got = pool.map(answer, range(len(asked)), asked)
        return {(params["case"].name, params["profile"]): one for params, one in zip(asked, got, strict=True)}
