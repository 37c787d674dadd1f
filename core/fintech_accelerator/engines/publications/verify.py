"""Whether a publication's files are still those that were published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications.disk import sha256_of, translated
from fintech_accelerator.engines.publications.manifest import publication_path, read_manifest
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.publications.manifest import FileRecord


def verify(folder: Path, pack: str, publication_id: int) -> int:
    """Compare every file with the size and hash in the manifest; returns how many there are.

    Raises IntegrityError naming the first that differs.
    """
    publication = publication_path(folder, pack, publication_id)
    checked = 0
    with translated(f"verifying publication {publication_id} of {pack}", folder):
        for mart in read_manifest(folder, pack, publication_id).marts:
            for file in mart.files:
                wrong = _wrong(mart.folder(publication) / file.name, file)
                if wrong:
                    raise IntegrityError(
                        f"{mart.folder(publication) / file.name} {wrong}",
                        fix=f"publish {pack} anew with `fintech run`, and find out who changed the file",
                    )
                checked += 1
    return checked


def _wrong(path: Path, file: FileRecord) -> str | None:
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != file.bytes:
        return f"is not what was published: {size} bytes instead of {file.bytes}"
    return None if sha256_of(path) == file.sha256 else "is not what was published: its content differs"
