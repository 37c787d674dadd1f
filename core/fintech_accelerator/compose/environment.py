"""What dbt may see of the process's environment while packs' code is rendered: next to nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = frozenset(
    {"PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ"}
)
ADDED = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONHASHSEED": "0"}


@contextmanager
def scrubbed_environment(secrets: Mapping[str, str]) -> Iterator[None]:
    """Take everything out of the environment but what a program needs to run; put it back afterwards.

    `secrets` are what dbt's profile names: dbt lets no model or macro read variables called DBT_ENV_SECRET_*.
    """
    before = dict(os.environ)
    folder = os.getcwd()  # noqa: PTH109  (dbt may change it)
    kept = {name: value for name, value in before.items() if name in KEPT}
    os.environ.clear()
    os.environ.update({**kept, **ADDED, **secrets})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.chdir(folder)
