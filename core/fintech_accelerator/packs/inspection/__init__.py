"""The first check of a pack: its files, against what a data pack may do. Nothing of it is executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.packs.inspection.file_names import check_file_names
from fintech_accelerator.packs.inspection.problem import Problem
from fintech_accelerator.packs.parameters import Parameter, parameters_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.marts import Mart
    from fintech_accelerator.strict_yaml import Document

OWN_PROJECT = "dbt/dbt_project.yml"
MACRO = re.compile(r"{%-?\s*macro\s+([a-z][a-z0-9_]*)\s*\(")


@dataclass(frozen=True)
class Inspection:
    """What an inspected pack declares: its marts with their columns, and its parameters."""

    marts: tuple[Mart, ...]
    parameters: Mapping[str, Parameter]


def inspect(manifest: Manifest, files: Mapping[str, bytes], *, folder: Path) -> Inspection:
    """Inspect a pack's files. Raises PackRefusedError that names every problem's file and line."""
    from fintech_accelerator.packs.marts import read_marts

    found = sorted(find_problems(manifest, files, folder=folder))
    if found:
        more = (
            f" (and {len(found) - 1} more: {'; '.join(str(each) for each in found[1:4])})"
            if found[1:]
            else ""
        )
        raise PackRefusedError(
            f"the pack {manifest.name!r} is refused: {folder / found[0].file}, line {found[0].line}: "
            f"{found[0].text}{more}",
            fix="let the pack's author correct it, or disable the pack",
        )
    documents = {name: each for name, each in _documents(files) if not isinstance(each, Problem)}
    parameters = parameters_in(files, pack=manifest.name, folder=folder)
    return Inspection(read_marts(manifest, files, documents), parameters)


def find_problems(manifest: Manifest, files: Mapping[str, bytes], *, folder: Path) -> list[Problem]:
    """Everything that is wrong with a pack's files."""
    from fintech_accelerator.packs.inspection.physical_design import check_physical_design
    from fintech_accelerator.packs.inspection.relations import check_relations, check_suites
    from fintech_accelerator.packs.inspection.yaml_files import check_own_project, check_yaml

    problems = list(check_file_names(manifest, files))
    problems += _unreadable_texts(files)
    if problems:
        return problems
    models = _stems(files, "models", ".sql")
    seeds = _stems(files, "seeds", ".csv")
    documents: dict[str, Document] = {}
    for name, document in _documents(files):
        if isinstance(document, Problem):
            problems.append(document)
        else:
            documents[name] = document
            if name == OWN_PROJECT:
                problems += check_own_project(document, file=name)
            elif name.startswith("dbt/"):
                problems += check_yaml(document, file=name, pack=manifest.name, models=models, seeds=seeds)
    parameters = parameters_in(files, pack=manifest.name, folder=folder)
    problems += _sql_problems(manifest, files, models | seeds, parameters)
    problems += check_relations(manifest, files, documents)
    problems += check_suites(files, models | seeds)
    if not problems:  # it reads jinja, which has to parse
        problems += check_physical_design(files, documents)
    return problems


def _sql_problems(
    manifest: Manifest,
    files: Mapping[str, bytes],
    relations: frozenset[str],
    parameters: Mapping[str, Parameter],
) -> Iterator[Problem]:
    from fintech_accelerator.packs.inspection.jinja_rules import Allowed
    from fintech_accelerator.packs.inspection.jinja_text import check_jinja

    allowed = Allowed.of(manifest, relations, parameters, core_macros(), vault_tables())
    for name, content in files.items():
        if name.startswith("dbt/") and name.endswith(".sql"):
            yield from check_jinja(
                content.decode(), file=name, allowed=allowed, is_macro_file=name.startswith("dbt/macros/")
            )


def _unreadable_texts(files: Mapping[str, bytes]) -> Iterator[Problem]:
    for name, content in files.items():
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as cause:
            yield Problem(name, content.count(b"\n", 0, cause.start) + 1, "it is not UTF-8 text")
            continue
        if any(not (sign.isprintable() or sign in "\n\r\t") for sign in text):
            yield Problem(name, 1, "it holds control or invisible characters")


def _documents(files: Mapping[str, bytes]) -> Iterator[tuple[str, Document | Problem]]:
    from fintech_accelerator.strict_yaml import YamlError, loads

    for name, content in files.items():
        if name.endswith(".yml"):
            try:
                yield name, loads(content.decode(), name=name)
            except YamlError as cause:
                found = re.match(r"(?P<file>.*), line (?P<line>\d+): (?P<text>.*)", cause.reason, re.DOTALL)
                line, text = (int(found["line"]), found["text"]) if found else (1, cause.reason)
                yield name, Problem(name, line, text)


def _stems(files: Mapping[str, bytes], folder: str, suffix: str) -> frozenset[str]:
    paths = [PurePosixPath(name) for name in files if name.startswith(f"dbt/{folder}/")]
    return frozenset(path.stem for path in paths if path.suffix == suffix)


@cache
def vault_tables() -> frozenset[str]:
    """The names of the core's models that hold direct identifiers of persons."""
    from fintech_accelerator.contract import Kind, load_contract

    return frozenset(table.name for table in load_contract().tables.values() if table.kind is Kind.VAULT)


@cache
def core_macros() -> frozenset[str]:
    """The names of the core's macros."""
    folder = Path(str(resources("fintech_accelerator"))) / "dbt" / "macros"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"))]
    names = {name for text in texts for name in MACRO.findall(text)}
    return frozenset(name for name in names if "__" not in name)
