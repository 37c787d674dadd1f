"""Writes what a load of the bank's files should find: rows, duplicates, bad rows, scenarios."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from fintech_accelerator.ports import SampleBankSize
    from fintech_connectors.sample.files import BankFiles

BY_TABLE = {
    "duplicate_rows": "select table_name, count(*) from traps"
    " where trap in ('duplicate_row', 'repeated_in_next_file') group by table_name order by table_name",
    "late_rows": "select table_name, count(*) from traps"
    " where trap = 'late' group by table_name order by table_name",
    "corrections": "select table_name, count(*) from traps"
    " where trap = 'correction' group by table_name order by table_name",
}
BAD_ROWS = "select table_name, rule, count(*) from bad_rows group by all order by all"
TRAPS = "select trap, count(*) from traps group by trap order by trap"
PLANTED = "select kind, count(*) from truth_scenarios() group by kind order by kind"


def write_expected(
    connection: duckdb.DuckDBPyConnection, files: BankFiles, size: SampleBankSize
) -> dict[str, int]:
    """Write truth/expected.json; returns how many scenarios of each kind were planted."""
    bad_rows: dict[str, dict[str, int]] = {}
    for table, rule, count in connection.execute(BAD_ROWS).fetchall():
        bad_rows.setdefault(table, {})[rule] = count
    planted = _counts(connection, PLANTED)
    expected: dict[str, Any] = {
        "size": {"customers": size.customers, "days": size.days, "seed": size.seed},
        "rows_written": dict(sorted(files.rows.items())),
        **{name: _counts(connection, query) for name, query in BY_TABLE.items()},
        "bad_rows": bad_rows,
        "traps": _counts(connection, TRAPS),
        "scenarios": planted,
    }
    path = files.folder / "truth" / "expected.json"
    path.write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")
    return planted


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in connection.execute(query).fetchall()}
