"""The contract as a page to read: every table, every column, what it must be and how personal it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import Kind, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.contract.model import Column, Contract, Table

_HEADINGS = {
    Kind.CANONICAL: "What every bank has",
    Kind.VAULT: "The vault",
    Kind.EXTENSION: "What improves the packs",
    Kind.REFERENCE: "Reference data",
    Kind.HISTORY: "Histories, made by the core",
}

_INTRODUCTION = """\
# The contract: tables and columns

Version {version}. This page is written from `core/fintech_accelerator/contract/tables/` (Open Data Contract
Standard 3.2): `python -m fintech_accelerator.contract.reference docs/contract.md`; a test keeps it current.

Map your sources to these tables in `fintech.toml`. Timestamps are UTC. Amounts are in the row's own currency
unless the column says base currency. Rates and shares are fractions: 0.0575 is 5.75 %.

- **Must be there**: *always*: a row without it is quarantined. *When mapped*: the same, once a source maps
  the column; unmapped it is NULL and a capability flag says so. Blank: may be NULL. *Derived*: the core
  computes it, and no source may map it.
- **Class**: P0 no personal data, P1 pseudonymous or behavioural, P2 personal, P3 sensitive or secret.
- **Key**: the columns that name a row, in order. A newer row with the same key replaces the older one.
- Every table may be left out; its flag then tells readers what the marts could not take into account.
"""


def table_reference(contract: Contract) -> str:
    """The page docs/contract.md."""
    parts = [_INTRODUCTION.format(version=contract.version)]
    for kind, heading in _HEADINGS.items():
        tables = [table for table in contract.tables.values() if table.kind is kind]
        parts.append(f"## {heading}\n")
        parts.extend("\n".join(_table(table)) + "\n" for table in tables)
    return "\n".join(parts).rstrip() + "\n"


def _table(table: Table) -> Iterator[str]:
    yield f"### `{table.schema}.{table.name}`\n"
    facts = f"{table.meaning} {table.grain} Key: {', '.join(f'`{name}`' for name in table.key)}."
    yield f"{facts} Flag when absent: `{table.absent_flag}`.\n" if table.is_loadable else f"{facts}\n"
    yield "| column | type | must be there | class | allowed | meaning |"
    yield "|---|---|---|---|---|---|"
    for column in table.columns:
        cells = (
            f"`{column.name}`",
            column.type,
            _requirement(column),
            column.pii,
            _allowed(column),
            _meaning(column),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _requirement(column: Column) -> str:
    if column.derived:
        return "derived"
    words = {Requirement.ALWAYS: "always", Requirement.WHEN_MAPPED: "when mapped", Requirement.NO: ""}
    return words[column.requirement]


def _allowed(column: Column) -> str:
    parts = []
    if column.enum:
        parts.append(", ".join(f"`{value}`" for value in column.enum))
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"{column.minimum:f} to {column.maximum:f}")
    elif column.minimum is not None:
        parts.append(f"from {column.minimum:f}")
    elif column.maximum is not None:
        parts.append(f"up to {column.maximum:f}")
    if column.pattern is not None:
        parts.append(f"`{column.pattern}`")
    return "; ".join(parts)


def _meaning(column: Column) -> str:
    meaning = column.meaning
    if column.default is not None:
        meaning += f" NULL becomes `{column.default}`."
    if column.references is not None:
        meaning += f" Refers to `{column.references}`."
    return meaning


def main() -> None:
    """Write the page to the file named."""
    import sys
    from pathlib import Path

    from fintech_accelerator.contract.read import load_contract

    Path(sys.argv[1]).write_text(table_reference(load_contract()), encoding="utf-8")


if __name__ == "__main__":
    main()
