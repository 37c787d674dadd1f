"""What this bank's sources bring of the contract, and the flags for what they do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest.mapping import SourceMapping
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
    """What fintech.toml maps: the columns that any source of a table brings.

    A source without `columns` brings those of its first file (or of its query) that bear a contract column's
    name. A column is assumed where every source that brings it gives a constant.
    Raises SettingsError for a wrong mapping, SourceError where the file to look into cannot be read.
    """
    from fintech_accelerator.ingest.mapping import read_mappings

    mappings = read_mappings(settings, contract)
    brought = _brought(settings, mappings)
    mapped: dict[str, set[str]] = {}
    assumed: dict[str, dict[str, str]] = {}
    observed: dict[str, set[str]] = {}
    for mapping, columns in brought:
        table = mapping.table.name
        mapped.setdefault(table, set()).update(columns)
        assumed.setdefault(table, {}).update(mapping.assumed)
        observed.setdefault(table, set()).update(set(columns) - set(mapping.assumed))
    return Capabilities(
        mapped={table: frozenset(columns) for table, columns in mapped.items()},
        assumed={
            table: {name: text for name, text in constants.items() if name not in observed[table]}
            for table, constants in assumed.items()
            if set(constants) - observed[table]
        },
    )


def _brought(
    settings: Settings, mappings: Iterable[SourceMapping]
) -> list[tuple[SourceMapping, Iterable[str]]]:
    """Each source's columns; files are opened only where the mapping does not name them."""
    named = [(mapping, mapping.columns) for mapping in mappings if mapping.columns is not None]
    unnamed = [mapping for mapping in mappings if mapping.columns is None]
    if not unnamed:
        return list(named)
    from fintech_accelerator.ingest.landing import files_at_hand
    from fintech_accelerator.ingest.reader import open_reader
    from fintech_accelerator.ingest.shapes import resolved_columns

    offered = {mapping.name: files_at_hand(settings, mapping, firsts_only=True) for mapping in unnamed}
    paths = [file.path for files in offered.values() for file in files]
    with open_reader(settings.workspace, files=paths) as reader:
        found = [(mapping, resolved_columns(reader, mapping, offered[mapping.name])) for mapping in unnamed]
    return [*named, *found]
