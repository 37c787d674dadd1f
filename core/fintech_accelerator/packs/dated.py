"""Values that hold from a date: the project's append-only parameters.toml, and what follows from it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import SettingsError, UsageError, unknown_name
from fintech_accelerator.packs.parameters import (
    FILE_NAME,
    Parameter,
    ParameterLiteral,
    bank_values,
    literal,
    stored,
)
from fintech_accelerator.toml_text import toml_problem
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGINNING = date(1900, 1, 1)
KEYS = ("pack", "name", "value", "from", "approved_by", "author", "recorded_at")


@dataclass(frozen=True)
class DatedValue:
    """One entry of the project's parameters.toml: a value, from when, and who answers for it."""

    pack: str
    name: str
    value: str
    effective_from: date
    approved_by: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class ParameterPeriod:
    """A regulatory value and the days it holds, the last excluded: a row of ops.parameter_values."""

    pack: str
    name: str
    value: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True)
class ResolvedParameters:
    """All values of one pack: undated ones as SQL literals, dated ones as periods, and the set's identity."""

    declared: Mapping[str, Parameter]
    values: Mapping[str, ParameterLiteral]
    periods: tuple[ParameterPeriod, ...]
    param_set_id: str
    rebuild_hash: str  # changes when days that are already built have to be built again

    @property
    def variables(self) -> dict[str, bool | int | str]:
        """The undated values as dbt renders them."""
        return {name: literal(value) for name, value in self.values.items()}


def resolve(
    declared: Mapping[str, Parameter], given: Mapping[str, Any], dated: Iterable[DatedValue], *, pack: str
) -> ResolvedParameters:
    """Put the pack's declarations, the bank's values and the dated file together."""
    values = bank_values(declared, given, pack=pack)
    own = [entry for entry in dated if entry.pack == pack]
    for entry in own:
        if entry.name not in declared:
            raise unknown_name(f"parameter of {pack!r} in {FILE_NAME}", entry.name, declared)
        _accepted(declared[entry.name], entry.value)
    periods = tuple(
        period
        for name, parameter in sorted(declared.items())
        if parameter.is_dated
        for period in _periods(parameter, [entry for entry in own if entry.name == name])
    )
    plain = [[name, stored(value)] for name, value in sorted(values.items())]
    all_rows = [
        *plain,
        *([period.name, period.value, str(period.effective_from)] for period in periods),
    ]
    backdated = [
        [entry.name, entry.value, str(entry.effective_from)]
        for entry in own
        if entry.recorded_at.date() >= entry.effective_from
    ]
    return ResolvedParameters(
        declared, values, periods, _digest(all_rows)[:16], _digest([*plain, *backdated])
    )


def _digest(rows: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _periods(parameter: Parameter, entries: list[DatedValue]) -> list[ParameterPeriod]:
    starts = {BEGINNING: stored(parameter.default)}
    for entry in sorted(entries, key=lambda entry: entry.recorded_at):
        starts[entry.effective_from] = entry.value  # the later record of one day corrects the earlier
    days = sorted(starts)
    ends: list[date | None] = [*days[1:], None]
    return [
        ParameterPeriod(parameter.pack, parameter.name, starts[day], day, end)
        for day, end in zip(days, ends, strict=True)
    ]


def read_dated(path: Path) -> tuple[DatedValue, ...]:
    """Read the project's parameters.toml; none if there is no file. Raises SettingsError."""
    if not path.is_file():
        return ()
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as cause:
        raise SettingsError(f"{path} is not UTF-8: {cause}", fix="save it as UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        problem = toml_problem(cause, text)
        raise SettingsError(f"{path} is not valid TOML: {problem}", fix="correct the line named") from cause
    entries = raw.pop("values", [])
    if raw or not isinstance(entries, list):
        raise SettingsError(f"{path} may hold only [[values]]", fix="remove anything else")
    return tuple(_entry(entry, number, path) for number, entry in enumerate(entries, 1))


def _entry(entry: Any, number: int, path: Path) -> DatedValue:
    problem = f"{path}, entry {number} of [[values]]"
    if not isinstance(entry, dict) or set(entry) != set(KEYS):
        raise SettingsError(f"{problem} has to have exactly {', '.join(KEYS)}", fix="correct the entry")
    if type(entry["from"]) is not date or not isinstance(entry["recorded_at"], datetime):
        raise SettingsError(
            f"{problem}: from has to be a date and recorded_at a time", fix="correct the entry"
        )
    texts = {key: str(entry[key]) for key in ("pack", "name", "value", "approved_by", "author")}
    return DatedValue(effective_from=entry["from"], recorded_at=entry["recorded_at"], **texts)


@dataclass(frozen=True)
class ParameterChange:
    """A change of a threshold, as the audit trail records it; `effective_from` is None for undated ones."""

    pack: str
    name: str
    old: str
    new: str
    effective_from: date | None
    approved_by: str | None
    author: str
    recorded_at: datetime
    file: Path


def set_parameter(  # noqa: PLR0913  (each is a fact the audit trail has to hold)
    root: Path,
    parameter: Parameter,
    value: Any,
    *,
    given: Mapping[str, Any],
    effective_from: date | None,
    approved_by: str | None,
    author: str,
    recorded_at: datetime,
) -> ParameterChange:
    """Record a new value: a dated one in parameters.toml, others in fintech.toml (`given`: those there).

    Raises UsageError for a value out of range, a missing date or approver, or an approver who is the author.
    """
    accepted = _accepted(parameter, value)
    _check_approval(parameter, approved_by, author)
    _check_date(parameter, effective_from)
    path = root / (FILE_NAME if parameter.is_dated else "fintech.toml")
    if effective_from is None:
        old = stored(parameter.accept(given.get(parameter.name, parameter.default)))
        _set_in_settings(path, parameter, accepted)
    else:
        old = value_on(parameter, read_dated(path), effective_from)
        who = {"approved_by": approved_by or "", "author": author}
        names = {"pack": parameter.pack, "name": parameter.name, "value": stored(accepted)}
        _append(path, DatedValue(**names, **who, effective_from=effective_from, recorded_at=recorded_at))
    return ParameterChange(
        parameter.pack,
        parameter.name,
        old=old,
        new=stored(accepted),
        effective_from=effective_from,
        approved_by=approved_by,
        author=author,
        recorded_at=recorded_at,
        file=path,
    )


def value_on(parameter: Parameter, dated: Iterable[DatedValue], day: date) -> str:
    """The value of a dated parameter that holds on a day."""
    own = [entry for entry in dated if (entry.pack, entry.name) == (parameter.pack, parameter.name)]
    periods = _periods(parameter, own)
    return next(period.value for period in reversed(periods) if period.effective_from <= day)


def _accepted(parameter: Parameter, value: Any) -> ParameterLiteral:
    try:
        return parameter.accept(value)
    except ValueError as cause:
        raise UsageError(
            f"{parameter.pack}.{parameter.name}: {cause}", fix="choose a value in the range"
        ) from cause


def _check_approval(parameter: Parameter, approved_by: str | None, author: str) -> None:
    if not approved_by:
        if not parameter.requires_approval:
            return
        raise UsageError(
            f"a change of {parameter.name!r} needs somebody's approval ({parameter.kind})",
            fix="give --from DATE --approved-by WHO" if parameter.is_dated else "give --approved-by WHO",
        )
    if approved_by.strip().casefold() == author.strip().casefold():
        raise UsageError(
            f"{author!r} cannot approve a change of their own", fix="let somebody else approve it"
        )


def _check_date(parameter: Parameter, effective_from: date | None) -> None:
    if parameter.is_dated and effective_from is None:
        raise UsageError(
            f"{parameter.name!r} is {parameter.kind}, so its value holds from a date", fix="give --from DATE"
        )
    if effective_from is not None and not parameter.is_dated:
        raise UsageError(
            f"{parameter.name!r} is {parameter.kind}: its value holds from the next run on, without a date",
            fix="leave out --from",
        )


def _append(path: Path, entry: DatedValue) -> None:
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    table = tomlkit.table()
    for key, value in zip(
        KEYS,
        (
            *(entry.pack, entry.name, entry.value, entry.effective_from),
            *(entry.approved_by, entry.author, entry.recorded_at),
        ),
        strict=True,
    ):
        table.add(key, value)
    if "values" not in document:
        document.add("values", tomlkit.aot())
    document["values"].append(table)
    write_text(path, tomlkit.dumps(document))


def _set_in_settings(path: Path, parameter: Parameter, value: ParameterLiteral) -> None:
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    packs = document.get("packs", {})
    if parameter.pack not in packs:
        raise UsageError(
            f"the pack {parameter.pack!r} is not enabled in {path.name}",
            fix=f"run `fintech packs enable {parameter.pack}`",
        )
    plain = float(value) if isinstance(value, Decimal) else value
    packs[parameter.pack][parameter.name] = str(plain) if isinstance(plain, date) else plain
    write_text(path, tomlkit.dumps(document))
