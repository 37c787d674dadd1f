"""Which rate a card transaction has, the ceiling of the law, and what refunds take back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

DAY = date(2026, 5, 20)
OLD, NEW = date(2026, 3, 31), date(2026, 4, 1)
GOLDEN = {"4.99": ("0.21", "0.22", "0.19"), "38": ("0.23", "0.24", "0.45"), "250": ("0.34", "0.35", "2.15")}


def cents(value: Any) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP"))


def one(project: ComposedProject, key: str) -> dict[str, Any]:
    (row,) = project.rows(f"select * from revenue.revenue__interchange where transaction_id = '{key}'")
    return row


@pytest.fixture(scope="module")
def american(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    """A bank on the sample rates with a capped and an exempt account."""
    bank = new_bank()
    bank.account("capped", debit_regulated_flag=1)
    bank.account("exempt", debit_regulated_flag=0)
    for amount in GOLDEN:
        for account in ("capped", "exempt"):
            bank.post(account, f"{account}-{amount}", float(amount), DAY)
    bank.post("capped", "abroad", 38, DAY, merchant_country="FR")
    bank.post("capped", "mastercard", 250, DAY, network="mastercard")
    bank.account("loan", "mortgage", debit_regulated_flag=0)
    bank.post("loan", "no card known", 38, DAY)
    bank.post("exempt", "declined", 38, DAY, status="declined")
    bank.post("exempt", "nothing", 0, DAY)
    bank.account("test", is_test=1, debit_regulated_flag=0)
    bank.post("test", "of a test account", 38, DAY)
    return build(bank.tables)


@pytest.mark.parametrize("amount", GOLDEN)
def test_the_cap_of_regulation_ii_is_a_ceiling(american: ComposedProject, amount: str) -> None:
    capped, exempt = one(american, f"capped-{amount}"), one(american, f"exempt-{amount}")

    assert cents(capped["cap_amount"]) == GOLDEN[amount][0]
    assert cents(exempt["expected_interchange"]) == GOLDEN[amount][2]
    assert exempt["cap_amount"] is None
    assert (capped["is_regulated"], exempt["is_regulated"]) == (1, 0)
    assert capped["expected_interchange"] <= capped["cap_amount"]


def test_a_cap_holds_for_a_rate_that_is_above_it_and_not_abroad(american: ComposedProject) -> None:
    mastercard, abroad = one(american, "mastercard"), one(american, "abroad")

    assert (mastercard["rate_id"], mastercard["expected_interchange"]) == ("blended-debit", Decimal("0.3350"))
    assert mastercard["method"] == "estimated"
    assert (abroad["cap_id"], abroad["rate_id"]) == (None, "blended-debit")
    assert abroad["expected_interchange"] == Decimal("0.2280")


def test_sample_rates_give_estimates_and_say_so(american: ComposedProject) -> None:
    row = one(american, "exempt-38")
    (rate,) = american.rows("select * from revenue.revenue__rate_card where rate_id = 'visa-us-debit-retail'")

    assert (row["rate_id"], row["method"], row["estimated_flag"]) == ("visa-us-debit-retail", "estimated", 1)
    assert (rate["is_illustrative"], rate["is_estimate"]) == (1, 1)
    assert "icx_blended" in row["capability_flags"].split(",")


def test_an_unknown_kind_of_card_has_no_interchange_rather_than_zero(american: ComposedProject) -> None:
    row = one(american, "no card known")

    assert (row["interchange_amount"], row["method"], row["rate_id"]) == (None, None, None)
    assert american.rows("select * from revenue.revenue__ledger where source_id = 'no card known'") == []


def test_only_posted_payments_of_real_customers_count(american: ComposedProject) -> None:
    keys = {row["transaction_id"] for row in american.rows("revenue.revenue__interchange")}

    assert not keys & {"declined", "nothing", "of a test account"}


def test_a_covered_issuer_is_capped_from_the_day_on_that_it_is_covered(
    new_bank: Any, build: Callable[..., ComposedProject]
) -> None:
    bank = new_bank()
    bank.rate("any", 0.008, fixed_fee=0.15)
    for amount in GOLDEN:
        bank.post("covered", amount, float(amount), DAY)
    bank.post("covered", "before", 250, OLD)
    bank.post("covered", "not certified yet", 250, NEW)
    covered = (("issuer_covered", 1, NEW), ("fraud_prevention_certified", 1, date(2026, 5, 1)))
    project = build(bank.tables, dated=covered)

    for amount, (_, certified, exempt) in GOLDEN.items():
        row = one(project, amount)
        assert cents(row["cap_amount"]) == certified
        assert cents(row["expected_interchange"]) == min(certified, exempt, key=float)
        assert row["method"] == "calculated"
    assert one(project, "before")["cap_amount"] is None
    assert one(project, "not certified yet")["expected_interchange"] == Decimal("0.3350")


RATES = {
    "lowest priority number": ("groceries", {"mcc": "5411"}),
    "more criteria of one priority": ("fuel of gold", {"mcc": "5542", "card_product": "gold"}),
    "fewer criteria where one is not met": ("fuel", {"mcc": "5542", "card_product": "blue"}),
    "smallest key of equals": ("equal-a", {"mcc": "7000"}),
    "largest ticket, inclusive": ("small ticket", {"mcc": "5814", "amount": 15}),
    "above the largest ticket": ("any", {"mcc": "5814", "amount": 15.01}),
    "before a rate begins": ("any", {"mcc": "8000", "on": OLD}),
    "from the day that a rate begins": ("new", {"mcc": "8000", "on": NEW}),
    "on the last day of a rate": ("ending", {"mcc": "8100", "on": OLD}),
    "after the last day of a rate": ("any", {"mcc": "8100", "on": NEW}),
    "unknown merchant": ("any", {"mcc": None}),
    "in the economic area": ("europe", {"merchant_country": "FR"}),
    "no network": ("blended-debit", {"network": None}),
    "another network": ("blended-credit", {"network": "amex", "funding_type": "credit"}),
}


@pytest.fixture(scope="module")
def rated(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    bank.rate("any", 0.01, priority=90, network="VISA")
    bank.rate("groceries", 0.002, priority=5, mcc_from="5400", mcc_to="5499")
    bank.rate("groceries of gold", 0.003, mcc_from="5400", mcc_to="5499", funding_type="debit")
    bank.rate("fuel", 0.004, mcc_from="5541", mcc_to="5542", fee_cap=0.95)
    bank.rate("fuel of gold", 0.005, mcc_from="5542", mcc_to="5542", card_product="gold")
    bank.rate("equal-b", 0.006, mcc_from="7000", mcc_to="7000")
    bank.rate("equal-a", 0.007, mcc_from="7000", mcc_to="7000")
    bank.rate("small ticket", 0.0155, fixed_fee=0.04, mcc_from="5814", mcc_to="5814", ticket_max=15)
    bank.rate("new", 0.02, mcc_from="8000", mcc_to="8000", effective_from=NEW)
    bank.rate("ending", 0.02, mcc_from="8100", mcc_to="8100", effective_to=OLD)
    bank.rate("europe", 0.002, region="EU")
    for key, (_, facts) in RATES.items():
        amount, on = facts.pop("amount", 100), facts.pop("on", DAY)
        bank.post("rated", key, amount, on, **facts)
    bank.post("rated", "at the cap of its rate", 900, DAY, mcc="5541")
    return build(bank.tables)


@pytest.mark.parametrize("case", RATES)
def test_a_payment_has_the_rate_of_lowest_priority_and_most_criteria(
    rated: ComposedProject, case: str
) -> None:
    assert one(rated, case)["rate_id"] == RATES[case][0]


def test_a_rate_keeps_to_its_own_cap(rated: ComposedProject) -> None:
    assert one(rated, "at the cap of its rate")["expected_interchange"] == Decimal("0.9500")
    assert one(rated, "largest ticket, inclusive")["interchange_amount"] == Decimal("0.2725")


@pytest.fixture(scope="module")
def refunded(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    """Purchases before a change of rates and what came back of them after it."""
    bank = new_bank()
    bank.rate("old", 0.01, fixed_fee=0.10, effective_to=OLD)
    bank.rate("new", 0.03, fixed_fee=0.10, effective_from=NEW)
    bank.post("shop", "sold", 100, OLD)
    bank.back("shop", "all back", 100, DAY, "sold")
    bank.post("shop", "sold in thirds", 99, OLD)
    for number in range(3):
        bank.back("shop", f"third {number}", 33, DAY, "sold in thirds")
    bank.post("shop", "settled", 100, OLD, interchange_amount=0.85)
    bank.back("shop", "settled back", 100, DAY, "settled")
    bank.back("shop", "settled otherwise", 50, DAY, "settled", interchange_amount=-0.40)
    bank.post("shop", "disputed", 200, OLD)
    bank.back("shop", "charged back", 200, NEW, "disputed", txn_type="chargeback")
    again = {"txn_type": "representment", "direction": "D"}
    bank.back("shop", "presented again", 200, DAY, "charged back", **again)
    bank.back("shop", "without original", 100, DAY, "never seen")
    bank.account("other")
    bank.back("other", "of another account", 100, DAY, "sold")
    bank.post("shop", "authorised", 100, OLD, status="authorized")
    bank.back("shop", "of an authorisation", 100, DAY, "authorised")
    return build(bank.tables)


def test_a_refund_takes_back_what_was_booked_at_the_rate_of_the_purchase(refunded: ComposedProject) -> None:
    back = one(refunded, "all back")

    assert (back["rate_id"], back["rate_date"], back["method"]) == ("old", OLD, "calculated")
    assert back["interchange_amount"] == -one(refunded, "sold")["interchange_amount"] == Decimal("-1.1000")
    assert back["reverses_transaction_id"] == "sold"


def test_parts_of_a_refund_add_up_to_the_whole(refunded: ComposedProject) -> None:
    parts = sum(one(refunded, f"third {number}")["interchange_amount"] for number in range(3))

    assert one(refunded, "third 0")["interchange_amount"] == Decimal("-0.3633")
    assert abs(parts + one(refunded, "sold in thirds")["interchange_amount"]) <= Decimal("0.0002")


def test_what_was_settled_is_booked_and_compared_with_what_was_expected(refunded: ComposedProject) -> None:
    sold, back, other = (one(refunded, key) for key in ("settled", "settled back", "settled otherwise"))

    assert (sold["method"], sold["interchange_amount"], sold["variance_amount"]) == (
        "actual",
        Decimal("0.8500"),
        Decimal("-0.2500"),
    )
    assert (back["method"], back["interchange_amount"]) == ("calculated", Decimal("-0.8500"))
    assert (back["expected_interchange"], back["variance_amount"]) == (Decimal("-1.1000"), None)
    assert (other["method"], other["interchange_amount"]) == ("actual", Decimal("-0.4000"))
    assert other["variance_amount"] == Decimal("0.1500")


def test_a_representment_restores_what_a_chargeback_took(refunded: ComposedProject) -> None:
    keys = ("disputed", "charged back", "presented again")
    rows = [one(refunded, key) for key in keys]

    assert [row["interchange_amount"] for row in rows] == [
        Decimal("2.1000"),
        Decimal("-2.1000"),
        Decimal("2.1000"),
    ]
    assert [row["event_date_local"] for row in rows] == [OLD, NEW, DAY]
    assert rows[2]["original_transaction_id"] == "disputed"


@pytest.mark.parametrize("key", ["without original", "of another account"])
def test_a_refund_whose_purchase_is_not_known_is_an_estimate(refunded: ComposedProject, key: str) -> None:
    row = one(refunded, key)

    assert (row["rate_id"], row["method"]) == ("new", "estimated")
    assert (row["interchange_amount"], row["reverses_transaction_id"]) == (Decimal("-3.1000"), None)


def test_a_refund_of_an_authorisation_has_its_rate_and_reverses_no_line(refunded: ComposedProject) -> None:
    row = one(refunded, "of an authorisation")

    assert (row["rate_id"], row["interchange_amount"]) == ("old", Decimal("-1.1000"))
    assert row["reverses_transaction_id"] is None
