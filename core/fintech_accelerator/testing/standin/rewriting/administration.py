"""Commands that are neither queries nor definitions: SHOW, SET, ANALYZE, VACUUM, schemas, drops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fintech_accelerator.sql_text import redshift_literal
from fintech_accelerator.testing.standin.rewriting.security import NAME, PATH, pattern, recorded
from fintech_accelerator.testing.standin.rewriting.text import Refused, parts_of, relation

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin.rewriting.security import Rule

SETTINGS = (
    r"wlm_query_slot_count|enable_result_cache_for_session|analyze_threshold_percent"
    r"|describe_field_name_in_uppercase"
    r"|enable_case_sensitive_identifier|enable_numeric_rounding|mv_enable_aqmv_for_session|json_serialization_\w+"
    r"|enable_vacuum_boost|stored_proc_log_min_messages|default_geometry_encoding|navigate_super_null_on_error"
)
PHYSICAL = (
    r"alter (?:diststyle|distkey|sortkey|compound sortkey|interleaved sortkey|encode|column \S+ encode)\b.*"
)


def _show_tables(found: re.Match[str]) -> str:
    schema = parts_of(found[1])[-1]
    like = f" AND table_name ILIKE {found[2]}" if found[2] else ""
    return f"SELECT * FROM standin.show_tables WHERE schema_name = {redshift_literal(schema)}{like}"


def _show_schemas(found: re.Match[str]) -> str:
    like = f" WHERE schema_name ILIKE {found[1]}" if found[1] else ""
    return f"SELECT * FROM standin.show_schemas{like}"


def _show_columns(found: re.Match[str]) -> str:
    *_, schema, table = parts_of(found[1])
    return (
        f"SELECT * FROM standin.show_columns WHERE schema_name = {redshift_literal(schema)} "
        f"AND table_name = {redshift_literal(table)} ORDER BY ordinal_position"
    )


def _show_grants(found: re.Match[str]) -> str:
    *_, schema, table = parts_of(found[1])
    return (
        f"SELECT * FROM standin.show_grants WHERE schema_name = {redshift_literal(schema)} "
        f"AND object_name = {redshift_literal(table)}"
    )


def _create_schema(found: re.Match[str]) -> str:
    return f'{found[1]} "{parts_of(found[2])[-1]}"{found[3]}'


def _drop_schema(found: re.Match[str]) -> str:
    exists, name, cascade = found.groups()
    cascades = (cascade or "").strip().lower() == "cascade"
    return (
        f"CALL standin.drop_schema({redshift_literal(parts_of(name)[-1])}, {exists is not None}, {cascades})"
    )


def _drop(found: re.Match[str]) -> str:
    kind, exists, names, cascade = found.groups()
    listed = ", ".join(redshift_literal(relation(name)) for name in names.split(","))
    word = " ".join(kind.lower().split())
    return (
        f"CALL standin.drop_relations({redshift_literal(word)}, ARRAY[{listed}]::text[], "
        f"{exists is not None}, {(cascade or '').strip().lower() == 'cascade'})"
    )


def _alter_column(found: re.Match[str]) -> str | None:
    if found[1].lower() not in ("varchar", "character", "varbyte", "nvarchar"):
        raise Refused(f"cannot alter a column to type {found[1]}: only VARCHAR changes its size")
    return None


def _search_path(found: re.Match[str]) -> str:
    # An extra name in the path must not change where a new table goes: the shims stand behind.
    return f"SET {found[1] or ''}search_path TO {found[2]}, standin, pg_catalog"


def _query_group(found: re.Match[str]) -> str:
    value = redshift_literal((found[1].strip() if found[1] else "default").strip(chr(39)))
    # other sessions see it only as the name of the application
    kept = ", ".join(
        f"set_config('{name}', {value}, false)" for name in ("standin.query_group", "application_name")
    )
    return f"SELECT {kept}"


RULES: tuple[Rule, ...] = (
    (pattern(rf"show tables from schema ({PATH})(?: like ('.*'))?"), _show_tables),
    (pattern(rf"show schemas from database {NAME}(?: like ('.*'))?"), _show_schemas),
    (pattern(rf"show columns from table ({PATH})"), _show_columns),
    (pattern(rf"show grants on table ({PATH})"), _show_grants),
    (pattern(r"show databases"), lambda _: "SELECT datname::text AS database_name FROM pg_database"),
    (pattern(rf"(create schema(?: if not exists)?) ({PATH})(.*)"), _create_schema),
    (pattern(rf"drop schema( if exists)? ({PATH})( cascade| restrict)?"), _drop_schema),
    (
        pattern(r"drop (table|view|materialized view)( if exists)? ([\w.\",\s]+?)( cascade| restrict)?"),
        _drop,
    ),
    (pattern(r"set (session |local )?search_path(?: to|\s*=) (.*)"), _search_path),
    (pattern(r"set query_group(?: to|\s*=) (.*)"), _query_group),
    (pattern(r"reset query_group()"), _query_group),
    (pattern(rf"(?:set|reset) (?:{SETTINGS})\b.*"), lambda found: recorded("setting", found[0])),
    (pattern(rf"use {NAME}"), lambda found: recorded("setting", found[0])),
    (pattern(rf"alter table {PATH} {PHYSICAL}"), lambda found: recorded("physical", found[0])),
    (pattern(r"alter materialized view .*"), lambda found: recorded("physical", found[0])),
    (pattern(rf"alter table {PATH} alter column \S+ type (\w+).*"), _alter_column),
    (
        pattern(
            rf"analyze(?: verbose)?(?: (?!compression)({PATH}))?(\s*\([^)]*\))?"
            r"(?: (?:predicate|all) columns)?"
        ),
        lambda found: f"ANALYZE {relation(found[1]) if found[1] else ''}{found[2] or ''}",
    ),
    (
        pattern(
            r"vacuum(?: (?:full|sort only|delete only|reindex|recluster))?"
            rf"(?: ({PATH}))??(?: to \d+ percent)?(?: boost)?"
        ),
        lambda found: f"VACUUM {relation(found[1]) if found[1] else ''}",
    ),
    (
        pattern(r"cancel (\d+)(?: '.*')?"),
        lambda found: f"SELECT pg_cancel_backend({found[1]})",
    ),
)
