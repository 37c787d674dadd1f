"""Reads the contract's YAML (Open Data Contract Standard 3.2), a file a table; errors name file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fintech_accelerator.contract.model import PII_CLASSES, Column, Contract, Kind, Requirement, Table
from fintech_accelerator.strict_yaml import Document, YamlError, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STANDARD_VERSION = "v3.2.0"
SUFFIX = ".odcs.yaml"
FOLDER = Path(__file__).parent / "tables"

_TYPE = re.compile(r"varchar\([1-9]\d*\)|decimal\([1-9]\d*,\d+\)|timestamp|date|smallint|integer|bigint")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OPTIONS = {"maxLength", "pattern", "minimum", "maximum"}
_COLUMN_EXTRAS = {"requirement", "derived", "default"}
_TABLE_EXTRAS = {"kind", "absentFlag", "eventColumn"}

_Path = tuple[str | int, ...]
_Words = TypeVar("_Words", Kind, Requirement)


@cache
def load_contract() -> Contract:
    """The product's own contract, read once a process."""
    return read_contract(FOLDER)


def read_contract(folder: Path) -> Contract:
    """Read every table in a folder. Raises YamlError (with file and line) for what is not a contract."""
    tables: dict[str, Table] = {}
    version: str | None = None
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        file = _File(path, _quick(path))
        tables[path.name.removesuffix(SUFFIX)] = _table(file)
        version = version or file.value["version"]
        if file.value["version"] != version:
            raise file.error(("version",), f"the other tables have version {version!r}")
    if version is None:
        raise YamlError(f"{folder}: no table (*{SUFFIX})", fix="install the product again")
    _check_references(folder, tables)
    return Contract(version=version, tables=tables)


class _NotPlainError(Exception):
    """A place in a file that says something else than a contract may."""

    def __init__(self, path: _Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


@dataclass(frozen=True)
class _File:
    path: Path
    value: Any

    def error(self, path: _Path, problem: str) -> YamlError:
        """Where it is wrong: the file is read again, slowly, for the line."""
        document: Document = load(self.path)
        return YamlError(f"{self.path}, line {document.line(*path)}: {problem}", fix="correct the line")


def _quick(path: Path) -> Any:
    import yaml

    reader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=reader)  # noqa: S506  (both are safe loaders)
    except UnicodeDecodeError as cause:
        raise YamlError(f"{path}: not UTF-8 ({cause.reason})", fix="save the file as UTF-8") from cause
    except yaml.YAMLError as cause:
        load(path)  # says the line
        raise YamlError(f"{path}: not YAML", fix="correct the file") from cause


def _table(file: _File) -> Table:
    try:
        return _plain_table(file.path.name.removesuffix(SUFFIX), file.value)
    except _NotPlainError as cause:
        raise file.error(cause.path, cause.problem) from cause


def _plain_table(name: str, value: Any) -> Table:
    _text(value, "version", ())
    if value.get("apiVersion") != STANDARD_VERSION:
        raise _NotPlainError(("apiVersion",), f"apiVersion is not {STANDARD_VERSION!r}")
    objects = value.get("schema")
    if not isinstance(objects, list) or len(objects) != 1:
        raise _NotPlainError(("schema",), "schema does not list one table")
    entry, here = objects[0], ("schema", 0)
    if _text(entry, "name", here) != name:
        raise _NotPlainError((*here, "name"), f"the table is not called {name!r} like its file")
    extras = _extras(entry, here, _TABLE_EXTRAS)
    columns = entry.get("properties")
    if not isinstance(columns, list):
        raise _NotPlainError(here, "properties is not a list")
    table = Table(
        name=name,
        schema=_text(entry, "physicalName", here).partition(".")[0],
        kind=_member(Kind, extras.get("kind"), here, "kind"),
        grain=_text(entry, "dataGranularityDescription", here),
        meaning=_text(entry, "description", here),
        columns=tuple(
            _column(column, (*here, "properties", position)) for position, column in enumerate(columns)
        ),
        absent_flag=str(extras.get("absentFlag", f"no_{name}")),
        event_column=extras.get("eventColumn"),
    )
    _check_table(table, (*here, "properties"))
    return table


def _check_table(table: Table, here: _Path) -> None:
    names = [column.name for column in table.columns]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise _NotPlainError((*here, position), f"the column {name!r} is there twice")
    positions = sorted(column.key_position for column in table.columns if column.key_position is not None)
    if not positions or positions != list(range(1, len(positions) + 1)):
        raise _NotPlainError(here, "the key's positions do not count from 1")
    if table.event_column is not None and table.event_column not in names:
        raise _NotPlainError(here, f"the event column {table.event_column!r} is not a column")
    if table.kind is Kind.HISTORY and table.loadable:
        raise _NotPlainError(here, f"a history derives every column, {table.loadable[0].name!r} too")


def _column(entry: Any, here: _Path) -> Column:
    name = _text(entry, "name", here)
    if not _NAME.fullmatch(name):
        raise _NotPlainError((*here, "name"), f"the name {name!r} is not lower case")
    kind = _text(entry, "physicalType", here)
    if not _TYPE.fullmatch(kind):
        raise _NotPlainError((*here, "physicalType"), f"the type {kind!r} of {name!r} is not portable")
    pii = _text(entry, "classification", here)
    if pii not in PII_CLASSES:
        raise _NotPlainError(
            (*here, "classification"), f"the class {pii!r} of {name!r} is none of {', '.join(PII_CLASSES)}"
        )
    options = _options(entry, here)
    extras = _extras(entry, here, _COLUMN_EXTRAS)
    return Column(
        name=name,
        type=kind,
        pii=pii,
        meaning=_text(entry, "description", here),
        requirement=_requirement(entry, extras, here),
        enum=tuple(str(allowed.get("value")) for allowed in _entries(entry, "enum", here)),
        minimum=_bound(options, "minimum", here),
        maximum=_bound(options, "maximum", here),
        pattern=_pattern(options, here),
        key_position=_key_position(entry, here),
        references=_reference(entry, here),
        derived=extras.get("derived", False) is True,
        default=str(extras["default"]) if "default" in extras else None,
    )


def _requirement(entry: Mapping[str, Any], extras: Mapping[str, Any], here: _Path) -> Requirement:
    if entry.get("required") is True:
        return Requirement.ALWAYS
    return _member(Requirement, extras.get("requirement", Requirement.NO), here, "requirement")


def _key_position(entry: Mapping[str, Any], here: _Path) -> int | None:
    if not entry.get("primaryKey", False):
        return None
    position = entry.get("primaryKeyPosition")
    if not isinstance(position, int):
        raise _NotPlainError(here, "a key column without primaryKeyPosition")
    return position


def _reference(entry: Mapping[str, Any], here: _Path) -> str | None:
    relationships = _entries(entry, "relationships", here)
    return _text(relationships[0], "to", (*here, "relationships", 0)) if relationships else None


def _options(entry: Mapping[str, Any], here: _Path) -> dict[str, Any]:
    options = entry.get("logicalTypeOptions", {})
    if not isinstance(options, dict):
        raise _NotPlainError((*here, "logicalTypeOptions"), "logicalTypeOptions are no options")
    if unknown := sorted(set(options) - _OPTIONS):
        raise _NotPlainError((*here, "logicalTypeOptions"), f"the option {unknown[0]!r} is not known")
    return options


def _entries(entry: Mapping[str, Any], name: str, here: _Path) -> list[dict[str, Any]]:
    entries = entry.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise _NotPlainError((*here, name), f"{name} is not a list of entries")
    return entries


def _bound(options: Mapping[str, Any], name: str, here: _Path) -> Decimal | None:
    if name not in options:
        return None
    try:
        return Decimal(str(options[name]))
    except InvalidOperation as cause:
        raise _NotPlainError((*here, "logicalTypeOptions", name), f"{name} is not a number") from cause


def _pattern(options: Mapping[str, Any], here: _Path) -> str | None:
    pattern = options.get("pattern")
    if pattern is None:
        return None
    try:
        re.compile(pattern)
    except (re.error, TypeError) as cause:
        raise _NotPlainError(
            (*here, "logicalTypeOptions", "pattern"), f"the pattern does not compile: {cause}"
        ) from cause
    return str(pattern)


def _extras(entry: Any, here: _Path, known: set[str]) -> dict[str, Any]:
    listed = _entries(entry, "customProperties", here)
    extras = {str(extra.get("property")): extra.get("value") for extra in listed}
    if unknown := sorted(set(extras) - known):
        raise _NotPlainError((*here, "customProperties"), f"the property {unknown[0]!r} is not known")
    return extras


def _member(words: type[_Words], word: Any, here: _Path, name: str) -> _Words:
    try:
        return words(word)
    except ValueError:
        allowed = ", ".join(member.value for member in words)
        raise _NotPlainError((*here, "customProperties"), f"{name} is none of {allowed}") from None


def _text(entry: Any, name: str, here: _Path) -> str:
    found = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise _NotPlainError((*here, name), f"{name} is missing or no text")
    return found


def _check_references(folder: Path, tables: Mapping[str, Table]) -> None:
    for table, column in _referring(tables):
        to_table, _, to_column = (column.references or "").partition(".")
        if to_table not in tables or not tables[to_table].has(to_column):
            path = folder / f"{table.name}{SUFFIX}"
            place = ("schema", 0, "properties", table.columns.index(column), "relationships")
            raise _File(path, None).error(
                place, f"{column.name!r} refers to {column.references!r}, which does not exist"
            )


def _referring(tables: Mapping[str, Table]) -> Iterator[tuple[Table, Column]]:
    for table in tables.values():
        for column in table.columns:
            if column.references is not None:
                yield table, column
