"""A pack whose rows say in which generation they were built; as a script, a process that publishes or reads.

`die WAREHOUSE FOLDER GENERATION STEP` publishes, and is gone before its STEPth call of the system.
`read FOLDER STOP` reads pages until the file STOP is there, and says what it saw as JSON.
`fill WAREHOUSE FOLDER` publishes on a disk that is full.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from fintech_accelerator.engines.publications import (
    MartToPublish,
    Publication,
    PublishedColumn,
    current,
    open_publications,
    publish,
)

CALLS = ("replace", "link", "fsync", "mkdir", "chmod", "rmdir", "unlink", "rename")
SCHEMAS = {"fraud__payments": "fraud", "fraud__daily": "fraud", "fraud__cases": "fraud_restricted"}


def build(connection: duckdb.DuckDBPyConnection, generation: int, rows: int = 3000) -> None:
    """Three marts over four months; only the last month, and all of the two small ones, change."""
    connection.execute("create schema if not exists fraud; create schema if not exists fraud_restricted")
    connection.execute(
        "create or replace table fraud.fraud__payments as select i as payment_id, i % 7 as customer_id,"
        f" timestamp '2026-01-01' + to_seconds(i * 86400 * 119 // {rows}) as paid_at,"
        f" if(i > {rows} * 0.9, {generation}, 0) as generation from range({rows}) t(i)"
    )
    connection.execute(
        "create or replace table fraud.fraud__daily as"
        f" select cast(paid_at as date) as paid_date, count(*) as payments, {generation} as generation"
        " from fraud.fraud__payments group by 1"
    )
    connection.execute(
        "create or replace table fraud_restricted.fraud__cases as"
        f" select 1 as case_id, {generation} as generation"
    )


def marts(connection: duckdb.DuckDBPyConnection) -> list[MartToPublish]:
    """The pack's marts with the columns they have now."""
    times = {"fraud__payments": "paid_at", "fraud__daily": "paid_date"}
    return [
        MartToPublish(
            schema=schema,
            name=name,
            time_column=times.get(name),
            columns=tuple(
                PublishedColumn(column, kind, "P1", f"the {column}")
                for column, kind in connection.execute(
                    f"select column_name, column_type from (describe {schema}.{name})"
                ).fetchall()
            ),
            restricted=schema.endswith("_restricted"),
            grain="one row per payment",
        )
        for name, schema in SCHEMAS.items()
    ]


def publish_generation(warehouse: Path, folder: Path, generation: int, **options: Any) -> Publication:
    """Build a generation and publish it."""
    with duckdb.connect(str(warehouse)) as connection:
        build(connection, generation)
        facts = {"generation": generation, "audit_head": [0, "0" * 64]}
        given = {"now": datetime.now(UTC), **options}
        return publish(connection, folder, "fraud", marts(connection), facts, **given)


def generations_of(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """Load a page: the newest generation that each query sees."""
    found = set()
    for schema, mart in (("fraud", "fraud__payments"), ("fraud", "fraud__daily")) * 2:
        rows = connection.execute(f"select max(generation) from {schema}.{mart}").fetchall()
        found |= {row[0] for row in rows}
    return found


def die(warehouse: Path, folder: Path, generation: int, step: int) -> None:
    """Publish, and be gone without a trace before a given call; says how many there were if it lives."""
    made = 0

    def dying(call: Any) -> Any:
        def count(*arguments: Any, **options: Any) -> Any:
            nonlocal made
            made += 1
            if made == step:
                os._exit(9)
            return call(*arguments, **options)

        return count

    for name in CALLS:
        setattr(os, name, dying(getattr(os, name)))
    publish_generation(warehouse, folder, generation, kept=2, grace=timedelta(0))
    print(made)  # noqa: T201  (what the parent asked for)


def read(folder: Path, stop: Path) -> None:
    """Load pages, each on one set of publications."""
    seen: dict[str, Any] = {"pages": 0, "mixed": 0, "errors": []}
    numbers = set()
    while not stop.exists():
        try:
            with open_publications(folder) as connection:
                seen["mixed"] += len(generations_of(connection)) != 1
                row = connection.execute("select publication_id from fraud.fraud__publication").fetchone()
                numbers.add(row[0] if row else None)
        except Exception as cause:  # noqa: BLE001  (whatever it is, the test has to hear of it)
            seen["errors"].append(repr(cause))
        seen["pages"] += 1
    print(json.dumps({**seen, "publications": sorted(numbers)}))  # noqa: T201  (what the parent asked for)


def fill(warehouse: Path, folder: Path) -> None:
    """Publish on a disk that is nearly full; then make room and publish again."""
    assert publish_generation(warehouse, folder, 1).publication_id == 1
    filling = folder / "filling"
    with filling.open("wb") as file:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        file.write(b"0" * (free - 12_000))
    try:
        publish_generation(warehouse, folder, 2)
    except Exception as cause:  # noqa: BLE001  (whatever it is, the test has to hear of it)
        print(type(cause).__name__, cause)  # noqa: T201  (what the parent asked for)
    print(sorted(path.name for path in (folder / "fraud").iterdir()), current(folder))  # noqa: T201
    filling.unlink()
    print(publish_generation(warehouse, folder, 2).publication_id)  # noqa: T201  (what the parent asked for)


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    if what == "die":
        die(Path(given[0]), Path(given[1]), int(given[2]), int(given[3]))
    elif what == "read":
        read(Path(given[0]), Path(given[1]))
    else:
        fill(Path(given[0]), Path(given[1]))
