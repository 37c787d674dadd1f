"""The walled DuckDB that reads the bank's files: it sees two folders and nothing else, and keeps nothing.

A file that breaks it does not break the warehouse, and the bank's SQL runs where it can reach nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import ENGINE_CONFIGURATION, translate_duckdb_error
from fintech_accelerator.errors import DiskFullError, EnvironmentFailure, FintechError, SourceError
from fintech_accelerator.sql_text import literal, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import duckdb

    from fintech_accelerator.settings import Workspace

STAGING = "staging"
DAY = 86_400.0
ROW_NUMBER = "__row_number"


class Reader:
    """A connection, and the folder it may write into."""

    def __init__(self, connect: Callable[[], duckdb.DuckDBPyConnection], folder: Path) -> None:
        self._connect = connect
        self.connection = connect()
        self.folder = folder
        self._made = 0
        self._tables: list[str] = []

    def path(self, suffix: str) -> Path:
        """A new file's place."""
        self._made += 1
        return self.folder / f"{self._made}{suffix}"

    def table(self) -> str:
        """A new temporary table's name."""
        self._made += 1
        self._tables.append(f"made_{self._made}")
        return self._tables[-1]

    def clear(self) -> None:
        """Remove what was made for one unit; an engine that a file has broken is replaced."""
        import duckdb

        try:
            for name in self._tables:
                self.connection.execute(f"drop table if exists {name}")
            self.connection.execute("select 1")
        except duckdb.Error:
            self.connection.close()
            self.connection = self._connect()
        self._tables.clear()
        for path in self.folder.iterdir():
            if path.is_file():
                path.unlink()


@contextmanager
def open_reader(
    workspace: Workspace,
    *,
    files: Iterable[Path] = (),
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[Reader]:
    """A reader with a folder of its own, gone when it is closed. Beside the landing zone it sees `files`."""
    parent = workspace.state / STAGING
    folder = None
    reader = None
    try:
        _sweep(parent)
        workspace.landing.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        config: dict[str, str | int] = {
            **ENGINE_CONFIGURATION,
            "python_enable_replacements": "false",  # a name in the bank's SQL is no variable of ours
            "temp_directory": str(folder / "spill"),
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        reader = Reader(partial(_walled, config, [workspace.landing, folder], tuple(files)), folder)
        yield reader
    except OSError as cause:
        raise translate_duckdb_error(cause, doing="reading the sources", path=parent) from cause
    finally:
        if reader is not None:
            reader.connection.close()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _walled(
    config: Mapping[str, str | int], folders: Iterable[Path], files: Iterable[Path]
) -> duckdb.DuckDBPyConnection:
    """A new engine in memory that sees these folders and files, and cannot be told otherwise."""
    import duckdb

    connection = duckdb.connect(config=dict(config))
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set enable_external_file_cache = false")  # the memory is the warehouse's
    connection.execute(f"set allowed_directories = {_listed(folders)}")
    connection.execute(f"set allowed_paths = {_listed(files)}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _sweep(parent: Path) -> None:
    """Remove the folders of readers that were killed."""
    parent.mkdir(parents=True, exist_ok=True)
    for folder in parent.iterdir():
        process = folder.name.partition("-")[0]
        if not process.isdigit() or int(process) == os.getpid():
            continue
        with suppress(FileNotFoundError):  # another reader may sweep, too
            is_old = time.time() - folder.stat().st_mtime > DAY
            if is_old or not _is_alive(int(process)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name != "posix":  # signal 0 would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _listed(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(literal(str(path)) for path in paths) + "]"


def count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows a relation has, and fulfil a condition if one follows its name."""
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def refusal(cause: Exception, *, name: str, doing: str) -> FintechError:
    """Why a file cannot be read; but a full disk or spent memory is no fault of the file."""
    if isinstance(cause, FintechError):
        return cause
    failure = translate_duckdb_error(cause, doing=f"{doing} {name}")
    text = re.split(r"LINE \d+:", str(cause))[0]
    text = re.sub(
        r"\s*['\"]?(/|[A-Za-z]:)[^\s'\"]*[/\\][^\s'\"]*['\"]?", "", text
    )  # where it landed helps nobody
    if isinstance(failure, DiskFullError) or "memory limit" in failure.reason:
        return failure
    if isinstance(cause, OSError) and not isinstance(cause, _duckdb_error()):
        return EnvironmentFailure(failure.reason, fix=failure.fix)
    kind = " as Parquet" if name.endswith(".parquet") else ""
    return SourceError(
        f"{name}: {doing}{kind} failed: {shortened(text)}",
        fix="deliver the file again, or correct its mapping",
    )


def _duckdb_error() -> type[Exception]:
    import duckdb

    return duckdb.Error
