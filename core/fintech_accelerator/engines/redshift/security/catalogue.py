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
    from collections.abc import Collection, Iterator, Mapping

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.security.items import Item

SCHEMAS = """
select schemas.nspname, coalesce(users.usename, '')
from pg_namespace as schemas
left join pg_user as users on users.usesysid = schemas.nspowner
"""
RELATIONS = """
select schemas.nspname, relations.relname, coalesce(users.usename, '')
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
left join pg_user as users on users.usesysid = relations.relowner
where relations.relkind in ('r', 'v') and schemas.nspname not in ('pg_catalog', 'information_schema')
"""
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
HELD = (SchemaGrant, Grant)
MEMBERS = "select role_name, user_name from svv_user_grants order by role_name, user_name"


@dataclass(frozen=True)
class Scope:
    """What is looked at: the product's schemas and roles."""

    prefix: str
    schemas: frozenset[str]
    reading_schemas: frozenset[str] = frozenset()  # whose views are the product's own


@dataclass(frozen=True)
class Standing:
    """What stands: the access in a scope; every relation; and who owns each of the product's schemas.

    Whoever owns one of the schemas, or a relation itself, has its rights by that: they are not looked at.
    """

    items: frozenset[Item]
    relations: frozenset[Place]
    owners: Mapping[str, str]


def roles_of(connection: Connection, prefix: str) -> frozenset[Role]:
    """The product's roles; there are none where the matrix was never applied."""
    found = _names(connection, "role_name", "svv_roles")
    return frozenset(Role(name) for name in found if name.startswith(prefix))


def standing(connection: Connection, scope: Scope) -> Standing:
    """All access in the scope."""
    found = serving(connection, scope, roles_of(connection, scope.prefix))
    owners = {name: owner for name, owner in _rows(connection, SCHEMAS) if name in scope.schemas}
    items = {*map(Schema, owners), *_role_grants(connection, scope), *_views(connection, scope)}
    ignored = {*owners.values(), connection.login.credentials.user}
    kept = {item for item in found.items if not (isinstance(item, HELD) and item.holder in ignored)}
    return Standing(frozenset({*kept, *items, *_rules(connection, scope)}), found.relations, owners)


def serving(connection: Connection, scope: Scope, roles: frozenset[Role]) -> Standing:
    """What of it stands on serving views: roles, rights and masks."""
    owners = {(schema, name): owner for schema, name, owner in _rows(connection, RELATIONS)}
    items = {*roles, *_rights(connection, scope, owners), *_masks(connection, scope)}
    return Standing(frozenset(items), frozenset(owners), {})


def row_policies_of(connection: Connection, prefix: str) -> frozenset[str]:
    """The names of the product's rules on rows."""
    return frozenset(
        name for name in _names(connection, "polname", "svv_rls_policy") if name.startswith(prefix)
    )


def members(connection: Connection, prefix: str) -> dict[str, tuple[str, ...]]:
    """Who holds each role of the product."""
    found: dict[str, tuple[str, ...]] = {}
    for role, user in connection.rows(MEMBERS):
        if str(role).startswith(prefix):
            found[str(role)] = (*found.get(str(role), ()), str(user))
    return found


def _role_grants(connection: Connection, scope: Scope) -> Iterator[Item]:
    for role, granted in _rows(connection, ROLE_GRANTS):
        if role.startswith(scope.prefix) and granted.startswith(scope.prefix):
            yield RoleGrant(role, granted)


def _views(connection: Connection, scope: Scope) -> Iterator[Item]:
    found: dict[tuple[str, str], list[str]] = {}
    for schema, view, column in _rows(connection, VIEWS):
        if schema in scope.reading_schemas:
            found.setdefault((schema, view), []).append(column)
    for (schema, view), columns in found.items():
        yield ReadingView(schema, view, tuple(columns))


def _rights(connection: Connection, scope: Scope, owners: Mapping[Place, str]) -> Iterator[Item]:
    for schema, privilege, holder, kind in _rows(connection, SCHEMA_GRANTS):
        if schema in scope.schemas:
            yield SchemaGrant(schema, privilege, holder, _kind(kind))
    for schema, relation, privilege, holder, kind in _rows(connection, GRANTS):
        if schema in scope.schemas and owners.get((schema, relation)) != holder:
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
    yield from map(RowPolicy, row_policies_of(connection, scope.prefix))
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
