"""The reference tables: what the product ships, and what a source of the bank puts in its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import QuantLib

from fintech_accelerator.contract import load_contract

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = (
    *("mcc_codes", "countries", "country_risk", "interchange_rates", "regulated_caps"),
    *("escheat_rules", "products", "reason_codes"),
)
PAYMENT = {
    "transaction_id": "one",
    "account_id": "held",
    "event_ts": datetime(2026, 3, 6, 12, tzinfo=UTC).replace(tzinfo=None),
    "amount": Decimal(100),
    "direction": "D",
    "currency": "USD",
}


@pytest.fixture(scope="module")
def bank(new_bank: Callable[..., Any]) -> Any:
    return new_bank().build("+calendar", *(f"+{table}" for table in SHIPPED))


@pytest.mark.parametrize(
    ("jurisdiction", "holidays", "first_year"),
    [
        ("US", QuantLib.UnitedStates(QuantLib.UnitedStates.FederalReserve), 1990),
        ("EU", QuantLib.TARGET(), 1999),
        ("WEEKEND", QuantLib.WeekendsOnly(), 1990),
    ],
)
def test_business_days_are_those_of_quantlib(
    bank: Any, jurisdiction: str, holidays: Any, first_year: int
) -> None:
    query = (
        "select calendar_date, is_business_day from ref.calendar"
        " where jurisdiction = ? and calendar_date >= ?"
    )

    found = bank.rows(query, jurisdiction, date(first_year, 1, 1))

    wrong = [
        day
        for day, is_business_day in found
        if bool(is_business_day) != holidays.isBusinessDay(QuantLib.Date(day.day, day.month, day.year))
    ]
    assert len(found) == (date(2045, 12, 31) - date(first_year, 1, 1)).days + 1
    assert wrong == []


def test_the_calendar_leads_from_one_business_day_to_the_next(bank: Any) -> None:
    query = (
        "select previous_business_date, next_business_date, fiscal_period, month_end_flag, holiday_name"
        " from ref.calendar where jurisdiction = 'US' and calendar_date = ?"
    )

    assert bank.rows(query, date(2026, 5, 25)) == [
        (date(2026, 5, 22), date(2026, 5, 26), "2026-05", 0, "Memorial Day"),
    ]
    assert bank.rows(query, date(2028, 2, 29)) == [
        (date(2028, 2, 28), date(2028, 3, 1), "2028-02", 1, None),
    ]


def test_a_country_is_risky_only_while_it_is_listed(bank: Any) -> None:
    query = (
        "select iso2 from ref.country_risk"
        " where fatf_status = ? and effective_from <= ? and (effective_to is null or effective_to >= ?)"
    )
    day = date(2026, 7, 1)

    monitored = {code for (code,) in bank.rows(query, "increased_monitoring", day, day)}

    assert {"KW", "PG", "BA", "IQ"} <= monitored
    assert not {"DZ", "NA"} & monitored
    assert {code for (code,) in bank.rows(query, "call_for_action", day, day)} == {"KP", "IR", "MM"}


@pytest.mark.parametrize("table", SHIPPED)
def test_shipped_reference_data_fits_the_contract(bank: Any, table: str) -> None:
    shape = load_contract().table(table)
    for column in shape.columns:
        name = column.name
        if column.requirement.value == "always":
            assert bank.rows(f"select count(*) from ref.{table} where {name} is null") == [(0,)]
        if column.enum:
            found = {str(value) for (value,) in bank.rows(f"select distinct {name} from ref.{table}")}
            assert found <= {*column.enum, "None"}
        if column.pattern:
            odd = f"select {name} from ref.{table} where not regexp_matches({name}, ?)"
            assert bank.rows(odd, column.pattern) == []
    keys = ", ".join(shape.key)
    assert bank.rows(f"select {keys} from ref.{table} group by {keys} having count(*) > 1") == []
    assert bank.rows(f"select count(*) > 3 from ref.{table}") == [(True,)]
    source = "source_document" if table == "interchange_rates" else "source"
    unsaid = f"select count(*) from ref.{table} where {source} is null or loaded_at is not null"
    assert bank.rows(unsaid) == [(0,)]


def test_a_source_of_the_bank_replaces_what_is_shipped(new_bank: Callable[..., Any]) -> None:
    bank = new_bank(
        mapped={"mcc_codes": ["mcc", "description"], "calendar": ["calendar_date"]}, base_currency="SEK"
    )
    days = [
        {"calendar_date": date(2026, 3, day), "jurisdiction": "SE", "is_business_day": 0} for day in (6, 7, 8)
    ]
    for day in days:
        day["next_business_date"] = date(2026, 3, 9)
    bank.load(
        {
            "mcc_codes": [{"mcc": "5411", "description": "food"}],
            "calendar": days,
            "transactions": [PAYMENT],
        }
    ).build("+transactions", "mcc_codes")

    assert bank.rows("select mcc, description, spend_group from ref.mcc_codes") == [("5411", "food", None)]
    assert bank.rows("select count(*) from ref.mcc_codes where loaded_at is null") == [(0,)]
    assert bank.rows("select business_date, fx_missing_flag from core.transactions") == [
        (date(2026, 3, 9), 1)
    ]
