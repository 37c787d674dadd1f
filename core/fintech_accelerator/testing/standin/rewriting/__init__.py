"""Redshift's SQL in, PostgreSQL's SQL out; text that no rule concerns goes through letter by letter."""

from __future__ import annotations

from fintech_accelerator.testing.standin.rewriting.text import Refused, Surroundings, Translation
from fintech_accelerator.testing.standin.rewriting.translate import translate

__all__ = ["Refused", "Surroundings", "Translation", "translate"]
