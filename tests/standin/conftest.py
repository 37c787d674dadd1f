"""One stand-in for all tests of this folder, a database for each."""

from __future__ import annotations

from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

__all__ = ["redshift_database", "redshift_standin"]
