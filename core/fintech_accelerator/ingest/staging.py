"""One landed file as a relation of numbered rows, whatever its format; lines that fit no row stand beside."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import SourceError
from fintech_accelerator.ingest.first_mile import head_of, plain_text
from fintech_accelerator.ingest.reader import ROW_NUMBER, Reader, count, refusal
from fintech_accelerator.sql_text import literal

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.ingest.formats import FileFormat

LONGEST_LINE = 2_000_000  # DuckDB's own limit for a line
SEPARATOR = "chr(31)"  # may not stand in JSON unescaped
BLANK = "\ufeff \t\r\n"
RULES = {  # DuckDB's words for a rejected line, and ours
    "MISSING COLUMNS": "columns",
    "TOO MANY COLUMNS": "columns",
    "UNQUOTED VALUE": "quote",
    "LINE SIZE OVER MAXIMUM": "line length",
    "INVALID ENCODING": "encoding",
}
FEW = 10  # with so many broken lines and no good one, the format is wrong


@dataclass(frozen=True)
class StagedFile:
    """A file as the reader sees it.

    `relation` is SQL that gives the file's columns and `__row_number`; `columns` are (name, type).
    `rejects` is a table of the lines that are no rows: row_number, rule, line.
    """

    relation: str
    columns: tuple[tuple[str, str], ...]
    rejects: str | None = None
    rows_rejected: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


def stage(reader: Reader, path: Path, name: str, file_format: FileFormat) -> StagedFile:
    """Read a file. Raises SourceError when it is refused, EnvironmentFailure for what is not its fault."""
    try:
        if file_format.type == "parquet":
            return _parquet(reader, path, name, file_format)
        text = plain_text(
            path,
            name,
            is_gzip=file_format.is_gzip,
            encoding=file_format.options.encoding,
            into=reader.path(".txt"),
        )
        if file_format.type == "json":
            return _json(reader, text.path, text.head, name)
        return _csv(reader, text.path, text.head, name, file_format)
    except Exception as cause:
        raise refusal(cause, name=name, doing="reading") from cause


def columns_of(reader: Reader, path: Path, name: str, file_format: FileFormat) -> tuple[tuple[str, str], ...]:
    """A file's columns without reading all of it, where its format allows."""
    if file_format.type != "csv":
        return stage(reader, path, name, file_format).columns
    try:
        encoding = file_format.options.encoding
        head = head_of(path, name, is_gzip=file_format.is_gzip, encoding=encoding)
        return tuple((column, "VARCHAR") for column in _header(head, name, file_format))
    except Exception as cause:
        raise refusal(cause, name=name, doing="reading") from cause


def numbered(path: Path) -> str:
    """The relation of a Parquet file with its rows numbered from 1."""
    return (
        f"(select * exclude (file_row_number), file_row_number + 1 as {ROW_NUMBER}"
        f" from read_parquet({literal(str(path))}, file_row_number = true))"
    )


def described(reader: Reader, relation: str) -> tuple[tuple[str, str], ...]:
    """Name and type of a relation's columns, without the row number."""
    rows = reader.connection.execute(f"describe select * from {relation}").fetchall()
    return tuple((str(row[0]), str(row[1])) for row in rows if row[0] != ROW_NUMBER)


def _parquet(reader: Reader, path: Path, name: str, file_format: FileFormat) -> StagedFile:
    if file_format.is_gzip:
        raise SourceError(
            f"{name}: Parquet within gzip cannot be read", fix="deliver the Parquet file itself"
        )
    relation = numbered(path)
    columns = described(reader, relation)
    _refuse_twins([column for column, _ in columns], name)
    return StagedFile(relation, columns)


def _csv(reader: Reader, path: Path, head: str, name: str, file_format: FileFormat) -> StagedFile:
    columns = _header(head, name, file_format)
    options = file_format.options
    staged = reader.path(".parquet")
    relation = _read_csv(
        path,
        columns,
        delimiter=literal(file_format.delimiter),
        quote=options.quote,
        escape=options.escape if options.escape is not None else options.quote,
        header=options.header,
        null_text=options.null_text,
    )
    _copy(reader, f"select * from {relation}", staged)
    rejects = _rejects(reader, name, header_lines=1 if options.header else 0)
    rejected = count(reader.connection, rejects)
    if rejected >= FEW and count(reader.connection, f"read_parquet({literal(str(staged))})") == 0:
        raise SourceError(
            f"{name}: none of {rejected:,} lines has the {len(columns)} columns of the header",
            fix="look at the delimiter and the quote: format = { delimiter = ..., quote = ... }",
        )
    typed = tuple((column, "VARCHAR") for column in columns)
    numbered_rows = _renumbered(reader, staged, rejects) if rejected else numbered(staged)
    return StagedFile(numbered_rows, typed, rejects, rejected)


def _read_csv(  # noqa: PLR0913  (DuckDB's own options)
    path: Path,
    columns: tuple[str, ...],
    *,
    delimiter: str,
    quote: str,
    escape: str,
    header: bool,
    null_text: str | None,
) -> str:
    shape = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    null = f", nullstr = ['', {literal(null_text)}]" if null_text else ""
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, columns = {{{shape}}}, delim = {delimiter},"
        f" quote = {literal(quote)}, escape = {literal(escape)}, header = {str(header).lower()}{null},"
        f" store_rejects = true, rejects_limit = 0, max_line_size = {LONGEST_LINE}, compression = 'none')"
    )


def _copy(reader: Reader, query: str, target: Path) -> None:
    reader.connection.execute(
        f"copy ({query}) to {literal(str(target))} (format parquet, compression snappy)"
    )


def _rejects(reader: Reader, name: str, *, header_lines: int) -> str:
    """Keep DuckDB's rejects as a table of ours. Raises SourceError for a quote that swallows lines."""
    table = reader.table()
    rules = " ".join(f"when {literal(kind)} then {literal(rule)}" for kind, rule in RULES.items())
    reader.connection.execute(
        f"create temp table {table} as select line - {header_lines} as row_number,"
        f" case arg_min(error_type, place) {rules} else 'line' end as rule,"
        " trim(arg_min(csv_line, place), chr(10) || chr(13)) as line"
        " from (select *, row_number() over () as place from reject_errors) group by all order by 1"
    )
    reader.connection.execute("drop table reject_errors; drop table reject_scans")
    swallowed = reader.connection.execute(
        f"select min(row_number) + {header_lines} from {table}"
        " where rule = 'quote' and contains(line, chr(10))"
    ).fetchone()
    if swallowed and swallowed[0] is not None:
        raise SourceError(
            f"{name}, line {swallowed[0]}: a quote is opened and not closed on its line",
            fix="deliver the file again, or say how it is quoted: format = { quote = ... }",
        )
    return table


def _renumbered(reader: Reader, staged: Path, rejects: str) -> str:
    """Good rows are numbered as they stand in the file: rejected lines before them count."""
    target = reader.path(".parquet")
    _copy(
        reader,
        f"select good.* replace (good.{ROW_NUMBER} + coalesce(skipped.place, 0) as {ROW_NUMBER})"
        f" from {numbered(staged)} as good asof left join"
        " (select row_number - place as first, max(place) as place"
        f" from (select row_number, row_number() over (order by row_number) as place from {rejects})"
        f" group by first) as skipped on good.{ROW_NUMBER} > skipped.first",
        target,
    )
    return f"read_parquet({literal(str(target))})"


def _header(head: str, name: str, file_format: FileFormat) -> tuple[str, ...]:
    options = file_format.options
    quoting: dict[str, Any] = {"quotechar": options.quote} if options.quote else {"quoting": csv.QUOTE_NONE}
    delimiter = file_format.delimiter[0] if len(file_format.delimiter) == 1 else "\x1f"
    head = head if len(file_format.delimiter) == 1 else head.replace(file_format.delimiter, "\x1f")
    try:
        first = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, **quoting))
    except (csv.Error, StopIteration) as cause:
        raise SourceError(
            f"{name}: the first line cannot be read ({cause})", fix="deliver it again"
        ) from cause
    if any("\n" in column for column in first):
        raise SourceError(
            f"{name}, line 1: a quote is opened and not closed on its line", fix="deliver the file again"
        )
    if not options.header:
        return tuple(f"column{place}" for place in range(1, len(first) + 1))
    names = [column.strip() or f"column{place}" for place, column in enumerate(first, 1)]
    _refuse_twins(names, name)
    return tuple(names)


def _refuse_twins(names: list[str], name: str) -> None:
    lower = [column.lower() for column in names]
    for place, column in enumerate(lower):
        if column in lower[:place]:
            raise SourceError(
                f"{name}: the column {names[place]!r} is there twice (letters' case does not count)",
                fix="deliver the file with each column once",
            )
    if ROW_NUMBER in lower or "file_row_number" in lower:
        raise SourceError(
            f"{name}: the column names {ROW_NUMBER!r} and 'file_row_number' are reserved",
            fix="rename the column",
        )


def _json(reader: Reader, path: Path, head: str, name: str) -> StagedFile:
    lines, rejects = _json_lines(reader, path, name, is_array=head.lstrip(BLANK).startswith("["))
    is_object = "json_valid(line) and json_type(case when json_valid(line) then line end) = 'OBJECT'"
    reader.connection.execute(
        f"insert into {rejects} select {ROW_NUMBER}, 'json', line from {lines}"
        f" where trim(line) <> '' and not ({is_object})"
    )
    good = f"(select {ROW_NUMBER}, line from {lines} where trim(line) <> '' and {is_object})"
    names = _json_names(reader, good, name)
    if not names:
        raise SourceError(f"{name}: no line is a JSON object", fix="deliver one JSON object a line")
    shape = "{" + ", ".join(f'{_json_text(each)}: "VARCHAR"' for each in names) + "}"
    target = reader.path(".parquet")
    _copy(reader, f"select unnest(json_transform(line, {literal(shape)})), {ROW_NUMBER} from {good}", target)
    columns = tuple((each, "VARCHAR") for each in names)
    return StagedFile(
        f"read_parquet({literal(str(target))})", columns, rejects, count(reader.connection, rejects)
    )


def _json_lines(reader: Reader, path: Path, name: str, *, is_array: bool) -> tuple[str, str]:
    """The relation of the objects' texts (`line`), and the table of rejects."""
    target = reader.path(".parquet")
    if is_array:
        objects = f"read_json_objects({literal(str(path))}, format = 'array', compression = 'none')"
        _copy(reader, f"select cast(json as varchar) as line from {objects}", target)
        rejects = reader.table()
        reader.connection.execute(
            f"create temp table {rejects} (row_number bigint, rule varchar, line varchar)"
        )
        return numbered(target), rejects
    relation = _read_csv(
        path, ("line",), delimiter=SEPARATOR, quote="", escape="", header=False, null_text=None
    )
    _copy(reader, f"select line from {relation}", target)
    rejects = _rejects(reader, name, header_lines=0)
    return _renumbered(reader, target, rejects), rejects


def _json_names(reader: Reader, good: str, name: str) -> list[str]:
    rows = reader.connection.execute(
        f"select key from (select unnest(json_keys(line)) as key, {ROW_NUMBER} from {good})"
        f" group by key order by min({ROW_NUMBER}), key"
    ).fetchall()
    names = [str(key) for (key,) in rows]
    _refuse_twins(names, name)
    return names


def _json_text(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
