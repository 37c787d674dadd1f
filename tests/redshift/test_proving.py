"""Packs are proven for Redshift without a warehouse: as in a first run, and as in a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.bank import copy_pack

from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
[project]
name = "bank"
pack_folders = ["packs"]
[targets.prod]
engine = "redshift"
host = "not.there"
database = "analytics"
authentication = "password"
user = "fintech"
landing = "s3://bank-landing"
"""
LATER = "(select touched_days.event_date_local from touched_days)"  # only in what a later run builds


def test_a_pack_is_proven_without_a_warehouse_or_a_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINTECH_REDSHIFT_PASSWORD", raising=False)
    (tmp_path / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    model = copy_pack(tmp_path, "tidy") / "dbt/models/marts/tidy__daily_totals.sql"
    text = model.read_text(encoding="utf-8")
    assert text.count(LATER) == 1

    model.write_text(text.replace(LATER, "(select event_date_local from elsewhere)"), encoding="utf-8")
    with pytest.raises(PackRefusedError, match="reads 'elsewhere'"):
        enable_packs(load_settings(tmp_path), ["tidy"])
    assert not load_settings(tmp_path).packs

    model.write_text(text, encoding="utf-8")
    enable_packs(load_settings(tmp_path), ["tidy"])
    assert set(load_settings(tmp_path).packs) == {"tidy"}
