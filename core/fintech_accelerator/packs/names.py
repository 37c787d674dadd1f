"""Names that packs may not take: they would shadow a schema, dbt, an adapter, jinja or the product itself."""

from __future__ import annotations

from fintech_accelerator.contract.schemas import OWN_SCHEMAS

SCHEMAS = frozenset(
    {*OWN_SCHEMAS, "raw", "main", "temp", "system", "information_schema"}
    | {"core_read", "core_pii_read"}  # through which people read the core
    | {"pg_catalog", "public", "warehouse", "proof", "dbt_temp", "memory"}
)
PRODUCT = frozenset({"composed", "fintech", "fintech_accelerator", "pack", "packs", "project", "target"})
DBT_PACKAGES = frozenset(
    {
        "dbt",
        "dbt_duckdb",
        "dbt_redshift",
        "dbt_postgres",
        "dbt_utils",
        "dbt_expectations",
        "duckdb",
        "redshift",
    }
)
CONTEXT = frozenset(
    {"adapter", "api", "as_bool", "as_native", "as_number", "as_text", "builtins", "column", "compiled_code"}
    | {"config", "configs", "context", "database", "databases", "dbt_metadata_envs", "dbt_version", "debug"}
    | {"defer_relation", "diff_of_two_dicts", "doc", "env_var", "exceptions", "execute", "flags", "fromjson"}
    | {"fromyaml", "function", "graph", "invocation_args_dict", "invocation_id", "load_agate_table"}
    | {"load_result", "local_md5", "log", "metric", "metrics", "model", "modules", "node", "post_hooks"}
    | {"pre_hooks", "print", "project_name", "return", "render", "run_query", "run_started_at", "schema"}
    | {
        "schemas",
        "selected_resources",
        "set",
        "set_strict",
        "source",
        "sources",
        "sql",
        "sql_now",
        "statement",
    }
    | {"store_raw_result", "store_result", "submit_python_job", "this", "thread_id", "tojson", "toyaml"}
    | {
        "try_or_compiler_error",
        "validation",
        "var",
        "vars",
        "write",
        "zip",
        "zip_strict",
        "caller",
        "varargs",
    }
    | {"kwargs", "loop", "self", "super", "range", "dict", "lipsum", "cycler", "joiner", "namespace", "none"}
    | {"true", "false", "models", "seeds", "snapshots", "tests", "macros", "analyses", "exposures", "groups"}
)
RESERVED_PACK_NAMES = SCHEMAS | PRODUCT | DBT_PACKAGES | CONTEXT

# What the composition tells every package; a parameter of such a name would never be read.
GLOBAL_VARIABLES = frozenset(
    {"base_currency", "time_zone", "mapped_columns", "capability_flags", "enabled_packs", "param_set_id"}
)
GLOBAL_PREFIXES = ("has_", "columns_")
