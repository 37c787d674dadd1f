"""Read fintech.toml: one clear error for each thing that is wrong, with the nearest valid name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fintech_accelerator.errors import SettingsError, nearest, suggestion
from fintech_accelerator.settings.model import DuckDbTarget, ProjectSettings, Settings, Source
from fintech_accelerator.settings.redshift import RedshiftTarget
from fintech_accelerator.settings.retention import RetentionSettings
from fintech_accelerator.toml_text import toml_problem

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

FILE_NAME = "fintech.toml"
ENGINES: dict[str, type[BaseModel]] = {"duckdb": DuckDbTarget, "redshift": RedshiftTarget}
TOP_LEVEL = ("project", "targets", "packs", "sources", "retention")


def find_project(start: Path) -> Path:
    """The nearest folder at or above `start` that holds fintech.toml. Raises SettingsError."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise SettingsError(
        f"there is no {FILE_NAME} in {start.resolve()} or above it",
        fix="run `fintech init` to make a project here, or go to the project's folder (or give --project)",
    )


def load_settings(root: Path) -> Settings:
    """Read and validate `root`/fintech.toml. Raises SettingsError with the key and the nearest valid one."""
    path = root / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError as cause:
        raise SettingsError(f"there is no {path}", fix="run `fintech init` to make a project here") from cause
    except UnicodeDecodeError as cause:
        raise SettingsError(f"{path} is not UTF-8: {cause}", fix="save it as UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        problem = toml_problem(cause, text)
        raise SettingsError(f"{path} is not valid TOML: {problem}", fix="correct the line named") from cause
    _refuse_unknown_tables(raw)
    raw.setdefault("targets", {"dev": {"engine": "duckdb"}})
    try:
        return Settings.model_validate({**raw, "root": root.resolve()})
    except ValidationError as cause:
        raise _readable(cause) from cause


def _refuse_unknown_tables(raw: dict[str, Any]) -> None:
    for name in raw:
        if name not in TOP_LEVEL:
            close = nearest(name, TOP_LEVEL)
            raise SettingsError(
                f"{FILE_NAME}: there is no table [{name}] (tables: {', '.join(TOP_LEVEL)})",
                fix=f"did you mean [{close}]?" if close else "remove it",
            )


def _readable(cause: ValidationError) -> SettingsError:
    errors = cause.errors()
    # A misspelt key is both unknown and missing under its right name: the first says what to do.
    details = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place, engine = _place(details["loc"])
    dotted = ".".join(str(part) for part in place)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if details["type"] == "extra_forbidden":
        return _unknown_key(place, engine, dotted, more)
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return _engine_error(details, dotted, more)
    if details["type"] == "missing":
        return SettingsError(f"{FILE_NAME}: {dotted} is missing{more}", fix=f"add {place[-1]!r} there")
    if details["type"] == "tuple_type" and place[0] == "sources":
        return SettingsError(
            f"{FILE_NAME}: {dotted} is one table, but a source may stand several times{more}",
            fix=f"write [[{dotted}]], with two brackets",
        )
    if details["type"] == "dict_type" and place[-1] == "files":
        return SettingsError(
            f"{FILE_NAME}: {dotted} gives its files no names, found {details['input']!r}{more}",
            fix='write files = { rows = "landing/*.csv" }',
        )
    return SettingsError(f"{FILE_NAME}: {dotted}: {_message(details)}{more}", fix="correct the value")


def _engine_error(details: ErrorDetails, dotted: str, more: str) -> SettingsError:
    tag = details.get("ctx", {}).get("tag")
    found = "is missing" if tag is None else f"is {tag!r}"
    return SettingsError(
        f"{FILE_NAME}: {dotted}.engine {found}; engines: {', '.join(ENGINES)}{more}",
        fix=suggestion(str(tag), ENGINES, 'write engine = "duckdb"'),
    )


def _place(location: tuple[str | int, ...]) -> tuple[list[str | int], str]:
    """Where in the file, and for a target of which engine: pydantic puts it between name and key."""
    place = list(location)
    if len(place) > 2 and place[0] == "targets" and place[2] in ENGINES:  # noqa: PLR2004  (after the name)
        return [*place[:2], *place[3:]], str(place[2])
    return place, ""


def _unknown_key(place: list[str | int], engine: str, dotted: str, more: str) -> SettingsError:
    model = _model_at(place, engine)
    known = sorted(model.model_fields) if model else []
    fix = suggestion(str(place[-1]), known, "remove it, or use one of the keys listed")
    return SettingsError(
        f"{FILE_NAME}: {dotted} is not a setting (settings there: {', '.join(known)}){more}", fix=fix
    )


def _model_at(place: list[str | int], engine: str) -> type[BaseModel] | None:
    models: dict[str, type[BaseModel]] = {
        "project": ProjectSettings,
        "targets": ENGINES.get(engine, DuckDbTarget),
        "sources": Source,
        "retention": RetentionSettings,
    }
    return models.get(str(place[0]))


def _message(details: ErrorDetails) -> str:
    text = details["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:] + f", found {details['input']!r}"
