"""Writing one mart into a publication: changed months as Parquet, unchanged ones as links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications.disk import link_or_copy, protect, sha256_of, sync
from fintech_accelerator.engines.publications.manifest import RESTRICTED, FileRecord, MartRecord
from fintech_accelerator.engines.publications.model import PublishedColumn
from fintech_accelerator.engines.publications.parts import parts_of
from fintech_accelerator.errors import PublishError
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from fintech_accelerator.engines.publications.model import MartToPublish
    from fintech_accelerator.engines.publications.parts import Part

ONLY_OWNER = 0o700


@dataclass(frozen=True)
class Earlier:
    """The mart as the publication before has it."""

    folder: Path
    record: MartRecord


def write_mart(
    connection: duckdb.DuckDBPyConnection,
    mart: MartToPublish,
    publication: Path,
    earlier: Earlier | None,
) -> tuple[MartRecord, int]:
    """Write a mart into a publication's folder; returns its record and how many files are new."""
    columns = _columns(connection, mart)
    shape = [(column.name, column.type) for column in columns]
    folder = _make_folder(publication, mart)
    known = _reusable(earlier, mart, tuple(shape))
    files, written = [], 0
    parts = parts_of(connection, mart, shape)
    for part in parts:
        before = known.get(part.file)
        if earlier and before and (before.rows, before.content) == (part.rows, part.content):
            link_or_copy(earlier.folder / part.file, folder / part.file)
            files.append(before)
            continue
        files.append(_write_part(connection, mart, part, folder / part.file, shape))
        written += 1
    sync(folder)
    record = MartRecord(
        name=mart.name,
        restricted=mart.restricted,
        grain=mart.grain,
        time_column=mart.time_column,
        newest=max((part.newest for part in parts if part.newest), default=None),
        rows=sum(file.rows for file in files),
        bytes=sum(file.bytes for file in files),
        columns=columns,
        files=tuple(files),
    )
    return record, written


def _columns(connection: duckdb.DuckDBPyConnection, mart: MartToPublish) -> tuple[PublishedColumn, ...]:
    """The columns that the relation has now, as the mart describes them; an undescribed one is refused."""
    import duckdb

    described = {column.name: column for column in mart.columns}
    try:
        rows = connection.execute(
            f"select column_name, column_type from (describe {quoted(mart.schema)}.{quoted(mart.name)})"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as cause:
        raise PublishError(
            f"the warehouse has no relation {mart.schema}.{mart.name} to publish",
            fix="build it first: `fintech run`",
        ) from cause
    unknown = [name for name, _ in rows if name not in described]
    if unknown:
        raise PublishError(
            f"{mart.name} has the column {unknown[0]!r}, which nobody has described and classified",
            fix=f"describe it, with its class P0 to P3, in the yml of {mart.name}, or leave it out",
        )
    return tuple(
        PublishedColumn(name, kind, described[name].pii, described[name].description) for name, kind in rows
    )


def _make_folder(publication: Path, mart: MartToPublish) -> Path:
    if not mart.restricted:
        folder = publication / mart.name
        folder.mkdir()
        return folder
    apart = publication / RESTRICTED
    apart.mkdir(exist_ok=True)
    apart.chmod(ONLY_OWNER)
    folder = apart / mart.name
    folder.mkdir()
    sync(apart)
    return folder


def _reusable(
    earlier: Earlier | None, mart: MartToPublish, shape: tuple[tuple[str, str], ...]
) -> dict[str, FileRecord]:
    """The earlier files that may stand in this publication: of the same columns, divided by the same time."""
    if not earlier or earlier.record.shape() != shape or earlier.record.time_column != mart.time_column:
        return {}
    return {
        file.name: file
        for file in earlier.record.files
        if (earlier.folder / file.name).is_file()
        and (earlier.folder / file.name).stat().st_size == file.bytes
    }


def _write_part(
    connection: duckdb.DuckDBPyConnection,
    mart: MartToPublish,
    part: Part,
    path: Path,
    shape: list[tuple[str, str]],
) -> FileRecord:
    names = ", ".join(quoted(name) for name, _ in shape)
    where = f" where {part.condition}" if part.condition else ""
    copied = connection.execute(
        f"copy (select {names} from {quoted(mart.schema)}.{quoted(mart.name)}{where})"
        f" to {literal(str(path))} (format parquet, compression zstd)"
    ).fetchone()
    if copied is None or copied[0] != part.rows:
        raise PublishError(
            f"{mart.name} changed while it was published ({part.file}: {part.rows} rows, {copied} written)",
            fix="let nothing else write to the warehouse during a run, then run again",
        )
    _refuse_other_types(connection, mart, path, shape)
    protect(path)
    sync(path)
    return FileRecord(part.file, part.rows, part.content, path.stat().st_size, sha256_of(path))


def _refuse_other_types(
    connection: duckdb.DuckDBPyConnection, mart: MartToPublish, path: Path, shape: list[tuple[str, str]]
) -> None:
    """Parquet has no hugeint, for one: DuckDB would write doubles, and sums of money would be rounded."""
    found = connection.execute(
        f"select column_name, column_type from (describe from {parquet([path])})"
    ).fetchall()
    for (name, kind), (_, read) in zip(shape, found, strict=True):
        if kind != read:
            raise PublishError(
                f"{mart.name}.{name} is {kind}, which Parquet does not have (it would become {read})",
                fix=f"cast {name!r} in the model, such as to bigint or numeric(38, 0)",
            )


def parquet(paths: list[Path]) -> str:
    """The rows of some Parquet files, as SQL."""
    files = ", ".join(literal(escaped(path)) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"


def escaped(path: Path) -> str:
    """A path in which nothing is a pattern."""
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in str(path))
