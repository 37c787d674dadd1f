"""Inspections are remembered by content, so that unchanged packs cost nothing on the next run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from fintech_accelerator import __version__
from fintech_accelerator.packs.files import hash_of
from fintech_accelerator.packs.inspection import Inspection, core_macros, inspect
from fintech_accelerator.packs.marts import mart_of_plain
from fintech_accelerator.packs.parameters import parameters_in
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.packs.manifest import Manifest

RULES = "4"  # changes when the inspection does, so that everything is inspected again


def inspected(manifest: Manifest, files: Mapping[str, bytes], *, folder: Path, cache: Path) -> Inspection:
    """Inspect a pack unless exactly this content was inspected before. Raises PackRefusedError."""
    path = cache / "inspected" / f"{manifest.name}-{_key(files)}.json"
    try:
        marts = tuple(mart_of_plain(plain) for plain in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        inspection = inspect(manifest, files, folder=folder)
        for old in path.parent.glob(f"{manifest.name}-*.json"):
            old.unlink(missing_ok=True)
        write_text(path, json.dumps([mart.as_plain() for mart in inspection.marts], indent=1))
        return inspection
    return Inspection(marts, parameters_in(files, pack=manifest.name, folder=folder))


def _key(files: Mapping[str, bytes]) -> str:
    parts = [RULES, __version__, hash_of(files), *sorted(core_macros())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
