"""A made-up bank of half a thousand customers and a year, made once for all tests that only read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from fintech_accelerator.plugins import installed
from fintech_accelerator.ports import SampleBankFiles, SampleBankSize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def make_bank(folder: Path, *, as_csv: bool = False, **size: int) -> SampleBankFiles:
    maker = installed().sample_banks()["sample-bank"]
    return maker.make(folder, SampleBankSize(**size), as_csv=as_csv, on_table=lambda _: None)


@dataclass(frozen=True)
class Bank:
    files: SampleBankFiles
    expected: dict[str, Any]
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The bank with a view a table of its files, and one a table of its truth (`truth_...`)."""
    folder = tmp_path_factory.mktemp("bank")
    files = make_bank(folder, customers=500, days=365, seed=7)
    with duckdb.connect() as connection:
        for table, pattern in files.globs.items():
            connection.execute(
                f"create view {table} as from read_parquet('{folder / pattern}', filename = true)"
            )
        for path in (folder / "truth").glob("*.parquet"):
            connection.execute(f"create view truth_{path.stem} as from '{path}'")
        expected = json.loads((folder / "truth" / "expected.json").read_text(encoding="utf-8"))
        yield Bank(files, expected, connection)
