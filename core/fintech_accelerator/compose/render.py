"""Write the composition as one dbt project under .fintech/dbt; what did not change keeps its bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.composition import CORE, Composition, core_folder
from fintech_accelerator.compose.core_package import core_package
from fintech_accelerator.packs.files import read_pack_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.compose.enabled import EnabledPack

PROJECT_NAME = "composed"
PACKAGES = "packages"
KEPT = frozenset({"target", "logs", "proof", "temporary", "seeds.json", "proven.json"})
DBT_FOLDERS = ("models", "macros", "seeds", "tests")


@dataclass(frozen=True)
class DbtProject:
    """A rendered project: where it lies and what it was made from."""

    folder: Path
    composition: Composition

    @property
    def temporary(self) -> Path:
        """Where the engine spills to."""
        return self.folder / "temporary"

    @property
    def scratch(self) -> Path:
        """Where packs are proven."""
        return self.folder / "proof"


def render(composition: Composition) -> DbtProject:
    """Write the project. Only files whose bytes differ are written, and files of the past are removed."""
    folder = composition.settings.workspace.dbt_project
    project = DbtProject(folder=folder, composition=composition)
    project.temporary.mkdir(parents=True, exist_ok=True)
    wanted = {
        "dbt_project.yml": _json(root_project(composition)),
        "profiles.yml": _json(_profiles(project)),
        **_root_macros(),
        **_core_package(composition),
    }
    for pack in composition.packs:
        wanted |= _pack_package(pack)
    _write(folder, wanted)
    return project


def root_project(composition: Composition) -> dict[str, Any]:
    """The root's dbt_project.yml: schemas and variables of every package, no hook anywhere."""
    return {
        "name": PROJECT_NAME,
        "version": "1.0.0",
        "config-version": 2,
        "profile": PROJECT_NAME,
        "packages-install-path": PACKAGES,
        "model-paths": ["models"],
        "macro-paths": ["macros"],
        "on-run-start": [],
        "on-run-end": [],
        "query-comment": composition.engine.query_comment,
        "flags": {"send_anonymous_usage_stats": False, "use_colors": False, "partial_parse": True},
        "vars": variables(composition),
        "models": {
            # Redshift drops bound views with the table under them, also those of the other slot
            **({"+bind": False} if composition.engine.dialect == "redshift" else {}),
            **{pack.name: _schemas(pack) for pack in composition.packs},
        },
        "seeds": {
            "+fast": False,  # the quick way reads a file from SQL, which the walls forbid
            **{pack.name: {"+schema": pack.name} for pack in composition.packs},
        },
    }


def variables(composition: Composition) -> dict[str, Any]:
    """What models may ask: the bank's facts for every package, and to each pack its own thresholds."""
    capabilities = composition.capabilities
    loadable = [table.name for table in composition.contract.loadable_tables()]
    facts: dict[str, Any] = {
        "base_currency": composition.settings.project.base_currency,
        "time_zone": composition.settings.project.time_zone,
        "enabled_packs": [pack.name for pack in composition.packs],
        "capability_flags": list(capabilities.flags()),
        "mapped_columns": {table: sorted(columns) for table, columns in sorted(capabilities.mapped.items())},
        **{f"has_{table}": capabilities.has(table) for table in sorted(loadable)},
    }
    for pack in composition.packs:
        facts[pack.name] = {**pack.parameters.variables, "param_set_id": pack.param_set_id}
    return facts


def _schemas(pack: EnabledPack) -> dict[str, Any]:
    tree: dict[str, Any] = {"+schema": pack.name}
    for mart in pack.marts:
        if mart.restricted:
            place = tree
            for part in PurePosixPath(mart.file).with_suffix("").parts[2:]:
                place = place.setdefault(part, {})
            place["+schema"] = mart.schema
    return tree


def _profiles(project: DbtProject) -> dict[str, Any]:
    engine = project.composition.engine
    outputs = engine.outputs(temporary=project.temporary, scratch=project.scratch)
    return {PROJECT_NAME: {"target": engine.build_targets[0], "outputs": outputs}}


def _root_macros() -> dict[str, bytes]:
    files = read_pack_files(Path(__file__).parent / "root_macros")
    return {f"macros/{name}": content for name, content in files.items() if name.endswith(".sql")}


def _core_package(composition: Composition) -> dict[str, bytes]:
    files = core_package(core_folder(), composition.contract)
    return {f"{PACKAGES}/{CORE}/{name}": content for name, content in files.items()}


def _pack_package(pack: EnabledPack) -> dict[str, bytes]:
    own = {
        "name": pack.name,
        "version": "1.0.0",
        "config-version": 2,
        # a pack with other columns is built from nothing, so an incremental table never changes its columns
        "models": {pack.name: {"+on_schema_change": "fail"}},
    }
    package = {f"{PACKAGES}/{pack.name}/dbt_project.yml": _json(own)}
    for name, content in pack.files.items():
        parts = PurePosixPath(name).parts
        if len(parts) > 2 and parts[0] == "dbt" and parts[1] in DBT_FOLDERS:  # noqa: PLR2004  (dbt/x/file)
            package[f"{PACKAGES}/{pack.name}/{'/'.join(parts[1:])}"] = content
    return package


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=True) + "\n").encode()  # JSON is YAML


def _write(folder: Path, wanted: Mapping[str, bytes]) -> None:
    for name, content in wanted.items():
        path = folder / name
        if not (path.is_file() and path.read_bytes() == content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)  # torn by a kill, it differs and is written again
    for path in sorted(folder.rglob("*"), reverse=True):
        relative = path.relative_to(folder)
        if relative.parts[0] in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative.as_posix() not in wanted:
            path.unlink()
