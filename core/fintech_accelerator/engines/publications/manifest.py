"""A publication's manifest: what readers, rollback and verification need, beside the files it describes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.publications.disk import json_bytes
from fintech_accelerator.engines.publications.model import PublishedColumn
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True)
class Manifest:
    """What stands in a manifest; `facts` is what the publishing run said about it."""

    pack: str
    publication_id: int
    published_at: str  # UTC, ISO 8601
    engine: str
    facts: Mapping[str, Any]
    marts: tuple[MartRecord, ...]

    @property
    def rows(self) -> int:
        """The rows of all marts together."""
        return sum(mart.rows for mart in self.marts)

    @property
    def newest_day(self) -> str | None:
        """The latest day that a mart tells of."""
        return newest_day(mart.newest for mart in self.marts)

    def as_bytes(self) -> bytes:
        """The manifest as its file keeps it."""
        plain = {"format": FORMAT, **asdict(self)}
        return json_bytes({**plain, "marts": {mart.name: mart.as_plain() for mart in self.marts}})


def newest_day(newest: Iterable[str | None]) -> str | None:
    """The latest day among the newest dates or times of several marts."""
    return max((each[:10] for each in newest if each is not None), default=None)


def read_manifest(folder: Path, pack: str, publication_id: int) -> Manifest:
    """A publication's manifest. Raises IntegrityError if it is missing or damaged."""
    publication = publication_path(folder, pack, publication_id)
    try:
        manifest = load_manifest(publication)
    except FileNotFoundError as cause:
        raise IntegrityError(
            f"publication {publication_id} of {pack!r} is not on the disk ({publication})",
            fix=f"return to another one with `fintech rollback {pack}`, or publish again with `fintech run`",
        ) from cause
    if (manifest.pack, manifest.publication_id) != (pack, publication_id):
        raise _damaged(publication / MANIFEST, "it is the manifest of another publication")
    return manifest


def load_manifest(publication: Path) -> Manifest:
    """The manifest in a publication's folder. Raises FileNotFoundError and IntegrityError."""
    path = publication / MANIFEST
    content = path.read_bytes()
    try:
        plain = json.loads(content)
        written = plain.pop("format")
        manifest = Manifest(**{**plain, "marts": _marts(plain["marts"])})
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise _damaged(path, repr(cause)) from cause
    if written != FORMAT:
        raise _damaged(path, f"it is of format {written}, this version reads {FORMAT}")
    return manifest


def _marts(plain: Mapping[str, Any]) -> tuple[MartRecord, ...]:
    return tuple(
        MartRecord(
            name=name,
            **{
                **mart,
                "columns": tuple(PublishedColumn(**column) for column in mart["columns"]),
                "files": tuple(FileRecord(**file) for file in mart["files"]),
            },
        )
        for name, mart in plain.items()
    )


def publication_path(folder: Path, pack: str, publication_id: int) -> Path:
    """The folder of one publication."""
    return folder / pack / str(publication_id)


def _damaged(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path} is not a publication's manifest: {why}",
        fix="restore it from a backup, or publish again with `fintech run`",
    )
