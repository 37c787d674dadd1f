"""The contract as SQL: what a given value becomes, and the first rule that it breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.contract import Requirement
from fintech_accelerator.contract.model import PERSONAL
from fintech_accelerator.errors import SourceError
from fintech_accelerator.ingest.reader import ROW_NUMBER
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fintech_accelerator.contract import Column
    from fintech_accelerator.ingest.expressions import Expression
    from fintech_accelerator.ingest.formats import FormatOptions


NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"
WHOLE = r"\s*[+-]?[0-9]+(\.0*)?\s*"
DAY = r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
CLOCK = r"[ Tt][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
TIME = rf"{DAY}({CLOCK}\s*(Z|z|UTC|GMT|[+-][0-9:]+)?)?\s*"
OFFSET = r":[0-9.]*\s*[+-]"

_INTEGERS = {"smallint", "integer", "bigint"}
_WHOLE_TYPES = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
} | {
    "UBIGINT",
    "UHUGEINT",
}
_TIMES = {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"}


def family(kind: str) -> str:
    """What sort of values a DuckDB type holds, in the words of messages."""
    base = kind.split("(", maxsplit=1)[0]
    if kind.endswith("]") or base in ("STRUCT", "MAP", "UNION"):
        return "nested"
    if base in _WHOLE_TYPES or base in ("DECIMAL", "DOUBLE", "FLOAT"):
        return "number"
    if base in _TIMES:
        return "time"
    return {"VARCHAR": "text", "ENUM": "text", "UUID": "text", "BOOLEAN": "boolean", "JSON": "text"}.get(
        base, "null" if kind in ('"NULL"', "NULL") else "other"
    )


@dataclass(frozen=True)
class MappedColumn:
    """A contract's column, the expression that brings it, and the type that this has in DuckDB."""

    column: Column
    expression: Expression
    kind: str

    @property
    def given(self) -> str:
        return quoted(f"given_{self.column.name}")

    @property
    def typed(self) -> str:
        return quoted(f"typed_{self.column.name}")

    @property
    def is_masked(self) -> bool:
        return self.column.pii in PERSONAL

    @property
    def is_tried(self) -> bool:
        """Whether the expression may fail on a row; a plain column cannot."""
        return not self.expression.is_plain_column and not self.expression.is_constant

    @property
    def value(self) -> str:
        """The given value, in SQL; an empty text is no value."""
        value = f"{self.given}.v" if self.is_tried else self.given
        if family(self.kind) == "text":
            return f"nullif(cast({value} as varchar), '')"
        return value

    def as_given(self) -> str:
        text = f"(\n{self.expression.text}\n)"
        return f"try({{'v': {text}}}) as {self.given}" if self.is_tried else f"{text} as {self.given}"

    def check_family(self, where: str, expected: str | None = None) -> None:
        """Raise SourceError for a type that cannot become the contract's: a column that changed its type."""
        found = family(self.kind)
        if found in _FITTING[_group(self.column.type)]:
            return
        raise SourceError(
            f"{where}: {self.column.name} expects {expected or self.column.type}, found"
            f" {self.kind} ({self.expression.text})",
            fix="convert it in the mapping, or deliver the column in its former type",
        )


_FITTING = {
    "text": {"text", "number", "time", "boolean", "null"},
    "number": {"text", "number", "boolean", "null"},
    "time": {"text", "time", "null"},
}


def _group(kind: str) -> str:
    if kind.startswith("varchar"):
        return "text"
    return "time" if kind in ("date", "timestamp") else "number"


def typed_expression(mapped: MappedColumn, options: FormatOptions) -> str:
    """The value in the contract's type, NULL where it cannot be."""
    kind = mapped.column.type
    value = mapped.value
    source = family(mapped.kind)
    if kind.startswith("varchar"):
        return f"cast({_as_utc(value, mapped.kind)} as varchar)"
    if kind == "timestamp":
        return _timestamp(value, source, mapped.kind, options)
    if kind == "date":
        return _date(value, source, mapped.kind, options)
    if source == "text":
        return _number_from_text(value, kind, options)
    if kind in _INTEGERS and mapped.kind.split("(", maxsplit=1)[0] in ("DOUBLE", "FLOAT", "DECIMAL"):
        return f"case when {value} = trunc({value}) then try_cast({value} as {kind}) end"
    if source == "boolean" and kind.startswith("decimal"):
        value = f"cast({value} as smallint)"
    return f"try_cast({value} as {kind})"


def _as_utc(value: str, kind: str) -> str:
    return f"cast({value} as timestamp)" if kind == "TIMESTAMP WITH TIME ZONE" else value


def _number_from_text(value: str, kind: str, options: FormatOptions) -> str:
    text = f"replace({value}, ',', '.')" if options.decimal_separator == "," else value
    shape = WHOLE if kind in _INTEGERS else NUMBER
    return f"case when regexp_full_match({text}, {literal(shape)}) then try_cast({text} as {kind}) end"


def _timestamp(value: str, source: str, kind: str, options: FormatOptions) -> str:
    if source != "text":
        cast = f"try_cast({value} as timestamp)"
        return f"case when isfinite({cast}) then {cast} end" if kind != "DATE" else cast
    if options.timestamp_format:
        return f"cast(try_strptime({value}, {literal(options.timestamp_format)}) as timestamp)"
    return _time_from_text(value)


def _time_from_text(value: str) -> str:
    """DuckDB's cast to timestamp passes over an offset, so a text with one goes by way of its instant."""
    instant = f"cast(try_cast({value} as timestamp with time zone) as timestamp)"
    return (
        f"case when not regexp_full_match({value}, {literal(TIME)}) then null"
        f" when regexp_matches({value}, {literal(OFFSET)}) then {instant}"
        f" else try_cast({value} as timestamp) end"
    )


def _date(value: str, source: str, kind: str, options: FormatOptions) -> str:
    if source != "text":
        cast = f"try_cast({_as_utc(value, kind)} as date)"
        return f"case when isfinite({cast}) then {cast} end"
    if options.date_format:
        return f"cast(try_strptime({value}, {literal(options.date_format)}) as date)"
    plain = f"regexp_full_match({value}, {literal(DAY + chr(92) + 's*')})"
    return f"case when {plain} then try_cast({value} as date) else cast({_time_from_text(value)} as date) end"


def broken_rule(mapped: MappedColumn) -> str:
    """The name of the first rule that a row's value breaks, else NULL."""
    column = mapped.column
    cases = []
    if mapped.is_tried:
        cases.append(f"when {mapped.given} is null then 'expression'")
    required = column.requirement is not Requirement.NO or column.key_position is not None
    missing = "'required'" if required else "null"
    cases.append(f"when {mapped.value} is null then {missing}")
    cases.append(f"when {mapped.typed} is null then 'type'")
    cases += [f"when {condition} then {literal(rule)}" for rule, condition in _conditions(mapped)]
    return f"case {' '.join(cases)} end"


def _conditions(mapped: MappedColumn) -> Sequence[tuple[str, str]]:
    column, typed = mapped.column, mapped.typed
    found = []
    if length := re.fullmatch(r"varchar\((\d+)\)", column.type):
        found.append(("length", f"strlen({typed}) > {length[1]}"))  # bytes, as Redshift counts
    if column.enum:
        is_text = column.type.startswith("varchar")
        allowed = ", ".join(literal(value) if is_text else _plain_number(value) for value in column.enum)
        found.append(("enum", f"{typed} not in ({allowed})"))
    for rule, bound, sign in (("minimum", column.minimum, "<"), ("maximum", column.maximum, ">")):
        if bound is not None:
            found.append((rule, f"{typed} {sign} {bound:f}"))
    if column.pattern is not None:
        found.append(("pattern", f"not regexp_matches({typed}, {literal(column.pattern)})"))
    return found


def _plain_number(value: str) -> str:
    return str(int(value))


def given_select(columns: Mapping[str, MappedColumn], relation: str) -> str:
    """The rows of a relation as their mapped values."""
    values = "".join(f", {mapped.as_given()}" for mapped in columns.values())
    return f"select {ROW_NUMBER}{values} from {relation} as source"


def typed_select(columns: Mapping[str, MappedColumn], relation: str, options: FormatOptions) -> str:
    """The rows of a relation as their mapped values and what these become."""
    values = "".join(
        f", {typed_expression(mapped, options)} as {mapped.typed}" for mapped in columns.values()
    )
    return f"select *{values} from ({given_select(columns, relation)})"
