"""The pack's suites, by the real Great Expectations: a good build passes, a ledger with a hole does not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.quality.gate import Gate, decide
from fintech_accelerator.quality.requests import requests_for
from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fintech_accelerator.testing import ComposedProject


@pytest.fixture(scope="module")
def worker() -> Iterator[CheckWorker]:
    with CheckWorker() as running:
        yield running


def gate_of(project: ComposedProject, worker: CheckWorker, temporary: Path) -> Gate:
    (pack,) = project.composition.packs
    requests = requests_for(pack, project.composition, project.connection, full=True)
    project.close()
    return decide(worker.check(project.composition.warehouse, requests, temporary=temporary))


def test_a_good_build_passes_and_warns_of_what_is_not_known(
    busy_bank: ComposedProject, worker: CheckWorker, tmp_path: Path
) -> None:
    gate = gate_of(busy_bank, worker, tmp_path)

    assert (gate.status, gate.reasons) == ("warned", ())
    assert set(gate.warnings) == {
        "fee_event.exchange_rate_known",
        "fee_event.reversals_name_their_fee",
        "interchange.exchange_rate_known",
        "interchange.few_estimates",
        "ledger.exchange_rate_known",
        "product_month.few_estimates",
        "product_month.exchange_rates_known",
    }


HOLES = {
    "delete from revenue.revenue__ledger where line = 'interest_expense'": "ledger.interest_is_complete",
    "delete from revenue.revenue__ledger where line = 'scheme_fee'": "ledger.scheme_fees_are_complete",
    "update revenue.revenue__ledger set amount = amount + 1 where line = 'fee_waiver'": (
        "ledger.fees_are_complete"
    ),
    "delete from revenue.revenue__ledger where line = 'interchange_income'": "ledger.a_reversal_names_a_line",
    "update revenue.revenue__product_month set revenue_amount = 0": "product_month.revenue_is_the_ledger",
    "delete from revenue.revenue__interchange where transaction_id = 'bought'": (
        "interchange.every_card_transaction_is_here"
    ),
    "update revenue.revenue__rate_card set network = null, region = null, funding_type = null,"
    " regulated_flag = null, rate_kind = 'network', priority = 1, effective_to = null": (
        "rate_card.periods_do_not_overlap"
    ),
}


def test_a_hole_in_the_figures_keeps_them_from_being_published(
    new_bank: Any, build: Callable[..., ComposedProject], worker: CheckWorker, tmp_path: Path
) -> None:
    bank = new_bank()
    day = date(2026, 1, 20)
    bought = bank.post("hole", "bought", 100, day, scheme_fee_amount=0.05)
    bank.post("hole", "bought too", 100, day, scheme_fee_amount=0.05)
    bank.back("hole", "back", 100, day, bought)
    bank.post("hole", "fee", 10, day, txn_type="fee", fee_waived_flag=1)
    bank.post("hole", "interest", 3, day, txn_type="interest_paid", direction="C")
    project = build(bank.tables)
    project.close()
    with open_warehouse(project.composition.warehouse) as connection:
        for change in HOLES:
            connection.execute(change)
    gate = gate_of(project, worker, tmp_path)

    assert gate.status == "failed"
    assert set(HOLES.values()) <= set(gate.blocking)
