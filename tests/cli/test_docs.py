"""`fintech docs`: pages that load nothing from outside, and the inventory of personal data."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.contract import load_contract
from fintech_accelerator.contract.personal_data import UnclassifiedColumnError
from fintech_accelerator.pipeline.documentation import TRACKERS
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from tests.bank import Bank

LOADING = {"src", "href", "data", "poster", "srcset", "action"}


class Page(HTMLParser):
    """What a browser would fetch, and the policy that says what it may."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.policy = ""
        self.scripts_before_policy = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        if tag == "script" and not self.policy:
            self.scripts_before_policy += 1
        if tag != "a":
            self.fetched += [value or "" for name, value in attrs if name in LOADING]


def test_both_pages_are_written_and_load_nothing_from_outside(
    enabled_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enabled_bank.run(capsys, "docs") == 0

    folder = enabled_bank.root / ".fintech" / "docs"
    assert f"wrote {folder / 'index.html'}" in enabled_bank.output
    assert "took the outside address" in enabled_bank.output
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "tidy__daily_totals" in page
    assert not [name for name in TRACKERS if name in page]
    for text in (page, (folder / "personal_data.html").read_text(encoding="utf-8")):
        read = Page(text)
        assert read.policy.startswith("default-src 'none'")
        assert "connect-src" not in read.policy
        assert not re.search(r"https?:|\*", read.policy)
        assert read.scripts_before_policy == 0
        assert not [address for address in read.fetched if re.match(r"(https?:)?//", address)]


def test_writing_the_pages_makes_no_warehouse(enabled_bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert enabled_bank.run(capsys, "docs", "--json") == 0

    made = json.loads(enabled_bank.output)
    assert (made["left_out"], made["page"].endswith("index.html")) == ([], True)
    assert not (enabled_bank.root / ".fintech" / "warehouse.duckdb").exists()


def test_the_inventory_holds_every_column_of_the_contract_and_of_the_marts(
    enabled_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enabled_bank.run(capsys, "docs", "--personal-data", "--json") == 0

    rows = json.loads(enabled_bank.output)
    found = {(row["schema"], row["relation"], row["column"]): row["pii"] for row in rows}
    for table in load_contract().tables.values():
        for column in table.columns:
            assert found[table.schema, table.name, column.name] == column.pii
    assert found["tidy", "tidy__daily_totals", "credited_amount"] == "P1"
    assert found["tidy_restricted", "tidy__large_payments", "transaction_id"] == "P1"
    assert set(found.values()) <= {"P0", "P1", "P2", "P3"}

    assert enabled_bank.run(capsys, "docs", "--personal-data") == 0
    assert "core_pii.customers_pii" in enabled_bank.output
    assert "tidy__daily_totals" not in enabled_bank.output  # nothing of it is P2 or P3


def test_an_unclassified_column_fails_the_composition(enabled_bank: Bank) -> None:
    (remembered,) = (enabled_bank.root / ".fintech" / "inspected").glob("tidy-*.json")
    before = remembered.read_text(encoding="utf-8")
    remembered.write_text(before.replace('"pii": "P1"', '"pii": ""', 1), encoding="utf-8")
    try:
        with pytest.raises(UnclassifiedColumnError, match=r"tidy\.tidy__daily_totals\.credited_amount"):
            compose(load_settings(enabled_bank.root))
    finally:
        remembered.write_text(before, encoding="utf-8")
