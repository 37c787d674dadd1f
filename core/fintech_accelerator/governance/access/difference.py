"""How the access that stands differs from the access that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.security.items import ReadingView, Schema
from fintech_accelerator.engines.redshift.security.statements import statements

if TYPE_CHECKING:
    from collections.abc import Collection

    from fintech_accelerator.engines.redshift.security.items import Item


@dataclass(frozen=True)
class Difference:
    """What is missing, what stands and should not, and the statements between."""

    missing: tuple[Item, ...]
    extra: tuple[Item, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        return statements(self.extra, self.missing)


def difference(wanted: Collection[Item], standing: Collection[Item]) -> Difference:
    """Compare; what hangs on a view that has to be made anew falls with it, and is missing afterwards."""
    extra = set(standing) - set(wanted)
    remade = {(each.schema, each.relation) for each in extra if isinstance(each, ReadingView)}
    fallen = {each for each in standing if not isinstance(each, ReadingView) and place_of(each) in remade}
    missing = set(wanted) - (set(standing) - fallen)
    extra = {each for each in extra - fallen if not isinstance(each, Schema)}
    return Difference(_ordered(missing), _ordered(extra))


def place_of(item: Item) -> tuple[str, str] | None:
    """The relation on which an item stands, if it stands on one."""
    schema, relation = getattr(item, "schema", None), getattr(item, "relation", None)
    return (schema, relation) if schema and relation else None


def _ordered(items: Collection[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (type(item).__name__, item.words)))
