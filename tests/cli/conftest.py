"""Banks for the commands: one with an enabled pack, and one where nothing has happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank import Bank, make_bank
from tests.failing_connector import failing_connector

from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.settings import load_settings

__all__ = ["failing_connector"]


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """A project with a mapped table and a pack that is not enabled."""
    return make_bank(tmp_path / "bank")


@pytest.fixture(scope="module")
def enabled_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A project whose pack `tidy` is enabled; tests of a module share it, so they leave it as it was."""
    made = make_bank(tmp_path_factory.mktemp("enabled") / "bank")
    enable_packs(load_settings(made.root), ["tidy"])
    return made
