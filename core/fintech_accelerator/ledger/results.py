"""Results of the quality rules and the gates they decided, as plain mappings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import now
from fintech_accelerator.errors import unknown_name
from fintech_accelerator.ledger.plain import kept, moment, read, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database


@dataclass(frozen=True)
class PackResults:
    """What the rules found on one pack in one run, and what its gate decided."""

    run_id: str
    pack: str
    recorded_at: datetime
    gate: Mapping[str, Any]
    suites: tuple[Mapping[str, Any], ...]

    def failures(self) -> PackResults | None:
        """What failed or could not be evaluated; None when there is nothing of it and the gate is open."""
        suites = []
        for suite in self.suites:
            failed = [each for each in suite["expectations"] if not each["success"] or each.get("raised")]
            if failed:
                suites.append({**suite, "expectations": failed})
        return replace(self, suites=tuple(suites)) if suites or self.gate["status"] == "failed" else None


class Results:
    """Keeps every run's results."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        run_id: str,
        pack: str,
        gate: Mapping[str, Any],
        suites: Sequence[Mapping[str, Any]],
    ) -> None:
        """Keep a pack's results; those of the same run, checked before, are replaced."""
        with self._database.writing() as connection:
            connection.execute("delete from gates where run_id = ? and pack = ?", (run_id, pack))
            number = connection.execute(
                "insert into gates (run_id, pack, gate, recorded_at) values (?, ?, ?, ?) returning number",
                (run_id, pack, kept(dict(gate)), stamp(now())),
            ).fetchone()["number"]
            connection.executemany(
                "insert into suite_results values (?, ?, ?, ?)",
                [
                    (number, position, suite["relation"], kept(dict(suite)))
                    for position, suite in enumerate(suites)
                ],
            )

    def latest(self, pack: str | None = None, *, target: str | None = None) -> tuple[PackResults, ...]:
        """The newest results of each pack, or of one; those of runs on one target, if it is given."""
        rows = self._database.rows(
            "select * from gates where number in ("
            "select max(number) from gates inner join runs using (run_id)"
            " where target = coalesce(?, target) group by pack"
            ") and pack = coalesce(?, pack) order by pack",
            (target, pack),
        )
        return tuple(self._results(row) for row in rows)

    def of_run(self, run_id: str, pack: str | None = None) -> tuple[PackResults, ...]:
        """The results of one run, in the order of its checks; of one pack if given.

        Raises UnknownNameError for a run that checked nothing.
        """
        rows = self._database.rows("select * from gates where run_id = ? order by number", (run_id,))
        if not rows:
            raise unknown_name("checked run", run_id, {each.run_id for each in self.latest()})
        return tuple(self._results(row) for row in rows if pack in (None, row["pack"]))

    def _results(self, gate: sqlite3.Row) -> PackResults:
        suites = self._database.rows(
            "select result from suite_results where gate_number = ? order by position", (gate["number"],)
        )
        return PackResults(
            run_id=gate["run_id"],
            pack=gate["pack"],
            recorded_at=moment(gate["recorded_at"]),
            gate=read(gate["gate"]),
            suites=tuple(read(suite["result"]) for suite in suites),
        )
