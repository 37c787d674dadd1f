"""Plugins: the good ones load, a broken one is named, and two that claim one name are refused."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import PluginError
from fintech_accelerator.events import RunFinished, ignore
from fintech_accelerator.plugins import GROUP, Plugins, installed, telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECTOR = """
from fintech_accelerator import hookimpl

class Files:
    name = {name!r}
    def files(self, *, project_folder, files, options):
        return ()

@hookimpl
def fintech_connectors():
    return [Files()]
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("made_up_"):
            del sys.modules[name]


def point(name: str, module: str) -> EntryPoint:
    return EntryPoint(name, module, GROUP)


def write(folder: Path, module: str, text: str) -> None:
    (folder / f"{module}.py").write_text(text, encoding="utf-8")


def test_a_connector_is_found_by_its_name(modules: Path) -> None:
    write(modules, "made_up_one", CONNECTOR.format(name="one"))

    assert list(Plugins([point("one", "made_up_one")]).connectors()) == ["one"]


def test_a_plugin_that_cannot_be_imported_is_named_and_the_others_go_on(modules: Path) -> None:
    write(modules, "made_up_bad", "raise RuntimeError('no licence')")
    write(modules, "made_up_good", CONNECTOR.format(name="good"))

    plugins = Plugins([point("bad", "made_up_bad"), point("good", "made_up_good")])

    assert list(plugins.connectors()) == ["good"]
    problems = {status.name: status.problem for status in plugins.status()}
    assert problems["good"] is None
    assert problems["bad"] is not None
    assert "'bad' (made_up_bad) does not work: RuntimeError: no licence" in problems["bad"].reason
    assert "uninstall" in problems["bad"].fix


def test_a_plugin_with_a_misspelt_hook_is_left_out(modules: Path) -> None:
    write(
        modules,
        "made_up_typo",
        "from fintech_accelerator import hookimpl\n@hookimpl\ndef fintech_conectors():\n    return []\n",
    )

    (status,) = Plugins([point("typo", "made_up_typo")]).status()

    assert status.problem is not None
    assert "fintech_conectors" in status.problem.reason


def test_a_hook_that_raises_breaks_only_its_plugin(modules: Path) -> None:
    write(
        modules,
        "made_up_raises",
        "from fintech_accelerator import hookimpl\n@hookimpl\ndef fintech_connectors():\n    return 1 / 0\n",
    )
    write(modules, "made_up_fine", CONNECTOR.format(name="fine"))
    plugins = Plugins([point("raises", "made_up_raises"), point("fine", "made_up_fine")])

    assert list(plugins.connectors()) == ["fine"]
    broken = [status.name for status in plugins.status() if status.problem]
    assert broken == ["raises"]


def test_two_connectors_of_one_name_are_an_error_that_names_both_plugins(modules: Path) -> None:
    write(modules, "made_up_first", CONNECTOR.format(name="same"))
    write(modules, "made_up_second", CONNECTOR.format(name="same"))
    plugins = Plugins([point("first", "made_up_first"), point("second", "made_up_second")])

    with pytest.raises(PluginError, match="'same': 'first' and 'second'"):
        plugins.connectors()


def test_two_plugins_of_one_name_are_both_left_out(modules: Path) -> None:
    write(modules, "made_up_first", CONNECTOR.format(name="a"))
    write(modules, "made_up_second", CONNECTOR.format(name="b"))
    plugins = Plugins([point("same", "made_up_first"), point("same", "made_up_second")])

    assert plugins.connectors() == {}
    (status,) = plugins.status()
    assert status.problem is not None
    assert "'made_up_first' and 'made_up_second'" in status.problem.reason


def test_only_the_named_plugins_are_loaded(modules: Path) -> None:
    write(modules, "made_up_wanted", CONNECTOR.format(name="wanted"))
    write(modules, "made_up_other", "raise RuntimeError('never imported')")
    points = [point("wanted", "made_up_wanted"), point("other", "made_up_other")]

    plugins = Plugins(points, only=frozenset({"wanted"}))

    assert [status.name for status in plugins.status()] == ["wanted"]
    assert all(status.problem is None for status in plugins.status())


def test_the_environment_limits_the_installed_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINTECH_PLUGINS", "none_of_them")
    installed.cache_clear()
    try:
        assert installed().status() == ()
    finally:
        installed.cache_clear()


def test_hook_calls_are_traced_to_standard_error(modules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(modules, "made_up_traced", CONNECTOR.format(name="traced"))
    plugins = Plugins([point("traced", "made_up_traced")])
    plugins.trace()

    plugins.tell(RunFinished("run-1", status="ok", seconds=1.0))

    assert "fintech_run_event" in capsys.readouterr().err


def test_run_events_reach_plugins_after_the_sink(modules: Path) -> None:
    write(
        modules,
        "made_up_listener",
        "from fintech_accelerator import hookimpl\nheard = []\n"
        "@hookimpl\ndef fintech_run_event(event):\n    heard.append(event.run_id)\n",
    )
    plugins = Plugins([point("listener", "made_up_listener")])

    plugins.tell(RunFinished("run-7", status="ok", seconds=1.0))

    assert sys.modules["made_up_listener"].heard == ["run-7"]


def test_telling_passes_events_on_to_the_sink() -> None:
    seen: list[str] = []

    telling(lambda event: seen.append(event.run_id))(RunFinished("run-9", status="ok", seconds=1.0))
    telling(ignore)(RunFinished("run-10", status="ok", seconds=1.0))

    assert seen == ["run-9"]
