"""Runs with all that files do to a bank: after each, readers see what a build from nothing would show."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.limits import HUGE, MENDED, add_rule, limit
from tests.pipeline.small_bank import pack_of, payments
from tests.redshift.sessions import ask
from tests.redshift.wide_bank import let_in, on_duckdb, served, wide_bank

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

REVERSED = """
status = "case when cast(amount as double) = 0.01 then 'reversed' else 'posted' end"
"""
# All payments of a day move to the next one, some of February are other amounts, one is reversed.
MOVED = [row.replace("2026-01-05", "2026-01-06") for row in payments(1) if "2026-01-05" in row]
CORRECTED = [row.replace("2026-02-0", "2026-02-1").replace(".00,", ".37,") for row in payments(2)[:8]]
RUNS = {
    "the first months": ([], "published"),
    "a new month and late rows": ([*payments(3, days=4), "l1,a1,2026-01-05 10:00:00,77.00,D"], "published"),
    "old corrections, a reversed row and a day that loses all": (
        [*MOVED, *CORRECTED, "l1,a1,2026-01-06 10:00:00,0.01,D"],
        "published",
    ),
    "a gate that fails": ([HUGE, *payments(4, days=1)], "blocked"),
    "what was wrong is mended, a row is a year ahead": (
        [MENDED, "y1,a2,2027-04-01 10:00:00,5.00,D"],
        "blocked",  # the core's own rule: nobody knows of a payment before it happened
    ),
    "that row is put right, and days follow": (
        ["y1,a2,2026-04-01 10:00:00,5.00,D", *payments(4, days=3), "l2,a0,2026-01-02 10:00:00,8.00,C"],
        "published",
    ),
    "the other slot, from nothing too": ([*payments(4, days=4)[12:]], "published"),
    "one more day on a slot that is whole": (
        [*payments(4, days=5)[16:], "l2,a0,2026-01-02 10:00:00,9.00,C"],
        "published",
    ),
}
STANDING = """
select schemas.nspname, relations.relname
from pg_class as relations inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where schemas.nspname like 'tidy%' and relations.relkind in ('r', 'v')
"""
MADE = {"tidy__daily_totals": "tidy", "tidy__large_payments": "tidy_restricted"}


@pytest.mark.long
def test_readers_see_what_a_build_from_nothing_would_show(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_in(redshift_database, monkeypatch)
    bank = wide_bank(tmp_path / "bank", redshift_database, redshift_standin.buckets)
    settings = bank.root / "fintech.toml"
    text = settings.read_text("utf-8")
    settings.write_text(
        text.replace("""currency = "'USD'"\n""", f"""currency = "'USD'"{REVERSED}""", 1), "utf-8"
    )
    add_rule(bank.root / "packs" / "tidy", "tidy__daily_totals", limit("critical"))
    seen = []
    for number, (name, (rows, status)) in enumerate(RUNS.items()):
        if rows:
            bank.add(f"delivery-{number}.csv", rows)

        report = bank.go(target="wide")
        assert pack_of(report).status == status, (name, report)
        assert pack_of(bank.go(full_refresh=True)).status == status, name

        shown = served(redshift_database)
        assert shown == on_duckdb(bank), name
        assert orphans(redshift_database) == set(), name
        seen.append(shown)
    assert [later == earlier for earlier, later in pairwise(seen)] == [
        status == "blocked" for _, status in list(RUNS.values())[1:]
    ]


def orphans(database: Database) -> set[tuple[str, str]]:
    """What stands in the pack's schemas beside what it builds and serves."""
    known = {("tidy", "tidy__publication")}
    for slot in ("", "__a", "__b"):
        known |= {(f"{schema}{slot}", name) for name, schema in MADE.items()}
        known.add((f"tidy{slot}", "stg_tidy__transactions") if slot else ("tidy", "tidy__publication"))
    return {(str(schema), str(name)) for schema, name in ask(database, STANDING)} - known
