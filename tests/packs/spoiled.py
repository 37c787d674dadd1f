"""Ways to spoil a copy of the good pack, which then is called `nasty`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MART = "dbt/models/marts/nasty__large_payments.sql"
MART_YML = "dbt/models/marts/nasty__large_payments.yml"
STAGING = "dbt/models/staging/stg_nasty__transactions.sql"
SUITE = "expectations/nasty__large_payments.json"
MACROS = "dbt/macros/nasty__size_class.sql"


@dataclass(frozen=True)
class Spoiled:
    """How a good pack is spoiled, and where the refusal has to point."""

    name: str
    spoil: Callable[[Path], None]
    place: str  # the file, and the line where there is one
    reason: str


def replacing(file: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def writing(file: str, text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")

    return spoil


def removing(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def linking(file: str, target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).symlink_to(target)


def in_mart(new: str, old: str = "    from transactions\n") -> Callable[[Path], None]:
    return replacing(MART, old, new)


def step(body: str) -> Callable[[Path], None]:
    """One more step in the mart's query, from line 17 on."""
    return replacing(MART, "large_payments as (", f"more as (\n\n{body}\n\n),\n\nlarge_payments as (")
