"""docs/portable-sql.md shows the rules as the data have them."""

from __future__ import annotations

from pathlib import Path

from fintech_accelerator.portability.reference import with_tables

PAGE = Path(__file__).parents[2] / "docs" / "portable-sql.md"


def test_the_page_is_current() -> None:
    """If not: `python -m fintech_accelerator.portability.reference docs/portable-sql.md`."""
    text = PAGE.read_text(encoding="utf-8")

    assert with_tables(text) == text
