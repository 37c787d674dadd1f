"""Fees with what came back of them, interest, the ledger of all of it, and the months that add it up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

JANUARY, FEBRUARY, MARCH = date(2026, 1, 20), date(2026, 2, 10), date(2026, 3, 5)
FEE = {"txn_type": "fee", "fee_code": "OD", "channel": "system", "network": None, "merchant_country": None}
BACK = {**FEE, "txn_type": "fee_reversal", "direction": "C", "fee_code": None}
INTEREST = {**FEE, "txn_type": "interest_charged", "fee_code": None}
PAID = {**INTEREST, "txn_type": "interest_paid", "direction": "C"}
SCHEDULE = {"effective_to": None, "fee_rate": None}


def fees(bank: Any) -> None:
    bank.account("fees", product_code="everyday", legal_entity_id="north")
    bank.post("fees", "waived later", 35, JANUARY, **FEE)
    bank.back("fees", "waiver", 35, FEBRUARY, "waived later", **{**BACK, "fee_waived_flag": 1})
    bank.post("fees", "part back", 35, JANUARY, **FEE)
    bank.back("fees", "part", 10, FEBRUARY, "part back", **BACK)
    bank.post("fees", "waived at once", 12, JANUARY, **{**FEE, "fee_code": "PAPER", "fee_waived_flag": 1})
    bank.post("fees", "no schedule", 5, JANUARY, **{**FEE, "fee_code": "NEW"})
    bank.back("fees", "nobody's", 7, MARCH, "never seen", **BACK)
    bank.post("fees", "wrong", 35, JANUARY, **FEE)
    bank.back("fees", "undone", 35, FEBRUARY, "wrong", **{**BACK, "txn_type": "reversal"})
    undo = {**BACK, "txn_type": "reversal", "direction": "D"}
    bank.back("fees", "undone again", 35, MARCH, "undone", **undo)
    schedule = bank.tables.setdefault("fee_schedule", [])
    for code, product, line, amount, begins in (
        ("OD", "ALL", "penalty_fee", 30, date(2020, 1, 1)),
        ("OD", "everyday", "overdraft_fee", 34, date(2020, 1, 1)),
        ("OD", "everyday", "overdraft_fee", 35, date(2026, 1, 1)),
        ("OD", "everyday", "account_fee", 40, date(2026, 2, 1)),
        ("PAPER", "ALL", "account_fee", 12, date(2020, 1, 1)),
    ):
        keys = {"fee_code": code, "product_code": product, "effective_from": begins}
        schedule.append({**keys, "fee_line": line, "fee_amount": amount, **SCHEDULE})


def interest(bank: Any) -> None:
    bank.account("loan", "mortgage", legal_entity_id="north")
    bank.post("loan", "charged", 500, JANUARY, **INTEREST)
    bank.back("loan", "charge undone", 500, FEBRUARY, "charged", **{**INTEREST, "txn_type": "reversal"})
    bank.post("loan", "charged too much", 20, MARCH, **{**INTEREST, "direction": "C"})
    bank.account("saver", "savings", legal_entity_id="south")
    bank.post("saver", "paid", 8.25, JANUARY, **PAID)


def foreign(bank: Any) -> None:
    bank.account("euro", currency="EUR", legal_entity_id="south")
    euro = {"currency": "EUR"}
    bank.post("euro", "euro fee", 100, JANUARY, **FEE, **euro)
    bank.back("euro", "euro undone", 100, FEBRUARY, "euro fee", **{**BACK, **euro, "txn_type": "reversal"})
    bank.post("euro", "euro fee two", 100, JANUARY, **FEE, **euro)
    bank.back("euro", "euro given back", 100, FEBRUARY, "euro fee two", **BACK, **euro)
    bank.post("euro", "krona fee", 100, JANUARY, **FEE, currency="SEK")
    bank.post("euro", "krona purchase", 100, JANUARY, currency="SEK")
    for on, rate in ((JANUARY, 1.10), (FEBRUARY, 1.20)):
        row = {"rate_date": on, "from_currency": "EUR", "to_currency": "USD", "rate": rate}
        bank.tables.setdefault("fx_rates", []).append(row)


def cards(bank: Any) -> None:
    bank.rate("any", 0.01, fixed_fee=0.10, network="visa")
    bank.account("card", "credit_card", legal_entity_id="north")
    bank.post("card", "bought", 100, JANUARY, scheme_fee_amount=0.05, posted_date=FEBRUARY)
    bank.back("card", "taken back", 100, FEBRUARY, "bought", txn_type="reversal")
    bank.post("card", "blended", 50, JANUARY, network="amex")
    bank.post("card", "cash", 200, JANUARY, txn_type="cash_withdrawal")


def balances(bank: Any) -> None:
    days = [JANUARY.replace(day=1) + timedelta(days=number) for number in range(31)]
    rows = bank.tables.setdefault("balances_daily", [])
    for account, amount in (("loan", 100_000), ("saver", 6_200)):
        for on in days if account == "loan" else days[:10]:
            keys = {"account_id": f"a-{account}", "balance_date": on, "currency": None}
            rows.append({**keys, "balance_eod": amount})
    rows.append(
        {
            "account_id": "a-euro",
            "balance_date": JANUARY - timedelta(days=5),
            "currency": "EUR",
            "balance_eod": 9,
        }
    )


@pytest.fixture(scope="module")
def project(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    for scenario in (fees, interest, foreign, cards, balances):
        scenario(bank)
    return build(bank.tables)


@pytest.fixture(scope="module")
def lines(project: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["ledger_line_id"]: row for row in project.rows("revenue.revenue__ledger")}


def fee_event(project: ComposedProject, key: str) -> dict[str, Any]:
    (row,) = project.rows(f"select * from revenue.revenue__fee_event where transaction_id = '{key}'")
    return row


def test_a_waiver_in_a_later_month_takes_the_fee_back_in_that_month(
    project: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    fee, waiver = fee_event(project, "waived later"), fee_event(project, "waiver")

    assert (fee["gross_amount"], fee["waived_amount"], fee["net_amount"]) == (35, 0, 35)
    assert (waiver["gross_amount"], waiver["waived_amount"], waiver["net_amount"]) == (0, 35, -35)
    assert (waiver["fee_transaction_id"], waiver["charged_date"]) == ("waived later", JANUARY)
    assert (waiver["fee_code"], waiver["fee_line"]) == ("OD", "overdraft_fee")
    line = lines["transactions:waiver:waiver"]
    assert (line["line"], line["effective_date"], line["amount"]) == ("fee_waiver", FEBRUARY, -35)
    assert line["reverses_line_id"] == "transactions:waived later:fee"


def test_a_fee_waived_as_it_is_charged_is_gross_and_waiver(
    project: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    fee = fee_event(project, "waived at once")

    assert (fee["gross_amount"], fee["waived_amount"], fee["net_amount"]) == (12, 12, 0)
    assert lines["transactions:waived at once:fee"]["line"] == "account_fee"
    waiver = lines["transactions:waived at once:waiver"]
    assert (waiver["amount"], waiver["reverses_line_id"]) == (-12, "transactions:waived at once:fee")


def test_net_is_gross_less_waived_less_reversed_on_every_fee(project: ComposedProject) -> None:
    rows = project.rows(
        "select fee_transaction_id as fee, sum(net_amount) as net from revenue.revenue__fee_event"
        " where account_id = 'a-fees' group by all"
    )

    assert {row["fee"]: row["net"] for row in rows} == {
        "waived later": 0,
        "part back": 25,
        "waived at once": 0,
        "no schedule": 5,
        "wrong": 35,
        None: -7,
    }


def test_a_fee_is_classed_by_the_schedule_of_its_day_and_product(project: ComposedProject) -> None:
    found = {key: fee_event(project, key) for key in ("waived later", "euro fee", "no schedule", "part")}

    assert [(row["fee_line"], row["scheduled_amount"], row["is_line_assumed"]) for row in found.values()] == [
        ("overdraft_fee", 35, 0),
        ("penalty_fee", 30, 0),
        ("service_fee", None, 1),
        ("overdraft_fee", 35, 0),
    ]


@pytest.mark.parametrize(
    ("booked", "reversing"),
    [
        ("wrong:fee", ["undone:reversal"]),
        ("charged:interest", ["charge undone:interest"]),
        ("bought:interchange", ["taken back:interchange"]),
        ("euro fee:fee", ["euro undone:reversal"]),
    ],
)
def test_a_line_and_the_lines_that_reverse_it_add_up_to_zero(
    lines: dict[str, dict[str, Any]], booked: str, reversing: list[str]
) -> None:
    line = lines[f"transactions:{booked}"]
    back = [lines[f"transactions:{key}"] for key in reversing]

    assert line["amount"] != 0
    assert line["amount"] + sum(row["amount"] for row in back) == 0
    assert line["amount_base"] + sum(row["amount_base"] for row in back) == 0
    assert {row["reverses_line_id"] for row in back} == {line["ledger_line_id"]}
    assert all(row["effective_date"] > line["effective_date"] for row in back)


def test_a_reversed_reversal_restores_the_line(lines: dict[str, dict[str, Any]]) -> None:
    keys = ("wrong:fee", "undone:reversal", "undone again:reversal")

    assert [lines[f"transactions:{key}"]["amount"] for key in keys] == [35, -35, 35]


def test_money_given_back_is_translated_at_the_rate_of_its_own_day(lines: dict[str, dict[str, Any]]) -> None:
    fee, back = lines["transactions:euro fee two:fee"], lines["transactions:euro given back:reversal"]

    assert (fee["amount_base"], back["amount_base"]) == (110, -120)


def test_interest_is_booked_as_posted_with_the_sign_of_the_bank(lines: dict[str, dict[str, Any]]) -> None:
    found = {key: lines[f"transactions:{key}:interest"] for key in ("charged", "charged too much", "paid")}

    assert [(row["line"], row["amount"], row["method"]) for row in found.values()] == [
        ("interest_income", 500, "actual"),
        ("interest_income", -20, "actual"),
        ("interest_expense", Decimal("-8.25"), "actual"),
    ]


def test_a_line_says_where_it_comes_from_and_when_it_was_booked(lines: dict[str, dict[str, Any]]) -> None:
    line, cost = lines["transactions:bought:interchange"], lines["transactions:bought:scheme_fee"]

    assert (line["effective_date"], line["posting_date"]) == (JANUARY, FEBRUARY)
    assert (line["rate_id"], line["method"], line["amount"]) == ("any", "calculated", Decimal("1.1000"))
    assert (line["source_table"], line["source_id"]) == ("transactions", "bought")
    assert (cost["line"], cost["amount"], cost["method"]) == ("scheme_fee", Decimal("-0.0500"), "actual")
    assert lines["transactions:blended:interchange"]["estimated_flag"] == 1
    assert not any("cash" in key for key in lines)


def test_a_line_without_an_exchange_rate_has_no_base_amount_and_is_counted(
    project: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    for key in ("krona fee:fee", "krona purchase:interchange"):
        line = lines[f"transactions:{key}"]
        assert (line["amount_base"], line["fx_missing_flag"]) == (None, 1)
        assert line["amount"] > 0
    (month,) = project.rows(
        "select * from revenue.revenue__product_month where legal_entity_id = 'south'"
        " and product_type = 'checking' and revenue_month = date '2026-01-01'"
    )
    assert (month["fx_missing_count"], month["revenue_amount"], month["line_count"]) == (2, 220, 4)


SOURCES = {
    "fees": "select sum(case when direction = 'D' then amount else -amount end) from core.transactions"
    " where txn_type in ('fee', 'fee_reversal') and coalesce(fee_waived_flag, 0) = 0"
    " or transaction_id in ('undone', 'undone again', 'euro undone', 'waiver')",
    "interest": "select sum(case when direction = 'D' then amount else -amount end) from core.transactions"
    " where txn_type in ('interest_charged', 'interest_paid') or transaction_id = 'charge undone'",
}


@pytest.mark.parametrize("group", SOURCES)
def test_the_ledger_adds_up_to_the_transactions_of_the_core(project: ComposedProject, group: str) -> None:
    (row,) = project.rows(
        f"select sum(amount) as ledger, ({SOURCES[group]}) as source from revenue.revenue__ledger"
        f" where line_group = '{group}'"
    )

    assert row["ledger"] == row["source"] != 0


def test_the_ledger_adds_up_to_the_interchange(project: ComposedProject) -> None:
    (row,) = project.rows(
        "select (select sum(amount) from revenue.revenue__ledger where line_group = 'interchange') as ledger,"
        " sum(interchange_amount) - sum(scheme_fee_amount) as source from revenue.revenue__interchange"
    )

    assert row["ledger"] == row["source"] != 0


FIGURES = {
    "revenue_amount": "is_memo = 0",
    "net_interest_income": "line_group = 'interest'",
    "interest_expense": "line = 'interest_expense'",
    "net_interchange": "line_group = 'interchange'",
    "scheme_fee": "line = 'scheme_fee'",
    "net_fees": "line_group = 'fees'",
    "fee_waiver": "line = 'fee_waiver'",
    "fee_reversal": "line = 'fee_reversal'",
    "estimated_amount": "estimated_flag = 1",
}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_a_month_is_a_sum_of_the_ledger(project: ComposedProject, figure: str) -> None:
    (row,) = project.rows(
        f"select (select sum({figure}) from revenue.revenue__product_month) as months,"
        f" (select sum(amount_base) from revenue.revenue__ledger where {FIGURES[figure]}) as ledger"
    )

    assert row["months"] == row["ledger"] != 0


def test_months_are_by_product_entity_and_the_day_it_was_earned(project: ComposedProject) -> None:
    rows = project.rows("select * from revenue.revenue__product_month where net_fees is not null")
    found = {(row["product_code"], row["legal_entity_id"], row["revenue_month"].month) for row in rows}

    assert {("everyday", "north", 1), ("everyday", "north", 2), ("everyday", "north", 3)} <= found
    assert ("checking", "south", 1) in found


def test_a_stream_without_lines_is_unknown_and_not_zero(project: ComposedProject) -> None:
    (month,) = project.rows(
        "select * from revenue.revenue__product_month where product_code = 'mortgage'"
        " and revenue_month = date '2026-01-01'"
    )

    assert (month["interest_income"], month["net_fees"], month["net_interchange"]) == (500, None, None)
    assert month["memo_amount"] is None


def test_margins_follow_from_average_daily_balances(project: ComposedProject) -> None:
    rows = {
        row["product_code"]: row
        for row in project.rows(
            "select * from revenue.revenue__product_month where revenue_month = date '2026-01-01'"
        )
    }

    assert rows["mortgage"]["average_earning_assets"] == 100_000
    assert rows["mortgage"]["net_interest_margin"] == Decimal("0.058871")  # 500 x 365/31 / 100,000
    assert rows["savings"]["average_deposits"] == 2_000  # ten days of 31
    assert rows["savings"]["cost_of_deposits"] == Decimal("0.048569")  # 8.25 x 365/31 / 2,000
    assert rows["checking"]["balance_fx_missing_count"] == 1
    assert rows["everyday"]["net_interest_margin"] is None


def test_a_memo_in_the_ledger_is_shown_and_never_revenue(
    new_bank: Any, build: Callable[..., ComposedProject]
) -> None:
    bank = new_bank()
    bank.post("fees", "fee", 35, JANUARY, **FEE)
    project = build(bank.tables)
    project.close()
    with open_warehouse(project.composition.warehouse) as connection:
        connection.execute(
            "insert into revenue.revenue__ledger select * replace ('memo' as ledger_line_id,"
            " 'provision_memo' as line, 'memo' as line_group, 1 as is_memo, -1000 as amount_base)"
            " from revenue.revenue__ledger"
        )
    (month,) = project.run().rows("revenue.revenue__product_month")

    assert (month["revenue_amount"], month["net_fees"], month["memo_amount"]) == (35, 35, -1000)
    assert (month["line_count"], month["estimated_share"]) == (2, 0)
