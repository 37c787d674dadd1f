"""Publishing: what readers see is what was built, and only what changed is written."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator.engines.publications import (
    MartToPublish,
    PublishedColumn,
    current,
    open_publications,
    publish,
    read_manifest,
    verify,
)
from fintech_accelerator.errors import IntegrityError, PublishError

if TYPE_CHECKING:
    from conftest import Store

NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_readers_see_what_was_built(store: Store) -> None:
    publication = store.publish()

    assert publication.publication_id == 1
    assert store.files(publication) == MONTHS
    assert store.files(publication, "fraud__daily") == MONTHS
    for mart in ("fraud.fraud__payments", "fraud.fraud__daily", "fraud_restricted.fraud__cases"):
        assert store.published(mart) == store.built(mart)


def test_a_publication_says_what_it_holds(store: Store) -> None:
    publication = store.publish(facts={"gate": {"status": "passed"}, "through_batch": 3})

    manifest = read_manifest(store.folder, "fraud", 1)
    payments = next(mart for mart in manifest.marts if mart.name == "fraud__payments")
    assert manifest.facts == {"gate": {"status": "passed"}, "through_batch": 3}
    assert manifest.published_at == "2026-11-01T06:00:00+00:00"
    assert (payments.rows, payments.newest) == (3000, "2026-04-29 23:02:52")
    assert payments.columns[0] == PublishedColumn("payment_id", "BIGINT", "P1", "the payment_id")
    assert payments.bytes == sum(path.stat().st_size for path in (publication.path / payments.name).iterdir())
    assert publication.marts[0].bytes == payments.bytes


def test_an_unchanged_pack_gets_a_new_number_and_no_new_bytes(store: Store) -> None:
    first = store.publish()
    store.connection.execute(
        "create or replace table fraud.fraud__payments as from fraud.fraud__payments order by hash(paid_at)"
    )
    second = store.publish()

    assert second.publication_id == 2
    assert [mart.files_written for mart in second.marts] == [0, 0, 0]
    for month in MONTHS:
        one, two = (each.path / "fraud__payments" / f"{month}.parquet" for each in (first, second))
        assert one.samefile(two)


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("update fraud.fraud__payments set customer_id = 99 where payment_id = 0", 1),
        ("update fraud.fraud__payments set customer_id = null where payment_id = 0", 1),
        ("delete from fraud.fraud__payments where payment_id = 2999", 1),
        ("insert into fraud.fraud__payments from fraud.fraud__payments where payment_id in (5, 6)", 1),
        # two rows change places in one column: every value is still there as often as before
        (
            "update fraud.fraud__payments set customer_id = 1 - customer_id where payment_id in (0, 1)",
            1,
        ),
        # two columns change places in one row
        ("update fraud.fraud__payments set (payment_id, customer_id) = (customer_id, payment_id)", 4),
        ("update fraud.fraud__payments set paid_at = paid_at + interval 60 day where payment_id = 0", 2),
        ("update fraud.fraud__payments set paid_at = null where payment_id = 2999", 2),
        ("update fraud.fraud__payments set customer_id = customer_id", 0),
    ],
)
def test_only_months_whose_rows_changed_are_written(store: Store, sql: str, written: int) -> None:
    store.publish()
    store.connection.execute(sql)

    assert store.written(store.publish()) == written
    assert store.published() == store.built()


def test_a_month_that_lost_all_its_rows_is_gone(store: Store) -> None:
    store.publish()
    store.connection.execute("delete from fraud.fraud__payments where paid_at < timestamp '2026-02-01'")

    assert store.files(store.publish()) == MONTHS[1:]
    assert store.published() == store.built()


def test_many_rows_summed_by_several_threads_give_the_same_hash(store: Store) -> None:
    store.connection.execute("set threads = 4")
    for _ in range(4):
        store.module.build(store.connection, 1, rows=400_000)
        last = store.publish()

    assert store.written(last) == 0


@pytest.mark.parametrize(
    ("value", "file"),
    [
        ("null", "undated"),
        ("timestamp 'infinity'", "undated"),
        ("timestamp '-infinity'", "undated"),
        ("timestamp '0044-03-15 (BC) 12:00:00'", "undated"),
        ("timestamp '12026-01-01'", "undated"),
        ("timestamp '9999-12-31 23:59:59.999999'", "9999-12"),
        ("timestamp '0001-01-01'", "0001-01"),
        ("timestamp '1969-12-31 23:59:59.999999'", "1969-12"),
    ],
)
def test_rows_of_any_time_or_none_are_kept(store: Store, value: str, file: str) -> None:
    store.connection.execute(f"update fraud.fraud__payments set paid_at = {value} where payment_id < 10")

    assert set(store.files(store.publish())) == {*MONTHS, file}
    assert store.published() == store.built()


@pytest.mark.parametrize(("time_column", "newest"), [(None, None), ("month", "2026-04"), ("generation", "1")])
def test_without_dates_to_divide_by_a_mart_is_one_file(
    store: Store, time_column: str | None, newest: str | None
) -> None:
    store.connection.execute(
        "create or replace table fraud.fraud__payments as"
        " select *, strftime(paid_at, '%Y-%m') as month from fraud.fraud__payments"
    )
    payments, *others = store.module.marts(store.connection)
    publication = store.publish(marts=[replace(payments, time_column=time_column), *others])

    assert store.files(publication) == ["all"]
    assert publication.marts[0].newest == newest
    assert store.published() == store.built()


def test_an_empty_mart_is_there_with_its_columns(store: Store) -> None:
    store.connection.execute("delete from fraud.fraud__payments")
    store.publish()

    with open_publications(store.folder) as reader:
        found = reader.execute("describe fraud.fraud__payments").fetchall()
    assert [row[0] for row in found] == ["payment_id", "customer_id", "paid_at", "generation"]
    assert store.published() == []


@pytest.mark.parametrize(
    "sql",
    [
        "alter table fraud.fraud__payments add column channel varchar default 'card'",
        "alter table fraud.fraud__payments drop column customer_id",
        "alter table fraud.fraud__payments alter column generation type varchar",
        "alter table fraud.fraud__payments rename column customer_id to party_id",
    ],
)
def test_changed_columns_come_out_in_every_month(store: Store, sql: str) -> None:
    store.publish()
    store.connection.execute(sql)

    assert store.written(store.publish()) == len(MONTHS)
    assert store.published() == store.built()


def test_a_mart_that_the_pack_no_longer_has_is_not_in_the_next_publication(store: Store) -> None:
    store.publish()
    store.publish(marts=store.module.marts(store.connection)[1:])

    with open_publications(store.folder) as reader, pytest.raises(duckdb.CatalogException):
        reader.execute("from fraud.fraud__payments")


def test_where_links_are_not_possible_files_are_copied(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*paths: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link", str(paths[0]))

    first = store.publish()
    monkeypatch.setattr(os, "link", no_links)
    second = store.publish()

    one, two = (each.path / "fraud__payments" / "2026-01.parquet" for each in (first, second))
    assert one.read_bytes() == two.read_bytes()
    assert not one.samefile(two)
    assert verify(store.folder, "fraud", 2) == 9


def test_a_file_that_was_damaged_is_not_linked_again(store: Store) -> None:
    first = store.publish()
    damaged = first.path / "fraud__payments" / "2026-01.parquet"
    damaged.chmod(0o644)
    os.truncate(damaged, 100)
    (first.path / "fraud__payments" / "2026-02.parquet").unlink()

    assert store.written(store.publish()) == 2
    assert store.published() == store.built()


def test_after_a_damaged_manifest_everything_is_written_again(store: Store) -> None:
    first = store.publish()
    (first.path / "manifest.json").write_text('{"marts": ')

    with pytest.raises(IntegrityError, match=r"manifest\.json is not a publication's manifest"):
        read_manifest(store.folder, "fraud", 1)
    assert store.written(store.publish()) == len(MONTHS)
    assert store.published() == store.built()


def test_a_folder_may_have_any_name(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "O'Brien [a-z]*?" / "year=2026" / "prod"
    publish(store.connection, folder, "fraud", store.module.marts(store.connection), {}, now=NOW)

    with open_publications(folder) as reader:
        found = reader.execute("from fraud.fraud__payments order by all").fetchall()
    assert found == store.connection.execute("from fraud.fraud__payments order by all").fetchall()


def test_a_column_that_nobody_classified_is_not_published(store: Store) -> None:
    store.publish()
    before = store.published()
    marts = store.module.marts(store.connection)
    store.connection.execute("alter table fraud.fraud__daily add column surname varchar")

    with pytest.raises(PublishError, match="'surname', which nobody has described") as caught:
        store.publish(marts=marts)
    assert "P0 to P3" in caught.value.fix
    assert store.published() == before
    assert sorted(path.name for path in (store.folder / "fraud").iterdir()) == ["1"]


def test_a_type_that_parquet_would_round_is_refused(store: Store) -> None:
    store.connection.execute(
        "create or replace table fraud.fraud__daily as"
        " select paid_date, sum(payments) as payments, 1 as generation from fraud.fraud__daily group by 1"
    )

    with pytest.raises(PublishError, match=r"fraud__daily\.payments is HUGEINT") as caught:
        store.publish()
    assert "cast 'payments'" in caught.value.fix
    assert current(store.folder) == {}


def test_published_files_are_not_written_by_accident(store: Store) -> None:
    publication = store.publish()

    for file in publication.path.rglob("*.parquet"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o222 == 0


def test_a_mart_that_was_not_built_is_named(store: Store) -> None:
    column = PublishedColumn("a", "BIGINT", "P0", "")
    missing = MartToPublish("fraud", "fraud__never_built", None, (column,))

    with pytest.raises(PublishError, match=r"no relation fraud\.fraud__never_built"):
        store.publish(marts=[missing])


def test_a_time_column_that_does_not_exist_is_named(store: Store) -> None:
    payments, *_ = store.module.marts(store.connection)

    with pytest.raises(PublishError, match="no column 'event_ts'"):
        store.publish(marts=[replace(payments, time_column="event_ts")])


def test_a_warehouse_that_is_open_read_only_can_be_published(store: Store, tmp_path: Path) -> None:
    marts = store.module.marts(store.connection)
    store.connection.close()

    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        publish(connection, store.folder, "fraud", marts, {}, now=NOW)
    assert current(store.folder) == {"fraud": (1,)}
