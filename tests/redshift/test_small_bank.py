"""A small bank on DuckDB and on the Redshift stand-in: the same rows, published, rolled back, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of, payments
from tests.redshift.wide_bank import on_duckdb, served

from fintech_accelerator.errors import PublishError
from fintech_accelerator.pipeline.packs import disable_packs
from fintech_accelerator.pipeline.switch import roll_back

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database


@pytest.mark.long
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
