"""The macros that compute from a row: compiled once, then compared with an authority on many values."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import QuantLib
import sqlglot
from tests.dbt.probes import BY_FORM

from fintech_accelerator.engines.duckdb import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ZONES = ("America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Asia/Kolkata")
DAY_COUNTS = {
    "ACT/360": QuantLib.Actual360(),
    "ACT/365F": QuantLib.Actual365Fixed(),
    "ACT/ACT": QuantLib.ActualActual(QuantLib.ActualActual.ISDA),
    "30/360US": QuantLib.Thirty360(QuantLib.Thirty360.USA),
    "30/360": QuantLib.Thirty360(QuantLib.Thirty360.BondBasis),
    "30E/360": QuantLib.Thirty360(QuantLib.Thirty360.European),
}
FRACTION = "{{ core.year_fraction('first_date', 'second_date', 'NAME') }}"
PARAMETER = "{{ core.parameter('limit', 'input.first_date', 'decimal(9, 2)', form='FORM') }}"
MODELS = {
    **{f"probe__forms_{form}": sql for form, sql in BY_FORM.items()},
    "probe__hash": "select {{ core.hash('word') }} from input",
    "probe__to_local": "select {{ core.to_local('moment') }} from input",
    "probe__to_local_by_column": "select {{ core.to_local('moment', 'word') }} from input",
    "probe__to_utc": "select {{ core.to_utc('moment', 'word') }} from input",
    "probe__months": "select {{ core.months_between('first_date', 'second_date') }} from input",
    "probe__ratio": "select {{ core.ratio('part', 'whole', 4) }} from input",
    "probe__numbers": "select number from ({{ core.numbers(123) }}) as found",
    "probe__distance": "select {{ core.distance_km('a_lat', 'a_lon', 'b_lat', 'b_lon') }} from input",
    "probe__flags": (
        "select {{ core.capability_flags(['no_login', 'no_gl', 'no_fx']) }}, {{ core.parameter_set_id() }}"
    ),
    "probe__without_flags": "select {{ core.capability_flags(['no_gl']) }}",
    "probe__has": """
select
    {{ core.has('transactions') }},
    {{ core.has('transactions', 'mcc') }},
    {{ core.has('transactions', 'amount') }},
    {{ core.has('transactions', 'amount_base') }},
    {{ core.has('cards') }},
    {{ core.has('mcc_codes') }},
    {{ core.has('accounts_history') }}
""",
    "probe__no_import": "{{ core.import_or_empty('absent', 'absent__mart',"
    " {'a': 'varchar(3)', 'b': 'integer'}) }}",
    "probe__day_count_by_column": (
        "select {{ core.year_fraction('first_date', 'second_date', 'word') }} from input"
    ),
    **{
        f"probe__day_count_{number}": f"select {FRACTION.replace('NAME', name)} from input"
        for number, name in enumerate(DAY_COUNTS)
    },
    **{
        f"probe__parameter_{form}": f"select first_date, {PARAMETER.replace('FORM', form)} from input"
        for form in ("native", "portable")
    },
}


@pytest.fixture(scope="module")
def bank(new_bank: Callable[..., Any]) -> Any:
    return new_bank(MODELS, mapped={"transactions": ["transaction_id", "amount"], "accounts": ["account_id"]})


@pytest.fixture
def ask(bank: Any) -> Iterator[Callable[..., list[Any]]]:
    """Run one of the models over rows of a table `input`."""
    connection = duckdb.connect()

    def run(name: str, columns: str = "", rows: list[tuple[Any, ...]] | None = None) -> list[Any]:
        if columns:
            connection.execute(f"create or replace table input ({columns})")
            values = [list(column) for column in zip(*rows, strict=True)]
            connection.execute(f"insert into input select {', '.join('unnest(?)' for _ in values)}", values)
        found = connection.execute(bank.compiled(name)).fetchall()
        return [row[0] for row in found] if found and len(found[0]) == 1 else found

    yield run
    connection.close()


@pytest.fixture(scope="module")
def pairs() -> list[tuple[date, date]]:
    """Random pairs, and the ends of all months of 14 years, around which conventions differ."""
    chance = random.Random(360)  # noqa: S311  (test data)
    first = [date(1995, 1, 1) + timedelta(days=chance.randrange(11000)) for _ in range(20_000)]
    found = [(day, day + timedelta(days=chance.randrange(4001))) for day in first]
    days = (date(1999, 1, 1) + timedelta(days=n) for n in range(5114))  # to the end of 2012
    ends = [day for day in days if day.day >= 27]
    offsets = (*range(4), *range(28, 33), *range(58, 61), *range(89, 92), 365, 366)
    return found + [(day, day + timedelta(days=n)) for day in ends for n in offsets]


@pytest.mark.parametrize("name", DAY_COUNTS)
def test_year_fractions_are_those_of_quantlib(
    ask: Callable[..., list[Any]], pairs: list[tuple[date, date]], name: str
) -> None:
    model = f"probe__day_count_{list(DAY_COUNTS).index(name)}"

    found = ask(model, "first_date date, second_date date", pairs)

    expected = [DAY_COUNTS[name].yearFraction(_quantlib(first), _quantlib(second)) for first, second in pairs]
    wrong = [pair for pair, a, b in zip(pairs, found, expected, strict=True) if abs(float(a) - b) > 6e-13]
    assert len(pairs) == 32_682
    assert wrong == []


def test_the_convention_may_stand_in_a_column(ask: Callable[..., list[Any]]) -> None:
    rows = [(date(2028, 2, 1), date(2028, 3, 1), name) for name in (*DAY_COUNTS, "unknown")]

    found = ask("probe__day_count_by_column", "first_date date, second_date date, word varchar", rows)

    expected = [DAY_COUNTS[name].yearFraction(_quantlib(a), _quantlib(b)) for a, b, name in rows[:-1]]
    assert [float(value) for value in found[:-1]] == pytest.approx(expected, abs=6e-13)
    assert found[-1] is None


def test_a_hash_is_sha_256_in_hexadecimal(ask: Callable[..., list[Any]]) -> None:
    words = ["", "a", "Zürich", None]

    found = ask("probe__hash", "word varchar", [(word,) for word in words])

    assert found == [
        hashlib.sha256(word.encode()).hexdigest() if word is not None else None for word in words
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_follows_summer_time(ask: Callable[..., list[Any]], zone: str) -> None:
    moments = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes) for minutes in range(0, 525600, 30)
    ]
    rows = [(moment.replace(tzinfo=None), zone) for moment in moments]

    found = ask("probe__to_local_by_column", "moment timestamp, word varchar", rows)

    assert found == [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]


def test_local_time_is_the_banks_unless_said_otherwise(ask: Callable[..., list[Any]]) -> None:
    before = datetime(2026, 3, 8, 6, 30, tzinfo=UTC).replace(tzinfo=None)  # half an hour before summer time

    found = ask("probe__to_local", "moment timestamp", [(before,), (before + timedelta(hours=1),)])

    assert found == [before - timedelta(hours=5), before - timedelta(hours=3)]


@pytest.mark.parametrize("zone", ZONES)
def test_utc_is_the_reverse_of_local_time_but_in_the_hour_that_occurs_twice(
    ask: Callable[..., list[Any]], zone: str
) -> None:
    moments = [datetime(2026, 1, 1, 0, 5, tzinfo=UTC) + timedelta(hours=hours) for hours in range(8760)]
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    naive = [moment.replace(tzinfo=None) for moment in local]

    found = ask("probe__to_utc", "moment timestamp, word varchar", [(moment, zone) for moment in naive])

    once = [moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset() for moment in local]
    wrong = [
        moment
        for moment, value, clear in zip(moments, found, once, strict=True)
        if clear and value != moment.replace(tzinfo=None)
    ]
    assert wrong == []
    assert sum(once) >= 8756


def test_the_forms_for_redshift_say_the_same_as_those_for_duckdb(
    ask: Callable[..., list[Any]], bank: Any
) -> None:
    start = datetime(2026, 1, 1, 0, 5, tzinfo=UTC).replace(tzinfo=None)
    rows = [(start + timedelta(hours=hours), str(hours)) for hours in range(8760)]
    native = ask("probe__forms_native", "moment timestamp, word varchar", rows)

    (translated,) = sqlglot.transpile(bank.compiled("probe__forms_portable"), read="redshift", write="duckdb")

    assert duckdb_rows(translated, rows) == native


@pytest.mark.parametrize(
    ("first", "second", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 1), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2025, 12, 15), date(2026, 12, 14), 11),
        (date(2025, 12, 15), date(2026, 12, 15), 12),
        (date(2026, 2, 1), date(2026, 1, 1), -1),
    ],
)
def test_a_month_is_complete_on_the_same_day(
    ask: Callable[..., list[Any]], first: date, second: date, months: int
) -> None:
    assert ask("probe__months", "first_date date, second_date date", [(first, second)]) == [months]


def test_a_ratio_rounds_halves_away_from_zero_and_has_none_without_a_divisor(
    ask: Callable[..., list[Any]],
) -> None:
    rows = [("8.495", 4), ("-8.495", 4), ("2.12374", 1), ("1", 3), ("2", 3), ("0", 7), ("5", 0), (None, 2)]

    found = ask("probe__ratio", "part decimal(18, 5), whole integer", rows)

    expected = ["2.1238", "-2.1238", "2.1237", "0.3333", "0.6667", "0.0000", None, None]
    assert found == [None if value is None else Decimal(value) for value in expected]


def test_numbers_begin_at_zero_and_end_at_the_last(ask: Callable[..., list[Any]]) -> None:
    assert sorted(ask("probe__numbers")) == list(range(124))


def test_distances_are_those_of_the_great_circle_also_between_opposite_points(
    ask: Callable[..., list[Any]],
) -> None:
    columns = "a_lat decimal(9, 6), a_lon decimal(9, 6), b_lat decimal(9, 6), b_lon decimal(9, 6)"
    rows = [(40.7128, -74.006, 51.5074, -0.1278), (10.5, 20, -10.5, -160), (1, 2, 1, 2), (1, 2, None, 2)]

    found = ask("probe__distance", columns, rows)

    assert [None if value is None else float(value) for value in found] == [
        pytest.approx(5570.2, abs=1),
        pytest.approx(20015.1, abs=0.1),
        0.0,
        None,
    ]


def test_flags_are_those_that_apply_to_the_bank(ask: Callable[..., list[Any]]) -> None:
    assert ask("probe__flags") == [("no_fx,no_login", "0123456789abcdef")]
    assert ask("probe__without_flags") == [""]


def test_a_model_can_ask_what_the_bank_has(ask: Callable[..., list[Any]]) -> None:
    assert ask("probe__has") == [(True, False, True, True, False, True, True)]


def test_the_import_of_an_absent_pack_is_empty_with_its_columns(
    ask: Callable[..., list[Any]], bank: Any
) -> None:
    assert ask("probe__no_import") == []
    described = duckdb.connect().execute(f"describe {bank.compiled('probe__no_import')}").fetchall()
    assert [row[:2] for row in described] == [("a", "VARCHAR"), ("b", "INTEGER")]


@pytest.mark.parametrize("form", ["native", "portable"])
def test_a_dated_parameter_has_the_value_of_its_day(bank: Any, form: str) -> None:
    sql = bank.compiled(f"probe__parameter_{form}")
    periods = [
        ("10000", "1900-01-01", "2026-06-01"),
        ("12500.50", "2026-06-01", "2027-01-01"),
        ("15000", "2027-01-01", None),
    ]
    days = ["2025-01-01", "2026-05-31", "2026-06-01", "2026-12-31", "2027-01-01"]
    with open_warehouse(bank.warehouse) as connection:
        connection.execute("delete from ops.parameter_values")
        for value, first, last in periods:
            connection.execute(
                "insert into ops.parameter_values values ('probe', 'limit', ?, ?, ?)", [value, first, last]
            )
        connection.execute(
            "insert into ops.parameter_values values ('other', 'limit', '1', '1900-01-01', null)"
        )
        connection.execute(
            "create or replace temp table input as select unnest(?::date[]) as first_date", [days]
        )

        found = connection.execute(sql + " order by 1").fetchall()

    assert [float(value) for _, value in found] == [10000, 10000, 12500.5, 12500.5, 15000]


def duckdb_rows(sql: str, rows: list[tuple[Any, ...]]) -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute("create table input (moment timestamp, word varchar)")
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute("insert into input select unnest(?), unnest(?)", columns)
        return connection.execute(sql).fetchall()


def _quantlib(day: date) -> Any:
    return QuantLib.Date(day.day, day.month, day.year)
