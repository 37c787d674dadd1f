"""What dbt is told of the contract: sources, the core's model contracts, and the macro that models ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fintech_accelerator.contract.ddl import TECHNICAL_COLUMNS
from fintech_accelerator.contract.schemas import RAW_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fintech_accelerator.contract.model import Column, Contract, Table

_HEADER = "# Written from the contract's tables; edit those.\nversion: 2\n"


def sources_yaml(contract: Contract) -> str:
    """The raw layer as dbt sources, with the class of every column."""
    lines = [_HEADER, "sources:", f"  - name: {RAW_SCHEMA}", f"    schema: {RAW_SCHEMA}", "    tables:"]
    for table in contract.loadable_tables():
        lines += [
            f"      - name: {table.name}",
            f"        description: {_quoted(f'{table.meaning} As loaded, every version.')}",
            "        columns:",
            *_columns(table.loadable, indent=10),
            *_technical(indent=10),
        ]
    return "\n".join(lines) + "\n"


def core_models_yaml(contract: Contract) -> str:
    """The core's models with enforced contracts: every column with its type, meaning and class."""
    lines = [_HEADER, "models:"]
    for table in contract.tables.values():
        lines += [
            f"  - name: {table.name}",
            f"    description: {_quoted(f'{table.meaning} {table.grain}')}",
            "    config:",
            "      contract: {enforced: true}",
            "      on_schema_change: append_new_columns",
            "    columns:",
            *_columns(table.columns, indent=6),
        ]
    return "\n".join(lines) + "\n"


def contract_macro(contract: Contract) -> str:
    """The macro `contract_table(name)` that gives models a table's kind, key and columns."""
    entries = ",\n".join(
        f"    {_quoted(table.name)}: {_literal(table)}" for table in contract.tables.values()
    )
    return (
        "{#- Written from the contract's tables: a table's kind, key, event column and columns. -#}\n"
        "{% macro contract_table(name) -%}\n"
        f"{{%- set tables = {{\n{entries}\n}} -%}}\n"
        "{%- if name not in tables -%}\n"
        '{{ exceptions.raise_compiler_error("the contract has no table \'" ~ name ~ "\'") }}\n'
        "{%- endif -%}\n"
        "{{ return(tables[name]) }}\n"
        "{%- endmacro %}\n"
    )


def _literal(table: Table) -> str:
    plain = {
        "kind": table.kind.value,
        "schema": table.schema,
        "key": list(table.key),
        "event_column": table.event_column,
        "columns": [
            {"name": column.name, "type": column.type, "default": column.default} for column in table.loadable
        ],
        "derived": [column.name for column in table.derived],
    }
    return json.dumps(plain, ensure_ascii=False).replace(": null", ": none")


def _columns(columns: Iterable[Column], *, indent: int) -> Iterator[str]:
    for column in columns:
        yield from _entry(column.name, column.type, column.meaning, column.pii, indent)


def _technical(*, indent: int) -> Iterator[str]:
    for name, (kind, meaning) in TECHNICAL_COLUMNS.items():
        yield from _entry(name, kind, meaning, "P0", indent)


def _entry(name: str, kind: str, meaning: str, pii: str, indent: int) -> Iterator[str]:
    margin = " " * indent
    yield f"{margin}- name: {name}"
    yield f"{margin}  data_type: {kind}"
    yield f"{margin}  description: {_quoted(meaning)}"
    yield f"{margin}  config: {{meta: {{pii: {pii}}}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
