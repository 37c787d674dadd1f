"""What sqlfluff reads in place of the core's macros: SQL of their shape, so that models parse without dbt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def touched_days(*_: Any, **__: Any) -> str:
    return "select event_date_local from core.days_to_build"


days_to_read = touched_days


def numbers(*_: Any) -> str:
    return "select number from core.days_to_build"


def sliding_window(*given: Any, **named: Any) -> str:
    names = ("relation", "key", "timestamp", "windows", "measures", "keep")
    facts = dict(zip(names, given, strict=False)) | named
    columns = [f"{measure}_{window}" for measure in facts["measures"] for window in facts["windows"]]
    return f"select {', '.join([*facts['keep'], *columns])} from {facts['relation']}"


def sliding_distinct(*given: Any, **named: Any) -> str:
    names = ("relation", "key", "value", "timestamp", "windows", "name", "keep")
    facts = dict(zip(names, given, strict=False)) | named
    columns = [f"{facts['name']}_{window}" for window in facts["windows"]]
    return f"select {', '.join([*facts['keep'], *columns])} from {facts['relation']}"


def import_or_empty(pack: str, mart: str, columns: Mapping[str, str]) -> str:
    return f"select {', '.join(columns)} from {pack}.{mart}"


def has(*_: Any) -> bool:
    return True


def core__newest(*_: Any) -> str:
    return "select * from core.days_to_build"


core__history = core__reference = core__newest_by_day = core__newest


def core__is_mapped(*_: Any) -> bool:
    return False


def core__newest_versions(table_name: str, read_days: str | None = None) -> str:
    return f"newest_versions as (select * from {read_days or table_name})"


def core__attribute_changes(table_name: str, *_: Any) -> str:
    return f"{table_name}_changes as (select * from slots)"


def core__event_tables() -> dict[str, dict[str, str]]:
    return {"transactions": {"day": "versions.event_date_local"}}


def core__event_days(*_: Any, **__: Any) -> str:
    return "select event_date_local from core.days_to_build where batch > (select oldest_batch from slots)"


def core__all_days(*_: Any, **__: Any) -> str:
    return "select event_date_local from core.days_to_build"


def __getattr__(name: str) -> Callable[..., str]:
    """Any other macro is an expression."""
    return lambda *_, **__: f"core_{name.strip('_')}"
