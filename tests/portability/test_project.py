"""A project's models are judged as dbt-redshift compiles them, without any connection."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.bank import Bank, make_bank

from fintech_accelerator.packs.changes import enable
from fintech_accelerator.pipeline.demo import make_demo_project
from fintech_accelerator.pipeline.portable_sql import lint_project
from fintech_accelerator.ports import SampleBankSize
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_PARTY = ("engagement", "fraud", "revenue", "segmentation")


@pytest.fixture
def spoil(tmp_path: Path) -> Callable[[str, str, str], Bank]:
    """A bank whose pack `tidy` is enabled, with a text in one of its files replaced."""

    def spoiled(name: str, old: str, new: str) -> Bank:
        bank = make_bank(tmp_path / "bank")
        enable(load_settings(bank.root), ["tidy"])
        file = bank.root / "packs" / "tidy" / "dbt" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return bank

    return spoiled


def line_of(bank: Bank, name: str, text: str) -> int:
    lines = (bank.root / "packs" / "tidy" / "dbt" / name).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return number


def test_a_finding_stands_at_the_line_as_it_was_written(
    spoil: Callable[[str, str, str], Bank], capsys: pytest.CaptureFixture[str]
) -> None:
    name = "models/marts/tidy__daily_totals.sql"
    bank = spoil(name, "cast(count(*) as integer) as", "cast(count(*) filter (where 1 = 1) as integer) as")

    assert bank.run(capsys, "sql", "lint", "--pack", "tidy", "--json") == 1

    report = json.loads(bank.output)
    (finding,) = report["findings"]
    assert report["unit"] == "model"
    assert finding["rule"] == "filter-clause"
    assert Path(finding["file"]) == bank.root / "packs" / "tidy" / "dbt" / name
    assert finding["line"] == line_of(bank, name, "filter (where")
    assert finding["column"] == 23


def test_what_only_a_later_run_has_is_found_too(
    spoil: Callable[[str, str, str], Bank], capsys: pytest.CaptureFixture[str]
) -> None:
    name = "models/marts/tidy__daily_totals.sql"
    bank = spoil(name, "    {% endif %}", "        and direction is distinct from 'X'\n    {% endif %}")

    assert bank.run(capsys, "sql", "lint") == 1

    line = line_of(bank, name, "is distinct from")
    assert f"tidy__daily_totals.sql:{line}:23: refused: there is no IS [NOT] DISTINCT FROM" in bank.output
    assert "1 finding in 1 file" in bank.output


def test_what_a_macro_writes_is_found_in_the_model_that_calls_it(
    spoil: Callable[[str, str, str], Bank], capsys: pytest.CaptureFixture[str]
) -> None:
    bank = spoil("macros/tidy__size_class.sql", "else 'large' end", "else 'large\\\\small' end")

    assert bank.run(capsys, "sql", "lint", "--pack", "tidy") == 1
    assert "tidy__large_payments.sql:1:1: differs: a backslash" in bank.output
    assert "(compiled: cast(case when amount_base" in bank.output


def test_a_form_for_duckdb_alone_is_no_finding(
    spoil: Callable[[str, str, str], Bank], capsys: pytest.CaptureFixture[str]
) -> None:
    bank = spoil(
        "macros/tidy__size_class.sql",
        "{% macro tidy__size_class(amount) -%}",
        "{% macro tidy__size_class(amount) -%}\n"
        "{{ return(adapter.dispatch('tidy__size_class', 'tidy')(amount)) }}\n{%- endmacro %}\n"
        "{% macro duckdb__tidy__size_class(amount) -%}\narg_max({{ amount }})\n{%- endmacro %}\n"
        "{% macro default__tidy__size_class(amount) -%}",
    )

    assert bank.run(capsys, "sql", "lint", "--pack", "tidy") == 0
    assert "3 models: nothing found" in bank.output


def test_a_pack_that_cannot_be_built_is_left_out_and_named(
    spoil: Callable[[str, str, str], Bank], capsys: pytest.CaptureFixture[str]
) -> None:
    bank = spoil("models/marts/tidy__large_payments.sql", "var('large_amount')", "var('largest_amount')")

    assert bank.run(capsys, "sql", "lint") == 1
    assert "models: nothing found" in bank.output
    assert "left out tidy: " in bank.error
    assert "declares no 'largest_amount'" in bank.error

    assert bank.run(capsys, "sql", "lint", "--pack", "tidy") == 2
    assert "declares no 'largest_amount'" in bank.error


def test_nothing_is_found_in_the_first_party_packs_and_nothing_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "bank"
    make_demo_project(root, SampleBankSize(customers=5, days=30, seed=1), on_table=lambda _: None)
    enable(load_settings(root), FIRST_PARTY)
    called: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)

    report = lint_project(load_settings(root))

    assert report.findings == ()
    assert report.left_out == ()
    assert report.checked > 100
    assert called == []
