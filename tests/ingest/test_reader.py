"""The walled reader: it reaches two folders and nothing else, and a broken engine is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator.ingest.reader import open_reader
from fintech_accelerator.settings import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A project beside which lies a file that is none of its business."""
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    return Workspace(tmp_path / "project")


def _walls_stand(connection: duckdb.DuckDBPyConnection, secret: Path) -> bool:
    with pytest.raises(duckdb.PermissionException):
        connection.execute(f"from read_csv('{secret}')")
    with pytest.raises(duckdb.PermissionException):
        connection.execute(f"copy (select 1) to '{secret.parent / 'out.csv'}'")
    with pytest.raises(duckdb.Error, match="configuration has been locked"):
        connection.execute("set enable_external_access = true")
    secret_table = duckdb.sql("select 1 as a")
    with pytest.raises(duckdb.CatalogException):
        connection.execute("from secret_table")
    return secret_table.fetchall() == [(1,)]


def test_it_reads_the_landing_zone_and_what_it_is_given_only(workspace: Workspace, tmp_path: Path) -> None:
    given = tmp_path / "given.csv"
    given.write_text("a\n2\n", encoding="utf-8")

    with open_reader(workspace, files=[given]) as reader:
        (workspace.landing / "x.csv").write_text("a\n3\n", encoding="utf-8")
        assert reader.connection.execute(f"from read_csv('{given}')").fetchall() == [(2,)]
        assert reader.connection.execute(f"from read_csv('{workspace.landing / 'x.csv'}')").fetchall() == [
            (3,)
        ]
        assert _walls_stand(reader.connection, tmp_path / "secret.csv")


def test_an_engine_that_a_file_has_broken_is_replaced_behind_the_same_walls(
    workspace: Workspace, tmp_path: Path
) -> None:
    with open_reader(workspace) as reader:
        reader.connection.close()

        reader.clear()

        assert reader.connection.execute("select 1").fetchall() == [(1,)]
        assert _walls_stand(reader.connection, tmp_path / "secret.csv")


def test_nothing_is_left_and_what_a_killed_reader_left_is_swept(workspace: Workspace) -> None:
    left = workspace.state / "staging" / "999999999-x"
    left.mkdir(parents=True)
    (left / "1.parquet").write_bytes(b"half")

    with open_reader(workspace) as reader:
        reader.path(".parquet").write_bytes(b"x")
        assert not left.exists()

    assert list((workspace.state / "staging").iterdir()) == []
