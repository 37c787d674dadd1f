"""DuckDB as an engine: one file, one dbt target, a scratch file for proofs."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.duckdb import catalogue, open_warehouse, profile
from fintech_accelerator.engines.engine import WarehouseObject
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.settings import DuckDbTarget

BUILD = "build"
PROOF = "proof"
OBJECTS = """
with found as (
    select database_name, internal, 'table' as kind, schema_name, table_name as name, sql from duckdb_tables()
    union all
    select database_name, internal, 'view', schema_name, view_name, sql from duckdb_views()
    union all
    select database_name, internal, 'schema', schema_name, schema_name, '' from duckdb_schemas()
    union all
    select database_name, internal, 'macro', schema_name, function_name, macro_definition
    from duckdb_functions()
    union all
    select database_name, internal, 'type', schema_name, type_name, '' from duckdb_types()
    union all
    select database_name, false, 'sequence', schema_name, sequence_name, '' from duckdb_sequences()
    union all
    select database_name, false, 'index', schema_name, index_name, sql from duckdb_indexes()
)

select distinct kind, schema_name, name, coalesce(sql, '')
from found
where database_name = current_database() and not internal
"""


@dataclass(frozen=True)
class DuckDbEngine:
    """A warehouse in one file."""

    path: Path
    target: DuckDbTarget
    dialect = "duckdb"
    query_comment = ""  # nobody keeps a history
    build_targets = (BUILD,)
    proof_target = PROOF

    @property
    def is_there(self) -> bool:
        return self.path.is_file()

    def outputs(self, *, temporary: Path, scratch: Path) -> dict[str, dict[str, Any]]:
        return {
            BUILD: profile(self.path, self.target, temporary=temporary),
            PROOF: profile(scratch / self.path.name, self.target, temporary=temporary),
        }

    @contextmanager
    def lent_to_dbt(self, *, connects: bool) -> Iterator[Mapping[str, str]]:  # noqa: ARG002
        try:
            yield {}
        finally:
            _let_go()

    def schema_in(self, schema: str, target: str) -> str:  # noqa: ARG002  (one file is one place)
        return schema

    def reading(self) -> duckdb.DuckDBPyConnection:
        return open_warehouse(self.path, read_only=True)

    def catalogue(self) -> frozenset[Place]:
        with open_warehouse(self.path, read_only=True) as connection:
            return catalogue(connection)

    def objects(self) -> frozenset[WarehouseObject]:
        with open_warehouse(self.path, read_only=True) as connection:
            return frozenset(
                WarehouseObject(*map(str, row)) for row in connection.execute(OBJECTS).fetchall()
            )

    def row_counts(self, places: Iterable[Place]) -> dict[Place, int]:
        with open_warehouse(self.path, read_only=True) as connection:
            there = catalogue(connection)
            return {
                place: int(connection.execute(f"select count(*) from {_name(place)}").fetchall()[0][0])
                for place in places
                if place in there
            }

    def pretend(self, scratch: Path, relations: Mapping[Place, Sequence[str]]) -> None:
        with open_warehouse(scratch / self.path.name) as connection:
            for place, columns in relations.items():
                listed = ", ".join(f"{quoted(column)} varchar" for column in columns or ("nothing",))
                connection.execute(f"create schema if not exists {quoted(place[0])}")
                connection.execute(f"create table if not exists {_name(place)} ({listed})")

    def forget_pretended(self, scratch: Path) -> None:
        shutil.rmtree(scratch, ignore_errors=True)

    def note_statement(self) -> None:
        """Nothing goes over a wire."""


def _let_go() -> None:
    """dbt keeps the file open after it is done."""
    import gc

    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV  # noqa: SLF001  (close_all_connections only forgets it)
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
    gc.collect(0)


def _name(place: Place) -> str:
    return f"{quoted(place[0])}.{quoted(place[1])}"
