"""A program's checking process, kept from one run to the next: it takes seconds to import its library."""

from __future__ import annotations

import atexit
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from collections.abc import Iterator

_idle: list[CheckWorker] = []  # one at most, that no run works with
_taking = threading.Lock()


@contextmanager
def lent_worker() -> Iterator[CheckWorker]:
    """A started checking process for one run, which has it alone.

    One that served an earlier run is taken, unless the environment has changed since it was started. It ends
    with the program, or with the run that could not do its work: whatever was wrong may be in the process.
    """
    worker = _taken()
    try:
        worker.start()
        yield worker
    except BaseException:
        worker.close()
        raise
    _put_back(worker)


def _taken() -> CheckWorker:
    with _taking:
        worker = _idle.pop() if _idle else CheckWorker()
    if not worker.is_fresh:
        worker.close()
    return worker


def _put_back(worker: CheckWorker) -> None:
    with _taking:
        keeps = not _idle and worker.is_fresh
        if keeps:
            _idle.append(worker)
    if not keeps:
        worker.close()


@atexit.register
def _end() -> None:
    while _idle:
        _idle.pop().close()
