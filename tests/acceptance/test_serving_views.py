"""Late-binding views under readers: what publishing stands on."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector
from tests.acceptance.conftest import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Principal

    from fintech_accelerator.testing.standin import Database

SWITCHES = 12
SUMS = {1: 30, 0: 66}  # of the amounts in the slots: publications with an odd number show slot_a


def switch(session: Session, number: int) -> None:
    """Show a slot and its number in one transaction, as publishing does."""
    slot = "slot_a" if number % 2 else "slot_b"
    session.do(
        f"""
        begin;
        create or replace view serving.payments as
        select customer_id, region, amount from {slot}.payments with no schema binding;
        create or replace view serving.publication as select cast({number} as bigint) as publication_id;
        commit
        """
    )


def read_pages(session: Session, pages: list[tuple[int, int, int]], done: threading.Event) -> None:
    """A page asks which publication it reads, reads, and asks again."""
    while not done.is_set():
        [(before,)] = session.rows("select publication_id from serving.publication")
        [(total,)] = session.rows("select sum(amount) from serving.payments")
        [(after,)] = session.rows("select publication_id from serving.publication")
        pages.append((before, int(total), after))


def test_readers_see_no_error_and_no_mixed_page_while_views_are_switched(
    administrator: Session, redshift_database: Database
) -> None:
    switch(administrator, 1)
    pages: list[tuple[int, int, int]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        with closing(redshift_database.connect()) as connection:
            connection.autocommit = True
            try:
                read_pages(Session(connection), pages, done)
            except redshift_connector.Error as cause:
                failures.append(cause)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, SWITCHES + 2):
        switch(administrator, number)
        while not failures and (number,) not in {page[:1] for page in pages[-2:]}:  # each one is read
            done.wait(0.01)
    done.set()
    for reader in readers:
        reader.join()

    whole = [page for page in pages if page[0] == page[2]]
    assert failures == []
    assert [page for page in whole if page[1] != SUMS[page[0] % 2]] == []
    assert {page[0] for page in whole} >= set(range(2, SWITCHES + 2))


def test_a_switch_that_is_rolled_back_changes_nothing(administrator: Session) -> None:
    administrator.do(
        """
        begin;
        create or replace view serving.payments as
        select customer_id, region, amount from slot_b.payments with no schema binding;
        rollback
        """
    )

    assert administrator.rows("select sum(amount) from serving.payments") == [(30,)]


def test_a_served_view_outlives_the_table_under_it(administrator: Session) -> None:
    administrator.do("drop table slot_a.payments")
    administrator.do("create table slot_a.payments as select * from slot_b.payments")

    assert administrator.rows("select count(*) from serving.payments") == [(3,)]


def test_replacing_keeps_the_rights_and_changing_columns_is_refused(
    administrator: Session,
    principals: Callable[[str], Principal],
    reading_as: Callable[[Principal, str], list[tuple[Any, ...]]],
) -> None:
    reader = principals("user")
    administrator.do(f"grant usage on schema serving to {reader.name}")
    administrator.do(f"grant select on serving.payments to {reader.name}")

    switch(administrator, 2)

    assert reading_as(reader, "select sum(amount) from serving.payments") == [(66,)]
    with pytest.raises(redshift_connector.Error):
        administrator.do(
            "create or replace view serving.payments as"
            " select region from slot_a.payments with no schema binding"
        )


def test_a_switch_that_waits_for_a_reader_times_out_with_its_own_code(
    administrator: Session, redshift_database: Database
) -> None:
    with closing(redshift_database.connect()) as connection:
        reader = Session(connection)  # autocommit is off: the lock lasts as long as the transaction
        assert reader.rows("select count(*) from serving.payments") == [(2,)]
        with pytest.raises(redshift_connector.Error) as failure:
            administrator.do("set statement_timeout to 300; drop view serving.payments")

    assert failure.value.args[0]["C"] == "57014"
    administrator.do("set statement_timeout to 0; drop view serving.payments")
