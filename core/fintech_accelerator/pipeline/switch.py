"""What readers see, changed by hand: publish what is checked, let a closed gate pass, go back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fintech_accelerator.clock import naive_now
from fintech_accelerator.compose.composition import compose
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.engines.machine import machine_failures
from fintech_accelerator.engines.publications import current
from fintech_accelerator.errors import PublishError, UsageError
from fintech_accelerator.events import EventSink, ignore
from fintech_accelerator.ingest import next_batch_id
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.person import user_name
from fintech_accelerator.pipeline.context import RunContext, new_run_id
from fintech_accelerator.pipeline.publish import publications_folder, publish_pack
from fintech_accelerator.pipeline.serving import roll_back_pack
from fintech_accelerator.quality.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fintech_accelerator.ledger import Slot
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class Override:
    """Who lets a closed gate pass, and why: kept in the audit trail and shown with the publication."""

    approved_by: str
    reason: str


@dataclass(frozen=True)
class Switched:
    """What readers of a pack see now, and what they saw before: the same, when there was nothing new."""

    pack: str
    publication_id: int
    previous_id: int | None

    @property
    def is_new(self) -> bool:
        """Whether readers see something else now."""
        return self.publication_id != self.previous_id


def publish_ready(
    settings: Settings,
    packs: Iterable[str] | None = None,
    *,
    target: str | None = None,
    override: Override | None = None,
    on_event: EventSink = ignore,
) -> tuple[Switched, ...]:
    """Publish checked marts that wait for it; nothing is built. Without `packs`, every one that waits.

    With `override`, marts that were built but whose gate is closed are published, too: named ones only.
    Raises PublishError for a pack that is not built or whose gate is closed, UsageError, RunInProgressError.
    """
    with _at_work(settings, target, "fintech publish", on_event) as context:
        slots = context.serving.waiting()
        names = tuple(packs) if packs is not None else _waiting(context, slots)
        for name in names:
            context.composition.pack(name)
        if override is not None and packs is None:
            raise UsageError(
                "a gate is overridden for packs by name", fix="name the pack: `fintech publish PACK`"
            )
        return tuple(_publish(context, name, slots.get(name), override) for name in names)


def roll_back(settings: Settings, pack: str, *, to: int | None = None, target: str | None = None) -> Switched:
    """Return a pack's readers to an earlier publication: the one before, or `to`. Raises PublishError.

    On Redshift one step back is possible, until the next build begins. The ledger is opened first: no switch
    without its event.
    """
    with (
        run_lock(settings.workspace.run_lock, command=f"fintech rollback {pack}"),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        name, chosen = settings.target(target)
        folder = settings.workspace.publications / name
        left, serving = roll_back_pack(settings, chosen, folder, pack, to=to)
        ledger.publications.record(name, pack, serving, reason="rollback", details={"left": left})
        ledger.audit.append("rolled_back", {"target": name, "pack": pack, "left": left, "serving": serving})
    return Switched(pack, serving, left)


@contextmanager
def _at_work(
    settings: Settings, target: str | None, command: str, on_event: EventSink
) -> Iterator[RunContext]:
    with (
        machine_failures(command),
        run_lock(settings.workspace.run_lock, command=command),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        now = naive_now()
        composition = compose(settings, target=target)
        if not composition.warehouse.is_file():
            raise PublishError("nothing is built yet", fix="run `fintech run`")
        context = RunContext(
            run_id=new_run_id(now),
            started_at=now,
            composition=composition,
            ledger=ledger,
            on_event=on_event,
        )
        with context.serving.at_work(command):
            with open_warehouse(composition.warehouse, read_only=True) as connection:
                context.warehouse_id = context.serving.prepare(connection)
                context.batch_id = next_batch_id(connection) - 1
            yield context


def _waiting(context: RunContext, slots: Mapping[str, Slot]) -> tuple[str, ...]:
    return tuple(
        pack.name
        for pack in context.composition.packs
        if pack.name in slots and slots[pack.name].state == "ready"
    )


def _publish(context: RunContext, name: str, slot: Slot | None, override: Override | None) -> Switched:
    pack = context.composition.pack(name)
    if slot is None or slot.content_hash != pack.content_hash or slot.state == "building":
        raise PublishError(
            f"the pack {name!r} is not built as it is enabled now", fix=f"run `fintech run --packs {name}`"
        )
    if slot.state == "published" and slot.publication_id is not None:
        return Switched(name, slot.publication_id, slot.publication_id)
    if slot.state == "built" and override is None:
        raise PublishError(
            f"the gate of {name!r} is closed: a critical rule does not hold",
            fix=f"`fintech results --pack {name} --failed` shows which; to publish all the same, give "
            "--override-gate --approved-by WHO --reason WHY",
        )
    (results,) = context.ledger.results.latest(name, target=context.composition.target_name)
    gate = Gate.from_plain(results.gate)
    run_id = slot.run_id or results.run_id
    if override is not None and slot.state == "built":
        _check_override(override, user_name())
        gate = gate.overridden(override.approved_by, override.reason)
        context.ledger.audit.append(
            "gate_overridden",
            {
                "pack": name,
                "run_id": run_id,
                "approved_by": override.approved_by,
                "reason": override.reason,
                "rules": list(gate.blocking),
            },
        )
    before = _serving(context, name)
    context = replace(context, run_id=run_id)  # what is published is of that run
    # a gate that was let pass does not move the slot: its days are built again until the rules hold
    publication = publish_pack(context, name, gate, through_batch=slot.through_batch or 0)
    return Switched(name, publication.publication_id, before)


def _check_override(override: Override, actor: str) -> None:
    if not override.approved_by.strip() or not override.reason.strip():
        raise UsageError(
            "a gate is overridden only with a name and a reason", fix="give --approved-by WHO --reason WHY"
        )
    if override.approved_by.strip().casefold() == actor.casefold():
        raise UsageError(
            f"{actor!r} cannot approve what they do themselves", fix="let somebody else approve it"
        )


def _serving(context: RunContext, name: str) -> int | None:
    published = current(publications_folder(context.composition)).get(name, ())
    return published[-1] if published else None
