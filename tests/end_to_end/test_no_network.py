"""Nothing phones home: commands look no name up, connect to nothing, and need no network at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import fresh_bank

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

WATCH = """\
import os, socket, sys
LOG = os.path.join(os.path.dirname(__file__), "reached.txt")
PLACES = ("socket.connect", "socket.sendto", "socket.sendmsg")
NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
def watch(event, arguments):
    is_reaching = event in NAMES or (
        event in PLACES and getattr(arguments[0], "family", None) != getattr(socket, "AF_UNIX", None)
    )
    if is_reaching:
        with open(LOG, "a") as file:
            file.write(f"{sys.argv[0]} {event} {arguments[1:]}\\n")
sys.addaudithook(watch)
with open(os.path.join(os.path.dirname(__file__), "watched.txt"), "a") as file:
    file.write(f"{os.getpid()}\\n")
"""

COMMANDS = (("packs", "enable", "tidy"), ("run",), ("docs",), ("status",), ("doctor",))


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """The environment in which every Python process of the test notes what it reaches for."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "watch")}


def without_network() -> list[str]:
    """The words that start a program in a name space without any network, where the system lets us."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    tried = subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False)
    return [unshare, "-rn"] if tried.returncode == 0 else []


def reached(folder: Path) -> str:
    log = folder / "watch" / "reached.txt"
    return log.read_text(encoding="utf-8") if log.exists() else ""


def processes(folder: Path) -> int:
    """How many Python processes were watched."""
    return len((folder / "watch" / "watched.txt").read_text(encoding="utf-8").splitlines())


def test_commands_ask_nothing_of_the_network(tmp_path: Path, watched: dict[str, str]) -> None:
    bank = fresh_bank(tmp_path / "bank")

    for command in COMMANDS:
        done = subprocess.run(
            [*without_network(), sys.executable, "-m", "fintech_accelerator", *command],
            cwd=bank.root,
            env=watched,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr

    assert reached(tmp_path) == ""
    assert processes(tmp_path) > len(COMMANDS), "the checking process was not watched"
    assert bank.serving() == {"tidy": 1}


def test_a_run_of_every_pack_asks_nothing_of_the_network(tmp_path: Path, watched: dict[str, str]) -> None:
    command = [*without_network(), sys.executable, "-m", "fintech_accelerator", "demo"]
    options = ["--folder", str(tmp_path / "demo"), "--customers", "60", "--days", "90"]

    done = subprocess.run(
        [*command, *options], env=watched, capture_output=True, text=True, timeout=600, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("published") >= 4
    assert reached(tmp_path) == ""
    assert processes(tmp_path) > 1, "the checking process was not watched"


def test_the_watch_sees_a_process_that_does_reach_out(tmp_path: Path, watched: dict[str, str]) -> None:
    reaching = (
        "import socket\n"
        "for reach in (lambda: socket.create_connection(('127.0.0.1', 9), 1),"
        " lambda: socket.getaddrinfo('localhost', 80)):\n"
        "    try:\n        reach()\n    except OSError:\n        pass\n"
    )

    subprocess.run([*without_network(), sys.executable, "-c", reaching], env=watched, check=True)

    assert "socket.connect" in reached(tmp_path)
    assert "socket.getaddrinfo" in reached(tmp_path)
