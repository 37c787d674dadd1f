"""What the composition asks of a target's engine: dbt's profile, and what stands in the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

Place = tuple[str, str]  # schema and name of a relation


@dataclass(frozen=True, order=True)
class WarehouseObject:
    """Something that a warehouse's catalogue knows; a changed `definition` makes it another one."""

    kind: str  # table, view, schema, macro, sequence, type, index, function
    schema: str
    name: str
    definition: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is and where, whatever its definition."""
        return self.kind, self.schema, self.name

    def __str__(self) -> str:
        return f"{self.kind} {self.name if self.kind == 'schema' else f'{self.schema}.{self.name}'}"


class Readable(Protocol):
    """A connection, as far as looking needs one: values are bound by `?`."""

    def execute(self, sql: str, values: Any = ..., /) -> Any:
        """Run a query; what comes back has `fetchall` and `fetchone`."""
        ...


class Engine(Protocol):
    """A warehouse of one kind."""

    @property
    def dialect(self) -> str:
        """The name by which dbt and sqlglot know it."""
        ...

    @property
    def build_targets(self) -> Sequence[str]:
        """dbt's targets to build in: one, or one for each slot."""
        ...

    @property
    def proof_target(self) -> str:
        """dbt's target that only compiles."""
        ...

    @property
    def is_there(self) -> bool:
        """Whether anything can stand in the warehouse yet."""
        ...

    @property
    def query_comment(self) -> str:
        """What dbt puts before each statement, as a template: by it the warehouse's history knows the run."""
        ...

    def outputs(self, *, temporary: Path, scratch: Path) -> dict[str, dict[str, Any]]:
        """dbt's profile: an output for each target. Secrets stand in it as names of variables only."""
        ...

    def lent_to_dbt(self, *, connects: bool) -> AbstractContextManager[Mapping[str, str]]:
        """The time of one invocation; gives the variables that dbt sees, and lets go of what dbt holds open.

        `connects` says whether the command asks the warehouse. Raises EnvironmentFailure.
        """
        ...

    def schema_in(self, schema: str, target: str) -> str:
        """Where dbt's target builds what a pack serves as `schema`."""
        ...

    def reading(self) -> AbstractContextManager[Readable]:
        """A connection to look at what is built. Raises EnvironmentFailure."""
        ...

    def catalogue(self) -> frozenset[Place]:
        """Every table and view of the warehouse."""
        ...

    def objects(self) -> frozenset[WarehouseObject]:
        """All that the catalogue knows and this product's login could have made, of every kind."""
        ...

    def row_counts(self, places: Iterable[Place]) -> dict[Place, int]:
        """The rows of those relations that exist."""
        ...

    def pretend(self, scratch: Path, relations: Mapping[Place, Sequence[str]]) -> None:
        """Make relations exist, empty, where the proof looks: so models compile as in a later run."""
        ...

    def forget_pretended(self, scratch: Path) -> None:
        """Remove what `pretend` made."""
        ...

    def note_statement(self) -> None:
        """dbt sent a statement."""
        ...
