"""A Redshift target before a run: reached, safe, with the rights and settings that a run needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import OWN_SCHEMAS
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.objects import landing_bucket
from fintech_accelerator.engines.redshift.security.catalogue import roles_of
from fintech_accelerator.errors import EnvironmentFailure, FintechError
from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.pipeline.findings import Finding, failed
from fintech_accelerator.pipeline.warehouse import GROUP, plan_access, switching_on
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.settings import RedshiftTarget, Settings

VERSION = re.compile(r"Redshift ([0-9.]+)")
LOCAL = {"localhost", "127.0.0.1", "::1"}
SESSION = """
select name, setting
from pg_settings
where lower(name) in ('datestyle', 'timezone', 'statement_timeout')
"""


def examine_redshift(settings: Settings, name: str, target: RedshiftTarget) -> Iterator[Finding]:
    """Look at a target from the login on; without one, nothing else of the warehouse can be told."""
    yield _encryption(target)
    try:
        connection = RedshiftEngine(target).connect()
    except FintechError as failure:
        yield failed("target", failure)
    else:
        with connection:
            yield from _warehouse(connection, name, target)
        yield _access(settings, name)
    yield from _landing(settings, target)


def _warehouse(connection: Connection, name: str, target: RedshiftTarget) -> Iterator[Finding]:
    user = connection.login.credentials.user
    yield Finding("target", "ok", f"{name}: redshift, {connection.login.place} as {user}")
    if target.authentication == "iam":
        found = "iam: a login lives an hour, and a build of core or of packs that takes longer fails"
        yield Finding("login", "ok", found, 'where builds are that long: authentication = "secret"')
    for check, look in (
        ("version", _version),
        ("rights", _rights),
        ("security", _security),
        ("copy role", lambda session: _copy_role(session, target)),
        ("settings", lambda session: _settings(session, target)),
        ("statistics", _statistics),
    ):
        try:
            yield from look(connection)
        except EnvironmentFailure as failure:
            yield Finding(
                check, "warning", f"cannot be told: {failure.reason}", "ask whoever runs the cluster"
            )


def _encryption(target: RedshiftTarget) -> Finding:
    if target.sslmode == "verify-full":
        return Finding("TLS", "ok", "verify-full: the certificate and the host's name are checked")
    if target.sslmode == "verify-ca":
        found = "verify-ca: another host with a certificate of the same authority would be believed"
        return Finding("TLS", "warning", found, 'write sslmode = "verify-full", or leave it out')
    is_local = target.host in LOCAL
    return Finding(
        "TLS",
        "warning" if is_local else "failed",
        f"none: password and rows go to {target.host} in the clear",
        "fine for a stand-in on this machine only" if is_local else 'take out sslmode = "disable"',
    )


def _version(connection: Connection) -> Iterator[Finding]:
    said = str(connection.value("select version()"))
    found = VERSION.search(said)
    if found:
        yield Finding("version", "ok", f"Redshift {found[1]}")
    else:
        yield Finding("version", "failed", f"no Redshift: {said}", "correct host and port of the target")


def _rights(connection: Connection) -> Iterator[Finding]:
    """Schemas are made by runs: the database must allow it, and those that are there must be the login's."""
    user, database = connection.login.credentials.user, connection.login.database
    for right, purpose in (("create", "make schemas"), ("temporary", "make temporary tables")):
        has = connection.value("select has_database_privilege(current_database(), ?)", [right])
        fix = f"grant {right} on database {quoted(database)} to {quoted(user)}"
        found = f"{user} may {purpose} in {database}" if has else f"{user} may not {purpose} in {database}"
        yield Finding("rights", "ok" if has else "failed", found, "" if has else f"a superuser types `{fix}`")
    present = [str(each) for (each,) in connection.rows("select nspname from pg_namespace")]
    for schema in [each for each in OWN_SCHEMAS if each in present]:
        for right in ("usage", "create"):
            if not connection.value("select has_schema_privilege(?, ?)", [schema, right]):
                fix = f"a superuser types `grant {right} on schema {quoted(schema)} to {quoted(user)}`"
                yield Finding("rights", "failed", f"{user} has no right {right} on schema {schema}", fix)


def _security(connection: Connection) -> Iterator[Finding]:
    """Once the access matrix is in force, runs give masks and rights back to what they make anew."""
    user = connection.login.credentials.user
    may = connection.value(
        "select usesuper or user_is_member_of(usename, 'sys:secadmin') from pg_user"
        " where usename = current_user"
    )
    if may:
        yield Finding("security", "ok", f"{user} may make roles, masks and rules on rows")
        return
    status = "failed" if roles_of(connection, access_matrix().prefix) else "warning"
    fix = f"a superuser types `grant role sys:secadmin to {quoted(user)}`"
    yield Finding("security", status, f"{user} may not make roles, masks and rules on rows", fix)


def _copy_role(connection: Connection, target: RedshiftTarget) -> Iterator[Finding]:
    if target.copy_role is None:
        found = "the cluster's default role copies from the bucket, whichever it is"
        yield Finding("copy role", "warning", found, 'name it: copy_role = "arn:aws:iam::...:role/..."')
        return
    may = connection.value("select has_assumerole_privilege(?, 'copy')", [target.copy_role])
    user = connection.login.credentials.user
    fix = f"grant assumerole on '{target.copy_role}' to {quoted(user)} for copy"
    found = f"{user} {'may' if may else 'may not'} copy with {target.copy_role}"
    yield Finding("copy role", "ok" if may else "failed", found, "" if may else f"a superuser types `{fix}`")


def _settings(connection: Connection, target: RedshiftTarget) -> Iterator[Finding]:
    known = {str(key).lower(): str(value) for key, value in connection.rows(SESSION)}
    user = quoted(connection.login.credentials.user)
    dates, zone = known.get("datestyle", ""), known.get("timezone", "")
    if dates.upper().startswith("ISO"):
        yield Finding("settings", "ok", f"datestyle {dates}")
    else:
        fix = f"`alter user {user} set datestyle to 'ISO, MDY'`"
        yield Finding("settings", "failed", f"datestyle {dates}: days would be read otherwise", fix)
    if zone.upper() in {"UTC", "GMT", "ETC/UTC"}:
        yield Finding("settings", "ok", f"timezone {zone}")
    else:
        fix = f"`alter user {user} set timezone to 'UTC'`"
        yield Finding("settings", "failed", f"timezone {zone}: the product's times are UTC", fix)
    seconds = int(known.get("statement_timeout", "0")) // 1000
    yield Finding("settings", "ok", f"a statement may take {seconds:,} s (statement_timeout_seconds)")
    for name, danger in GROUP.items():
        yield _of_group(connection, target, name, danger)


def _of_group(connection: Connection, target: RedshiftTarget, name: str, danger: str) -> Finding:
    """A parameter of the cluster's group or the workgroup."""
    rows = connection.rows("select setting from pg_settings where name = ?", [name])
    value = str(rows[0][0]).lower() if rows else None
    if value in {"on", "true"}:
        return Finding("settings", "ok", f"{name} {value}")
    command = _switching_on(target, name)
    if value is not None:
        return Finding(
            "settings",
            "failed",
            f"{name} {value}: {danger}",
            f"set it to true: {command}",
        )
    found = f"{name} does not show in SQL here; if it is off, {danger}"
    return Finding("settings", "warning", found, f"look and set it to true: {command}")


def _switching_on(target: RedshiftTarget, name: str) -> str:
    command = switching_on(target, (name,))
    if target.workgroup:
        return f"`{command}`"
    cluster = target.cluster or "CLUSTER"
    return (
        f"`aws redshift describe-clusters --cluster-identifier {cluster}` names its group;"
        f" `{command}`, then reboot"
    )


def _statistics(connection: Connection) -> Iterator[Finding]:
    """What `fintech maintain` reads; only superusers see it until it is granted."""
    user = quoted(connection.login.credentials.user)
    try:
        connection.value("select count(*) from svv_table_info")
    except EnvironmentFailure as failure:
        fix = f"a superuser types `grant select on svv_table_info to {user}`"
        found = f"`fintech maintain` cannot read svv_table_info: {failure.reason}"
        yield Finding("statistics", "warning", found, fix)
    else:
        yield Finding("statistics", "ok", "svv_table_info can be read")


def _access(settings: Settings, name: str) -> Finding:
    """How the rights in the warehouse differ from the access matrix."""
    try:
        plan = plan_access(settings, target=name)
    except FintechError as failure:
        return failed("access", failure)
    if not plan.missing and not plan.extra:
        return Finding("access", "ok", "roles and grants are those of the access matrix")
    found = f"{len(plan.missing)} rights are missing, {len(plan.extra)} are too many"
    fix = f"`fintech warehouse plan --target {name}` lists them, `fintech warehouse apply` puts them right"
    return Finding("access", "warning", found, fix)


def _landing(settings: Settings, target: RedshiftTarget) -> Iterator[Finding]:
    try:
        problems = landing_bucket(target, settings.root).problems()
    except FintechError as failure:
        yield failed("landing bucket", failure)
        return
    if target.buckets_folder is not None:
        found = f"{target.landing} is a folder of this machine ({target.buckets_folder})"
        yield Finding("landing bucket", "warning", found, "fine beside a stand-in; never for a bank")
    elif not problems:
        yield Finding("landing bucket", "ok", f"{target.landing}: encrypted by default, closed to the public")
    for problem in problems:
        yield Finding("landing bucket", "failed", problem.reason, problem.fix)
