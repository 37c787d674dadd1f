"""Exact duplicates: rows that say of their key what its newest earlier version says already.

Few keys come twice, so those are found first, by a hash of the key; only their rows are compared, by two
64-bit hashes of all their columns. Should two keys share a hash, a duplicate may be loaded; none is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.ingest.reader import count
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb

    from fintech_accelerator.contract import Table

KNOWN = "ingest_known_keys"
GOOD = "ingest_good_keys"
REPEATED = "ingest_repeated_keys"
DUPLICATES = "ingest_duplicates"
NEWEST = 2_147_483_647  # the unit's own rows come after all that is loaded


class KnownKeys:
    """Hashes of the keys that raw has of a table, and where: kept while one load brings several units of it.

    They are written in the transactions of the rows, so that they are undone with them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, empty_tables: Collection[str]) -> None:
        self._connection = connection
        self._empty = set(empty_tables)
        self._kept: str | None = None  # the table whose keys KNOWN has, all of them

    def relation(self, table: Table, *, is_last: bool) -> str | None:
        """SQL for `key_hash`, `_batch_id` and `_load_order` of raw's rows; None where the table has none."""
        if self._kept == table.name:
            return KNOWN
        if table.name in self._empty:
            return None
        in_raw = f"(select {_key_hash(table)} as key_hash, _batch_id, _load_order from {_raw(table)})"
        if is_last:  # read once: not worth keeping
            return in_raw
        self._connection.execute(f"create or replace temp table {KNOWN} as from {in_raw}")
        self._kept = table.name
        return KNOWN

    def add(self, table: Table, *, batch_id: int, load_order: int, is_last: bool) -> None:
        """The good keys of the unit that was compared are in raw from now on."""
        self._empty.discard(table.name)
        if is_last:
            return
        if self._kept != table.name:
            self._connection.execute(
                f"create or replace temp table {KNOWN}"
                " (key_hash ubigint, _batch_id integer, _load_order integer)"
            )
            self._kept = table.name
        self._connection.execute(
            f"insert into {KNOWN} select key_hash, cast(? as integer), cast(? as integer) from {GOOD}",
            [batch_id, load_order],
        )

    def forget(self) -> None:
        """Keep nothing: the next unit is of another source, or the transaction that wrote is undone."""
        self._kept = None
        self._connection.execute(f"drop table if exists temp.{KNOWN}")


def find_duplicates(  # noqa: PLR0913  (what is compared with what)
    connection: duckdb.DuckDBPyConnection,
    known: KnownKeys,
    table: Table,
    rows: str,
    compared: Sequence[str],
    *,
    is_last: bool,
) -> int:
    """Fill the temporary table of duplicates' row numbers, and return how many there are.

    `rows` is SQL that gives the unit's good rows: `row_number` and the table's columns, typed;
    `compared` are the columns that must all be equal; the unit is the last of its source, or not.
    """
    connection.execute(
        f"create or replace temp table {GOOD} as select {_key_hash(table)} as key_hash from ({rows})"
    )
    connection.execute(
        f"create or replace temp table {REPEATED} as"
        " select key_hash, cast(null as integer) as _batch_id, cast(null as integer) as _load_order"
        f" from {GOOD} group by key_hash having count(*) > 1"
    )
    in_raw = known.relation(table, is_last=is_last)
    if in_raw is not None:
        connection.execute(
            f"insert into {REPEATED} select key_hash, _batch_id, _load_order from {in_raw}"
            f" where key_hash in (select key_hash from {GOOD})"
        )
    connection.execute(f"create or replace temp table {DUPLICATES} (row_number bigint)")
    if count(connection, REPEATED):
        _compare(connection, table, rows, compared)
    return count(connection, DUPLICATES)


def _compare(connection: duckdb.DuckDBPyConnection, table: Table, rows: str, compared: Sequence[str]) -> None:
    """Compare the rows of repeated keys, each with the version before it."""
    contents = _contents(table, compared)
    versions = (
        f"select key_hash, row_number, {NEWEST} as _batch_id, {NEWEST} as _load_order,"
        f" row_number as _row_number, {contents}"
        f" from (select *, {_key_hash(table)} as key_hash from ({rows}))"
        f" where key_hash in (select key_hash from {REPEATED})"
    )
    if count(connection, f"{REPEATED} where _batch_id is not null"):
        versions += (
            f" union all select {_key_hash(table)}, 0, _batch_id, _load_order, _row_number, {contents}"
            f" from {_raw(table)} where {_key_hash(table)} in (select key_hash from {REPEATED})"
            f" and {_within('_batch_id')} and {_within('_load_order')}"
        )
    connection.execute(
        f"insert into {DUPLICATES} select row_number from ("
        " select row_number, content = lag(content) over versions"
        f" and texts = lag(texts) over versions as is_duplicate from ({versions})"
        " window versions as (partition by key_hash order by _batch_id, _load_order, _row_number)"
        ") where is_duplicate and row_number > 0"
    )


def drop_temporary(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what was compared."""
    for name in (GOOD, REPEATED, DUPLICATES):
        connection.execute(f"drop table if exists temp.{name}")


def _within(column: str) -> str:
    """The engine leaves out what it stores of other loads: a table's rows lie in the order of loading."""
    return (
        f"{column} >= (select min({column}) from {REPEATED})"
        f" and {column} <= (select max({column}) from {REPEATED})"
    )


def _raw(table: Table) -> str:
    return f"{RAW_SCHEMA}.{quoted(table.name)}"


def _key_hash(table: Table) -> str:
    return f"hash({', '.join(quoted(name) for name in table.key)})"


def _contents(table: Table, compared: Sequence[str]) -> str:
    """Two hashes of a row: of its values, and of its texts written one after the other."""
    values = ", ".join(quoted(name) for name in compared)
    texts = ", ".join(
        f"coalesce({quoted(name)}, '')" for name in compared if table.column(name).type.startswith("varchar")
    )
    return f"hash({values}) as content, hash(concat_ws(chr(31), {texts})) as texts"
