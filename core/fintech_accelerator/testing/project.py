"""A small project in a folder: rows go into raw_data as batches, packs are rendered and built."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.composition import Composition, compose
from fintech_accelerator.compose.render import DbtProject, render
from fintech_accelerator.compose.runner import DbtRunner, ModelResult
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.engines.duckdb import drop_pack_relations, open_warehouse, write_slots
from fintech_accelerator.ingest import prepare_raw
from fintech_accelerator.packs.changes import enable
from fintech_accelerator.pipeline.slots import period_rows, slot_rows
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from fintech_accelerator.settings import Settings

FIRST_LOAD = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TECHNICAL = ("_batch_id", "_file_id", "_row_number", "_loaded_at", "_load_order")


@dataclass
class ComposedProject:
    """A project whose packs are built. `connection` reads the warehouse until the next `run`."""

    settings: Settings
    composition: Composition
    dbt: DbtProject
    results: tuple[ModelResult, ...] = ()
    batches: int = 0
    through: dict[str, int] = field(default_factory=dict)
    _connection: duckdb.DuckDBPyConnection | None = None

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection that only reads."""
        if self._connection is None:
            self._connection = open_warehouse(self.composition.warehouse, read_only=True)
        return self._connection

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, or of a relation such as 'fraud.fraud__kpi_daily', as dictionaries."""
        text = query if " " in query.strip() else f"select * from {query}"
        cursor = self.connection.execute(text)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> ComposedProject:
        """Load rows as one more batch and build what they touch. Raises what failed."""
        self.close()
        with open_warehouse(self.composition.warehouse) as connection:
            _load(connection, self.composition, rows or {}, self.batches + 1)
            self.batches += 1
            slots = slot_rows(self.composition, self.through, now=FIRST_LOAD)
            write_slots(connection, slots, period_rows(self.composition))
        runner = DbtRunner(self.dbt)
        packs = [f"package:{pack.name}" for pack in self.composition.packs]
        self.results = runner.run(["package:core", *packs])
        failed = [each.error for each in self.results if each.error is not None]
        if failed:
            raise failed[0]
        self.through = dict.fromkeys(("core", *self.composition.selected), self.batches)
        return self

    def rebuild(self) -> ComposedProject:
        """Drop what the packs built and build it from nothing, to compare with what increments gave."""
        self.close()
        with open_warehouse(self.composition.warehouse) as connection:
            for pack in self.composition.packs:
                drop_pack_relations(connection, pack.name)
        self.through = {}
        return self.run({})

    def close(self) -> None:
        """Let go of the warehouse."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def composed_project(  # noqa: PLR0913  (the facts of a small bank, all with defaults)
    folder: Path,
    packs: Iterable[str],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    pack_folders: Iterable[Path] = (),
    base_currency: str = "USD",
    time_zone: str = "America/New_York",
    mapped: Mapping[str, Iterable[str]] | None = None,
) -> ComposedProject:
    """Enable packs in a new project in `folder`, load the rows (table -> rows) and build.

    A table is mapped when rows of it are given, with the columns that occur in them; `mapped` says otherwise.
    `parameters` are the bank's values by pack. Raises FintechError for whatever is refused or fails.
    """
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.settings import load_settings

    folder.mkdir(parents=True, exist_ok=True)
    _write_settings(
        folder,
        {"name": "test bank", "base_currency": base_currency, "time_zone": time_zone},
        [str(path) for path in pack_folders],
        parameters or {},
    )
    enable(load_settings(folder), packs)
    settings = load_settings(folder)
    contract = load_contract()
    known = {table: {name for row in given for name in row} for table, given in rows.items()}
    chosen = {table: frozenset(columns) for table, columns in (mapped or known).items()}
    for table in chosen:
        contract.table(table)
    capabilities = Capabilities(mapped=chosen, assumed={})
    composition = compose(settings, capabilities=capabilities)
    for unavailable in composition.unavailable:
        raise unavailable.error
    project = ComposedProject(settings, composition, render(composition))
    return project.run(rows)


def _write_settings(
    folder: Path,
    project: dict[str, Any],
    pack_folders: list[str],
    parameters: Mapping[str, Mapping[str, Any]],
) -> None:
    lines = ["[project]", *(f"{key} = {json.dumps(value)}" for key, value in project.items())]
    lines += [f"pack_folders = {json.dumps(pack_folders)}", "", "[targets.dev]", 'engine = "duckdb"']
    lines += ['memory_limit = "2GB"', "threads = 2"]
    for pack, values in parameters.items():
        lines += ["", f"[packs.{pack}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    (folder / "fintech.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _load(
    connection: duckdb.DuckDBPyConnection,
    composition: Composition,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    batch: int,
) -> None:
    prepare_raw(connection, composition.contract)
    loaded_at = FIRST_LOAD + timedelta(days=batch)
    for order, (name, given) in enumerate(rows.items(), 1):
        for number, row in enumerate(given, 1):
            facts = dict(zip(TECHNICAL, (batch, f"file-{order}", number, loaded_at, order), strict=True))
            values = {**row, **facts}
            columns = ", ".join(quoted(column) for column in values)
            marks = ", ".join("?" for _ in values)
            connection.execute(
                f"insert into {RAW_SCHEMA}.{quoted(name)} ({columns}) values ({marks})", list(values.values())
            )
