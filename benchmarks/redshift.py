"""What our code adds to each statement on the Redshift path, measured on the stand-in; prints a table.

`python -m benchmarks.redshift`. Both ways take turns in one process, so that both meet the same load. Seconds
of a processor are those of the thread that asks: the stand-in's are not in them. Nothing is asserted.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.redshift.connection import Connection
from fintech_accelerator.engines.redshift.dbt_sessions import dbt_sessions
from fintech_accelerator.engines.redshift.login import Login
from fintech_accelerator.ports import Credentials
from fintech_accelerator.testing.standin import RedshiftStandin

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing.standin import Database

TIMES = 1000
SESSIONS = 50
NODES = 20
ROUNDS = 3
PLAIN, BOUND = "select 1", ("select cast(? as integer) + cast(? as integer)", (1, 2))
QUIET = ("--quiet", "--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats")


@dataclass
class Taken:
    """Seconds on the clock and of a processor, one of each for every time."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self, step: Callable[[], object]) -> None:
        """Do a step once more."""
        clock, processor = time.perf_counter(), time.thread_time()
        step()
        self.processor.append(time.thread_time() - processor)
        self.clock.append(time.perf_counter() - clock)

    def __str__(self) -> str:
        """Medians in milliseconds, as two cells."""
        return " | ".join(f"{statistics.median(each) * 1000:.3f}" for each in (self.clock, self.processor))


def compare(name: str, ways: dict[str, Callable[[], object]], times: int) -> None:
    """Take each way in turn, and print a line of the table for each."""
    taken = {way: Taken() for way in ways}
    for _ in range(times):
        for way, step in ways.items():
            taken[way].time(step)
    for way, each in taken.items():
        print(f"| {name} | {way} | {each} |")


def statements(login: Login) -> None:
    """One statement by the driver alone, and through our connection."""
    import redshift_connector

    with closing(redshift_connector.connect(**login.connect_arguments())) as raw, Connection(login) as ours:
        raw.autocommit = True

        def by_driver(sql: str, values: tuple[int, ...] = ()) -> None:
            cursor = raw.cursor()
            cursor.paramstyle = "qmark"
            cursor.execute(sql, values) if values else cursor.execute(sql)
            cursor.fetchall()

        driver, own = "driver alone", "our connection"
        compare("a statement", {driver: lambda: by_driver(PLAIN), own: lambda: ours.rows(PLAIN)}, TIMES)
        compare(
            "a statement with two values",
            {driver: lambda: by_driver(*BOUND), own: lambda: ours.rows(*BOUND)},
            TIMES,
        )
    sessions = {
        "driver alone": lambda: redshift_connector.connect(**login.connect_arguments()).close(),
        "our connection": lambda: Connection(login).close(),
    }
    compare("opening and closing a session", sessions, SESSIONS)


def nodes(database: Database, login: Login) -> None:
    """Tables of one row: by the driver, by dbt, and by dbt in our sessions; the time of each node."""
    from dbt.cli.main import dbtRunner

    taken: dict[str, list[float]] = {"dbt": [], "dbt in our sessions": []}
    sent: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        _project(Path(folder), database)
        arguments = ["run", *QUIET, "--project-dir", folder, "--profiles-dir", folder, "--threads", "1"]
        for _ in range(ROUNDS):
            for way, lent in (("dbt", nullcontext()), ("dbt in our sessions", dbt_sessions(login))):
                before = len(database.statements)
                with lent:
                    done = dbtRunner().invoke(arguments)
                if not done.success:
                    raise RuntimeError("dbt failed on the stand-in") from done.exception
                taken[way] += [each.execution_time for each in done.result]
                sent[way] = len(database.statements) - before
    bare = Taken()
    with Connection(login) as connection:
        for number in range(NODES):
            sql = f"create table public.bare_{number} as select {number} as number"
            bare.time(lambda sql=sql: connection.execute(sql))  # type: ignore[misc]
    print(f"| a table of one row | the statement alone | {bare} |")
    for way, seconds in taken.items():
        each = f"{sent[way] / NODES:.1f} statements"
        print(f"| a table of one row | {way}, {each} | {statistics.median(seconds) * 1000:.3f} | |")


def _project(folder: Path, database: Database) -> None:
    (folder / "models").mkdir()
    project: dict[str, Any] = {"name": "nodes", "profile": "nodes"}
    (folder / "dbt_project.yml").write_text(json.dumps(project), encoding="utf-8")
    profile = json.dumps(database.profile("nodes", schema="nodes"))
    (folder / "profiles.yml").write_text(profile, encoding="utf-8")
    for number in range(NODES):
        model = "{{ config(materialized='table') }}\nselect " + f"{number} as number\n"
        (folder / "models" / f"node_{number}.sql").write_text(model, encoding="utf-8")


def main() -> None:
    """Measure, and print the table."""
    with RedshiftStandin() as standin:
        database = standin.create_database()
        credentials = Credentials(database.user, database.password)
        login = Login(database.host, database.port, database.name, credentials, sslmode=database.sslmode)
        print("| what | how | ms on the clock | ms of a processor |\n|---|---|---|---|")
        statements(login)
        nodes(database, login)


if __name__ == "__main__":
    main()
