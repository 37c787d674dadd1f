"""What a run needs, looked at before it runs: each finding says what was found and what to do."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fintech_accelerator.errors import FintechError
from fintech_accelerator.pipeline.findings import Finding, failed, finding
from fintech_accelerator.plurals import counted
from fintech_accelerator.settings import find_project, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fintech_accelerator.ingest.mapping import SourceMapping
    from fintech_accelerator.ports import SourceFile
    from fintech_accelerator.settings import Settings

NEEDED = ("dbt-core", "dbt-duckdb", "duckdb", "duckdb-engine", "great-expectations", "sqlalchemy", "sqlglot")
FREE_GIGABYTES = 5


def examine(start: Path, *, target: str | None = None) -> tuple[Finding, ...]:
    """Check the machine, and the project at or above `start` if there is one. Raises nothing expected."""
    findings = [_python(), *_libraries(), *_plugins()]
    try:
        settings = load_settings(find_project(start))
    except FintechError as failure:
        return (*findings, failed("project", failure))
    findings.append(Finding("project", "ok", f"{settings.project.name} in {settings.root}"))
    findings += [_disk(settings.root), *_target(settings, target), _ledger(settings)]
    return (*findings, *_sources(settings), *_packs(settings))


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    is_enough = sys.version_info >= (3, 11)
    return Finding(
        "Python", "ok" if is_enough else "failed", found, "" if is_enough else "install Python 3.11"
    )


def _libraries() -> Iterator[Finding]:
    for name in NEEDED:
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "failed", "not installed", "install the product again from its lock")


def _plugins() -> Iterator[Finding]:
    from fintech_accelerator.plugins import installed

    found = installed().status()
    fine = [each.name for each in found if each.problem is None]
    yield Finding("plugins", "ok" if fine else "warning", ", ".join(fine) or "none is loaded")
    for each in found:
        if each.problem is not None:
            yield Finding(f"plugin {each.name}", "warning", each.problem.reason, each.problem.fix)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free / 1e9
    is_enough = free >= FREE_GIGABYTES
    fix = "" if is_enough else f"free space in {folder}: a run of a million transactions takes about 1 GB"
    return Finding("disk", "ok" if is_enough else "warning", f"{free:,.0f} GB free", fix)


def _target(settings: Settings, name: str | None) -> Iterator[Finding]:
    try:
        chosen, target = settings.target(name)
    except FintechError as failure:
        yield failed("target", failure)
        return
    if target.engine == "redshift":
        from fintech_accelerator.pipeline.doctor_redshift import examine_redshift

        yield from examine_redshift(settings, chosen, target)
        return

    def look() -> str:
        from fintech_accelerator.engines.duckdb import open_warehouse

        path = settings.warehouse(target)
        if not path.exists():
            return f"{chosen}: duckdb, no warehouse yet (the first run makes it)"
        open_warehouse(path, read_only=True).close()
        return f"{chosen}: duckdb, {path.stat().st_size / 1e6:,.0f} MB in {path}"

    yield finding("target", look)


def _ledger(settings: Settings) -> Finding:
    def look() -> str:
        from fintech_accelerator.ledger import open_ledger

        path = settings.workspace.ledger
        if not path.exists():
            return "none yet (the first run, or enabling a pack, makes it)"
        with open_ledger(path, read_only=True) as ledger:
            runs = ledger.runs.recent(1)
            events = len(ledger.audit.events())
        last = f"last run {runs[0].run_id}: {runs[0].status}" if runs else "no run yet"
        return f"{last}, audit events: {events}"

    return finding("ledger", look)


def _sources(settings: Settings) -> Iterator[Finding]:
    """Each mapped table: its mapping, its connector, and the files that a run would find there now."""
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.ingest.landing import offered_files
    from fintech_accelerator.ingest.mapping import read_mappings

    if not settings.sources:
        yield Finding("sources", "warning", "no table is mapped", "map your files in fintech.toml")
        return
    for table, sources in sorted(settings.sources.items()):
        alone = settings.model_copy(update={"sources": {table: sources}})

        def look(alone: Settings = alone) -> str:
            mappings = read_mappings(alone, load_contract())
            return "; ".join(_offer(mapping, offered_files(alone, mapping)) for mapping in mappings)

        yield finding(f"source {table}", look)


def _offer(mapping: SourceMapping, files: Sequence[SourceFile]) -> str:
    return f"{counted(len(files), 'file')} by {mapping.source.brought_by}"


def _packs(settings: Settings) -> Iterator[Finding]:
    """Each enabled pack as a run would find it: installed, as approved, and with the inputs it requires."""
    from fintech_accelerator.compose.composition import compose
    from fintech_accelerator.packs.discovery import discover

    found = discover(settings)
    for name, failure in found.broken.items():
        if name not in settings.packs:
            yield Finding(f"pack {name}", "warning", failure.reason, failure.fix)
    if not settings.packs:
        names = " ".join(sorted(found.packs)) or "NAME"
        yield Finding("packs", "warning", "none is enabled", f"fintech packs enable {names}")
        return
    try:
        composition = compose(settings, discovery=found)
    except FintechError as failure:
        yield failed("packs", failure)
        return
    for pack in composition.packs:
        lacks = f"; without {', '.join(pack.capability_flags)}" if pack.capability_flags else ""
        yield Finding(f"pack {pack.name}", "ok", f"{pack.manifest.version}, has what it requires{lacks}")
    for unavailable in composition.unavailable:
        yield failed(f"pack {unavailable.name}", unavailable.error)
    for note in composition.notes:
        yield Finding("packs", "warning", note, "fine while you develop it; not for production")
