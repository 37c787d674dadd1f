"""Somebody else's connector with a fault: a distribution of its own, found as any plugin is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.plugins import installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = "made_up_failing"
CODE = """
from fintech_accelerator import hookimpl

class Failing:
    name = "failing"
    def files(self, *, project_folder, files, options):
        raise RuntimeError(f"no luck in {project_folder.name}")

@hookimpl
def fintech_connectors():
    return [Failing()]
"""


@pytest.fixture
def failing_connector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Installs the connector `failing`; the plugins are loaded anew with it, and without it afterwards."""
    place = tmp_path / "site-packages"
    facts = place / f"{MODULE}-1.0.dist-info"
    facts.mkdir(parents=True)
    (place / f"{MODULE}.py").write_text(CODE, encoding="utf-8")
    (facts / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.0\n", encoding="utf-8"
    )
    (facts / "entry_points.txt").write_text(f"[fintech.plugins]\nfailing = {MODULE}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(place)
    installed.cache_clear()
    yield "failing"
    installed.cache_clear()
    sys.modules.pop(MODULE, None)
