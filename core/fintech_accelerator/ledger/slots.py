"""Slots: what each pack has built in a warehouse, and how far its rows were checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.clock import now
from fintech_accelerator.ledger.plain import moment, stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database

CORE = "core"
STATES = ("building", "built", "ready", "published")
UNCHECKED = ("building", "built")


@dataclass(frozen=True)
class Slot:
    """What a pack has built, and the last batch (0: none) whose rows are in it and passed its gate.

    `state`: building (its relations may be half done), built (its gate failed or has not decided), ready
    (its gate passed, nobody sees it yet) or published.
    """

    pack: str
    content_hash: str
    through_batch: int
    state: str
    publication_id: int | None
    run_id: str | None
    changed_at: datetime


class Slots:
    """The state of each pack in each warehouse: another warehouse's packs have to be built there first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, warehouse_id: str, pack: str) -> Slot | None:
        """What a pack has built in a warehouse."""
        row = self._database.row(
            "select * from slots where warehouse_id = ? and pack = ?", (warehouse_id, pack)
        )
        return _slot(row) if row else None

    def all(self, warehouse_id: str) -> dict[str, Slot]:
        """What every pack has built in a warehouse, by the pack's name."""
        rows = self._database.rows(
            "select * from slots where warehouse_id = ? order by pack", (warehouse_id,)
        )
        return {row["pack"]: _slot(row) for row in rows}

    def moved(  # noqa: PLR0913  (each is a fact of the slot)
        self,
        warehouse_id: str,
        pack: str,
        *,
        content_hash: str,
        through_batch: int,
        state: str,
        publication_id: int | None = None,
        run_id: str | None = None,
        at: datetime | None = None,
    ) -> Slot:
        """Record what a pack has built now.

        A pack whose gate did not pass keeps its batch, so that the next run builds the same days again;
        only core, which has no gate of its own, moves on when it is built.
        """
        if state not in STATES:
            message = f"{state!r} is no state of a slot ({', '.join(STATES)})"
            raise ValueError(message)
        with self._database.writing() as connection:
            if state in UNCHECKED and pack != CORE:
                _refuse_more_batches(connection, warehouse_id, pack, through_batch)
            row = connection.execute(
                "insert or replace into slots values (?, ?, ?, ?, ?, ?, ?, ?) returning *",
                (
                    warehouse_id,
                    pack,
                    content_hash,
                    through_batch,
                    state,
                    publication_id,
                    run_id,
                    stamp(at or now()),
                ),
            ).fetchone()
        return _slot(row)

    def forget(self, warehouse_id: str, pack: str) -> None:
        """Forget a pack whose relations were dropped: enabled again, it is built from nothing."""
        with self._database.writing() as connection:
            connection.execute("delete from slots where warehouse_id = ? and pack = ?", (warehouse_id, pack))


def _refuse_more_batches(
    connection: sqlite3.Connection, warehouse_id: str, pack: str, through_batch: int
) -> None:
    before = connection.execute(
        "select through_batch from slots where warehouse_id = ? and pack = ?", (warehouse_id, pack)
    ).fetchone()
    passed = before["through_batch"] if before else 0
    if through_batch > passed:
        message = f"{pack}: batch {through_batch} has not passed its gate (the last that has: {passed})"
        raise ValueError(message)


def _slot(row: sqlite3.Row) -> Slot:
    return Slot(
        row["pack"],
        row["content_hash"],
        row["through_batch"],
        row["state"],
        row["publication_id"],
        row["run_id"],
        moment(row["changed_at"]),
    )
