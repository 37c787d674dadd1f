"""The shape of fintech.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from fintech_accelerator.errors import nearest, unknown_name
from fintech_accelerator.settings.redshift import RedshiftTarget
from fintech_accelerator.settings.retention import RetentionSettings
from fintech_accelerator.settings.strict import MemoryLimit, StrictModel

ParameterValue = bool | int | float | str


def _known_time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        message = f"{name!r} is not an IANA time zone, such as 'America/New_York'"
        raise ValueError(message) from cause
    return name


def _known_currency(code: str) -> str:
    from fintech_accelerator.settings.currencies import CURRENCIES

    if code not in CURRENCIES:
        close = nearest(code.upper(), CURRENCIES)
        hint = f"; did you mean {close!r}?" if close else ""
        message = f"{code!r} is no active currency of ISO 4217, such as 'USD'{hint}"
        raise ValueError(message)
    return code


class ProjectSettings(StrictModel):
    """`[project]`: who the bank is and the units everything is computed in."""

    name: str = Field(min_length=1, max_length=63, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")
    base_currency: Annotated[str, AfterValidator(_known_currency)] = "USD"
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "America/New_York"
    late_arrival_days: int = Field(default=7, ge=0, le=60)  # older rows are told of; all are taken
    default_target: str | None = None
    pack_folders: tuple[str, ...] = ()
    allow_code_packs: tuple[str, ...] = ()


class DuckDbTarget(StrictModel):
    """`[targets.<name>]` with `engine = "duckdb"`: one file, one machine."""

    engine: Literal["duckdb"]
    path: str = ".fintech/warehouse.duckdb"
    memory_limit: MemoryLimit = "7GB"
    threads: int | None = Field(default=None, ge=1, le=256)


Target = Annotated[DuckDbTarget | RedshiftTarget, Field(discriminator="engine")]


class Source(StrictModel):
    """One `[[sources.<table>]]`: files, and how their columns become the table's."""

    connector: str = "files"
    files: dict[str, str]
    columns: dict[str, str] | None = None
    query: str | None = None
    format: dict[str, Any] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)

    @property
    def brought_by(self) -> str:
        """The connector: the one named, or that of the scheme of addresses such as s3://bucket/*.csv."""
        schemes = {pattern.partition("://")[0] for pattern in self.files.values() if "://" in pattern}
        is_plain = self.connector != "files" or any("://" not in pattern for pattern in self.files.values())
        return self.connector if is_plain or len(schemes) != 1 else schemes.pop()


@dataclass(frozen=True)
class Workspace:
    """Where a project's generated files and data live: everything under `.fintech/`."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / ".fintech"

    @property
    def landing(self) -> Path:
        return self.state / "landing"

    @property
    def quarantine(self) -> Path:
        return self.state / "quarantine"

    @property
    def publications(self) -> Path:
        return self.state / "publications"

    @property
    def reports(self) -> Path:
        return self.state / "reports"

    @property
    def dbt_project(self) -> Path:
        return self.state / "dbt"

    @property
    def ledger(self) -> Path:
        return self.state / "ledger.sqlite"

    @property
    def run_lock(self) -> Path:
        return self.state / "run.lock"

    @property
    def settings_file(self) -> Path:
        return self.root / "fintech.toml"

    @property
    def lock_file(self) -> Path:
        return self.root / "fintech.lock"

    @property
    def parameters_file(self) -> Path:
        return self.root / "parameters.toml"


class Settings(StrictModel):
    """The whole of fintech.toml, and the folder it was found in."""

    root: Path
    project: ProjectSettings
    targets: dict[str, Target]
    packs: dict[str, dict[str, ParameterValue]] = Field(default_factory=dict)
    sources: dict[str, tuple[Source, ...]] = Field(default_factory=dict)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    def target(self, name: str | None = None) -> tuple[str, DuckDbTarget | RedshiftTarget]:
        """The named target, or the default one: `default_target`, else the first in the file.

        Raises UnknownNameError.
        """
        chosen = name or self.project.default_target or next(iter(self.targets))
        if chosen not in self.targets:
            raise unknown_name("target", chosen, self.targets)
        return chosen, self.targets[chosen]

    def warehouse(self, target: DuckDbTarget | RedshiftTarget) -> Path:
        """The target's DuckDB file, absolute: the warehouse, or where files are staged for Redshift."""
        return (self.root / target.path).resolve()
