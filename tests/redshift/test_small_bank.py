"""A small bank on DuckDB and on the Redshift stand-in: the same rows, published, rolled back, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.pipeline.small_bank import SmallBank, fresh_bank, pack_of, payments

from fintech_accelerator.errors import PublishError
from fintech_accelerator.pipeline.packs import disable_packs
from fintech_accelerator.pipeline.switch import roll_back

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

TARGET = """
[targets.wide]
engine = "redshift"
host = "{host}"
port = {port}
database = "{database}"
authentication = "password"
user = "{user}"
sslmode = "disable"
landing = "s3://bank-landing/fintech"
buckets_folder = "{buckets}"
memory_limit = "1GB"
"""
MARTS = """
select table_schema, table_name
from information_schema.tables
where table_schema in ('tidy', 'tidy_restricted') and table_name <> 'tidy__publication'
"""


@pytest.fixture
def bank(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SmallBank:
    if not redshift_database.is_standin:
        pytest.skip("a real cluster copies from a real bucket")
    monkeypatch.setenv("FINTECH_REDSHIFT_PASSWORD", redshift_database.password)
    bank = fresh_bank(tmp_path / "bank")
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(
            TARGET.format(
                host=redshift_database.host,
                port=redshift_database.port,
                database=redshift_database.name,
                user=redshift_database.user,
                buckets=redshift_standin.buckets,
            )
        )
    return bank


def served(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What readers of the serving schema see, row by row."""
    connection = database.connect()
    cursor = connection.cursor()
    cursor.execute(MARTS)
    found = {}
    for schema, name in sorted(map(tuple, cursor.fetchall())):
        cursor.execute(f"select * from {schema}.{name}")
        found[str(name)] = sorted(tuple(row) for row in cursor.fetchall())
    connection.close()
    return found


def on_duckdb(bank: SmallBank) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(rows) for name, rows in bank.marts(with_batch=True).items()}


def test_the_same_rows_are_served_after_every_run(bank: SmallBank, redshift_database: Database) -> None:
    first = bank.go(target="wide")
    assert (pack_of(first).status, pack_of(first).publication_id) == ("published", 1)
    bank.go()
    assert served(redshift_database) == on_duckdb(bank) != {}

    bank.add("2026-03.csv", payments(3, days=2))
    bank.add("2026-04-late.csv", [*payments(1, days=1)[:1], "late1,a1,2026-01-05 10:00:00,77.00,D"])
    bank.go(target="wide")
    bank.go()
    second = served(redshift_database)
    assert second == on_duckdb(bank)

    bank.add("2026-05-corrected.csv", ["late1,a1,2026-01-06 10:00:00,78.00,D"])
    third = bank.go(target="wide")
    assert pack_of(third).publication_id == 3
    bank.go()
    assert served(redshift_database) == on_duckdb(bank) != second

    assert pack_of(bank.go(target="wide")).status == "unchanged"

    switched = roll_back(bank.settings, "tidy", target="wide")
    assert (switched.publication_id, switched.previous_id) == (2, 3)
    assert served(redshift_database) == second
    with pytest.raises(PublishError, match="no earlier publication"):
        roll_back(bank.settings, "tidy", target="wide")

    assert disable_packs(bank.settings, ["tidy"], drop=True, target="wide").dropped["tidy"]
    connection = redshift_database.connect()
    cursor = connection.cursor()
    cursor.execute("select count(*) from pg_namespace where nspname like 'tidy%'")
    assert tuple(cursor.fetchall()[0]) == (0,)
    connection.close()
