"""Failing rows as files: one CSV per failed rule, personal columns masked, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.model import MASK, OPEN
from fintech_accelerator.spreadsheets import harmless
from fintech_accelerator.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

LONGEST_CELL = 1_000


@dataclass(frozen=True)
class ExportedRows:
    """What was written of a rule's failing rows; `path` is relative to the folder asked for."""

    path: str
    written: int
    was_cut: bool


def export_rows(  # noqa: PLR0913  (the rows, and where and how they are written)
    folder: Path,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    shown: frozenset[str],
    limit: int,
) -> ExportedRows:
    """Write at most `limit` of the rows to `folder`/`name`; columns not in `shown` are masked."""
    path = folder / name
    is_shown = [column in shown for column in columns]
    written, was_cut = 0, False
    with whole(path) as neighbour, neighbour.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([harmless(column) for column in columns])
        for row in rows:
            if written == limit:
                was_cut = True
                break
            writer.writerow(
                [cell(value) if show else _masked(value) for value, show in zip(row, is_shown, strict=True)]
            )
            written += 1
    return ExportedRows(name, written, was_cut)


def shown_columns(classes: Mapping[str, str]) -> frozenset[str]:
    """The columns whose values may be shown: those classed P0 or P1, and no unclassified one."""
    return frozenset(column for column, pii in classes.items() if pii in OPEN)


def cell(value: Any) -> str:
    """A value as a spreadsheet may see it: text that looks like a formula is made text again."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()[:LONGEST_CELL]
    text = str(value)[:LONGEST_CELL]
    return harmless(text) if isinstance(value, str) else text


def _masked(value: Any) -> str:
    return "" if value is None else MASK
