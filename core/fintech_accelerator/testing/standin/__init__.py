"""A stand-in for Amazon Redshift in tests: PostgreSQL behind a proxy that refuses what Redshift refuses."""

from __future__ import annotations

from fintech_accelerator.testing.standin.database import ADMINISTRATOR, Database
from fintech_accelerator.testing.standin.standin import RedshiftStandin, Tls
from fintech_accelerator.testing.standin.statement_log import Statement

__all__ = ["ADMINISTRATOR", "Database", "RedshiftStandin", "Statement", "Tls"]
