"""The rules as data (rules.yml says what each key means), and what is said of a place that breaks one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fintech_accelerator.strict_yaml import loads

PAGES = "https://docs.aws.amazon.com/redshift/latest/dg/{}.html"
LISTS = ("phrases", "starts", "functions", "types", "names", "grammar", "only_in")


@dataclass(frozen=True)
class Rule:
    """One form that is not portable, and how it is found."""

    id: str
    wrong: str
    portable: str
    page: str
    evidence: str  # S: the page was read; B: believed
    refused: bool  # whether Redshift ends in an error
    check: str = ""
    needs_table: bool = False
    phrases: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    grammar: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where AWS says so."""
        return PAGES.format(self.page)


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
    read = [_rule(entry) for entry in loads(text, name="rules.yml").value]
    return {rule.id: rule for rule in read}


def _rule(entry: dict[str, Any]) -> Rule:
    values: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in entry.items()}
    return Rule(**values)
