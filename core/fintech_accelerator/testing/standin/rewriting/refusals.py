"""What PostgreSQL would do but Redshift refuses: one list, the one that `fintech sql lint` goes by."""

from __future__ import annotations

from fintech_accelerator.testing.standin.rewriting.text import Refused


def refuse(sql: str) -> None:
    """Raise Refused for the first finding with which Redshift ends in an error."""
    try:
        from fintech_accelerator.portability import findings
    except ImportError:
        return

    for finding in findings(sql):
        if finding.refused:
            raise Refused(str(finding))
