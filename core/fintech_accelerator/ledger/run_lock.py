"""The run lock: one process works on a project at a time, and a second one learns which."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import now
from fintech_accelerator.errors import DiskFullError, EnvironmentFailure, RunInProgressError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FACTS = {"pid", "host", "started_at", "command"}
LOCKED_BYTE = 1 << 30  # Windows keeps others from reading what is locked: lock a byte beyond the text
TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def run_lock(path: Path, *, command: str) -> Iterator[None]:
    """Hold the project's lock. Raises RunInProgressError if another process does.

    The system holds the lock, not the file's existence: a process that dies, however it does, frees it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as cause:
        raise _unusable(path, cause) from cause
    try:
        try:
            _take_patiently(descriptor)
        except OSError as cause:
            raise (_in_progress(path) if cause.errno in TAKEN else _unusable(path, cause)) from cause
        try:
            _write(descriptor, command)
        except OSError as cause:
            raise _unusable(path, cause) from cause
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
            _release(descriptor)
    finally:
        os.close(descriptor)  # frees the lock, too


def holder(path: Path) -> Mapping[str, Any] | None:
    """Who works on the project now (pid, host, started_at, command), or None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:  # never run, or not ours to lock: then nobody of ours does
        return None
    try:
        _take(descriptor, is_shared=True)
    except OSError:
        return _facts(path)
    else:
        _release(descriptor)
        return None
    finally:
        os.close(descriptor)


def _take_patiently(descriptor: int) -> None:
    """Take the lock; whoever only asks for its holder has it for a moment."""
    for _ in range(4):
        try:
            return _take(descriptor)
        except OSError as cause:
            if cause.errno not in TAKEN:
                raise
            time.sleep(0.02)
    return _take(descriptor)


def _write(descriptor: int, command: str) -> None:
    facts = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started_at": now().isoformat(timespec="seconds"),
        "command": command,
    }
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(facts).encode("utf-8"))


def _in_progress(path: Path) -> RunInProgressError:
    facts = _facts(path)
    if facts is None:
        return RunInProgressError(
            f"another process has just begun to work on this project (it holds {path})",
            fix="wait until it ends, then try again",
        )
    pid, host = facts["pid"], facts["host"]
    here = host == socket.gethostname()
    stop = f"or stop it with `kill {pid}`" if here else f"or stop it on {host}"
    return RunInProgressError(
        f"process {pid}{'' if here else f' on {host}'} is working on this project:"
        f" `{facts['command']}`, started {facts['started_at']}",
        fix=f"wait until it ends, {stop} (nothing is lost: the next run continues)",
    )


def _facts(path: Path) -> dict[str, Any] | None:
    """What the holder wrote; it may be about to."""
    for _ in range(10):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(0.02)
        else:
            return facts if isinstance(facts, dict) and set(facts) >= FACTS else None
    return None


def _unusable(path: Path, cause: OSError) -> EnvironmentFailure:
    if cause.errno == errno.ENOSPC:
        return DiskFullError(f"the disk is full (writing {path})", fix="free some space and try again")
    return EnvironmentFailure(
        f"the run lock {path} cannot be taken: {cause.strerror or cause}",
        fix="check that the folder can be written by this user, and lies on a file system with locks",
    )


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int, *, is_shared: bool = False) -> None:
        del is_shared  # Windows has exclusive ones only
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(descriptor: int, *, is_shared: bool = False) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
