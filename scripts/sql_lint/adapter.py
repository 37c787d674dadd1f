"""What sqlfluff reads where a pack's macro dispatches by engine: an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def dispatch(name: str, *_: str) -> Callable[..., str]:
    """Whatever engine's form of a macro is chosen is an expression."""
    return lambda *_, **__: f"dispatched_{name}"
