"""Engines: how a warehouse is opened, walled and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.engine import Engine
    from fintech_accelerator.settings import DuckDbTarget
    from fintech_accelerator.settings.redshift import RedshiftTarget


def engine_of(target: DuckDbTarget | RedshiftTarget, path: Path) -> Engine:
    """The engine of a target; `path` is its DuckDB file, which on Redshift only stages files."""
    if target.engine == "duckdb":
        from fintech_accelerator.engines.duckdb_engine import DuckDbEngine

        return DuckDbEngine(path, target)
    from fintech_accelerator.engines.redshift.engine import RedshiftEngine

    return RedshiftEngine(target)
