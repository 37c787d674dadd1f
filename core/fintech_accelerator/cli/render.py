"""How results look: tables for people, JSON for programs, one spelling of numbers everywhere."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console, JustifyMethod

FLAGS_SHOWN = 2
WIDE = 100  # of a terminal: where tables with sentences in them wrap
STATUS_STYLES = {
    "ok": "green",
    "passed": "green",
    "published": "green",
    "warned": "yellow",
    "warning": "yellow",
    "incomplete": "yellow",
    "skipped": "dim",
    "unchanged": "dim",
    "held": "yellow",
    "ready": "yellow",
    "overridden": "yellow",
    "blocked": "bold red",
    "unavailable": "bold red",
    "failed": "bold red",
    "critical": "bold red",
    "refused": "bold red",
    "stopped": "bold red",
    "interrupted": "bold red",
}


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The `--json` flag that every reporting command has."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(function)


def console(*, is_error: bool = False) -> Console:
    """The console for people: plain without a terminal, no wrapping of table cells in a pipe."""
    from rich.console import Console

    made = Console(stderr=is_error, highlight=False, soft_wrap=False)
    if not made.is_terminal:
        made = Console(stderr=is_error, highlight=False, width=160, no_color=True)
    return made


def print_json(value: Any) -> None:
    """Print any result of the library as JSON."""
    click.echo(json.dumps(value, default=plain, indent=2, ensure_ascii=False))


def plain(value: Any) -> Any:
    """What JSON cannot say by itself: dataclasses, dates, decimals, paths and sets."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | Path):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    message = f"cannot print {type(value).__name__} as JSON"
    raise TypeError(message)


def print_table(  # noqa: PLR0913  (what a table may be asked, all with defaults)
    title: str | None,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    widest: int | None = None,
) -> None:
    """Print rows as a table; columns in `right` are numbers, those in `whole` are to be typed and never wrap.

    `widest` is where the table wraps, in a pipe, too.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    for column in columns:
        justify: JustifyMethod = "right" if column in right else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(Text(text(cell), style=STATUS_STYLES.get(str(cell), "")) for cell in row))
    screen = console()
    screen.print(table, width=min(screen.width, widest) if widest else None)


def text(value: Any) -> str:
    """One cell: thousands separated, nothing for None, times to the second, no control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1 else f"{value:,.1f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in str(value)
    )


def moment(value: str | None) -> str:
    """An ISO time as people read it, to the second; all times are UTC."""
    return text(datetime.fromisoformat(value)) if value else ""


def print_lacking(lacking: Mapping[str, Sequence[str]]) -> None:
    """Below a table of packs, which they would make too wide: the inputs that each has to do without."""
    shown = {pack: names for pack, names in lacking.items() if names}
    if shown:
        click.echo()
    for pack, names in shown.items():
        click.echo(f"{pack} does without: {flags(names)}")
    if any(len(names) > FLAGS_SHOWN for names in shown.values()):
        click.echo("`fintech doctor` lists all of them")


def flags(names: Sequence[str]) -> str:
    """The first few inputs that a pack has to do without."""
    more = len(names) - FLAGS_SHOWN
    shown = ", ".join(names[:FLAGS_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def short_path(path: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def seconds(value: float) -> str:
    """A duration for people."""
    if value < 60:  # noqa: PLR2004  (a minute)
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print a few named values under each other."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        click.echo(f"{name.ljust(width)}  {text(value)}")
