"""The front door: what connectors, packs and whoever reads publications may import."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import FintechError
from fintech_accelerator.hookspecs import hookimpl

if TYPE_CHECKING:
    from fintech_accelerator.engines.publications import open_publications

try:
    __version__ = version("fintech-accelerator")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"

__all__ = ["FintechError", "__version__", "hookimpl", "open_publications"]


def __getattr__(name: str) -> Any:
    """Import the reading of publications when it is asked for: commands and plugins start without it."""
    if name == "open_publications":
        from fintech_accelerator.engines.publications import open_publications

        return open_publications
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
