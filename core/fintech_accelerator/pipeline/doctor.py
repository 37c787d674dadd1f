"""What a run needs, looked at before it runs: each finding says what was found and what to do."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fintech_accelerator.errors import FintechError
from fintech_accelerator.settings import find_project, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fintech_accelerator.settings import Settings

NEEDED = ("dbt-core", "dbt-duckdb", "duckdb", "duckdb-engine", "great-expectations", "sqlalchemy", "sqlglot")
FREE_GIGABYTES = 5


@dataclass(frozen=True)
class Finding:
    """One check: `status` is ok, warning or failed; `fix` is empty when there is nothing to do."""

    check: str
    status: str
    found: str
    fix: str = ""


def examine(start: Path, *, target: str | None = None) -> tuple[Finding, ...]:
    """Check the machine, and the project at or above `start` if there is one. Raises nothing expected."""
    findings = [_python(), *_libraries(), _plugins()]
    try:
        settings = load_settings(find_project(start))
    except FintechError as failure:
        return (*findings, _failed("project", failure))
    findings.append(Finding("project", "ok", f"{settings.project.name} in {settings.root}"))
    findings += [_disk(settings.root), *_target(settings, target), *_packs(settings), *_sources(settings)]
    return tuple(findings)


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


def _plugins() -> Finding:
    from fintech_accelerator import plugins

    found = plugins.status()
    problems = [each.problem for each in found if each.problem is not None]
    if not problems:
        return Finding("plugins", "ok", ", ".join(each.name for each in found) or "none")
    return Finding("plugins", "warning", "; ".join(each.reason for each in problems), problems[0].fix)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free / 1e9
    is_enough = free >= FREE_GIGABYTES
    fix = "" if is_enough else f"free space in {folder}: a run of a million transactions takes about 1 GB"
    return Finding("disk", "ok" if is_enough else "warning", f"{free:,.0f} GB free", fix)


def _target(settings: Settings, name: str | None) -> Iterator[Finding]:
    def check() -> str:
        from fintech_accelerator.engines.duckdb import open_warehouse

        chosen, target = settings.target(name)
        path = settings.warehouse(target)
        if not path.exists():
            return f"{chosen}: duckdb, no warehouse yet (the first run makes it)"
        open_warehouse(path, read_only=True).close()
        return f"{chosen}: duckdb, {path.stat().st_size / 1e6:,.0f} MB"

    yield _finding("target", check)


def _packs(settings: Settings) -> Iterator[Finding]:
    from fintech_accelerator.packs.discovery import discover

    found = discover(settings)
    for failure in found.broken.values():
        yield Finding("packs", "warning", failure.reason, failure.fix)
    if not settings.packs:
        names = " ".join(sorted(found.packs)) or "NAME"
        yield Finding("packs", "warning", "none is enabled", f"fintech packs enable {names}")
    for name in settings.packs:
        if name in found.packs:
            yield Finding(f"pack {name}", "ok", found.packs[name].manifest.version)
        else:
            yield Finding(
                f"pack {name}", "failed", "not installed", "install it or `fintech packs disable` it"
            )


def _sources(settings: Settings) -> Iterator[Finding]:
    if settings.sources:
        yield Finding("sources", "ok", f"{', '.join(sorted(settings.sources))}")
    else:
        yield Finding("sources", "warning", "no table is mapped", "map your files in fintech.toml")


def _finding(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, "ok", look())
    except FintechError as failure:
        return _failed(check, failure)


def _failed(check: str, failure: FintechError) -> Finding:
    return Finding(check, "failed", failure.reason, failure.fix)
