"""A warehouse with one pack of three marts, and the folder it is published in."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from fintech_accelerator.engines.publications import Publication, open_publications, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SCRIPT = Path(__file__).parent / "generations.py"
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def generations() -> ModuleType:
    """The module that tests share with the processes they start."""
    spec = importlib.util.spec_from_file_location("generations", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Store:
    """A pack's warehouse, and the folder with its publications."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    module: ModuleType

    def publish(self, **options: Any) -> Publication:
        given = {"marts": self.module.marts(self.connection), "facts": {}, "now": NOW, **options}
        return publish(self.connection, self.folder, "fraud", **given)

    def published(self, mart: str = "fraud.fraud__payments") -> list[tuple[Any, ...]]:
        with open_publications(self.folder, include_restricted=True) as reader:
            return sorted(reader.execute(f"from {mart}").fetchall(), key=repr)

    def built(self, mart: str = "fraud.fraud__payments") -> list[tuple[Any, ...]]:
        return sorted(self.connection.execute(f"from {mart}").fetchall(), key=repr)

    def written(self, publication: Publication, mart: str = "fraud__payments") -> int:
        return next(each.files_written for each in publication.marts if each.name == mart)

    def files(self, publication: Publication, mart: str = "fraud__payments") -> list[str]:
        return sorted(path.stem for path in (publication.path / mart).iterdir())


@pytest.fixture
def store(tmp_path: Path, generations: ModuleType) -> Iterator[Store]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        generations.build(connection, 1)
        yield Store(connection, tmp_path / "publications" / "dev", generations)
