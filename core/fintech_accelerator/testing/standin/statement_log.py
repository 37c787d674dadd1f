"""What became of every statement: passed as it was, rewritten, refused, or (a fault of ours) crashed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Literal

Fate = Literal["passed", "rewritten", "refused", "crashed"]


@dataclass(frozen=True)
class Statement:
    """One statement as the client sent it, and what PostgreSQL got instead."""

    database: str
    user: str
    sql: str
    fate: Fate
    sent: str
    reason: str
    seconds: float


class StatementLog:
    """Statements in the order in which they came, of all databases of one stand-in."""

    def __init__(self) -> None:
        self._statements: list[Statement] = []
        self._lock = Lock()

    def add(self, statement: Statement) -> None:
        with self._lock:
            self._statements.append(statement)

    def of(self, database: str | None = None) -> tuple[Statement, ...]:
        with self._lock:
            return tuple(each for each in self._statements if database in (None, each.database))

    def counts(self, database: str | None = None) -> dict[str, int]:
        return dict(Counter(each.fate for each in self.of(database)))

    def crashes(self) -> tuple[Statement, ...]:
        return tuple(each for each in self.of() if each.fate == "crashed")
