"""Seeds are loaded when they changed or are missing, not on every run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fintech_accelerator.compose.render import DbtProject


def unchanged_seeds(project: DbtProject, manifest: Any) -> tuple[str, ...]:
    """The names of seeds that stand in the warehouse with the content they have now."""
    remembered = _read(_path(project))
    engine = project.composition.engine
    if not remembered or not engine.is_there:
        return ()
    there = engine.catalogue()
    return tuple(
        sorted(
            node.name
            for node in _seeds(manifest)
            if remembered.get(_key(project, node)) == _state(node) and (node.schema, node.alias) in there
        )
    )


def remember_seeds(project: DbtProject, manifest: Any, built: Iterable[str]) -> None:
    """Note the content of the seeds that were just loaded."""
    names = set(built)
    loaded = {_key(project, node): _state(node) for node in _seeds(manifest) if node.name in names}
    if loaded:
        path = _path(project)
        write_text(path, json.dumps({**_read(path), **loaded}, indent=2))


def _seeds(manifest: Any) -> list[Any]:
    return [node for node in manifest.nodes.values() if str(node.resource_type) == "seed"]


def _key(project: DbtProject, node: Any) -> str:
    """Where a seed was loaded: each target, and each slot in it, has its own."""
    return f"{project.composition.target_name}.{node.schema}.{node.alias}"


def _state(node: Any) -> str:
    types = json.dumps(dict(node.config.column_types), sort_keys=True)
    return f"{node.checksum.checksum} {types}"


def _path(project: DbtProject) -> Path:
    return project.folder / "seeds.json"


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
