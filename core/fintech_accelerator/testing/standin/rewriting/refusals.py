"""What PostgreSQL does but Redshift refuses: one list, that of the portable-SQL rules."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fintech_accelerator.testing.standin.rewriting.text import Refused

RULES = "fintech_accelerator.portability"


def refuse(sql: str) -> None:
    """Raise Refused for the first finding with which Redshift ends in an error."""
    rules = _rules()
    if rules is None:
        return
    for finding in rules.findings(sql):
        if finding.refused:
            raise Refused(str(getattr(finding, "message", finding)))


def is_refusing() -> bool:
    """Whether the list of refusals is installed; without it whatever PostgreSQL accepts passes."""
    return _rules() is not None


@cache
def _rules() -> Any:
    return import_module(RULES) if find_spec(RULES) else None
