"""What the shell may complete: packs, parameters, targets, tables. Quick, and silent on any trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.cli.context import optional_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from fintech_accelerator.settings import Settings


def installed_pack(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The packs that are installed and not yet on the line."""
    from fintech_accelerator.packs.discovery import discover

    return _matching(context, parameter, incomplete, discover(_settings(context)).packs)


def enabled_pack(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The packs that the project has enabled and that are not yet on the line."""
    settings = _settings(context)
    return _matching(context, parameter, incomplete, settings.packs if settings else ())


def enabled_packs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names with commas between them: the last one is completed with the enabled packs not yet given."""
    before, comma, last = incomplete.rpartition(",")
    given = before.split(",")
    found = enabled_pack(context, parameter, last)
    return [f"{before}{comma}{name}" for name in found if name not in given]


def known_parameter(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """PACK.NAME of every threshold of the enabled packs."""
    from fintech_accelerator.errors import FintechError
    from fintech_accelerator.packs.parameters import declared_by

    settings = _settings(context)
    names = []
    for pack in sorted(settings.packs) if settings else ():
        try:
            names += [f"{pack}.{name}" for name in sorted(declared_by(settings, pack))]
        except FintechError:
            continue
    return _matching(context, parameter, incomplete, names)


def known_target(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The targets that fintech.toml names."""
    settings = _settings(context)
    return _matching(context, parameter, incomplete, sorted(settings.targets) if settings else ())


def mapped_table(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The tables that a source brings."""
    settings = _settings(context)
    return _matching(context, parameter, incomplete, sorted(settings.sources) if settings else ())


def _settings(context: click.Context) -> Settings | None:
    from fintech_accelerator.errors import FintechError

    try:
        return optional_settings(context.find_root().params.get("project"))
    except FintechError:
        return None


def _matching(
    context: click.Context, parameter: click.Parameter, incomplete: str, names: Iterable[str]
) -> list[str]:
    given = context.params.get(parameter.name or "") or ()
    return [name for name in names if name.startswith(incomplete) and name not in given]
