"""A connection to Redshift: opened with patience, statements with bound values, failures in our words."""

from __future__ import annotations

import random
import socket
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from fintech_accelerator.engines.redshift.lost import HUNG_UP, is_lost
from fintech_accelerator.errors import EnvironmentFailure, FintechError
from fintech_accelerator.sql_text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fintech_accelerator.engines.redshift.login import Login

Result = TypeVar("Result")

ATTEMPTS = 5
FIRST_PAUSE = 0.5  # seconds, doubled each time and shaken, so that two runs do not meet again
LONGEST_PAUSE = 15.0
CONNECT_SECONDS = 30
TIMED_OUT = "57014"  # query_canceled: statement_timeout
FORBIDDEN = "42501"  # insufficient_privilege
SERIALIZABLE = ("1023", "40001", "serializable isolation violation")
NO_ANSWER = ("timed out", "time out")


@dataclass
class Asked:
    """What was asked of the warehouse so far, over all sessions that share it."""

    statements: int = 0
    sessions: int = 0
    by_dbt: int = 0  # statements, in its own sessions


class PassingError(EnvironmentFailure):
    """What may be over at the next attempt; `was_patient` once somebody has tried often enough."""

    was_patient = False


class LostConnectionError(PassingError):
    """The warehouse went away in the middle; what was not committed is undone."""


class ConflictError(PassingError):
    """Another transaction changed the same rows first; all of this one is undone."""


class TimedOutError(EnvironmentFailure):
    """A statement took longer than it may."""


class Connection:
    """One session, for `with`. Every statement commits at once, unless it stands in `transaction()`."""

    def __init__(self, login: Login, asked: Asked | None = None) -> None:
        self.login = login
        self.asked = asked or Asked()
        self.is_lost = False
        self._raw = with_patience(self._connect)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connect(self) -> Any:
        raw = _connect(self.login)
        self.asked.sessions += 1
        self.asked.statements += 2  # the settings of a session
        return raw

    def close(self) -> None:
        """Hang up; what was not committed is undone."""
        from redshift_connector.error import Error

        with suppress(Error, OSError):
            self._raw.close()
        with suppress(OSError):  # the driver keeps the socket of a connection that was lost
            self._raw._usock.close()  # noqa: SLF001

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run one statement with its values bound (`?`); returns its cursor. Raises EnvironmentFailure."""
        import redshift_connector.error

        cursor = self._raw.cursor()
        cursor.paramstyle = "qmark"
        self.asked.statements += 1
        try:
            cursor.execute(sql, tuple(values)) if values else cursor.execute(sql)
        except (redshift_connector.error.Error, OSError) as cause:
            failure = translate_redshift_error(cause, self.login)
            self.is_lost = self.is_lost or isinstance(failure, LostConnectionError)
            raise failure from cause
        return cursor

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return [tuple(row) for row in self.execute(sql, values).fetchall()]

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The one value of a query, or None when it has no row."""
        rows = self.rows(sql, values)
        return rows[0][0] if rows else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside or none."""
        self.execute("begin")
        try:
            yield
        except BaseException:
            if not self.is_lost:
                with suppress(FintechError):
                    self.execute("rollback")
            raise
        else:
            self.execute("commit")


def opened(login: Login) -> Any:
    """The driver's own session, whoever works in it: it commits by itself, in its time and its query group.

    Raises what the driver raises.
    """
    import redshift_connector

    connection = redshift_connector.connect(**login.connect_arguments(), timeout=CONNECT_SECONDS)
    connection.autocommit = True
    connection._usock.settimeout(None)  # noqa: SLF001  (the driver's time-out is for each read, too)
    cursor = connection.cursor()
    cursor.execute(f"set statement_timeout to {login.statement_timeout_seconds * 1000}")
    cursor.execute(f"set query_group to '{login.query_group}'")
    return connection


def _connect(login: Login) -> Any:
    from redshift_connector.error import Error

    try:
        return opened(login)
    except (Error, OSError) as cause:
        raise translate_redshift_error(cause, login, doing="connecting") from cause


def with_patience(attempt: Callable[[], Result]) -> Result:
    """What `attempt` returns; again with growing pauses when the warehouse was lost or a conflict undid it.

    `attempt` must be whole: what it did before a failure is undone or may be done twice.
    """
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except PassingError as failure:
            if number == ATTEMPTS or failure.was_patient:
                failure.was_patient = True
                raise
            pause = min(FIRST_PAUSE * 2 ** (number - 1), LONGEST_PAUSE)
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)
    raise AssertionError  # ATTEMPTS is at least 1


def translate_redshift_error(
    cause: BaseException, login: Login, *, doing: str = "working"
) -> EnvironmentFailure:
    """The expected failure behind what the driver or the network raised."""
    code, text = _code_and_text(cause)
    place = f"{doing} at {login.place}"
    if code == TIMED_OUT:
        return TimedOutError(
            f"a statement was stopped by its time-out ({place}): {text}",
            fix="raise statement_timeout_seconds of the target, or look for what holds its locks",
        )
    if any(sign in (code, text) or sign in text for sign in SERIALIZABLE):
        return ConflictError(
            f"another transaction changed the same rows ({place}): {text}",
            fix="run again; nothing is half done",
        )
    if code.startswith("28"):
        return EnvironmentFailure(
            f"Redshift refused {login.credentials.user!r} ({place}): {text}",
            fix="check the user and its credentials; `fintech doctor --target ...` tries them",
        )
    if code == FORBIDDEN:
        return EnvironmentFailure(
            f"{login.credentials.user!r} may not do that ({place}): {text}",
            fix="`fintech doctor --target ...` says which right the login lacks, and what a superuser types",
        )
    if code in HUNG_UP or _is_network(cause):
        return LostConnectionError(
            f"the connection was lost ({place}): {text}",
            fix="check that the warehouse is up and can be reached, then run again: nothing is half done",
        )
    return EnvironmentFailure(
        f"Redshift refused a statement ({place}): {text}",
        fix="`fintech doctor --target ...` looks at the warehouse; mend what it says, and run again",
    )


def _code_and_text(cause: BaseException) -> tuple[str, str]:
    """SQLSTATE and message: the driver gives a dictionary of the protocol's fields."""
    details = cause.args[0] if cause.args and isinstance(cause.args[0], dict) else {}
    text = str(details.get("M") or cause)
    return str(details.get("C", "")), shortened(text)


def _is_network(cause: BaseException) -> bool:
    from redshift_connector.error import InterfaceError

    if isinstance(cause, (socket.gaierror, TimeoutError, ConnectionError, OSError)):
        return True
    text = str(cause).lower()
    return isinstance(cause, InterfaceError) and (is_lost(text) or any(sign in text for sign in NO_ANSWER))
