"""The names that a pack's jinja may use, and the shape of what it may configure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.parameters import Parameter

FUNCTIONS = frozenset({"ref", "var", "config", "is_incremental", "return", "range", "namespace"})
DBT_MACROS = frozenset(
    {
        "any_value",
        "bool_or",
        "cast",
        "concat",
        "date",
        "date_trunc",
        "dateadd",
        "datediff",
        "escape_single_quotes",
    }
    | {"hash", "last_day", "length", "listagg", "position", "replace", "right", "safe_cast", "split_part"}
    | {"string_literal", "type_bigint", "type_boolean", "type_float", "type_int", "type_numeric"}
    | {"type_string", "type_timestamp"}
)
METHODS = frozenset(
    {"append", "extend", "items", "keys", "values", "get", "split", "join", "upper", "lower", "strip"}
    | {"startswith", "endswith", "replace", "update"}
)
FILTERS = frozenset(
    {"join", "length", "lower", "upper", "trim", "replace", "int", "first", "last", "sort", "unique", "list"}
    | {"default", "reverse", "round", "string", "abs", "max", "min", "sum"}
)
LOOP_ATTRIBUTES = frozenset({"index", "index0", "first", "last", "length", "revindex", "revindex0"})
PLAIN = (
    *("Template", "Output", "TemplateData", "Const", "If", "For", "Assign", "AssignBlock", "ExprStmt"),
    *("Compare", "Operand", "And", "Or", "Not", "CondExpr", "Add", "Sub", "Mul", "Div", "FloorDiv", "Mod"),
    *(
        "Concat",
        "Neg",
        "Pos",
        "List",
        "Tuple",
        "Dict",
        "Pair",
        "Keyword",
        "Test",
        "Macro",
        "Getitem",
        "NSRef",
    ),
)
CONFIG_KEYS = frozenset(
    {"materialized", "incremental_strategy", "unique_key", "meta", "tags", "on_schema_change", "sort", "dist"}
    | {"contract", "severity"}
)
PLAIN_TEXT = re.compile(r"[A-Za-z0-9_ .,:/-]{0,200}")
MACRO_NAME = re.compile(r"(default__|duckdb__|redshift__)?(?P<name>[a-z0-9_]+)")


@dataclass(frozen=True)
class Allowed:
    """What one pack's SQL may refer to."""

    pack: str
    models: frozenset[str]
    imports: Mapping[str, str]  # relation -> pack
    parameters: Mapping[str, Parameter]
    core_macros: frozenset[str]
    vault: frozenset[str] = frozenset()  # models of the core that nobody may read

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        models: frozenset[str],
        parameters: Mapping[str, Parameter],
        core_macros: frozenset[str],
        vault: frozenset[str],
    ) -> Allowed:
        """From a pack's manifest and files."""
        imports = {name: wanted.pack for name, wanted in manifest.imports.items()}
        return cls(manifest.name, models, imports, parameters, core_macros, vault)


def is_plain(value: Any) -> bool:
    """Whether a configured value is made of plain names, numbers, lists and tables only."""
    if isinstance(value, str):
        return PLAIN_TEXT.fullmatch(value) is not None
    if isinstance(value, list | tuple):
        return all(is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(key) and is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, bool | int | float)
