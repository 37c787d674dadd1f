"""What PostgreSQL does but Redshift refuses: one list, that of the portable-SQL rules."""

from __future__ import annotations

from fintech_accelerator.portability import findings
from fintech_accelerator.testing.standin.rewriting.text import Refused


def refuse(sql: str) -> None:
    """Raise Refused for the first finding with which Redshift ends in an error."""
    for finding in findings(sql):
        if finding.refused:
            raise Refused(finding.message)
