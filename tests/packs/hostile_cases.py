"""Packs that reach for what is not theirs."""

from __future__ import annotations

from tests.packs.spoiled import (
    MACROS,
    MART,
    MART_YML,
    STAGING,
    Spoiled,
    in_mart,
    replacing,
    step,
    writing,
)

CASES = (
    # hooks
    Spoiled(
        "a hook in a model",
        replacing(
            MART, "materialized='table'", "materialized='table', post_hook='drop table core.customers'"
        ),
        f"{MART}, line 1",
        "may not set 'post_hook'",
    ),
    Spoiled(
        "a hook in yml",
        replacing(MART_YML, "      contract:", "      post-hook: drop table core.customers\n      contract:"),
        f"{MART_YML}, line 7",
        "'post-hook'",
    ),
    Spoiled(
        "on-run-start",
        writing("dbt/dbt_project.yml", 'name: nasty\non-run-start: "drop table core.customers"\n'),
        "dbt/dbt_project.yml, line 2",
        "'on-run-start'",
    ),
    Spoiled(
        "a SQL header",
        replacing(MART, "materialized='table'", "materialized='table', sql_header='set x = 1;'"),
        f"{MART}, line 1",
        "may not set 'sql_header'",
    ),
    # jinja that reaches out
    Spoiled(
        "the environment",
        in_mart("    from transactions {{ env_var('HOME') }}\n"),
        f"{MART}, line 22",
        "calls 'env_var'",
    ),
    Spoiled(
        "a query while compiling",
        in_mart("    from transactions {% do run_query('drop table core.customers') %}\n"),
        f"{MART}, line 22",
        "calls 'run_query'",
    ),
    Spoiled(
        "a statement while compiling",
        in_mart("    from transactions {% call statement('x') %}drop table core.customers{% endcall %}\n"),
        f"{MART}, line 22",
        "may not use 'callblock'",
    ),
    Spoiled(
        "the context behind a subscript",
        in_mart("    from transactions {{ context['env_var']('HOME') }}\n"),
        f"{MART}, line 22",
        "",
    ),
    Spoiled(
        "the adapter",
        in_mart("    from transactions {{ adapter.drop_schema(this) }}\n"),
        f"{MART}, line 22",
        "",
    ),
    Spoiled("the target's secrets", in_mart("    from {{ target.path }}\n"), f"{MART}, line 22", "'path'"),
    Spoiled("the target's name", in_mart("    from {{ target.name }}\n"), f"{MART}, line 22", "'name'"),
    Spoiled(
        "a parameter inside config",
        replacing(MART, "materialized='table'", "materialized='table', tags=[var('large_amount')]"),
        f"{MART}, line 1",
        "config(tags=...) has to be a plain value",
    ),
    Spoiled(
        "jinja inside yml",
        replacing(MART_YML, "The payment.", "\"{{ env_var('HOME') }}\""),
        f"{MART_YML}, line 12",
        "jinja may not stand in a yml",
    ),
    # macros that take the place of others
    *(
        Spoiled(
            f"the macro {name}",
            writing(MACROS, f"{{% macro {name}(a, b) %}}select 1 where 1 = 0{{% endmacro %}}\n"),
            f"{MACROS}, line 1",
            f"the macro {name!r} does not begin with 'nasty__'",
        )
        for name in ("generate_schema_name", "create_table_as", "ref", "test_not_null", "duckdb__hash")
    ),
    Spoiled(
        "a test of its own named like dbt's",
        writing(MACROS, "{% test not_null(model, column_name) %}select 1 where 1 = 0{% endtest %}\n"),
        f"{MACROS}, line 1",
        "",
    ),
    Spoiled(
        "a materialization",
        writing(MACROS, "{% materialization table, adapter='duckdb' %}{% endmaterialization %}\n"),
        f"{MACROS}, line 1",
        "",
    ),
    # relations outside its place
    Spoiled(
        "another schema",
        replacing(MART, "materialized='table'", "materialized='table', schema='core'"),
        f"{MART}, line 1",
        "may not set 'schema'",
    ),
    Spoiled(
        "another name",
        replacing(MART, "materialized='table'", "materialized='table', alias='customers'"),
        f"{MART}, line 1",
        "may not set 'alias'",
    ),
    Spoiled(
        "a model without the prefix",
        writing("dbt/models/marts/customers.sql", "select 1 as one\n"),
        "dbt/models/marts/customers.sql, line 1",
        "begins with 'nasty__'",
    ),
    Spoiled(
        "a model of another pack",
        writing("dbt/models/marts/tidy__extra.sql", "select 1 as one\n"),
        "dbt/models/marts/tidy__extra.sql, line 1",
        "begins with 'nasty__'",
    ),
    Spoiled(
        "a description of the core",
        replacing(MART_YML, "- name: nasty__large_payments", "- name: transactions"),
        f"{MART_YML}, line 4",
        "describes 'transactions'",
    ),
    Spoiled(
        "a source",
        replacing(MART_YML, "models:", "sources:\n  - name: raw_data\nmodels:"),
        f"{MART_YML}, line 3",
        "'sources'",
    ),
    Spoiled(
        "a mart as a view",
        replacing(MART, "materialized='table'", "materialized='view'"),
        "nasty__large_payments.sql",
        "materialized as 'view'",
    ),
    # reading what is not its own
    Spoiled(
        "the vault by ref",
        replacing(STAGING, "ref('core', 'transactions')", "ref('core', 'customers_pii')"),
        f"{STAGING}, line 13",
        "direct identifiers of persons",
    ),
    Spoiled(
        "the vault by name",
        step("    select tax_id\n    from core_pii.customers_pii"),
        f"{MART}, line 18",
        "reads core_pii.customers_pii",
    ),
    Spoiled(
        "personal data that it does not declare",
        replacing(STAGING, "        direction,\n", "        direction,\n        device_id,\n"),
        STAGING,
        "does not name: transactions.device_id",
    ),
    Spoiled(
        "personal data by a star",
        replacing(STAGING, "        transaction_id,\n", "        *,\n"),
        STAGING,
        "transactions.counterparty_account_hash",
    ),
    Spoiled(
        "another pack's mart without an import",
        replacing(MART, "ref('stg_nasty__transactions')", "ref('tidy', 'tidy__daily_totals')"),
        f"{MART}, line 11",
        "[imports] in pack.toml does not name",
    ),
    Spoiled(
        "another pack's relation by name",
        step("    select credited_amount\n    from tidy.tidy__daily_totals"),
        f"{MART}, line 18",
        "reads tidy.tidy__daily_totals",
    ),
    Spoiled(
        "the raw rows",
        step("    select amount\n    from raw_data.transactions"),
        f"{MART}, line 18",
        "reads raw_data.transactions",
    ),
    Spoiled(
        "the catalogue",
        step("    select table_name\n    from information_schema.tables"),
        f"{MART}, line 18",
        "reads information_schema.tables",
    ),
    Spoiled(
        "an unknown name", step("    select one\n    from elsewhere"), f"{MART}, line 18", "reads 'elsewhere'"
    ),
    Spoiled(
        "a column nobody classified",
        replacing(
            MART_YML,
            "            pii: P1\n      - name: event_date_local",
            "            owner: us\n      - name: event_date_local",
        ),
        f"{MART_YML}, line 4",
        "'transaction_id' is not classified",
    ),
    Spoiled(
        "a distribution key without a reason",
        replacing(
            MART, "config(materialized='table')", "config(materialized='table', dist='transaction_id')"
        ),
        f"{MART}, line 1",
        "it sets 'dist', which Redshift chooses by itself: say why in its yml's meta.physical_design",
    ),
    Spoiled(
        "columns that no contract fixes",
        replacing(MART_YML, "enforced: true", "enforced: false"),
        "nasty__large_payments.sql",
        "contract is not enforced",
    ),
)
