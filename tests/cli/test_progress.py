"""The live view of a run, and what is said before a run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.progress import Progress

from fintech_accelerator.cli.main import main
from fintech_accelerator.cli.progress import LiveView
from fintech_accelerator.events import StageStarted, StepFinished

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


def test_running_an_installed_pack_that_is_not_enabled_names_the_command(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--project", str(bank.root), "run", "--packs", "tidy"])

    assert exit_.value.code == 2
    assert "run `fintech packs enable tidy`" in capsys.readouterr().err
