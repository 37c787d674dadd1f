"""The README's five steps, followed to the letter on three small files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bank import Bank

if TYPE_CHECKING:
    import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
STEPS = README[README.index("## Your own files, in five steps") : README.index("## Two real examples")]
FILES = {
    "customers.csv": ["CUST_NO,SINCE", "c1,2020-02-01", "c2,2021-03-05"],
    "accounts.csv": ["ACCT_NO,CUST_NO", "a1,c1", "a2,c2"],
    "transactions/january.csv": [
        "TX_ID,ACCT_NO,BOOKED_AT,AMOUNT",
        *(f"t{day},a{day % 2 + 1},2026-01-{day:02d} 12:00:00,{-12.5 * day}" for day in range(1, 29)),
        "t29,a1,2026-01-29 12:00:00,100.00",
        "t30,a1,2026-01-30 12:00:00,a lot",
    ],
}


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", STEPS, re.DOTALL)
    assert found
    return found[1]


def commands() -> list[list[str]]:
    """The words of each command that the steps name, the optional ones of a later day left out."""
    named = re.findall(r"`fintech ([a-z][^`]*)`", STEPS)
    return [each.split() for each in named if not each.startswith("rollback")]


def test_a_newcomer_who_follows_the_five_steps_has_published_marts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (init,) = re.findall(r"^fintech (init .*)$", block("sh"), re.MULTILINE)
    bank = Bank(tmp_path)
    folder, *options = init.split()[1:]
    assert bank.run(capsys, "init", str(tmp_path / folder), *options) == 0, bank.error
    bank.root = tmp_path / folder
    for name, lines in FILES.items():
        path = bank.root / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + block("toml"))

    asked = commands()
    assert [words[0] for words in asked] == [
        *("sources", "packs", "packs", "run", "status", "results", "quarantine", "docs")
    ]
    for words in asked:
        assert bank.run(capsys, *words) == 0, (words, bank.output, bank.error)
        assert "Traceback" not in bank.error

    assert bank.run(capsys, "status", "--json") == 0
    packs = {pack["pack"]: pack["publication_id"] for pack in json.loads(bank.output)["packs"]}
    assert packs == {"fraud": 1, "revenue": 1}
    assert bank.run(capsys, "quarantine", "show", "--json") == 0
    refused = [(each["row_number"], each["column_name"]) for each in json.loads(bank.output)]
    assert refused == [(30, "amount")]
