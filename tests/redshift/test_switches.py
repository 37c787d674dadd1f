"""Switches under readers, lost connections and conflicts: no page is mixed, nothing is done twice."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.redshift.sessions import Fragile, ask, connecting, holder, login_of, tell

from fintech_accelerator.engines.redshift import connection as connections
from fintech_accelerator.engines.redshift.connection import (
    Asked,
    ConflictError,
    Connection,
    LostConnectionError,
    with_patience,
)
from fintech_accelerator.engines.redshift.lease import leased
from fintech_accelerator.engines.redshift.serving import switch
from fintech_accelerator.engines.redshift.session import RunSession
from fintech_accelerator.engines.redshift.slots import begin, passed, slot_schema
from fintech_accelerator.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing.standin import Database

MARTS = {"shop": ["shop__orders", "shop__totals"]}
SWITCHES = 12
RUN = "run-1"
# statements of a switch: the last ones before views, among views, and before the commit
PLACES = ("insert into ops.publications", "create or replace view", "commit")


@pytest.fixture
def shop(redshift_database: Database) -> Iterator[Database]:
    """A pack of two marts; the run holds the lease."""
    with leased(connecting(redshift_database), holder(RUN)):
        yield redshift_database


def build(database: Database, number: int) -> None:
    """Both marts in the spare slot, saying of which build they are."""
    with connecting(database)() as connection:
        slot = begin(connection, "shop", "content", through=0, run_id=RUN)
        schema = slot_schema("shop", slot)
        connection.execute(f"create schema if not exists {schema}")
        for name in MARTS["shop"]:
            connection.execute(f"create table {schema}.{name} as select cast({number} as integer) as build")
        passed(
            connection,
            "shop",
            "content",
            through=number,
            relations={"shop": set(MARTS["shop"])},
            run_id=RUN,
        )


def shown(database: Database) -> list[tuple[Any, ...]]:
    return ask(
        database,
        "select orders.build, totals.build, seen.publication_id from shop.shop__orders as orders"
        " cross join shop.shop__totals as totals cross join shop.shop__publication as seen",
    )


@dataclass
class Pages:
    """A reader that loads one page after the other: three queries, between two looks at the publication."""

    database: Database
    is_over: threading.Event = field(default_factory=threading.Event)
    whole: int = 0
    again: int = 0
    seen: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def read(self) -> None:
        try:
            with connecting(self.database, "reader")() as connection:
                while not self.is_over.is_set():
                    started = time.monotonic()
                    self._page(connection)
                    self.slowest = max(self.slowest, time.monotonic() - started)
        except Exception as fault:  # noqa: BLE001  (the test says what it was)
            self.faults.append(repr(fault))

    def _page(self, connection: Connection) -> None:
        before = connection.value("select publication_id from shop.shop__publication")
        orders = connection.value("select build from shop.shop__orders")
        totals = connection.value("select build from shop.shop__totals")
        if connection.value("select publication_id from shop.shop__publication") != before:
            self.again += 1
            return
        self.whole += 1
        self.seen.add(before)
        if not before == orders == totals:
            self.faults.append(f"publication {before} with builds {orders} and {totals}")


def test_no_page_fails_or_is_mixed_during_twelve_switches(shop: Database) -> None:
    build(shop, 1)
    switch(connecting(shop), "shop", MARTS, run_id=RUN)
    readers = [Pages(shop), Pages(shop)]
    threads = [threading.Thread(target=reader.read) for reader in readers]
    for thread in threads:
        thread.start()
    for number in range(2, SWITCHES + 2):
        build(shop, number)
        switch(connecting(shop), "shop", MARTS, run_id=RUN, milliseconds=500)
    for reader in readers:
        reader.is_over.set()
    for thread in threads:
        thread.join()

    assert [reader.faults for reader in readers] == [[], []]
    assert sum(reader.whole for reader in readers) > SWITCHES
    assert len(set.union(*(reader.seen for reader in readers))) > SWITCHES // 2
    assert shown(shop) == [(SWITCHES + 1, SWITCHES + 1, SWITCHES + 1)]


def test_a_long_reader_stalls_neither_the_others_nor_the_switch_for_good(shop: Database) -> None:
    build(shop, 1)
    switch(connecting(shop), "shop", MARTS, run_id=RUN)
    build(shop, 2)
    other = Pages(shop)
    thread = threading.Thread(target=other.read)
    with connecting(shop, "reader")() as long_reader:
        long_reader.execute("begin")
        long_reader.execute("select * from shop.shop__orders")
        thread.start()
        with pytest.raises(PublishError, match="built and checked, but not shown") as stalled:
            switch(connecting(shop), "shop", MARTS, run_id=RUN, milliseconds=300, attempts=3)
        assert long_reader.value("select build from shop.shop__orders") == 1
        other.is_over.set()
        thread.join()
    assert "nothing is built again" in stalled.value.fix
    assert other.faults == []
    assert other.slowest < 2  # a switch stalls them for 300 ms at a time
    assert other.whole > 1

    assert switch(connecting(shop), "shop", MARTS, run_id=RUN).publication_id == 2
    assert shown(shop) == [(2, 2, 2)]


@pytest.mark.parametrize("place", PLACES)
def test_a_switch_whose_session_is_ended_is_done_once(shop: Database, place: str) -> None:
    build(shop, 1)
    switch(connecting(shop), "shop", MARTS, run_id=RUN)
    build(shop, 2)
    fragile = Fragile(shop, place)

    done = switch(fragile, "shop", MARTS, run_id=RUN)

    assert (done.publication_id, done.previous_id, fragile.opened) == (2, 1, 2)
    assert shown(shop) == [(2, 2, 2)]
    assert ask(shop, "select count(*) from ops.publications") == [(2,)]


def test_a_switch_whose_answer_is_lost_is_not_done_again(shop: Database) -> None:
    build(shop, 1)
    fragile = Fragile(shop, "commit", is_after=True)

    done = switch(fragile, "shop", MARTS, run_id=RUN)

    assert (done.publication_id, done.previous_id, fragile.opened) == (1, None, 2)
    assert shown(shop) == [(1, 1, 1)]
    assert ask(shop, "select publication_id from ops.publications") == [(1,)]


def test_a_switch_asks_four_statements_a_view_and_four_more_at_most(shop: Database) -> None:
    for number in (1, 2):
        build(shop, number)
        asked = Asked()
        switch(lambda asked=asked: Connection(login_of(shop), asked), "shop", MARTS, run_id=RUN)  # type: ignore[misc]
        views = len(MARTS["shop"]) + 1  # and the one that tells of the publication
        assert asked.statements - 2 <= 4 * (views + 1)  # two are the session's own


def test_a_conflict_is_tried_again(redshift_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "FIRST_PAUSE", 0.01)
    tell(redshift_database, "create table public.counts (number integer)")
    tell(redshift_database, "insert into public.counts values (0)")
    attempts = []

    def add() -> None:
        attempts.append(1)
        with connecting(redshift_database)() as connection, connection.transaction():
            connection.execute("set transaction isolation level serializable")
            number = connection.value("select number from public.counts")
            if len(attempts) == 1:  # somebody else is quicker
                tell(redshift_database, "update public.counts set number = number + 10")
            connection.execute("update public.counts set number = ?", [number + 1])

    with_patience(add)

    assert len(attempts) == 2
    assert ask(redshift_database, "select number from public.counts") == [(11,)]


@pytest.mark.parametrize("failure", [LostConnectionError, ConflictError])
def test_patience_ends_and_its_pauses_grow(
    failure: Callable[..., Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(connections.time, "sleep", pauses.append)

    def attempt() -> None:
        raise failure("gone", fix="wait")

    with pytest.raises((LostConnectionError, ConflictError), match="gone"):
        with_patience(lambda: with_patience(attempt))  # one inside the other is not patient twice

    assert len(pauses) == connections.ATTEMPTS - 1
    assert all(0.25 * 2**number <= pause <= 0.5 * 2**number for number, pause in enumerate(pauses))


def test_a_runs_session_is_shared_and_another_one_when_it_is_lost(redshift_database: Database) -> None:
    asked = Asked()
    session = RunSession(lambda: Connection(login_of(redshift_database), asked), asked)
    number = "select pg_backend_pid()"
    with session.sharing():
        first = session.ask(lambda connection: connection.value(number))
        assert session.ask(lambda connection: connection.value(number)) == first
        assert asked.sessions == 1
        ask(redshift_database, f"select pg_terminate_backend({first})")
        assert session.ask(lambda connection: connection.value(number)) != first
    assert asked.sessions == 2
