"""Runs an example of the repository on its published data, in a folder of the test's own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.pipeline.run import run
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fintech_accelerator.pipeline.report import RunReport
    from fintech_accelerator.settings import Settings

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("FINTECH_DATA") or REPOSITORY.parent / "shared" / "data").resolve()


@dataclass(frozen=True)
class Example:
    """An example that was run: where, and what came of it."""

    settings: Settings
    report: RunReport

    @property
    def publications(self) -> Path:
        return self.settings.workspace.publications / self.report.target


def needs(folder: str) -> pytest.MarkDecorator:
    """Skip where the data are not at hand; `pytest -ra` and the end of `.ci/run` say which tests and why."""
    return pytest.mark.skipif(
        not (DATA / folder).is_dir(),
        reason=f"no data in {DATA / folder}: set FINTECH_DATA to the folder that holds {folder}/",
    )


def run_example(name: str, folder: Path, packs: Sequence[str] | None = None) -> Example:
    """Copy an example, enable packs (every installed one without `packs`) and run it."""
    project = folder / name
    shutil.copytree(REPOSITORY / "examples" / name, project, ignore=shutil.ignore_patterns(".fintech"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FINTECH_DATA", str(DATA))
        enable_packs(load_settings(project), packs)
        settings = load_settings(project)
        return Example(settings, run(settings))
