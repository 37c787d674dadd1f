"""No personal column without a line of the matrix, and no line for a role that nobody defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import PERSONAL
from fintech_accelerator.errors import UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fintech_accelerator.contract.model import Contract
    from fintech_accelerator.governance.access.matrix import Matrix
    from fintech_accelerator.governance.access.wanted import PackReaders


class UncoveredColumnError(UsageError):
    """A personal column of which the access matrix does not say who sees it."""


def check_roles(matrix: Matrix, packs: Sequence[PackReaders]) -> None:
    """A pack may name the matrix' roles, and roles of its own, whose names begin with the pack's."""
    for pack in packs:
        for reader in pack.manifest.readers:
            if reader.role in matrix.roles or reader.role.startswith(f"{pack.name}_"):
                continue
            close = nearest(reader.role, matrix.roles)
            own = f"a role of the pack's own begins with {pack.name + '_'!r}"
            raise UnknownNameError(
                f"[access.roles] of the pack {pack.name!r} names {reader.role!r}, which is no role of the"
                f" access matrix ({', '.join(sorted(matrix.roles))})",
                fix=f"did you mean {close!r}? Otherwise {own}" if close else own,
            )


def check_coverage(matrix: Matrix, contract: Contract, packs: Sequence[PackReaders]) -> None:
    """Raise UncoveredColumnError for the P2 and P3 columns that no line covers; it says what to write."""
    found = [*_of_contract(matrix, contract), *(line for pack in packs for line in _of_pack(pack))]
    if found:
        columns = ", ".join(column for column, _ in found)
        fixes = dict.fromkeys(fix for _, fix in found)
        raise UncoveredColumnError(f"the access matrix does not say who sees {columns}", fix="; ".join(fixes))


def _of_contract(matrix: Matrix, contract: Contract) -> Iterator[tuple[str, str]]:
    for zone, schemas in (("core", matrix.core_tables_in), ("vault", matrix.vault_tables_in)):
        cells = [cell for role in matrix.roles.values() if (cell := getattr(role, zone)) is not None]
        for table in contract.tables.values():
            for column in table.columns if table.schema in schemas else ():
                if column.pii in PERSONAL and not any(cell.covers(column.pii) for cell in cells):
                    fix = f"write {column.pii} into shows or masks of a role's {zone} in matrix.toml"
                    yield f"{table.schema}.{table.name}.{column.name} ({column.pii})", fix


def _of_pack(pack: PackReaders) -> Iterator[tuple[str, str]]:
    for mart in pack.marts:
        lines = [reader for reader in pack.manifest.readers if reader.reads(mart)]
        restricted = ", restricted = true" if mart.restricted else ""
        for column in mart.columns:
            if column.pii in PERSONAL and not any(line.covers(column.pii) for line in lines):
                fix = (
                    f"write into [access.roles] of the pack {pack.name!r} such as"
                    f' `fraud_analyst = {{ masks = ["{column.pii}"]{restricted} }}`, or `shows` where the'
                    " role is to see the values"
                )
                yield f"{mart.schema}.{mart.name}.{column.name} ({column.pii})", fix
