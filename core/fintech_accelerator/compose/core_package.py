"""The core's dbt package as it is composed: its own files, and those written from the contract."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fintech_accelerator.contract.dbt_files import contract_macro, core_models_yaml, sources_yaml
from fintech_accelerator.packs.files import read_pack_files

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.contract import Contract

SUFFIXES = frozenset({".sql", ".yml", ".csv"})


def core_package(folder: Path, contract: Contract) -> dict[str, bytes]:
    """Every file of the package `core` by its name within it."""
    files = read_pack_files(folder)
    own = {name: content for name, content in files.items() if PurePosixPath(name).suffix in SUFFIXES}
    written = {
        "macros/contract_table.sql": contract_macro(contract),
        "models/contract_sources.yml": sources_yaml(contract),
        "models/contract_models.yml": core_models_yaml(contract),
    }
    return {**own, **{name: text.encode() for name, text in written.items()}}
