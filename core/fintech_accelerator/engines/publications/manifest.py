"""A publication's manifest: what readers, rollback and verification need, beside the files it describes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.publications.model import PublishedColumn
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
RESTRICTED = "restricted"
FORMAT = 1


@dataclass(frozen=True)
class FileRecord:
    """One Parquet file. `content` is a hash over its rows in any order, `sha256` one over its bytes."""

    name: str
    rows: int
    content: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class MartRecord:
    """One mart of a publication."""

    name: str
    restricted: bool
    grain: str
    time_column: str | None
    newest: str | None
    rows: int
    bytes: int
    columns: tuple[PublishedColumn, ...]
    files: tuple[FileRecord, ...]

    def folder(self, publication: Path) -> Path:
        """Where its files are."""
        return publication / RESTRICTED / self.name if self.restricted else publication / self.name

    def shape(self) -> tuple[tuple[str, str], ...]:
        """Names and types of its columns: files of one shape can stand beside each other."""
        return tuple((column.name, column.type) for column in self.columns)

    def as_plain(self) -> dict[str, Any]:
        """The record as JSON keeps it, without the name, which is its key."""
        return {key: value for key, value in asdict(self).items() if key != "name"}


def read_manifest(folder: Path, pack: str, publication_id: int) -> dict[str, Any]:
    """A publication's manifest as plain values. Raises IntegrityError if it is missing or damaged."""
    path = publication_path(folder, pack, publication_id) / MANIFEST
    try:
        manifest = load_manifest(path.parent)
    except FileNotFoundError as cause:
        raise IntegrityError(
            f"publication {publication_id} of {pack!r} is not on the disk ({path})",
            fix=f"return to another one with `fintech rollback {pack}`, or publish again with `fintech run`",
        ) from cause
    if (manifest["pack"], manifest["publication_id"]) != (pack, publication_id):
        raise _damaged(path, "it is the manifest of another publication")
    return manifest


def load_manifest(publication: Path) -> dict[str, Any]:
    """The manifest in a publication's folder. Raises FileNotFoundError and IntegrityError."""
    path = publication / MANIFEST
    content = path.read_bytes()
    try:
        manifest = json.loads(content)
        marts_of(manifest)
        known = {"pack", "publication_id", "published_at", "facts"} <= set(manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise _damaged(path, repr(cause)) from cause
    if not known or manifest["format"] != FORMAT:
        raise _damaged(path, f"it is not of format {FORMAT}")
    return dict(manifest)


def marts_of(manifest: Mapping[str, Any]) -> dict[str, MartRecord]:
    """The marts that a manifest describes, by name."""
    return {
        name: MartRecord(
            name=name,
            **{
                **plain,
                "columns": tuple(PublishedColumn(**column) for column in plain["columns"]),
                "files": tuple(FileRecord(**file) for file in plain["files"]),
            },
        )
        for name, plain in manifest["marts"].items()
    }


def publication_path(folder: Path, pack: str, publication_id: int) -> Path:
    """The folder of one publication."""
    return folder / pack / str(publication_id)


def _damaged(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path} is not a publication's manifest: {why}",
        fix="restore it from a backup, or publish again with `fintech run`",
    )
