"""The fraud pack's windows have one meaning in both of their forms."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fintech_accelerator.compose.runner import DbtRunner
from fintech_accelerator.testing import composed_project

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)


def test_the_portable_windows_equal_those_of_the_engine(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311  (rows for a test)
    payments = [
        {
            "transaction_id": f"t{number}",
            "account_id": chance.choice("ab"),
            "event_ts": FIRST
            + timedelta(hours=chance.choice([0, 1, 24, 168]), minutes=chance.randrange(300) * 30),
            "amount": chance.randrange(1, 9000) / 100,
            "direction": "D",
            "currency": "USD",
            "txn_type": "purchase",
            "status": chance.choice(["posted", "declined"]),
            "channel": "pos",
            "merchant_id": chance.choice(["m1", "m2", None]),
        }
        for number in range(600)
    ]
    accounts = [
        {"account_id": name, "primary_customer_id": name, "product_type": "checking", "currency": "USD"}
        for name in "ab"
    ]
    customers = [{"customer_id": name} for name in "ab"]
    rows = {"customers": customers, "accounts": accounts, "transactions": payments}

    project = composed_project(tmp_path, ["fraud"], rows)
    runner = DbtRunner(project.dbt)
    result = runner.invoke("test", "--select", "fraud__window_forms_agree", target=runner.target)

    assert result.exception is None
    assert [(each.node.name, str(each.status)) for each in result.result] == [
        ("fraud__window_forms_agree", "pass")
    ]
    assert project.rows("select count(*) as n from fraud.int_fraud__payments") == [{"n": 600}]
