"""The single things that access consists of, as values: wanted and found ones are compared as sets."""

from __future__ import annotations

from dataclasses import dataclass, field

PUBLIC = "public"


@dataclass(frozen=True, order=True)
class Schema:
    """A schema of the product."""

    name: str
    owner: str = field(default="", compare=False)  # empty: whoever makes it

    @property
    def words(self) -> str:
        return f"schema {self.name}"


@dataclass(frozen=True, order=True)
class Role:
    """A role; people get it from the bank's administrator."""

    name: str

    @property
    def words(self) -> str:
        return f"role {self.name}"


@dataclass(frozen=True, order=True)
class RoleGrant:
    """One role of the product inside another: never wanted."""

    role: str
    granted: str

    @property
    def words(self) -> str:
        return f"role {self.granted} held by role {self.role}"


@dataclass(frozen=True, order=True)
class ReadingView:
    """A late-binding view through which a table of the core is read; it outlives the table's rebuilds."""

    schema: str
    relation: str
    columns: tuple[str, ...]
    source: str = field(default="", compare=False)  # the schema of the table

    @property
    def words(self) -> str:
        return f"view {self.schema}.{self.relation}"


@dataclass(frozen=True, order=True)
class MaskPolicy:
    """A masking policy; its name tells its content, so that another content is another policy."""

    name: str
    type: str = field(default="", compare=False)
    expression: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        return f"masking policy {self.name}"


@dataclass(frozen=True, order=True)
class Mask:
    """A masking policy on one column, for one role or for everybody."""

    schema: str
    relation: str
    column: str
    holder: str
    policy: str
    priority: int

    @property
    def words(self) -> str:
        return f"{self.policy} on {self.schema}.{self.relation}.{self.column} for {self.holder}"


@dataclass(frozen=True, order=True)
class RowPolicy:
    """A policy that tells which rows are seen; its name tells its content."""

    name: str
    column: str = field(default="", compare=False)
    type: str = field(default="", compare=False)
    expression: str = field(default="", compare=False)
    reads: tuple[str, ...] = field(default=(), compare=False)  # the tables it looks into

    @property
    def words(self) -> str:
        return f"row policy {self.name}"


@dataclass(frozen=True, order=True)
class RowRule:
    """A row policy on one relation, for one role."""

    schema: str
    relation: str
    holder: str
    policy: str

    @property
    def words(self) -> str:
        return f"{self.policy} on {self.schema}.{self.relation} for {self.holder}"


@dataclass(frozen=True, order=True)
class RowSecurity:
    """Row-level security switched on: who has no rule sees no row."""

    schema: str
    relation: str

    @property
    def words(self) -> str:
        return f"row level security on {self.schema}.{self.relation}"


@dataclass(frozen=True, order=True)
class SchemaGrant:
    """USAGE or CREATE on a schema."""

    schema: str
    privilege: str
    holder: str
    kind: str = "role"

    @property
    def words(self) -> str:
        return f"{self.privilege} on schema {self.schema} to {self.kind} {self.holder}"


@dataclass(frozen=True, order=True)
class Grant:
    """A privilege on one relation: whoever drops and makes it again takes the privilege away."""

    schema: str
    relation: str
    privilege: str
    holder: str
    kind: str = "role"

    @property
    def words(self) -> str:
        return f"{self.privilege} on {self.schema}.{self.relation} to {self.kind} {self.holder}"


Item = (
    Schema
    | Role
    | RoleGrant
    | ReadingView
    | MaskPolicy
    | Mask
    | RowPolicy
    | RowRule
    | RowSecurity
    | SchemaGrant
    | Grant
)
# What is made first; it is undone last. Rights come after what hides values and rows.
ORDER: tuple[type[Item], ...] = (
    Schema,
    Role,
    RoleGrant,
    ReadingView,
    MaskPolicy,
    Mask,
    RowPolicy,
    RowRule,
    RowSecurity,
    SchemaGrant,
    Grant,
)
