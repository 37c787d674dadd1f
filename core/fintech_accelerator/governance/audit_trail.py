"""The audit trail and the publications it vouches for, read and verified together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.publications import current, read_manifest, verify
from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fintech_accelerator.engines.publications import Manifest
    from fintech_accelerator.ledger import AuditEvent, AuditVerification
    from fintech_accelerator.settings import Workspace


@dataclass(frozen=True)
class TrailVerification:
    """What was found: the chain of events, and every publication that readers are or could be sent to."""

    is_intact: bool
    chain: AuditVerification
    publications: int
    files: int
    damaged: tuple[str, ...]


def audit_events(workspace: Workspace, limit: int | None = None) -> tuple[AuditEvent, ...]:
    """The newest events of the project's audit trail, newest first; works during a run."""
    with open_ledger(workspace.ledger, read_only=True) as ledger:
        return ledger.audit.events(limit)


def verify_trail(workspace: Workspace) -> TrailVerification:
    """Re-compute the chain of events and the hashes of all published files.

    Each vouches for the other: an event holds the hash of the manifest that was published, and a manifest the
    end of the chain at its time, so that a trail that was cut or written anew does not fit. Raises
    IntegrityError for a ledger or a pointer that cannot be read at all.
    """
    with open_ledger(workspace.ledger, read_only=True) as ledger:
        known = _known_manifests(ledger.audit.events())
        publications, files = 0, 0
        anchors: list[tuple[int, str]] = []
        damaged: list[str] = []
        for target, pack, number in _published(workspace):
            publications += 1
            folder = workspace.publications / target
            try:
                manifest = read_manifest(folder, pack, number)
                anchors.append(_anchor(manifest))
                files += verify(folder, pack, number, manifest_sha256=known.get((target, pack, number)))
            except IntegrityError as cause:
                damaged.append(cause.reason)
        chain = ledger.audit.verify(anchors)
    return TrailVerification(
        is_intact=chain.is_intact and not damaged,
        chain=chain,
        publications=publications,
        files=files,
        damaged=tuple(damaged),
    )


def _known_manifests(events: Sequence[AuditEvent]) -> dict[tuple[Any, ...], str]:
    """The hash of each manifest that the trail says was published; the newest where numbers began anew."""
    found = [event.details for event in reversed(events) if event.kind == "published"]
    return {
        tuple(each.get(part) for part in ("target", "pack", "publication_id")): each["manifest_sha256"]
        for each in found
        if "manifest_sha256" in each
    }


def _published(workspace: Workspace) -> Iterator[tuple[str, str, int]]:
    """Every publication that can be served, as target, pack and number."""
    if not workspace.publications.is_dir():
        return
    for folder in sorted(workspace.publications.iterdir()):
        for pack, numbers in sorted(current(folder).items()) if folder.is_dir() else ():
            for number in numbers:
                yield folder.name, pack, number


def _anchor(manifest: Manifest) -> tuple[int, str]:
    match manifest.facts.get("audit_head"):
        case [int(sequence), str(known)]:
            return sequence, known
    raise IntegrityError(
        f"the manifest of publication {manifest.publication_id} of {manifest.pack!r} does not say where the"
        " audit trail stood",
        fix="restore it from a backup, or publish again with `fintech run`",
    )
