"""What is published elsewhere, told as a publication without files: manifest and pointer, no data."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import utc
from fintech_accelerator.engines.publications.disk import replace_file, sync, translated
from fintech_accelerator.engines.publications.manifest import MANIFEST, Manifest, publication_path
from fintech_accelerator.engines.publications.model import Publication, PublishedMart
from fintech_accelerator.engines.publications.pointer import read_pointer, write_pointer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fintech_accelerator.engines.publications.manifest import MartRecord

KEPT = 2  # the one that serves, and the one that a rollback returns to


def write_receipt(  # noqa: PLR0913  (what was published, where, and what the run says of it)
    folder: Path,
    pack: str,
    number: int,
    marts: Sequence[MartRecord],
    facts: Mapping[str, Any],
    *,
    engine: str,
    now: datetime,
) -> Publication:
    """Note a publication that readers find in a warehouse: its facts, columns and rows.

    Written again, it is written over. Raises DiskFullError, EnvironmentFailure.
    """
    manifest = Manifest(pack, number, utc(now).isoformat(), engine, dict(facts), tuple(marts)).as_bytes()
    building, final = folder / pack / f".building-{number}", publication_path(folder, pack, number)
    with translated(f"noting publication {number} of {pack}", folder):
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        replace_file(building / MANIFEST, manifest)
        shutil.rmtree(final, ignore_errors=True)
        os.replace(building, final)  # noqa: PTH105  (see disk.replace_file)
        sync(folder / pack)
        pointer = read_pointer(folder)
        before = [each for each in pointer.published.get(pack, ()) if each != number]
        write_pointer(folder, pointer.moved(pack, (*before, number)[-KEPT:], at=datetime.now(UTC)))
    return Publication(
        pack=pack,
        publication_id=number,
        path=final,
        marts=tuple(PublishedMart(mart.name, mart.rows, 0, 0, mart.bytes, mart.newest) for mart in marts),
        published_at=utc(now),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
    )
