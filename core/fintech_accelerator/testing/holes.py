"""Holes for suites: for each critical rule a row that breaks it, in a copy of a built warehouse."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import FintechError
from fintech_accelerator.quality.requests import requests_for
from fintech_accelerator.quality.results import Severity
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb

    from fintech_accelerator.quality.results import CheckRequest
    from fintech_accelerator.quality.suites import Rule
    from fintech_accelerator.quality.worker import CheckWorker
    from fintech_accelerator.testing.project import ComposedProject

UNIQUE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
DATES = ("date '2000-01-01'", "date '2001-01-01'")


def unnoticed_holes(
    project: ComposedProject, worker: CheckWorker, folder: Path, *, changes: Mapping[str, str]
) -> set[str]:
    """The critical rules of a project's packs that do not fail, by themselves, when their mart breaks them.

    Each mart gets, in a copy of the warehouse in `folder`, one more row for each rule about a column, a pair
    of columns or a key. `changes` (rule -> SQL) breaks the others: raises FintechError if one has none.
    """
    composition = project.composition
    packs = composition.packs
    asked = [
        each for pack in packs for each in requests_for(pack, composition, project.connection, full=True)
    ]
    requests = [replace(each, days=None) for each in asked]
    project.close()
    copy = folder / composition.warehouse.name  # dbt's views name the file's catalogue
    shutil.copyfile(composition.warehouse, copy)
    with open_warehouse(copy) as connection:
        for change in changes.values():
            connection.execute(change)
        for request in requests:
            _spoil(connection, request, set(changes))
    results = worker.check(copy, requests, temporary=folder / "checks")
    found = {each.rule_id: each for result in results for each in result.expectations}
    rules = {rule.rule_id for request in requests for rule in _critical(request)}
    return {name for name in rules if found[name].success or found[name].raised}


def _critical(request: CheckRequest) -> Iterable[Rule]:
    return [rule for rule in request.suite.rules if rule.severity is Severity.CRITICAL]


def _spoil(connection: duckdb.DuckDBPyConnection, request: CheckRequest, changed: set[str]) -> None:
    """Add to a mart, whose constraints go, a row for each critical rule that no change breaks."""
    table = f"{quoted(request.schema)}.{quoted(request.relation)}"
    connection.execute(f"create or replace temporary table whole as select * from {table}")
    connection.execute(f"create or replace table {table} as select * from whole")
    types = {row[0]: row[1] for row in connection.execute("describe whole").fetchall()}
    for rule in _critical(request):
        if rule.rule_id not in changed:
            values = ", ".join(f"{value} as {quoted(name)}" for name, value in _broken(rule, types).items())
            row = f"select * replace ({values})" if values else "select *"
            connection.execute(f"insert into {table} {row} from whole limit 1")


def _broken(rule: Rule, types: Mapping[str, str]) -> dict[str, str]:
    """Values, in SQL, with which a row breaks a rule; none for a key, which any row a second time breaks."""
    given = rule.kwargs
    column = str(given.get("column"))
    if rule.type in UNIQUE:
        return {}
    if rule.type == PAIR:
        pair = (str(given["column_A"]), str(given["column_B"]))
        dated = types[pair[0]] in {"DATE", "TIMESTAMP"}
        return dict(zip(pair, DATES if dated else ("0", "1"), strict=True))
    if rule.type == "expect_column_values_to_not_be_null":
        return {column: "null"}
    if rule.type == "expect_column_values_to_be_in_set":
        return {column: "'elsewhere'" if isinstance(given["value_set"][0], str) else "9"}
    if rule.type == "expect_column_values_to_be_between":
        return {column: _outside(given.get("min_value"), given.get("max_value"))}
    if rule.type == "expect_column_values_to_match_regex":
        return {column: literal("")}
    raise FintechError(f"nothing breaks the rule {rule.rule_id!r}", fix="give a change that does")


def _outside(least: Any, most: Any) -> str:
    return str(most + 1 if least is None else least - 1)
