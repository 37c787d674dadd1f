"""How a pack, and the difference between two contents of it, look to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.render import print_facts, print_table

if TYPE_CHECKING:
    from fintech_accelerator.pipeline.pack_facts import PackFacts
    from fintech_accelerator.pipeline.packs import PackUpgrade


def print_pack(facts: PackFacts) -> None:
    """Print everything there is to know of a pack."""
    entry = facts.entry
    click.secho(f"{entry.title} ({entry.name} {entry.version})", bold=True)
    click.echo(entry.summary + "\n")
    print_facts(
        {
            "state": f"{entry.state}: {entry.problem}" if entry.problem else entry.state,
            "owner": facts.owner,
            "tier": facts.tier,
            "written for contract": facts.core_contract,
            "from": entry.origin,
            "folder": facts.folder,
            "imports": ", ".join(facts.imports) or "nothing of other packs",
        }
    )
    if facts.problem:
        click.echo(f"\ncannot be built here: {facts.problem}")
    _needs(facts)
    _marts(facts)
    _parameters(facts)
    _access(facts)


def print_upgrade(upgrade: PackUpgrade) -> None:
    """Print how a pack differs from what was approved."""
    changed = upgrade.difference
    versions = f"{upgrade.previous_version or 'not locked'} -> {upgrade.version}"
    click.secho(f"{upgrade.pack} {versions}", bold=True)
    signs = {"+": changed.added, "-": changed.removed, "~": changed.changed}
    for sign, names in signs.items():
        for name in names:
            click.echo(f"  {sign} {name}")
    for title, lines in (("exports", changed.exports), ("columns", changed.columns)):
        for line in lines:
            click.echo(f"  {title}: {line}")
    for name in changed.access_added:
        click.secho(f"  NEW access to personal data: {name}", fg="yellow", bold=True)
    for name in changed.access_removed:
        click.echo(f"  no longer reads: {name}")


def _needs(facts: PackFacts) -> None:
    tables: dict[tuple[str, str], dict[str, list[str]]] = {}
    for need in facts.needs:
        tables.setdefault((need.table, need.need), {}).setdefault(need.state, []).append(need.column)
    click.echo()
    print_table(
        "What it asks of the bank",
        ("table", "need", "mapped or made by the core", "missing"),
        [
            (
                table,
                need,
                ", ".join(name for state in ("mapped", "assumed", "core") for name in states.get(state, ())),
                ", ".join([*states.get("missing", ()), *states.get("unknown", ())]).replace("*", "all of it"),
            )
            for (table, need), states in tables.items()
        ],
    )


def _marts(facts: PackFacts) -> None:
    click.echo()
    print_table(
        "Marts",
        ("mart", "one row", "columns", "public contract"),
        [
            (
                mart.name,
                mart.grain.removeprefix("one row ") + (" (restricted)" if mart.restricted else ""),
                len(mart.columns),
                f"version {facts.exports[mart.name]}" if mart.name in facts.exports else "",
            )
            for mart in facts.marts
        ],
        right=("columns",),
    )


def _parameters(facts: PackFacts) -> None:
    click.echo()
    print_table(
        "Parameters",
        ("parameter", "value", "allowed", "class", "meaning"),
        [(each.name, each.value, each.allowed, each.kind, each.label) for each in facts.parameters],
    )


def _access(facts: PackFacts) -> None:
    click.echo()
    if not facts.access:
        click.echo("It reads no personal data (P2, P3).")
        return
    print_table(
        "Personal data it reads",
        ("column", "class", "approved"),
        [(each.column, each.pii, each.is_approved) for each in facts.access],
    )
