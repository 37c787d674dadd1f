"""What tests of processes share: a small question, and whether a process lives."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.quality.conftest import rule, suite_of

from fintech_accelerator.quality.results import CheckRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.quality.suites import Suite

GOOD = suite_of(rule("r1", "expect_column_values_to_not_be_null", column="amount"))


def requests(suite: Suite = GOOD) -> list[CheckRequest]:
    """A question about one suite."""
    return [CheckRequest("shop", "shop__payments", suite)]


def is_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    try:
        return any(link.resolve() == path for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def runs(pid: int) -> bool:
    """Whether a process lives."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Wait for something that comes to pass soon; fail when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
