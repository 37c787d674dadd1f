"""`fintech packs`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import enabled_pack, installed_pack
from fintech_accelerator.cli.context import optional_settings, project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.progress import working
from fintech_accelerator.cli.render import WIDE, json_option, print_json, print_table
from fintech_accelerator.errors import UsageError

if TYPE_CHECKING:
    from fintech_accelerator.packs.changes import PackChange
    from fintech_accelerator.pipeline.packs import Disabled, Enabled


@click.group("packs")
def packs() -> None:
    """List, show, enable, disable and upgrade packs.

    An installed pack does nothing until it is enabled. Enabling inspects it, proves its SQL and locks its
    exact content in fintech.lock; other content is refused until `fintech packs upgrade` shows it.
    """


@packs.command("list", short_help="List the installed packs, with their state.")
@json_option
@click.pass_obj
def list_command(project: Path | None, *, as_json: bool) -> None:
    """List the packs that are installed or named in the project, with their state.

    States: available, enabled, changed (not as approved), broken, missing.
    """
    from fintech_accelerator.pipeline.pack_facts import list_packs

    entries = list_packs(optional_settings(project))
    if as_json:
        print_json(entries)
        return
    print_table(
        None,
        ("pack", "state", "version", "title", "from"),
        [(each.name, each.state, each.version, each.title, each.origin) for each in entries],
    )
    for each in entries:
        if each.problem:
            click.echo(f"{each.name}: {each.problem}\n  fix: {each.fix}", err=True)


@packs.command("show", short_help="Show what a pack needs, makes and may be told.")
@click.argument("name", shell_complete=installed_pack)
@json_option
@click.pass_obj
def show(project: Path | None, name: str, *, as_json: bool) -> None:
    """Show what pack NAME needs, makes and may be told.

    Its needs are compared with what the bank maps. Also shown: the personal data that enabling it approves.
    """
    from fintech_accelerator.pipeline.pack_facts import show_pack

    facts = show_pack(optional_settings(project), name)
    if as_json:
        print_json(facts)
        return
    from fintech_accelerator.cli.pack_view import print_pack

    print_pack(facts)


@packs.command("enable", short_help="Inspect, prove, lock and enable packs.")
@click.argument("names", nargs=-1, shell_complete=installed_pack)
@click.option("--all", "is_all", is_flag=True, help="Every installed pack that passes; the others are named.")
@json_option
@click.pass_obj
def enable(project: Path | None, names: tuple[str, ...], *, is_all: bool, as_json: bool) -> int:
    """Inspect, prove and lock the packs NAMES, and add them to fintech.toml.

    All of them are enabled or none. What each may read of personal data is shown: enabling approves it.
    Enabling a pack twice changes nothing.
    """
    from fintech_accelerator.pipeline.packs import enable_packs

    _names_or_all(names, is_all=is_all)
    settings = project_settings(project)
    with working("inspecting the packs' files and proving their SQL; nothing is run", is_quiet=as_json):
        done = enable_packs(settings, None if is_all else names)
    if as_json:
        print_json(done)
    else:
        _print_enabled(done)
    return 2 if done.refused else 0


@packs.command("disable", short_help="Take packs out of the project.")
@click.argument("names", nargs=-1, required=True, shell_complete=enabled_pack)
@click.option("--drop", is_flag=True, help="Also remove what the packs built and published. Asks first.")
@target_option("With --drop: where from")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def disable(
    project: Path | None, names: tuple[str, ...], target: str | None, *, drop: bool, yes: bool, as_json: bool
) -> None:
    """Take the packs NAMES out of the project; with --drop, out of the warehouse, too.

    Without --drop, what they built and published stays. Their parameters leave fintech.toml with them; the
    audit trail keeps the values.
    """
    from fintech_accelerator.pipeline.packs import disable_packs

    settings = project_settings(project)
    if drop and not yes:
        chosen, _ = settings.target(target)
        _confirm(f"Drop every relation and publication of {', '.join(names)} on {chosen!r}?", as_json=as_json)
    done = disable_packs(settings, names, drop=drop, target=target)
    if as_json:
        print_json(done)
    else:
        _print_disabled(done)


@packs.command("upgrade", short_help="Show how packs changed, and approve it.")
@click.argument("names", nargs=-1, shell_complete=enabled_pack)
@click.option("--yes", is_flag=True, help="Approve without being asked.")
@json_option
@click.pass_obj
def upgrade(project: Path | None, names: tuple[str, ...], *, yes: bool, as_json: bool) -> None:
    """Show how enabled packs differ from what was approved, and approve it.

    Without NAMES every enabled pack is looked at. The marts of an upgraded pack are built from nothing once.
    """
    from fintech_accelerator.pipeline.packs import changed_packs, upgrade_packs

    settings = project_settings(project)
    found = changed_packs(settings, names or None)
    if not found:
        _say([] if as_json else "nothing to do: every pack is what fintech.lock approved", as_json=as_json)
        return
    if not as_json:
        from fintech_accelerator.cli.pack_view import print_upgrade

        for each in found:
            print_upgrade(each)
    if not yes:
        _confirm("Approve?", as_json=as_json)
    changes = upgrade_packs(settings, [each.pack for each in found])
    if as_json:
        print_json(changes)
        return
    for change in changes:
        click.echo(f"upgraded {change.pack} {change.version}".rstrip())
    click.echo("next: fintech run")


def _names_or_all(names: tuple[str, ...], *, is_all: bool) -> None:
    if bool(names) == is_all:
        raise UsageError(
            "name the packs to enable, or give --all, not both",
            fix="`fintech packs list` shows them; for example `fintech packs enable fraud revenue`",
        )


def _confirm(question: str, *, as_json: bool) -> None:
    import sys

    if as_json or not sys.stdin.isatty():
        raise UsageError(
            f"this has to be confirmed: {question}",
            fix="give --yes when you mean it, or run it in a terminal",
        )
    click.confirm(question, abort=True, err=True)


def _say(value: object, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(value)


def _print_enabled(done: Enabled) -> None:
    for change in done.changes:
        _print_change(change)
    for note in done.notes:
        click.echo(f"note: {note}")
    for refused in done.refused:
        click.echo(f"refused {refused.name}: {refused.reason}\n  fix: {refused.fix}", err=True)
    if done.changes:
        click.echo(f"next: {'map your files, then fintech sources check' if done.notes else 'fintech run'}")


def _print_change(change: PackChange) -> None:
    if change.action == "unchanged":
        click.echo(f"{change.pack} is enabled already, with this very content")
        return
    click.echo(f"{change.action} {change.pack} {change.version}")
    access = ", ".join(change.reads_pii) or "nothing"
    told = f"approved to read of personal data (P2, P3): {access}"
    click.echo(click.wrap_text(told, width=WIDE, initial_indent="  ", subsequent_indent="    "))


def _print_disabled(done: Disabled) -> None:
    for change in done.changes:
        click.echo(f"disabled {change.pack}")
        if change.dropped_values:
            values = ", ".join(f"{name} = {value}" for name, value in change.dropped_values.items())
            click.echo(f"  its values left fintech.toml: {values}")
    for pack, relations in done.dropped.items():
        click.echo(f"  dropped of {pack}: {', '.join(relations) or 'nothing was there'}")
    for pack, relations in done.left.items():
        click.echo(f"  left in schemas of {pack}, made by somebody else: {', '.join(relations)}")
