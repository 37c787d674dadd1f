"""A published mart, written out for others: to a folder or a bucket, told in the audit trail first."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import PERSONAL
from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.engines.duckdb import translate_duckdb_error
from fintech_accelerator.engines.publications import current, read_manifest
from fintech_accelerator.engines.redshift.objects import object_place
from fintech_accelerator.errors import EnvironmentFailure, UsageError, unknown_name
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.spreadsheets import harmless_sql
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from fintech_accelerator.engines.publications import MartRecord, PublishedColumn
    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.ports import ObjectStore
    from fintech_accelerator.settings import RedshiftTarget, Settings

BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*()/=-]*)?")
TEXT = re.compile(r"(var)?char|text|string", re.IGNORECASE)  # the types whose values a spreadsheet may run
FORMS = {
    "parquet": ("parquet", "format parquet, compression zstd"),
    "csv": ("csv.gz", "format csv, header true, compression gzip"),
}


@dataclass(frozen=True)
class Exported:
    """What was written: one publication of a mart; `left_out` names personal columns that stayed."""

    mart: str
    publication_id: int
    rows: int
    to: str
    personal: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Export:
    """What is to be written: a mart as it is published, and which of its columns."""

    pack: str
    publication_id: int
    record: MartRecord
    columns: tuple[PublishedColumn, ...]
    left_out: tuple[str, ...]
    form: str

    @property
    def schema(self) -> str:
        return restricted_schema(self.pack) if self.record.restricted else self.pack

    @property
    def stem(self) -> str:
        """What its files are called: a publication never changes, nor does what is called by it."""
        return f"{self.record.name}/publication-{self.publication_id}"

    @property
    def personal(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.pii in PERSONAL)

    @property
    def selected(self) -> str:
        """Its columns as SQL: exact in Parquet, and in CSV no text that a spreadsheet would run."""
        return ", ".join(
            f"{harmless_sql(quoted(column.name))} as {quoted(column.name)}"
            if self.form == "csv" and TEXT.match(column.type)
            else quoted(column.name)
            for column in self.columns
        )

    def done(self, to: str) -> Exported:
        """What there is to say of it once it is written."""
        return Exported(
            mart=self.record.name,
            publication_id=self.publication_id,
            rows=self.record.rows,
            to=f"{to.rstrip('/')}/{self.stem}",
            personal=self.personal,
            left_out=self.left_out,
        )


def export_mart(  # noqa: PLR0913  (each is an option of the command)
    settings: Settings,
    mart: str,
    to: str,
    *,
    target: str | None = None,
    form: str = "parquet",
    include_personal: bool = False,
    kms_key: str | None = None,
) -> Exported:
    """Write the serving publication of a mart to a folder or to s3://bucket/prefix; what lies there stays.

    Columns of class P2 and P3, and restricted marts, need `include_personal`. Nothing is published meanwhile.
    Raises UnknownNameError, UsageError and EnvironmentFailure.
    """
    name, chosen = settings.target(target)
    folder = settings.workspace.publications / name
    with (
        run_lock(settings.workspace.run_lock, command=f"fintech export {mart}"),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        export = _planned(folder, mart, form, include_personal=include_personal)
        if chosen.engine == "redshift":
            key = {"kms_key": kms_key} if kms_key else {}
            _unload(ledger, export, name, chosen.model_copy(update=key), to, settings.root)
        elif (place := _place(to)) is not None:
            _write(ledger, export, name, folder, place)
        else:
            store = _safe(object_place(to, {"kms_key": kms_key}, settings.root), to)
            with tempfile.TemporaryDirectory(prefix="export-", dir=settings.workspace.state) as scratch:
                file = _written(export, folder, Path(scratch))
                _tell(ledger, export, name, to)
                store.put(file, f"{export.stem}.{FORMS[form][0]}")
    return export.done(to)


def _planned(folder: Path, mart: str, form: str, *, include_personal: bool) -> _Export:
    published = {
        record.name: (pack, numbers[-1], record)
        for pack, numbers in current(folder).items()
        for record in read_manifest(folder, pack, numbers[-1]).marts
    }
    if mart not in published:
        raise unknown_name("published mart", mart, published)
    pack, number, record = published[mart]
    if record.restricted and not include_personal:
        raise UsageError(
            f"{mart!r} is restricted: not everybody who reads the pack may read it",
            fix="give --include-personal if whoever receives it may; the audit trail keeps it",
        )
    kept = tuple(column for column in record.columns if include_personal or column.pii not in PERSONAL)
    left_out = tuple(column.name for column in record.columns if column not in kept)
    if not kept:
        raise UsageError(
            f"every column of {mart!r} is personal: {', '.join(left_out)}",
            fix="give --include-personal if whoever receives it may see them",
        )
    return _Export(pack, number, record, kept, left_out, form)


def _place(to: str) -> Path | None:
    """A folder, or None for a bucket. Raises UsageError for what is neither."""
    if "://" not in to:
        return Path(to)
    if not BUCKET.fullmatch(to):
        raise UsageError(f"{to!r} is no place in S3", fix="write --to s3://bucket/folder, or name a folder")
    return None


def _safe(store: ObjectStore, to: str) -> ObjectStore:
    """The place, if a bank's data may lie there. Raises EnvironmentFailure."""
    problems = store.problems()
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise EnvironmentFailure(
            f"nothing is exported to {to}: {problems[0].reason}{more}", fix=problems[0].fix
        )
    return store


def _unload(  # noqa: PLR0913, PLR0917  (what, from where, where to)
    ledger: Ledger, export: _Export, name: str, target: RedshiftTarget, to: str, root: Path
) -> None:
    from fintech_accelerator.engines.redshift.engine import RedshiftEngine
    from fintech_accelerator.engines.redshift.unloading import unload

    if _place(to) is not None:
        raise UsageError(
            f"Redshift writes into buckets, not into the folder {to!r}", fix="write --to s3://bucket/folder"
        )
    _safe(object_place(to, target.model_dump(), root), to)
    with RedshiftEngine(target).connect() as connection:
        _tell(ledger, export, name, to)
        unload(
            connection,
            f"select {export.selected} from {quoted(export.schema)}.{quoted(export.record.name)}",
            f"{to.rstrip('/')}/{export.stem}/",
            form=export.form,
            role=target.copy_role,
            kms_key=target.kms_key,
        )


def _write(ledger: Ledger, export: _Export, name: str, folder: Path, place: Path) -> None:
    """Whole or not at all: the file gets its name when the trail has its event."""
    goal = place / f"{export.stem}.{FORMS[export.form][0]}"
    if goal.exists():
        raise UsageError(f"{goal} is there already", fix="remove it, or choose another folder")
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=goal.parent) as scratch:
            file = _written(export, folder, Path(scratch))
            _tell(ledger, export, name, str(place.resolve()))
            file.replace(goal)
    except OSError as cause:
        raise translate_duckdb_error(cause, doing="writing the export", path=goal) from cause


def _written(export: _Export, folder: Path, scratch: Path) -> Path:
    import duckdb

    file = scratch / f"mart.{FORMS[export.form][0]}"
    record = export.record
    publication = folder / export.pack / str(export.publication_id)
    paths = ", ".join(literal(str(record.folder(publication) / each.name)) for each in record.files)
    try:
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select {export.selected} from read_parquet([{paths}]))"
                f" to {literal(str(file))} ({FORMS[export.form][1]})"
            )
    except duckdb.Error as cause:
        raise translate_duckdb_error(cause, doing="writing the export", path=file) from cause
    return file


def _tell(ledger: Ledger, export: _Export, target: str, to: str) -> None:
    ledger.audit.append(
        "exported",
        {
            "what": "mart",
            "mart": export.record.name,
            "target": target,
            "publication_id": export.publication_id,
            "to": to,
            "rows": export.record.rows,
            "columns": len(export.columns),
            "personal": list(export.personal),
            "restricted": export.record.restricted,
        },
    )
