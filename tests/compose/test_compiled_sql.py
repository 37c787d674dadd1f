"""What the exact SQL of a model may hold: it reads, by functions that are listed, and nothing else."""

from __future__ import annotations

import inspect

import pytest
from sqlglot import exp

from fintech_accelerator.compose.compiled_sql import check_query
from fintech_accelerator.compose.functions import OF_ENGINE, PORTABLE

READABLE = frozenset({("core", "transactions")})


@pytest.mark.parametrize(
    "expression",
    [
        "coalesce(mcc, 'none')",
        "nvl(mcc, 'none')",
        "sum(amount) over (order by event_ts rows between unbounded preceding and current row)",
        "sum(case when amount > 1 then amount else 0 end)",
        "percentile_cont(0.5) within group (order by amount)",
        "cast(date_trunc('month', event_ts) as date)",
        "event_ts + interval '1' day",
        "datediff('day', event_ts, event_ts)",
        "extract(hour from event_ts)",
        "mod(amount, 100) + power(amount, 2)",
        "substring(mcc, 1, 2) || lpad(mcc, 6, '0')",
        "regexp_replace(mcc, '[0-9]', '')",
        "row_number() over (order by amount)",
        "amount in (select max(amount) from core.transactions)",
    ],
)
def test_ordinary_functions_may_be_called(expression: str) -> None:
    assert check_query(f"select {expression} as value from core.transactions", READABLE) is None


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("getenv('HOME')", "getenv"),
        ("main.getenv('HOME')", "getenv"),
        ("system.main.lower(mcc)", "system.main.lower(mcc)"),
        ("current_setting('secret_directory')", "current_setting"),
        ("getvariable('token')", "getvariable"),
        ("nextval('numbers')", "nextval"),
        ("query('select 1')", "query"),
        ("read_text('/etc/passwd')", "read_text"),
        ("current_date", "current_date"),
        ("current_timestamp", "current_timestamp"),
        ("localtimestamp", "localtimestamp"),
        ("today()", "current_date"),
        ("random()", "rand"),
        ("uuid()", "uuid"),
        ("current_user", "current_user"),
        ("a_function_of_tomorrow(amount)", "a_function_of_tomorrow"),
        ("list_aggregate([amount], 'sum')", "list_aggregate"),
        ("json_serialize_sql('select 1')", "json_serialize_sql"),
    ],
)
def test_any_other_function_is_refused_by_name(expression: str, named: str) -> None:
    problem = check_query(f"select {expression} as value from core.transactions", READABLE)

    assert problem is not None
    assert named in problem.text


@pytest.mark.parametrize(
    "relation",
    [
        *("read_csv('/etc/passwd')", "glob('*')", "query_table('core.customers')", "query('select 1')"),
        *("duckdb_secrets()", "pragma_storage_info('core.customers')", "range(10)", "unnest([1, 2])"),
        *("generate_series(1, 10)", "parquet_scan('x')", "sniff_csv('x')", "main.range(10)"),
    ],
)
def test_no_table_function_may_be_read(relation: str) -> None:
    problem = check_query(f"select * from {relation} as rows_of_it", READABLE)

    assert problem is not None


def test_every_name_on_the_list_is_one_that_the_parser_gives() -> None:
    classes = {
        each.key
        for _, each in inspect.getmembers(exp, inspect.isclass)
        if issubclass(each, exp.Func) and each is not exp.Func
    }

    assert not PORTABLE - classes - {"btrim"}  # which is a trim in one dialect and has no class in the other


@pytest.mark.parametrize("dialect", sorted(OF_ENGINE))
def test_each_engine_has_its_own_functions_and_not_the_other_one_s(dialect: str) -> None:
    queries = {
        "duckdb": "select timezone('UTC', event_ts) as local_ts from core.transactions",
        "redshift": "select convert_timezone('UTC', 'CET', event_ts) as local_ts from core.transactions",
    }
    for engine, query in queries.items():
        problem = check_query(query, READABLE, dialect=dialect)

        assert (problem is None) is (engine == dialect)
