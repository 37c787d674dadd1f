"""Typing by the contract: what a value becomes, and which rule a value that cannot breaks."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Bank

LOGIN = {"login_id": "'l1'", "customer_id": "'c1'", "event_ts": "'2025-01-01'"}


def _at(*parts: int) -> datetime:
    """A time as the warehouse keeps it: UTC, without saying so."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def _try(bank: Bank, column: str, text: str | None, *, form: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """Load one value for a column of one table: what is loaded, and the rule that it broke."""
    table, _, name = column.partition(".")
    fixed = {
        "login_activity": {"login_id": "'l1'", "event_ts": "'2025-01-01'"},
        "customers": {"customer_id": "'c1'"},
        "accounts": {
            "account_id": "'a1'",
            "primary_customer_id": "'c1'",
            "product_type": "'checking'",
            "currency": "'EUR'",
        },
        "fx_rates": {"rate_date": "'2025-01-01'", "from_currency": "'EUR'", "to_currency": "'USD'"},
    }[table]
    bank.source(table, "in/a.jsonl", {**fixed, name: "given"}, form=form)
    bank.write("in/a.jsonl", json.dumps({"given": text, "other": 1}) + "\n")
    result = bank.load()
    assert result.refused == ()
    rows = bank.rows(f"select {name} from raw_data.{table}")
    rules = [(each.column_name, each.rule) for each in bank.quarantined()]
    assert len(rows) + len(rules) == 1
    if rules:
        assert rules[0][0] == name
    return (rows[0][0] if rows else None), (rules[0][1] if rules else None)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("login_activity.event_ts", "2025-06-01 10:00:00.123456", _at(2025, 6, 1, 10, 0, 0, 123456)),
        ("login_activity.event_ts", "2025-06-01", _at(2025, 6, 1)),
        ("login_activity.event_ts", "2025-06-01T10:00Z", _at(2025, 6, 1, 10)),
        ("login_activity.event_ts", "2025-06-01 10:00:00 UTC", _at(2025, 6, 1, 10)),
        ("login_activity.event_ts", "2025-06-01T10:00:00-05:00", _at(2025, 6, 1, 15)),
        ("login_activity.event_ts", "2025-06-01 10:00:00.5+0530", _at(2025, 6, 1, 4, 30, 0, 500000)),
        ("login_activity.event_ts", "2025-01-01T00:30:00+01", _at(2024, 12, 31, 23, 30)),
        ("customers.onboarded_date", "2025-06-01", date(2025, 6, 1)),
        ("customers.onboarded_date", "2025-06-01T23:30:00-02:00", date(2025, 6, 2)),
        ("accounts.interest_rate", "0.0525", Decimal("0.052500")),
        ("accounts.interest_rate", " .5 ", Decimal("0.500000")),
        ("accounts.credit_limit", "1e3", Decimal("1000.00")),
        ("accounts.term_months", "360", 360),
        ("accounts.term_months", "360.0", 360),
        ("accounts.original_principal", "", None),
        ("accounts.original_principal", None, None),
        ("login_activity.asn", "A" * 16, "A" * 16),
    ],
)
def test_a_value_that_fits_becomes_the_contracts_type(
    bank: Bank, column: str, text: str, value: object
) -> None:
    assert _try(bank, column, text) == (value, None)


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("login_activity.event_ts", "yesterday", "type"),
        ("login_activity.event_ts", "infinity", "type"),
        ("login_activity.event_ts", "epoch", "type"),
        ("login_activity.event_ts", "2025-06-01 10:00:00 Europe/Paris", "type"),
        ("login_activity.event_ts", "2025-02-30 10:00:00", "type"),
        ("login_activity.event_ts", "2025-06-01 25:00:00", "type"),
        ("login_activity.event_ts", "1748772000", "type"),
        ("login_activity.event_ts", "", "required"),
        ("customers.onboarded_date", "01/06/2025", "type"),
        ("customers.onboarded_date", "20250601", "type"),
        ("customers.onboarded_date", "infinity", "type"),
        ("accounts.original_principal", "12345678901234567.00", "type"),
        ("accounts.original_principal", "1,000.00", "type"),
        ("accounts.original_principal", "1_000", "type"),
        ("accounts.original_principal", "NaN", "type"),
        ("accounts.original_principal", "EUR 5", "type"),
        ("accounts.term_months", "12.5", "type"),
        ("accounts.term_months", "0x1F", "type"),
        ("accounts.term_months", "99999999999", "type"),
        ("accounts.term_months", "true", "type"),
        ("accounts.days_past_due", "-1", "minimum"),
        ("login_activity.lat", "91", "maximum"),
        ("login_activity.lat", "-90.000001", "minimum"),
        ("login_activity.asn", "A" * 17, "length"),
        ("login_activity.asn", "é" * 9, "length"),
        ("login_activity.outcome", "Success", "enum"),
        ("login_activity.outcome", None, "required"),
        ("login_activity.mfa_method", "carrier pigeon", "enum"),
        ("login_activity.mfa_result", "FAILED", "enum"),
        ("accounts.close_reason", "moved_bank", "enum"),
        ("customers.kyc_verified_at", None, "required"),
        ("customers.source_system", "", "required"),
        ("fx_rates.rate", "0", "minimum"),
        ("fx_rates.rate", "0.000000001", "minimum"),
        ("login_activity.is_vpn_proxy", "2", "enum"),
        ("login_activity.ip_country", "de", "pattern"),
        ("accounts.currency", "EURO", "length"),
        ("accounts.currency", "eur", "pattern"),
    ],
)
def test_a_value_that_does_not_fit_is_quarantined_by_its_rule(
    bank: Bank, column: str, text: str | None, rule: str
) -> None:
    assert _try(bank, column, text) == (None, rule)


@pytest.mark.parametrize(
    ("column", "text", "form", "value"),
    [
        ("customers.onboarded_date", "930101", {"date_format": "%y%m%d"}, date(1993, 1, 1)),
        ("customers.onboarded_date", "01.06.2025", {"date_format": "%d.%m.%Y"}, date(2025, 6, 1)),
        (
            "login_activity.event_ts",
            "01/06/2025 10:15",
            {"timestamp_format": "%d/%m/%Y %H:%M"},
            _at(2025, 6, 1, 10, 15),
        ),
        (
            "login_activity.event_ts",
            "20250601101500+0200",
            {"timestamp_format": "%Y%m%d%H%M%S%z"},
            _at(2025, 6, 1, 8, 15),
        ),
        ("accounts.original_principal", "1234,50", {"decimal_separator": ","}, Decimal("1234.50")),
    ],
)
def test_formats_of_dates_and_numbers_can_be_told(
    bank: Bank, column: str, text: str, form: dict[str, Any], value: object
) -> None:
    assert _try(bank, column, text, form=form) == (value, None)


def test_a_date_that_does_not_have_the_told_format_is_quarantined(bank: Bank) -> None:
    form = {"date_format": "%y%m%d"}
    assert _try(bank, "customers.onboarded_date", "2025-06-01", form=form) == (None, "type")


def test_a_row_with_several_broken_columns_counts_once_and_has_a_record_for_each(bank: Bank) -> None:
    bank.source("login_activity", "in/a.csv")
    bank.write(
        "in/a.csv",
        "login_id,customer_id,event_ts,outcome,session_seconds\n"
        "l1,c1,2025-01-01,success,10\n,c2,never,Oops,x\nl3,c3,2025-01-01,failure,\n",
    )

    result = bank.load()

    assert (result.rows_in, result.rows_loaded, result.rows_quarantined) == (3, 2, 1)
    found = [(each.row_number, each.column_name, each.rule, each.value) for each in bank.quarantined()]
    assert found == [
        (2, "event_ts", "type", "never"),
        (2, "login_id", "required", None),
        (2, "outcome", "enum", "Oops"),
        (2, "session_seconds", "type", "x"),
    ]
    first = bank.quarantined()[0]
    assert (first.file_name, first.unit_id) == ("in/a.csv", result.units[0].unit_id)
    assert json.loads(first.row or "") == {
        "login_id": None,
        "customer_id": "c2",
        "event_ts": "never",
        "outcome": "Oops",
        "session_seconds": "x",
    }


def test_a_column_that_is_not_mapped_is_not_required(bank: Bank) -> None:
    bank.source("login_activity", "in/a.csv", LOGIN).write("in/a.csv", "x,y\n1,2\n")

    assert bank.load().rows_loaded == 1


def test_personal_values_are_masked_wherever_they_stand(bank: Bank) -> None:
    bank.source(
        "customers_pii",
        "in/a.csv",
        {"customer_id": "id", "email": "lower(MAIL)", "birth_date": "born", "country": "country"},
    )
    bank.write(
        "in/a.csv",
        "id,MAIL,born,country,secret note\nc1,Ann@Example.org,31.12.1980,Germany,she said\n"
        ",Bob@Example.org,1980-01-01,DE,he said\nc3,Cy@Example.org\n",
    )

    bank.load()

    kept = bank.quarantined()
    assert [(each.row_number, each.column_name, each.rule, each.value) for each in kept] == [
        (1, "birth_date", "type", "***"),
        (1, "country", "length", "***"),
        (2, "customer_id", "required", None),
        (3, None, "columns", "***"),
    ]
    assert json.loads(kept[0].row or "") == {
        "id": "c1",
        "MAIL": "***",
        "born": "***",
        "country": "***",
        "secret note": "***",
    }
    written = b"".join(path.read_bytes() for path in bank.settings.workspace.quarantine.rglob("*.parquet"))
    for secret in (b"xample", b"1980", b"Germany", b"said"):
        assert secret not in written


def test_an_expression_that_fails_on_a_row_quarantines_that_row_only(bank: Bank) -> None:
    bank.source(
        "login_activity", "in/a.csv", {**LOGIN, "login_id": "id", "session_seconds": "cast(n as integer) / 2"}
    )
    bank.write("in/a.csv", "id,n\nl1,4\nl2,four\nl3,\n")

    result = bank.load()

    assert (result.rows_loaded, result.rows_quarantined) == (2, 1)
    assert [(each.row_number, each.column_name, each.rule, each.value) for each in bank.quarantined()] == [
        (2, "session_seconds", "expression", "four")
    ]


def test_an_expression_that_fails_shows_all_that_it_read(bank: Bank) -> None:
    bank.source(
        "login_activity",
        "in/a.csv",
        {**LOGIN, "login_id": "id", "session_seconds": "cast(n as integer) / cast(m as integer)"},
    )
    bank.write("in/a.csv", "id,n,m\nl1,four,\n")

    bank.load()

    assert [each.value for each in bank.quarantined()] == ["n = four, m = null"]


def test_an_expression_that_fails_shows_nothing_personal(bank: Bank) -> None:
    bank.source("customers", "in/a.csv", {"customer_id": "id", "birth_year": "cast(born as integer)"})
    bank.write("in/a.csv", "id,born\nc1,secret\n")

    bank.load()

    assert [(each.rule, each.value) for each in bank.quarantined()] == [("expression", "***")]


def test_an_expression_that_is_null_is_no_failure(bank: Bank) -> None:
    bank.source(
        "login_activity", "in/a.csv", {**LOGIN, "login_id": "id", "session_seconds": "nullif(n, '0')"}
    )
    bank.write("in/a.csv", "id,n\nl1,0\n")

    assert bank.load().rows_loaded == 1


def test_the_row_number_counts_lines_that_were_rejected(bank: Bank) -> None:
    bank.source("customers", "in/a.csv", {"customer_id": "id", "birth_year": "born"})
    bank.write("in/a.csv", "id,born\nc1,1980\nc2\nc3,1981,x\nc4,old\nc5\nc6,1990\nc7,1\n")

    result = bank.load()

    assert (result.rows_in, result.rows_loaded, result.rows_quarantined) == (7, 2, 5)
    assert [(each.row_number, each.column_name, each.rule) for each in bank.quarantined()] == [
        (2, None, "columns"),
        (3, None, "columns"),
        (4, "birth_year", "type"),
        (5, None, "columns"),
        (7, "birth_year", "minimum"),
    ]
    assert bank.rows("select customer_id, _row_number from raw_data.customers order by 1") == [
        ("c1", 1),
        ("c6", 6),
    ]
