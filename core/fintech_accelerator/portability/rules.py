"""The rules as data, and what is said of one place that breaks one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

PAGES = "https://docs.aws.amazon.com/redshift/latest/dg/{}.html"


@dataclass(frozen=True)
class Rule:
    """One form that is not portable; `evidence` is S (its page was read) or B (belief)."""

    id: str
    message: str
    portable_form: str
    page: str
    evidence: str
    refused: bool
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One place of a statement that breaks a rule; lines and columns count from 1."""

    rule: str
    message: str
    portable_form: str
    page: str
    line: int
    column: int
    refused: bool


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id."""
    text = (files(__package__) / "rules.yml").read_text(encoding="utf-8")
    entries = [{**entry, "names": frozenset(entry.get("names", ()))} for entry in yaml.safe_load(text)]
    return {entry["id"]: Rule(**entry) for entry in entries}
