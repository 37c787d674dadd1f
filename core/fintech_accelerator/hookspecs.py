"""The hooks: how connectors, pack sources, run events, commands, sample banks, logins and buckets join in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import click

    from fintech_accelerator.events import Event
    from fintech_accelerator.ports import (
        Connector,
        CredentialSource,
        ObjectStoreMaker,
        PackLocation,
        SampleBankMaker,
    )

PROJECT_NAME = "fintech"
hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def fintech_connectors() -> Iterable[Connector]:
    """List the connectors this plugin brings. Called once a process; touches no file, network, warehouse."""
    return ()


@hookspec
def fintech_pack_sources(project_folder: Path) -> Iterable[PackLocation]:
    """List where packs may be found, beside installed distributions and the project's folders.

    May not import a pack.
    """
    return ()


@hookspec
def fintech_run_event(event: Event) -> None:
    """Told everything that happens in a run, in order, in the running process.

    May not raise, write the warehouse or block.
    """


@hookspec
def fintech_commands() -> Iterable[click.Command]:
    """List commands to add. Called for help and for names the core lacks: import lightly."""
    return ()


@hookspec
def fintech_sample_banks() -> Iterable[SampleBankMaker]:
    """List generators of made-up banks, for `fintech sample` and `fintech demo`. Must import lightly."""
    return ()


@hookspec
def fintech_credential_sources() -> Iterable[CredentialSource]:
    """List where a warehouse's login can be fetched. Must import lightly and reach nothing yet."""
    return ()


@hookspec
def fintech_object_stores() -> Iterable[ObjectStoreMaker]:
    """List the kinds of buckets that files can be put into. Must import lightly and reach nothing yet."""
    return ()
