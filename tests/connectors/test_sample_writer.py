"""The months' files are written while the next month is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_connectors.sample.files import BankFiles
from fintech_connectors.sample.writer import MonthWriter

if TYPE_CHECKING:
    from pathlib import Path


def test_a_month_is_written_as_it_stood_when_it_was_handed_over(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table books as select i as a from range(3) as listed(i)")
        files = BankFiles(connection, tmp_path, as_csv=True)
        with MonthWriter(files, seed=1) as writer:
            writer.write("2026-01", {"books": "select a from books order by a"})
            connection.execute("delete from books")
            writer.wait()
    assert (tmp_path / "books" / "2026-01.csv").read_text() == "a\n0\n1\n2\n"
    assert files.rows == {"books": 3}


def test_what_keeps_a_month_from_being_written_is_raised(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table books (a integer)")
        files = BankFiles(connection, tmp_path, as_csv=True)
        with MonthWriter(files, seed=1) as writer:
            writer.write("2026-01", {"books": "select nothing from books"})
            with pytest.raises(duckdb.BinderException):
                writer.wait()
