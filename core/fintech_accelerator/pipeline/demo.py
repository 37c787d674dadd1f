"""The made-up bank: its files, and a project that is ready to run on them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PluginError, UsageError
from fintech_accelerator.settings.create import NewProject, create_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fintech_accelerator.ports import SampleBankFiles, SampleBankMaker, SampleBankSize

SAMPLE_FOLDER = "landing"
MAKING_FOLDER = ".landing-in-the-making"
SAMPLE_BANK = "sample-bank"


def make_sample_bank(
    folder: Path, size: SampleBankSize, *, as_csv: bool, on_table: Callable[[str], None]
) -> SampleBankFiles:
    """Generate a made-up bank's files into `folder`. Raises UsageError if the folder holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", fix="give another folder with --output, or empty it")
    return _maker().make(folder, size, as_csv=as_csv, on_table=on_table)


def _maker() -> SampleBankMaker:
    from fintech_accelerator.plugins import installed

    found = installed().sample_banks()
    if not found:
        raise PluginError(
            "no installed plugin makes a sample bank up",
            fix="install fintech-accelerator again, or name its plugin 'sample' in FINTECH_PLUGINS",
        )
    return found.get(SAMPLE_BANK) or next(iter(found.values()))


def make_demo_project(
    folder: Path, size: SampleBankSize, *, on_table: Callable[[str], None]
) -> tuple[NewProject, SampleBankFiles]:
    """A project with a generated bank's files in `landing/` and every table of it mapped.

    The files are made aside: what was stopped half-way is made anew, and never taken for a whole bank.
    """
    making = folder / MAKING_FOLDER
    shutil.rmtree(making, ignore_errors=True)
    landing = folder / SAMPLE_FOLDER
    if landing.exists():
        raise UsageError(f"{landing} exists already", fix="give another folder with --folder, or remove it")
    files = make_sample_bank(making, size, as_csv=False, on_table=on_table)
    making.rename(landing)
    project = create_project(folder, name="sample-bank", sources=source_entries(files))
    return project, replace(files, folder=landing)


def source_entries(files: SampleBankFiles) -> str:
    """The `[[sources.<table>]]` entries of fintech.toml for generated files, whose columns bear our names."""
    entries = [
        f"\n[[sources.{table}]]\nfiles = {{ {table} = {json.dumps(f'{SAMPLE_FOLDER}/{pattern}')} }}\n"
        for table, pattern in sorted(files.globs.items())
    ]
    return "\n# The made-up bank's columns bear our names, so nothing needs to be mapped.\n" + "".join(
        entries
    )
