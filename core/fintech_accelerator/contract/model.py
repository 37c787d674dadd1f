"""The contract's parts as values: tables, their columns, and what is asked of each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from fintech_accelerator.errors import unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

OPEN = ("P0", "P1")  # classes whose values anybody who works here may see
PERSONAL = ("P2", "P3")
PII_CLASSES = (*OPEN, *PERSONAL)
MASK = "***"  # what stands for a value that is not shown
DAY_COLUMN = "event_date_local"  # the bank's day, by which everything incremental goes


class Requirement(StrEnum):
    """Whether a row may lack a column's value."""

    ALWAYS = "always"
    WHEN_MAPPED = "when_mapped"  # required once a source maps it; else NULL and a capability flag
    NO = "no"


class Kind(StrEnum):
    """What a table is for; all but a history are loadable."""

    CANONICAL = "canonical"
    VAULT = "vault"
    EXTENSION = "extension"
    REFERENCE = "reference"
    HISTORY = "history"


@dataclass(frozen=True)
class Column:
    """One column: its portable type, what a value must satisfy, how personal it is and what it means."""

    name: str
    type: str
    pii: str
    meaning: str
    requirement: Requirement = Requirement.NO
    enum: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str | None = None
    key_position: int | None = None
    references: str | None = None  # "customers.customer_id"
    derived: bool = False  # computed in core: no source may map it
    default: str | None = None  # what core puts for NULL


@dataclass(frozen=True)
class Table:
    """One table: where core builds it, what one row is, and its columns."""

    name: str
    schema: str
    kind: Kind
    grain: str
    meaning: str
    columns: tuple[Column, ...]
    absent_flag: str
    event_column: str | None = None

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The names of the key's columns, in order."""
        keyed = [column for column in self.columns if column.key_position is not None]
        return tuple(column.name for column in sorted(keyed, key=lambda column: column.key_position or 0))

    @cached_property
    def loadable(self) -> tuple[Column, ...]:
        """The columns that a source may map; none of a history's."""
        return tuple(column for column in self.columns if not column.derived)

    @cached_property
    def derived(self) -> tuple[Column, ...]:
        """The columns that core computes."""
        return tuple(column for column in self.columns if column.derived)

    @property
    def is_loadable(self) -> bool:
        return self.kind is not Kind.HISTORY

    @cached_property
    def _by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def has(self, name: str) -> bool:
        return name in self._by_name

    def column(self, name: str) -> Column:
        """A column by name. Raises UnknownNameError with the nearest name."""
        found = self._by_name.get(name)
        if found is None:
            raise unknown_name(f"column of {self.name}", name, self._by_name)
        return found

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over what typing depends on; neither words nor what core derives change it."""
        typed = [
            [
                column.name,
                column.type,
                column.requirement.value,
                list(column.enum),
                *(None if bound is None else str(bound) for bound in (column.minimum, column.maximum)),
                column.pattern,
                column.key_position,
            ]
            for column in self.loadable
        ]
        text = json.dumps([self.name, self.event_column, typed], separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Contract:
    """Every table of the product, at one version."""

    version: str
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """A table by name. Raises UnknownNameError with the nearest name."""
        if name not in self.tables:
            raise unknown_name("table", name, self.tables)
        return self.tables[name]

    def loadable_tables(self) -> tuple[Table, ...]:
        """The tables that a source may bring, in the order of their names."""
        return tuple(table for table in self.tables.values() if table.is_loadable)
