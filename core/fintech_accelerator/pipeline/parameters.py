"""Thresholds as the bank sees them: what holds today, what may be set, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import UsageError, nearest, unknown_name
from fintech_accelerator.packs.dated import (
    BEGINNING,
    DatedValue,
    ParameterChange,
    read_dated,
    resolve,
    set_parameter,
)
from fintech_accelerator.packs.parameters import declared_by, stored
from fintech_accelerator.person import user_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.packs.parameters import Parameter
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class ValuePeriod:
    """A value and the days it holds (the last excluded), with who set and who approved it."""

    value: str
    effective_from: date
    effective_to: date | None
    author: str
    approved_by: str


@dataclass(frozen=True)
class ParameterRow:
    """One threshold: what holds today, what may be set, and why it is what it is."""

    pack: str
    name: str
    value: str
    default: str
    allowed: str
    unit: str
    kind: str  # regulatory, policy or statistical
    label: str
    source: str
    owner_role: str = ""  # who answers for it, if its pack says so
    effective_from: date | None = None  # of a dated value that is not the default
    approved_by: str = ""
    periods: tuple[ValuePeriod, ...] = ()  # of a dated parameter, past and to come


def list_parameters(settings: Settings, pack: str | None = None) -> tuple[ParameterRow, ...]:
    """The thresholds of one installed pack, or of all enabled ones. Raises PackError, SettingsError."""
    names = [pack] if pack else sorted(settings.packs)
    return tuple(row for name in names for row in rows_of(settings, name, declared_by(settings, name)))


def rows_of(
    settings: Settings | None, pack: str, declared: Mapping[str, Parameter]
) -> tuple[ParameterRow, ...]:
    """The thresholds with the values that this project gives them."""
    values = settings.packs.get(pack, {}) if settings else {}
    given = {name: value for name, value in values.items() if name in declared}  # so that a list can help
    dated = read_dated(settings.workspace.parameters_file) if settings else ()
    resolved = resolve(declared, given, dated, pack=pack)
    rows = []
    for name, parameter in sorted(declared.items()):
        periods = _periods(parameter, dated) if parameter.is_dated else ()
        now = next((each for each in reversed(periods) if each.effective_from <= _today()), None)
        rows.append(
            ParameterRow(
                pack=pack,
                name=name,
                value=now.value if now else stored(resolved.values[name]),
                default=stored(parameter.default),
                allowed=parameter.range_text,
                unit=parameter.unit,
                kind=parameter.kind,
                label=parameter.label,
                source=parameter.source,
                owner_role=parameter.owner_role,
                effective_from=now.effective_from if now and now.effective_from > BEGINNING else None,
                approved_by=now.approved_by if now else "",
                periods=periods,
            )
        )
    return tuple(rows)


def change_parameter(  # noqa: PLR0913  (each is a fact the audit trail has to hold)
    settings: Settings,
    dotted: str,
    value: str,
    *,
    effective_from: date | None = None,
    approved_by: str | None = None,
    author: str | None = None,
    now: datetime | None = None,
) -> ParameterChange:
    """Set PACK.NAME (or NAME, when only one enabled pack has it) and write it into the audit trail.

    Raises UnknownNameError, or UsageError for a value out of range, a missing date or approver.
    """
    from fintech_accelerator.governance.unaudited import unaudited_changes
    from fintech_accelerator.ledger import open_ledger

    parameter = _find(settings, dotted)
    with open_ledger(settings.workspace.ledger) as ledger:  # opened first: no change without its record
        untold = unaudited_changes(settings, ledger.audit.events())
        change = set_parameter(
            settings.root,
            parameter,
            value,
            given=settings.packs.get(parameter.pack, {}),
            effective_from=effective_from,
            approved_by=approved_by,
            author=author or user_name(),
            recorded_at=(now or datetime.now(UTC)).replace(microsecond=0),
        )
        for each in untold:
            ledger.audit.append(each.kind, each.details)
        ledger.audit.append("parameter_changed", _details(change), actor=change.author)
    return change


def _find(settings: Settings, dotted: str) -> Parameter:
    pack, _, name = dotted.rpartition(".")
    if pack:
        if pack not in settings.packs:
            raise unknown_name("enabled pack", pack, settings.packs)
        declared = declared_by(settings, pack)
        if name not in declared:
            raise unknown_name(f"parameter of {pack!r}", name, declared)
        return declared[name]
    every = {each: declared_by(settings, each) for each in sorted(settings.packs)}
    owners = [each for each, declared in every.items() if name in declared]
    if len(owners) == 1:
        return every[owners[0]][name]
    if owners:
        raise UsageError(
            f"{name!r} is a parameter of several packs: {', '.join(owners)}",
            fix=f"say which: `fintech params set {owners[0]}.{name} ...`",
        )
    known = [f"{each}.{parameter}" for each, declared in every.items() for parameter in declared]
    close = nearest(name, [each.partition(".")[2] for each in known])
    full = next((each for each in known if close and each.endswith(f".{close}")), None)
    raise UsageError(
        f"no enabled pack has a parameter called {name!r}",
        fix=f"did you mean {full!r}?" if full else "see `fintech params list`",
    )


def _periods(parameter: Parameter, dated: tuple[DatedValue, ...]) -> tuple[ValuePeriod, ...]:
    own = [entry for entry in dated if (entry.pack, entry.name) == (parameter.pack, parameter.name)]
    by_day = {entry.effective_from: entry for entry in sorted(own, key=lambda entry: entry.recorded_at)}
    periods = resolve({parameter.name: parameter}, {}, own, pack=parameter.pack).periods
    return tuple(
        ValuePeriod(
            each.value,
            each.effective_from,
            each.effective_to,
            author=by_day[each.effective_from].author if each.effective_from in by_day else "",
            approved_by=by_day[each.effective_from].approved_by if each.effective_from in by_day else "",
        )
        for each in periods
    )


def _details(change: ParameterChange) -> dict[str, Any]:
    return {
        "pack": change.pack,
        "name": change.name,
        "old": change.old,
        "new": change.new,
        "effective_from": change.effective_from.isoformat() if change.effective_from else None,
        "approved_by": change.approved_by,
        "author": change.author,
        "recorded_at": change.recorded_at.isoformat(),
    }


def _today() -> date:
    return datetime.now(UTC).date()
