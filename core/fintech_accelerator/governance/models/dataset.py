"""What a model learns from: published rows, with each outcome and the moment it was known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.publications import current, open_publications, read_manifest
from fintech_accelerator.errors import UsageError, unknown_name
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from fintech_accelerator.engines.publications import MartRecord
    from fintech_accelerator.packs.models import ModelDeclaration

DAY = 86_400.0
NEVER = float("inf")


@dataclass(frozen=True)
class Dataset:
    """Rows in the order of time and key. Times are seconds since 1970; what is not known yet is infinity."""

    features: tuple[str, ...]
    values: NDArray[np.float64]
    times: NDArray[np.float64]
    groups: NDArray[np.object_]
    outcomes: NDArray[np.bool_]
    known_at: NDArray[np.float64]
    publication_id: int
    sha256: str

    def outcomes_known(self, at: float) -> NDArray[np.bool_]:
        """The positive outcomes that were known at a moment: the others still looked negative then."""
        known: NDArray[np.bool_] = self.outcomes & (self.known_at <= at)
        return known


def read_dataset(folder: Path, pack: str, model: ModelDeclaration) -> Dataset:
    """Read the marts that a model names from the serving publication. Raises UnknownNameError, UsageError."""
    if pack not in current(folder):
        raise UsageError(f"nothing of {pack!r} is published to learn from", fix="do `fintech run` first")
    with open_publications(folder, [pack]) as connection:
        number = connection.execute(
            f"select publication_id from {quoted(pack)}.{pack}__publication"
        ).fetchall()
        publication_id = int(number[0][0])
        marts = {mart.name: mart for mart in read_manifest(folder, pack, publication_id).marts}
        _check(model, marts)
        columns = connection.execute(_query(pack, model)).fetchnumpy()
    return _dataset(model, columns, publication_id)


def _check(model: ModelDeclaration, marts: dict[str, MartRecord]) -> None:
    features, labels = model.features, model.labels
    wanted = {
        features.mart: (features.key, features.time, features.group, *features.columns),
        labels.mart: (labels.key, labels.column, labels.known_at),
    }
    for mart, columns in wanted.items():
        if mart not in marts or marts[mart].restricted:
            readable = [each.name for each in marts.values() if not each.restricted]
            raise unknown_name("published mart for training", mart, readable)
        known = [column.name for column in marts[mart].columns]
        for column in columns:
            if column not in known:
                raise unknown_name(f"column of {mart}", column, known)


def _query(pack: str, model: ModelDeclaration) -> str:
    """Only decided outcomes; a positive one without a time counts from its event on, plus the delay."""
    features, labels = model.features, model.labels
    state = f"labels.{quoted(labels.column)}"
    positive = ", ".join(map(literal, labels.positive))
    decided = ", ".join(map(literal, (*labels.positive, *labels.negative)))
    time = f"epoch(features.{quoted(features.time)}::timestamp)"
    values = ", ".join(
        f"features.{quoted(name)}::double as {quoted(f'x{number}')}"
        for number, name in enumerate(features.columns)
    )
    return (
        f"select features.{quoted(features.key)}::varchar as row_key, {time}::double as row_time,"
        f" coalesce(features.{quoted(features.group)}::varchar, '') as row_group,"
        f" {state} in ({positive}) as outcome,"
        f" coalesce(epoch(labels.{quoted(labels.known_at)}::timestamp),"
        f" {time} + {model.label_delay_days * DAY})::double as known_at, {values}"
        f" from {quoted(pack)}.{quoted(features.mart)} as features"
        f" inner join {quoted(pack)}.{quoted(labels.mart)} as labels"
        f" on features.{quoted(features.key)} = labels.{quoted(labels.key)}"
        f" where {state} in ({decided}) order by row_time, row_key"
    )


def _dataset(model: ModelDeclaration, columns: dict[str, Any], publication_id: int) -> Dataset:
    import numpy as np

    names = model.features.columns
    stacked = [np.ma.filled(columns[f"x{number}"].astype(np.float64), np.nan) for number in range(len(names))]
    values = np.column_stack(stacked)
    outcomes = np.asarray(columns["outcome"], dtype=bool)
    known_at = np.where(outcomes, np.asarray(columns["known_at"], dtype=np.float64), NEVER)
    times = np.asarray(columns["row_time"], dtype=np.float64)
    digest = hashlib.sha256("\n".join(names).encode())
    for text in ("row_key", "row_group"):
        digest.update("\n".join(map(str, columns[text])).encode())
    for numbers in (times, values, outcomes, known_at):
        digest.update(np.ascontiguousarray(numbers).tobytes())
    return Dataset(
        features=names,
        values=values,
        times=times,
        groups=np.asarray(columns["row_group"], dtype=object),
        outcomes=outcomes,
        known_at=known_at,
        publication_id=publication_id,
        sha256=digest.hexdigest(),
    )
