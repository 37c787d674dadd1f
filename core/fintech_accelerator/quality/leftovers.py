"""The folders of checking processes: their last words, and what those leave that died with their runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from fintech_accelerator.quality.wire import HOME_PREFIX
from fintech_accelerator.sql_text import shortened

WORDS = "words.txt"  # what the process said last; locked as long as the process or its run lives
LAST_WORDS = 4_000  # bytes of them that are looked at
YOUNG_SECONDS = 600.0  # a folder this new may belong to a run that is about to lock it


def sweep() -> None:
    """Remove the folders that nobody holds any more. What cannot be removed stays for the next time."""
    with suppress(OSError):
        for home in Path(tempfile.gettempdir()).glob(f"{HOME_PREFIX}*"):
            with suppress(OSError):  # another user's, or another run sweeps it, too
                if not home.is_symlink() and _is_old(home) and not _is_held(home / WORDS):
                    shutil.rmtree(home, ignore_errors=True)


def last_words(home: Path) -> str:
    """What a process said last, in a line or two; nothing if that cannot be read."""
    try:
        lines = (home / WORDS).read_bytes()[-LAST_WORDS:].decode("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    kept = [line for line in lines if line.strip()]
    return shortened("\n".join(kept[-2:]))


def _is_old(home: Path) -> bool:
    return time.time() - home.stat().st_mtime > YOUNG_SECONDS


if sys.platform == "win32":

    def hold(words: IO[bytes]) -> None:
        """Nothing to do: an open file holds its folder."""

    def _is_held(words: Path) -> bool:
        del words  # the system's own cleaning is left to find it
        return True

else:
    import fcntl

    def hold(words: IO[bytes]) -> None:
        """Lock the file for this process and those that inherit it, until the last of them dies."""
        with suppress(OSError):  # a file system without locks: then nobody sweeps there, either
            fcntl.flock(words, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_held(words: Path) -> bool:
        descriptor = os.open(words, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False
