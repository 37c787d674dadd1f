"""The same work without the product: files read, the compiled SQL executed, marts copied to Parquet."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.ledger import Step

RUN = ".fintech/dbt/target/build/run"


def steps_of_last_run(project: Path) -> tuple[Step, ...]:
    """What the project's last run built, in its order. Raises LookupError when it never ran."""
    with open_ledger(load_settings(project).workspace.ledger, read_only=True) as ledger:
        run = ledger.runs.last()
        if run is None:
            raise LookupError(f"{project} has not run yet")
        return ledger.runs.steps(run.run_id)


def build_by_hand(project: Path) -> dict[str, float]:
    """Seconds of loading, building and publishing, after a first full run of the project."""
    work = project / "by-hand"
    work.mkdir()
    warehouse = work / "warehouse.duckdb"
    shutil.copyfile(project / ".fintech" / "warehouse.duckdb", warehouse)
    with duckdb.connect(str(warehouse), config={"memory_limit": "8GB"}) as connection:
        connection.execute("set disabled_optimizers = 'projection_pullup'")
        return {
            "load": _timed(lambda: _load(connection, project)),
            "build": _timed(lambda: _build(connection, project)),
            "publish": _timed(lambda: _publish(connection, project, work)),
        }


def _timed(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _load(connection: duckdb.DuckDBPyConnection, project: Path) -> None:
    connection.execute("create schema by_hand")
    for place in sorted((project / "landing").iterdir()):
        if place.name != "truth":
            files = place / "*.parquet" if place.is_dir() else place
            connection.execute(f"create table by_hand.{place.stem} as select * from read_parquet('{files}')")


def _build(connection: duckdb.DuckDBPyConnection, project: Path) -> None:
    """Every model's statement as dbt wrote it, in the order in which the run built them."""
    files = {path.stem: path for path in (project / RUN).rglob("*.sql")}
    for step in steps_of_last_run(project):
        if step.name in files:
            text = files[step.name].read_text(encoding="utf-8").replace("__dbt_tmp", "")
            target = re.search(r'create\s+(table|view)\s+("[^"]+"\."[^"]+"\."[^"]+")', text)
            if target:
                connection.execute(
                    f"drop table if exists {target[2]}"
                    if target[1] == "table"
                    else f"drop view if exists {target[2]}"
                )
                connection.execute(text)


def _publish(connection: duckdb.DuckDBPyConnection, project: Path, work: Path) -> None:
    packs = [path.name for path in (project / RUN).iterdir() if path.name != "core"]
    for pack in packs:
        rows = connection.execute(
            "select table_name from information_schema.tables"
            " where table_schema = ? and starts_with(table_name, ?)",
            [pack, f"{pack}__"],
        ).fetchall()
        for (name,) in rows:
            connection.execute(
                f"copy {pack}.{name} to '{work / name}.parquet' (format parquet, compression zstd)"
            )
