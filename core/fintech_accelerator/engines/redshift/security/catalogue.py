"""The access that stands, read from Redshift's own catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.redshift.security.items import (
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

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.security.items import Item

VIEWS = """
select view_schema, view_name, column_name
from pg_get_late_binding_view_cols() as
    columns_found (view_schema name, view_name name, column_name name, column_type varchar, place integer)
order by view_schema, view_name, place
"""
ROLE_GRANTS = "select role_name, granted_role_name from svv_role_grants"
SCHEMA_GRANTS = """
select namespace_name, lower(privilege_type), identity_name, identity_type from svv_schema_privileges
"""
GRANTS = """
select namespace_name, relation_name, lower(privilege_type), identity_name, identity_type
from svv_relation_privileges
"""
MASKS = """
select schema_name, table_name, output_columns, grantee, policy_name, priority
from svv_attached_masking_policy
"""
ROW_RULES = "select relschema, relname, grantee, polname from svv_rls_attached_policy"
ROW_SECURITY = "select relschema, relname from svv_rls_relation where is_rls_on"
MEMBERS = "select role_name, user_name from svv_user_grants order by role_name, user_name"


@dataclass(frozen=True)
class Scope:
    """What is looked at: the product's schemas and roles, and whose rights are not judged."""

    prefix: str
    schemas: frozenset[str]
    reading_schemas: frozenset[str]  # whose views are the product's own
    ignored: frozenset[str] = frozenset()  # principals: the login, and those that fintech.toml names


def is_in_force(connection: Connection, prefix: str) -> bool:
    """Whether the matrix was applied to this warehouse."""
    return any(name.startswith(prefix) for name in _names(connection, "role_name", "svv_roles"))


def standing(connection: Connection, scope: Scope) -> frozenset[Item]:
    """All access in the scope."""
    return frozenset(_standing(connection, scope))


def members(connection: Connection, prefix: str) -> dict[str, tuple[str, ...]]:
    """Who holds each role of the product."""
    found: dict[str, tuple[str, ...]] = {}
    for role, user in connection.rows(MEMBERS):
        if str(role).startswith(prefix):
            found[str(role)] = (*found.get(str(role), ()), str(user))
    return found


def _standing(connection: Connection, scope: Scope) -> Iterator[Item]:
    for name in _names(connection, "nspname", "pg_namespace"):
        if name in scope.schemas:
            yield Schema(name)
    for name in _names(connection, "role_name", "svv_roles"):
        if name.startswith(scope.prefix):
            yield Role(name)
    for role, granted in _rows(connection, ROLE_GRANTS):
        if role.startswith(scope.prefix) and granted.startswith(scope.prefix):
            yield RoleGrant(role, granted)
    yield from _views(connection, scope)
    yield from _rights(connection, scope)
    yield from _masks(connection, scope)
    yield from _rules(connection, scope)


def _views(connection: Connection, scope: Scope) -> Iterator[Item]:
    found: dict[tuple[str, str], list[str]] = {}
    for schema, view, column in _rows(connection, VIEWS):
        if schema in scope.reading_schemas:
            found.setdefault((schema, view), []).append(column)
    for (schema, view), columns in found.items():
        yield ReadingView(schema, view, tuple(columns))


def _rights(connection: Connection, scope: Scope) -> Iterator[Item]:
    for schema, privilege, holder, kind in _rows(connection, SCHEMA_GRANTS):
        if schema in scope.schemas and holder not in scope.ignored:
            yield SchemaGrant(schema, privilege, holder, _kind(kind))
    for schema, relation, privilege, holder, kind in _rows(connection, GRANTS):
        if schema in scope.schemas and holder not in scope.ignored:
            yield Grant(schema, relation, privilege, holder, _kind(kind))


def _kind(kind: str) -> str:
    return "role" if kind == "public" else kind  # PUBLIC bears no word before its name


def _masks(connection: Connection, scope: Scope) -> Iterator[Item]:
    for name in _names(connection, "policy_name", "svv_masking_policy"):
        if name.startswith(scope.prefix):
            yield MaskPolicy(name)
    for schema, relation, columns, holder, policy, priority in connection.rows(MASKS):
        if str(schema) in scope.schemas:
            for column in json.loads(str(columns)):
                yield Mask(str(schema), str(relation), str(column), str(holder), str(policy), int(priority))


def _rules(connection: Connection, scope: Scope) -> Iterator[Item]:
    for name in _names(connection, "polname", "svv_rls_policy"):
        if name.startswith(scope.prefix):
            yield RowPolicy(name)
    for schema, relation, holder, policy in _rows(connection, ROW_RULES):
        if schema in scope.schemas:
            yield RowRule(schema, relation, holder, policy)
    for schema, relation in _rows(connection, ROW_SECURITY):
        if schema in scope.schemas:
            yield RowSecurity(schema, relation)


def _names(connection: Connection, column: str, view: str) -> Collection[str]:
    return [name for (name,) in _rows(connection, f"select {column} from {view}")]


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(str(value).strip() for value in row) for row in connection.rows(sql)]
