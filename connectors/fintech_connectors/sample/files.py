"""Writes a made-up bank's tables: Parquet or CSV, a file a table or a month, and counts what it writes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# texts that hardly repeat are not worth a dictionary
PARQUET = "(format parquet, compression snappy, row_group_size 122880, dictionary_size_limit 10000)"
CSV = "(format csv, header true)"


@dataclass
class BankFiles:
    """The folder of a bank: what was written into it, by table."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    as_csv: bool
    rows: Counter[str] = field(default_factory=Counter)
    globs: dict[str, str] = field(default_factory=dict)

    def write(self, table: str, query: str, *, part: str | None = None) -> int:
        """Write a query's rows in its order as a table's only file, or as a part of several files."""
        ending = "csv" if self.as_csv else "parquet"
        name = f"{table}.{ending}" if part is None else f"{table}/{part}.{ending}"
        self.globs[table] = name if part is None else f"{table}/*.{ending}"
        count = self._copy(query, self.folder / name, CSV if self.as_csv else PARQUET)
        self.rows[table] += count
        return count

    def write_truth(self, name: str, query: str) -> int:
        """Write a table of the truth, which no source may map."""
        return self._copy(query, self.folder / "truth" / f"{name}.parquet", PARQUET)

    def _copy(self, query: str, path: Path, options: str) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = str(path).replace("'", "''")
        row = self.connection.execute(f"copy ({query}) to '{target}' {options}").fetchone()
        return int(row[0]) if row else 0
