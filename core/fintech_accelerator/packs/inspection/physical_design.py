"""Redshift chooses where a table's rows lie, and in which order; a model that does so itself says why."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from fintech_accelerator.packs.inspection.problem import Problem
from fintech_accelerator.packs.marts import described_models, meta_of
from fintech_accelerator.packs.model_config import configured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.strict_yaml import Document

REASON = "physical_design"  # in a model's meta
CHOICES = ("dist", "sort")
AUTO = (None, "auto")


def check_physical_design(files: Mapping[str, bytes], documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Every model that sets its distribution or sort key without a reason in its yml."""
    described = described_models(documents)
    for file, content in files.items():
        path = PurePosixPath(file)
        if path.suffix != ".sql" or path.parts[:2] != ("dbt", "models"):
            continue
        where, line, entry = described.get(path.stem, (file, 1, {}))
        if reason_of(entry):
            continue
        text = content.decode()
        for choice in _chosen(configured(text)):
            yield Problem(file, _line(text, choice), _unexplained(choice))
        for choice in _chosen(entry.get("config")):
            yield Problem(where, line, f"{path.stem}: {_unexplained(choice)}")


def reason_of(entry: Mapping[str, Any]) -> str:
    """Why a model sets its distribution or sort key itself, by its entry in a yml; empty without a word."""
    return str(meta_of(entry).get(REASON) or "").strip()


def _chosen(config: Any) -> list[str]:
    said = config if isinstance(config, dict) else {}
    return [choice for choice in CHOICES if said.get(choice) not in AUTO]


def _line(text: str, choice: str) -> int:
    found = re.search(rf"\b{choice}\s*=", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _unexplained(choice: str) -> str:
    return (
        f"it sets {choice!r}, which Redshift chooses by itself: say why in its yml's meta.{REASON}, or do not"
    )
