"""Publishing on Redshift: one transaction points a pack's serving views at the slot that passed its gate."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import quoted
from fintech_accelerator.engines.redshift.connection import TimedOutError, with_patience
from fintech_accelerator.engines.redshift.slots import LOCK, slot_schema
from fintech_accelerator.engines.redshift.state import READY, ServingSlots, read_slots, store_slots
from fintech_accelerator.engines.redshift.tables import columns_of, relations_of
from fintech_accelerator.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from fintech_accelerator.engines.redshift.connection import Connection

# The switch waits at most so long for a query that reads one of the views: every new reader waits behind it.
SWITCH_MILLISECONDS = 2_000
SWITCH_ATTEMPTS = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds


@dataclass(frozen=True)
class Switched:
    """What readers of a pack see now, and what they saw before."""

    publication_id: int
    previous_id: int | None
    slot: str


def switch(  # noqa: PLR0913  (what is shown, to whom, and how patiently)
    connect: Callable[[], Connection],
    pack: str,
    marts: Mapping[str, Collection[str]],
    *,
    readers: Sequence[str] = (),
    is_rollback: bool = False,
    run_id: str,
    milliseconds: int = SWITCH_MILLISECONDS,
    attempts: int = SWITCH_ATTEMPTS,
) -> Switched:
    """Send readers to the spare slot; `marts` gives the names served, by schema.

    Raises PublishError when there is nothing to show or to return to, and when a long query held one of the
    views at every attempt; then the build stays checked and is published without building again.
    """
    for number in range(attempts):
        try:
            return with_patience(
                lambda: _switch(connect, pack, marts, readers, run_id, milliseconds, is_rollback=is_rollback)
            )
        except TimedOutError:
            time.sleep(min(FIRST_PAUSE * 2**number, LONGEST_PAUSE))
    raise PublishError(
        f"{pack!r} is built and checked, but not shown: a query held a view of it at {attempts} attempts",
        fix=f"end the query or wait for it, then `fintech publish {pack}`: nothing is built again",
    )


def _switch(  # noqa: PLR0913, PLR0917  (what is shown, to whom, and how patiently)
    connect: Callable[[], Connection],
    pack: str,
    marts: Mapping[str, Collection[str]],
    readers: Sequence[str],
    run_id: str,
    milliseconds: int,
    *,
    is_rollback: bool,
) -> Switched:
    with connect() as connection, connection.transaction():
        connection.execute(f"set statement_timeout to {int(milliseconds)}")
        connection.execute(LOCK)  # one publisher at a time; the number below is taken under it
        was = read_slots(connection, pack)
        _refuse_nothing(pack, was, is_rollback=is_rollback)
        number = _number(connection, was, is_rollback=is_rollback)
        connection.execute(
            "insert into ops.publications values (?, ?, ?, ?, ?, getdate())",
            [number, pack, was.spare_slot, "rollback" if is_rollback else "publish", run_id],
        )
        store_slots(connection, pack, was.switched(number, is_rollback=is_rollback), run_id=run_id)
        for served in sorted(marts):  # the views last: their locks keep readers out until the commit
            _serve(connection, pack, served, was.spare_slot, sorted(marts[served]), readers)
        _tell_readers(connection, pack, number, was.spare_slot, readers)
    return Switched(number, was.publication_id, was.spare_slot)


def _refuse_nothing(pack: str, was: ServingSlots, *, is_rollback: bool) -> None:
    if is_rollback and (was.spare_state != READY or was.spare_publication_id is None):
        raise PublishError(
            f"{pack!r} has no earlier publication to return to: the other slot is {was.spare_state}",
            fix="on Redshift one step back is possible, and only until the next build begins",
        )
    if not is_rollback and not was.waits:
        raise PublishError(
            f"{pack!r} has nothing checked to publish: the other slot is {was.spare_state}",
            fix=f"run `fintech run --packs {pack}`",
        )


def _number(connection: Connection, was: ServingSlots, *, is_rollback: bool) -> int:
    if is_rollback and was.spare_publication_id is not None:
        return was.spare_publication_id
    return int(connection.value("select coalesce(max(publication_id), 0) + 1 from ops.publications"))


def _serve(  # noqa: PLR0913, PLR0917  (one schema of a pack)
    connection: Connection, pack: str, served: str, slot: str, names: Sequence[str], readers: Sequence[str]
) -> None:
    schema = slot_schema(served, slot)
    found = columns_of(connection, schema)
    known = {
        str(name): str(columns)
        for name, columns in connection.rows(
            "select relation_name, columns from ops.pack_relations where pack = ? and schema_name = ?",
            [pack, served],
        )
    }
    connection.execute(f"create schema if not exists {quoted(served)}")
    connection.execute("delete from ops.pack_relations where pack = ? and schema_name = ?", [pack, served])
    for name in names:
        columns = json.dumps(found[name])
        connection.execute(
            "insert into ops.pack_relations values (?, ?, ?, ?)", [pack, served, name, columns]
        )
        view = f"{quoted(served)}.{quoted(name)}"
        if known.get(name, columns) != columns:  # OR REPLACE cannot change columns; rights come back below
            connection.execute(f"drop view if exists {view}")
        listed = ", ".join(quoted(column) for column in found[name])
        connection.execute(
            f"create or replace view {view} as select {listed} from {quoted(schema)}.{quoted(name)}"
            " with no schema binding"
        )
    for name in sorted(known.keys() - set(names) - {f"{pack}__publication"}):
        connection.execute(f"drop view if exists {quoted(served)}.{quoted(name)}")
    _grant(connection, served, readers)


def _tell_readers(connection: Connection, pack: str, number: int, slot: str, readers: Sequence[str]) -> None:
    """The view by which a page of several queries notices that it was switched in between."""
    view = f"{quoted(pack)}.{quoted(f'{pack}__publication')}"
    connection.execute(
        f"create or replace view {view} as"
        f" select cast({number} as bigint) as publication_id, cast('{slot}' as varchar(1)) as slot"
    )
    connection.execute(
        "insert into ops.pack_relations values (?, ?, ?, ?)",
        [pack, pack, f"{pack}__publication", '["publication_id", "slot"]'],
    )
    _grant(connection, pack, readers)


def _grant(connection: Connection, schema: str, readers: Sequence[str]) -> None:
    if not relations_of(connection, schema):
        return
    for reader in readers:
        connection.execute(f"grant usage on schema {quoted(schema)} to {reader}")
        connection.execute(f"grant select on all tables in schema {quoted(schema)} to {reader}")
