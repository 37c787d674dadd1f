"""The audit trail: events in a chain of hashes, so that what was changed afterwards shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fintech_accelerator.clock import now
from fintech_accelerator.ledger.plain import canonical, moment, read, stamp
from fintech_accelerator.person import user_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database

GENESIS = "0" * 64
KINDS = frozenset(
    {
        "pack_enabled",
        "pack_disabled",
        "pack_upgraded",
        "parameter_changed",
        "gate_overridden",
        "rolled_back",
        "exported",
        "maintained",
        "published",
        "access_applied",
        "model_trained",
        "model_validated",
        "model_promoted",
    }
)


class AuditAnchor(NamedTuple):
    """The end of the chain at some moment; kept outside the ledger, it proves that no tail was cut off."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class AuditEvent:
    """One thing that somebody did, at a UTC time."""

    sequence: int
    kind: str
    at: datetime
    actor: str
    details: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class AuditVerification:
    """What re-computing the chain found; `first_broken` is the sequence number where it stops being true."""

    is_intact: bool
    events: int
    first_broken: int | None
    reason: str | None
    head: str


class Audit:
    """Appends to the trail, reads it and verifies it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        kind: str,
        details: Mapping[str, Any],
        *,
        actor: str | None = None,
        at: datetime | None = None,
    ) -> AuditEvent:
        """Add an event; it is on disk when this returns. Processes that append at once keep one chain."""
        if kind not in KINDS:
            message = f"{kind!r} is no kind of audit event ({', '.join(sorted(KINDS))})"
            raise ValueError(message)
        who = actor or user_name()
        text = canonical(dict(details))
        with self._database.writing() as connection:
            last = connection.execute(
                "select sequence, hash from audit_events order by sequence desc limit 1"
            ).fetchone()
            sequence, previous = (last["sequence"] + 1, last["hash"]) if last else (1, GENESIS)
            when = stamp(at or now())
            sealed = _seal(sequence, kind, when, who, text, previous)
            connection.execute(
                "insert into audit_events values (?, ?, ?, ?, ?, ?, ?)",
                (sequence, kind, when, who, text, previous, sealed),
            )
        return AuditEvent(sequence, kind, moment(when), who, read(text), previous, sealed)

    def events(self, limit: int | None = None) -> tuple[AuditEvent, ...]:
        """The newest events, newest first; all of them without a limit."""
        rows = self._database.rows(
            "select * from audit_events order by sequence desc limit ?", (-1 if limit is None else limit,)
        )
        return tuple(_event(row) for row in rows)

    @property
    def anchor(self) -> AuditAnchor:
        """The end of the chain now: what a publication's manifest keeps."""
        row = self._database.row("select sequence, hash from audit_events order by sequence desc limit 1")
        return AuditAnchor(row["sequence"], row["hash"]) if row else AuditAnchor(0, GENESIS)

    def verify(self, anchors: Iterable[tuple[int, str]] = ()) -> AuditVerification:
        """Re-compute every hash, and compare the chain with anchors that were kept elsewhere."""
        rows = self._database.rows("select * from audit_events order by sequence")
        hashes = {0: GENESIS}
        previous = GENESIS
        for expected, row in enumerate(rows, start=1):
            reason = _wrong(row, expected, previous)
            if reason:
                return AuditVerification(
                    is_intact=False, events=len(rows), first_broken=expected, reason=reason, head=previous
                )
            previous = hashes[expected] = row["hash"]
        for sequence, known in sorted(anchors):
            if hashes.get(sequence) != known:
                return AuditVerification(
                    is_intact=False,
                    events=len(rows),
                    first_broken=min(sequence, len(rows) + 1),
                    reason=_misses(sequence, len(rows)),
                    head=previous,
                )
        return AuditVerification(
            is_intact=True, events=len(rows), first_broken=None, reason=None, head=previous
        )


def _wrong(row: sqlite3.Row, expected: int, previous: str) -> str | None:
    """What is wrong with the event that should have this number and follow this hash."""
    if row["sequence"] != expected:
        return f"event {expected} is missing (the next one is {row['sequence']})"
    if row["previous_hash"] != previous:
        return f"event {expected} does not follow the event before it: one was removed, moved or replaced"
    sealed = _seal(
        row["sequence"], row["kind"], row["at"], row["actor"], row["details"], row["previous_hash"]
    )
    if sealed != row["hash"]:
        return f"event {expected} was changed after it was written"
    return None


def _misses(sequence: int, events: int) -> str:
    if sequence > events:
        return f"the trail ends at event {events}, but a publication was made when it had {sequence}"
    return f"event {sequence} is not the one that a publication recorded: the trail was written anew"


def _seal(sequence: int, kind: str, at: str, actor: str, details: str, previous: str) -> str:  # noqa: PLR0913, PLR0917  (each is part of what is sealed)
    sealed = {
        "sequence": sequence,
        "kind": kind,
        "at": at,
        "actor": actor,
        "details": details,
        "previous_hash": previous,
    }
    return hashlib.sha256(canonical(sealed).encode("ascii")).hexdigest()


def _event(row: sqlite3.Row) -> AuditEvent:
    return AuditEvent(
        row["sequence"],
        row["kind"],
        moment(row["at"]),
        row["actor"],
        read(row["details"]),
        row["previous_hash"],
        row["hash"],
    )
