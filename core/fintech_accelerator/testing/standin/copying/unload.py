"""UNLOAD: the server writes delimited text itself; DuckDB turns it into Parquet afterwards."""

from __future__ import annotations

import csv
import json
import shutil
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from fintech_accelerator.sql_text import literal, quoted, redshift_literal
from fintech_accelerator.testing.standin.copying.objects import address_of, object_path
from fintech_accelerator.testing.standin.copying.options import UNLOAD, Options, read_options
from fintech_accelerator.testing.standin.rewriting.security import pattern
from fintech_accelerator.testing.standin.rewriting.text import Refused, Translation, unquoted

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin.rewriting.text import Surroundings

STRING = r"'(?:[^'\\]|\\.|'')*'"
STATEMENT = pattern(rf"unload\s*\(\s*({STRING})\s*\)\s*to ({STRING})(?: (.*))?")
OTHER_TYPES = {"jsonb": "varchar", "text": "varchar", "numeric": "decimal(38, 10)", "name": "varchar"}


def unload_to(sql: str, at: Surroundings) -> Translation:
    """A server-side COPY to a file, which becomes the object when the server has written it."""
    from fintech_accelerator.testing.standin.rewriting.translate import translate

    found = STATEMENT.fullmatch(sql)
    if found is None:
        raise Refused('syntax error at or near "UNLOAD"', "42601")
    options = read_options(found[3] or "", UNLOAD)
    if "json" in options or "escape" in options:
        raise Refused("the stand-in unloads CSV, delimited text and Parquet without ESCAPE")
    query = translate(unquoted(found[1]), at).sql
    target = unquoted(found[2])
    is_parquet = "parquet" in options
    suffix = ".parquet" if is_parquet else ".gz" if "gzip" in options else ""
    path = object_path(f"{target}0000_part_00{suffix}", at.buckets)
    _make_room(target, path, options, at.buckets)
    spooled = at.spool / f"{uuid4().hex}.unloaded"
    statement = f"COPY ({query}) TO {redshift_literal(str(spooled))} ({_form(options)})"
    if is_parquet:
        files = ", ".join(redshift_literal(str(each)) for each in (spooled, _types_of(spooled)))
        statement = f"CALL standin.unload({redshift_literal(query)}, {files})"
    return Translation(
        statement,
        partial(_finish, spooled, path, options, at.buckets, target),
    )


def _make_room(target: str, path: Path, options: Options, buckets: Path) -> None:
    bucket = buckets / target.removeprefix("s3://").split("/", 1)[0]
    if not bucket.is_dir():
        raise Refused(f"S3ServiceException: The specified bucket does not exist: {bucket.name}", "XX000")
    prefix = str(object_path(target, buckets))
    there = [each for each in bucket.rglob("*") if each.is_file() and str(each).startswith(prefix)]
    if "cleanpath" in options:
        for each in there:
            each.unlink()
    elif there and "allowoverwrite" not in options:
        raise Refused(
            f"Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, "
            f"manually removing the target files in S3, or using the ALLOWOVERWRITE option. ({target})",
            "XX000",
        )
    path.parent.mkdir(parents=True, exist_ok=True)


def _form(options: Options) -> str:
    delimiter = options.get("delimiter", "," if "csv" in options else "|")
    form = f"FORMAT csv, DELIMITER {redshift_literal(delimiter)}"
    if "header" in options:
        form += ", HEADER true"
    if "null" in options:
        form += f", NULL {redshift_literal(options['null'])}"
    return form


def _finish(spooled: Path, path: Path, options: Options, buckets: Path, target: str) -> None:
    if "parquet" in options:
        _to_parquet(spooled, path)
    elif "gzip" in options:
        import gzip

        with spooled.open("rb") as plain, gzip.open(path, "wb") as packed:
            shutil.copyfileobj(plain, packed)
    else:
        shutil.copyfile(spooled, path)
    if "manifest" in options:
        entry = {"url": address_of(path, buckets), "meta": {"content_length": path.stat().st_size}}
        object_path(f"{target}manifest", buckets).write_text(
            json.dumps({"entries": [entry]}), encoding="utf-8"
        )


def _types_of(spooled: Path) -> Path:
    return spooled.with_suffix(".types")


def _to_parquet(spooled: Path, path: Path) -> None:
    import duckdb

    with _types_of(spooled).open(encoding="utf-8", newline="") as file:
        columns = list(csv.reader(file))
    typed = ", ".join(
        f"{quoted(name)}::{OTHER_TYPES.get(kind, kind)} as {quoted(name)}" for name, kind in columns
    )
    source, target = (literal(str(each)) for each in (spooled, path))
    form = "header = true, all_varchar = true, nullstr = '\\N', quote = '\"', escape = '\"'"
    rows = f"read_csv({source}, {form})"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {typed} from {rows}) to {target} (format parquet)")
