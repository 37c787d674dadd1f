"""The SQLite file under the ledger: short transactions, and its errors in the product's words."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import DiskFullError, EnvironmentFailure, FintechError, IntegrityError
from fintech_accelerator.ledger.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

BUSY_SECONDS = 30.0
ASIDE = (
    "restore it from a backup, or move it and its -wal file aside (keep them: they are the audit trail): "
    "the next run starts a new ledger and builds everything once from the warehouse's raw rows"
)


class Database:
    """One connection; used from several threads (dbt reports from its own), one transaction at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._turn = threading.RLock()

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a question."""
        with self._turn, translated(self.path, doing="reading the ledger"):
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of a question."""
        found = self.rows(sql, values)
        return found[0] if found else None

    @contextmanager
    def writing(self, *, is_durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its start, so what it reads stays true.

        A durable one has reached the disk when it ends. Another may be lost by a power cut, not by a kill.
        """
        with self._turn, translated(self.path, doing="writing the ledger"):
            self._connection.execute(f"pragma synchronous = {'full' if is_durable else 'normal'}")
            self._connection.execute("begin immediate")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back by itself
                    self._connection.execute("rollback")
                raise

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()


def open_file(path: Path) -> Database:
    """Open the file to read and write; makes and migrates it."""
    with translated(path, doing="opening the ledger"):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise sqlite3.OperationalError(str(cause)) from cause
        connection = _connect(path.absolute().as_uri() + "?mode=rwc")
        try:
            _refuse_foreign(connection, path)
            _journal_ahead(connection)
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
    return Database(connection, path)


def open_read_only(path: Path) -> Database | None:
    """Open the file to read, also while a run writes it; None when nothing was ever written."""
    if not path.is_file():
        return None
    with translated(path, doing="opening the ledger"):
        connection = _connect(path.absolute().as_uri() + "?mode=ro")
        try:
            _refuse_foreign(connection, path)
            _refuse_older(connection, path)
            is_empty = _version(connection) == 0
        except BaseException:
            connection.close()
            raise
    if is_empty:  # made, and killed before its tables were
        connection.close()
        return None
    return Database(connection, path)


def open_empty(path: Path) -> Database:
    """A ledger in memory that holds nothing and takes nothing: what is read before the first run."""
    connection = _connect("file::memory:")
    _migrate(connection)
    connection.execute("pragma query_only = on")
    return Database(connection, path)


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("pragma foreign_keys = on")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("begin")  # one look: another process may be making the file at this moment
    try:
        owner = int(connection.execute("pragma application_id").fetchone()[0])
        tables = int(connection.execute("select count(*) from sqlite_master").fetchone()[0])
    finally:
        connection.execute("rollback")
    if owner != APPLICATION_ID and (owner or tables):
        raise IntegrityError(f"{path} is a database of another program, not a ledger", fix=ASIDE)
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise EnvironmentFailure(
            f"the ledger {path} was written by a newer version of fintech-accelerator"
            f" (its schema is version {version}, this one knows {len(MIGRATIONS)})",
            fix="upgrade fintech-accelerator on this machine",
        )


def _refuse_older(connection: sqlite3.Connection, path: Path) -> None:
    """A reader cannot migrate."""
    if 0 < _version(connection) < len(MIGRATIONS):
        raise EnvironmentFailure(
            f"the ledger {path} was written by an older version and has to be brought up to date first",
            fix="run `fintech run`, or any command that writes",
        )


def _journal_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, so that readers and the writer do not wait for each other.

    SQLite does not wait for its busy timeout here, so two processes that make the file take turns by hand.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as cause:
            if _code(cause) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("begin immediate")
    try:
        for script in MIGRATIONS[_version(connection) :]:  # read again: another process may have been first
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {len(MIGRATIONS)}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; executescript would commit the transaction they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def translated(path: Path, *, doing: str) -> Iterator[None]:
    """Turn what SQLite raises for reasons outside the program into expected failures."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise  # a mistake of the program
    except sqlite3.DatabaseError as cause:
        raise _failure(cause, path, doing) from cause


def _failure(cause: sqlite3.DatabaseError, path: Path, doing: str) -> FintechError:
    code = _code(cause)
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(
            f"the disk is full ({doing} {path})",
            fix="free some space and run again; what was finished before is kept, nothing is half done",
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return IntegrityError(f"{path} is not a sound ledger: {cause} ({doing})", fix=ASIDE)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return EnvironmentFailure(
            f"another process has held the ledger {path} for more than {BUSY_SECONDS:.0f} seconds ({doing})",
            fix="wait until it ends, or close the program that has the file open, then try again",
        )
    return EnvironmentFailure(
        f"{doing} {path} failed: {cause}",
        fix="check that the folder exists, can be written by this user and lies on a healthy disk",
    )


def _code(cause: sqlite3.Error) -> int:
    """SQLite's primary result code, -1 where Python raised the error itself."""
    code = getattr(cause, "sqlite_errorcode", None)
    return -1 if code is None else int(code) & 0xFF
