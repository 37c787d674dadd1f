"""Which files a data pack may hold."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fintech_accelerator.packs.inspection.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.packs.manifest import Manifest

ROOT_FILES = frozenset(
    {"pack.toml", "parameters.toml", "__init__.py", "py.typed", "README.md", "CHANGELOG.md", "LICENSE"}
)
SUFFIXES = {
    "models": (".sql", ".yml"),
    "macros": (".sql", ".yml"),
    "seeds": (".csv", ".yml"),
    "tests": (".sql", ".yml"),
}
FLAT_FOLDERS = {"expectations": "expectations/*.json", "dashboards": "dashboards/*.yml"}
STEM = re.compile(r"[a-z][a-z0-9_]{0,62}")
DESCRIBING = re.compile(r"_{0,2}[a-z][a-z0-9_]{0,62}")


def check_file_names(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Every file that a data pack may not have, or that is called what it may not be."""
    for name in files:
        problem = _problem(manifest, PurePosixPath(name), files[name])
        if problem:
            yield Problem(name, 1, problem)


def _problem(manifest: Manifest, path: PurePosixPath, content: bytes) -> str | None:
    parts = path.parts
    if len(parts) == 1:
        if path.name == "__init__.py" and manifest.tier == "data" and content.strip():
            return "a data pack has no Python: this file has to be empty"
        known = path.name in ROOT_FILES or (manifest.tier == "code" and path.suffix == ".py")
        return None if known else "a pack has no such file"
    if parts[0] in FLAT_FOLDERS:
        form = FLAT_FOLDERS[parts[0]]
        return None if path.match(form) and path.parent.as_posix() == parts[0] else f"here stand only {form}"
    if parts[0] == "dbt":
        return _dbt_problem(manifest.name, path)
    return "a pack has no such folder (folders: dbt, expectations, dashboards)"


def _dbt_problem(pack: str, path: PurePosixPath) -> str | None:
    if path.parts[1:] == ("dbt_project.yml",):
        return None  # serves the pack's own development and is never run
    folder = path.parts[1]
    if folder not in SUFFIXES or path.suffix not in SUFFIXES[folder]:
        listed = ", ".join(f"{name} ({' '.join(suffixes)})" for name, suffixes in SUFFIXES.items())
        return f"a pack's dbt folder holds only {listed}"
    shape = DESCRIBING if path.suffix == ".yml" else STEM
    if not shape.fullmatch(path.stem):
        return "use a plain lower-case name of at most 63 characters"
    if path.suffix == ".yml" or folder == "macros":
        return None
    if folder == "models":
        return model_name_problem(pack, path.stem)
    return None if path.stem.startswith(f"{pack}__") else f"its name has to begin with {pack + '__'!r}"


def model_name_problem(pack: str, name: str) -> str | None:
    """Why a model may not be called so, or None."""
    if re.fullmatch(rf"(stg_|int_)?{re.escape(pack)}__[a-z0-9_]+", name):
        return None
    return f"a model's name begins with '{pack}__', 'stg_{pack}__' or 'int_{pack}__'"
