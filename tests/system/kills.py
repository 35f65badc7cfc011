"""Programs that are killed while they work."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def holds_open(process: subprocess.Popen, file: Path) -> bool:
    folder = Path(f"/proc/{process.pid}/fd")
    try:
        return any(os.readlink(one) == str(file.resolve()) for one in folder.iterdir())
    except OSError:
        return False  # it has just ended, or closed what we looked at


def killed_at_work(command: list[str], at_work: Callable[[subprocess.Popen], bool], pause: float) -> bool:
    """Kills it `pause` seconds after it was seen at work, unless it ends before. Whether the kill hit it at work."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not at_work(process):
        time.sleep(0.0005)
    try:
        process.wait(timeout=pause)
    except subprocess.TimeoutExpired:
        pass
    midway = at_work(process)
    process.kill()
    return process.wait() == -signal.SIGKILL and midway
