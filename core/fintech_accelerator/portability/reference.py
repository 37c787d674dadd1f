"""The tables of docs/portable-sql.md: the rules, as the data have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.portability.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.portability.rules import Rule

BEGIN, END = "<!-- rules, written by the code -->", "<!-- end of the rules -->"
HEAD = "| rule | what is wrong | what runs everywhere | AWS page | |\n|---|---|---|---|---|\n"


def with_tables(page: str) -> str:
    """The page with the rules as they are now between its two marks."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    known = rules().values()
    refused = _table(rule for rule in known if rule.refused)
    differing = _table(rule for rule in known if not rule.refused)
    return f"{before}{BEGIN}\n\n### Refused\n\n{refused}\n### Another result\n\n{differing}\n{END}{after}"


def _table(shown: Iterable[Rule]) -> str:
    return HEAD + "".join(_row(rule) for rule in shown)


def _row(rule: Rule) -> str:
    listed = ", ".join(rule.functions or rule.types or rule.names)
    wrong = f"{rule.wrong}: {listed}" if listed else rule.wrong
    page = f"[{rule.page}]({rule.address})"
    return f"| `{rule.id}` | {_cell(wrong)} | {_cell(rule.portable)} | {page} | {rule.evidence} |\n"


def _cell(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for sign in "|*_<>":
        text = text.replace(sign, f"\\{sign}")
    return text


def main() -> None:
    """Write the tables into the page named."""
    import sys
    from pathlib import Path

    page = Path(sys.argv[1])
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
