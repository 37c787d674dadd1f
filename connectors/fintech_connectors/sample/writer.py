"""Writes a month's files while the next month is made: DuckDB leaves a core idle in either."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from fintech_connectors.sample.files import BankFiles

SEEN = "select count(*) from books"  # reading once fixes what a transaction sees


class MonthWriter:
    """One month at a time is written in the background, as it stood when it was handed over."""

    def __init__(self, files: BankFiles, seed: int) -> None:
        self._files = replace(files, connection=files.connection.cursor())
        self._files.connection.execute("set variable seed = ?", [seed])
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="month files")
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._files.connection.interrupt()
        self._pool.shutdown()
        self._files.connection.close()

    def wait(self) -> None:
        """Wait until what was handed over is written; raises what kept it from being written."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def write(self, part: str, queries: Mapping[str, str]) -> None:
        """Write a file for each table from its query, under the month's name. Waits for the month before."""
        self.wait()
        self._files.connection.execute("begin")
        self._files.connection.execute(SEEN).fetchall()
        self._writing = self._pool.submit(self._write, part, dict(queries))

    def _write(self, part: str, queries: dict[str, str]) -> None:
        for table, query in queries.items():
            self._files.write(table, query, part=part)
        self._files.connection.execute("commit")
