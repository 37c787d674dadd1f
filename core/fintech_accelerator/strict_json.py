"""JSON read strictly: no key twice, no NaN or infinity."""

from __future__ import annotations

import json
from typing import Any


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises JSONDecodeError, ValueError or RecursionError."""
    return json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twins = sorted({key for key in keys if keys.count(key) > 1})
    if twins:
        message = f"the key {twins[0]!r} is there twice"
        raise ValueError(message)
    return dict(pairs)


def _no_constant(name: str) -> Any:
    message = f"{name} is no number"
    raise ValueError(message)
