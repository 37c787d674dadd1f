"""Redshift as an engine: a dbt target for each slot, schemas told apart by it, secrets by variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.duckdb import quoted
from fintech_accelerator.engines.engine import WarehouseObject
from fintech_accelerator.engines.redshift.connection import Connection
from fintech_accelerator.engines.redshift.login import log_in
from fintech_accelerator.engines.redshift.slots import drop_relations, slot_schema
from fintech_accelerator.engines.redshift.state import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.settings.redshift import RedshiftTarget

PROOF = "proof"
# dbt lets variables of this name into profiles only, and hides their values in what it writes
USER = "DBT_ENV_SECRET_FINTECH_USER"
PASSWORD = "DBT_ENV_SECRET_FINTECH_PASSWORD"  # noqa: S105  (a name)
CATALOGUE = """
select schemas.nspname, relations.relname
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where relations.relkind in ('r', 'v') and schemas.nspname not in ('pg_catalog', 'information_schema')
"""

# Only what this login owns: others may work in the same warehouse at the same time.
OBJECTS = """
with login as (select usesysid from pg_user where usename = current_user)
select case relations.relkind when 'v' then 'view' else 'table' end, schemas.nspname, relations.relname
from pg_class as relations
inner join pg_namespace as schemas on schemas.oid = relations.relnamespace
where relations.relkind in ('r', 'v') and relations.relowner = (select usesysid from login)
    and schemas.nspname not like 'pg%' and schemas.nspname <> 'information_schema'
union all
select 'schema', nspname, nspname
from pg_namespace where nspowner = (select usesysid from login) and nspname not like 'pg%'
union all
select distinct 'function', schemas.nspname, functions.proname
from pg_proc as functions
inner join pg_namespace as schemas on schemas.oid = functions.pronamespace
where functions.proowner = (select usesysid from login)
    and schemas.nspname not like 'pg%' and schemas.nspname <> 'information_schema'
"""


@dataclass(frozen=True)
class RedshiftEngine:
    """A cluster or a Serverless workgroup."""

    target: RedshiftTarget
    dialect = "redshift"
    build_targets = SLOTS
    proof_target = PROOF
    is_there = True

    def connect(self, *, run_id: str = "") -> Connection:
        """A new session. Raises EnvironmentFailure."""
        return Connection(log_in(self.target, run_id=run_id))

    def outputs(self, *, temporary: Path, scratch: Path) -> dict[str, dict[str, Any]]:  # noqa: ARG002
        output = {
            "type": "redshift",
            "method": "database",  # the login is fetched by the product, once for dbt and the checks
            "host": self.target.host,
            "port": self.target.port,
            "dbname": self.target.database,
            "user": f"{{{{ env_var('{USER}') }}}}",
            "password": f"{{{{ env_var('{PASSWORD}') }}}}",
            "schema": "public",
            "sslmode": self.target.sslmode,
            "threads": self.target.threads,
            "query_group": self.target.query_group,
            "retries": 3,
        }
        return dict.fromkeys((*SLOTS, PROOF), output)

    def secrets(self) -> Mapping[str, str]:
        credentials = log_in(self.target).credentials
        return {USER: credentials.user, PASSWORD: credentials.password}

    def schema_in(self, schema: str, target: str) -> str:
        return slot_schema(schema, target)

    def reading(self) -> Connection:
        return self.connect()

    def catalogue(self) -> frozenset[Place]:
        with self.connect() as connection:
            return _catalogue(connection)

    def objects(self) -> frozenset[WarehouseObject]:
        with self.connect() as connection:
            return frozenset(WarehouseObject(*map(str, row)) for row in connection.rows(OBJECTS))

    def row_counts(self, places: Iterable[Place]) -> dict[Place, int]:
        with self.connect() as connection:
            there = sorted(_catalogue(connection) & set(places))
            if not there:
                return {}
            counts = " union all ".join(
                f"select {number} as number, count(*) as row_count from {quoted(schema)}.{quoted(name)}"
                for number, (schema, name) in enumerate(there)
            )
            return {there[number]: int(count) for number, count in connection.rows(counts)}

    def pretend(self, scratch: Path, relations: Mapping[Place, Sequence[str]]) -> None:  # noqa: ARG002
        with self.connect() as connection:
            for (schema, name), columns in relations.items():
                listed = ", ".join(f"{quoted(column)} varchar(1)" for column in columns or ("nothing",))
                connection.execute(f"create schema if not exists {quoted(schema)}")
                connection.execute(f"create table if not exists {quoted(schema)}.{quoted(name)} ({listed})")

    def forget_pretended(self, scratch: Path) -> None:  # noqa: ARG002
        with self.connect() as connection:
            for schema in {schema for schema, _ in _catalogue(connection) if schema.endswith(f"__{PROOF}")}:
                drop_relations(connection, schema)
                connection.execute(f"drop schema if exists {quoted(schema)}")

    def release(self) -> None:
        """dbt hangs up by itself at the end of each invocation."""


def _catalogue(connection: Connection) -> frozenset[Place]:
    return frozenset((str(schema), str(name)) for schema, name in connection.rows(CATALOGUE))
