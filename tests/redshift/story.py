"""One bank whose runs are held, killed and ended at the places where they wait for the warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of
from tests.redshift.sessions import ask, connecting, wait_for
from tests.redshift.wide_bank import let_in, on_duckdb, served, wide_bank

if TYPE_CHECKING:
    from fintech_accelerator.pipeline.report import RunReport
    from fintech_accelerator.testing.standin import Database, RedshiftStandin

# what a run waits for when a test holds it, and so where it is when it dies
PLACES = {
    "copy": "lock table raw_data.transactions",
    "dbt": "lock table core.transactions",
    "switch": "select * from tidy.tidy__daily_totals",
}
WAITING = (
    "select min(locks.pid) from pg_locks as locks inner join pg_stat_activity as sessions"
    " on sessions.pid = locks.pid where not locks.granted and sessions.datname = current_database()"
)


@dataclass
class Story:
    """One bank whose runs die again and again."""

    bank: SmallBank
    database: Database
    deliveries: int = 0
    asked_first: Mapping[str, Any] = field(default_factory=dict)  # of the warehouse, by the first run

    def deliver(self) -> None:
        """A new payment and a corrected one."""
        self.deliveries += 1
        rows = [
            f"n{self.deliveries},a1,2026-03-{self.deliveries:02d} 10:00:00,50.00,D",
            f"t010001,a1,2026-01-01 09:15:00,{self.deliveries}.75,D",
        ]
        self.bank.add(f"delivery-{self.deliveries}.csv", rows)

    def go(self) -> RunReport:
        return self.bank.go(target="wide")

    @contextmanager
    def held(self, place: str) -> Iterator[None]:
        """Nobody gets past this place."""
        with connecting(self.database, "test")() as connection:
            connection.execute("begin")
            connection.execute(PLACES[place])
            yield

    def somebody_waits(self) -> int:
        """The session that waits for what is held."""
        return int(wait_for(self.database, WAITING, seconds=240))

    def gone(self, session: int) -> None:
        """Wait until a session has ended."""
        wait_for(self.database, f"select 1 - count(*) from stv_sessions where process = {session}")

    def is_right(self) -> None:
        """Readers see what they see of DuckDB, and nothing is left over."""
        self.bank.go()
        alone = on_duckdb(self.bank, with_batch=False)  # DuckDB loads all deliveries since in one batch
        assert served(self.database, with_batch=False) == alone != {}
        assert (
            ask(self.database, "select relname from pg_class where relname like '%!_!_dbt!_%' escape '!'")
            == []
        )
        assert ask(self.database, "select count(*) from ops.run_lease") == [(0,)]


@pytest.fixture(scope="module")
def story(redshift_standin: RedshiftStandin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    database = redshift_standin.create_database()
    with pytest.MonkeyPatch.context() as patch:
        let_in(database, patch)
        folder = tmp_path_factory.mktemp("killed") / "bank"
        story = Story(wide_bank(folder, database, redshift_standin.buckets), database)
        first = story.go()
        assert pack_of(first).status == "published"
        story.asked_first = first.facts["warehouse"]
        yield story
    redshift_standin.drop_database(database.name)
