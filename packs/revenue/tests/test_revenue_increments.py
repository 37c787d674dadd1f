"""Late, corrected and repeated rows: what increments give is what a build from nothing gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

MARTS = ("rate_card", "interchange", "fee_event", "ledger", "product_month")
JANUARY, FEBRUARY, MARCH = date(2026, 1, 20), date(2026, 2, 10), date(2026, 3, 5)
FEE = {"txn_type": "fee", "channel": "system", "network": None, "merchant_country": None}
BACK = {**FEE, "txn_type": "fee_reversal", "direction": "C"}


def first(bank: Any) -> None:
    bank.rate("visa", 0.01, fixed_fee=0.10, network="visa")
    bank.rate("mastercard", 0.02, fixed_fee=0.10, network="mastercard")
    bank.account("card", product_code="gold", legal_entity_id="north")
    bank.account("euro", currency="EUR")
    bank.post("card", "bought", 100, JANUARY)
    bank.back("card", "charged back", 100, FEBRUARY, "bought", txn_type="chargeback")
    again = {"txn_type": "representment", "direction": "D"}
    bank.back("card", "presented again", 100, MARCH, "charged back", **again)
    bank.post("card", "moves", 60, JANUARY)
    bank.post("card", "vanishes", 70, JANUARY)
    bank.back("card", "refund of what comes late", 40, FEBRUARY, "late")
    bank.post("card", "fee", 35, JANUARY, **FEE)
    bank.back("card", "waiver", 35, MARCH, "fee", **{**BACK, "fee_waived_flag": 1})
    bank.post("euro", "euro fee", 10, FEBRUARY, **FEE, currency="EUR")
    balance = {"account_id": "a-card", "balance_date": JANUARY, "balance_eod": 500, "currency": None}
    quiet = {"account_id": "a-quiet", "balance_date": date(2026, 1, 3), "balance_eod": 90, "currency": None}
    bank.account("quiet", "savings", is_test=0)  # no payments: only its balance tells
    bank.tables["balances_daily"] = [balance, quiet]
    rate = {"rate_date": JANUARY, "from_currency": "EUR", "to_currency": "USD", "rate": 1.1}
    bank.tables["fx_rates"] = [rate]
    for card, on in (("k-exchanged", JANUARY), ("k-same", FEBRUARY)):
        bank.card(card, "visa")
        bank.post("card", f"with {card}", 100, on, network=None, card_token=card)
    bank.back("card", "refund to a card", 100, MARCH, "with k-exchanged", network=None)


def later(bank: Any) -> None:
    bank.post("card", "bought", 100, JANUARY, network="mastercard")
    bank.post("card", "moves", 60, MARCH)
    bank.post("card", "vanishes", 70, JANUARY, status="declined")
    bank.post("card", "late", 40, JANUARY, network="mastercard")
    bank.post("card", "fee", 35, JANUARY, **{**FEE, "txn_type": "transfer_out"})
    rate = {"rate_date": FEBRUARY, "from_currency": "EUR", "to_currency": "USD", "rate": 1.2}
    bank.tables["fx_rates"] = [rate]
    balance = {"account_id": "a-card", "balance_date": JANUARY, "balance_eod": 700, "currency": None}
    bank.tables["balances_daily"] = [balance]
    bank.card("k-exchanged", "mastercard")
    bank.card("k-same", "visa")


def contents(project: ComposedProject) -> dict[str, list[str]]:
    """Every mart, without the batch, which a build from nothing counts the same."""
    return {mart: sorted(map(str, project.rows(f"revenue.revenue__{mart}"))) for mart in MARTS}


def lines(project: ComposedProject) -> dict[str, Decimal | None]:
    return {row["ledger_line_id"]: row["amount_base"] for row in project.rows("revenue.revenue__ledger")}


def savings(project: ComposedProject) -> list[dict[str, Any]]:
    return project.rows("select * from revenue.int_revenue__product_balances where product_type = 'savings'")


@pytest.fixture(scope="module")
def history(new_bank: Any, build: Callable[..., ComposedProject]) -> dict[str, Any]:
    bank, correction = new_bank(), new_bank()
    first(bank)
    project = build(bank.tables)
    found: dict[str, Any] = {"before": lines(project), "savings before": savings(project)}
    correction.account("card", product_code="gold", legal_entity_id="north")
    correction.account("quiet", "savings", is_test=1)
    later(correction)
    rows = {table: given for table, given in correction.tables.items() if table != "customers"}
    project.run(rows)
    found |= {"after": lines(project), "incremented": contents(project)}
    found["savings"] = savings(project)
    found["days of cards"] = project.rows(
        "select distinct event_date_local from core.days_to_build where table_name = 'cards'"
    )
    found["batches of rates"] = {
        row["rate_id"]: row["source_batch_id"]
        for row in project.rows("revenue.revenue__rate_card")
        if row["rate_id"] in ("visa", "mastercard", "blended-debit")
    }
    project.run({})
    found["repeated"] = contents(project)
    found["rebuilt"] = contents(project.rebuild())
    return found


def test_the_balances_of_an_account_that_turns_out_a_test_are_taken_away(history: dict[str, Any]) -> None:
    assert history["savings before"] != []
    assert history["savings"] == []


@pytest.mark.parametrize("mart", MARTS)
def test_increments_give_what_a_build_from_nothing_gives(history: dict[str, Any], mart: str) -> None:
    assert history["incremented"][mart] == history["rebuilt"][mart]
    assert history["repeated"][mart] == history["rebuilt"][mart]
    assert history["rebuilt"][mart]


def test_a_corrected_purchase_is_felt_in_all_that_goes_back_to_it(history: dict[str, Any]) -> None:
    keys = [f"transactions:{key}:interchange" for key in ("bought", "charged back", "presented again")]

    assert [history["before"][key] for key in keys] == [Decimal("1.1"), Decimal("-1.1"), Decimal("1.1")]
    assert [history["after"][key] for key in keys] == [Decimal("2.1"), Decimal("-2.1"), Decimal("2.1")]


def test_a_late_purchase_gives_its_refund_the_rate_of_the_purchase(history: dict[str, Any]) -> None:
    key = "transactions:refund of what comes late:interchange"

    assert (history["before"][key], history["after"][key]) == (Decimal("-0.5"), Decimal("-0.9"))


def test_what_is_no_longer_posted_leaves_the_ledger(history: dict[str, Any]) -> None:
    gone = {"transactions:vanishes:interchange", "transactions:fee:fee"}

    assert gone <= set(history["before"])
    assert not gone & set(history["after"])


def test_a_late_exchange_rate_gives_a_line_its_base_amount(history: dict[str, Any]) -> None:
    key = "transactions:euro fee:fee"

    assert (history["before"][key], history["after"][key]) == (None, 12)


def test_an_exchanged_card_gives_its_payments_and_their_refunds_another_rate(history: dict[str, Any]) -> None:
    keys = [f"transactions:{key}:interchange" for key in ("with k-exchanged", "refund to a card")]

    assert [history["before"][key] for key in keys] == [Decimal("1.1"), Decimal("-1.1")]
    assert [history["after"][key] for key in keys] == [Decimal("2.1"), Decimal("-2.1")]


def test_a_card_that_comes_again_as_it_was_touches_no_day(history: dict[str, Any]) -> None:
    assert history["days of cards"] == [{"event_date_local": JANUARY}]


def test_a_rate_says_which_load_brought_it(history: dict[str, Any]) -> None:
    assert history["batches of rates"] == {"visa": 1, "mastercard": 1, "blended-debit": 0}
