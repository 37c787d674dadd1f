"""What was planted in the made-up bank, and what a query finds of it."""

# ruff: noqa: E501  (a query's condition is read in one line)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Bank

PAYMENTS = """(
    select distinct on (transaction_id) * from transactions
    where transaction_id not in (select row_key from truth_bad_rows) and direction = 'D' and channel not in ('batch', 'system')
    and coalesce(original_transaction_id, '') not in (select transaction_id from transactions where status = 'authorized')
)"""
LOGINS = "(select distinct on (login_id) * from login_activity where login_id not in (select row_key from truth_bad_rows))"


def planted(bank: Bank, kind: str) -> set[str]:
    found = {row[0] for row in bank.rows(f"select scenario_id from truth_scenarios where kind = '{kind}'")}
    assert len(found) == bank.expected["scenarios"][kind] > 0
    return found


def tripped(bank: Bank, query: str) -> set[str]:
    return {row[0] for row in bank.rows(query)}
