"""Access that falls with what a run makes anew, given back by the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import served_schemas
from fintech_accelerator.engines.redshift.security.catalogue import (
    Scope,
    roles_of,
    row_policies_of,
    serving,
)
from fintech_accelerator.engines.redshift.security.statements import looking, statements
from fintech_accelerator.governance.access.difference import place_of
from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.governance.access.wanted import PackReaders, row_policies, wanted_on_views

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.connection import Connection


def readers_of(composition: Composition) -> tuple[PackReaders, ...]:
    """Who reads the enabled packs' marts."""
    return tuple(PackReaders(pack.manifest, pack.marts) for pack in composition.packs)


def securing(
    connection: Connection, name: str, packs: Callable[[], Sequence[PackReaders]]
) -> Callable[[Collection[Place]], Sequence[str]]:
    """Read, before a switch locks a pack's serving views, what stands on them.

    What is returned tells, inside the switch and without another question, what to run once some views were
    made anew: masks first, then rights. Nothing where the matrix was never applied.
    """
    matrix = access_matrix()
    roles = roles_of(connection, matrix.prefix)
    if not roles:
        return lambda _: ()
    found = serving(connection, Scope(matrix.prefix, frozenset(served_schemas(name))), roles)
    readers = packs()
    marts = [mart for pack in readers if pack.name == name for mart in pack.marts]
    shown = {(name, f"{name}__publication"), *((mart.schema, mart.name) for mart in marts)}
    asked = wanted_on_views(matrix, readers, name, found.relations | shown)

    def lacking(remade: Collection[Place]) -> Sequence[str]:
        return statements((), asked - {item for item in found.items if place_of(item) not in remade})

    return lacking


def let_policies_look(connection: Connection) -> None:
    """Give rules on rows the right to look into the core, which fell with the tables that were made anew."""
    matrix = access_matrix()
    there = row_policies_of(connection, matrix.prefix)
    for statement in looking(policy for policy in row_policies(matrix) if policy.name in there):
        connection.execute(statement)
