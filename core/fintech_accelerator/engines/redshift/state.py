"""The two slots of each pack: what readers see, what may be built, all in one row of ops.serving_slots."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from fintech_accelerator.engines.redshift.connection import Connection

SLOTS = ("a", "b")
EMPTY, DIRTY, CLOSED, READY = "empty", "dirty", "closed", "ready"
LOCK = "lock table ops.serving_slots"


@dataclass(frozen=True)
class ServingSlots:
    """A pack's slots.

    `spare_state` says what the slot that nobody reads holds: `empty`; `dirty`, somebody writes or wrote to it
    and never finished; `closed`, a complete build whose gate is closed: somebody may let it pass, nothing is
    built on it; `ready`, a complete and checked build. A ready one with a publication id is what a
    rollback returns to, one without is checked and waits to be published.
    """

    active_slot: str | None = None
    publication_id: int | None = None
    active_content: str | None = None
    active_through: int | None = None
    spare_state: str = EMPTY
    spare_publication_id: int | None = None
    spare_content: str | None = None
    spare_through: int | None = None

    @property
    def spare_slot(self) -> str:
        """The slot that is built next."""
        return "b" if self.active_slot == "a" else "a"

    @property
    def waits(self) -> bool:
        """Whether the spare is checked and was not shown yet."""
        return self.spare_state == READY and self.spare_publication_id is None

    def builds_on(self, content: str) -> int:
        """Through which batch the spare may be built on; 0 when it starts from nothing."""
        is_usable = self.spare_state == READY and self.spare_content == content
        return (self.spare_through or 0) if is_usable else 0

    def in_building(self, content: str) -> ServingSlots:
        """While somebody writes to the spare."""
        return replace(self, spare_state=DIRTY, spare_publication_id=None, spare_content=content)

    def checked(self, content: str, through: int) -> ServingSlots:
        """After the gate let the spare pass."""
        return replace(
            self,
            spare_state=READY,
            spare_publication_id=None,
            spare_content=content,
            spare_through=through,
        )

    def refused(self, content: str) -> ServingSlots:
        """After the gate did not let the spare pass."""
        return replace(
            self, spare_state=CLOSED, spare_publication_id=None, spare_content=content, spare_through=0
        )

    def switched(self, publication_id: int, *, is_rollback: bool) -> ServingSlots:
        """After readers were sent to the spare. What a rollback leaves was rejected: it is not built on."""
        left = EMPTY if self.active_slot is None else DIRTY if is_rollback else READY
        return ServingSlots(
            active_slot=self.spare_slot,
            publication_id=publication_id,
            active_content=self.spare_content,
            active_through=self.spare_through,
            spare_state=left,
            spare_publication_id=self.publication_id if left == READY else None,
            spare_content=self.active_content,
            spare_through=self.active_through,
        )


NAMES = tuple(each.name for each in fields(ServingSlots))


def read_slots(connection: Connection, pack: str) -> ServingSlots:
    """The state of a pack. Raises IntegrityError when there are two: no key is enforced on Redshift."""
    rows = connection.rows(f"select {', '.join(NAMES)} from ops.serving_slots where pack = ?", [pack])
    if len(rows) > 1:
        raise IntegrityError(
            f"{pack!r} has {len(rows)} rows in ops.serving_slots, not written by this product",
            fix=f"`delete from ops.serving_slots where pack = '{pack}'`, then run: it is built from nothing",
        )
    return ServingSlots(*rows[0]) if rows else ServingSlots()


def store_slots(connection: Connection, pack: str, state: ServingSlots, *, run_id: str) -> None:
    """Replace a pack's row; in a transaction that holds the table's lock."""
    values = [getattr(state, name) for name in NAMES]
    connection.execute("delete from ops.serving_slots where pack = ?", [pack])
    connection.execute(
        f"insert into ops.serving_slots (pack, {', '.join(NAMES)}, run_id, changed_at)"
        f" values (?, {', '.join(['?'] * len(NAMES))}, ?, getdate())",
        [pack, *values, run_id],
    )


def update_slots(connection: Connection, pack: str, state: ServingSlots, *, run_id: str) -> None:
    """Change a pack's row, which is there; in a transaction that holds the table's lock."""
    changes = ", ".join(f"{name} = ?" for name in NAMES)
    connection.execute(
        f"update ops.serving_slots set {changes}, run_id = ?, changed_at = getdate() where pack = ?",
        [*(getattr(state, name) for name in NAMES), run_id, pack],
    )


def store_core(connection: Connection, content: str, through: int, *, run_id: str) -> None:
    """Note of what content core is built, and through which batch: it has neither slots nor gate."""
    with connection.transaction():
        connection.execute(LOCK)
        state = ServingSlots(active_content=content, active_through=through)
        store_slots(connection, "core", state, run_id=run_id)
