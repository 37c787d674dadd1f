"""Reading and verifying: one consistent set, nothing but what one may see, and damage is named."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator import open_publications
from fintech_accelerator.engines.publications import current, verify
from fintech_accelerator.errors import IntegrityError, UnknownNameError

if TYPE_CHECKING:
    from conftest import Store


def test_restricted_marts_are_apart_and_only_on_demand(store: Store) -> None:
    publication = store.publish()
    apart = publication.path / "restricted"
    file = apart / "fraud__cases" / "all.parquet"

    assert stat.S_IMODE(apart.stat().st_mode) == 0o700
    with open_publications(store.folder) as reader:
        with pytest.raises(duckdb.CatalogException):
            reader.execute("from fraud_restricted.fraud__cases")
        with pytest.raises(duckdb.PermissionException):
            reader.execute(f"from read_parquet('{file}')")
        with pytest.raises(duckdb.InvalidInputException):
            reader.execute("set enable_external_access = true")
    assert store.published("fraud_restricted.fraud__cases") == [(1, 1)]


def test_a_reader_asks_for_packs_by_name(store: Store) -> None:
    store.publish()

    with open_publications(store.folder, ["fraud"]) as reader:
        found = reader.execute("from fraud.fraud__publication").fetchall()
    assert found[0][0] == 1
    with pytest.raises(UnknownNameError, match="no published pack is called 'frauds'") as caught:
        open_publications(store.folder, ["frauds"]).__enter__()
    assert "'fraud'" in caught.value.fix


def test_nothing_published_is_an_empty_reader(tmp_path: Path) -> None:
    assert current(tmp_path / "nowhere") == {}
    with open_publications(tmp_path / "nowhere") as reader:
        assert reader.execute("select count(*) from duckdb_views() where not internal").fetchone() == (0,)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"published": {"fraud": ["x"]}, "last": {}, "left": {}}'])
def test_a_damaged_pointer_is_named(store: Store, text: str) -> None:
    store.publish()
    (store.folder / "current.json").write_text(text)

    with pytest.raises(IntegrityError, match=r"current\.json is not a pointer"):
        current(store.folder)
    with pytest.raises(IntegrityError, match=r"current\.json is not a pointer"):
        store.publish()


def flip(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize(
    ("change", "what"), [(flip, "content differs"), (cut, "bytes instead of"), (Path.unlink, "is missing")]
)
@pytest.mark.parametrize("file", ["fraud__payments/2026-02.parquet", "restricted/fraud__cases/all.parquet"])
def test_verification_names_the_file_that_was_changed(
    store: Store, file: str, change: object, what: str
) -> None:
    publication = store.publish()
    assert verify(store.folder, "fraud", 1) == 9
    assert callable(change)
    change(publication.path / file)

    with pytest.raises(IntegrityError, match=f"{file} .*{what}"):
        verify(store.folder, "fraud", 1)


def test_verification_finds_a_manifest_that_was_written_to_fit(store: Store) -> None:
    publication = store.publish()
    path = publication.path / "manifest.json"
    assert verify(store.folder, "fraud", 1, manifest_sha256=publication.manifest_sha256) == 9
    path.write_text(path.read_text().replace("one row per payment", "one row per customer"))

    assert verify(store.folder, "fraud", 1) == 9
    with pytest.raises(IntegrityError, match=r"manifest\.json is not the manifest"):
        verify(store.folder, "fraud", 1, manifest_sha256=publication.manifest_sha256)


def test_a_publication_that_was_removed_by_hand_is_named(store: Store) -> None:
    publication = store.publish()
    publication.path.rename(store.folder / "elsewhere")

    with pytest.raises(IntegrityError, match="publication 1 of 'fraud' is not on the disk"):
        verify(store.folder, "fraud", 1)
    with (
        pytest.raises(IntegrityError, match="published file is missing"),
        open_publications(store.folder),
    ):
        pytest.fail("there is nothing to read")
