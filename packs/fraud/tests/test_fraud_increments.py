"""Increments with late rows, corrections and labels against builds from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .random_payments import DAY, Row, random_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

MARTS = (
    "transaction_features",
    "transaction_rule_hits",
    "login_features",
    "login_attacks",
    "kpi_daily",
    "labels",
    "rule_kpi_daily",
)


def all_marts(project: ComposedProject) -> dict[str, list[Row]]:
    rows = {name: project.rows(f"fraud.fraud__{name}") for name in MARTS}
    return {name: sorted(given, key=repr) for name, given in rows.items()}


def test_increments_with_late_rows_corrections_and_labels_equal_a_build_from_nothing(
    build: Callable[..., ComposedProject], new_bank: Any
) -> None:
    tables = random_tables(new_bank)
    transactions = sorted(tables["transactions"], key=lambda row: row["event_ts"])
    late = [row for number, row in enumerate(transactions) if number % 97 == 5]
    known = [row for row in transactions if row not in late]
    labels = tables["fraud_labels"]
    parties = {name: tables[name] for name in ("customers", "accounts")}
    columns = {name: sorted(rows[0]) for name, rows in tables.items()}
    project = build(
        {
            **parties,
            "transactions": known[:500],
            "login_activity": tables["login_activity"][:40],
            "fraud_labels": labels[:20],
        },
        mapped=columns,
    )
    project.run({"transactions": known[500:], "login_activity": tables["login_activity"][40:]})
    project.run({"transactions": late})
    corrected = {**known[300], "status": "declined"}
    moved = {**known[310], "event_ts": known[310]["event_ts"] + 3 * DAY, "merchant_id": "m3"}
    cleared = {**labels[3], "label": "legit_confirmed"}
    project.run({"transactions": [corrected, moved], "fraud_labels": [*labels[20:], cleared]})
    by_increments = all_marts(project)

    assert by_increments == all_marts(project.rebuild())
    assert all(by_increments.values())
