"""What a check is asked and what it answers, as values that travel between processes as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.quality.suites import Suite

FAILING_ROWS_LIMIT = 10_000


class Severity(StrEnum):
    """What a rule that fails does: block the publication, publish with a badge, or only be recorded."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class CheckRequest:
    """One relation to check against one suite.

    With `days` given, rules about single rows are evaluated on those days of `day_column` only, uniqueness
    on all rows that share a key with a row of those days (on every row when `full`); rules about the whole
    table (counts, means, maxima) always see all of it.
    `column_classes` (P0 to P3 by column) decide what failing rows show: P2, P3 and unknown ones are masked.
    """

    schema: str
    relation: str
    suite: Suite
    parameters: Mapping[str, Any] = field(default_factory=dict)
    column_classes: Mapping[str, str] = field(default_factory=dict)
    readable: frozenset[str] = frozenset()  # other relations the suite's SQL may read, as schema.name
    day_column: str | None = None
    days: tuple[date, ...] | None = None
    full: bool = False
    failing_rows_folder: Path | None = None
    failing_rows_limit: int = FAILING_ROWS_LIMIT
    built_in: Mapping[str, str] = field(default_factory=dict)  # where what is served as a schema lies now

    @property
    def built_schema(self) -> str:
        """The schema in which the relation is checked."""
        return self.built_in.get(self.schema, self.schema)


@dataclass(frozen=True)
class ExpectationResult:
    """What one rule found. `raised`: it could not be evaluated, whatever its severity says."""

    rule_id: str
    type: str
    column: str | None
    severity: Severity
    success: bool
    raised: bool = False
    observed: str | None = None
    unexpected_count: int | None = None
    unexpected_percent: float | None = None
    message: str | None = None
    checked: str = "all rows"  # or "touched days"
    failing_rows_path: str | None = None  # relative to the folder that the request names
    failing_rows_written: int | None = None
    failing_rows_cut: bool = False


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found on a relation. `written` are the rules that its file holds, in its order."""

    relation: str
    written: tuple[str, ...]
    expectations: tuple[ExpectationResult, ...]
    seconds: float

    def as_plain(self) -> dict[str, Any]:
        """The result as JSON keeps it."""
        return asdict(self)


def expectation_of_plain(plain: Mapping[str, Any]) -> ExpectationResult:
    """A rule's result from what JSON kept."""
    return ExpectationResult(**{**plain, "severity": Severity(plain["severity"])})


def suite_result_of_plain(plain: Mapping[str, Any]) -> SuiteResult:
    """A suite's result from what `as_plain` gave."""
    return SuiteResult(
        relation=plain["relation"],
        written=tuple(plain["written"]),
        expectations=tuple(expectation_of_plain(each) for each in plain["expectations"]),
        seconds=plain["seconds"],
    )
