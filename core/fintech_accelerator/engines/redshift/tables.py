"""What the core keeps in Redshift beside dbt's models: raw tables and the schema `ops`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.ddl import raw_changes
from fintech_accelerator.contract.schemas import RAW_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.connection import Connection

# No key is enforced on Redshift: whoever replaces a row locks the table, deletes, then inserts.
OPERATIONS = {
    "run_lease": """create table if not exists ops.run_lease (
    run_id varchar(64) not null, query_label varchar(256) not null, command varchar(256) not null,
    project varchar(128) not null, host varchar(256) not null, pid integer not null,
    person varchar(128) not null, login varchar(128) not null, session_id integer not null,
    started_at timestamp not null, renewed_at timestamp not null, expires_at timestamp not null
)""",
    "warehouse": """create table if not exists ops.warehouse (
    warehouse_id varchar(64) not null, created_at timestamp not null
)""",
    "pack_slots": """create table if not exists ops.pack_slots (
    pack varchar(63) not null, content_hash varchar(64), through_batch integer, changed_at timestamp
)""",
    "parameter_values": """create table if not exists ops.parameter_values (
    pack varchar(63), name varchar(127), value varchar(256), effective_from date, effective_to date
)""",
    "loaded_units": """create table if not exists ops.loaded_units (
    unit_id varchar(64) not null, table_name varchar(63) not null, batch_id integer not null,
    load_order integer not null, rows_loaded bigint not null, object_uri varchar(2048),
    loaded_at timestamp not null, copy_query_id bigint
)""",
    "serving_slots": """create table if not exists ops.serving_slots (
    pack varchar(63) not null, active_slot varchar(1), publication_id bigint, active_content varchar(64),
    active_through integer, spare_state varchar(8) not null, spare_publication_id bigint,
    spare_content varchar(64), spare_through integer, run_id varchar(64), changed_at timestamp not null
)""",
    "publications": """create table if not exists ops.publications (
    publication_id bigint not null, pack varchar(63) not null, slot varchar(1) not null,
    reason varchar(16) not null, run_id varchar(64), published_at timestamp not null
)""",
    "pack_relations": """create table if not exists ops.pack_relations (
    pack varchar(63) not null, schema_name varchar(127) not null, relation_name varchar(127) not null,
    columns varchar(65535) not null
)""",
}
EVERY_RELATION = """
select schemas.nspname, relations.relname
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where relations.relkind in ('r', 'v') and schemas.nspname not in ('pg_catalog', 'information_schema')
"""
RELATIONS = """
select relations.relname, case relations.relkind when 'v' then 'view' else 'table' end
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where schemas.nspname = ? and relations.relkind in ('r', 'v')
order by 2 desc, 1
"""
IS_SCHEMA = "select count(*) from pg_namespace where nspname = ?"
PREPARED = f"""
select count(distinct schemas.nspname)
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where relations.relkind = 'r' and (
    (schemas.nspname = 'ops' and relations.relname = 'serving_slots') or schemas.nspname = '{RAW_SCHEMA}'
)
"""
COLUMNS = """
select relations.relname, attributes.attname
from pg_attribute as attributes
inner join pg_class as relations on relations.oid = attributes.attrelid
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where schemas.nspname = ? and attributes.attnum > 0 and not attributes.attisdropped
order by relations.relname, attributes.attnum
"""


def prepare_operations(connection: Connection) -> None:
    """Create what is missing of `ops`; whoever works in the warehouse does this first."""
    standing = _standing(connection, "ops")
    _create(
        connection, "ops", standing, [OPERATIONS[name] for name in OPERATIONS if name not in (standing or {})]
    )


def prepare_tables(connection: Connection, contract: Contract) -> str:
    """Create what is missing of `raw_data`; returns the warehouse's identity, new where `ops` is new."""
    standing = _standing(connection, RAW_SCHEMA)
    _create(connection, RAW_SCHEMA, standing, list(raw_changes(contract, standing or {})))
    return _identity(connection)


def _standing(connection: Connection, schema: str) -> dict[str, list[str]] | None:
    """The columns of a schema's relations; None where there is no such schema."""
    found = columns_of(connection, schema)
    return found if found or connection.value(IS_SCHEMA, [schema]) else None


def _create(
    connection: Connection, schema: str, standing: Mapping[str, object] | None, missing: Sequence[str]
) -> None:
    """What is missing, statement by statement; a new schema and all its tables are one of them."""
    if standing is not None:
        for statement in missing:
            connection.execute(statement)
        return
    tables = "\n".join(each.replace("create table if not exists", "create table", 1) for each in missing)
    connection.execute(f"create schema {schema}\n{tables}")


def _identity(connection: Connection) -> str:
    import uuid

    known = connection.value("select min(warehouse_id) from ops.warehouse")
    if known is None:
        connection.execute("insert into ops.warehouse values (?, getdate())", [str(uuid.uuid4())])
        known = connection.value("select min(warehouse_id) from ops.warehouse")
    return str(known)


def write_slots(
    connection: Connection, slots: Sequence[tuple[Any, ...]], periods: Sequence[tuple[Any, ...]]
) -> None:
    """Tell models through which batch each pack is built, and the dated parameters: both or neither."""
    with connection.transaction():
        for table, rows in (("pack_slots", slots), ("parameter_values", periods)):
            connection.execute(f"delete from ops.{table}")
            if rows:  # one statement: nothing goes row by row
                marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
                values = [value for row in rows for value in row]
                connection.execute(f"insert into ops.{table} values {marks}", values)


def is_prepared(connection: Connection) -> bool:
    """Whether a run has ever worked in the warehouse."""
    return int(connection.value(PREPARED)) == len(("ops", RAW_SCHEMA))


def every_relation(connection: Connection) -> frozenset[Place]:
    """Every table and view, by schema and name."""
    return frozenset((str(schema), str(name)) for schema, name in connection.rows(EVERY_RELATION))


def relations_of(connection: Connection, schema: str) -> list[tuple[str, str]]:
    """The tables and views of a schema as (name, kind), views first: they hang on the tables."""
    return [(str(name), str(kind)) for name, kind in connection.rows(RELATIONS, [schema])]


def columns_of(connection: Connection, schema: str) -> dict[str, list[str]]:
    """The columns of every relation of a schema, in order. Late-binding views have none in the catalogue."""
    found: dict[str, list[str]] = {}
    for relation, column in connection.rows(COLUMNS, [schema]):
        found.setdefault(str(relation), []).append(str(column))
    return found
