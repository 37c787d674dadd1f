"""What dbt says when a model fails, in the product's words: the model, its file and line, the reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.source_lines import source_line
from fintech_accelerator.engines.duckdb import is_of_the_machine, translate_duckdb_error
from fintech_accelerator.engines.redshift.lost import is_lost
from fintech_accelerator.errors import BuildError, EnvironmentFailure, FintechError
from fintech_accelerator.sql_text import shortened

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.compose.render import DbtProject

HEADER = re.compile(r"^(?:\w+ )*Error in (?:model|seed|test|macro|unit_test) .*$")
DATABASE_LINE = re.compile(r"^LINE \d+: (?P<text>.*)$", re.MULTILINE)
COMPILED = re.compile(r"^compiled code at .*$", re.MULTILINE)


def build_error(result: Any, project: DbtProject) -> FintechError:
    """The error of one failed model or seed."""
    node = result.node
    text = str(result.message or "it failed without a message")
    if is_of_the_machine(text):
        return translate_duckdb_error(
            RuntimeError(text), doing=f"building {node.name!r}", path=project.composition.warehouse
        )
    if is_lost(text):
        return _lost(f"building {node.name!r}", text)
    place = f"{node.package_name}/{node.original_file_path}"
    source = project.folder / "packages" / node.package_name / node.original_file_path
    line = _line(text, source)
    return BuildError(
        f"the model {node.name!r} failed ({place}{f', line {line}' if line else ''}): {_reason(text)}",
        fix=_fix(node.package_name),
    )


def parse_error(cause: BaseException | None, folder: Path) -> FintechError:
    """The error of a project that dbt cannot read, or of a warehouse that it cannot open."""
    text = str(cause) if cause else "dbt gave no reason"
    if is_of_the_machine(text):
        return translate_duckdb_error(RuntimeError(text), doing="building")
    if is_lost(text):
        return _lost("building", text)
    return BuildError(
        f"the composed project cannot be read: {_reason(text.replace(str(folder) + '/', ''))}",
        fix="disable the pack that is named, or tell its owner",
    )


def _lost(doing: str, text: str) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"dbt lost its connection to the warehouse ({doing}): {_reason(text)}",
        fix="run again when the warehouse answers: what was published before keeps serving",
    )


def _reason(text: str) -> str:
    kept = [line for line in COMPILED.sub("", text).splitlines() if not HEADER.match(line.strip())]
    return shortened("\n".join(kept))


def _line(text: str, source: Path) -> int | None:
    """The line of the model that the database complains of, if its text stands there once."""
    found = DATABASE_LINE.search(text)
    if not found or not source.is_file():
        return None
    lines = source.read_text(encoding="utf-8").splitlines()
    return source_line(found["text"].strip().strip("."), lines, is_whole=False)


def _fix(package: str) -> str:
    if package == "core":
        return "this is a model of the product: report it with the message"
    return f"tell the owner of the pack {package!r}, or disable it; what was published before keeps serving"
