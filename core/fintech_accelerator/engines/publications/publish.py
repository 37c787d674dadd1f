"""Publishing: everything is written beside what readers see, then one small file is replaced."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import utc
from fintech_accelerator.engines.publications.disk import replace_file, sync, translated
from fintech_accelerator.engines.publications.manifest import (
    MANIFEST,
    Manifest,
    load_manifest,
    publication_path,
)
from fintech_accelerator.engines.publications.model import Publication, PublishedMart
from fintech_accelerator.engines.publications.pointer import read_pointer, write_pointer
from fintech_accelerator.engines.publications.retention import GRACE, sweep
from fintech_accelerator.engines.publications.write import Earlier, write_mart
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    import duckdb

    from fintech_accelerator.engines.publications.manifest import MartRecord
    from fintech_accelerator.engines.publications.model import MartToPublish
    from fintech_accelerator.engines.publications.pointer import Pointer


def publish(  # noqa: PLR0913  (what, from where, to where, and how long)
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    pack: str,
    marts: Sequence[MartToPublish],
    facts: Mapping[str, Any],
    *,
    now: datetime,
    kept: int = 5,
    grace: timedelta = GRACE,
) -> Publication:
    """Make a pack's marts visible as its next publication; only for the holder of the run lock.

    A new publication comes out of every call, since the facts are of this run; unchanged months cost a link.
    When this raises, readers still see the publication before. Raises PublishError, DiskFullError,
    EnvironmentFailure, IntegrityError.
    """
    with translated(f"publishing {pack}", folder):
        pointer = _tidied(folder, pack, now=now, grace=grace)
        number = pointer.last.get(pack, 0) + 1
        earlier = _earlier(folder, pack, pointer.serving(pack))
        building = folder / pack / f".building-{number}"
        final = publication_path(folder, pack, number)
        with _nothing_left_of(building, final):
            records, written = _write_marts(connection, marts, building, earlier)
            manifest = _manifest(pack, number, records, facts, now)
            replace_file(building / MANIFEST, manifest)
            os.replace(building, final)  # noqa: PTH105  (see disk.replace_file)
            sync(folder / pack)
            pointer = _point(folder, pointer, pack, number, kept=kept, now=now)
    with suppress(OSError):  # it is published; what cannot be removed now goes at the next publication
        sweep(folder, pack, pointer, now=now, grace=grace)
    return Publication(
        pack=pack,
        publication_id=number,
        path=final,
        marts=tuple(_published(each, written[each.name]) for each in records),
        published_at=utc(now),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
    )


def _tidied(folder: Path, pack: str, *, now: datetime, grace: timedelta) -> Pointer:
    """Where readers are sent, once what nobody reads any more is gone."""
    (folder / pack).mkdir(parents=True, exist_ok=True)
    return sweep(folder, pack, read_pointer(folder), now=now, grace=grace)


def _point(  # noqa: PLR0913  (what, from what, and since when)
    folder: Path, pointer: Pointer, pack: str, number: int, *, kept: int, now: datetime
) -> Pointer:
    """Send readers to a publication that is complete."""
    published = (*pointer.published.get(pack, ()), number)[-max(kept, 1) :]
    replaced_at = max(utc(now), datetime.now(UTC))  # `now` may be the beginning of a long run
    moved = pointer.moved(pack, published, at=replaced_at)
    write_pointer(folder, moved)
    return moved


def _earlier(folder: Path, pack: str, serving: int | None) -> dict[str, Earlier]:
    """The marts of the publication that serves; none if it was damaged, so that everything is written."""
    if serving is None:
        return {}
    publication = publication_path(folder, pack, serving)
    try:
        marts = load_manifest(publication).marts
    except (FileNotFoundError, IntegrityError):
        return {}
    return {mart.name: Earlier(mart.folder(publication), mart) for mart in marts}


@contextmanager
def _nothing_left_of(building: Path, final: Path) -> Iterator[None]:
    """Free the space of a publication that could not be finished; the disk may be full of it."""
    try:
        yield
    except BaseException:
        for path in (building, final):
            if path == building or not _is_pointed_at(final):
                shutil.rmtree(path, ignore_errors=True)
        raise


def _is_pointed_at(publication: Path) -> bool:
    pack = publication.parent
    return int(publication.name) in read_pointer(pack.parent).published.get(pack.name, ())


def _write_marts(
    connection: duckdb.DuckDBPyConnection,
    marts: Sequence[MartToPublish],
    building: Path,
    earlier: Mapping[str, Earlier],
) -> tuple[list[MartRecord], dict[str, int]]:
    building.mkdir()
    records, written = [], {}
    for mart in marts:
        record, files = write_mart(connection, mart, building, earlier.get(mart.name))
        records.append(record)
        written[mart.name] = files
    return records, written


def _manifest(
    pack: str, number: int, records: Sequence[MartRecord], facts: Mapping[str, Any], now: datetime
) -> bytes:
    import duckdb

    manifest = Manifest(
        pack=pack,
        publication_id=number,
        published_at=utc(now).isoformat(),
        engine=f"duckdb {duckdb.__version__}",
        facts=dict(facts),
        marts=tuple(records),
    )
    return manifest.as_bytes()


def _published(record: MartRecord, written: int) -> PublishedMart:
    return PublishedMart(
        name=record.name,
        rows=record.rows,
        files=len(record.files),
        files_written=written,
        bytes=record.bytes,
        newest=record.newest,
    )
