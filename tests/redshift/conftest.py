"""The stand-in for Redshift on which the product itself runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.redshift.wide_bank import let_in, wide_bank

from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.small_bank import SmallBank

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

__all__ = ["redshift_database", "redshift_standin"]


@pytest.fixture
def bank(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SmallBank:
    """The small bank with a target on the stand-in; nothing has run."""
    let_in(redshift_database, monkeypatch, also_a_cluster=True)
    return wide_bank(tmp_path / "bank", redshift_database, redshift_standin.buckets)
