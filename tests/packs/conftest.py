"""A project with one good pack enabled."""

from __future__ import annotations

import pytest
from tests.bank import Bank, make_bank

from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.settings import load_settings


@pytest.fixture(scope="module")
def proven_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A bank whose pack `tidy` is enabled: inspected, proven and locked."""
    bank = make_bank(tmp_path_factory.mktemp("proven") / "bank")
    enable_packs(load_settings(bank.root), ["tidy"])
    return bank
