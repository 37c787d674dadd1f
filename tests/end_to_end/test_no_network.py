"""Nothing phones home: a whole run looks up no name and connects to nothing, and needs no network at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.pipeline.small_bank import fresh_bank

if TYPE_CHECKING:
    from pathlib import Path

WATCH = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        target = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        if not isinstance(target, (str, bytes)) or event.startswith("socket.get"):  # a text is a local socket
            with open({log!r}, "a") as file:
                file.write(f"{{event}} {{target}} {{sys.argv}}\\n")

sys.addaudithook(watch)
with open({log!r} + ".watched", "a") as file:
    file.write("one more process\\n")
"""
COMMANDS = (("packs", "enable", "tidy"), ("run",), ("docs",), ("status",), ("doctor",))


def without_network() -> tuple[str, ...]:
    """The words that start a command in a namespace without any network, where the system allows it."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0:
        return (unshare, "-rn")
    return ()


def test_a_whole_run_asks_nothing_of_the_network(tmp_path: Path) -> None:
    bank = fresh_bank(tmp_path / "bank")
    log = tmp_path / "network.log"
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(WATCH.format(log=str(log)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(hook)}

    for command in COMMANDS:
        done = subprocess.run(
            [*without_network(), sys.executable, "-m", "fintech_accelerator", *command],
            cwd=bank.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr

    assert not log.exists(), log.read_text(encoding="utf-8")
    watched = (tmp_path / "network.log.watched").read_text(encoding="utf-8").splitlines()
    assert len(watched) > len(COMMANDS), "the checking process was not watched"
    assert bank.serving() == {"tidy": 1}
