"""Users, roles, grants, row-level security and masking policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fintech_accelerator.sql_text import redshift_literal
from fintech_accelerator.testing.standin.rewriting.text import Refused, name_of, relation

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]

NAME = r'(?:"[^"]+"|[\w$:]+)'
PATH = rf"{NAME}(?:\.{NAME}){{0,2}}"
# What server-side COPY needs beside the rights on the table, which are really checked.
FILES = "pg_read_server_files, pg_write_server_files"
SYSTEM_PERMISSIONS = (
    r"(?:access\s+system\s+table|access\s+catalog|ignore\s+rls|explain\s+rls|explain\s+masking|create\s+user"
    r"|drop\s+user|alter\s+user|create\s+role|drop\s+role|truncate\s+table|vacuum|analyze|assumerole)"
)


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


def recorded(kind: str, statement: str) -> str:
    """A statement that is kept, but has no effect here."""
    return f"CALL standin.record({redshift_literal(kind)}, {redshift_literal(statement)})"


def _create_user(found: re.Match[str]) -> str:
    name, options = name_of(found[1]), found[2] or ""
    password = re.search(r"password\s+('(?:[^']|'')*')", options, re.IGNORECASE)
    if password is None and not re.search(r"password\s+disable", options, re.IGNORECASE):
        raise Refused('syntax error: CREATE USER needs PASSWORD { "password" | DISABLE }', "42601")
    groups = re.findall(rf"in\s+group\s+({NAME}(?:\s*,\s*{NAME})*)", options, re.IGNORECASE)
    members = ", ".join([FILES, *groups])
    rights = " CREATEDB" if re.search(r"(?<!no)createdb", options, re.IGNORECASE) else ""
    rights += " SUPERUSER" if re.search(r"(?<!no)createuser", options, re.IGNORECASE) else ""
    secret = f" PASSWORD {password[1]}" if password else ""
    return f'CREATE USER "{name}"{rights}{secret} IN ROLE {members}'


def _alter_user(found: re.Match[str]) -> str | None:
    if re.search(r"\bset\s+search_path\b", found[2], re.IGNORECASE):
        path = re.split(r"\bto\b|=", found[2], maxsplit=1, flags=re.IGNORECASE)[1]
        return f"ALTER USER {found[1]} SET search_path TO {path}, standin, pg_catalog"
    if re.search(r"password\s+disable|syslog\s+access|session\s+timeout", found[2], re.IGNORECASE):
        return recorded("user", found[0])
    return None


def _grant_role(found: re.Match[str]) -> str:
    verb, roles, rest = found[1], found[2], found[3]
    roles = re.sub(r"\brole\s+", "", roles, flags=re.IGNORECASE)
    return f"{verb} {roles} {_principals(rest)}"


def _grant_security(found: re.Match[str]) -> str:
    names = ", ".join(redshift_literal(name_of(each)) for each in found[2].split(","))
    return f"CALL standin.grant_security(ARRAY[{names}]::text[], {found[1].lower() == 'grant'})"


def _assume_role(found: re.Match[str]) -> str:
    verb, role, principal, command = found.groups()
    named = role.strip("'") if role.startswith("'") else "all"
    values = ", ".join(redshift_literal(each) for each in (named, name_of(principal), command.lower()))
    return f"CALL standin.assume_role({values}, {verb.lower() == 'grant'})"


def _policy_right(found: re.Match[str]) -> str:
    """Here a policy looks into tables with the rights of the view's owner."""
    return f"CALL standin.record_policy_right({redshift_literal(found[0])})"


def _principals(text: str) -> str:
    return re.sub(r"(\b(?:to|from)\s+|,\s*)role\s+", r"\1", text, flags=re.IGNORECASE)


def _grant(found: re.Match[str]) -> str:
    if re.match(rf"(grant|revoke)\s+{SYSTEM_PERMISSIONS}\b", found[0], re.IGNORECASE):
        return recorded("system permission", found[0])
    return _principals(found[0])


def _create_policy(found: re.Match[str]) -> str:
    name, columns, alias, expression = found.groups()
    arguments = (name_of(name), columns or "", name_of(alias or ""), expression)
    return f"CALL standin.create_rls_policy({', '.join(redshift_literal(each) for each in arguments)})"


def _attach_policy(found: re.Match[str]) -> str:
    verb, policy, tables, principal = found.groups()
    tables = re.sub(r"(^|,)\s*table\s+", r"\1", tables, flags=re.IGNORECASE)
    names = ", ".join(redshift_literal(relation(each)) for each in tables.split(","))
    roles = re.sub(r"(^|,)\s*(role|user)\s+", r"\1", principal, flags=re.IGNORECASE)
    principals = ", ".join(redshift_literal(name_of(each)) for each in roles.split(","))
    return (
        f"CALL standin.{verb.lower()}_rls_policy({redshift_literal(name_of(policy))}, "
        f"ARRAY[{names}]::text[], ARRAY[{principals}]::text[])"
    )


def _row_level_security(found: re.Match[str]) -> str:
    conjunction = (found[3] or "and").lower()
    return (
        f"CALL standin.row_level_security({redshift_literal(relation(found[1]))}, "
        f"{found[2].lower() == 'on'}, {redshift_literal(conjunction)})"
    )


MASKING_TARGET = rf"on ({PATH})\s*\(\s*({NAME})\s*\)"


def _create_mask(found: re.Match[str]) -> str:
    inputs = [each.strip().split(None, 1) for each in re.split(r",(?![^(]*\))", found[2])]
    names = ", ".join(redshift_literal(name_of(name)) for name, _ in inputs)
    types = ", ".join(redshift_literal(kind) for _, kind in inputs)
    return (
        f"CALL standin.create_masking_policy({redshift_literal(name_of(found[1]))}, ARRAY[{names}]::text[], "
        f"ARRAY[{types}]::text[], {redshift_literal(found[3])})"
    )


def _attach_mask(found: re.Match[str]) -> str:
    policy, table, output, given, principal, priority = found.groups()
    inputs = ", ".join(redshift_literal(name_of(each)) for each in (given or output).split(","))
    target = (
        f"{redshift_literal(relation(table))}, {redshift_literal(name_of(output))}, ARRAY[{inputs}]::text[]"
    )
    holder = f"{redshift_literal(name_of(principal))}, {priority or 0}"
    return f"CALL standin.attach_masking_policy({redshift_literal(name_of(policy))}, {target}, {holder})"


def _detach_mask(found: re.Match[str]) -> str:
    policy, table, output, principal = found.groups()
    return (
        f"CALL standin.detach_masking_policy({redshift_literal(name_of(policy))}, "
        f"{redshift_literal(relation(table))}, {redshift_literal(name_of(output))}, "
        f"{redshift_literal(name_of(principal))})"
    )


MASKING: tuple[Rule, ...] = (
    (pattern(rf"create masking policy ({NAME}) with\s*\((.*?)\)\s*using\s*\((.*)\)"), _create_mask),
    (
        pattern(
            rf"attach masking policy ({NAME}) {MASKING_TARGET}(?:\s*using\s*\(([^)]*)\))?"
            rf" to (?:role |user )?({NAME})(?: priority (\d+))?"
        ),
        _attach_mask,
    ),
    (
        pattern(rf"detach masking policy ({NAME}) {MASKING_TARGET} from (?:role |user )?({NAME})"),
        _detach_mask,
    ),
    (
        pattern(rf"drop masking policy ({NAME})"),
        lambda found: f"CALL standin.drop_masking_policy({redshift_literal(name_of(found[1]))})",
    ),
    (pattern(r"alter masking policy .*"), lambda found: recorded("masking", found[0])),
)
RULES: tuple[Rule, ...] = (
    (
        pattern(rf"create role ({NAME})(?: externalid .*)?"),
        lambda found: f'CREATE ROLE "{name_of(found[1])}" NOLOGIN',
    ),
    (pattern(rf"drop role ({NAME})(?: force| restrict)?"), lambda found: f'DROP ROLE "{name_of(found[1])}"'),
    (pattern(rf"create user ({NAME})(?: (.*))?"), _create_user),
    (pattern(rf"alter user ({NAME})( .*)"), _alter_user),
    (pattern(rf"(grant|revoke) role sys:secadmin (?:to|from) ({NAME}(?:\s*,\s*{NAME})*)"), _grant_security),
    (
        pattern(
            rf"(grant|revoke) assumerole on ('[^']+'|all) (?:to|from) ({NAME})"
            r" for (all|copy|unload|external function|create model)"
        ),
        _assume_role,
    ),
    (pattern(rf"(grant|revoke) (role {NAME}(?:\s*,\s*role {NAME})*) ((?:to|from) .*)"), _grant_role),
    (pattern(r"(?:grant|revoke) select on .* (?:to|from) rls policy .*"), _policy_right),
    (pattern(r"(?:grant|revoke|alter default privileges) .*"), _grant),
    (
        pattern(rf"create rls policy ({NAME})(?:\s+with\s*\((.*?)\)(?:\s+as ({NAME}))?)?\s+using\s*\((.*)\)"),
        _create_policy,
    ),
    (
        pattern(rf"drop rls policy ({NAME})(?: cascade| restrict)?"),
        lambda found: f"CALL standin.drop_rls_policy({redshift_literal(name_of(found[1]))})",
    ),
    (pattern(rf"(attach|detach) rls policy ({NAME}) on (.*?) (?:to|from) (.*)"), _attach_policy),
    (
        pattern(
            rf"alter table ({PATH}) row level security (on|off)(?: conjunction type (and|or))?"
            r"(?: for datashares)?"
        ),
        _row_level_security,
    ),
    *MASKING,
)
