"""`fintech packs list` and `show`: what is there, quickly, and what a pack asks for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.bank import Bank, copy_pack

HEAVY = {"dbt", "great_expectations", "boto3", "duckdb", "sqlglot", "pandas", "yaml", "jinja2", "tomlkit"}
FIRST_PARTY = {"engagement", "fraud", "revenue", "segmentation"}


def modules_after(*arguments: str) -> set[str]:
    """The top-level modules in memory when a command has ended."""
    script = (
        "import sys, json\n"
        "from fintech_accelerator.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as done:\n    assert done.code == 0, done.code\n"
        "print('MODULES' + json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.rpartition("MODULES")[2]))


@pytest.mark.parametrize("arguments", [("packs", "list"), ("packs", "list", "--json")])
def test_listing_packs_imports_nothing_heavy_and_no_pack(bank: Bank, arguments: tuple[str, ...]) -> None:
    modules = modules_after("--project", str(bank.root), *arguments)

    assert modules & HEAVY == set()
    assert not [name for name in modules if name.startswith("fintech_pack_")]


@pytest.mark.parametrize(
    "arguments", [("--help",), ("packs", "--help"), ("params", "set", "--help"), ("doctor", "--help")]
)
def test_help_imports_neither_settings_nor_tables(arguments: tuple[str, ...]) -> None:
    modules = modules_after(*arguments)

    assert modules & (HEAVY | {"pydantic", "rich.table", "rich.console"}) == set()


def test_the_list_says_what_is_enabled(enabled_bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert enabled_bank.run(capsys, "packs", "list", "--json") == 0

    states = {each["name"]: each["state"] for each in json.loads(enabled_bank.output)}
    assert states["tidy"] == "enabled"
    assert {states[name] for name in FIRST_PARTY} == {"available"}


def test_packs_are_listed_outside_of_any_project(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from fintech_accelerator.cli.main import main

    monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))
    with pytest.raises(SystemExit) as ended:
        main(["packs", "list", "--json"])

    assert ended.value.code == 0
    assert {each["name"] for each in json.loads(capsys.readouterr().out)} >= FIRST_PARTY


def test_a_broken_pack_is_listed_with_its_reason_beside_the_others(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy_pack(bank.root, "torn") / "pack.toml").write_text("[pack\n", encoding="utf-8")

    assert bank.run(capsys, "packs", "list") == 0

    assert "tidy" in bank.output
    assert "torn" in bank.output
    assert "broken" in bank.output
    assert "torn/pack.toml is not valid TOML" in bank.error


def test_a_pack_that_is_named_but_not_installed_is_listed_as_missing(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write("\n[packs.gone]\n")

    assert bank.run(capsys, "packs", "list", "--json") == 0

    (gone,) = [each for each in json.loads(bank.output) if each["name"] == "gone"]
    assert gone["state"] == "missing"
    assert gone["fix"] == "install it, or run `fintech packs disable gone`"


def test_show_compares_what_a_pack_asks_with_what_the_bank_maps(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bank.run(capsys, "packs", "show", "tidy", "--json") == 0

    facts = json.loads(bank.output)
    states = {(each["table"], each["column"]): (each["need"], each["state"]) for each in facts["needs"]}
    assert states["transactions", "amount"] == ("required", "mapped")
    assert states["transactions", "currency"] == ("required", "assumed")
    assert states["transactions", "mcc"] == ("improves", "missing")
    assert states["login_activity", "*"] == ("improves", "missing")
    assert [mart["name"] for mart in facts["marts"]] == ["tidy__daily_totals", "tidy__large_payments"]
    assert [each["name"] for each in facts["parameters"]] == ["large_amount", "report_amount"]


def test_show_says_what_keeps_a_pack_from_being_built(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert bank.run(capsys, "packs", "show", "fraud") == 0

    assert "cannot be built here: the pack 'fraud' requires the table 'customers'" in bank.output
    assert "customers.residency_country" in bank.output  # what enabling would approve


def test_an_unknown_pack_gets_the_nearest_name(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    assert bank.run(capsys, "packs", "show", "frod") == 2

    assert "did you mean 'fraud'?" in bank.error
