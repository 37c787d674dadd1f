"""Formulas in text: what a spreadsheet would run is told apart in Python as in SQL."""

from __future__ import annotations

import duckdb
import pytest

from fintech_accelerator.spreadsheets import harmless, harmless_sql


@pytest.mark.parametrize(
    ("text", "is_formula"),
    [
        ("=1+1", True),
        ("+1", True),
        ("-1", True),
        ("@SUM(A1)", True),
        ("  =1+1", True),
        ("\u00a0=1+1", True),
        ("\u3000\uff1d1+1", True),
        ("\tname", True),
        ("\rname", True),
        ("\nname", True),
        ("name", False),
        (" name", False),
        ("a=1", False),
        ("'=1", False),
        ("  ", False),
        ("", False),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_in_python_as_in_sql(
    text: str, *, is_formula: bool
) -> None:
    expected = f"'{text}" if is_formula else text

    assert harmless(text) == expected
    assert in_sql(text) == expected


def test_nothing_stays_nothing() -> None:
    assert in_sql(None) is None


def in_sql(text: str | None) -> str | None:
    with duckdb.connect() as connection:
        query = f"select {harmless_sql('given')} from (select cast(? as varchar) as given)"
        ((found,),) = connection.execute(query, [text]).fetchall()
    return None if found is None else str(found)
