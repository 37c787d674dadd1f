"""The landing bucket: typed files go there, COPY takes them from there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from fintech_accelerator.errors import unknown_name
from fintech_accelerator.plugins import installed
from fintech_accelerator.sql_text import redshift_literal
from fintech_accelerator.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.ports import ObjectStore, StoreProblem
    from fintech_accelerator.settings.redshift import RedshiftTarget


def landing_bucket(target: RedshiftTarget, root: Path) -> ObjectStore:
    """The place where files of a target are put to be copied."""
    return object_place(target.landing, target.model_dump(), root)


def object_place(uri: str, options: Mapping[str, Any], root: Path) -> ObjectStore:
    """The place that a URI names, or the folder that acts as all buckets beside a stand-in.

    `options` are a target's settings: region, kms_key and buckets_folder count.
    """
    parsed = urlparse(uri)
    if options.get("buckets_folder") is not None:
        folder = (root / options["buckets_folder"]).resolve()
        return FolderObjects(folder, parsed.netloc, parsed.path.strip("/"))
    stores = installed().object_stores()
    if parsed.scheme not in stores:
        raise unknown_name("object store", parsed.scheme, stores)
    return stores[parsed.scheme].open(uri, {"region": None, "kms_key": None, **options})


def authorisation(role: str | None) -> str:
    """As whom COPY and UNLOAD go to a bucket: a role, or the warehouse's default one."""
    return f"iam_role {redshift_literal(role)}" if role else "iam_role default"


@dataclass(frozen=True)
class FolderObjects:
    """A folder whose sub-folders act as buckets: for a stand-in on the same machine, never for a bank."""

    folder: Path
    bucket: str
    prefix: str

    def problems(self) -> tuple[StoreProblem, ...]:
        """None: the folder is on this machine, where the stand-in runs."""
        return ()

    def put(self, path: Path, name: str) -> str:
        """Copy a file to its place, whole or not at all."""
        key = self._key(name)
        place = self.folder / self.bucket / key
        with whole(place) as neighbour:
            shutil.copyfile(path, neighbour)
        return f"s3://{self.bucket}/{key}"

    def remove(self, name: str) -> None:
        """Delete the file."""
        (self.folder / self.bucket / self._key(name)).unlink(missing_ok=True)

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name
