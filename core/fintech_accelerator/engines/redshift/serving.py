"""Publishing on Redshift: one transaction points a pack's serving views at the slot that passed its gate."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.connection import TimedOutError, with_patience
from fintech_accelerator.engines.redshift.lease import guard
from fintech_accelerator.engines.redshift.slots import note_relations, slot_schema
from fintech_accelerator.engines.redshift.state import (
    CLOSED,
    LOCK,
    READY,
    ServingSlots,
    read_slots,
    update_slots,
)
from fintech_accelerator.engines.redshift.tables import columns_of
from fintech_accelerator.errors import PublishError
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.connection import Connection

    Lacking = Callable[[Collection[Place]], Sequence[str]]  # the statements for views that were made anew

# The switch waits at most so long for a query that reads one of the views: every new reader waits behind it.
SWITCH_MILLISECONDS = 2_000
SWITCH_ATTEMPTS = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds
PUBLICATION = ("publication_id", "slot")  # the columns of <pack>__publication


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
    secure: Callable[[Connection], Lacking] = lambda _: lambda _: (),
    is_rollback: bool = False,
    is_override: bool = False,
    run_id: str,
    milliseconds: int = SWITCH_MILLISECONDS,
    attempts: int = SWITCH_ATTEMPTS,
) -> Switched:
    """Send readers to the spare slot; `marts` gives the names served, by schema.

    `is_override` shows a build whose gate is closed, too. `secure` is asked before any view is locked; what
    it returns tells what views made anew lack.

    Raises PublishError when there is nothing to show or to return to, and when a long query held one of the
    views at every attempt; then the build stays checked and is published without building again.
    """
    wanted = _Switch(
        connect,
        pack,
        marts,
        run_id,
        milliseconds,
        is_rollback=is_rollback,
        is_override=is_override,
        secure=secure,
    )
    for number in range(attempts):
        try:
            return with_patience(wanted.attempt)
        except TimedOutError:
            time.sleep(min(FIRST_PAUSE * 2**number, LONGEST_PAUSE))
    raise PublishError(
        f"{pack!r} is built and checked, but not shown: a query held a view of it at {attempts} attempts",
        fix=f"end the query or wait for it, then `fintech publish {pack}`: nothing is built again",
    )


@dataclass
class _Switch:
    """One switch, tried until it is done: also when it was done, and only the answer was lost."""

    connect: Callable[[], Connection]
    pack: str
    marts: Mapping[str, Collection[str]]
    run_id: str
    milliseconds: int
    is_rollback: bool = field(kw_only=True)
    is_override: bool = field(kw_only=True)
    secure: Callable[[Connection], Lacking] = field(kw_only=True)
    _aim: Switched | None = None

    def attempt(self) -> Switched:
        with self.connect() as connection:
            lacking = self.secure(connection)  # the catalogue may be slow: before anybody is kept waiting
            with connection.transaction():
                connection.execute(f"set statement_timeout to {int(self.milliseconds)}")
                connection.execute(LOCK)  # one publisher at a time; the number below is taken under it
                guard(connection, self.run_id)
                return self._switch(connection, lacking)

    def _switch(self, connection: Connection, lacking: Lacking) -> Switched:
        was = read_slots(connection, self.pack)
        aim = self._aim
        if aim is not None and (was.publication_id, was.active_slot) == (aim.publication_id, aim.slot):
            return aim
        if not (self.is_override and was.spare_state == CLOSED):
            _refuse_nothing(self.pack, was, is_rollback=self.is_rollback)
        number = _number(connection, was, is_rollback=self.is_rollback)
        self._aim = aim = Switched(number, was.publication_id, was.spare_slot)
        self._note(connection, was, number)
        for statement in lacking(self._show(connection, number, was.spare_slot)):
            connection.execute(statement)
        return aim

    def _note(self, connection: Connection, was: ServingSlots, number: int) -> None:
        reason = "rollback" if self.is_rollback else "publish"
        connection.execute(
            "insert into ops.publications values (?, ?, ?, ?, ?, getdate())",
            [number, self.pack, was.spare_slot, reason, self.run_id],
        )
        now = was.switched(number, is_rollback=self.is_rollback)
        update_slots(connection, self.pack, now, run_id=self.run_id)

    def _show(self, connection: Connection, number: int, slot: str) -> frozenset[Place]:
        """The views last: their locks keep readers out until the commit. Returns what was made anew."""
        known = _known(connection, self.pack, sorted(self.marts))
        wanted: dict[str, dict[str, Sequence[str]]] = {}
        for served in sorted(self.marts):
            found = columns_of(connection, slot_schema(served, slot))
            wanted[served] = {name: found[name] for name in sorted(self.marts[served])}
        noted = [
            *(
                (served, name, json.dumps(columns))
                for served in wanted
                for name, columns in wanted[served].items()
            ),
            (self.pack, f"{self.pack}__publication", json.dumps(PUBLICATION)),
        ]
        if {(served, name): columns for served, name, columns in noted} != known:
            note_relations(connection, self.pack, sorted({schema for schema, _ in known}), noted)
        for served in sorted({*wanted, self.pack}):
            if not any(schema == served for schema, _ in known):
                connection.execute(f"create schema if not exists {quoted(served)}")
        for served, views in wanted.items():
            _serve(connection, served, slot, views, known)
        for served, name in sorted(known.keys() - {(served, name) for served, name, _ in noted}):
            connection.execute(f"drop view if exists {quoted(served)}.{quoted(name)}")
        _tell_readers(connection, self.pack, number, slot)
        return frozenset(
            (served, name) for served, name, columns in noted if known.get((served, name)) != columns
        )


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


def _known(connection: Connection, pack: str, schemas: Sequence[str]) -> dict[tuple[str, str], str]:
    """The columns of what is served now, by schema and name."""
    marks = ", ".join("?" for _ in {*schemas, pack})
    rows = connection.rows(
        "select schema_name, relation_name, columns from ops.pack_relations"
        f" where pack = ? and schema_name in ({marks})",
        [pack, *sorted({*schemas, pack})],
    )
    return {(str(schema), str(name)): str(columns) for schema, name, columns in rows}


def _serve(
    connection: Connection,
    served: str,
    slot: str,
    views: Mapping[str, Sequence[str]],
    known: Mapping[tuple[str, str], str],
) -> None:
    for name, columns in views.items():
        view = f"{quoted(served)}.{quoted(name)}"
        noted = json.dumps(columns)
        if known.get((served, name), noted) != noted:  # OR REPLACE cannot change columns; rights come back
            connection.execute(f"drop view if exists {view}")
        listed = ", ".join(quoted(column) for column in columns)
        connection.execute(
            f"create or replace view {view} as select {listed}"
            f" from {quoted(slot_schema(served, slot))}.{quoted(name)} with no schema binding"
        )


def _tell_readers(connection: Connection, pack: str, number: int, slot: str) -> None:
    """The view by which a page of several queries notices that it was switched in between."""
    connection.execute(
        f"create or replace view {quoted(pack)}.{quoted(f'{pack}__publication')} as"
        f" select cast({number} as bigint) as publication_id, cast('{slot}' as varchar(1)) as slot"
    )
