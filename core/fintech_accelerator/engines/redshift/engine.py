"""Redshift as an engine: a dbt target for each slot, schemas told apart by it, secrets by variables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.engine import WarehouseObject
from fintech_accelerator.engines.redshift.connection import Connection
from fintech_accelerator.engines.redshift.login import log_in, query_label
from fintech_accelerator.engines.redshift.session import RunSession
from fintech_accelerator.engines.redshift.slots import slot_schema
from fintech_accelerator.engines.redshift.state import SLOTS
from fintech_accelerator.engines.redshift.tables import every_relation
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.settings.redshift import RedshiftTarget

PROOF = "proof"
NO_PASSWORD = "dbt is given open sessions"  # noqa: S105  (its profile wants one)
LABEL = "FINTECH_QUERY_LABEL"
COMMENT = f"{{{{ env_var('{LABEL}', '') }}}}{{{{ ' ' ~ node.unique_id if node else '' }}}}"
# Only what this login owns: others may work in the same warehouse at the same time.
OBJECTS = """
with login as (select usesysid from pg_user where usename = current_user)
select case relations.relkind when 'v' then 'view' else 'table' end, schemas.nspname, relations.relname
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where relations.relkind in ('r', 'v') and relations.relowner = (select usesysid from login)
    and substring(schemas.nspname, 1, 3) <> 'pg_' and schemas.nspname <> 'information_schema'
union all
select 'schema', nspname, nspname
from pg_namespace where nspowner = (select usesysid from login) and substring(nspname, 1, 3) <> 'pg_'
union all
select distinct 'function', schemas.nspname, functions.proname
from pg_proc as functions
inner join pg_namespace as schemas on schemas.oid = functions.pronamespace
where functions.proowner = (select usesysid from login)
    and substring(schemas.nspname, 1, 3) <> 'pg_' and schemas.nspname <> 'information_schema'
"""


@dataclass(frozen=True)
class RedshiftEngine:
    """A cluster or a Serverless workgroup."""

    target: RedshiftTarget
    session: RunSession = field(init=False, repr=False, compare=False)
    _pretended: set[Place] = field(default_factory=set, init=False, repr=False, compare=False)
    _run: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    dialect = "redshift"
    build_targets = SLOTS
    proof_target = PROOF
    is_there = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "session", RunSession(self.connect))

    @property
    def run_id(self) -> str:
        """The run that works with this engine now, if one does."""
        return self._run[-1] if self._run else ""

    @property
    def query_label(self) -> str:
        """By what the warehouse's history knows the statements of this run."""
        return query_label(self.target, self.run_id)

    @property
    def query_comment(self) -> str:
        return COMMENT

    @contextmanager
    def working(self, run_id: str) -> Iterator[None]:
        """Everything in the block bears the run's number and shares one session."""
        self._run.append(run_id)
        try:
            with self.session.sharing():
                yield
        finally:
            self._run.pop()

    def connect(self) -> Connection:
        """A new session. Raises EnvironmentFailure."""
        return Connection(log_in(self.target, run_id=self.run_id), self.session.asked)

    def outputs(self, *, temporary: Path, scratch: Path) -> dict[str, dict[str, Any]]:  # noqa: ARG002
        output = {
            "type": "redshift",
            "method": "database",
            "host": self.target.host,
            "port": self.target.port,
            "dbname": self.target.database,
            "user": self.target.user or "fintech",
            "password": NO_PASSWORD,
            "schema": "public",
            "sslmode": self.target.sslmode,
            "threads": self.target.threads,
            "retries": 3,
        }
        return dict.fromkeys((*SLOTS, PROOF), output)

    @contextmanager
    def lent_to_dbt(self, *, connects: bool) -> Iterator[Mapping[str, str]]:
        from fintech_accelerator.engines.redshift.dbt_sessions import dbt_sessions, nobody_asked

        login = log_in(self.target, run_id=self.run_id) if connects else None
        with dbt_sessions(login) if login else nobody_asked(self._pretended):
            yield {LABEL: self.query_label}

    def schema_in(self, schema: str, target: str) -> str:
        return slot_schema(schema, target)

    def reading(self) -> AbstractContextManager[Connection]:
        return self.session.lent()

    def catalogue(self) -> frozenset[Place]:
        return self.session.ask(every_relation)

    def objects(self) -> frozenset[WarehouseObject]:
        rows = self.session.ask(lambda connection: connection.rows(OBJECTS))
        return frozenset(WarehouseObject(*map(str, row)) for row in rows)

    def row_counts(self, places: Iterable[Place]) -> dict[Place, int]:
        wanted = frozenset(places)
        return self.session.ask(lambda connection: _row_counts(connection, wanted))

    def pretend(self, scratch: Path, relations: Mapping[Place, Sequence[str]]) -> None:  # noqa: ARG002
        self._pretended.update(relations)

    def forget_pretended(self, scratch: Path) -> None:  # noqa: ARG002
        self._pretended.clear()

    def note_statement(self) -> None:
        self.session.asked.by_dbt += 1


def _row_counts(connection: Connection, places: frozenset[Place]) -> dict[Place, int]:
    there = sorted(every_relation(connection) & places)
    if not there:
        return {}
    counts = " union all ".join(
        f"select {number} as number, count(*) as row_count from {quoted(schema)}.{quoted(name)}"
        for number, (schema, name) in enumerate(there)
    )
    return {there[number]: int(count) for number, count in connection.rows(counts)}
