"""Parameter sets: the thresholds that a pack's figures were computed with, found again by their id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import now
from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger.plain import canonical, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fintech_accelerator.ledger.database import Database


class Parameters:
    """Keeps each set once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_set(
        self,
        param_set_id: str,
        pack: str,
        values: Mapping[str, Any],
        periods: Sequence[Any],
        run_id: str,
    ) -> None:
        """Keep a set; one that stands already stays. Raises IntegrityError if its id names other values."""
        given = (canonical(dict(values)), canonical(list(periods)))
        with self._database.writing() as connection:
            row = connection.execute(
                "select parameter_values, periods from parameter_sets where param_set_id = ? and pack = ?",
                (param_set_id, pack),
            ).fetchone()
            if row is None:
                connection.execute(
                    "insert into parameter_sets values (?, ?, ?, ?, ?, ?)",
                    (param_set_id, pack, *given, run_id, stamp(now())),
                )
            elif tuple(row) != given:
                raise IntegrityError(
                    f"the parameter set {param_set_id!r} of {pack!r} stands in the ledger with other values",
                    fix="do not edit the ledger; restore it from a backup, or report this as a bug",
                )
