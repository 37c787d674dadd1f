"""Train, validate and promote a model that a pack declares; each step is an event of the audit trail."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fintech_accelerator.errors import RunError, UsageError, unknown_name
from fintech_accelerator.governance.models.card import render_card
from fintech_accelerator.governance.models.dataset import DAY, Dataset, read_dataset
from fintech_accelerator.governance.models.evaluation import evaluate, suffices, training_rows
from fintech_accelerator.governance.models.fitting import FitParameters, fit, require_libraries
from fintech_accelerator.governance.models.inventory import (
    CARD,
    CHAMPION,
    ENTRY,
    POINTS,
    ModelRecord,
    known_record,
    model_folder,
    records,
    unchanged_points,
)
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.person import user_name
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.governance.models.points import PointsTable
    from fintech_accelerator.packs.models import ModelDeclaration
    from fintech_accelerator.settings import Settings


def declared_model(settings: Settings, pack: str, model: str) -> ModelDeclaration:
    """What the pack says of a model. Raises PackError, UnknownNameError."""
    declared = discover(settings).get(pack).manifest.models
    if model not in declared:
        raise unknown_name(f"model of {pack!r}", model, declared)
    return declared[model]


def train(
    settings: Settings,
    pack: str,
    model: str,
    *,
    target: str | None = None,
    parameters: FitParameters | None = None,
) -> ModelRecord:
    """Train a version on what is published and test it on past weeks; nothing uses it yet.

    The same rows and parameters give the same version. Raises UsageError, RunError, EnvironmentFailure.
    """
    require_libraries()
    declared = declared_model(settings, pack, model)
    chosen = parameters or FitParameters()
    data = read_dataset(_publications(settings, target), pack, declared)
    folds = evaluate(data, declared.label_delay_days, chosen)
    cutoff = float((data.times.max() // DAY + 1) * DAY)
    rows = training_rows(data, cutoff, declared.label_delay_days)
    known = data.outcomes_known(cutoff)[rows]
    if not suffices(known):
        raise RunError(
            f"too few labels to train on: {int(known.sum())} positive of {len(known)} rows",
            fix="wait for more labels; until then the pack's rules are all there is",
        )
    table = fit(data.features, data.values[rows], known, chosen)
    version = _version(data, cutoff, chosen)
    text = table.text(version)
    record = ModelRecord(
        pack=pack,
        model=model,
        version=version,
        trained_by=user_name(),
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        publication_id=data.publication_id,
        dataset_sha256=data.sha256,
        points_sha256=hashlib.sha256(text.encode()).hexdigest(),
        label_cutoff=datetime.fromtimestamp(cutoff, tz=UTC).date().isoformat(),
        rows=len(known),
        positives=int(known.sum()),
        parameters=chosen.as_dict(),
        folds=folds,
    )
    return _keep(settings, declared, record, table, text)


def validate(  # noqa: PLR0913  (which version, who, what)
    settings: Settings, pack: str, model: str, version: str, *, validated_by: str, finding: str
) -> ModelRecord:
    """Record that somebody other than the trainer looked at a version. Raises UsageError, IntegrityError."""
    who, what = validated_by.strip(), finding.strip()
    if not who or not what:
        raise UsageError(
            "a validation needs a person and a finding", fix="say who validated it and what was found"
        )
    with open_ledger(settings.workspace.ledger) as ledger:
        record = known_record(ledger.audit, pack, model, version)
        _refuse_trainer(record, who)
        unchanged_points(settings, record)
        ledger.audit.append("model_validated", {**_named(record), "validated_by": who, "finding": what})
        return known_record(ledger.audit, pack, model, version)


def promote(settings: Settings, pack: str, model: str, version: str) -> ModelRecord:
    """Make a validated version the one in use: champion.json names it. Raises UsageError, IntegrityError."""
    with open_ledger(settings.workspace.ledger) as ledger:
        record = known_record(ledger.audit, pack, model, version)
        if record.validated_by is None:
            raise UsageError(
                f"version {version} of {pack}.{model} has no validation record",
                fix=f"let somebody other than {record.trained_by!r} look at it, then `fintech models validate"
                f" {pack} {model} {version} --validated-by WHO --finding TEXT`",
            )
        _refuse_trainer(record, record.validated_by)
        unchanged_points(settings, record)
        if record.status != "champion":
            ledger.audit.append("model_promoted", _named(record))
            record = known_record(ledger.audit, pack, model, version)
        champion = {**_named(record), "promoted_at": record.promoted_at, "validated_by": record.validated_by}
        write_text(model_folder(settings, pack, model) / CHAMPION, json.dumps(champion, indent=2) + "\n")
    return record


def _refuse_trainer(record: ModelRecord, validator: str) -> None:
    if validator.casefold() == record.trained_by.casefold():
        raise UsageError(
            f"{validator!r} trained version {record.version} and cannot validate it, too",
            fix="name another person, who looked at the card and the points table",
        )


def _named(record: ModelRecord) -> dict[str, str]:
    named = {"pack": record.pack, "model": record.model, "version": record.version}
    return {**named, "points_sha256": record.points_sha256}


def _publications(settings: Settings, target: str | None) -> Path:
    name, chosen = settings.target(target)
    if chosen.engine != "duckdb":
        raise UsageError(
            f"training reads publications in files, and {name!r} publishes inside {chosen.engine}",
            fix="train on a DuckDB target of the same sources",
        )
    return settings.workspace.publications / name


def _version(data: Dataset, cutoff: float, parameters: FitParameters) -> str:
    """The day that the labels reach, and what tells trainings of one day apart."""
    made = json.dumps([data.sha256, parameters.as_dict()], sort_keys=True)
    day = datetime.fromtimestamp(cutoff, tz=UTC).strftime("%Y%m%d")
    return f"{day}-{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def _keep(
    settings: Settings, declared: ModelDeclaration, record: ModelRecord, table: PointsTable, text: str
) -> ModelRecord:
    """Files first, then the event: a version without one is trained again, into the same files."""
    folder = model_folder(settings, record.pack, record.model) / record.version
    with open_ledger(settings.workspace.ledger) as ledger:
        if record.identity in records(ledger.audit):
            known = known_record(ledger.audit, *record.identity)
            unchanged_points(settings, known)
            return known
        write_text(folder / POINTS, text)
        write_text(folder / CARD, render_card(record, declared, table))
        entry = {**asdict(record), **_use(declared)}
        write_text(folder / ENTRY, json.dumps(entry, indent=2, sort_keys=True) + "\n")
        event = ledger.audit.append("model_trained", record.details(), actor=record.trained_by)
    return replace(record, trained_at=event.at.isoformat(timespec="seconds"))


def _use(declared: ModelDeclaration) -> dict[str, object]:
    """What the inventory says of the model beside the version."""
    return {
        "title": declared.title,
        "purpose": declared.purpose,
        "not_for": declared.not_for,
        "method_class": "statistical",
        "label_delay_days": declared.label_delay_days,
        "features": [f"{declared.features.mart}.{name}" for name in declared.features.columns],
    }
