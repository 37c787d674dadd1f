"""Access to a Redshift warehouse: what the matrix asks for, what stands, and making them equal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.contract.schemas import OWN_SCHEMAS, served_schemas
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.security.applying import change
from fintech_accelerator.engines.redshift.security.catalogue import Scope, members, standing
from fintech_accelerator.engines.redshift.security.items import Schema
from fintech_accelerator.engines.redshift.slots import slot_schema
from fintech_accelerator.engines.redshift.state import SLOTS
from fintech_accelerator.engines.redshift.tables import is_prepared
from fintech_accelerator.errors import EnvironmentFailure, UsageError
from fintech_accelerator.governance.access.difference import Difference, difference
from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.governance.access.wanted import wanted
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.pipeline.securing import let_policies_look, readers_of
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.settings import RedshiftTarget, Settings

# the parameters that SQL need not show nor can set, and what is wrong without each
GROUP = {
    "enable_user_activity_logging": "statements are missing from the audit log",
    "require_ssl": "logins without TLS are let in",
}


@dataclass(frozen=True)
class AccessPlan:
    """What is missing, what stands and should not, the SQL between; and who holds which role."""

    target: str
    is_applied: bool
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    statements: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    by_hand: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return bool(self.missing or self.extra)


def plan_access(settings: Settings, *, target: str | None = None) -> AccessPlan:
    """Compare, and change nothing.

    Raises UsageError for a target without roles and for a personal column that no line of the matrix covers.
    """
    composition, redshift = _redshift(settings, target)
    with _engine(redshift).connect() as connection:
        return _plan(connection, composition, redshift, is_applied=False)


def apply_access(settings: Settings, *, target: str | None = None) -> AccessPlan:
    """Make what stands equal to the matrix, in one transaction; returns what was done.

    Raises EnvironmentFailure before the first run: what is made here is to belong to the login of runs.
    Afterwards the catalogue is read again: an EnvironmentFailure says what is still not as it should be.
    """
    composition, redshift = _redshift(settings, target)
    engine = _engine(redshift)
    if not engine.session.ask(is_prepared):
        raise EnvironmentFailure(
            "no run has worked in this warehouse yet, so nobody knows whose its schemas are to be",
            fix=f"`fintech run --target {composition.target_name}` as the login of runs, then apply",
        )
    with (
        run_lock(settings.workspace.run_lock, command="fintech warehouse apply"),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        done: list[AccessPlan] = []

        def statements_for(connection: Connection) -> Sequence[str]:
            done.append(_plan(connection, composition, redshift, is_applied=True))
            return done[-1].statements

        change(engine.connect, statements_for, then=let_policies_look)
        plan = done[-1]
        with engine.connect() as connection:
            left = _plan(connection, composition, redshift, is_applied=True)
        if plan.differs:
            details = {"missing": list(plan.missing), "extra": list(plan.extra), "left": list(left.missing)}
            ledger.audit.append("access_applied", {"target": plan.target, **details})
        if left.differs:
            raise EnvironmentFailure(
                f"the catalogue does not show what was applied: {', '.join((*left.missing, *left.extra))}",
                fix="log in as a superuser, or as a user with sys:secadmin: they see all policies",
            )
    return plan


def _plan(
    connection: Connection, composition: Composition, target: RedshiftTarget, *, is_applied: bool
) -> AccessPlan:
    found = _difference(connection, composition)
    return AccessPlan(
        target=composition.target_name,
        is_applied=is_applied,
        missing=tuple(item.words for item in found.missing),
        extra=tuple(item.words for item in found.extra),
        statements=found.statements,
        members=members(connection, access_matrix().prefix),
        by_hand=tuple(_by_hand(target)),
    )


def _difference(connection: Connection, composition: Composition) -> Difference:
    found = standing(connection, _scope(composition))
    asked = wanted(access_matrix(), composition.contract, readers_of(composition), found.relations)
    # a schema is to belong to the login of runs, also where a superuser makes it
    owner = found.owners.get(access_matrix().operations_schema, "")
    if owner != connection.login.credentials.user:
        asked = frozenset(replace(item, owner=owner) if isinstance(item, Schema) else item for item in asked)
    return difference(asked, found.items)


def _scope(composition: Composition) -> Scope:
    matrix = access_matrix()
    reading = frozenset({matrix.core_schema, matrix.vault_schema})
    served = {schema for pack in composition.packs for schema in served_schemas(pack.name)}
    slots = {slot_schema(schema, slot) for schema in served for slot in SLOTS}
    return Scope(matrix.prefix, frozenset({*reading, *OWN_SCHEMAS, *served, *slots}), reading)


def _redshift(settings: Settings, target: str | None) -> tuple[Composition, RedshiftTarget]:
    composition = compose(settings, target=target)
    if composition.target.engine != "redshift":
        raise UsageError(
            f"the target {composition.target_name!r} is one DuckDB file, which has no roles",
            fix="name a Redshift target with --target; a file is protected by who may open it",
        )
    return composition, composition.target


def _engine(target: RedshiftTarget) -> RedshiftEngine:
    engine = RedshiftEngine(target)
    try:
        engine.connect().close()
    except EnvironmentFailure as failure:
        if f'database "{target.database}" does not exist' not in failure.reason:
            raise
        raise EnvironmentFailure(
            failure.reason,
            fix=f"connect to the database dev as an administrator and type"
            f" `create database {quoted(target.database)}`",
        ) from failure
    return engine


def switching_on(target: RedshiftTarget, names: Iterable[str]) -> str:
    """The command that switches parameters on, of the workgroup or of the cluster's group."""
    if target.workgroup:
        settings = " ".join(f"parameterKey={name},parameterValue=true" for name in names)
        return (
            f"aws redshift-serverless update-workgroup --workgroup-name {target.workgroup}"
            f" --config-parameters {settings}"
        )
    settings = " ".join(f"ParameterName={name},ParameterValue=true" for name in names)
    return f"aws redshift modify-cluster-parameter-group --parameter-group-name GROUP --parameters {settings}"


def _by_hand(target: RedshiftTarget) -> Iterator[str]:
    """What SQL cannot set: the audit log and TLS are settings of the workgroup or the cluster."""
    yield switching_on(target, GROUP)
    if target.workgroup:
        yield (
            "aws redshift-serverless update-namespace --namespace-name NAMESPACE"
            " --log-exports userlog connectionlog useractivitylog"
        )
        return
    cluster = target.cluster or "CLUSTER"
    yield (
        f"aws redshift enable-logging --cluster-identifier {cluster} --log-destination-type cloudwatch"
        " --log-exports connectionlog userlog useractivitylog"
    )
