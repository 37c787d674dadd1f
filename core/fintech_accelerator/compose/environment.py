"""What dbt may see of the process's environment while packs' code is rendered: next to nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = frozenset(
    {
        *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR"),  # whose certificates the bank believes
    }
)
ADDED = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONHASHSEED": "0"}


@contextmanager
def scrubbed_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Take everything out of the environment but what a program needs to run; put it back afterwards.

    `variables` are added: what dbt's project names. A pack's templates can read them.
    """
    before = dict(os.environ)
    folder = os.getcwd()  # noqa: PTH109  (dbt may change it)
    kept = {name: value for name, value in before.items() if name in KEPT}
    os.environ.clear()
    os.environ.update({**kept, **ADDED, **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.chdir(folder)
