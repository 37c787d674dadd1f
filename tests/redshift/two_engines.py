"""The made-up bank on DuckDB and on Redshift's stand-in: files in three deliveries, every mart compared."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import duckdb
from tests.redshift.wide_bank import ordinary_login, target_entry

from fintech_accelerator.engines.publications import open_publications
from fintech_accelerator.pipeline.demo import SAMPLE_FOLDER, make_demo_project
from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.pipeline.run import run
from fintech_accelerator.ports import SampleBankSize
from fintech_accelerator.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from fintech_accelerator.pipeline.report import RunReport
    from fintech_accelerator.testing.standin import Database

PACKS = ("engagement", "fraud", "revenue", "segmentation")
CUSTOMERS = "FINTECH_TEST_EQUALITY_CUSTOMERS"
DAYS = "FINTECH_TEST_EQUALITY_DAYS"
MARTS = """
select table_schema, table_name
from information_schema.tables
where table_schema in ({schemas}) and table_name not like '%!_!_publication' escape '!'
order by 1, 2
"""
# What a bank's own tables say changes, too: holders move, accounts close, a suspicion turns out wrong.
CHANGES = {
    "customers": "select * replace ('CA' as residency_country, null as state_code) from files where {chosen}",
    "accounts": "select * replace ('closed' as status, balance_date as closed_date) from files"
    " where {chosen} and status = 'open' and balance_date is not null",
    "fraud_labels": "select * replace ('legit_confirmed' as label) from files where {chosen}",
}
KEYS = {"customers": "customer_id", "accounts": "account_id", "fraud_labels": "label_id"}
EVERY = 8  # so many rows of them, one changes
CHUNK = 5000
SHOWN = 3


@dataclass(frozen=True)
class Mart:
    """A published mart as its readers get it: names of columns, and a digest of every row."""

    columns: tuple[str, ...]
    rows: Counter[bytes]


@dataclass(frozen=True)
class TwoEngines:
    """One project with a target on DuckDB and one on the stand-in."""

    root: Path
    database: Database

    @property
    def settings(self) -> Settings:
        return load_settings(self.root)

    def go(self, target: str) -> RunReport:
        """A whole run on one of the targets."""
        return run(self.settings, target=target)

    def deliver(self, name: str) -> None:
        """Put the files of a delivery where the bank's sources look for them."""
        later = self.root / "later" / name
        for path in sorted(later.rglob("*.parquet")):
            path.replace(self.root / SAMPLE_FOLDER / path.relative_to(later))

    def on_duckdb(self) -> dict[str, Mart]:
        """Every published mart on DuckDB."""
        with self._publications() as connection:
            return _marts(connection)

    def on_standin(self) -> dict[str, Mart]:
        """Every published mart on the stand-in, read from the serving schemas through the driver."""
        connection = self.database.connect()
        try:
            return _marts(connection.cursor())
        finally:
            connection.close()

    def differences(self, second: dict[str, Mart]) -> dict[str, str]:
        """The marts of the stand-in that are not DuckDB's row by row, with some rows that only one has."""
        first = self.on_duckdb()
        found = dict.fromkeys(first.keys() ^ second.keys(), "only on one engine")
        for name in sorted(first.keys() & second.keys()):
            if first[name] != second[name]:
                found[name] = self._difference(name, first[name], second[name])
        return found

    def _publications(self) -> Any:
        folder = self.settings.workspace.publications / "dev"
        return open_publications(folder, include_restricted=True)

    def _difference(self, name: str, first: Mart, second: Mart) -> str:
        if first.columns != second.columns:
            return f"columns {first.columns} and {second.columns}"
        with self._publications() as connection:
            left = _rows_of(connection, name, first.rows - second.rows)
        connection = self.database.connect()
        right = _rows_of(connection.cursor(), name, second.rows - first.rows)
        connection.close()
        counts = f"{(first.rows - second.rows).total()} and {(second.rows - first.rows).total()} rows"
        pairs = [
            [(column, a, b) for column, a, b in zip(first.columns, *pair, strict=True) if repr(a) != repr(b)]
            for pair in zip(left, right, strict=False)
        ]
        return f"{counts} of {first.rows.total()} are of one engine only: {pairs or left or right}"


def two_engines(folder: Path, database: Database, buckets: Path, size: SampleBankSize) -> TwoEngines:
    """A made-up bank's project with all first-party packs and the first of three deliveries in place."""
    make_demo_project(folder, size, on_table=lambda _: None)
    with (folder / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(target_entry(database, buckets, name="standin", user=ordinary_login(database)))
    enable_packs(load_settings(folder), PACKS)
    _hold_back(folder)
    return TwoEngines(folder, database)


def wanted_size(*, customers: int, days: int) -> SampleBankSize:
    """The bank's size: what the environment asks for, else what is given."""
    environment: Mapping[str, str] = os.environ
    return SampleBankSize(
        customers=int(environment.get(CUSTOMERS, customers)), days=int(environment.get(DAYS, days)), seed=5
    )


def _hold_back(folder: Path) -> None:
    """Keep the last month for the second delivery; late, corrected and changed rows for the third."""
    landing = folder / SAMPLE_FOLDER
    for table in sorted(path for path in landing.iterdir() if path.is_dir() and path.name != "truth"):
        files = sorted(table.glob("*.parquet"))
        months = [path for path in files if len(path.stem) == len("2026-06")]
        later = {"new": months[-1:], "late": [path for path in files if path not in months]}
        for delivery, held in later.items():
            place = folder / "later" / delivery / table.name
            place.mkdir(parents=True)
            for path in held:
                path.rename(place / path.name)
    for table_name, query in CHANGES.items():
        _write_changed(landing / f"{table_name}.parquet", folder / "later" / "late", query)


def _write_changed(path: Path, folder: Path, query: str) -> None:
    """The same file with some rows changed: the others are exact duplicates."""
    key = KEYS[path.stem]
    chosen = f"hash({key}) % {EVERY} = 0"
    changed = query.format(chosen=chosen)
    with duckdb.connect() as connection:
        connection.execute(f"create view files as from '{path}'")
        connection.execute(
            f"copy ({changed} union all by name select * from files where {key} not in"
            f" (select {key} from ({changed}))) to '{folder / path.name}' (format parquet)"
        )


def _marts(cursor: Any) -> dict[str, Mart]:
    schemas = ", ".join(f"'{pack}', '{pack}_restricted'" for pack in PACKS)
    cursor.execute(MARTS.format(schemas=schemas))
    found = {}
    for schema, name in sorted((str(schema), str(name)) for schema, name in cursor.fetchall()):
        cursor.execute(f"select * from {schema}.{name}")
        columns = tuple(str(column[0]) for column in cursor.description)
        found[f"{schema}.{name}"] = Mart(columns, Counter(_digest(row) for row in _fetched(cursor)))
    return found


def _rows_of(cursor: Any, name: str, wanted: Counter[bytes]) -> list[tuple[Any, ...]]:
    cursor.execute(f"select * from {name}")
    return sorted((row for row in _fetched(cursor) if _digest(row) in wanted), key=repr)[:SHOWN]


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from map(tuple, rows)


def _digest(row: Iterable[Any]) -> bytes:
    """By what Python shows of each value: another type or another scale is a difference, too."""
    return blake2b(repr(row).encode(), digest_size=16).digest()
