"""The gate: only rules that were evaluated, and hold, open it."""

from __future__ import annotations

import pytest

from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.results import (
    ExpectationResult,
    Severity,
    SuiteResult,
    suite_result_of_plain,
)


def _result(name: str = "r1", severity: Severity = Severity.CRITICAL, **facts: bool) -> ExpectationResult:
    return ExpectationResult(name, "expect", None, severity, facts.pop("success", True), **facts)


def _suite(written: tuple[str, ...], *results: ExpectationResult) -> SuiteResult:
    return SuiteResult("shop.payments", written, results, 0.1)


@pytest.mark.parametrize(
    ("severity", "success", "raised", "status"),
    [
        (Severity.CRITICAL, True, False, "passed"),
        (Severity.CRITICAL, False, False, "failed"),
        (Severity.WARNING, False, False, "warned"),
        (Severity.INFO, False, False, "passed"),
        (Severity.WARNING, False, True, "failed"),
        (Severity.INFO, False, True, "failed"),
    ],
)
def test_a_result_decides_by_its_severity_unless_it_was_not_evaluated(
    severity: Severity, success: bool, raised: bool, status: str
) -> None:
    assert (
        decide([_suite(("r1",), _result(severity=severity, success=success, raised=raised))]).status == status
    )


def test_a_rule_that_was_dropped_closes_the_gate() -> None:
    gate = decide([_suite(("r1", "r2"), _result("r1"))])

    assert gate.status == "failed"
    assert gate.reasons == ("shop.payments: 2 rules are written, 1 were evaluated (missing: r2)",)


def test_a_rule_that_nobody_wrote_closes_the_gate() -> None:
    gate = decide([_suite(("r1",), _result("r1"), _result("r2"))])

    assert gate.reasons == ("shop.payments: results without a written rule: r2",)


def test_nothing_to_check_is_no_failure() -> None:
    assert decide([]).status == "passed"


def test_a_result_comes_back_from_what_the_ledger_keeps() -> None:
    suite = _suite(("r1",), _result(severity=Severity.WARNING, success=False))

    assert suite_result_of_plain(suite.as_plain()) == suite
