"""Objects of a bucket: s3://bucket/key is the file buckets/bucket/key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fintech_accelerator.testing.standin.rewriting.text import Refused

if TYPE_CHECKING:
    from pathlib import Path

SCHEME = "s3://"


def object_path(address: str, buckets: Path) -> Path:
    """Where the object lies, which must be inside the folder of buckets."""
    if not address.startswith(SCHEME):
        raise Refused(f"the stand-in reads and writes s3:// only, not {address!r}", "22023")
    path = buckets / address[len(SCHEME) :]
    if ".." in path.parts:
        raise Refused(f"not a key of a bucket: {address!r}", "22023")
    return path


def objects_under(address: str, buckets: Path) -> list[Path]:
    """Every object whose key begins so, in order; none is an error."""
    prefix = object_path(address, buckets)
    bucket = buckets / address[len(SCHEME) :].split("/", 1)[0]
    if not bucket.is_dir():
        raise Refused(f"S3ServiceException: The specified bucket does not exist: {bucket.name}", "XX000")
    start = str(prefix) + ("/" if address.endswith("/") else "")
    found = sorted(path for path in bucket.rglob("*") if path.is_file() and str(path).startswith(start))
    if not found:
        raise Refused(f"The specified S3 prefix '{address}' does not exist", "XX000")
    return found


def objects_of_manifest(address: str, buckets: Path) -> list[Path]:
    """The objects that a manifest lists; a mandatory one that is missing is an error."""
    manifest = object_path(address, buckets)
    if not manifest.is_file():
        raise Refused(f"Problem reading manifest file - S3ServiceException: NoSuchKey {address}", "XX000")
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["entries"]
        wanted = [(str(entry["url"]), bool(entry.get("mandatory", False))) for entry in entries]
    except (ValueError, KeyError, TypeError) as cause:
        raise Refused(f"Invalid manifest file {address}: {cause!r}", "XX000") from None
    found = []
    for url, is_mandatory in wanted:
        path = object_path(url, buckets)
        if path.is_file():
            found.append(path)
        elif is_mandatory:
            raise Refused(f"S3ServiceException: NoSuchKey (mandatory in the manifest): {url}", "XX000")
    if not found:
        raise Refused(f"no object of manifest {address} exists", "XX000")
    return found


def address_of(path: Path, buckets: Path) -> str:
    return SCHEME + path.relative_to(buckets).as_posix()
