"""UNLOAD: the warehouse writes a published mart to a bucket by itself, encrypted, with a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.objects import authorisation
from fintech_accelerator.sql_text import redshift_literal

if TYPE_CHECKING:
    from fintech_accelerator.engines.redshift.connection import Connection

FORMS = {"parquet": "format as parquet", "csv": "format as csv header gzip extension 'csv.gz'"}


def unload(  # noqa: PLR0913  (what, where to, how)
    connection: Connection, query: str, uri: str, *, form: str, role: str | None, kms_key: str | None
) -> None:
    """Write a query's rows to objects that begin with `uri`; nothing that lies there is written over.

    With the key given, or the one that the bucket encrypts with by itself. Raises EnvironmentFailure.
    """
    key = f"kms_key_id {redshift_literal(kms_key)} encrypted" if kms_key else "encrypted auto"
    connection.execute(
        f"unload ({redshift_literal(query)}) to {redshift_literal(uri)} {authorisation(role)}"
        f" {FORMS[form]} manifest verbose {key}"
    )
