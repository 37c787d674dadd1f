"""How requests and results travel between the run and its checking process: one JSON document a line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from fintech_accelerator.quality.results import CheckRequest, Severity
from fintech_accelerator.quality.suites import Rule, Suite

READY = "ready"
RESULT = "result"
DONE = "done"
FAILED = "failed"
HOME_PREFIX = "fintech-check-"  # of the folder that the process works in


def plain_request(request: CheckRequest) -> dict[str, Any]:
    """A request as JSON keeps it. Its suite holds values, no parameters."""
    folder = request.failing_rows_folder
    return {
        "schema": request.schema,
        "relation": request.relation,
        "suite": plain_suite(request.suite),
        "column_classes": dict(request.column_classes),
        "day_column": request.day_column,
        "days": None if request.days is None else [day.isoformat() for day in request.days],
        "full": request.full,
        "failing_rows_folder": None if folder is None else str(folder.resolve()),
        "failing_rows_limit": request.failing_rows_limit,
        "built_in": dict(request.built_in),
    }


def request_of_plain(plain: dict[str, Any]) -> CheckRequest:
    """A request from what `plain_request` gave."""
    days, folder = plain["days"], plain["failing_rows_folder"]
    return CheckRequest(
        schema=plain["schema"],
        relation=plain["relation"],
        suite=suite_of_plain(plain["suite"]),
        column_classes=plain["column_classes"],
        day_column=plain["day_column"],
        days=None if days is None else tuple(date.fromisoformat(day) for day in days),
        full=plain["full"],
        failing_rows_folder=None if folder is None else Path(folder),
        failing_rows_limit=plain["failing_rows_limit"],
        built_in=plain["built_in"],
    )


def plain_suite(suite: Suite) -> dict[str, Any]:
    """A suite as JSON keeps it."""
    rules = [
        {
            "rule_id": rule.rule_id,
            "type": rule.type,
            "kwargs": dict(rule.kwargs),
            "severity": rule.severity.value,
            "relations": sorted(rule.relations),
            "is_row_wise": rule.is_row_wise,
        }
        for rule in suite.rules
    ]
    return {"relation": suite.relation, "where": suite.where, "rules": rules}


def suite_of_plain(plain: dict[str, Any]) -> Suite:
    """A suite from what `plain_suite` gave."""
    rules = tuple(
        Rule(
            **{
                **each,
                "severity": Severity(each["severity"]),
                "relations": frozenset(each["relations"]),
            }
        )
        for each in plain["rules"]
    )
    return Suite(plain["relation"], rules, plain["where"])
