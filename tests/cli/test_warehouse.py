"""`fintech warehouse` is for targets that have roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bank import make_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_duckdb_target_has_no_roles_to_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = make_bank(tmp_path / "bank")
    for command in ("plan", "apply"):
        assert bank.run(capsys, "warehouse", command) == 2
        assert "which has no roles" in bank.error
        assert "--target" in bank.error
