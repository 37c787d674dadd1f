"""What the project's files say and the audit trail does not: edited by hand, or cut off by a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fintech_accelerator.errors import PackError
from fintech_accelerator.packs.dated import read_dated
from fintech_accelerator.packs.lock import read_lock
from fintech_accelerator.packs.parameters import declared_by, stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fintech_accelerator.ledger import AuditEvent, Ledger
    from fintech_accelerator.packs.lock import LockedPack
    from fintech_accelerator.packs.parameters import Parameter
    from fintech_accelerator.settings import Settings

FOUND = "in the project's files, without an event"
PACK_EVENTS = ("pack_enabled", "pack_upgraded", "pack_disabled")


class Unaudited(NamedTuple):
    """A change to be written into the trail: the kind of its event, and its details."""

    kind: str
    details: dict[str, Any]

    def __str__(self) -> str:
        what = self.details.get("name")
        return f"{self.kind.replace('_', ' ')}: {self.details['pack']}{f'.{what}' if what else ''}"


def unaudited_changes(settings: Settings, events: Sequence[AuditEvent]) -> tuple[Unaudited, ...]:
    """How the enabled packs and their parameters differ from what the trail says, `events` newest first."""
    told = [event for event in reversed(events) if event.kind in {*PACK_EVENTS, "parameter_changed"}]
    return (
        *_packs(settings, told),
        *_values(settings, told),
        *_dated_values(settings, told),
    )


def record_unaudited(settings: Settings, ledger: Ledger) -> tuple[Unaudited, ...]:
    """Write into the trail what differs from it; returns what was written."""
    found = unaudited_changes(settings, ledger.audit.events())
    for each in found:
        ledger.audit.append(each.kind, each.details)
    return found


def _packs(settings: Settings, told: Iterable[AuditEvent]) -> Iterator[Unaudited]:
    known: dict[str, str] = {}
    for event in told:
        if event.kind == "pack_disabled":
            known.pop(event.details["pack"], None)
        elif event.kind in PACK_EVENTS:
            known[event.details["pack"]] = event.details.get("content", "")
    locked = read_lock(settings.workspace.lock_file)
    now = {name: pack for name, pack in locked.items() if name in settings.packs}
    for name, pack in sorted(now.items()):
        if name not in known:
            yield _of_pack("pack_enabled", pack)
        elif known[name] not in {pack.content, ""}:
            yield _of_pack("pack_upgraded", pack, previous_content=known[name])
    for name in sorted(known.keys() - now.keys()):
        yield Unaudited("pack_disabled", {"pack": name, "content": known[name], "found": FOUND})


def _of_pack(kind: str, pack: LockedPack, **more: str) -> Unaudited:
    details = {"pack": pack.name, "version": pack.version, "content": pack.content}
    return Unaudited(kind, {**details, "reads_pii": list(pack.reads_pii), **more, "found": FOUND})


def _values(settings: Settings, told: Iterable[AuditEvent]) -> Iterator[Unaudited]:
    """Values in fintech.toml; those of a pack that was disabled have left it."""
    known: dict[str, dict[str, str]] = {}
    for event in told:
        details = event.details
        if event.kind == "pack_disabled":
            known.pop(details["pack"], None)
        elif event.kind == "parameter_changed" and not details.get("effective_from"):
            known.setdefault(details["pack"], {})[details["name"]] = details["new"]
    for pack, given in sorted(settings.packs.items()):
        declared = _declared(settings, pack)
        defaults = {name: stored(parameter.default) for name, parameter in declared.items()}
        before = {**defaults, **known.get(pack, {})}
        now = {**defaults, **_given(declared, given)}
        for name in sorted(now):
            if now[name] != before[name]:
                yield _of_value(pack, name, before[name], now[name])


def _given(declared: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, str]:
    """The values as the trail writes them; one that is not accepted stops the run by itself."""
    found = {}
    for name, value in given.items():
        if name in declared:
            try:
                found[name] = stored(declared[name].accept(value))
            except ValueError:
                continue
    return found


def _declared(settings: Settings, pack: str) -> dict[str, Parameter]:
    try:
        return declared_by(settings, pack)
    except PackError:  # a pack that is gone or broken is refused elsewhere
        return {}


def _dated_values(settings: Settings, told: Iterable[AuditEvent]) -> Iterator[Unaudited]:
    known = {
        (event.details["pack"], event.details["name"], event.details["effective_from"]): event.details["new"]
        for event in told
        if event.kind == "parameter_changed" and event.details.get("effective_from")
    }
    entries = {
        (entry.pack, entry.name, entry.effective_from.isoformat()): entry
        for entry in sorted(
            read_dated(settings.workspace.parameters_file), key=lambda entry: entry.recorded_at
        )
    }
    for key in sorted({*known, *entries}):
        pack, name, day = key
        entry = entries.get(key)
        new = entry.value if entry else ""  # its line was removed from the file
        if known.get(key, "") != new:
            people = {"author": entry.author, "approved_by": entry.approved_by} if entry else {}
            yield _of_value(pack, name, known.get(key, ""), new, effective_from=day, **people)


def _of_value(
    pack: str, name: str, old: str, new: str, *, effective_from: str | None = None, **people: str
) -> Unaudited:
    details = {"pack": pack, "name": name, "old": old, "new": new, "effective_from": effective_from}
    return Unaudited("parameter_changed", {**details, **people, "found": FOUND})
