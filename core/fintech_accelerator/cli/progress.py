"""The view of a run: a live display in a terminal, plain lines in a pipe or in CI."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from fintech_accelerator import events
from fintech_accelerator.cli.render import console, seconds
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID


@contextmanager
def watching(*, is_quiet: bool = False) -> Iterator[events.EventSink]:
    """A sink for a run's events that shows them on standard error; standard output stays for the result."""
    if is_quiet:
        yield events.ignore
        return
    screen = console(is_error=True)
    if screen.is_terminal:
        with bars(screen) as progress:
            yield LiveView(progress)
    else:
        yield PlainLines()


@contextmanager
def working(what: str, *, is_quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """What to tell the steps of something long, outside a run, that shows them with its time."""
    screen = console(is_error=True)
    if is_quiet:
        yield _nothing
    elif screen.is_terminal:
        with bars(screen) as progress:
            task = progress.add_task(what, total=None, step="", count="")
            yield lambda step: progress.update(task, step=step)
    else:
        click.echo(f"{what} ...", err=True)
        yield lambda step: click.echo(f"  {step} ...", err=True)


class PlainLines:
    """One line for each stage and for each step that is worth knowing."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, event: events.Event) -> None:
        line = self._line(event)
        if line:
            click.echo(line, err=True)

    def _line(self, event: events.Event) -> str | None:
        match event:
            case events.RunStarted():
                return f"run {event.run_id}: target {event.target}, packs {', '.join(event.packs) or 'none'}"
            case events.StageStarted():
                return f"{event.stage}{_of(event.pack)} ..."
            case events.StepFinished() if event.status != "skipped":
                return f"  {event.stage}: {event.name}: {event.status}{_figures(event.rows, event.seconds)}"
            case events.StageFinished():
                return f"{event.stage}{_of(event.pack)}: {event.status}{_figures(event.rows, event.seconds)}"
            case events.RunFinished():
                return f"run {event.run_id}: {event.status} in {seconds(event.seconds)}"
        return None


class LiveView:
    """A bar for the stage that runs, with the step at work; finished stages stay above it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = progress.add_task(
            "look", total=None, step="packs, parameters, sources", count=""
        )

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.StageStarted():
                self._begin(event)
            case events.StepStarted() if self._task is not None:
                self._progress.update(self._task, step=event.name)
            case events.StepProgressed() if self._task is not None:
                come = f"{event.name}, {event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB"
                self._progress.update(self._task, step=come)
            case events.StepFinished() if self._task is not None:
                self._advance(self._task)
                if event.rows is not None and event.status == "ok":
                    self._progress.update(self._task, step=f"{event.name}: {counted(event.rows, 'row')}")
                if event.status in {"failed", "refused"}:
                    self._progress.console.print(
                        f"[bold red]✗[/] {event.stage}: {event.name}", highlight=False
                    )
            case events.StageFinished():
                self._end(event)

    def _begin(self, event: events.StageStarted) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        name = f"{event.stage}{_of(event.pack)}"
        self._task = self._progress.add_task(name, total=event.total, step="", count=_count(0, event.total))

    def _advance(self, task: TaskID) -> None:
        """One step on. dbt builds more than was counted beforehand, so the total gives way to the truth."""
        self._progress.advance(task)
        shown = next(each for each in self._progress.tasks if each.id == task)
        if shown.total is not None and shown.completed > shown.total:
            self._progress.update(task, total=shown.completed)
        self._progress.update(task, count=_count(int(shown.completed), shown.total))

    def _end(self, event: events.StageFinished) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        mark = {"ok": "[green]✓[/]", "warned": "[yellow]![/]", "skipped": "[dim]-[/]"}.get(
            event.status, "[bold red]✗[/]"
        )
        name = f"{event.stage}{_of(event.pack)}"
        self._progress.console.print(
            f"{mark} {name:<22}{_figures(event.rows, event.seconds)}", highlight=False
        )


def bars(screen: Console) -> Progress:
    """What is shown while something long is at work: its name, how far it is, its time and its step."""
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<16}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]:>7}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[step]}", style="dim", markup=False),
        console=screen,
        transient=True,
    )


def _nothing(step: str) -> None:
    del step


def _count(done: int, total: float | None) -> str:
    """How far a stage is: nothing for one that has no steps."""
    if total is None:
        return str(done) if done else ""
    return f"{done}/{total:.0f}"


def _of(pack: str | None) -> str:
    return f" {pack}" if pack else ""


def _figures(rows: int | None, took: float | None) -> str:
    parts = []
    if rows is not None:
        parts.append(counted(rows, "row"))
    if took is not None:
        parts.append(seconds(took))
    return "  " + ", ".join(parts) if parts else ""
