"""The access matrix, read from its data file, and what packs add to it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Cell:
    """What a role sees of a zone; `rows` names a rule, `break_glass` puts it into a role of its own."""

    shows: tuple[str, ...]
    masks: tuple[str, ...] = ()
    rows: str | None = None
    break_glass: bool = False

    def covers(self, pii: str) -> bool:
        return pii in self.shows or pii in self.masks


@dataclass(frozen=True)
class MatrixRole:
    """One line of the matrix."""

    name: str
    title: str
    core: Cell | None = None
    vault: Cell | None = None
    packs: Cell | None = None
    operations: str | None = None
    makes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowColumn:
    """How one rule judges the rows of a table that has this column."""

    column: str
    type: str
    allows: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """All of it."""

    prefix: str
    core_schema: str
    core_tables_in: frozenset[str]
    vault_schema: str
    vault_tables_in: frozenset[str]
    operations_schema: str
    parts: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, tuple[RowColumn, ...]]
    roles: Mapping[str, MatrixRole] = field(default_factory=dict)


@cache
def access_matrix() -> Matrix:
    """The matrix that the product ships."""
    text = files("fintech_accelerator.governance.access").joinpath("matrix.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    zones = data["zones"]
    return Matrix(
        prefix=data["prefix"],
        core_schema=zones["core"]["schema"],
        core_tables_in=frozenset(zones["core"]["tables_in"]),
        vault_schema=zones["vault"]["schema"],
        vault_tables_in=frozenset(zones["vault"]["tables_in"]),
        operations_schema=zones["operations"]["schema"],
        parts={name: tuple(tables) for name, tables in zones["operations"]["parts"].items()},
        rows={name: tuple(map(_row_column, rule["by"])) for name, rule in data["rows"].items()},
        roles={name: _role(name, facts) for name, facts in data["roles"].items()},
    )


def _row_column(facts: Mapping[str, Any]) -> RowColumn:
    return RowColumn(facts["column"], facts["type"], facts["allows"], tuple(facts["reads"]))


def _role(name: str, facts: Mapping[str, Any]) -> MatrixRole:
    cells = {zone: _cell(facts.get(zone)) for zone in ("core", "vault", "packs")}
    makes = tuple(facts.get("makes", ()))
    return MatrixRole(name, facts["title"], operations=facts.get("operations"), makes=makes, **cells)


def _cell(facts: Mapping[str, Any] | None) -> Cell | None:
    if facts is None:
        return None
    return Cell(
        tuple(facts["shows"]),
        tuple(facts.get("masks", ())),
        facts.get("rows"),
        facts.get("break_glass", False),
    )
