"""Stage 5: a pack's checked marts become visible, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.engines.publications import Publication
    from fintech_accelerator.packs.marts import Mart
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.quality.gate import Gate


def publications_folder(composition: Composition) -> Path:
    """Where a target's publications lie."""
    return composition.settings.workspace.publications / composition.target_name


def publish_pack(context: RunContext, name: str, gate: Gate, *, through_batch: int) -> Publication:
    """Publish what is built of a pack and note it. Raises PublishError and EnvironmentFailure."""
    pack = context.composition.pack(name)
    with context.stage("publish", pack=name, total=len(pack.marts)) as outcome:
        publication = context.serving.publish(pack, gate, through=through_batch)
        outcome.rows = sum(mart.rows for mart in publication.marts)
    _note(context, pack, publication, through_batch)
    return publication


def facts_of(context: RunContext, pack: EnabledPack, gate: Gate, through_batch: int) -> dict[str, Any]:
    """What a reader may want to know of a publication beside its rows."""
    return {
        "run_id": context.run_id,
        "title": pack.manifest.title,
        "pack_version": pack.manifest.version,
        "content_hash": pack.content_hash,
        "through_batch": through_batch,
        "param_set_id": pack.param_set_id,
        "parameters": {name: str(value) for name, value in sorted(pack.parameters.values.items())},
        "capability_flags": list(pack.capability_flags),
        "gate": gate.as_plain(),
        "audit_head": context.ledger.audit.anchor,
    }


def to_publish(mart: Mart) -> MartToPublish:
    """A mart as the publishers take it."""
    columns = tuple(
        PublishedColumn(name=column.name, type=column.type, pii=column.pii, description=column.description)
        for column in mart.columns
    )
    return MartToPublish(
        schema=mart.schema,
        name=mart.name,
        time_column=mart.time_column,
        columns=columns,
        restricted=mart.restricted,
        grain=mart.grain,
    )


def _note(context: RunContext, pack: EnabledPack, publication: Publication, through_batch: int) -> None:
    """The pointer is swapped already. The slot comes last: after a kill before it the next run publishes once
    more, and no publication is without its event in the audit trail.
    """
    ledger = context.ledger
    target = context.composition.target_name
    ledger.audit.append(
        "published",
        {
            "target": target,
            "pack": pack.name,
            "publication_id": publication.publication_id,
            "manifest_sha256": publication.manifest_sha256,
            "run_id": context.run_id,
        },
    )
    ledger.publications.record(
        target=target,
        pack=pack.name,
        publication_id=publication.publication_id,
        run_id=context.run_id,
        reason="publish",
        published_at=publication.published_at,
    )
    context.serving.published(pack, publication, through=through_batch)
