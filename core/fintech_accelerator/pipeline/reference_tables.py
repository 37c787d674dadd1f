"""Which packs a changed reference table concerns: its rows bear no day, so they are built anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fintech_accelerator.contract import Kind
from fintech_accelerator.ingest.units import newest_batches

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.enabled import EnabledPack

FOLLOWED_BY_DAY = frozenset({"calendar", "fx_rates"})  # core.days_to_build knows which days they touch
NAME = re.compile(rb"""['"]([a-z_]+)['"]""")


def packs_to_build_anew(
    connection: duckdb.DuckDBPyConnection, composition: Composition, through: Mapping[str, int]
) -> frozenset[str]:
    """The packs built before the newest row of a reference table that they, or their suppliers, read."""
    newest = _newest_batches(connection, composition)
    return frozenset(
        pack.name
        for pack in composition.packs
        if any(newest[table] > through[pack.name] for table in _read_by(pack, composition) & set(newest))
    )


def _newest_batches(connection: duckdb.DuckDBPyConnection, composition: Composition) -> dict[str, int]:
    tables = composition.contract.tables
    return {
        name: batch
        for name, batch in newest_batches(connection).items()
        if tables[name].kind is Kind.REFERENCE and name not in FOLLOWED_BY_DAY
    }


def _read_by(pack: EnabledPack, composition: Composition) -> frozenset[str]:
    """What a pack's SQL and its suppliers' name in quotes, as `ref` does: rather too much than too little."""
    named = {
        match.decode()
        for name, content in pack.files.items()
        if name.startswith("dbt/") and name.endswith(".sql")
        for match in NAME.findall(content)
    }
    return frozenset(named).union(*(_read_by(composition.pack(name), composition) for name in pack.suppliers))
