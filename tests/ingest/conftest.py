"""A bank's project in a folder: sources are added, landed and loaded, and the warehouse is looked at."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from tests.failing_connector import failing_connector

from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.ingest import (
    LandResult,
    LoadResult,
    RefusedFile,
    land,
    load,
    loaded_units,
    next_batch_id,
    quarantine_rows,
)
from fintech_accelerator.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.ingest.quarantine import QuarantinedValue

__all__ = ["Bank", "failing_connector"]

FIRST_LOAD = datetime(2026, 1, 2, 6, tzinfo=UTC)
HEAD = '[project]\nname = "bank"\n\n[targets.dev]\nengine = "duckdb"\nmemory_limit = "1GB"\nthreads = 2\n'
LOGIN = "login_id,customer_id,event_ts,outcome"


class Bank:
    """A project whose loads are a day apart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.contract = load_contract()
        self.loads = 0
        self._toml = HEAD
        root.mkdir(parents=True, exist_ok=True)
        self._save()

    @property
    def settings(self) -> Settings:
        return load_settings(self.root)

    def source(  # noqa: PLR0913  (the keys of a source)
        self,
        table: str,
        files: str | Mapping[str, str],
        columns: Mapping[str, str] | None = None,
        *,
        query: str | None = None,
        form: Mapping[str, Any] | None = None,
        connector: str | None = None,
    ) -> Bank:
        """Add `[[sources.<table>]]`."""
        named = {"rows": files} if isinstance(files, str) else files
        lines = ["", f"[[sources.{table}]]", f"files = {_inline(named)}"]
        if connector:
            lines.append(f"connector = {json.dumps(connector)}")
        if query is not None:
            lines.append(f"query = {json.dumps(query)}")
        if form is not None:
            lines.append(f"format = {_inline(form)}")
        if columns is not None:
            lines.append(f"[sources.{table}.columns]")
            lines += [f"{name} = {json.dumps(text)}" for name, text in columns.items()]
        self._toml += "\n".join(lines) + "\n"
        self._save()
        return self

    def without_sources(self) -> Bank:
        """Forget every source; the files stay."""
        self._toml = HEAD
        self._save()
        return self

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file into the project; a name that ends in .gz is packed unless bytes are given."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        if name.endswith(".gz") and isinstance(content, str):
            data = gzip.compress(data, mtime=0)
        path.write_bytes(data)
        return path

    def parquet(self, name: str, query: str) -> Path:
        """Put a Parquet file of a query's rows into the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path

    def logins(self, name: str, *lines: str) -> Path:
        """Put a CSV file of log-ins into the project, with the contract's own names as header."""
        return self.write(name, "\n".join((LOGIN, *lines)) + "\n")

    def land(self) -> LandResult:
        return land(self.settings, self.contract)

    def load(self, landed: LandResult | None = None) -> LoadResult:
        """Land (unless given) and load, one day after the load before."""
        found = self.land() if landed is None else landed
        settings = self.settings
        at = FIRST_LOAD + timedelta(days=self.loads)
        self.loads += 1
        with open_warehouse(settings.workspace.state / "warehouse.duckdb", memory_limit="1GB") as connection:
            result = load(connection, settings, self.contract, found, loaded_at=at)
            assert loaded_units(connection)[-len(result.units) or None :][: len(result.units)] == result.units
        for unit in result.units:
            assert unit.rows_in == unit.rows_loaded + unit.rows_quarantined + unit.rows_duplicate
        return result

    def refusals(self) -> list[RefusedFile]:
        """Land and load; what was refused by either."""
        landed = self.land()
        return [*landed.refused, *self.load(landed).refused]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse; `raw_data.x` in full, or any query."""
        path = self.settings.workspace.state / "warehouse.duckdb"
        with open_warehouse(path, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        """The one value of a query."""
        return self.rows(query)[0][0]

    def next_batch(self) -> int:
        path = self.settings.workspace.state / "warehouse.duckdb"
        with open_warehouse(path, read_only=True) as connection:
            return next_batch_id(connection)

    def quarantined(self, table: str | None = None) -> list[QuarantinedValue]:
        """The records of the quarantine, by file, row and column."""
        found = quarantine_rows(self.settings.workspace, table, None)
        return sorted(found, key=lambda each: (each.file_name, each.row_number, each.column_name or ""))

    def _save(self) -> None:
        (self.root / "fintech.toml").write_text(self._toml, encoding="utf-8")


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in values.items()) + " }"


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """A bank without sources."""
    return Bank(tmp_path / "bank")
