"""Fixtures for pytest: import both names in a conftest.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.testing.standin.cluster import RedshiftCluster, is_named
from fintech_accelerator.testing.standin.server import missing_reason
from fintech_accelerator.testing.standin.standin import RedshiftStandin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.testing.standin.database import Database

__all__ = ["redshift_database", "redshift_standin"]


@pytest.fixture(scope="session")
def redshift_standin() -> Iterator[RedshiftStandin | RedshiftCluster]:
    """The stand-in for the session, or the cluster that the environment names; skips without PostgreSQL."""
    if is_named():
        yield RedshiftCluster()
        return
    if reason := missing_reason():
        pytest.skip(f"no Redshift stand-in: {reason}")
    with RedshiftStandin() as standin:
        yield standin
        assert standin.crashes == (), "the stand-in itself failed on these statements"  # noqa: S101


@pytest.fixture
def redshift_database(redshift_standin: RedshiftStandin | RedshiftCluster) -> Iterator[Database]:
    """A database of its own for one test."""
    database = redshift_standin.create_database()
    yield database
    redshift_standin.drop_database(database.name)
    redshift_standin.drop_principals()
