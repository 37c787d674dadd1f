"""One client's connection: every statement is translated, or refused by the server itself, and logged."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from fintech_accelerator.sql_text import redshift_literal
from fintech_accelerator.testing.standin.rewriting import Refused, Surroundings, Translation, translate
from fintech_accelerator.testing.standin.rewriting.text import is_copying, statements_of
from fintech_accelerator.testing.standin.statement_log import Fate, Statement, StatementLog

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = {b"C", b"E"}  # CommandComplete, ErrorResponse


class Session:
    """Translates the statements of one connection."""

    def __init__(self, surroundings: Surroundings, log: StatementLog) -> None:
        self._surroundings = surroundings
        self._log = log
        self._afterwards: list[Callable[[], None]] = []

    async def all_of(self, sql: str) -> str:
        """The simple protocol carries several statements in one text."""
        parts = [await self.one(part) for part in statements_of(sql)]
        return ";".join(parts) if parts else sql

    async def one(self, sql: str) -> str:
        if is_copying(sql):  # reads and writes files: other connections go on meanwhile
            return await asyncio.to_thread(self._one, sql)
        return self._one(sql)

    async def seen(self, kinds: set[bytes]) -> None:
        """Finish what waited for the server to be done, such as a file in another format."""
        if not self._afterwards or not kinds & ENDS:
            return
        waiting, self._afterwards = self._afterwards, []
        if b"E" in kinds:
            return
        for action in waiting:
            try:
                await asyncio.to_thread(action)
            except Exception as cause:  # noqa: BLE001  (counted, never hidden)
                self.crashed("(after an UNLOAD)", cause)

    def crashed(self, sql: str, cause: Exception) -> None:
        self._add(sql, "crashed", sql, repr(cause), 0.0)

    def _one(self, sql: str) -> str:
        started = time.perf_counter()
        fate: Fate = "passed"
        reason = ""
        try:
            made = translate(sql, self._surroundings)
        except Refused as refusal:
            made, fate, reason = Translation(_raising(refusal)), "refused", str(refusal)
        except Exception as cause:  # noqa: BLE001  (counted, never hidden)
            made, fate, reason = Translation(sql), "crashed", repr(cause)
        else:
            fate = "passed" if made.sql == sql else "rewritten"
        if made.afterwards is not None:
            self._afterwards.append(made.afterwards)
        self._add(sql, fate, made.sql, reason, time.perf_counter() - started)
        return made.sql

    def _add(self, sql: str, fate: Fate, sent: str, reason: str, seconds: float) -> None:
        at = self._surroundings
        self._log.add(Statement(at.database, at.user, sql, fate, sent, reason, seconds))


def _raising(refusal: Refused) -> str:
    """The server itself fails, so that the state of the transaction is exact."""
    code, text = redshift_literal(refusal.code), redshift_literal(str(refusal))
    return f"DO $standin$ BEGIN RAISE EXCEPTION USING ERRCODE = {code}, MESSAGE = {text}; END $standin$"
