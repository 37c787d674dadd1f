"""The pack's suites, by the real Great Expectations: a good build passes, a ledger with a hole does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.quality.gate import Gate, decide
from fintech_accelerator.quality.requests import requests_for
from fintech_accelerator.quality.worker import CheckWorker
from fintech_accelerator.testing.holes import unnoticed_holes

if TYPE_CHECKING:
    from collections.abc import Iterator
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


LEDGER, MONTHS, INTERCHANGE, FEES, RATES, COMPARED = (
    f"revenue.revenue__{name}"
    for name in ("ledger", "product_month", "interchange", "fee_event", "rate_card", "reconciliation")
)
HOLES = {
    "ledger.interest_is_complete": f"delete from {LEDGER} where line = 'interest_expense'",
    "ledger.scheme_fees_are_complete": f"delete from {LEDGER} where line = 'scheme_fee'",
    "ledger.fees_are_complete": f"update {LEDGER} set amount = amount + 1 where line = 'fee_waiver'",
    "ledger.interchange_is_complete": f"update {LEDGER} set amount = 0 where line = 'interchange_income'",
    "ledger.a_reversal_names_a_line": f"update {LEDGER} set reverses_line_id = 'nothing'"
    " where reverses_line_id is not null",
    "ledger.memos_are_memos": f"update {LEDGER} set is_memo = 1 where line = 'interest_income'",
    "product_month.revenue_is_the_ledger": f"update {MONTHS} set revenue_amount = 0",
    "product_month.revenue_is_its_streams": f"update {MONTHS} set net_fees = net_fees + 1",
    "interchange.every_card_transaction_is_here": f"delete from {INTERCHANGE}"
    " where transaction_id = 'krona purchase'",
    "interchange.no_more_than_the_payment": f"update {INTERCHANGE} set interchange_amount = amount + 2"
    " where transaction_id = 'blended'",
    "interchange.expected_within_the_cap": f"update {INTERCHANGE} set expected_interchange = 2,"
    " cap_amount = 1 where transaction_id = 'bought'",
    "interchange.refunds_give_back": f"update {INTERCHANGE} set txn_type = 'refund', interchange_amount = 1"
    " where transaction_id = 'taken back'",
    "fee_event.net_is_gross_less_contra": f"update {FEES} set net_amount = net_amount + 1",
    "fee_event.every_fee_is_here": f"delete from {FEES} where transaction_id = 'no schedule'",
    "rate_card.periods_do_not_overlap": f"update {RATES} set network = null, region = null,"
    " funding_type = null, regulated_flag = null, rate_kind = 'network', priority = 1, effective_to = null",
    "reconciliation.the_ledger_is_whole": f"update {COMPARED} set ledger_amount = ledger_amount + 1"
    " where line = 'interest_expense'",
    "reconciliation.the_general_ledger_is_whole": f"update {COMPARED} set general_ledger_amount = 5"
    " where line = 'scheme_fee'",
    "reconciliation.status_follows_from_the_difference": f"update {COMPARED} set status = 'within'"
    " where line = 'interest_income'",
}


def test_every_critical_rule_of_the_suites_notices_its_hole(
    busy_bank: ComposedProject, worker: CheckWorker, tmp_path: Path
) -> None:
    assert unnoticed_holes(busy_bank, worker, tmp_path, changes=HOLES) == set()
