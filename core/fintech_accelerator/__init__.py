"""The front door: what connectors and packs may import."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from fintech_accelerator.errors import FintechError
from fintech_accelerator.hookspecs import hookimpl

try:
    __version__ = version("fintech-accelerator")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"

__all__ = ["FintechError", "__version__", "hookimpl"]
