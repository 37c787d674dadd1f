"""Parameter sets: the thresholds that a pack's figures were computed with, found again by their id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger.plain import canonical, moment, now, read, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database


@dataclass(frozen=True)
class ParameterSet:
    """Undated values by name, and the periods in which dated ones hold."""

    param_set_id: str
    pack: str
    values: Mapping[str, Any]
    periods: tuple[Any, ...]
    run_id: str
    recorded_at: datetime


class Parameters:
    """Keeps each set once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_set(  # noqa: PLR0913  (each is a fact of the set)
        self,
        param_set_id: str,
        pack: str,
        values: Mapping[str, Any],
        periods: Sequence[Any],
        run_id: str,
        *,
        at: datetime | None = None,
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
                    (param_set_id, pack, *given, run_id, stamp(at or now())),
                )
            elif tuple(row) != given:
                raise IntegrityError(
                    f"the parameter set {param_set_id!r} of {pack!r} stands in the ledger with other values",
                    fix="do not edit the ledger; restore it from a backup, or report this as a bug",
                )

    def get(self, param_set_id: str, pack: str) -> ParameterSet | None:
        """The values behind the `param_set_id` of a mart's row."""
        row = self._database.row(
            "select * from parameter_sets where param_set_id = ? and pack = ?", (param_set_id, pack)
        )
        if row is None:
            return None
        return ParameterSet(
            row["param_set_id"],
            row["pack"],
            read(row["parameter_values"]),
            tuple(read(row["periods"])),
            row["run_id"],
            moment(row["recorded_at"]),
        )
