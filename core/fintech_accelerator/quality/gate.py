"""The decision that a pack's suite results make."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from fintech_accelerator.plurals import counted
from fintech_accelerator.quality.results import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fintech_accelerator.quality.results import ExpectationResult, SuiteResult


@dataclass(frozen=True)
class Gate:
    """Whether a pack may be published: 'passed', 'warned' (published with a badge), 'failed' or 'overridden'.

    `blocking` and `warnings` name rules; `reasons` say in words why the gate failed.
    """

    status: str
    blocking: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """The gate as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Gate:
        """The gate from what `as_plain` gave."""
        return cls(plain["status"], *(tuple(plain[name]) for name in ("blocking", "warnings", "reasons")))

    def overridden(self, approved_by: str, reason: str) -> Gate:
        """A closed gate that somebody let pass, saying who and why."""
        return replace(
            self, status="overridden", reasons=(*self.reasons, f"let pass by {approved_by}: {reason}")
        )


def decide(results: Iterable[SuiteResult]) -> Gate:
    """A failed critical rule, one that could not be evaluated, or one that is missing blocks."""
    blocking: list[str] = []
    warnings: list[str] = []
    reasons: list[str] = []
    for result in results:
        reasons += _unanswered(result)
        for each in result.expectations:
            if blocks(each):
                blocking.append(each.rule_id)
                reasons.append(f"{result.relation}: {_why(each)}")
            elif not each.success and each.severity is Severity.WARNING:
                warnings.append(each.rule_id)
    status = "failed" if reasons else "warned" if warnings else "passed"
    return Gate(status, tuple(blocking), tuple(warnings), tuple(reasons))


def blocks(result: ExpectationResult) -> bool:
    """Whether this result alone keeps a pack from being published.

    A rule that raised has said nothing about the data, so its severity does not soften it.
    """
    return result.raised or (not result.success and result.severity is Severity.CRITICAL)


def _why(result: ExpectationResult) -> str:
    if result.raised:
        return f"{result.rule_id!r} could not be evaluated ({result.message or 'no reason given'})"
    if result.unexpected_count is None:
        seen = "" if result.observed is None else f" (observed {result.observed})"
    else:
        seen = f" ({counted(result.unexpected_count, 'row')})"
    return f"{result.rule_id!r} failed{seen}"


def _unanswered(result: SuiteResult) -> list[str]:
    """The rules written must equal the results: Great Expectations drops what it does not understand."""
    written = Counter(result.written)
    evaluated = Counter(each.rule_id for each in result.expectations)
    missing = sorted((written - evaluated).elements())
    surplus = sorted((evaluated - written).elements())
    found = []
    if missing:
        found.append(
            f"{result.relation}: {written.total()} rules are written, {evaluated.total()} were evaluated"
            f" (missing: {', '.join(missing)})"
        )
    if surplus:
        found.append(f"{result.relation}: results without a written rule: {', '.join(surplus)}")
    return found
