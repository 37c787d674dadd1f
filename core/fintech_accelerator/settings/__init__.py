"""The bank's project: fintech.toml, read strictly."""

from __future__ import annotations

from fintech_accelerator.settings.model import (
    DuckDbTarget,
    ProjectSettings,
    Settings,
    Source,
    Workspace,
)
from fintech_accelerator.settings.read import find_project, load_settings
from fintech_accelerator.settings.redshift import RedshiftTarget

__all__ = [
    "DuckDbTarget",
    "ProjectSettings",
    "RedshiftTarget",
    "Settings",
    "Source",
    "Workspace",
    "find_project",
    "load_settings",
]
