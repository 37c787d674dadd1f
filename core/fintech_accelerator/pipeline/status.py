"""How things stand: what is published and how fresh, how the last run ended, whether one is running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.publications import current, read_manifest
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import holder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.ledger import Run, Stage
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class PackStatus:
    """What a pack serves: the publication, its gate and how fresh it is; empty before the first."""

    pack: str
    is_enabled: bool
    publication_id: int | None = None
    published_at: str | None = None
    gate: str | None = None
    newest: str | None = None
    rows: int | None = None
    rollback_to: tuple[int, ...] = ()
    capability_flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProjectStatus:
    """The whole of it. `running` describes the process that holds the project's lock, if one does."""

    project: str
    target: str
    packs: tuple[PackStatus, ...]
    last_run: Run | None = None
    running: Mapping[str, Any] | None = None
    stages: tuple[Stage, ...] = ()


def project_status(settings: Settings, *, target: str | None = None) -> ProjectStatus:
    """Read the ledger and the publications; works during a run. Raises UnknownNameError for the target."""
    name, _ = settings.target(target)
    folder = settings.workspace.publications / name
    published = current(folder)
    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        last = ledger.runs.last()
        stages = ledger.runs.stages(last.run_id) if last else ()
    packs = sorted({*settings.packs, *published})
    return ProjectStatus(
        project=settings.project.name,
        target=name,
        packs=tuple(
            _pack(folder, pack, published.get(pack, ()), is_enabled=pack in settings.packs) for pack in packs
        ),
        last_run=last,
        running=holder(settings.workspace.run_lock),
        stages=stages,
    )


def _pack(folder: Path, pack: str, ids: tuple[int, ...], *, is_enabled: bool) -> PackStatus:
    if not ids:
        return PackStatus(pack, is_enabled)
    manifest = read_manifest(folder, pack, ids[-1])
    facts = manifest.facts
    return PackStatus(
        pack,
        is_enabled,
        publication_id=ids[-1],
        published_at=manifest.published_at,
        gate=facts["gate"]["status"],
        newest=manifest.newest_day,
        rows=manifest.rows,
        rollback_to=tuple(reversed(ids[:-1])),
        capability_flags=tuple(facts["capability_flags"]),
    )
