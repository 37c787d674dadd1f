"""How a lost connection shows in what the driver says, or dbt over it."""

from __future__ import annotations

import re

# an administrator's command, a crash, a shutdown: the server says so before it hangs up
HUNG_UP = ("57P01", "57P02", "57P03", "08006", "08003")
SIGNS = re.compile(
    r"broken pipe|socket closed|connection is closed|communication error"
    r"|terminating connection|\b57P0[123]\b",
    re.IGNORECASE,
)


def is_lost(text: str) -> bool:
    """Whether a message says that the warehouse went away."""
    return SIGNS.search(text) is not None
