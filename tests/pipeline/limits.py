"""A rule that one huge payment breaks, and the payment with which it is whole again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

HUGE = "h1,a1,2026-03-01 10:00:00,900000.00,D"
MENDED = "h1,a1,2026-03-01 10:00:00,9.00,D"


def add_rule(folder: Path, relation: str, rule: dict[str, Any]) -> None:
    """Write one more rule into a suite."""
    path = folder / "expectations" / f"{relation}.json"
    suite = json.loads(path.read_text("utf-8"))
    suite["expectations"].append(rule)
    path.write_text(json.dumps(suite), "utf-8")


def limit(severity: str) -> dict[str, Any]:
    """No day may see more than half a million go out."""
    return {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "debited_amount", "max_value": 500000},
        "severity": severity,
        "meta": {"rule_id": "TOO-MUCH"},
    }
