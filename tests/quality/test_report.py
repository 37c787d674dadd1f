"""The report of a run: one page that needs nothing else, and in which no text becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.report import PackSection, RunSection, write_report
from fintech_accelerator.quality.results import ExpectationResult, Severity, SuiteResult

STARTED = datetime(2026, 11, 25, 4, 0, 1, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script><img src=//evil.example/x>\"'&"


class _Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for each, attributes in self.tags if each == tag and name in attributes]


def _rule(name: str, **facts: Any) -> ExpectationResult:
    given: dict[str, Any] = {"column": "amount", "severity": Severity.CRITICAL, "success": True, **facts}
    return ExpectationResult(name, "expect_column_values_to_not_be_null", **given)


def _suite(relation: str, *rules: ExpectationResult) -> SuiteResult:
    return SuiteResult(relation, tuple(rule.rule_id for rule in rules), rules, 0.25)


def _page(tmp_path: Path, *packs: PackSection, project: str = "Example Bank") -> _Page:
    path = tmp_path / "reports" / "run-1.html"
    run = RunSection("run-1", project, "dev", STARTED, {"batch": "7"})
    written = write_report(path, run=run, packs=packs, failing_rows=tmp_path / "reports" / "run-1")
    return _Page(written.read_text(encoding="utf-8"))


@pytest.fixture
def page(tmp_path: Path) -> _Page:
    failed = _suite(
        "shop.shop__payments",
        _rule(
            "key",
            success=False,
            observed="12 of 100 rows",
            unexpected_count=12,
            unexpected_percent=12.0,
            failing_rows_path="shop__payments/001-key.csv",
            failing_rows_written=10,
            failing_rows_cut=True,
        ),
        _rule("broken", success=False, raised=True, message="no such column", severity=Severity.INFO),
        _rule("good"),
    )
    core = _suite(
        "core.accounts",
        _rule(
            "known",
            success=False,
            severity=Severity.WARNING,
            failing_rows_path="accounts/001-known.csv",
            failing_rows_written=1,
        ),
    )
    fine = _suite("bar.bar__x", _rule("fine"))
    return _page(
        tmp_path,
        PackSection(
            "shop",
            "The shop",
            decide([failed, core]),
            [failed, core],
            "publication 3 keeps serving",
            ["no_login"],
        ),
        PackSection("bar", "The bar", decide([fine]), [fine], "publication 4"),
    )


def test_the_page_says_first_what_is_not_fit_to_publish(page: _Page) -> None:
    assert "Not fit to publish: shop" in page.words
    for words in (
        "run-1",
        "dev",
        "2026-11-25 04:00:01 UTC",
        "batch",
        "publication 3 keeps serving",
        "no_login",
    ):
        assert words in page.words


def test_every_rule_is_there_with_outcome_severity_and_count(page: _Page) -> None:
    for words in (
        "key",
        "not evaluated",
        "no such column",
        "12 of 100 rows",
        "12 (12 %)",
        "good",
        "known",
        "warning",
    ):
        assert words in page.words


def test_the_links_lead_to_the_failing_rows_beside_the_page(page: _Page) -> None:
    links = {unquote(str(link)) for link in page.attributes("a", "href") if not str(link).startswith("#")}

    assert links == {"run-1/shop/shop__payments/001-key.csv", "run-1/core/accounts/001-known.csv"}
    assert "first 10 rows" in page.words


def test_the_page_loads_nothing_and_runs_nothing(page: _Page, tmp_path: Path) -> None:
    text = (tmp_path / "reports" / "run-1.html").read_text(encoding="utf-8")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(content for content in page.attributes("meta", "content") if "default-src" in str(content))

    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not [
        name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"
    ]
    assert "http" not in style[1]
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_text_of_packs_and_data_stays_text(tmp_path: Path) -> None:
    bad = _suite(
        f"shop.{HOSTILE}",
        _rule(
            HOSTILE,
            success=False,
            observed=HOSTILE,
            column=HOSTILE,
            failing_rows_path=f"x/{HOSTILE}.csv",
            failing_rows_written=1,
        ),
        _rule("r2", success=False, raised=True, message=HOSTILE),
    )
    section = PackSection(HOSTILE, HOSTILE, decide([bad]), [bad], HOSTILE, [HOSTILE], {HOSTILE: HOSTILE})
    page = _page(tmp_path, section, project=HOSTILE)

    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert page.words.count(HOSTILE) >= 8


def test_a_run_that_checked_nothing_says_so(tmp_path: Path) -> None:
    assert "No pack was checked" in _page(tmp_path).words


def test_warnings_are_told_as_warnings(tmp_path: Path) -> None:
    warned = _suite("shop.x", _rule("r1", success=False, severity=Severity.WARNING))
    section = PackSection("shop", "The shop", decide([warned]), [warned], "publication 5")

    assert "Fit to publish, with warnings: shop" in _page(tmp_path, section).words
