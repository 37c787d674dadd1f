"""What sqlfluff reads in place of the core's macros: SQL of their shape, so that models parse without dbt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def touched_days(*_: Any, **__: Any) -> str:
    """A query of days."""
    return "select event_date_local from core.days_to_build"


days_to_read = touched_days


def numbers(*_: Any) -> str:
    """A query of whole numbers."""
    return "select number from core.days_to_build"


def sliding_window(*given: Any, **named: Any) -> str:
    """A query of the columns kept and of each measure in each window."""
    names = ("relation", "key", "timestamp", "windows", "measures", "keep")
    facts = dict(zip(names, given, strict=False)) | named
    columns = [f"{measure}_{window}" for measure in facts["measures"] for window in facts["windows"]]
    return f"select {', '.join([*facts['keep'], *columns])} from {facts['relation']}"


def sliding_distinct(*given: Any, **named: Any) -> str:
    """A query of the columns kept and of the count in each window."""
    names = ("relation", "key", "value", "timestamp", "windows", "name", "keep")
    facts = dict(zip(names, given, strict=False)) | named
    columns = [f"{facts['name']}_{window}" for window in facts["windows"]]
    return f"select {', '.join([*facts['keep'], *columns])} from {facts['relation']}"


def import_or_empty(pack: str, mart: str, columns: Mapping[str, str]) -> str:
    """A query of another pack's mart."""
    return f"select {', '.join(columns)} from {pack}.{mart}"


def has(*_: Any) -> bool:
    """A bank that has everything: the longer branch of a model is linted."""
    return True


def core__newest(*_: Any) -> str:
    """A whole model: of a current table, a history or a reference table."""
    return "select * from core.days_to_build"


core__history = core__reference = core__newest_by_day = core__newest


def core__is_mapped(*_: Any) -> bool:
    """A bank that maps no reference table: the model that generates it is linted."""
    return False


def core__newest_versions(table_name: str, read_days: str | None = None) -> str:
    """A CTE of the newest versions."""
    return f"newest_versions as (select * from {read_days or table_name})"


def core__attribute_changes(table_name: str, *_: Any) -> str:
    """A CTE of a table's changes."""
    return f"{table_name}_changes as (select * from slots)"


def core__oldest_slot() -> str:
    """The CTE of the slot that is furthest behind."""
    return "slots as (select min(through_batch) as oldest_batch from pack_slots)"


def core__event_tables() -> dict[str, dict[str, str]]:
    """One table of events, for loops over all."""
    return {"transactions": {"day": "versions.event_date_local"}}


def core__event_days(*_: Any, **__: Any) -> str:
    """A query of the days of events."""
    return "select event_date_local from core.days_to_build where batch > (select oldest_batch from slots)"


def core__all_days(*_: Any, **__: Any) -> str:
    """A query of every day."""
    return "select event_date_local from core.days_to_build"


def __getattr__(name: str) -> Callable[..., str]:
    """Any other macro is an expression."""
    return lambda *_, **__: f"core_{name.strip('_')}"
