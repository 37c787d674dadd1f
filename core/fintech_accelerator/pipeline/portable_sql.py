"""The portable-SQL rules over a project: what each model is on Redshift, compiled without any connection."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.source_lines import source_line
from fintech_accelerator.portability.files import FileFinding, allowed, in_file, lint_paths
from fintech_accelerator.portability.scan import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.render import DbtProject
    from fintech_accelerator.compose.runner import DbtRunner
    from fintech_accelerator.portability.rules import Finding
    from fintech_accelerator.settings import Settings

TARGET = "redshift"
COPIED = ("dbt_project.yml", "macros", "packages")
# As dbt's own, without a look into the warehouse: with --full-refresh it is a first run, else a later one.
IS_INCREMENTAL = """\
{% macro is_incremental() %}
    {{ return(model.config.materialized == 'incremental' and not flags.FULL_REFRESH) }}
{% endmacro %}
"""
# dbt-redshift connects when it is asked for relations only, which compiling does not.
NOWHERE = {
    "type": "redshift",
    "host": "nowhere.invalid",
    "port": 5439,
    "user": "nobody",
    "password": "none",
    "dbname": "warehouse",
    "schema": "core",
    "threads": 1,
}


@dataclass(frozen=True)
class LintReport:
    """What was looked at, and what was found, in the order of files and lines."""

    checked: int
    unit: str  # model or file
    findings: tuple[FileFinding, ...]
    left_out: tuple[str, ...] = ()


def lint_files(paths: Iterable[Path]) -> LintReport:
    """Lint files and folders of SQL as they are written. Raises UsageError for what cannot be read."""
    checked, found = lint_paths(paths)
    return LintReport(checked, "file", _sorted(found))


def lint_pack(settings: Settings | None, name: str) -> LintReport:
    """Lint a pack: compiled when the project enables it, else its files as they are written.

    Raises PackNotInstalledError, or the reason why the pack cannot be built.
    """
    if settings is not None and name in settings.packs:
        return lint_project(settings, pack=name)
    from fintech_accelerator.packs.discovery import discover

    return lint_files([discover(settings).get(name).location.folder / "dbt"])


def lint_project(settings: Settings, *, pack: str | None = None) -> LintReport:
    """Lint every model of the composition, or one pack's, as dbt-redshift compiles it, without a connection.

    Raises BuildError for what does not compile, and what keeps the project from being composed.
    """
    from fintech_accelerator.compose.composition import compose
    from fintech_accelerator.ledger.run_lock import run_lock

    with run_lock(settings.workspace.run_lock, command="fintech sql lint"):
        composition = compose(settings)
        if pack is not None:
            composition.pack(pack)
        nodes = compiled_for_redshift(composition, pack)
    found = {each for node in nodes for each in _in_model(composition, node)}
    models = {node.unique_id for node in nodes}
    left_out = tuple(f"{each.name}: {each.error.reason}" for each in composition.unavailable)
    return LintReport(len(models), "model", _sorted(found), left_out)


def compiled_for_redshift(composition: Composition, pack: str | None = None) -> list[Any]:
    """dbt's nodes of all models, or one pack's, compiled: incremental ones twice, as first and as later runs.

    Raises BuildError for what does not compile.
    """
    from fintech_accelerator.compose.render import render

    with TemporaryDirectory(prefix="fintech-lint-") as folder:
        return _compiled(_copy(render(composition), Path(folder)), pack)


def _copy(project: DbtProject, folder: Path) -> DbtProject:
    """The rendered project for another engine, in a folder of its own."""
    for name in COPIED:
        source = project.folder / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    profile = json.loads((folder / "dbt_project.yml").read_text(encoding="utf-8"))["profile"]
    profiles = {profile: {"target": TARGET, "outputs": {TARGET: NOWHERE}}}
    (folder / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")
    (folder / "macros" / "is_incremental.sql").write_text(IS_INCREMENTAL, encoding="utf-8")
    return replace(project, folder=folder)


def _compiled(project: DbtProject, pack: str | None) -> list[Any]:
    """The models as a first run has them, and the incremental ones as later runs have them, too."""
    from fintech_accelerator.compose.failures import parse_error
    from fintech_accelerator.compose.runner import DbtRunner

    runner = DbtRunner(project)
    parsed = runner.invoke("parse", target=TARGET)
    if not parsed.success:
        raise parse_error(parsed.exception, project.folder)
    runner.manifest = parsed.result
    chosen = "resource_type:model" + (f",package:{pack}" if pack else "")
    first = _compile(runner, chosen, "--full-refresh")
    if not any(node.config.materialized == "incremental" for node in first):
        return first
    return first + _compile(runner, f"{chosen},config.materialized:incremental")


def _compile(runner: DbtRunner, chosen: str, *more: str) -> list[Any]:
    from copy import copy

    from fintech_accelerator.compose.failures import parse_error

    flags = ("--no-introspect", "--no-populate-cache", "--no-write-json", "--indirect-selection", "empty")
    done = runner.invoke("compile", "--select", chosen, *flags, *more, target=TARGET)
    if done.result is None:
        raise parse_error(done.exception, runner.project.folder)
    for each in done.result:
        if str(each.status) != "success":
            raise parse_error(RuntimeError(str(each.message)), runner.project.folder)
    return [copy(each.node) for each in done.result]  # dbt uses the same nodes for the next form


def _in_model(composition: Composition, node: Any) -> list[FileFinding]:
    """The findings in a compiled model, without those in the ephemeral ones inside it: they come alone."""
    sql = str(node.compiled_code)
    folder, source = _source(composition, node)
    found = []
    for each in findings(sql):
        if not _is_inside(sql, each, [cte.sql for cte in node.extra_ctes or ()]):
            here = _at_source(each, sql, source)
            if each.rule not in allowed(source, here.line):
                found.append(in_file(folder / node.original_file_path, here))
    return found


def _source(composition: Composition, node: Any) -> tuple[Path, list[str]]:
    """Where the model's package lies, and the model's lines as they were written."""
    from fintech_accelerator.compose.composition import CORE, core_folder

    folder = (
        core_folder() if node.package_name == CORE else composition.pack(node.package_name).folder / "dbt"
    )
    return folder, str(node.raw_code).splitlines()


def _is_inside(sql: str, finding: Finding, parts: list[str]) -> bool:
    """Whether a finding stands inside one of the parts of a statement."""
    starts = [0]
    for line in sql.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    place = starts[finding.line - 1] + finding.column - 1
    begins = [(sql.find(part), len(part)) for part in parts]
    return any(0 <= begin <= place < begin + length for begin, length in begins)


def _at_source(finding: Finding, compiled: str, source: list[str]) -> Finding:
    """The finding at the line as it was written, if that stands there once; what a macro wrote, at line 1."""
    wanted = compiled.splitlines()[finding.line - 1]
    line = source_line(wanted, source)
    if line is None:
        return replace(finding, line=1, column=1, message=f"{finding.message} (compiled: {wanted.strip()})")
    indent = len(source[line - 1]) - len(source[line - 1].lstrip())
    moved = finding.column - (len(wanted) - len(wanted.lstrip())) + indent
    return replace(finding, line=line, column=max(moved, 1))


def _sorted(found: Iterable[FileFinding]) -> tuple[FileFinding, ...]:
    return tuple(sorted(found, key=lambda each: (str(each.file), each.line, each.column, each.rule)))
