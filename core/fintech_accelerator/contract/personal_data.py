"""The inventory of personal data: every column of the warehouse, with its class; none may lack one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fintech_accelerator.contract.ddl import TECHNICAL_COLUMNS
from fintech_accelerator.contract.model import PII_CLASSES
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fintech_accelerator.contract.model import Contract, Table


class UnclassifiedColumnError(UsageError):
    """A published column of which nobody said how personal it is."""


class MartColumnLike(Protocol):
    """A published column, as a pack describes it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def pii(self) -> str: ...
    @property
    def description(self) -> str: ...


class MartLike(Protocol):
    """A published relation, as a pack describes it."""

    @property
    def name(self) -> str: ...
    @property
    def schema(self) -> str: ...
    @property
    def columns(self) -> Sequence[MartColumnLike]: ...


@dataclass(frozen=True)
class ClassifiedColumn:
    """One column of the warehouse, how personal it is, and where its values come from."""

    schema: str
    relation: str
    column: str
    type: str
    pii: str
    meaning: str
    source: str  # "a source of the bank", "the loader", "the core" or "the pack NAME"


def inventory(contract: Contract, marts: Iterable[MartLike]) -> tuple[ClassifiedColumn, ...]:
    """Every column of raw, core and the marts. Raises UnclassifiedColumnError for those without a class."""
    rows = [row for table in contract.tables.values() for row in _table_rows(table)]
    rows += [row for mart in marts for row in _mart_rows(mart)]
    unclassified = [row for row in rows if row.pii not in PII_CLASSES]
    if unclassified:
        listed = ", ".join(f"{row.schema}.{row.relation}.{row.column}" for row in unclassified)
        raise UnclassifiedColumnError(
            f"no class of personal data for: {listed}",
            fix=f"give each column `meta: {{pii: ...}}` ({', '.join(PII_CLASSES)}) in the model's yml",
        )
    return tuple(sorted(rows, key=lambda row: (row.schema, row.relation)))


def _table_rows(table: Table) -> Iterator[ClassifiedColumn]:
    for column in table.columns:
        source = "the core" if column.derived else "a source of the bank"
        described = (column.name, column.type, column.pii, column.meaning, source)
        yield ClassifiedColumn(table.schema, table.name, *described)
        if not column.derived:
            yield ClassifiedColumn(RAW_SCHEMA, table.name, *described)
    if table.is_loadable:
        for name, (kind, meaning) in TECHNICAL_COLUMNS.items():
            yield ClassifiedColumn(RAW_SCHEMA, table.name, name, kind, "P0", meaning, "the loader")


def _mart_rows(mart: MartLike) -> Iterator[ClassifiedColumn]:
    pack = mart.name.partition("__")[0]
    for column in mart.columns:
        yield ClassifiedColumn(
            mart.schema,
            mart.name,
            column.name,
            column.type,
            column.pii,
            column.description,
            f"the pack {pack}",
        )
