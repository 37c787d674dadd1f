"""A disk of a few megabytes for a command that fills it, in a namespace of its own, so without any right."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def on_a_small_disk(folder: Path, megabytes: int, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command for which the folder is a disk of that size; skips where no test may mount one."""
    mount = f"mount -t tmpfs -o size={megabytes}m tmpfs {folder}"
    if not shutil.which("unshare") or _in_a_namespace(mount).returncode:
        pytest.skip("this machine does not let a test mount a small disk")
    return _in_a_namespace(f"{mount} && {command}")


def _in_a_namespace(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
