"""The models that the pack ships as seeds."""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[1] / "fintech_pack_segmentation/dbt/seeds"


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a default model."""
    with (SEEDS / f"segmentation__{name}_default.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
