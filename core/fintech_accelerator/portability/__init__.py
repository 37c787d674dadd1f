"""The portable-SQL rules: what runs on DuckDB or PostgreSQL and not, or not alike, on Amazon Redshift."""

from __future__ import annotations

from fintech_accelerator.portability.rules import Finding, Rule, rules
from fintech_accelerator.portability.scan import findings

__all__ = ["Finding", "Rule", "findings", "rules"]
