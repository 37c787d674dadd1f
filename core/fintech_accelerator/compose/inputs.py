"""Whether a bank has what a pack asks for: the contract's version, tables and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackError, PackLoadError, nearest

if TYPE_CHECKING:
    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.manifest import Manifest

EVERY_COLUMN = "*"


@dataclass(frozen=True)
class Inputs:
    """The contract, and what of it this bank's sources bring."""

    contract: Contract
    capabilities: Capabilities

    def check(self, manifest: Manifest) -> None:
        """Raise PackError unless the bank has what the pack cannot do without."""
        self.check_contract(manifest)
        self.check_requirements(manifest)

    def check_contract(self, manifest: Manifest) -> None:
        """Raise PackError unless the pack is written for this contract."""
        if not fits(self.contract.version, manifest.core_contract):
            raise PackError(
                f"the pack {manifest.name!r} is written for the contract {manifest.core_contract}, "
                f"this product has {self.contract.version}",
                fix="upgrade the pack or the product",
            )

    def check_requirements(self, manifest: Manifest) -> None:
        """Raise PackError unless some source brings what the pack requires."""
        for table, columns in {**manifest.requires, **manifest.improves_with}.items():
            self.check_known(manifest, table, columns)
        for table, columns in manifest.requires.items():
            if not self.has(table):
                raise PackError(
                    f"the pack {manifest.name!r} requires the table {table!r}, which no source brings",
                    fix=f"add a [[sources.{table}]] to fintech.toml, or disable the pack",
                )
            for column in columns:
                if column != EVERY_COLUMN and not self.has(table, column):
                    raise PackError(
                        f"the pack {manifest.name!r} requires the column {table}.{column}, "
                        "which no source maps",
                        fix=f"map {column!r} in [sources.{table}.columns], or disable the pack",
                    )

    def check_known(self, manifest: Manifest, table: str, columns: tuple[str, ...]) -> None:
        if table not in self.contract.tables:
            close = nearest(table, self.contract.tables)
            raise PackLoadError(
                f"the pack {manifest.name!r} asks for the table {table!r}, which the contract does not have",
                fix=f"did the author mean {close!r}?" if close else "correct its pack.toml",
            )
        known = {column.name for column in self.contract.table(table).columns}
        for column in columns:
            if column not in known | {EVERY_COLUMN}:
                close = nearest(column, known)
                raise PackLoadError(
                    f"the pack {manifest.name!r} asks for {table}.{column}, which the contract does not have",
                    fix=f"did the author mean {close!r}?" if close else "correct its pack.toml",
                )

    def has(self, table: str, column: str | None = None) -> bool:
        from fintech_accelerator.contract import Kind

        kind = self.contract.table(table).kind
        if kind is Kind.REFERENCE:  # a seed stands in for a source
            return True
        if kind is Kind.HISTORY:
            return bool(self.capabilities.has(table.removesuffix("_history")))
        if column is not None and self.contract.table(table).column(column).derived:
            return True
        return bool(self.capabilities.has(table, column))

    def flags(self, manifest: Manifest) -> tuple[str, ...]:
        """What the pack would use and does not get."""
        flags = set()
        for table, columns in manifest.improves_with.items():
            if not self.has(table):
                flags.add(self.contract.table(table).absent_flag)
                continue
            flags |= {
                f"no_{table}_{column}"
                for column in columns
                if column != EVERY_COLUMN and not self.has(table, column)
            }
        return tuple(sorted(flags))


def fits(version: str, wanted: str) -> bool:
    """Whether a version lies in a range such as '>=1,<2'."""
    from packaging.specifiers import SpecifierSet

    return version in SpecifierSet(wanted)
