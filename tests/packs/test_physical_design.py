"""A model that sets its distribution or sort key says why: in the pack's inspection, and to `maintain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.bank import copy_pack

from fintech_accelerator.packs.inspection.physical_design import check_physical_design
from fintech_accelerator.pipeline.maintain_redshift import declared_reasons
from fintech_accelerator.settings import load_settings
from fintech_accelerator.strict_yaml import loads

if TYPE_CHECKING:
    from pathlib import Path

MODEL, YML = "dbt/models/marts/shop__sales.sql", "dbt/models/marts/shop__sales.yml"
REASON = "joined by customer in three models, measured 40 percent faster than AUTO"


def problems(sql: str, config: str = "", meta: str = "") -> list[str]:
    """What is said of a model and of its yml."""
    text = f"version: 2\nmodels:\n  - name: shop__sales\n    config: {{{config}}}\n    meta: {{{meta}}}\n"
    files = {MODEL: sql.encode(), YML: text.encode()}
    return [str(each) for each in check_physical_design(files, {YML: loads(text, name=YML)})]


@pytest.mark.parametrize(
    ("sql", "config", "places"),
    [
        ("{{ config(materialized='table') }}\nselect 1", "", []),
        ("{{ config(dist='auto') }}\nselect 1", "", []),
        ("{{ config(\n    dist='all',\n    sort=['day']\n) }}\nselect 1", "", [(MODEL, 2), (MODEL, 3)]),
        ("select 1", "dist: even", [(YML, 3)]),
    ],
)
def test_a_choice_without_a_reason_is_told_with_its_place(
    sql: str, config: str, places: list[tuple[str, int]]
) -> None:
    told = problems(sql, config)
    assert [each.partition(": ")[0] for each in told] == [f"{file}, line {line}" for file, line in places]
    assert problems(sql, config, f'physical_design: "{REASON}"') == []
    assert problems(sql, config, 'physical_design: " "') == told


def test_maintenance_knows_the_reasons_of_enabled_packs(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path, "tidy")
    yml = folder / "dbt/models/marts/tidy__large_payments.yml"
    text = yml.read_text(encoding="utf-8")
    yml.write_text(
        text.replace("    config:\n", f"    meta:\n      physical_design: {REASON}\n    config:\n", 1),
        encoding="utf-8",
    )
    bank = '[project]\nname = "bank"\npack_folders = ["packs"]\n[packs.tidy]\n'
    (tmp_path / "fintech.toml").write_text(bank, encoding="utf-8")

    assert declared_reasons(load_settings(tmp_path)) == {"tidy__large_payments": REASON}
