"""The history of what was made visible; the publications' pointer file is the truth about what is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import now
from fintech_accelerator.ledger.plain import kept, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database


class Publications:
    """Appends what readers were switched to: publish, rollback or withdraw (then there is no number)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(  # noqa: PLR0913  (each is a fact of the switch)
        self,
        target: str,
        pack: str,
        publication_id: int | None,
        *,
        reason: str = "publish",
        run_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        published_at: datetime | None = None,
    ) -> None:
        """Record that readers of a pack now see this publication, or none."""
        with self._database.writing() as connection:
            connection.execute(
                "insert into publications"
                " (target, pack, publication_id, reason, run_id, details, published_at)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    target,
                    pack,
                    publication_id,
                    reason,
                    run_id,
                    kept(dict(details or {})),
                    stamp(published_at or now()),
                ),
            )
