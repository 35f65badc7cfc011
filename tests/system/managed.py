"""A machine whose browsers are managed: an /etc of its own with their policies, in a mount namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def why_not() -> str:
    """Empty where this machine lets us."""
    if os.geteuid() != 0:
        return "another /etc needs root"
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
    return "" if done.returncode == 0 else "there are no mount namespaces here"


def machine(folder: Path, policies: dict[str, str]) -> tuple[str, ...]:
    """Begins a command line that runs where the files of `policies`, named below /etc, are in place."""
    etc = folder / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    for name, text in policies.items():
        file = etc / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        for parent in (file.parent, *file.parent.parents):
            if parent == etc:
                break
            parent.chmod(0o755)
        file.chmod(0o644)
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", f'mount --bind "{etc}" /etc && exec "$@"', "sh")
