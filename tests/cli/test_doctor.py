"""`fintech doctor`: what a run would need, what is missing, and what to type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.pipeline.doctor import examine
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from tests.bank import Bank

    from fintech_accelerator.pipeline.findings import Finding


def by_check(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {each.check: each for each in findings}


def test_a_project_in_order_passes(enabled_bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert enabled_bank.run(capsys, "doctor", "--json") == 0

    findings = {each["check"]: each for each in json.loads(enabled_bank.output)}
    assert {each["status"] for each in findings.values()} <= {"ok", "warning"}
    assert findings["source transactions"]["found"] == "1 file by files"
    assert findings["pack tidy"]["found"].startswith("local, has what it requires; without no_")
    assert findings["ledger"]["found"] == "no run yet, audit events: 1"
    assert "files" in findings["plugins"]["found"]


@pytest.mark.parametrize(
    ("old", "new", "check", "found", "fix"),
    [
        ('"tx.csv"', '"missing/*.csv"', "source transactions", "no file matches", "put the files there"),
        ('"tx.csv"', '"${FINTECH_TEST_UNSET}/x.csv"', "source transactions", "FINTECH_TEST_UNSET", "export"),
        ('"tx.csv" }', '"tx.csv" }\nconnector = "fils"', "source transactions", "no connector", "'files'"),
        ("[[sources.transactions]]", "[[sources.transactons]]", "source transactons", "no table", "mean"),
        ('amount = "amount"\n', "", "packs", "'transactions' needs amount", "map 'amount'"),
        ("[project]", "[projekt]", "project", "no table [projekt]", "[project]"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(  # noqa: PLR0913, PLR0917  (one row of the table)
    bank: Bank, old: str, new: str, check: str, found: str, fix: str
) -> None:
    text = (bank.root / "fintech.toml").read_text(encoding="utf-8") + "\n[packs.tidy]\n"
    if "transactons" in new:
        text = text.replace("sources.transactions.columns", "sources.transactons.columns")
    (bank.root / "fintech.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    finding = by_check(examine(bank.root))[check]

    assert finding.status == "failed"
    assert found in finding.found
    assert fix in finding.fix


def test_a_connector_that_fails_is_named_and_the_rest_is_examined(bank: Bank, failing_connector: str) -> None:
    text = (bank.root / "fintech.toml").read_text(encoding="utf-8") + "\n[packs.tidy]\n"
    text = text.replace('"tx.csv" }', f'"tx.csv" }}\nconnector = "{failing_connector}"')
    (bank.root / "fintech.toml").write_text(text, encoding="utf-8")

    findings = by_check(examine(bank.root))

    assert findings["source transactions"].status == "failed"
    assert "'failing' failed: RuntimeError: no luck in bank" in findings["source transactions"].found
    assert "report it to who made it" in findings["source transactions"].fix
    assert findings["pack tidy"].status == "ok"


def test_a_pack_without_its_inputs_is_named_with_the_table(bank: Bank) -> None:
    text = (bank.root / "fintech.toml").read_text(encoding="utf-8")
    text = text[: text.index("[[sources")] + "[packs.tidy]\n"
    (bank.root / "fintech.toml").write_text(text, encoding="utf-8")

    findings = by_check(examine(bank.root))

    assert findings["sources"].status == "warning"
    assert findings["pack tidy"].status == "failed"
    assert "requires the table 'transactions'" in findings["pack tidy"].found
    assert "[[sources.transactions]]" in findings["pack tidy"].fix


def test_a_target_that_does_not_exist_is_named(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert bank.run(capsys, "doctor", "--target", "prod") == 3

    assert "no target is called 'prod' (targets: dev)" in bank.output


def test_a_file_that_is_no_warehouse_or_ledger_is_named(bank: Bank) -> None:
    state = bank.root / ".fintech"
    state.mkdir()
    (state / "warehouse.duckdb").write_text("no database at all", encoding="utf-8")
    (state / "ledger.sqlite").write_text("no database at all, either", encoding="utf-8")

    findings = by_check(examine(bank.root))

    assert (findings["target"].status, findings["ledger"].status) == ("failed", "failed")


def test_the_warehouse_is_opened_and_never_made(bank: Bank) -> None:
    settings = load_settings(bank.root)
    path = settings.warehouse(settings.target()[1])

    assert "no warehouse yet" in by_check(examine(bank.root))["target"].found
    assert not path.exists()
    open_warehouse(path).close()
    assert str(path) in by_check(examine(bank.root))["target"].found


def test_outside_of_a_project_only_the_machine_is_examined(tmp_path: Path) -> None:
    findings = by_check(examine(tmp_path))

    assert findings["Python"].status == "ok"
    assert (findings["project"].status, "fintech init" in findings["project"].fix) == ("failed", True)
    assert "target" not in findings
