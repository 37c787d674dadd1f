"""Every critical rule of the suites against a row that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.quality.worker import CheckWorker
from fintech_accelerator.testing.holes import unnoticed_holes

from .made_holes import HOLES

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing import ComposedProject


def test_every_critical_rule_of_the_suites_notices_its_hole(moved: ComposedProject, tmp_path: Path) -> None:
    with CheckWorker() as worker:
        assert unnoticed_holes(moved, worker, tmp_path, changes=HOLES) == set()
