"""The lease of a warehouse: one run works in it at a time; what a dead one left running is ended."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.connection import with_patience
from fintech_accelerator.engines.redshift.tables import prepare_operations
from fintech_accelerator.errors import EnvironmentFailure, FintechError, RunInProgressError
from fintech_accelerator.person import user_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.engine import RedshiftEngine

LEASE_SECONDS = 600
RENEWAL_SECONDS = 180.0
ENDING_SECONDS = 20.0  # a session that was ended undoes its transaction first
SLACK = timedelta(seconds=2)  # GETDATE knows whole seconds, a session's start is exact
LOCK = "lock table ops.run_lease"
HELD = """
select run_id, query_label, command, project, host, pid, person, login, session_id, started_at, renewed_at,
    case when expires_at < getdate() then 1 else 0 end
from ops.run_lease
"""
RENEW = f"""
update ops.run_lease
set session_id = ?, renewed_at = getdate(), expires_at = dateadd(second, {LEASE_SECONDS}, getdate())
where run_id = ?
"""
# all sessions of a run are in its query group; dbt also names it in a comment before each statement
SESSIONS = """
select session_id, max(start_time)
from sys_query_history
where start_time >= ? and (query_label = ? or query_text like ?)
group by session_id
"""


class LeaseLostError(EnvironmentFailure):
    """Another run took this one for dead and works in the warehouse now."""


@dataclass(frozen=True)
class Holder:
    """Who wants to work in a warehouse."""

    run_id: str
    query_label: str
    command: str
    project: str  # the project's folder on its machine, by a random number


@dataclass(frozen=True)
class Held:
    """The lease as it stands in the warehouse."""

    run_id: str
    query_label: str
    command: str
    project: str
    host: str
    pid: int
    person: str
    login: str
    session_id: int
    started_at: datetime
    renewed_at: datetime
    is_expired: int


@dataclass(frozen=True)
class TakenOver:
    """A dead run whose lease was taken over, and which of its sessions went on until now."""

    run_id: str
    started_at: datetime
    sessions: tuple[int, ...]


@contextmanager
def at_work(engine: RedshiftEngine, folder: Path, *, run_id: str, command: str) -> Iterator[TakenOver | None]:
    """Work in a warehouse as a run, alone: under its lease, all questions in one session.

    `folder` is where the project keeps its state. Raises as `leased`.
    """
    with engine.working(run_id):
        holder = Holder(run_id, engine.query_label, command, project_identity(folder))
        with leased(engine.connect, holder) as dead:
            yield dead


@contextmanager
def leased(connect: Callable[[], Connection], holder: Holder) -> Iterator[TakenOver | None]:
    """Hold the warehouse's lease, renewed by a thread; gives the dead run that it was taken over from.

    Only for the holder of the project's run lock: a lease of the same project is one of a dead run then.
    Raises RunInProgressError, naming who works there and since when.
    """
    keeper = _Keeper(connect, holder)
    with_patience(keeper.open)
    try:
        dead = with_patience(keeper.take)
        over = None
        if dead is not None:
            ended = with_patience(lambda: end_sessions(keeper.open(), dead))
            over = TakenOver(dead.run_id, dead.started_at, ended)
        keeper.start()
        yield over
    finally:
        keeper.close()


def guard(connection: Connection, run_id: str) -> None:
    """Refuse to change what is served or built, in this transaction, unless the lease is this run's.

    Raises LeaseLostError.
    """
    if not connection.value("select count(*) from ops.run_lease where run_id = ?", [run_id]):
        raise LeaseLostError(
            f"the run {run_id} lost its lease of the warehouse: another one took it for dead and works there",
            fix="wait until that one ends, then run again: nothing is half done",
        )


def end_sessions(connection: Connection, dead: Held) -> tuple[int, ...]:
    """End the sessions that a dead run left: its statement goes on, and its locks stall others.

    Found in the warehouse's history by the run's number; a session that began after its last statement has
    only the number of one. Raises EnvironmentFailure when one of them does not end.
    """
    history = connection.rows(SESSIONS, [dead.started_at, dead.query_label, f"/* {dead.query_label} %"])
    last_used = {int(session): at for session, at in history} | {dead.session_id: dead.renewed_at}
    deadline = time.monotonic() + ENDING_SECONDS
    ended: set[int] = set()
    while True:
        left = _living(connection, last_used)
        if not left:
            return tuple(sorted(ended))
        if time.monotonic() > deadline:
            raise EnvironmentFailure(
                f"sessions {', '.join(map(str, left))} of the dead run {dead.run_id} do not end",
                fix="let an administrator end them (`select pg_terminate_backend(...)`), then run again",
            )
        for number in set(left) - ended:
            connection.execute(f"select pg_terminate_backend({number})")
        if ended >= set(left):
            time.sleep(0.2)
        ended |= set(left)


def project_identity(folder: Path) -> str:
    """A random number of the project's folder, made once: two machines may have equal names and paths."""
    path = folder / "project-identity"
    with suppress(FileExistsError):
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(secrets.token_hex(16))
    return path.read_text(encoding="utf-8")


def _living(connection: Connection, last_used: Mapping[int, datetime]) -> list[int]:
    """Which of these sessions go on: a number is given again, so one that began later is another's."""
    listed = ", ".join(str(number) for number in last_used)
    rows = connection.rows(f"select process, starttime from stv_sessions where process in ({listed})")
    return sorted(int(number) for number, began_at in rows if began_at <= last_used[int(number)] + SLACK)


class _Keeper:
    """The session of a lease, and the thread that renews it."""

    def __init__(self, connect: Callable[[], Connection], holder: Holder) -> None:
        self._connect = connect
        self._holder = holder
        self._connection: Connection | None = None
        self._session_id = 0
        self._login = ""
        self._is_taken = False
        self._dead: Held | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def open(self) -> Connection:
        """The session; another one when it was lost."""
        if self._connection is not None and self._connection.is_lost:
            self._connection.close()
            self._connection = None
        if self._connection is None:
            self._connection = self._connect()
            ((self._session_id, self._login),) = self._connection.rows(
                "select pg_backend_pid(), current_user"
            )
        return self._connection

    def take(self) -> Held | None:
        """Take the lease; returns the dead run that had it."""
        connection = self.open()
        prepare_operations(connection)
        with connection.transaction():
            connection.execute(LOCK)
            held = [Held(*row) for row in connection.rows(HELD)]
            for each in held:
                if each.run_id == self._holder.run_id:
                    continue
                if not self._is_dead(connection, each):
                    raise _in_progress(each)
                self._dead = each  # remembered, should the answer to the commit be lost
            connection.execute("delete from ops.run_lease")
            connection.execute(
                "insert into ops.run_lease values (?, ?, ?, ?, ?, ?, ?, ?, ?, getdate(), getdate(),"
                f" dateadd(second, {LEASE_SECONDS}, getdate()))",
                self._facts(),
            )
        self._is_taken = True
        return self._dead

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Give the lease back, if it is still ours."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._is_taken:
            with suppress(FintechError):  # it expires by itself
                self.open().execute("delete from ops.run_lease where run_id = ?", [self._holder.run_id])
        if self._connection is not None:
            self._connection.close()

    def _is_dead(self, connection: Connection, held: Held) -> bool:
        if held.is_expired == 1 or held.project == self._holder.project:
            return True
        if self._login != held.login:
            return False  # others' sessions are not shown to everybody
        return not _living(connection, {held.session_id: held.renewed_at})

    def _facts(self) -> list[str | int]:
        holder = self._holder
        return [
            *(holder.run_id, holder.query_label, holder.command, holder.project),
            *(socket.gethostname(), os.getpid(), user_name(otherwise="somebody")),
            *(self._login, self._session_id),
        ]

    def _renew(self) -> None:
        while not self._over.wait(RENEWAL_SECONDS):
            with suppress(FintechError):  # tried again; whoever writes asks whether the lease is still ours
                with_patience(lambda: self.open().execute(RENEW, [self._session_id, self._holder.run_id]))


def _in_progress(held: Held) -> RunInProgressError:
    return RunInProgressError(
        f"`{held.command}` of {held.person} works in this warehouse since {held.started_at:%Y-%m-%d %H:%M:%S}"
        f" UTC (run {held.run_id}, process {held.pid} on {held.host})",
        fix=f"wait until it ends, or stop it on {held.host}: a dead run's lease ends with its sessions,"
        f" or {LEASE_SECONDS // 60} minutes after its last sign of life",
    )
