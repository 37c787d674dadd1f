"""The SQL that makes or undoes one item of access."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.security.items import (
    ORDER,
    PUBLIC,
    Grant,
    Mask,
    MaskPolicy,
    ReadingView,
    Role,
    RoleGrant,
    RowPolicy,
    RowRule,
    RowSecurity,
    Schema,
    SchemaGrant,
)
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.engines.redshift.security.items import Item


def statements(remove: Iterable[Item], add: Iterable[Item]) -> tuple[str, ...]:
    """What to run, in one transaction: first what goes, the rights before what hides; then what comes."""

    def place(item: Item) -> int:
        return ORDER.index(type(item))

    going = [sql for item in sorted(remove, key=place, reverse=True) for sql in undoing(item)]
    return (*going, *(sql for item in sorted(add, key=place) for sql in making(item)))


@singledispatch
def making(item: object) -> tuple[str, ...]:
    """The statements that make an item stand."""
    raise TypeError(item)


@singledispatch
def undoing(item: object) -> tuple[str, ...]:
    """The statements after which an item stands no longer."""
    raise TypeError(item)


def _at(item: ReadingView | Mask | RowRule | RowSecurity | Grant) -> str:
    return f"{quoted(item.schema)}.{quoted(item.relation)}"


def _holder(kind: str, name: str) -> str:
    if name == PUBLIC:
        return PUBLIC
    return quoted(name) if kind == "user" else f"{kind} {quoted(name)}"


@making.register
def _(item: Schema) -> tuple[str, ...]:
    return (f"create schema if not exists {quoted(item.name)}",)


@undoing.register
def _(item: Schema) -> tuple[str, ...]:  # noqa: ARG001  (what is in it may be somebody's)
    return ()


@making.register
def _(item: Role) -> tuple[str, ...]:
    return (f"create role {quoted(item.name)}",)


@undoing.register
def _(item: Role) -> tuple[str, ...]:
    return (f"drop role {quoted(item.name)}",)


@making.register
def _(item: RoleGrant) -> tuple[str, ...]:
    return (f"grant role {quoted(item.granted)} to role {quoted(item.role)}",)


@undoing.register
def _(item: RoleGrant) -> tuple[str, ...]:
    return (f"revoke role {quoted(item.granted)} from role {quoted(item.role)}",)


@making.register
def _(item: ReadingView) -> tuple[str, ...]:
    columns = ", ".join(map(quoted, item.columns))
    source = f"{quoted(item.source)}.{quoted(item.relation)}"
    return (f"create view {_at(item)} as select {columns} from {source} with no schema binding",)


@undoing.register
def _(item: ReadingView) -> tuple[str, ...]:
    return (f"drop view {_at(item)}",)


@making.register
def _(item: MaskPolicy) -> tuple[str, ...]:
    return (
        f"create masking policy {quoted(item.name)} with (shown_value {item.type}) using ({item.expression})",
    )


@undoing.register
def _(item: MaskPolicy) -> tuple[str, ...]:
    return (f"drop masking policy {quoted(item.name)}",)


@making.register
def _(item: Mask) -> tuple[str, ...]:
    place = f"{_at(item)}({quoted(item.column)})"
    to = _holder("role", item.holder)
    return (f"attach masking policy {quoted(item.policy)} on {place} to {to} priority {int(item.priority)}",)


@undoing.register
def _(item: Mask) -> tuple[str, ...]:
    place = f"{_at(item)}({quoted(item.column)})"
    return (f"detach masking policy {quoted(item.policy)} on {place} from {_holder('role', item.holder)}",)


@making.register
def _(item: RowPolicy) -> tuple[str, ...]:
    columns = f" with ({quoted(item.column)} {item.type})" if item.column else ""
    create = f"create rls policy {quoted(item.name)}{columns} using ({item.expression})"
    return (create, *looking(item))


def looking(policy: RowPolicy) -> tuple[str, ...]:
    """A policy may look into a table only with a right of its own, which falls when the table is rebuilt."""
    return tuple(f"grant select on {table} to rls policy {quoted(policy.name)}" for table in policy.reads)


@undoing.register
def _(item: RowPolicy) -> tuple[str, ...]:
    return (f"drop rls policy {quoted(item.name)} cascade",)


@making.register
def _(item: RowRule) -> tuple[str, ...]:
    return (f"attach rls policy {quoted(item.policy)} on {_at(item)} to {_holder('role', item.holder)}",)


@undoing.register
def _(item: RowRule) -> tuple[str, ...]:
    return (f"detach rls policy {quoted(item.policy)} on {_at(item)} from {_holder('role', item.holder)}",)


@making.register
def _(item: RowSecurity) -> tuple[str, ...]:
    return (f"alter table {_at(item)} row level security on",)


@undoing.register
def _(item: RowSecurity) -> tuple[str, ...]:
    return (f"alter table {_at(item)} row level security off",)


@making.register
def _(item: SchemaGrant) -> tuple[str, ...]:
    to = _holder(item.kind, item.holder)
    return (f"grant {item.privilege} on schema {quoted(item.schema)} to {to}",)


@undoing.register
def _(item: SchemaGrant) -> tuple[str, ...]:
    holder = _holder(item.kind, item.holder)
    return (f"revoke {item.privilege} on schema {quoted(item.schema)} from {holder}",)


@making.register
def _(item: Grant) -> tuple[str, ...]:
    return (f"grant {item.privilege} on {_at(item)} to {_holder(item.kind, item.holder)}",)


@undoing.register
def _(item: Grant) -> tuple[str, ...]:
    return (f"revoke {item.privilege} on {_at(item)} from {_holder(item.kind, item.holder)}",)
