"""DuckDB: opening the warehouse, the walls around packs' SQL, and errors in the product's words."""

from __future__ import annotations

import errno
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.schemas import CORE_SCHEMAS, served_schemas
from fintech_accelerator.errors import (
    DiskFullError,
    EnvironmentFailure,
    FintechError,
    IntegrityError,
    RunInProgressError,
)
from fintech_accelerator.sql_text import quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb

    from fintech_accelerator.settings import DuckDbTarget

NO_SPACE = re.compile(
    r"no space left|disk full|max_temp_directory_size|failed to write.*space", re.IGNORECASE
)
LOCKED = re.compile(r"could not set lock on file|conflicting lock is held", re.IGNORECASE)
HOLDER = re.compile(r"\(PID (\d+)\)")
OPEN_HERE = re.compile(r"same database file with a different configuration", re.IGNORECASE)
OUT_OF_MEMORY = re.compile(r"out of memory", re.IGNORECASE)

# Every connection has this. DuckDB 2.0.1's optimizer `projection_pullup` loses rows: an aggregate over a left
# join whose right side is known to be empty, filtered afterwards, gives none. A test says when this can go.
ENGINE_CONFIGURATION = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "disabled_optimizers": "projection_pullup",
}
OPERATIONS = """
create schema if not exists ops;
create table if not exists ops.pack_slots (
    pack varchar not null, content_hash varchar, through_batch integer, changed_at timestamp
);
create table if not exists ops.parameter_values (
    pack varchar, name varchar, value varchar, effective_from date, effective_to date
);
create table if not exists ops.warehouse (warehouse_id varchar not null, created_at timestamp not null);
insert into ops.warehouse
select cast(uuid() as varchar), now() at time zone 'UTC' where not exists (select 1 from ops.warehouse);
create table if not exists ops.loaded_units (
    unit_id varchar not null, table_name varchar not null, batch_id integer not null,
    load_order integer not null, source_name varchar, file_names varchar, file_hashes varchar,
    rows_in bigint not null, rows_loaded bigint not null, rows_quarantined bigint not null,
    rows_duplicate bigint not null, loaded_at timestamp not null
);
"""


def open_warehouse(
    path: Path,
    *,
    read_only: bool = False,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open the warehouse's file. Raises RunInProgressError when another process holds it."""
    import duckdb

    config: dict[str, Any] = dict(ENGINE_CONFIGURATION)
    if memory_limit:
        config["memory_limit"] = memory_limit
    if threads:
        config["threads"] = threads
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(str(path), read_only=read_only, config=config)
    except (duckdb.Error, OSError) as cause:
        raise translate_duckdb_error(cause, doing="opening the warehouse", path=path) from cause


def walls(target: DuckDbTarget, *, temporary: Path) -> dict[str, Any]:
    """The configuration under which packs' SQL runs: no files, network or extensions; locked."""
    options: dict[str, Any] = {
        "enable_external_access": "false",
        **ENGINE_CONFIGURATION,
        "memory_limit": target.memory_limit,
        "temp_directory": str(temporary),
        "lock_configuration": "true",
    }
    if target.threads:
        options["threads"] = target.threads
    return options


def profile(path: Path, target: DuckDbTarget, *, temporary: Path) -> dict[str, Any]:
    """One output of dbt's profile. The walls stand in `config_options`; `settings` would be set again."""
    return {
        "type": "duckdb",
        "path": str(path),
        "schema": "main",
        "threads": 1,  # dbt's own work holds Python's lock; DuckDB uses all cores for one statement
        "config_options": walls(target, temporary=temporary),
    }


def prepare_operations(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of schema `ops`, if they are missing, and give a new warehouse its identity."""
    connection.execute(OPERATIONS)


def write_slots(
    connection: duckdb.DuckDBPyConnection, slots: Iterable[Sequence[Any]], periods: Iterable[Sequence[Any]]
) -> None:
    """Tell models through which batch each pack is built, and the dated parameters: both or neither."""
    connection.execute("begin")
    connection.execute("delete from ops.pack_slots")
    connection.execute("delete from ops.parameter_values")
    for row in slots:
        connection.execute("insert into ops.pack_slots values (?, ?, ?, ?)", row)
    for row in periods:
        connection.execute("insert into ops.parameter_values values (?, ?, ?, ?, ?)", row)
    connection.execute("commit")


def forget_slot(connection: duckdb.DuckDBPyConnection, pack: str) -> None:
    """Take out what models are told of a pack."""
    connection.execute("delete from ops.pack_slots where pack = ?", [pack])
    connection.execute("delete from ops.parameter_values where pack = ?", [pack])


def catalogue(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Every table and view of the warehouse as (schema, name)."""
    rows = connection.execute(
        "select table_schema, table_name from information_schema.tables"
        " where table_catalog = current_database()"
    ).fetchall()
    return frozenset((str(schema), str(name)) for schema, name in rows)


def warehouse_id(connection: duckdb.DuckDBPyConnection) -> str:
    """The identity that a warehouse got when it was made. Raises IntegrityError for a file without one."""
    import duckdb

    try:
        row = connection.execute("select warehouse_id from ops.warehouse").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None:
        raise IntegrityError(
            "the file is no warehouse of this product: it does not say which one it is",
            fix="give the target another path in fintech.toml, or move the file away; a run makes a new one",
        )
    return str(row[0])


def drop_pack_relations(connection: duckdb.DuckDBPyConnection, pack: str) -> tuple[str, ...]:
    """Drop what a pack built and its schemas, and nothing else; returns what was dropped.

    A relation without the pack's prefix is somebody else's: it and its schema stay.
    """
    import duckdb

    own = re.compile(rf"(stg_|int_)?{re.escape(pack)}__")
    schemas = served_schemas(pack)
    rows = connection.execute(
        "select table_schema, table_name, table_type from information_schema.tables"
        " where table_catalog = current_database() and table_schema in (?, ?)"
        " order by table_schema, table_name",
        list(schemas),
    ).fetchall()
    dropped = []
    for schema, name, kind in sorted(rows, key=lambda row: row[2] != "VIEW"):
        if own.match(name):
            what = "view" if kind == "VIEW" else "table"
            connection.execute(f"drop {what} if exists {quoted(schema)}.{quoted(name)}")
            dropped.append(f"{schema}.{name}")
    left = {schema for schema, _ in catalogue(connection)}
    for schema in schemas:
        if schema not in left:
            with suppress(duckdb.DependencyException):  # what else lies in it, a macro or type, is not ours
                connection.execute(f"drop schema if exists {quoted(schema)}")
    return tuple(sorted(dropped))


def drop_core_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop everything that the core builds, so that it is built from nothing; what was loaded stays."""
    for schema in CORE_SCHEMAS:
        connection.execute(f"drop schema if exists {quoted(schema)} cascade")


def is_of_the_machine(text: str) -> bool:
    """Whether a message blames the machine (space, memory, a lock), and not what was asked of it."""
    return any(pattern.search(text) for pattern in (NO_SPACE, LOCKED, OPEN_HERE, OUT_OF_MEMORY))


def translate_duckdb_error(cause: BaseException, *, doing: str, path: Path | None = None) -> FintechError:
    """The expected failure behind what DuckDB or the system raised while `doing` something."""
    text = str(cause)
    where = f" {path}" if path else ""
    if (isinstance(cause, OSError) and cause.errno == errno.ENOSPC) or NO_SPACE.search(text):
        return DiskFullError(
            f"the disk is full ({doing}{where})",
            fix="free some space and run again; what was finished before is kept, nothing is half done",
        )
    if LOCKED.search(text):
        holder = HOLDER.search(text)
        who = f"process {holder[1]}" if holder else "another process"
        return RunInProgressError(
            f"{who} has the warehouse{where} open ({doing})",
            fix="wait until it ends, or close the program that has the file open, then try again",
        )
    if OPEN_HERE.search(text):
        return RunInProgressError(
            f"the warehouse{where} is open in this process with another configuration ({doing})",
            fix="close that connection first",
        )
    if OUT_OF_MEMORY.search(text):
        return EnvironmentFailure(
            f"the memory limit was reached ({doing}): {shortened(text)}",
            fix="raise memory_limit of the target in fintech.toml",
        )
    return EnvironmentFailure(
        f"{doing}{where} failed: {shortened(text)}", fix="see the reason, then try again"
    )
