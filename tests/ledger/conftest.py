"""A real ledger in a folder of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".fintech" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with open_ledger(path) as opened:
        opened.runs.start(
            "run-1",
            target="dev",
            packs=["fraud"],
            options={"full_refresh": False},
            pid=1234,
            started_at=datetime(2026, 3, 1, 6, tzinfo=UTC),
        )
        yield opened
