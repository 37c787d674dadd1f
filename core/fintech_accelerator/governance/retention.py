"""How long rows are kept: the product's defaults as data, the bank's own years, and legal holds."""

from __future__ import annotations

import calendar
import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from fintech_accelerator.errors import SettingsError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.settings import Settings

RELATIONSHIP = "relationship"
LANDING = "landing"
MONTHS = 12


@dataclass(frozen=True)
class Policy:
    """How long the rows of a table are kept; `years` is None where they are kept for good."""

    table: str
    clock: str
    years: float | None
    minimum: float
    maximum: float
    source: str
    is_default: bool
    by_customer: tuple[str, ...] = ()
    by_account: tuple[str, ...] = ()

    def cutoff(self, today: date) -> date | None:
        """The first day that is still kept, or None where everything is."""
        return None if self.years is None else _before(today, months=round(self.years * MONTHS))

    @property
    def words(self) -> str:
        """Why, for people."""
        said = "the product's default" if self.is_default else "fintech.toml"
        return f"kept {self.years:g} years ({said}; {self.source})"


@dataclass(frozen=True)
class Retention:
    """The policies of a project, and the customers of whom nothing is deleted."""

    policies: Mapping[str, Policy]
    held: frozenset[str]

    def of_rows(self, today: date) -> dict[str, date]:
        """The first day kept by each policy on rows that has an end; those of relationships come first."""
        found = {name: policy.cutoff(today) for name, policy in self.policies.items() if name != LANDING}
        ordered = sorted(found, key=lambda name: (name != RELATIONSHIP, name))
        return {name: cutoff for name in ordered if (cutoff := found[name]) is not None}


def retention_of(settings: Settings) -> Retention:
    """What a project keeps how long. Raises SettingsError for a table or years that are not allowed."""
    text = files("fintech_accelerator.governance").joinpath("retention.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    given = settings.retention.years
    for name in given:
        if name not in data["tables"]:
            raise SettingsError(
                f"fintech.toml: retention.years.{name}: nothing of that name has a retention"
                f" (there are: {', '.join(sorted(data['tables']))})",
                fix=suggestion(name, data["tables"], "remove it"),
            )
    policies = {}
    for name, facts in data["tables"].items():
        said = given.get(name, facts.get("years"))
        years = None if said in (None, "keep") else float(said)
        policies[name] = Policy(
            table=name,
            clock=facts["clock"],
            years=years,
            minimum=facts["minimum"],
            maximum=facts["maximum"],
            source=data["classes"][facts["class"]]["source"],
            is_default=name not in given,
            by_customer=tuple(facts.get("by_customer", ())),
            by_account=tuple(facts.get("by_account", ())),
        )
        _check(policies[name])
    return Retention(policies, _held(settings))


def _check(policy: Policy) -> None:
    if policy.years is not None and not policy.minimum <= policy.years <= policy.maximum:
        raise SettingsError(
            f"fintech.toml: retention.years.{policy.table} is {policy.years:g}; allowed are"
            f" {policy.minimum:g} to {policy.maximum:g} ({policy.source})",
            fix='give a number of years in that range, or "keep"',
        )


def _held(settings: Settings) -> frozenset[str]:
    """The customers in the file of legal holds: CSV with a column customer_id."""
    name = settings.retention.legal_holds
    if name is None:
        return frozenset()
    path = settings.root / name
    rows = _rows(path)
    held = {str(row["customer_id"]).strip() for row in rows if row.get("customer_id")}
    if rows and not held:
        raise SettingsError(
            f"{path} has no column customer_id with a value", fix="write customer_id into its first line"
        )
    return frozenset(held)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise SettingsError(  # a hold that cannot be read must not look like none
            f"the legal holds cannot be read from {path}: {cause}",
            fix="put the file there, or correct legal_holds in [retention] of fintech.toml",
        ) from cause


def _before(today: date, *, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    index = today.year * MONTHS + today.month - 1 - months
    year, month = index // MONTHS, index % MONTHS + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(today.day, last))
