"""The composition's documentation as pages that load nothing from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.contract.personal_data import inventory
from fintech_accelerator.governance.personal_data_page import personal_data_page
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.contract.personal_data import ClassifiedColumn
    from fintech_accelerator.settings import Settings

# dbt's page is one file, but its script can load a tracker and report to it.
TRACKERS = ("d1fc8wv8zag5ca.cloudfront.net", "fishtownanalytics.sinter-collect.com")
NOWHERE = "nowhere.invalid"
NO_OUTSIDE = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
HEAD = "<head>"


@dataclass(frozen=True)
class Documentation:
    """The pages, and the packs that are missing from them because they cannot be built."""

    page: Path
    personal_data: Path
    blocked: tuple[str, ...]  # outside addresses in dbt's page that were taken out
    left_out: tuple[str, ...]


def write_documentation(settings: Settings, *, target: str | None = None) -> Documentation:
    """Write dbt's page of the composition and the inventory of personal data to .fintech/docs.

    Raises UnclassifiedColumnError when a column has no class, and what keeps the project from being composed.
    """
    from fintech_accelerator.compose.render import render
    from fintech_accelerator.compose.runner import DbtRunner
    from fintech_accelerator.ledger.run_lock import run_lock

    with run_lock(settings.workspace.run_lock, command="fintech docs"):
        composition = compose(settings, target=target)
        columns = inventory(composition.contract, [mart for pack in composition.packs for mart in pack.marts])
        page = DbtRunner(render(composition)).docs()
    blocked = _keep_inside(page)
    beside = page.with_name("personal_data.html")
    write_text(beside, personal_data_page(settings.project.name, columns))
    left_out = tuple(f"{each.name}: {each.error.reason}" for each in composition.unavailable)
    return Documentation(page, beside, blocked, left_out)


def personal_data(settings: Settings) -> tuple[ClassifiedColumn, ...]:
    """Every column of raw, core and the enabled packs' marts with its class."""
    composition = compose(settings)
    return inventory(composition.contract, [mart for pack in composition.packs for mart in pack.marts])


def _keep_inside(page: Path) -> tuple[str, ...]:
    """Let the browser refuse whatever the page would load, and take the trackers' addresses out of it."""
    text = page.read_text(encoding="utf-8")
    found = tuple(name for name in TRACKERS if name in text)
    for name in found:
        text = text.replace(name, NOWHERE)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{NO_OUTSIDE}">'
    write_text(page, text.replace(HEAD, HEAD + policy, 1))
    return found
