"""What Great Expectations said of a rule, in the product's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.model import MASK
from fintech_accelerator.plurals import counted
from fintech_accelerator.quality.expectation_types import ROWS_QUERY_TYPE, Scope
from fintech_accelerator.quality.failing_rows import shown_columns
from fintech_accelerator.quality.results import ExpectationResult
from fintech_accelerator.sql_text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.quality.failing_rows import ExportedRows
    from fintech_accelerator.quality.results import CheckRequest
    from fintech_accelerator.quality.suites import Rule

LONGEST_OBSERVED = 200
TELLS_VALUES = re.compile(r"_(max|min|median|most_common|distinct|quantile)_")
LEADING = re.compile(r"(?:An SQL execution Exception occurred: )?(?:\(_?duckdb\.\w+\) )?")
STATEMENT = re.compile(r"\s*\[SQL: ")  # what follows is the whole query
LITERAL = re.compile(r"'(?:[^']|'')*'")


def finding(  # noqa: PLR0913  (a rule, its answer, and how it came about)
    request: CheckRequest,
    rule: Rule,
    answer: Any,
    *,
    checked: str,
    raised: str | None = None,
    rows: ExportedRows | None = None,
) -> ExpectationResult:
    """A rule's result; `answer` is GX's, or None when the rule `raised`."""
    message = raised if raised is not None else _exception(answer.exception_info)
    counts = {} if answer is None else answer.result
    success = message is None and bool(answer.success)
    count = _count(rule, counts, is_clean=success and "mostly" not in rule.kwargs)
    return ExpectationResult(
        rule_id=rule.rule_id,
        type=rule.type,
        column=", ".join(rule.columns) or None,
        severity=rule.severity,
        success=success,
        raised=message is not None,
        observed=None if message is not None else _observed(request, rule, counts, count),
        unexpected_count=None if message is not None else count,
        unexpected_percent=_rounded(counts.get("unexpected_percent")),
        message=None if message is None else _told(message),
        checked=checked,
        failing_rows_path=rows.path if rows else None,
        failing_rows_written=rows.written if rows else None,
        failing_rows_cut=bool(rows and rows.was_cut),
    )


def _count(rule: Rule, counts: dict[str, Any], *, is_clean: bool) -> int | None:
    if "unexpected_count" in counts:
        return int(counts["unexpected_count"] or 0)  # None when there was no row to look at
    if rule.type == ROWS_QUERY_TYPE:
        return int(counts.get("observed_value") or 0)
    return 0 if is_clean and rule.scope is not Scope.TABLE else None


def _observed(request: CheckRequest, rule: Rule, counts: dict[str, Any], count: int | None) -> str | None:
    if "element_count" in counts:
        return f"{count:,} of {counts['element_count'] or 0:,} rows"
    if rule.type == ROWS_QUERY_TYPE:
        return counted(count or 0, "row")
    if counts.get("observed_value") is None:
        return None
    if TELLS_VALUES.search(rule.type) and not set(rule.columns) <= shown_columns(request.column_classes):
        return MASK
    return _text(counts["observed_value"])


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    parts = value if isinstance(value, list | tuple | set) else [value]
    text = ", ".join(str(each) for each in parts)
    return text if len(text) <= LONGEST_OBSERVED else text[: LONGEST_OBSERVED - 1] + "…"


def _rounded(percent: Any) -> float | None:
    return None if percent is None else round(float(percent), 4)


def _exception(info: Any) -> str | None:
    """The first exception's message: GX gives one, or one by each metric that failed."""
    return next(_exceptions(info), None)


def _exceptions(info: Any) -> Iterator[str]:
    if isinstance(info, dict):
        if info.get("raised_exception") is True:
            yield str(info.get("exception_message") or "no reason given")
        for each in info.values():
            yield from _exceptions(each)


def _told(message: str) -> str:
    """An engine's words without the values that it quotes, which may be personal."""
    told = STATEMENT.split(LEADING.sub("", message.strip()))[0]
    return LITERAL.sub(f"'{MASK}'", shortened(told))
