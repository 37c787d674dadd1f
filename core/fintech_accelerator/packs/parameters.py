"""A pack's thresholds: declared in its parameters.toml, set by the bank, rendered as literals."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import PackLoadError, SettingsError, UnknownNameError, nearest, suggestion
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.packs.names import GLOBAL_PREFIXES, GLOBAL_VARIABLES
from fintech_accelerator.sql_text import literal as text_literal
from fintech_accelerator.toml_text import toml_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.settings import Settings

FILE_NAME = "parameters.toml"
TYPES = ("integer", "decimal", "boolean", "text", "date")
CLASSES = ("regulatory", "policy", "statistical")
KEYS = (
    *("type", "default", "min", "max", "unit", "class", "source", "label", "choices"),
    *("owner_role", "requires_approval", "effective_from"),
)
NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
TEXT = re.compile(r"[A-Za-z0-9 _.,:/+-]{0,200}")

ParameterLiteral = bool | int | Decimal | str | date


@dataclass(frozen=True)
class Parameter:
    """One threshold of a pack, as its parameters.toml declares it."""

    pack: str
    name: str
    type: str
    default: ParameterLiteral
    kind: str  # the key `class`: regulatory, policy or statistical
    label: str
    source: str
    unit: str = ""
    minimum: ParameterLiteral | None = None
    maximum: ParameterLiteral | None = None
    choices: tuple[str, ...] = ()
    owner_role: str = ""
    requires_approval: bool = False

    @property
    def is_dated(self) -> bool:
        """A regulatory value holds from a date and is joined by date, never rendered into the SQL."""
        return self.kind == "regulatory"

    @property
    def range_text(self) -> str:
        """What is allowed, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.type == "boolean":
            return "true or false"
        if self.type == "integer" and (self.minimum, self.maximum) == (0, 1):
            return "0 or 1"
        unit = f" {self.unit}" if self.unit else ""
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum} to {self.maximum}{unit}"
        if self.minimum is not None:
            return f"{self.minimum} or more{unit}"
        return f"{self.maximum} or less{unit}" if self.maximum is not None else f"a {self.type}{unit}"

    def accept(self, value: Any) -> ParameterLiteral:
        """The value in the parameter's own type. Raises ValueError that says what is allowed."""
        converted = _convert(self.type, value)
        if converted is None:
            raise ValueError(f"{value!r} is not {_article(self.type)} (allowed: {self.range_text})")
        too_low = self.minimum is not None and converted < self.minimum  # type: ignore[operator]
        too_high = self.maximum is not None and converted > self.maximum  # type: ignore[operator]
        if too_low or too_high or (self.choices and converted not in self.choices):
            raise ValueError(f"{value} is outside what is allowed: {self.range_text}")
        return converted


def stored(value: ParameterLiteral) -> str:
    """A value as plain text, as the ledger and the dated file keep it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def literal(value: ParameterLiteral) -> bool | int | str:
    """A value as dbt renders it into SQL: a number, true or false, a quoted text, a typed date."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return stored(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return text_literal(value)


def read_parameters(text: str, *, pack: str, path: Path) -> dict[str, Parameter]:
    """Read the text of a pack's parameters.toml. Raises PackLoadError with file and line."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as cause:
        problem = toml_problem(cause, text)
        raise PackLoadError(f"{path} is not valid TOML: {problem}", fix="correct the line named") from cause
    reader = _Reader(text, path, pack)
    for key in raw:
        if key != "parameters":
            raise reader.wrong(f"there is no table [{key}]; parameters are tables [parameters.<name>]", key)
    entries = raw.get("parameters", {})
    if not isinstance(entries, dict):
        raise reader.wrong("parameters are tables [parameters.<name>]", "parameters")
    return {name: reader.parameter(name, entry) for name, entry in entries.items()}


def parameters_in(files: Mapping[str, bytes], *, pack: str, folder: Path) -> dict[str, Parameter]:
    """What the parameters.toml among a pack's files declares."""
    return read_parameters(files.get(FILE_NAME, b"").decode(), pack=pack, path=folder / FILE_NAME)


def declared_by(settings: Settings | None, pack: str) -> dict[str, Parameter]:
    """What an installed pack's parameters.toml declares. Raises PackError."""
    folder = discover(settings).get(pack).location.folder
    path = folder / FILE_NAME
    files = {FILE_NAME: path.read_bytes()} if path.is_file() else {}
    return parameters_in(files, pack=pack, folder=folder)


def bank_values(
    declared: Mapping[str, Parameter], given: Mapping[str, Any], *, pack: str
) -> dict[str, ParameterLiteral]:
    """The values of the undated parameters: the bank's where it gives one, else the default.

    Raises SettingsError for a value out of range or a regulatory one, UnknownNameError for an unknown name.
    """
    for name, value in given.items():
        if name not in declared:
            close = nearest(name, declared)
            raise UnknownNameError(
                f"fintech.toml: [packs.{pack}] sets {name!r}, but no parameter of {pack!r} is called so",
                fix=f"did you mean {close!r}? " * bool(close) + f"`fintech params list {pack}` lists them",
            )
        if declared[name].is_dated:
            raise SettingsError(
                f"fintech.toml: packs.{pack}.{name} is regulatory, so its values hold from a date",
                fix=f"remove it there and use `fintech params set {name} {value} --from DATE "
                "--approved-by WHO`",
            )
    values = {}
    for name, parameter in sorted(declared.items()):
        if not parameter.is_dated:
            try:
                values[name] = parameter.accept(given.get(name, parameter.default))
            except ValueError as cause:
                raise SettingsError(
                    f"fintech.toml: packs.{pack}.{name} = {cause}", fix="choose a value in the range"
                ) from cause
    return values


class _Reader:
    def __init__(self, text: str, path: Path, pack: str) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.pack = pack

    def wrong(self, problem: str, name: str, *, fix: str = "correct it") -> PackLoadError:
        pattern = re.compile(rf'^\s*\[(parameters\.)?"?{re.escape(name)}"?[.\]]')
        line = next((number for number, text in enumerate(self.lines, 1) if pattern.match(text)), 1)
        return PackLoadError(f"{self.path}, line {line}: {problem}", fix=fix)

    def parameter(self, name: str, entry: Any) -> Parameter:
        self.check_shape(name, entry)
        minimum, maximum = (self.bound(name, entry, key) for key in ("min", "max"))
        parameter = Parameter(
            pack=self.pack,
            name=name,
            type=self.one_of(name, entry, "type", TYPES),
            default=0,
            kind=self.one_of(name, entry, "class", CLASSES),
            label=self.text(name, entry, "label"),
            source=self.text(name, entry, "source"),
            unit=str(entry.get("unit", "")),
            minimum=minimum,
            maximum=maximum,
            choices=tuple(str(choice) for choice in entry.get("choices", ())),
            owner_role=str(entry.get("owner_role", "")),
            requires_approval=bool(entry.get("requires_approval", entry.get("class") == "regulatory")),
        )
        try:
            default = parameter.accept(entry["default"])
        except ValueError as cause:
            raise self.wrong(f"the default of {name!r}: {cause}", name) from cause
        return Parameter(**{**parameter.__dict__, "default": default})

    def check_shape(self, name: str, entry: Any) -> None:
        if not NAME.fullmatch(name) or name in GLOBAL_VARIABLES or name.startswith(GLOBAL_PREFIXES):
            raise self.wrong(
                f"{name!r} may not be a parameter's name", name, fix="use a whole word of a-z, 0-9 and _"
            )
        if not isinstance(entry, dict):
            raise self.wrong(f"{name!r} has to be a table [parameters.{name}]", name)
        for key in entry:
            if key not in KEYS:
                raise self.wrong(
                    f"{name!r} has no key {key!r} (keys: {', '.join(KEYS)})",
                    name,
                    fix=suggestion(key, KEYS, "remove it"),
                )
        if "default" not in entry:
            raise self.wrong(f"{name!r} has no default", name, fix="add one")

    def one_of(self, name: str, entry: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
        value = entry.get(key)
        if value not in known:
            raise self.wrong(f"{key} of {name!r} is {value!r}; it may be {', '.join(known)}", name)
        return str(value)

    def text(self, name: str, entry: Mapping[str, Any], key: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{name!r} has no {key}", name, fix="say it in a line of text")
        return value.strip()

    def bound(self, name: str, entry: Mapping[str, Any], key: str) -> ParameterLiteral | None:
        if key not in entry:
            return None
        converted = _convert(str(entry.get("type")), entry[key])
        if converted is None or isinstance(converted, bool | str):
            raise self.wrong(f"{key} of {name!r} is {entry[key]!r}, which does not fit its type", name)
        return converted


def _convert(kind: str, value: Any) -> ParameterLiteral | None:
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    if isinstance(value, bool):
        return None
    if kind == "date":
        return _as_date(value)
    if kind == "text":
        return value if isinstance(value, str) and TEXT.fullmatch(value) else None
    return _as_number(kind, value)


def _as_number(kind: str, value: Any) -> ParameterLiteral | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if kind == "integer":
        return int(number) if number == number.to_integral_value() else None
    return number


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _article(kind: str) -> str:
    return {"integer": "a whole number", "boolean": "true or false"}.get(kind, f"a {kind}")
