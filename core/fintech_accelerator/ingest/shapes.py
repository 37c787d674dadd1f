"""Which columns a source brings, seen in its first files without loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.errors import FintechError, SourceError
from fintech_accelerator.ingest.formats import format_of
from fintech_accelerator.ingest.mapping import resolve
from fintech_accelerator.ingest.reader import Reader, refusal
from fintech_accelerator.ingest.staging import columns_of
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.ingest.expressions import Expression
    from fintech_accelerator.ingest.mapping import SourceMapping
    from fintech_accelerator.ports import SourceFile


def resolved_columns(
    reader: Reader, mapping: SourceMapping, files: tuple[SourceFile, ...]
) -> Mapping[str, Expression]:
    """The canonical columns a source brings, by its first readable file of each name. Raises SourceError."""
    if mapping.columns is not None:
        return mapping.columns
    shapes = _first_shapes(reader, mapping, files)
    if mapping.query is None:
        name, columns = next(iter(shapes.values()))
        return resolve(mapping, [column for column, _ in columns], name)
    for alias, (_, columns) in shapes.items():
        values = ", ".join(f"cast(null as {kind}) as {quoted(column)}" for column, kind in columns)
        reader.connection.execute(f"create or replace temp view {quoted(alias)} as select {values}")
    try:
        described = reader.connection.execute(f"describe select * from (\n{mapping.query}\n)").fetchall()
    except Exception as cause:
        raise refusal(cause, name=f"{mapping.where}.query", doing="reading") from cause
    return resolve(mapping, [str(row[0]) for row in described], f"{mapping.where}.query")


def _first_shapes(
    reader: Reader, mapping: SourceMapping, files: tuple[SourceFile, ...]
) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """By alias, the name and columns of its first file that can be read."""
    shapes: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
    problem: FintechError | None = None
    for file in files:
        if file.alias in shapes:
            continue
        try:
            file_format = format_of(file.name, mapping.options)
            shapes[file.alias] = (file.name, columns_of(reader, file.path, file.name, file_format))
        except (SourceError, OSError) as cause:
            problem = problem or refusal(cause, name=file.name, doing="reading")
    missing = sorted(set(mapping.source.files) - set(shapes))
    if missing:
        raise problem or SourceError(
            f"{mapping.where}: there is no file for {missing[0]!r}", fix="put one where the pattern looks"
        )
    return shapes
