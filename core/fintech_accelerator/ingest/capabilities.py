"""What this bank's sources bring of the contract, and the flags for what they do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class Capabilities:
    """The mapped columns by table, and those of them that a source only assumes (column -> constant)."""

    mapped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    assumed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether a source brings a table, or a column of it."""
        columns = self.mapped.get(table)
        return columns is not None and (column is None or column in columns)

    def flags(self) -> tuple[str, ...]:
        """The capability flags of all that the contract has and no source brings, in order."""
        from fintech_accelerator.contract import load_contract

        found = set()
        for table in load_contract().loadable_tables():
            if not self.has(table.name):
                found.add(table.absent_flag)
                continue
            found |= {
                f"no_{table.name}_{column.name}"
                for column in table.loadable
                if not self.has(table.name, column.name)
            }
        return tuple(sorted(found))


def capabilities(settings: Settings, contract: Contract) -> Capabilities:
    """What fintech.toml maps: the columns that any source of a table brings."""
    mapped: dict[str, frozenset[str]] = {}
    for name, sources in settings.sources.items():
        contract.table(name)
        columns = {column for source in sources for column in source.columns or {}}
        mapped[name] = frozenset(columns)
    return Capabilities(mapped=mapped)
