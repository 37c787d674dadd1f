"""Reading publications: a connection of its own, on one consistent set of them."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import utc
from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.engines.duckdb import ENGINE_CONFIGURATION
from fintech_accelerator.engines.publications.disk import translated
from fintech_accelerator.engines.publications.manifest import load_manifest, publication_path
from fintech_accelerator.engines.publications.pointer import read_pointer
from fintech_accelerator.engines.publications.write import escaped, parquet
from fintech_accelerator.errors import EnvironmentFailure, IntegrityError, unknown_name
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from fintech_accelerator.engines.publications.manifest import MartRecord


@contextmanager
def open_publications(
    folder: Path, packs: Sequence[str] | None = None, *, include_restricted: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection in memory with a view `<pack>.<mart>` for every published mart.

    All views stay on the publications that served when this was called, whatever is published meanwhile; load
    a page inside one `with`. `<pack>.<pack>__publication` says which. Restricted marts, on demand, are views
    of `<pack>_restricted`. The connection reaches no other file. Raises UnknownNameError, IntegrityError.
    """
    # a folder of its own: DuckDB allows its SQL to read whatever lies where it may spill
    with tempfile.TemporaryDirectory(prefix="fintech-reader-", ignore_cleanup_errors=True) as spill:
        connection = _open(folder, packs, spill, include_restricted=include_restricted)
        try:
            yield connection
        finally:
            connection.close()


def _open(
    folder: Path, packs: Sequence[str] | None, spill: str, *, include_restricted: bool
) -> duckdb.DuckDBPyConnection:
    """Files may go between reading the pointer and opening them, if this process slept: then once more."""
    pinned = _pinned(folder, packs)
    try:
        return _connect(folder, pinned, spill, include_restricted=include_restricted)
    except FileNotFoundError as cause:
        again = _pinned(folder, packs)
        if again == pinned:
            raise _missing(cause) from cause
    try:
        return _connect(folder, again, spill, include_restricted=include_restricted)
    except FileNotFoundError as cause:
        raise _missing(cause) from cause


def _pinned(folder: Path, packs: Sequence[str] | None) -> dict[str, int]:
    published = read_pointer(folder).published
    for pack in packs or ():
        if pack not in published:
            raise unknown_name("published pack", pack, published)
    return {pack: numbers[-1] for pack, numbers in published.items() if packs is None or pack in packs}


def _connect(
    folder: Path, pinned: Mapping[str, int], spill: str, *, include_restricted: bool
) -> duckdb.DuckDBPyConnection:
    import duckdb

    views: list[tuple[str, str, list[Path]]] = []
    facts: list[tuple[str, int, str]] = []
    for pack, number in pinned.items():
        publication = publication_path(folder, pack, number)
        manifest = load_manifest(publication)
        facts.append((pack, number, manifest.published_at))
        for mart in manifest.marts:
            if include_restricted or not mart.restricted:
                schema = restricted_schema(pack) if mart.restricted else pack
                views.append((schema, mart.name, _files(mart, publication)))
    _stat_all(views)
    config: dict[str, Any] = {**ENGINE_CONFIGURATION, "temp_directory": spill}
    connection = duckdb.connect(config=config)
    try:
        with translated("reading publications", folder):
            _wall_in(connection, [path for _, _, paths in views for path in paths])
            _create_views(connection, views, facts)
    except EnvironmentFailure:
        connection.close()
        _stat_all(views)  # raises FileNotFoundError if that is why
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _stat_all(views: Sequence[tuple[str, str, list[Path]]]) -> None:
    for _, _, paths in views:
        for path in paths:
            path.stat()


def _files(mart: MartRecord, publication: Path) -> list[Path]:
    return [(mart.folder(publication) / file.name).absolute() for file in mart.files]


def _wall_in(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Only these files: a reader's SQL does not come to restricted marts or the warehouse by their paths."""
    allowed = sorted({name for path in paths for name in (str(path), escaped(path))})
    connection.execute(f"set allowed_paths = [{', '.join(map(literal, allowed))}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _create_views(
    connection: duckdb.DuckDBPyConnection,
    views: Sequence[tuple[str, str, list[Path]]],
    facts: Sequence[tuple[str, int, str]],
) -> None:
    for schema in {*(schema for schema, _, _ in views), *(pack for pack, _, _ in facts)}:
        connection.execute(f"create schema {quoted(schema)}")
    for pack, number, published_at in facts:
        connection.execute(
            f"create view {quoted(pack)}.{quoted(f'{pack}__publication')} as select {number}::bigint as"
            f" publication_id, {literal(_without_zone(published_at))}::timestamp as published_at"
        )
    for schema, mart, paths in views:
        connection.execute(f"create view {quoted(schema)}.{quoted(mart)} as select * from {parquet(paths)}")


def _without_zone(published_at: str) -> str:
    """The UTC time, without needing an extension for time zones."""
    return utc(datetime.fromisoformat(published_at)).replace(tzinfo=None).isoformat(sep=" ")


def _missing(cause: FileNotFoundError) -> IntegrityError:
    return IntegrityError(
        f"a published file is missing: {cause.filename}",
        fix="return to another publication with `fintech rollback`, or publish again with `fintech run`",
    )
