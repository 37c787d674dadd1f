"""Packs whose SQL does more than read, or hides what it reads."""

from __future__ import annotations

from tests.packs.spoiled import (
    MART,
    SUITE,
    Spoiled,
    in_mart,
    replacing,
    step,
    writing,
)

CASES = (
    # SQL that does more than read
    Spoiled(
        "a deletion inside a step",
        step("    delete from stg_nasty__transactions\n    returning *"),
        f"{MART}, line 17",
        "holds DELETE",
    ),
    Spoiled("two statements", in_mart("    from transactions; drop table x\n"), MART, ""),
    Spoiled(
        "a bracket that closes dbt's",
        replacing(MART, "select * from large_payments", "select * from large_payments) union (select 1"),
        MART,
        "does not parse",
    ),
    Spoiled(
        "a function that reads a file",
        step("    select *\n    from read_csv('/etc/passwd')"),
        f"{MART}, line 18",
        "table function",
    ),
    Spoiled(
        "a file as a table",
        step("    select *\n    from '/etc/passwd.csv'"),
        f"{MART}, line 18",
        "/etc/passwd.csv",
    ),
    Spoiled(
        "an unquoted file", step("    select *\n    from secrets.csv"), f"{MART}, line 18", "secrets.csv"
    ),
    Spoiled(
        "the environment by SQL",
        step("    select\n        getenv('HOME') as home"),
        f"{MART}, line 18",
        "'getenv'",
    ),
    Spoiled(
        "the engine's settings",
        step("    select *\n    from duckdb_settings()"),
        f"{MART}, line 18",
        "duckdb_settings",
    ),
    Spoiled(
        "SQL in a string",
        step("    select *\n    from query('select * from core_pii.customers_pii')"),
        f"{MART}, line 18",
        "table function 'query'",
    ),
    Spoiled(
        "a table named in a string",
        step("    select *\n    from query_table('core_pii.customers_pii')"),
        f"{MART}, line 18",
        "table function 'query_table'",
    ),
    Spoiled(
        "a function that nobody listed",
        step("    select\n        write_log('x') as written"),
        f"{MART}, line 18",
        "'write_log', which packs may not use",
    ),
    Spoiled(
        "a function of a schema",
        step("    select\n        main.lower('X') as text"),
        f"{MART}, line 18",
        "a function of a schema",
    ),
    Spoiled("the clock", step("    select\n        now() as at"), f"{MART}, line 18", "calls the function"),
    Spoiled(
        "a rule that writes",
        writing(
            SUITE,
            '{"name": "nasty__large_payments", "meta": {}, "expectations": [{"severity": "critical",'
            ' "type": "unexpected_rows_expectation", "meta": {"rule_id": "N-1"},'
            ' "kwargs": {"unexpected_rows_query": "delete from {batch} returning *"}}]}',
        ),
        SUITE,
        "N-1",
    ),
    Spoiled(
        "a parameter that breaks out of its text",
        replacing("parameters.toml", "default = 1000.0", 'default = "1) or (1=1"'),
        "parameters.toml, line 1",
        "default of 'large_amount'",
    ),
    Spoiled(
        "a parameter nobody declared",
        replacing(MART, "var('large_amount')", "var('small_amount')"),
        f"{MART}, line 23",
        "declares no 'small_amount'",
    ),
)
