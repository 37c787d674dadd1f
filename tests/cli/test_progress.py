"""The live view of a run, and what is said before a run begins."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.progress import Progress

from fintech_accelerator.cli.main import main
from fintech_accelerator.cli.progress import LiveView, bars, working
from fintech_accelerator.events import StageFinished, StageStarted, StepFinished, StepStarted

if TYPE_CHECKING:
    from tests.bank import Bank


def test_the_bar_never_shows_more_steps_than_its_total() -> None:
    progress = Progress(disable=True)
    view = LiveView(progress)
    view(StageStarted("r1", stage="build", total=2))

    for name in ("a", "b", "c"):
        view(StepFinished("r1", stage="build", name=name))

    (task,) = [each for each in progress.tasks if each.description == "build"]
    assert (task.completed, task.total, task.fields["count"]) == (3, 3, "3/3")


def test_a_stage_without_known_steps_counts_only_what_is_done() -> None:
    progress = Progress(disable=True)
    view = LiveView(progress)

    view(StageStarted("r1", stage="check"))
    (task,) = progress.tasks
    assert task.fields["count"] == ""
    view(StepFinished("r1", stage="check", name="a"))
    assert progress.tasks[0].fields["count"] == "1"


def test_something_is_shown_before_the_first_stage_begins() -> None:
    progress = Progress(disable=True)

    LiveView(progress)

    assert [(task.description, task.total) for task in progress.tasks] == [("look", None)]


def test_a_terminal_shows_stage_pack_model_rows_and_time() -> None:
    shown = StringIO()
    with bars(Console(file=shown, force_terminal=True, width=120)) as progress:
        view = LiveView(progress)
        view(StageStarted("r1", stage="build", total=2, pack="tidy"))
        view(StepStarted("r1", stage="build", name="tidy__daily_totals"))
        progress.refresh()
        assert "tidy__daily_totals" in shown.getvalue()
        view(StepFinished("r1", stage="build", name="tidy__daily_totals", rows=1200))
        progress.refresh()
        view(StageFinished("r1", "build", status="ok", seconds=1.5, rows=1200, pack="tidy"))

    bar, ended = shown.getvalue(), shown.getvalue().rpartition("✓")[2]
    for part in (
        "build tidy",
        "0/2",
        "1/2",
        "0:00:0",
        "tidy__daily_totals",
        "tidy__daily_totals: 1,200 rows",
    ):
        assert part in bar
    for part in ("build tidy", "1,200 rows, 1.5 s"):
        assert part in ended


def test_what_is_no_run_is_no_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with working("making up a bank") as step:
        step("accounts")

    assert capsys.readouterr().err == "making up a bank ...\n  accounts ...\n"


def test_running_an_installed_pack_that_is_not_enabled_names_the_command(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--project", str(bank.root), "run", "--packs", "tidy"])

    assert exit_.value.code == 2
    assert "run `fintech packs enable tidy`" in capsys.readouterr().err
