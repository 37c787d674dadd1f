"""The quality report of a run: one HTML page that needs nothing but itself, to read and to archive."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fintech_accelerator.html_page import html_page
from fintech_accelerator.quality.gate import blocks
from fintech_accelerator.quality.results import Severity
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from fintech_accelerator.quality.gate import Gate
    from fintech_accelerator.quality.results import ExpectationResult, SuiteResult

GOOD, WARN, BAD = "good", "warn", "bad"
GATES = {
    "passed": (GOOD, "gate passed"),
    "warned": (WARN, "passed with warnings"),
    "failed": (BAD, "gate failed"),
}
RULES_HEAD = (
    *(("rule", ""), ("outcome", ""), ("severity", ""), ("observed", "")),
    *(("failing", "number"), ("checked", ""), ("rows", "")),
)


FOOTER = (
    "<footer>A critical rule that fails, or any rule that cannot be evaluated, keeps a pack from being "
    "published; what was published before keeps serving. Values of personal columns are masked.</footer>"
)


@dataclass(frozen=True)
class RunSection:
    """What the head of the page says of the run."""

    run_id: str
    project: str
    target: str
    started_at: datetime  # UTC
    facts: Mapping[str, str] = field(default_factory=dict)  # anything else worth a line


@dataclass(frozen=True)
class PackSection:
    """What the page says of one pack. `results` are what decided about it, core's tables included."""

    pack: str
    title: str
    gate: Gate
    results: Sequence[SuiteResult]
    publication: str  # in words: "publication 12", or why there is none
    capability_flags: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def write_report(
    path: Path, *, run: RunSection, packs: Sequence[PackSection], failing_rows: Path | None = None
) -> Path:
    """Write the page. `failing_rows` is the folder that the requests were given; links lead there."""
    write_text(path, page(run, packs, links=_Links(path, failing_rows)))
    return path


@dataclass(frozen=True)
class _Links:
    page: Path
    folder: Path | None

    def to(self, pack: str, result: SuiteResult, rule: ExpectationResult) -> str | None:
        """The way from the page to a rule's failing rows."""
        if self.folder is None or rule.failing_rows_path is None:
            return None
        owner = "core" if result.relation.startswith("core.") else pack
        target = self.folder / owner / rule.failing_rows_path
        return quote(os.path.relpath(target, self.page.parent).replace(os.sep, "/"))


def page(run: RunSection, packs: Sequence[PackSection], *, links: Any) -> str:
    """The whole page as text."""
    style = resources("fintech_accelerator.quality").joinpath("report.css").read_text(encoding="utf-8")
    title = f"Quality report, {run.project}, {run.started_at:%Y-%m-%d %H:%M} UTC"
    body = [
        f"<h1>{escape(_headline(packs))}</h1>",
        f'<p class="faint">Quality report of {escape(run.project)}</p>',
        _facts(
            {
                "run": run.run_id,
                "target": run.target,
                "started": f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC",
                **run.facts,
            }
        ),
        _overview(packs),
        *(_pack(pack, links) for pack in packs),
        FOOTER,
    ]
    return html_page(title, "\n".join(body), style=style)


def _headline(packs: Sequence[PackSection]) -> str:
    failed = [pack.pack for pack in packs if pack.gate.status == "failed"]
    warned = [pack.pack for pack in packs if pack.gate.status == "warned"]
    if not packs:
        return "No pack was checked"
    if failed:
        return f"Not fit to publish: {', '.join(failed)}"
    if warned:
        return f"Fit to publish, with warnings: {', '.join(warned)}"
    return "Every pack is fit to publish"


def _overview(packs: Sequence[PackSection]) -> str:
    rows = []
    for pack in packs:
        rules = [rule for result in pack.results for rule in result.expectations]
        failed = sum(not rule.success for rule in rules)
        cells = [
            f'<td><a href="#{escape(pack.pack)}">{escape(pack.pack)}</a></td>',
            f"<td>{_gate_badge(pack.gate)}</td>",
            f'<td class="number">{len(rules):,}</td><td class="number">{failed:,}</td>',
            f"<td>{escape(pack.publication)}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = (("pack", ""), ("gate", ""), ("rules", "number"), ("failed", "number"), ("publication", ""))
    return _table(head, rows) if rows else ""


def _pack(pack: PackSection, links: Any) -> str:
    parts = [
        f'<h2 id="{escape(pack.pack)}">{escape(pack.title)} {_gate_badge(pack.gate)}</h2>',
        _facts({"pack": pack.pack, "publication": pack.publication, **pack.facts}),
    ]
    if pack.gate.reasons:
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in pack.gate.reasons)
        parts.append(f'<ul class="reasons">{reasons}</ul>')
    if pack.capability_flags:
        flags = "".join(
            f'<li><span class="badge">{escape(flag)}</span></li>' for flag in pack.capability_flags
        )
        parts.append(
            f'<p class="faint">Left empty, because the bank does not bring:</p><ul class="flags">{flags}</ul>'
        )
    failed = [
        (result, rule)
        for result in pack.results
        for rule in _ordered(result.expectations)
        if not rule.success
    ]
    if failed:
        rows = [_rule(pack.pack, result, rule, links, with_relation=True) for result, rule in failed]
        parts += ["<h3>Rules that failed</h3>", _table(RULES_HEAD, rows)]
    parts += ["<h3>All rules</h3>", *(_suite(pack.pack, result, links) for result in pack.results)]
    return "\n".join(parts)


def _suite(pack: str, result: SuiteResult, links: Any) -> str:
    failed = sum(not rule.success for rule in result.expectations)
    tone, words = (WARN, f"{failed} failed") if failed else (GOOD, "all passed")
    if any(blocks(rule) for rule in result.expectations):
        tone = BAD
    rows = [_rule(pack, result, rule, links) for rule in result.expectations]
    told = (
        f"<code>{escape(result.relation)}</code> {_badge(tone, words)} "
        f'<span class="faint">{len(result.written):,} rules, {result.seconds:.1f} s</span>'
    )
    return f"<details><summary>{told}</summary>{_table(RULES_HEAD, rows)}</details>"


def _rule(
    pack: str, result: SuiteResult, rule: ExpectationResult, links: Any, *, with_relation: bool = False
) -> str:
    place = f"{result.relation}, " if with_relation else ""
    about = f"{place}{rule.type}" + (f" on {rule.column}" if rule.column else "")
    message = f"<small>{escape(rule.message)}</small>" if rule.message else ""
    failing = "" if rule.unexpected_count is None else f"{rule.unexpected_count:,}"
    if rule.unexpected_percent:
        failing += f" ({rule.unexpected_percent:.3g} %)"
    cells = [
        f'<td class="rule"><code>{escape(rule.rule_id)}</code><small>{escape(about)}</small>{message}</td>',
        f"<td>{_outcome(rule)}</td><td>{escape(rule.severity)}</td><td>{escape(rule.observed or '')}</td>",
        f'<td class="number">{escape(failing)}</td><td>{escape(rule.checked)}</td>',
        f"<td>{_rows_link(links.to(pack, result, rule), rule)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _rows_link(link: str | None, rule: ExpectationResult) -> str:
    if link is None:
        return ""
    more = "first " if rule.failing_rows_cut else ""
    return f'<a href="{escape(link)}">{more}{rule.failing_rows_written:,} rows</a>'


def _outcome(rule: ExpectationResult) -> str:
    if rule.success:
        return _badge(GOOD, "passed")
    if rule.raised:
        return _badge(BAD, "not evaluated")
    return _badge(BAD if rule.severity is Severity.CRITICAL else WARN, "failed")


def _ordered(rules: Iterable[ExpectationResult]) -> list[ExpectationResult]:
    return sorted(rules, key=lambda rule: (not blocks(rule), list(Severity).index(rule.severity)))


def _gate_badge(gate: Gate) -> str:
    tone, words = GATES.get(gate.status, (WARN, gate.status))
    return _badge(tone, words)


def _badge(tone: str, words: str) -> str:
    return f'<span class="badge {tone}">{escape(words)}</span>'


def _facts(facts: Mapping[str, str]) -> str:
    each = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    return f'<dl class="facts">{each}</dl>'


def _table(head: Iterable[tuple[str, str]], rows: Iterable[str]) -> str:
    names = "".join(f'<th scope="col" class="{kind}">{escape(name)}</th>' for name, kind in head)
    body = "".join(rows)
    return f'<div class="wide"><table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'
