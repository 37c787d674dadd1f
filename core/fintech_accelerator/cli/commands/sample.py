"""`fintech sample`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.render import json_option, print_json, print_table

if TYPE_CHECKING:
    from fintech_accelerator.ports import SampleBankFiles


@click.command("sample")
@click.option("--customers", type=click.IntRange(1, 10_000_000), default=1000, show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Days of history.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bank.")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV instead of Parquet.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="sample-bank",
    show_default=True,
    help="The folder to write into; it must not exist or be empty.",
)
@json_option
def sample(*, customers: int, days: int, seed: int, as_csv: bool, output: Path, as_json: bool) -> None:
    """Generate the files of a made-up bank, with the traps that real banks have and labelled truth beside.

    The history ends on 2026-06-30 whatever the day is, so that the same size and seed give the same bytes.
    A thousand customers and a year are about 350,000 transactions. docs/sample-bank.md says what is planted.
    """
    from fintech_accelerator.pipeline.demo import make_sample_bank
    from fintech_accelerator.ports import SampleBankSize

    size = SampleBankSize(customers=customers, days=days, seed=seed)
    say = _ignore if as_json else _say
    made = make_sample_bank(output, size, as_csv=as_csv, on_table=say)
    if as_json:
        print_json(made)
        return
    print_table(None, ("table", "rows", "files"), _rows(made), right=("rows",))
    print_table("planted", ("scenario", "number"), sorted(made.planted.items()), right=("number",))
    click.echo(f"truth (which packs cannot see): {output / 'truth'}")
    click.echo(
        f"next: `fintech demo` runs everything on such a bank; or `fintech init` and name {output}/*"
        " files in the sources of fintech.toml"
    )


def _rows(made: SampleBankFiles) -> list[tuple[str, int, str]]:
    return [(table, made.rows.get(table, 0), pattern) for table, pattern in sorted(made.globs.items())]


def _say(table: str) -> None:
    click.echo(f"  {table} ...", err=True)


def _ignore(table: str) -> None:
    del table
