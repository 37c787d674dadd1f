"""Findings in files of SQL: plain statements, or models and macros whose Jinja is left unrendered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.errors import UsageError
from fintech_accelerator.portability.jinja import has_macros, without_jinja
from fintech_accelerator.portability.rules import Finding, rules
from fintech_accelerator.portability.scan import findings
from fintech_accelerator.portability.words import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEFT_OUT_FOLDERS = frozenset({"target", "logs", "dbt_packages", "__pycache__", "node_modules"})
ALLOWED = re.compile(r"portable-sql:\s*allow\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)", re.IGNORECASE)


@dataclass(frozen=True)
class FileFinding(Finding):
    """A finding with the file in which it stands."""

    file: Path


def lint_paths(paths: Iterable[Path]) -> tuple[int, tuple[FileFinding, ...]]:
    """How many files were read, and what was found in them. Raises UsageError for what cannot be read."""
    files = [file for path in paths for file in sql_files(path)]
    return len(files), tuple(each for file in files for each in lint_file(file))


def sql_files(path: Path) -> list[Path]:
    """The file, or the folder's files of SQL, without what dbt makes there."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"there is no file or folder {str(path)!r}", fix="name a file of SQL or a folder")
    found = sorted(each for each in path.rglob("*.sql") if not _is_left_out(each.relative_to(path)))
    if not found:
        raise UsageError(f"there is no file *.sql in {str(path)!r}", fix="name a folder that holds SQL")
    return found


def lint_file(file: Path) -> list[FileFinding]:
    """The findings in a file."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise UsageError(f"{file} cannot be read: {cause}", fix="give it as a text in UTF-8") from cause
    return [in_file(file, each) for each in lint_text(text)]


def lint_text(text: str) -> list[Finding]:
    """The findings in one or more statements, without those that a comment on their line allows."""
    plain = without_jinja(text)
    is_fragment = has_macros(text)
    lines = text.splitlines()
    found = []
    for start, statement in _statements(plain):
        above = plain.count("\n", 0, start)
        for each in findings(statement):
            here = _moved(each, above, start - plain.rfind("\n", 0, start) - 1)
            is_beginning = is_fragment and bool(rules()[each.rule].starts)
            if not is_beginning and each.rule not in allowed(lines, here.line):
                found.append(here)
    return found


def in_file(file: Path, finding: Finding) -> FileFinding:
    """A finding, with its file."""
    return FileFinding(**vars(finding), file=file)


def allowed(lines: list[str], number: int) -> frozenset[str]:
    """The rules that a line says it may break: portable-sql: allow rule-id, in a comment."""
    found = ALLOWED.search(lines[number - 1]) if 0 < number <= len(lines) else None
    return frozenset(re.split(r"\s*,\s*", found[1])) if found else frozenset()


def _statements(text: str) -> Iterator[tuple[int, str]]:
    cut = Statement(text)
    ends = [cut.starts[place] for place in cut.places.get(";", ())]
    starts = [0, *(end + 1 for end in ends)]
    for start, end in zip(starts, [*ends, len(text)], strict=True):
        if text[start:end].strip():
            yield start, text[start:end]


def _moved(finding: Finding, lines: int, columns: int) -> Finding:
    from dataclasses import replace

    column = finding.column + (columns if finding.line == 1 else 0)
    return replace(finding, line=finding.line + lines, column=column)


def _is_left_out(relative: Path) -> bool:
    return any(part in LEFT_OUT_FOLDERS or part.startswith(".") for part in relative.parts[:-1])
