"""The SQL that makes or undoes items of access: few statements, for many relations and holders each."""

from __future__ import annotations

from collections import defaultdict
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
    from collections.abc import Iterable, Iterator

    from fintech_accelerator.engines.redshift.security.items import Item

Entry = tuple[str, str, str]  # what, on which place, for whom
Line = tuple[str, tuple[str, ...], tuple[str, ...]]  # what, on all these places, for all of these
RIGHTS: dict[type[Item], str] = {SchemaGrant: "schema ", Grant: ""}  # the word before the places


def statements(remove: Iterable[Item], add: Iterable[Item]) -> tuple[str, ...]:
    """What to run, in one transaction: first what goes, the rights before what hides; then what comes."""
    going, coming = _by_type(remove), _by_type(add)
    return (
        *(sql for kind in reversed(ORDER) for sql in _undoing_all(kind, going[kind])),
        *(sql for kind in ORDER for sql in _making_all(kind, coming[kind])),
    )


def looking(policies: Iterable[RowPolicy]) -> tuple[str, ...]:
    """Policies may look into a table only with a right of their own, which falls when it is rebuilt."""
    readers: dict[str, list[str]] = defaultdict(list)
    for policy in sorted(policies):
        for table in policy.reads:
            readers[table].append(quoted(policy.name))
    return tuple(
        f"grant select on {table} to rls policy {', '.join(names)}"
        for table, names in sorted(readers.items())
    )


def _by_type(items: Iterable[Item]) -> dict[type[Item], list[Item]]:
    found: dict[type[Item], list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.words):
        found[type(item)].append(item)
    return found


def _making_all(kind: type[Item], items: Iterable[Item]) -> Iterator[str]:
    if kind in RIGHTS:
        yield from _rights(f"grant {{}} on {RIGHTS[kind]}{{}} to {{}}", items)
    elif kind is RowRule:
        yield from _rules("attach rls policy {} on {} to {}", items)
    else:
        yield from (sql for item in items for sql in _making(item))
        yield from looking(item for item in items if isinstance(item, RowPolicy))


def _undoing_all(kind: type[Item], items: Iterable[Item]) -> Iterator[str]:
    if kind in RIGHTS:
        yield from _rights(f"revoke {{}} on {RIGHTS[kind]}{{}} from {{}}", items)
    elif kind is RowRule:
        yield from _rules("detach rls policy {} on {} from {}", items)
    else:
        yield from (sql for item in items for sql in _undoing(item))


def _rights(form: str, items: Iterable[Item]) -> Iterator[str]:
    """One statement for all places on which the same holders have the same rights."""
    lines: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    rights = [item for item in items if isinstance(item, SchemaGrant | Grant)]
    for privilege, places, holders in _lines(
        (right.privilege, _at(right), _holder(right.kind, right.holder)) for right in rights
    ):
        lines[places, holders].append(privilege)
    for (places, holders), privileges in lines.items():
        yield form.format(", ".join(privileges), ", ".join(places), ", ".join(holders))


def _rules(form: str, items: Iterable[Item]) -> Iterator[str]:
    rules = [item for item in items if isinstance(item, RowRule)]
    for policy, places, holders in _lines(
        (rule.policy, _at(rule), _holder("role", rule.holder)) for rule in rules
    ):
        yield form.format(quoted(policy), ", ".join(places), ", ".join(holders))


def _lines(entries: Iterable[Entry]) -> list[Line]:
    """The same thing on several places for the same holders, as one."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for what, place, holder in entries:
        holders[what, place].append(holder)
    places: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (what, place), who in holders.items():
        places[what, tuple(who)].append(place)
    return [(what, tuple(where), who) for (what, who), where in places.items()]


def _at(item: ReadingView | Mask | RowRule | RowSecurity | Grant | SchemaGrant) -> str:
    if isinstance(item, SchemaGrant):
        return quoted(item.schema)
    return f"{quoted(item.schema)}.{quoted(item.relation)}"


def _holder(kind: str, name: str) -> str:
    if name == PUBLIC:
        return PUBLIC
    return quoted(name) if kind == "user" else f"{kind} {quoted(name)}"


@singledispatch
def _making(item: object) -> tuple[str, ...]:
    """The statements that make an item stand."""
    raise TypeError(item)


@singledispatch
def _undoing(item: object) -> tuple[str, ...]:
    """The statements after which an item stands no longer."""
    raise TypeError(item)


@_making.register
def _(item: Schema) -> tuple[str, ...]:
    owner = f" authorization {quoted(item.owner)}" if item.owner else ""
    return (f"create schema if not exists {quoted(item.name)}{owner}",)


@_undoing.register
def _(item: Schema) -> tuple[str, ...]:  # noqa: ARG001  (what is in it may be somebody's)
    return ()


@_making.register
def _(item: Role) -> tuple[str, ...]:
    return (f"create role {quoted(item.name)}",)


@_undoing.register
def _(item: Role) -> tuple[str, ...]:
    return (f"drop role {quoted(item.name)}",)


@_undoing.register
def _(item: RoleGrant) -> tuple[str, ...]:
    return (f"revoke role {quoted(item.granted)} from role {quoted(item.role)}",)


@_making.register
def _(item: ReadingView) -> tuple[str, ...]:
    columns = ", ".join(map(quoted, item.columns))
    source = f"{quoted(item.source)}.{quoted(item.relation)}"
    return (f"create view {_at(item)} as select {columns} from {source} with no schema binding",)


@_undoing.register
def _(item: ReadingView) -> tuple[str, ...]:
    return (f"drop view {_at(item)}",)


@_making.register
def _(item: MaskPolicy) -> tuple[str, ...]:
    return (
        f"create masking policy {quoted(item.name)} with (shown_value {item.type}) using ({item.expression})",
    )


@_undoing.register
def _(item: MaskPolicy) -> tuple[str, ...]:
    return (f"drop masking policy {quoted(item.name)}",)


@_making.register
def _(item: Mask) -> tuple[str, ...]:
    place = f"{_at(item)}({quoted(item.column)})"
    to = _holder("role", item.holder)
    return (f"attach masking policy {quoted(item.policy)} on {place} to {to} priority {int(item.priority)}",)


@_undoing.register
def _(item: Mask) -> tuple[str, ...]:
    place = f"{_at(item)}({quoted(item.column)})"
    return (f"detach masking policy {quoted(item.policy)} on {place} from {_holder('role', item.holder)}",)


@_making.register
def _(item: RowPolicy) -> tuple[str, ...]:
    columns = f" with ({quoted(item.column)} {item.type})" if item.column else ""
    return (f"create rls policy {quoted(item.name)}{columns} using ({item.expression})",)


@_undoing.register
def _(item: RowPolicy) -> tuple[str, ...]:
    return (f"drop rls policy {quoted(item.name)} cascade",)


@_making.register
def _(item: RowSecurity) -> tuple[str, ...]:
    return (f"alter table {_at(item)} row level security on",)


@_undoing.register
def _(item: RowSecurity) -> tuple[str, ...]:
    return (f"alter table {_at(item)} row level security off",)
