"""The project that a command works in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fintech_accelerator.settings import Settings


def project_settings(project: Path | None) -> Settings:
    """The settings of the project given, or of the one around the current folder. Raises SettingsError."""
    from fintech_accelerator.settings import find_project, load_settings

    return load_settings(find_project(project or Path.cwd()))


def optional_settings(project: Path | None) -> Settings | None:
    """The same, or None outside of any project; a broken or named one is still an error."""
    from fintech_accelerator.errors import SettingsError
    from fintech_accelerator.settings import find_project, load_settings

    try:
        root = find_project(project or Path.cwd())
    except SettingsError:
        if project is not None:
            raise
        return None
    return load_settings(root)
