"""Who works here, as far as the system knows."""

from __future__ import annotations

import getpass


def user_name(*, otherwise: str = "unknown") -> str:
    """The system's name for whoever runs this; a container's user may have none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return otherwise
