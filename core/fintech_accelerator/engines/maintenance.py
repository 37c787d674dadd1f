"""What maintenance finds to do on any engine: an action in words and numbers, and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Action:
    """One thing to do, or to tell: what it concerns, why, and how many rows or bytes it is about."""

    kind: str  # such as "checkpoint" or "delete rows"
    what: str
    why: str
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Task:
    """Actions that are done together, and what does them; doing it twice is harmless."""

    actions: tuple[Action, ...]
    do: Callable[[], None]
