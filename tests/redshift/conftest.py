"""The stand-in for Redshift on which the product itself runs."""

from __future__ import annotations

from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

__all__ = ["redshift_database", "redshift_standin"]
