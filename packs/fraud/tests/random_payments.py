"""Payments, log-ins and labels by chance, the same in every run."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
FIRST = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def random_tables(new_bank: Any) -> dict[str, list[Row]]:
    """Two months of a few busy customers: ties, exact window edges, declined attempts, missing keys."""
    chance = random.Random(7)  # noqa: S311  (rows for a test)
    bank = new_bank()
    for number in range(700):
        customer = chance.choice("abcde")
        whole = chance.choice([HOUR, DAY, 7 * DAY, timedelta(seconds=chance.randrange(86400))])
        moment = FIRST + chance.randrange(9) * 7 * DAY + chance.randrange(3) * DAY + whole
        bank.pay(
            customer,
            round_amount(number, Decimal(chance.randrange(1, 90000)) / 100),
            at=moment,
            status=chance.choice(["posted", "posted", "posted", "authorized", "reversed", "declined"]),
            merchant_id=chance.choice([None, "m1", "m2", "m3"]),
            merchant_country=chance.choice(["US", "GB", None]),
            card_token=chance.choice([None, f"card-{customer}", f"other-{customer}"]),
            device_id=chance.choice([None, "d1", f"d-{customer}"]),
            counterparty_account_hash=chance.choice([None, None, "p1", "p2"]),
        )
    for number in range(60):
        bank.log_in(
            chance.choice("abcde"),
            after=chance.randrange(-40 * 86400, 0),
            outcome=chance.choice(["success", "failure"]),
            device_id=f"d{number % 4}",
            ip_prefix=f"10.0.{number % 3}.0/24",
            asn="AS1",
            ip_country=chance.choice(["US", "GB"]),
        )
    bank.tables["fraud_labels"] += labels(chance, bank.tables["transactions"])
    return dict(bank.tables)


def round_amount(number: int, amount: Decimal) -> Decimal:
    """Whole hundreds and just beside them among amounts of any kind."""
    return {0: Decimal(100 * (1 + number // 20 % 3)), 1: Decimal("200.50")}.get(number % 20, amount)


def labels(chance: random.Random, transactions: list[Row]) -> list[Row]:
    """Frauds among the payments at merchants, then what was cleared, declined attempts among it."""
    paid = [row for row in transactions if row["merchant_id"] and row["status"] != "declined"]
    found = []
    for number, row in enumerate(chance.sample(paid, 60)):
        known_at = row["event_ts"] + chance.choice([DAY, 7 * DAY, 12 * DAY, 30 * DAY])
        recovered = (row["amount"] * (number % 3) / 4).quantize(Decimal("0.01"))
        lost = {"loss_amount_base": row["amount"], "recovered_amount_base": recovered}
        keys = {"label_id": f"l{number}", "transaction_id": row["transaction_id"]}
        found.append({**keys, "label": "fraud_confirmed", "label_known_at": known_at, **lost})
    frauds = {row["transaction_id"] for row in found}
    for row in [row for row in transactions if row["transaction_id"] not in frauds][::4]:
        keys = {"label_id": f"cleared-{row['transaction_id']}", "transaction_id": row["transaction_id"]}
        nothing = {"loss_amount_base": None, "recovered_amount_base": None}
        found.append({**keys, "label": "legit_confirmed", "label_known_at": row["event_ts"] + DAY, **nothing})
    return found


def cash_deposits(payments: list[Row]) -> list[Row]:
    """Cash of one account: near the threshold on three working days, and above it on a fourth."""
    usual = {"direction": "C", "txn_type": "cash_deposit", "status": "posted", "channel": "branch"}
    return [
        {
            **payments[0],
            **usual,
            "transaction_id": f"cash-{day}",
            "event_ts": FIRST + (1 + day) * DAY + 16 * HOUR,
            "amount": amount,
        }
        for day, amount in enumerate([Decimal(9000), Decimal(9100), Decimal(9200), Decimal(12000)])
    ]
