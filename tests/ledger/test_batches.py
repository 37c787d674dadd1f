"""What came in: every unit balances, and what the warehouse holds is taken over once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger import LoadedUnit

if TYPE_CHECKING:
    from fintech_accelerator.ledger import Ledger

UNIT = LoadedUnit(
    unit_id="u1",
    table_name="transactions",
    batch_id=1,
    load_order=1,
    source_name="transactions.0",
    file_names=("a.csv", "b.csv"),
    file_hashes=("aa", "bb"),
    rows_in=10,
    rows_loaded=7,
    rows_quarantined=2,
    rows_duplicate=1,
    loaded_at=datetime(2026, 3, 1, tzinfo=UTC),
)


def recorded(ledger: Ledger, warehouse: str = "w") -> list[tuple[object, ...]]:
    """A warehouse's units and their balance, as the ledger's file has them."""
    rows = ledger._database.rows(
        "select unit_id, batch_id, file_names, rows_in, rows_loaded, rows_quarantined, rows_duplicate"
        " from loaded_units where warehouse_id = ? order by unit_id",
        (warehouse,),
    )
    return [tuple(row) for row in rows]


def test_units_are_taken_over_once(ledger: Ledger) -> None:
    second = replace(UNIT, unit_id="u2", batch_id=2, loaded_at=datetime(2026, 3, 2, tzinfo=UTC))

    assert ledger.batches.synchronise("w", "run-1", [UNIT]) == 1
    assert ledger.batches.synchronise("w", "run-1", [UNIT, second]) == 1
    assert recorded(ledger) == [
        ("u1", 1, '["a.csv", "b.csv"]', 10, 7, 2, 1),
        ("u2", 2, '["a.csv", "b.csv"]', 10, 7, 2, 1),
    ]


def test_another_warehouse_has_its_own_units(ledger: Ledger) -> None:
    ledger.batches.synchronise("old", "run-1", [UNIT])

    assert ledger.batches.synchronise("new", "run-1", [replace(UNIT, rows_in=9, rows_loaded=6)]) == 1
    assert recorded(ledger, "new") == [("u1", 1, '["a.csv", "b.csv"]', 9, 6, 2, 1)]


@pytest.mark.parametrize(
    "change", [{"rows_in": 11}, {"rows_loaded": 6}, {"rows_in": 6, "rows_duplicate": -3}]
)
def test_a_unit_whose_rows_are_not_accounted_for_cannot_be(change: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match=r"a\.csv, b\.csv \(transactions\) does not balance"):
        replace(UNIT, **change)


def test_a_unit_that_changed_afterwards_is_noticed_and_nothing_is_recorded(ledger: Ledger) -> None:
    ledger.batches.synchronise("w", "run-1", [UNIT])
    changed = replace(UNIT, rows_loaded=8, rows_quarantined=1)

    with pytest.raises(IntegrityError, match="disagree about unit 'u1'"):
        ledger.batches.synchronise("w", "run-1", [replace(UNIT, unit_id="u0"), changed])
    assert recorded(ledger) == [("u1", 1, '["a.csv", "b.csv"]', 10, 7, 2, 1)]


def test_rows_that_a_warehouse_refused_afterwards_go_into_quarantine(ledger: Ledger) -> None:
    ledger.batches.synchronise("w", "run-1", [UNIT])
    refused = replace(UNIT, rows_loaded=4, rows_quarantined=5)

    assert ledger.batches.synchronise("w", "run-1", [refused]) == 0
    assert recorded(ledger) == [("u1", 1, '["a.csv", "b.csv"]', 10, 4, 5, 1)]

    with pytest.raises(IntegrityError, match="disagree about unit 'u1'"):  # nothing comes back by itself
        ledger.batches.synchronise("w", "run-2", [UNIT])


def test_files_that_landed_and_files_that_were_refused_are_recorded(ledger: Ledger) -> None:
    ledger.batches.landed("run-1", "transactions", "a.csv", "aa", 100)
    ledger.batches.refused("run-1", "transactions", "b.gz", None, "the gzip does not end", "send it again")

    (landed,) = ledger.batches.landed_files("run-1")
    (refused,) = ledger._database.rows("select name, sha256, reason, fix from refused_files")
    assert (landed.name, landed.size_bytes) == ("a.csv", 100)
    assert tuple(refused) == ("b.gz", None, "the gzip does not end", "send it again")
