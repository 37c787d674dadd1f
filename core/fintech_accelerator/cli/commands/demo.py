"""`fintech demo`"""

from __future__ import annotations

from pathlib import Path

import click

from fintech_accelerator.cli.progress import working
from fintech_accelerator.cli.render import json_option


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="fintech-demo",
    show_default=True,
    help="Where the demo's project is made; run again to continue with it.",
)
@click.option("--customers", type=click.IntRange(5, 1_000_000), default=1000, show_default=True)
@click.option(
    "--days", type=click.IntRange(30, 3650), default=365, show_default=True, help="Days of history."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bank.")
@json_option
def demo(*, folder: Path, customers: int, days: int, seed: int, as_json: bool) -> int:
    """Make a bank up, enable every installed pack and run: files in, checked and published marts out."""
    from fintech_accelerator.cli.commands.run import run_project
    from fintech_accelerator.pipeline.demo import make_demo_project
    from fintech_accelerator.pipeline.packs import enable_packs
    from fintech_accelerator.ports import SampleBankSize
    from fintech_accelerator.settings import load_settings

    if not (folder / "fintech.toml").exists():
        size = SampleBankSize(customers=customers, days=days, seed=seed)
        with working(f"making up a bank of {customers:,} customers and {days} days in {folder}") as step:
            _, files = make_demo_project(folder, size, on_table=step)
        click.echo(f"  {sum(files.rows.values()):,} rows in {len(files.rows)} tables", err=True)
    if not load_settings(folder).packs:
        with working("inspecting, proving and enabling the installed packs"):
            enable_packs(load_settings(folder))
    code = run_project(load_settings(folder), as_json=as_json)
    click.echo(
        f"the demo is a project like yours: `cd {folder}`, then any command of `fintech --help`", err=as_json
    )
    return code
