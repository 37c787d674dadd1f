"""The inventory of models: what the audit trail says of each version, and the files that belong to it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import IntegrityError, unknown_name
from fintech_accelerator.governance.models.evaluation import Fold
from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.ledger.audit import Audit
    from fintech_accelerator.settings import Settings

POINTS = "points.csv"
CARD = "card.md"
ENTRY = "model.json"
CHAMPION = "champion.json"


@dataclass(frozen=True)
class ModelRecord:
    """One version: how it was made, who looked at it, and whether it is the one in use."""

    pack: str
    model: str
    version: str
    trained_by: str
    trained_at: str
    publication_id: int
    dataset_sha256: str
    points_sha256: str
    label_cutoff: str
    rows: int
    positives: int
    parameters: Mapping[str, Any]
    folds: tuple[Fold, ...]
    status: str = "trained"  # trained, validated, champion, retired
    validated_by: str | None = None
    finding: str | None = None
    promoted_at: str | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What names it."""
        return self.pack, self.model, self.version

    def details(self) -> dict[str, Any]:
        """What the audit trail keeps of its training."""
        made = asdict(self)
        for later in ("status", "validated_by", "finding", "promoted_at", "trained_by", "trained_at"):
            del made[later]
        return made


def model_folder(settings: Settings, pack: str, model: str) -> Path:
    """Where a model's versions lie, in the bank's project and under its version control."""
    return settings.root / "models" / pack / model


def list_models(settings: Settings) -> tuple[ModelRecord, ...]:
    """Every version that the audit trail knows, oldest first; works during a run."""
    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        return tuple(records(ledger.audit).values())


def records(audit: Audit) -> dict[tuple[str, str, str], ModelRecord]:
    """The versions as the trail's events leave them: nobody edits a state."""
    found: dict[tuple[str, str, str], ModelRecord] = {}
    for event in reversed(audit.events()):
        if event.kind not in {"model_trained", "model_validated", "model_promoted"}:
            continue
        details = dict(event.details)
        key = (details["pack"], details["model"], details["version"])
        if event.kind == "model_trained":
            folds = tuple(Fold(**fold) for fold in details.pop("folds"))
            when = event.at.isoformat(timespec="seconds")
            found[key] = ModelRecord(**details, folds=folds, trained_by=event.actor, trained_at=when)
        elif event.kind == "model_validated":
            by, finding = details["validated_by"], details["finding"]
            state = found[key].status if found[key].status == "champion" else "validated"
            found[key] = replace(found[key], status=state, validated_by=by, finding=finding)
        else:
            _retire(found, key)
            found[key] = replace(
                found[key], status="champion", promoted_at=event.at.isoformat(timespec="seconds")
            )
    return found


def _retire(found: dict[tuple[str, str, str], ModelRecord], key: tuple[str, str, str]) -> None:
    for other, record in found.items():
        if other[:2] == key[:2] and record.status == "champion":
            found[other] = replace(record, status="retired")


def known_record(audit: Audit, pack: str, model: str, version: str) -> ModelRecord:
    """The version of this name. Raises UnknownNameError."""
    own = {key[2]: record for key, record in records(audit).items() if key[:2] == (pack, model)}
    if version not in own:
        raise unknown_name(f"version of {pack}.{model}", version, own)
    return own[version]


def unchanged_points(settings: Settings, record: ModelRecord) -> str:
    """The points table of a version. Raises IntegrityError if it is not the one that was trained."""
    path = model_folder(settings, record.pack, record.model) / record.version / POINTS
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise IntegrityError(
            f"{path} cannot be read: {cause}", fix="restore it from version control"
        ) from cause
    if hashlib.sha256(content).hexdigest() != record.points_sha256:
        raise IntegrityError(
            f"{path} was changed after version {record.version} was trained",
            fix="restore it from version control, or train again",
        )
    return content.decode("utf-8")
