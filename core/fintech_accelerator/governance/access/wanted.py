"""What the access matrix asks of a warehouse: every schema, role, view, mask, rule on rows and right."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import MASK, PERSONAL
from fintech_accelerator.contract.schemas import served_schemas
from fintech_accelerator.engines.redshift.security.items import (
    PUBLIC,
    Grant,
    Mask,
    MaskPolicy,
    ReadingView,
    Role,
    RowPolicy,
    RowRule,
    RowSecurity,
    Schema,
    SchemaGrant,
)
from fintech_accelerator.engines.redshift.slots import slot_schema
from fintech_accelerator.engines.redshift.state import SLOTS
from fintech_accelerator.errors import UsageError
from fintech_accelerator.governance.access.coverage import check_coverage, check_roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from fintech_accelerator.contract.model import Column, Contract, Table
    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.security.items import Item
    from fintech_accelerator.governance.access.matrix import Cell, Matrix, RowColumn
    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.marts import Mart, MartColumn

TYPE = re.compile(r"[a-z]+( [a-z]+)*(\(\d+(, ?\d+)?\))?")
FIRST_CLEAR = 10  # priorities: everybody's mask is 0, roles that see values come above it
HASHED = 8
INPUT = "shown_value"
NAMED = (Role, MaskPolicy)


@dataclass(frozen=True)
class PackReaders:
    """What of an enabled pack decides who reads it."""

    manifest: Manifest
    marts: tuple[Mart, ...]

    @property
    def name(self) -> str:
        return self.manifest.name


def wanted(
    matrix: Matrix, contract: Contract, packs: Sequence[PackReaders], there: Collection[Place]
) -> frozenset[Item]:
    """All access that should stand in a warehouse that has the relations `there`.

    Raises UsageError for a P2 or P3 column that no line covers, and for a role that nobody defined.
    """
    check_roles(matrix, packs)
    check_coverage(matrix, contract, packs)
    return frozenset(_Wanted(matrix, tuple(contract.tables.values()), packs, frozenset(there)).items())


def wanted_on_views(
    matrix: Matrix, packs: Sequence[PackReaders], name: str, there: Collection[Place]
) -> frozenset[Item]:
    """What of it stands on the serving views of one pack, with the roles and masks that it takes.

    A personal column that no line covers is masked for everybody.
    """
    schemas = served_schemas(name)
    items = [*_Wanted(matrix, (), packs, frozenset(there)).items()]
    found = [item for item in items if getattr(item, "schema", None) in schemas]
    named = {getattr(item, key, None) for item in found for key in ("holder", "policy")}
    return frozenset((*found, *(item for item in items if isinstance(item, NAMED) and item.name in named)))


def row_policies(matrix: Matrix) -> tuple[RowPolicy, ...]:
    """The rules on rows that look into tables."""
    return tuple(_row_policy(rule, by) for rule, columns in matrix.rows.items() for by in columns)


def _row_policy(rule: str, by: RowColumn) -> RowPolicy:
    name = _named(f"rows_{rule}_{by.column}", by.allows, by.type)
    return RowPolicy(name, by.column, by.type, by.allows, by.reads)


@dataclass(frozen=True)
class _Wanted:
    matrix: Matrix
    tables: Sequence[Table]
    packs: Sequence[PackReaders]
    there: frozenset[Place]

    def items(self) -> Iterator[Item]:
        readers = (reader.role for pack in self.packs for reader in pack.manifest.readers)
        yield from (Role(self.role(role)) for role in {*self.matrix.roles, *readers})
        yield from self._zone(self.matrix.core_schema, self.matrix.core_tables_in, "core")
        yield from self._zone(self.matrix.vault_schema, self.matrix.vault_tables_in, "vault")
        yield from self._operations()
        for pack in self.packs:
            yield from self._pack(pack)
            yield from self._build_role(pack)
        yield from self._makers()

    def role(self, name: str) -> str:
        return f"{self.matrix.prefix}{name}"

    # -- core and the vault, through views ------------------------------------------------------------------

    def _zone(self, schema: str, tables_in: Collection[str], zone: str) -> Iterator[Item]:
        yield Schema(schema)
        readers = dict(self._readers(zone))
        yield from (Role(holder) for holder in readers)
        yield from (SchemaGrant(schema, "usage", holder) for holder in readers)
        for table in self.tables:
            if table.schema in tables_in and (table.schema, table.name) in self.there:
                yield from self._table(schema, table, readers)

    def _readers(self, zone: str) -> Iterator[tuple[str, Cell]]:
        for role in self.matrix.roles.values():
            cell: Cell | None = getattr(role, zone)
            if cell is not None:
                yield f"{self.role(role.name)}{'_break_glass' if cell.break_glass else ''}", cell

    def _table(self, schema: str, table: Table, readers: dict[str, Cell]) -> Iterator[Item]:
        names = tuple(column.name for column in table.columns)
        yield ReadingView(schema, table.name, names, table.schema)
        rules = {holder: self._rule(cell, table) for holder, cell in readers.items()}
        admitted = [holder for holder, rule in rules.items() if rule is not None]
        if any(rule != ALL_ROWS for rule in rules.values() if rule is not None):
            yield RowSecurity(schema, table.name)
            for holder in admitted:
                yield rules[holder] or ALL_ROWS
                yield RowRule(schema, table.name, holder, (rules[holder] or ALL_ROWS).name)
        yield from (Grant(schema, table.name, "select", holder) for holder in admitted)
        for column in table.columns:
            clear = [holder for holder in admitted if column.pii in readers[holder].shows]
            yield from _masks(schema, table.name, column, clear)

    def _rule(self, cell: Cell, table: Table) -> RowPolicy | None:
        """The rule on rows by which a role reads a table; None where it must not read it at all."""
        if cell.rows is None:
            return ALL_ROWS
        for by in self.matrix.rows[cell.rows]:
            looked_into = {tuple(place.split(".")) for place in by.reads}
            if any(column.name == by.column for column in table.columns):
                if not looked_into <= self.there:
                    return None
                return _row_policy(cell.rows, by)
        is_personal = any(column.pii != "P0" for column in table.columns)
        return None if is_personal else ALL_ROWS

    # -- the schema ops -------------------------------------------------------------------------------------

    def _operations(self) -> Iterator[Item]:
        schema = self.matrix.operations_schema
        tables = sorted(name for place, name in self.there if place == schema)
        for role in self.matrix.roles.values():
            if role.operations is None or not tables:
                continue
            listed = self.matrix.parts[role.operations]
            yield SchemaGrant(schema, "usage", self.role(role.name))
            for name in tables:
                if "*" in listed or name in listed:
                    yield Grant(schema, name, "select", self.role(role.name))

    # -- packs ----------------------------------------------------------------------------------------------

    def _pack(self, pack: PackReaders) -> Iterator[Item]:
        for mart in pack.marts:
            readers = dict(self._mart_readers(pack, mart))
            if (mart.schema, mart.name) not in self.there:
                continue
            for holder in readers:
                yield SchemaGrant(mart.schema, "usage", holder)
                yield Grant(mart.schema, mart.name, "select", holder)
            for column in mart.columns:
                clear = [holder for holder, shows in readers.items() if column.pii in shows]
                yield from _masks(mart.schema, mart.name, column, clear)
        notice = pack.name, f"{pack.name}__publication"
        if notice in self.there:  # by which a page notices a switch
            for holder in {holder for mart in pack.marts for holder, _ in self._mart_readers(pack, mart)}:
                yield SchemaGrant(pack.name, "usage", holder)
                yield Grant(*notice, "select", holder)

    def _mart_readers(self, pack: PackReaders, mart: Mart) -> Iterator[tuple[str, tuple[str, ...]]]:
        for role in self.matrix.roles.values():
            if role.packs is not None and not mart.restricted:
                yield self.role(role.name), role.packs.shows
        for reader in pack.manifest.readers:
            if reader.reads(mart):
                yield self.role(reader.role), reader.shows

    def _build_role(self, pack: PackReaders) -> Iterator[Item]:
        """What a pack's models need: their own slots, the core, and what the pack imports."""
        holder = self.role(f"build_{pack.name}")
        yield Role(holder)
        for served in sorted({pack.name, *(mart.schema for mart in pack.marts)}):
            for slot in SLOTS:
                yield Schema(slot_schema(served, slot))
                yield SchemaGrant(slot_schema(served, slot), "usage", holder)
                yield SchemaGrant(slot_schema(served, slot), "create", holder)
        for schema in sorted(self.matrix.core_tables_in):
            if any(place == schema for place, _ in self.there):
                yield SchemaGrant(schema, "usage", holder)
        for each in pack.manifest.imports.values():
            if (each.pack, each.relation) in self.there:
                yield SchemaGrant(each.pack, "usage", holder)
                yield Grant(each.pack, each.relation, "select", holder)

    def _makers(self) -> Iterator[Item]:
        marts = [mart for pack in self.packs for mart in pack.marts]
        schemas = {
            "core": {self.matrix.core_schema},
            "vault": {self.matrix.vault_schema},
            "packs": {pack.name for pack in self.packs},
            "restricted": {mart.schema for mart in marts if mart.restricted},
        }
        for role in self.matrix.roles.values():
            for schema in sorted(schema for zone in role.makes for schema in schemas[zone]):
                yield Schema(schema)
                yield SchemaGrant(schema, "usage", self.role(role.name))
                yield SchemaGrant(schema, "create", self.role(role.name))


def _masks(schema: str, relation: str, column: MartColumn | Column, clear: Iterable[str]) -> Iterator[Item]:
    """Everybody's mask on a personal column, and above it one policy for each role that sees the values."""
    if column.pii not in PERSONAL:
        return
    kind = column.type.strip().lower()
    if not TYPE.fullmatch(kind):
        raise UsageError(
            f"{schema}.{relation}.{column.name} has the type {kind!r}, which no mask can have",
            fix="write a type such as varchar(64) into the model's yml",
        )
    hidden = f"cast({_hidden(kind)} as {kind})"
    policy = MaskPolicy(_named("hidden", kind, hidden), kind, hidden)
    yield policy
    yield Mask(schema, relation, column.name, PUBLIC, policy.name, 0)
    for place, holder in enumerate(sorted(clear)):
        shown = MaskPolicy(_named("shown", kind, INPUT), kind, INPUT)
        yield shown
        yield Mask(schema, relation, column.name, holder, shown.name, FIRST_CLEAR + place)


def _hidden(kind: str) -> str:
    """Text says that it is hidden; of anything else a made-up value would look like a true one."""
    if not kind.startswith("varchar"):
        return "null"
    size = re.search(r"\d+", kind)
    return f"'{MASK[: int(size[0])] if size else MASK}'"


def _named(what: str, *content: str) -> str:
    digest = hashlib.sha256("\n".join(content).encode()).hexdigest()[:HASHED]
    return f"fintech_{what}_{digest}"


ALL_ROWS = RowPolicy(_named("rows_all", "1 = 1"), expression="1 = 1")
