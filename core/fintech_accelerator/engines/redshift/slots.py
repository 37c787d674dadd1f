"""Building into the spare slot: marked first, emptied unless it can be built on, marked when checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import served_schemas
from fintech_accelerator.engines.redshift.lease import guard
from fintech_accelerator.engines.redshift.state import LOCK, SLOTS, read_slots, store_slots
from fintech_accelerator.engines.redshift.tables import relations_of
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fintech_accelerator.engines.redshift.connection import Connection


def slot_schema(schema: str, slot: str) -> str:
    """Where a slot holds what is served as `schema`."""
    return f"{schema}__{slot}"


def begin(connection: Connection, pack: str, content: str, *, through: int, run_id: str) -> str:
    """Mark the spare slot as in the making, committed before anything is built; returns the slot.

    With `through` 0 everything in it is dropped first.
    """
    with connection.transaction():
        connection.execute(LOCK)
        guard(connection, run_id)
        was = read_slots(connection, pack)
        store_slots(connection, pack, was.in_building(content), run_id=run_id)
    if through == 0:
        for schema in served_schemas(pack):
            drop_relations(connection, slot_schema(schema, was.spare_slot))
    return was.spare_slot


def drop_relations(connection: Connection, schema: str) -> tuple[str, ...]:
    """Drop every relation of a schema of the product's own; returns their names."""
    found = relations_of(connection, schema)
    if not found:
        return ()
    with connection.transaction():
        for dropped in ("view", "table"):  # views hang on tables
            if names := [f"{quoted(schema)}.{quoted(name)}" for name, kind in found if kind == dropped]:
                connection.execute(f"drop {dropped} if exists {', '.join(names)} cascade")
    return tuple(f"{schema}.{name}" for name, _ in found)


def passed(  # noqa: PLR0913  (each is a fact of the slot)
    connection: Connection,
    pack: str,
    content: str,
    *,
    through: int,
    relations: Mapping[str, Collection[str]],
    run_id: str,
) -> None:
    """The gate let the spare pass: drop what the pack no longer has, note what it has, mark it ready.

    `relations` gives the names that the pack builds, by the schema that they are served as.
    """
    with connection.transaction():
        connection.execute(LOCK)
        guard(connection, run_id)
        state = read_slots(connection, pack)
        owned: list[tuple[str, str]] = []
        for served, names in relations.items():
            schema = slot_schema(served, state.spare_slot)
            for name, kind in relations_of(connection, schema):
                if name in names:
                    owned.append((schema, name))
                else:
                    connection.execute(f"drop {kind} if exists {quoted(schema)}.{quoted(name)} cascade")
        schemas = [slot_schema(served, state.spare_slot) for served in relations]
        note_relations(connection, pack, schemas, [(*each, "") for each in owned])
        store_slots(connection, pack, state.checked(content, through), run_id=run_id)


def refused(connection: Connection, pack: str, content: str, *, run_id: str) -> None:
    """The gate did not let the spare pass: it is whole, but nothing is built on it."""
    with connection.transaction():
        connection.execute(LOCK)
        guard(connection, run_id)
        state = read_slots(connection, pack)
        store_slots(connection, pack, state.refused(content), run_id=run_id)


def note_relations(
    connection: Connection, pack: str, schemas: Sequence[str], relations: Sequence[tuple[str, str, str]]
) -> None:
    """Note relations of a pack (schema, name and columns), in place of what is noted of `schemas`."""
    if schemas:
        marks = ", ".join("?" for _ in schemas)
        connection.execute(
            f"delete from ops.pack_relations where pack = ? and schema_name in ({marks})", [pack, *schemas]
        )
    if relations:
        rows = ", ".join("(?, ?, ?, ?)" for _ in relations)
        values = [value for each in relations for value in (pack, *each)]
        connection.execute(f"insert into ops.pack_relations values {rows}", values)


def drop_pack(connection: Connection, pack: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Drop what a pack owns: its slots and serving views; returns what was dropped, and what is left.

    What is left in a serving schema was made by somebody else; its schema stays with it.
    """
    dropped: list[str] = []
    left: list[str] = []
    with connection.transaction():
        connection.execute(LOCK)
        owned = {
            (str(schema), str(name))
            for schema, name in connection.rows(
                "select schema_name, relation_name from ops.pack_relations where pack = ?", [pack]
            )
        }
        for served in served_schemas(pack):
            # first the serving views: they look into the slots
            for schema in (served, *(slot_schema(served, slot) for slot in SLOTS)):
                for name, kind in relations_of(connection, schema):
                    if schema != served or (schema, name) in owned:
                        connection.execute(f"drop {kind} if exists {quoted(schema)}.{quoted(name)} cascade")
                        dropped.append(f"{schema}.{name}")
                others = [f"{schema}.{name}" for name, _ in relations_of(connection, schema)]
                left += others
                if not others:
                    connection.execute(f"drop schema if exists {quoted(schema)}")
        for table in ("pack_relations", "serving_slots", "pack_slots", "parameter_values"):
            connection.execute(f"delete from ops.{table} where pack = ?", [pack])
    return tuple(dropped), tuple(left)
