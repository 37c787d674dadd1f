"""Whether a publication's files are still those that were published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications.disk import sha256_of, translated
from fintech_accelerator.engines.publications.manifest import MANIFEST, publication_path, read_manifest
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.publications.manifest import FileRecord


def verify(folder: Path, pack: str, publication_id: int, *, manifest_sha256: str | None = None) -> int:
    """Compare every file with the size and hash in the manifest; returns how many there are.

    The manifest itself is compared with the hash that `publish` returned, if it is given. Raises
    IntegrityError naming the first file that differs.
    """
    publication = publication_path(folder, pack, publication_id)
    checked = 0
    with translated(f"verifying publication {publication_id} of {pack}", folder):
        manifest = read_manifest(folder, pack, publication_id)
        if manifest_sha256 is not None and sha256_of(publication / MANIFEST) != manifest_sha256:
            raise _changed(pack, publication / MANIFEST, "is not the manifest that was published")
        for mart in manifest.marts:
            for file in mart.files:
                wrong = _wrong(mart.folder(publication) / file.name, file)
                if wrong:
                    raise _changed(pack, mart.folder(publication) / file.name, wrong)
                checked += 1
    return checked


def _changed(pack: str, path: Path, what: str) -> IntegrityError:
    return IntegrityError(
        f"{path} {what}", fix=f"publish {pack} anew with `fintech run`, and find out who changed the file"
    )


def _wrong(path: Path, file: FileRecord) -> str | None:
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != file.bytes:
        return f"is not what was published: {size} bytes instead of {file.bytes}"
    return None if sha256_of(path) == file.sha256 else "is not what was published: its content differs"
