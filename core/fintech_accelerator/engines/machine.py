"""What the machine refuses (space, rights, memory, a lock), wherever it does, in the product's words."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import is_of_the_machine, translate_duckdb_error

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSALS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE)


@contextmanager
def machine_failures(doing: str) -> Iterator[None]:
    """Say in the product's words what the machine refuses anywhere inside: space, rights, memory, a lock."""
    import duckdb

    try:
        yield
    except OSError as cause:
        if cause.errno not in REFUSALS:
            raise
        raise translate_duckdb_error(cause, doing=doing) from cause
    except duckdb.Error as cause:
        if not is_of_the_machine(str(cause)):
            raise
        raise translate_duckdb_error(cause, doing=doing) from cause
