"""Gates in a run: what is blocked, what goes on, what heals, and who let something pass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.bank import copy_pack
from tests.pipeline.limits import HUGE, MENDED, add_rule, limit
from tests.pipeline.small_bank import SmallBank, pack_of, payments, published_bank

from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def three_packs(tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    """tidy, whose days have a limit; `lax`, which only warns; `reader`, which imports from tidy."""
    bank = published_bank(tmp_path_factory.mktemp("three") / "bank")
    add_rule(bank.root / "packs" / "tidy", "tidy__daily_totals", limit("critical"))
    add_rule(copy_pack(bank.root, "lax"), "lax__daily_totals", limit("warning"))
    reader = copy_pack(bank.root, "reader")
    manifest = (reader / "pack.toml").read_text("utf-8")
    imports = '[imports]\n"tidy__daily_totals" = { version = 1 }\n\n[access]'
    (reader / "pack.toml").write_text(manifest.replace("[access]", imports), "utf-8")
    bank.enable("lax", "reader")
    report = bank.go()
    assert {pack.pack: pack.status for pack in report.packs} == dict.fromkeys(
        ("tidy", "lax", "reader"), "published"
    )
    return bank


@pytest.fixture(scope="module")
def blocked(three_packs: SmallBank, tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallBank, Any]:
    """The same after a payment that breaks the limit, with what the run said."""
    bank = three_packs.copy(tmp_path_factory.mktemp("blocked") / "bank")
    bank.add("2026-03.csv", [*payments(3, days=2), HUGE])
    process = bank.start("run", "--json")
    output, error = process.communicate(timeout=300)
    assert process.returncode == 1, error
    return bank, json.loads(output)


def test_a_failing_critical_rule_blocks_its_pack_and_holds_the_importers(
    three_packs: SmallBank, blocked: tuple[SmallBank, Any]
) -> None:
    bank, report = blocked
    packs = {pack["pack"]: pack for pack in report["packs"]}

    assert {name: pack["status"] for name, pack in packs.items()} == {
        "tidy": "blocked",
        "lax": "published",
        "reader": "held",
    }
    assert packs["tidy"]["gate"]["blocking"] == ["TOO-MUCH"]
    assert "'TOO-MUCH' failed (1 row)" in packs["tidy"]["failure"]["reason"]
    assert "waits for 'tidy'" in packs["reader"]["failure"]["reason"]
    assert report["next_command"] == "fintech results --failed"
    before, after = three_packs.marts(), bank.marts()
    for mart in ("tidy__daily_totals", "tidy__large_payments", "reader__daily_totals"):
        assert after[mart] == before[mart]
    assert len(after["lax__daily_totals"]) == len(before["lax__daily_totals"]) + 2


def test_an_importer_is_not_built_alone_on_a_supplier_that_did_not_pass(
    blocked: tuple[SmallBank, Any], tmp_path: Path
) -> None:
    bank = blocked[0].copy(tmp_path / "bank")
    before = bank.marts()

    report = bank.go(packs=["reader"])

    assert [(pack.pack, pack.status) for pack in report.packs] == [("reader", "held")]
    assert bank.marts() == before


def test_an_importer_is_built_anew_when_a_parameter_of_its_supplier_changed(
    three_packs: SmallBank, tmp_path: Path
) -> None:
    bank = three_packs.copy(tmp_path / "bank")
    settings = bank.root / "fintech.toml"
    changed = settings.read_text("utf-8").replace("[packs.tidy]", "[packs.tidy]\nlarge_amount = 2600")
    settings.write_text(changed, "utf-8")

    assert {pack.pack: pack.status for pack in bank.go().packs} == {
        "tidy": "published",
        "lax": "unchanged",
        "reader": "published",
    }


def test_a_warning_publishes_with_a_badge(
    blocked: tuple[SmallBank, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    bank, report = blocked
    (lax,) = (pack for pack in report["packs"] if pack["pack"] == "lax")
    assert (lax["gate"]["status"], lax["gate"]["warnings"]) == ("warned", ["TOO-MUCH"])

    assert bank.run(capsys, "status", "--json") == 0
    gates = {pack["pack"]: pack["gate"] for pack in json.loads(bank.output)["packs"]}
    assert gates == {"tidy": "passed", "lax": "warned", "reader": "passed"}


def test_an_unchanged_run_stays_blocked_and_a_corrected_file_heals(
    blocked: tuple[SmallBank, Any], tmp_path: Path
) -> None:
    bank = blocked[0].copy(tmp_path / "bank")
    assert {pack.pack: pack.status for pack in bank.go().packs} == {
        "tidy": "blocked",
        "lax": "unchanged",
        "reader": "held",
    }

    bank.add("correction.csv", [MENDED])
    report = bank.go()

    assert {pack.status for pack in report.packs} == {"published"}
    marts = bank.marts()
    assert marts["tidy__daily_totals"] == marts["lax__daily_totals"] or [
        row[:4] for row in marts["tidy__daily_totals"]
    ] == [row[:4] for row in marts["lax__daily_totals"]]
    assert marts["tidy__daily_totals"][-2][3] == 5


def test_a_closed_gate_is_opened_only_by_name_with_an_approver_and_a_reason(
    blocked: tuple[SmallBank, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = blocked[0].copy(tmp_path / "bank")
    before = bank.marts()

    assert bank.run(capsys, "publish") == 0
    assert bank.output == "nothing waits to be published\n"
    assert bank.run(capsys, "publish", "tidy") == 1
    assert "the gate of 'tidy' is closed" in bank.error
    assert "--override-gate --approved-by WHO --reason WHY" in bank.error
    assert bank.run(capsys, "publish", "--override-gate", "--approved-by", "Ann", "--reason", "why") == 2
    assert bank.run(capsys, "publish", "tidy", "--override-gate", "--approved-by", "Ann") == 2
    assert bank.marts() == before

    given = ("--override-gate", "--approved-by", "Ann Other", "--reason", "a known transfer")
    assert bank.run(capsys, "publish", "tidy", *given) == 0
    assert "the gate stays closed for the next run" in bank.output

    assert len(bank.marts()["tidy__daily_totals"]) == len(before["tidy__daily_totals"]) + 2
    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        published, overridden = ledger.audit.events(2)
    assert (published.kind, overridden.kind) == ("published", "gate_overridden")
    assert overridden.details["approved_by"] == "Ann Other"
    assert overridden.details["reason"] == "a known transfer"
    assert overridden.details["rules"] == ["TOO-MUCH"]
    assert bank.run(capsys, "status") == 0
    assert "overridden" in bank.output

    assert pack_of(bank.go()).status == "blocked"  # what was let pass once is looked at again
    assert len(bank.marts()["tidy__daily_totals"]) == len(before["tidy__daily_totals"]) + 2


def test_a_core_table_that_breaks_a_rule_blocks_until_it_holds(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts()
    bank.add("strangers.csv", ["s1,a9,2026-03-01 10:00:00,5.00,D"])  # an account that nobody knows

    report = bank.go()
    assert pack_of(report).status == "blocked"
    assert "core.transactions: 'transactions.customer_id_not_null' failed (1 row)" in str(
        pack_of(report).failure
    )
    assert bank.marts() == before

    bank.add("good.csv", payments(4, days=1))  # another batch, in which nothing is wrong
    assert pack_of(bank.go()).status == "blocked"
    assert bank.marts() == before

    (bank.root / "landing" / "accounts.csv").write_text("account,customer\na9,c0\n", "utf-8")
    assert pack_of(bank.go()).status == "published"
    assert len(bank.marts()["tidy__daily_totals"]) == len(before["tidy__daily_totals"]) + 2


def test_a_model_that_fails_fails_its_pack_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = published_bank(tmp_path / "bank")
    model = copy_pack(bank.root, "daring") / "dbt/models/marts/daring__daily_totals.sql"
    sql = model.read_text("utf-8")
    model.write_text(sql.replace("cast(count(*) as integer)", "cast('x' || count(*) as integer)"), "utf-8")
    bank.enable("daring")

    assert bank.run(capsys, "run") == 1

    assert "daring__daily_totals" in bank.output
    assert "Could not convert string" in bank.output
    assert bank.serving() == {"tidy": 1}
    bank.add("2026-03.csv", payments(3, days=1))
    assert bank.run(capsys, "run") == 1
    assert bank.serving() == {"tidy": 2}

    model.write_text(sql, "utf-8")
    assert bank.run(capsys, "run") == 0
    assert bank.serving() == {"tidy": 2, "daring": 1}
    marts = bank.marts()
    assert marts["daring__large_payments"] == marts["tidy__large_payments"]


def test_a_pack_or_parameter_that_changed_is_built_from_nothing(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts()
    model = bank.root / "packs" / "tidy" / "dbt/models/marts/tidy__daily_totals.sql"
    text = model.read_text("utf-8")
    model.write_text(
        text.replace("when direction = 'C' then amount_base", "when direction = 'C' then 1"), "utf-8"
    )

    report = bank.go()

    assert pack_of(report).status == "published"
    assert report.notes == () or "tidy" in " ".join(report.notes)
    totals = bank.marts()["tidy__daily_totals"]
    assert len(totals) == len(before["tidy__daily_totals"])
    assert all(row[1] == int(row[1]) < 10 for row in totals)

    settings = bank.root / "fintech.toml"
    changed = settings.read_text("utf-8").replace("[packs.tidy]", "[packs.tidy]\nlarge_amount = 2600")
    settings.write_text(changed, "utf-8")
    assert pack_of(bank.go()).status == "published"

    after = bank.marts()
    assert 0 < len(after["tidy__large_payments"]) < len(before["tidy__large_payments"])
    assert {row[5] for row in after["tidy__daily_totals"]}.isdisjoint(row[5] for row in totals)
