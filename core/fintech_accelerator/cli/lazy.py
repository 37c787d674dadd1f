"""Click groups that import a command only when it runs, so that help is quick."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class LazyGroup(click.Group):
    """`commands_at` maps a command's name to ("module:attribute", one-line help)."""

    def __init__(
        self,
        *args: Any,
        commands_at: Mapping[str, tuple[str, str]],
        more_commands: Callable[[], Iterable[click.Command]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.commands_at = commands_at
        self._more_commands = more_commands
        self._plugin_commands: dict[str, click.Command] | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [*self.commands_at, *sorted(self._from_plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.commands_at:
            return self._from_plugins().get(cmd_name)
        module, attribute = self.commands_at[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        rows = [(name, help_text) for name, (_, help_text) in self.commands_at.items()]
        rows += [(name, found.get_short_help_str()) for name, found in sorted(self._from_plugins().items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, but an unknown command is answered with the nearest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            close = nearest(name, self.list_commands(ctx))
            hint = f"; did you mean {close!r}?" if close else ""
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def _from_plugins(self) -> dict[str, click.Command]:
        if self._plugin_commands is None:
            found = self._more_commands() if self._more_commands else ()
            self._plugin_commands = {
                str(command.name): command for command in found if command.name not in self.commands_at
            }
        return self._plugin_commands
