"""What an examination found: one check, how it stands, and what to type about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import FintechError, RunInProgressError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Finding:
    """One check: `status` is ok, warning or failed; `fix` is empty when there is nothing to do."""

    check: str
    status: str
    found: str
    fix: str = ""


def finding(check: str, look: Callable[[], str]) -> Finding:
    """What `look` says, or the failure that it ended with."""
    try:
        return Finding(check, "ok", look())
    except RunInProgressError as failure:  # nothing is missing, somebody is at work
        return Finding(check, "warning", failure.reason, failure.fix)
    except FintechError as failure:
        return failed(check, failure)


def failed(check: str, failure: FintechError) -> Finding:
    """A failure as a finding."""
    return Finding(check, "failed", failure.reason, failure.fix)
