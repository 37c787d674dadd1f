"""COPY: rows are staged as JSON arrays of text, which a procedure of the database types and judges."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from fintech_accelerator.sql_text import literal, quoted, redshift_literal
from fintech_accelerator.testing.standin.copying.objects import (
    address_of,
    objects_of_manifest,
    objects_under,
)
from fintech_accelerator.testing.standin.copying.options import COPY, Options, read_options
from fintech_accelerator.testing.standin.rewriting.security import NAME, PATH, pattern
from fintech_accelerator.testing.standin.rewriting.text import (
    Refused,
    Translation,
    name_of,
    relation,
    unquoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fintech_accelerator.testing.standin.rewriting.text import Surroundings

STATEMENT = pattern(
    rf"copy ({PATH})\s*(?:\(\s*({NAME}(?:\s*,\s*{NAME})*)\s*\))?\s*from ('(?:[^'\\]|\\.|'')*')(?: (.*))?"
)
FORMATS = ("csv", "parquet", "json")
DEFAULT_NULL = "\\N"
FLAGS = ("emptyasnull", "blanksasnull", "trimblanks", "truncatecolumns", "fillrecord", "noload")


def copy_from(sql: str, at: Surroundings) -> Translation:
    """A call of the loading procedure, with the rows staged in a file that the server reads."""
    found = STATEMENT.fullmatch(sql)
    if found is None:
        raise Refused('syntax error at or near "COPY"', "42601")
    target, columns, source, text = found.groups()
    options = read_options(text or "", COPY)
    if sum(name in options for name in FORMATS) > 1:
        raise Refused("COPY takes one format", "42601")
    staged = at.spool / f"{uuid4().hex}.staged"
    _stage(unquoted(source), options, at.buckets, staged)
    names = [redshift_literal(name_of(name)) for name in columns.split(",")] if columns else []
    listed = f"ARRAY[{', '.join(names)}]::text[]" if names else "NULL"
    facts: dict[str, Any] = {name: True for name in FLAGS if name in options}
    facts["maxerror"] = int(options.get("maxerror", "0"))
    for name in ("dateformat", "timeformat"):
        if options.get(name, "auto").lower() != "auto":
            facts[name] = options[name]
    arguments = (
        redshift_literal(relation(target)),
        listed,
        redshift_literal(str(staged)),
        f"{redshift_literal(json.dumps(facts))}::jsonb",
    )
    return Translation(f"CALL standin.copy_into({', '.join(arguments)})")


def _stage(source: str, options: Options, buckets: Path, staged: Path) -> None:
    find = objects_of_manifest if "manifest" in options else objects_under
    objects = find(source, buckets)
    if "parquet" in options:
        _stage_parquet(objects, buckets, staged)
    else:
        rows = _json_rows if "json" in options else _delimited_rows
        with staged.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for path in objects:
                with _opened(path, is_gzip="gzip" in options) as text:
                    address = address_of(path, buckets)
                    writer.writerows(
                        (address, line, raw, json.dumps(fields)) for line, raw, fields in rows(text, options)
                    )
    staged.chmod(0o644)


def _stage_parquet(objects: list[Path], buckets: Path, staged: Path) -> None:
    """Columns go by position, as on Redshift."""
    import duckdb

    paths = ", ".join(literal(str(path)) for path in objects)
    with duckdb.connect() as connection:
        rows = f"read_parquet([{paths}], filename = true, file_row_number = true)"
        try:
            described = connection.execute(
                f"describe select * exclude (filename, file_row_number) from {rows}"
            )
        except duckdb.Error as cause:
            raise Refused(f"Spectrum Scan Error: {cause}", "XX000") from None
        fields = ", ".join(f"{quoted(name)}::varchar" for name, *_ in described.fetchall())
        connection.execute(
            f"copy (select 's3://' || substr(filename, {len(str(buckets)) + 2}), file_row_number + 1, '', "
            f"to_json([{fields}]) from {rows}) to {literal(str(staged))} (format csv, header false)"
        )


@contextmanager
def _opened(path: Path, *, is_gzip: bool) -> Iterator[TextIO]:
    with path.open("rb") as raw:
        try:
            data = gzip.decompress(raw.read()) if is_gzip else raw.read()
            text = data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as cause:
            raise Refused(f"cannot read {path.name}: {cause}", "XX000") from None
    with io.StringIO(text, newline="") as lines:
        yield lines


def _delimited_rows(text: TextIO, options: Options) -> Iterator[tuple[int, str, list[str | None]]]:
    """Line, the line as it is, and its fields: CSV, or fields between delimiters without quotes."""
    is_csv = "csv" in options
    null = re.sub(r"^\\0$", "\0", options.get("null", DEFAULT_NULL))
    skipped = int(options.get("ignoreheader", "0"))
    lines = text.read().splitlines()
    reader = csv.reader(
        (line + "\n" for line in lines),
        delimiter=options.get("delimiter", "," if is_csv else "|"),
        quotechar=options.get("quote", '"'),
        quoting=csv.QUOTE_MINIMAL if is_csv or "removequotes" in options else csv.QUOTE_NONE,
        escapechar="\\" if "escape" in options else None,
        strict=True,
    )
    start = 0
    try:
        for fields in reader:
            first, start = start, reader.line_num
            if first < skipped or (not fields and "ignoreblanklines" in options):
                continue
            yield (
                first + 1,
                "\n".join(lines[first:start]),
                [None if field == null else field for field in fields],
            )
    except csv.Error as cause:
        raise Refused(
            f"Invalid quote formatting for CSV in line {reader.line_num}: {cause}", "XX000"
        ) from None


def _json_rows(text: TextIO, options: Options) -> Iterator[tuple[int, str, list[str | None]]]:
    del text, options
    raise Refused("the stand-in does not load JSON: what it stages goes by position")
