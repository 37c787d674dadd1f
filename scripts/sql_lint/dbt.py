"""What sqlfluff reads in place of dbt's macros: an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def __getattr__(name: str) -> Callable[..., str]:
    """Any macro of dbt is an expression."""
    return lambda *_, **__: f"dbt_{name.strip('_')}"
