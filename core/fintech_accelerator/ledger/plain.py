"""How values are kept: canonical JSON, and UTC times as text that sorts."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import utc

if TYPE_CHECKING:
    from collections.abc import Iterable


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, ASCII, no NaN. Raises TypeError or ValueError."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_plain
    )


def kept(value: Any) -> str:
    """The JSON text of a value whose order of keys is kept."""
    return json.dumps(value, ensure_ascii=True, default=_plain)


def read(text: str) -> Any:
    """The value behind JSON text."""
    return json.loads(text)


def texts(text: str) -> tuple[str, ...]:
    """The strings of a JSON list."""
    return tuple(str(each) for each in json.loads(text))


def stamp(moment: datetime) -> str:
    """A moment as the ledger keeps it."""
    return utc(moment).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The moment behind a stamp."""
    return datetime.fromisoformat(text)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return _sorted(value)
    message = f"{type(value).__name__} cannot be kept in the ledger"
    raise TypeError(message)


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values)
