"""The statistical models that a pack declares, as `[models.<name>]` of its pack.toml says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
KEYS = ("title", "purpose", "not_for", "kind", "label_delay_days", "features", "labels")
FEATURE_KEYS = ("mart", "key", "time", "group", "columns")
LABEL_KEYS = ("mart", "key", "column", "positive", "negative", "known_at")
KINDS = ("points",)
LONGEST_DELAY = 365


@dataclass(frozen=True)
class Features:
    """Where a model's inputs stand: one row per key; rows of one group belong to one party."""

    mart: str
    key: str
    time: str
    group: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Labels:
    """Where its outcomes stand: values of a column, and since when each was known."""

    mart: str
    key: str
    column: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    known_at: str


@dataclass(frozen=True)
class ModelDeclaration:
    """One model: what it is for, what it may look at, and how long its outcomes take to be known."""

    name: str
    title: str
    purpose: str
    not_for: str
    kind: str
    label_delay_days: int
    features: Features
    labels: Labels


def model_of(name: str, entry: Any, pack: str) -> ModelDeclaration:
    """One table of `[models]`. Raises ValueError with what is wrong."""
    if not MODEL_NAME.fullmatch(name):
        message = f"{name!r} is not a model's name: 3 to 41 of a-z, 0-9 and _, a letter first"
        raise ValueError(message)
    table = _table(entry, KEYS, f"the model {name!r}")
    features = _table(table["features"], FEATURE_KEYS, f"features of {name!r}")
    labels = _table(table["labels"], LABEL_KEYS, f"labels of {name!r}")
    if table["kind"] not in KINDS:
        message = f"kind of {name!r} is {table['kind']!r}; it may be {' or '.join(KINDS)}"
        raise ValueError(message)
    delay = table["label_delay_days"]
    if not isinstance(delay, int) or isinstance(delay, bool) or not 0 <= delay <= LONGEST_DELAY:
        message = f"label_delay_days of {name!r} has to be a whole number from 0 to {LONGEST_DELAY}"
        raise ValueError(message)
    return ModelDeclaration(
        name=name,
        **{key: _text(table[key], key, name) for key in ("title", "purpose", "not_for", "kind")},
        label_delay_days=delay,
        features=Features(
            mart=_mart(features["mart"], pack, name),
            **{key: _column(features[key], name) for key in ("key", "time", "group")},
            columns=tuple(_column(each, name) for each in _list(features["columns"], "columns", name)),
        ),
        labels=Labels(
            mart=_mart(labels["mart"], pack, name),
            **{key: _column(labels[key], name) for key in ("key", "column", "known_at")},
            positive=_list(labels["positive"], "positive", name),
            negative=_list(labels["negative"], "negative", name),
        ),
    )


def _table(entry: Any, keys: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(entry, dict) or set(entry) != set(keys):
        message = f"{what} has to be a table with exactly {', '.join(keys)}"
        raise ValueError(message)
    return entry


def _text(value: Any, key: str, model: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        message = f"{key} of {model!r} has to be a line of text"
        raise ValueError(message)
    return value.strip()


def _column(value: Any, model: str) -> str:
    if not isinstance(value, str) or not COLUMN_NAME.fullmatch(value):
        message = f"{value!r} in {model!r} is not a column's name"
        raise ValueError(message)
    return value


def _mart(value: Any, pack: str, model: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(rf"{re.escape(pack)}__[a-z][a-z0-9_]*", value):
        message = f"{value!r} in {model!r} is no mart of this pack ({pack}__...)"
        raise ValueError(message)
    return value


def _list(value: Any, key: str, model: str) -> tuple[str, ...]:
    is_texts = isinstance(value, list) and all(isinstance(each, str) and each for each in value)
    if not is_texts or not value or len(set(value)) != len(value):
        message = f"{key} of {model!r} has to be a list of different texts, at least one"
        raise ValueError(message)
    return tuple(value)
