"""COPY from and UNLOAD to buckets that are directories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.testing.standin.copying.load import copy_from
from fintech_accelerator.testing.standin.copying.unload import unload_to

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin.rewriting.text import Surroundings, Translation

__all__ = ["copied"]


def copied(sql: str, at: Surroundings) -> Translation:
    """A COPY or UNLOAD as PostgreSQL runs it."""
    return copy_from(sql, at) if sql[:4].lower() == "copy" else unload_to(sql, at)
