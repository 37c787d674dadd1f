"""The order of the rules: refuse, then commands of administration, then tables, then queries."""

from __future__ import annotations

import re
from functools import lru_cache

from fintech_accelerator.testing.standin.rewriting import administration, security
from fintech_accelerator.testing.standin.rewriting.queries import rewritten_query
from fintech_accelerator.testing.standin.rewriting.refusals import refuse
from fintech_accelerator.testing.standin.rewriting.tables import rewritten_table
from fintech_accelerator.testing.standin.rewriting.text import (
    Surroundings,
    Translation,
    body_of,
    folded,
    is_copying,
    relation,
)

BULK_INSERT = re.compile(r"insert\s+into\s+[^()]+\([^()]*\)\s*values\s*\(\s*(?:\$1\b|%s)", re.IGNORECASE)
TRANSACTION = re.compile(
    r"(begin|start|commit|rollback|end|abort|savepoint|release|deallocate|declare|fetch|close|lock)\b",
    re.IGNORECASE,
)
AS_IT_IS = re.compile(r"(set|reset|show|truncate|comment|grant|revoke|call|refresh|do)\b", re.IGNORECASE)
DEFINES = re.compile(
    r"create\s+(?:(?:local\s+)?temp(?:orary)?\s+)?(?:table|materialized\s+view)\b", re.IGNORECASE
)
PHYSICAL_COLUMNS = re.compile(r"attisdistkey|attsortkeyord|reldiststyle|attencodingtype", re.IGNORECASE)
OWN_CATALOG = re.compile(r"\b(?:pg_catalog\.)?(pg_class|pg_attribute)\b", re.IGNORECASE)
BIND = re.compile(r"\$(\d+)")
HIDDEN_BIND = re.compile(r"\bstandin_bind_(\d+)_\b", re.IGNORECASE)
KEPT = 4096


def translate(sql: str, at: Surroundings) -> Translation:
    """What PostgreSQL is to run instead. Raises Refused for what Redshift refuses."""
    body = body_of(sql)
    if not body or TRANSACTION.match(body) or BULK_INSERT.match(body):
        return Translation(sql)
    if is_copying(body):
        from fintech_accelerator.testing.standin.copying import copied

        return copied(body, at)
    text = _translated(body)
    return Translation(sql if text == body else text)


@lru_cache(KEPT)
def _translated(body: str) -> str:
    # sqlglot reads "$1, $2" as one quoted text
    hidden = BIND.sub(r"standin_bind_\1_", body)
    return HIDDEN_BIND.sub(r"$\1", _rewritten(hidden))


def _rewritten(body: str) -> str:
    refuse(body)
    for rules in (security.RULES, administration.RULES):
        for pattern, rule in rules:
            found = pattern.fullmatch(body)
            if found and (made := rule(found)) is not None:
                return made
    body = folded(body)
    if AS_IT_IS.match(body):
        return body
    if PHYSICAL_COLUMNS.search(body):
        return OWN_CATALOG.sub(r"standin.\1", body)
    if found := re.fullmatch(r"(alter\s+table\s+)([\w.\"]+)(\s.*)", body, re.IGNORECASE | re.DOTALL):
        return f"{found[1]}{relation(found[2])}{found[3]}"
    if DEFINES.match(body):
        return rewritten_table(body)
    return rewritten_query(body)
