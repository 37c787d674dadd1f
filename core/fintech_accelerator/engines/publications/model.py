"""What is published, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True)
class PublishedColumn:
    """A column that readers see; `pii` is its class, P0 to P3."""

    name: str
    type: str
    pii: str
    description: str


@dataclass(frozen=True)
class MartToPublish:
    """A checked relation of the warehouse. With a `time_column` it is kept in one file for each month."""

    schema: str
    name: str
    time_column: str | None
    columns: tuple[PublishedColumn, ...]
    restricted: bool = False
    grain: str = ""


@dataclass(frozen=True)
class PublishedMart:
    """A mart as it was published; `newest` is the latest value of its time column."""

    name: str
    rows: int
    files: int
    files_written: int  # the others are links to the publication before
    bytes: int
    newest: str | None


@dataclass(frozen=True)
class Publication:
    """One visible version of a pack's marts. The manifest's hash fixes all files through theirs."""

    pack: str
    publication_id: int
    path: Path
    marts: tuple[PublishedMart, ...]
    published_at: datetime
    manifest_sha256: str
