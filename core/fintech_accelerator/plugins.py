"""Plugins, loaded from the entry points `fintech.plugins`: a broken one is named, the others go on."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from fintech_accelerator import hookspecs
from fintech_accelerator.errors import FintechError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import EntryPoint
    from pathlib import Path

    import click

    from fintech_accelerator.events import Event, EventSink
    from fintech_accelerator.ports import (
        Connector,
        CredentialSource,
        ObjectStoreMaker,
        PackLocation,
        SampleBankMaker,
    )

GROUP = "fintech.plugins"
LIMIT_VARIABLE = "FINTECH_PLUGINS"  # a comma list: load only these
TRACE_VARIABLE = "FINTECH_PLUGIN_TRACE"  # any value: write each hook call to standard error


@dataclass(frozen=True)
class PluginStatus:
    """An installed plugin: where it comes from, and why it is not used (`problem`) if it is not."""

    name: str
    module: str
    distribution: str
    version: str
    problem: PluginError | None = None


class Plugins:
    """The plugins of a process: those that loaded, and those that did not, with the reason."""

    def __init__(self, points: Iterable[EntryPoint], *, only: frozenset[str] | None = None) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
        self._manager.add_hookspecs(hookspecs)
        self._broken: dict[str, PluginError] = {}
        self._points: dict[str, EntryPoint] = {}
        for point in sorted(points, key=lambda point: (point.name, point.value)):
            if only is None or point.name in only:
                self._load(point)

    def trace(self) -> None:
        """Write each hook call to standard error, for support."""
        self._manager.trace.root.setwriter(sys.stderr.write)

    def status(self) -> tuple[PluginStatus, ...]:
        """Every plugin that was found, by name."""
        return tuple(
            PluginStatus(
                name=name,
                module=point.value,
                distribution=point.dist.name if point.dist else "unknown",
                version=point.dist.version if point.dist else "unknown",
                problem=self._broken.get(name),
            )
            for name, point in sorted(self._points.items())
        )

    def connectors(self) -> dict[str, Connector]:
        """Every connector by name. Raises PluginError when two plugins claim one name."""
        return self._by_name("connector", "fintech_connectors")

    def sample_banks(self) -> dict[str, SampleBankMaker]:
        """Every generator of made-up banks by name. Raises PluginError when two claim one name."""
        return self._by_name("sample bank", "fintech_sample_banks")

    def credential_sources(self) -> dict[str, CredentialSource]:
        """Every source of logins by name. Raises PluginError when two plugins claim one name."""
        return self._by_name("credential source", "fintech_credential_sources")

    def object_stores(self) -> dict[str, ObjectStoreMaker]:
        """Every kind of bucket by its scheme. Raises PluginError when two plugins claim one."""
        return self._by_name("object store", "fintech_object_stores")

    def commands(self) -> tuple[click.Command, ...]:
        """The commands that plugins add."""
        return tuple(command for _, command in self._items("fintech_commands"))

    def pack_sources(self, project_folder: Path) -> tuple[PackLocation, ...]:
        """Where plugins say that packs may be found."""
        return tuple(place for _, place in self._items("fintech_pack_sources", project_folder=project_folder))

    def tell(self, event: Event) -> None:
        """Tell every plugin of a run event; one that raises is left out from then on."""
        for _ in self._items("fintech_run_event", event=event):
            pass

    def _load(self, point: EntryPoint) -> None:
        name = point.name
        if name in self._points:
            other = self._points[name]
            self._broken[name] = PluginError(
                f"two plugins are called {name!r}: {other.value!r} and {point.value!r}",
                fix=f"uninstall one of them, or leave {name!r} out of {LIMIT_VARIABLE}",
            )
            self._leave_out(name)
            return
        self._points[name] = point
        try:
            self._manager.register(point.load(), name=name)
            self._manager.check_pending()
        except Exception as cause:  # noqa: BLE001  (a plugin is somebody else's code)
            self._break(name, cause)

    def _break(self, name: str, cause: Exception) -> None:
        self._leave_out(name)
        point = self._points[name]
        owner = point.dist.name if point.dist else point.value
        reason = cause.reason if isinstance(cause, FintechError) else f"{type(cause).__name__}: {cause}"
        self._broken[name] = PluginError(
            f"the plugin {name!r} ({point.value}) does not work: {reason}",
            fix=f"upgrade or uninstall {owner!r}; the other plugins go on without it",
        )

    def _leave_out(self, name: str) -> None:
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)

    def _items(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        self._manager.trace(hook, arguments, "of", [each.plugin_name for each in implementations])
        for implementation in implementations:
            wanted = {name: arguments[name] for name in implementation.argnames}
            try:
                items = tuple(implementation.function(**wanted) or ())
            except Exception as cause:  # noqa: BLE001  (a plugin is somebody else's code)
                self._break(implementation.plugin_name, cause)
                continue
            for item in items:
                yield implementation.plugin_name, item

    def _by_name(self, kind: str, hook: str) -> dict[str, Any]:
        found: dict[str, tuple[str, Any]] = {}
        for plugin, item in self._items(hook):
            if item.name in found:
                raise PluginError(
                    f"two plugins bring a {kind} called {item.name!r}: "
                    f"{found[item.name][0]!r} and {plugin!r}",
                    fix=f"uninstall one of them, or name the plugins to load in {LIMIT_VARIABLE}",
                )
            found[item.name] = (plugin, item)
        return {name: item for name, (_, item) in sorted(found.items())}


@cache
def installed() -> Plugins:
    """The installed plugins, loaded once a process; the environment may limit and trace them."""
    limit = os.environ.get(LIMIT_VARIABLE)
    only = frozenset(name.strip() for name in limit.split(",") if name.strip()) if limit is not None else None
    plugins = Plugins(entry_points(group=GROUP), only=only)
    if os.environ.get(TRACE_VARIABLE):
        plugins.trace()
    return plugins


def telling(sink: EventSink) -> EventSink:
    """A sink that passes each event on, then tells the plugins."""
    plugins = installed()

    def tell(event: Event) -> None:
        sink(event)
        plugins.tell(event)

    return tell
