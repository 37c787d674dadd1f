"""`fintech testing`"""

from __future__ import annotations

import click


@click.group("testing")
def testing() -> None:
    """What partners and our own tests run against."""


@testing.command("redshift-standin", short_help="Run a stand-in for Amazon Redshift.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5439, show_default=True, help="0: any free one."
)
@click.option("--database", default="dev", show_default=True, help="The name of the database to make.")
@click.option(
    "--postgres-url", help="Use this PostgreSQL (15 or later, as superuser) instead of starting one."
)
def redshift_standin(*, port: int, database: str, postgres_url: str | None) -> None:
    """Start a stand-in for Amazon Redshift, say how to connect, and run until Ctrl-C.

    It refuses what Redshift refuses, and keeps nothing: databases and buckets are gone when it stops.
    docs/redshift-standin.md says what it cannot prove.
    """
    import signal
    from threading import Event

    from fintech_accelerator.testing.standin import RedshiftStandin

    with RedshiftStandin(url=postgres_url, port=port) as standin:
        made = standin.create_database(database)
        click.echo(f"stand-in for Redshift (PostgreSQL inside): {made.host}:{made.port}/{made.name}")
        click.echo(f"user {made.user}, any password, no TLS; s3://NAME is the folder {standin.buckets}/NAME")
        click.echo("\nprofiles.yml:\n")
        click.echo(_profile(made.profile("standin")))
        click.echo("Ctrl-C stops it and removes everything.")
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        counts = ", ".join(f"{number} {fate}" for fate, number in sorted(standin.log.counts().items()))
        click.echo(f"\nstatements: {counts or 'none'}")


def _profile(content: dict[str, object]) -> str:
    import yaml

    return str(yaml.safe_dump(content, sort_keys=False))
