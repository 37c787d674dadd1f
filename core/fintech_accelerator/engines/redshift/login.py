"""Who logs in to Redshift: the one place where the product asks for a password or token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure, unknown_name
from fintech_accelerator.plugins import installed
from fintech_accelerator.ports import Credentials

if TYPE_CHECKING:
    from fintech_accelerator.settings.redshift import RedshiftTarget


@dataclass(frozen=True)
class Login:
    """Where to connect and as whom. The password stays in memory: no file, log or message has it."""

    host: str
    port: int
    database: str
    credentials: Credentials
    sslmode: str = "verify-full"
    query_group: str = "fintech"
    statement_timeout_seconds: int = 3600

    @property
    def place(self) -> str:
        """The warehouse in words."""
        return f"{self.host}:{self.port}/{self.database}"

    def connect_arguments(self) -> dict[str, Any]:
        """What redshift_connector is called with. Without TLS it still wants a mode that it knows."""
        is_encrypted = self.sslmode != "disable"
        return {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.credentials.user,
            "password": self.credentials.password,
            "ssl": is_encrypted,
            "sslmode": self.sslmode if is_encrypted else "verify-full",
            "application_name": "fintech-accelerator",
        }


def log_in(target: RedshiftTarget, *, run_id: str = "") -> Login:
    """A fresh login to a target: temporary credentials live an hour at most.

    `run_id` ends the query group, by which the warehouse's own history (SYS_QUERY_HISTORY.query_label) is
    joined to runs. Raises EnvironmentFailure when nobody gives credentials.
    """
    return Login(
        host=target.host,
        port=target.port,
        database=target.database,
        credentials=_credentials(target),
        sslmode=target.sslmode,
        query_group=query_label(target, run_id),
        statement_timeout_seconds=target.statement_timeout_seconds,
    )


def query_label(target: RedshiftTarget, run_id: str) -> str:
    """The query group of a run's sessions: the target's, and the run's number."""
    return f"{target.query_group}:{run_id}" if run_id else target.query_group


def _credentials(target: RedshiftTarget) -> Credentials:
    if target.authentication == "password":
        password = os.environ.get(target.password_variable)
        if password is None:
            raise EnvironmentFailure(
                f"no password for {target.user!r} at {target.host}: {target.password_variable} is not set",
                fix=f"export {target.password_variable}=..., or use authentication = 'iam' or 'secret'",
            )
        return Credentials(str(target.user), password)
    sources = installed().credential_sources()
    if target.authentication not in sources:
        raise unknown_name("credential source", target.authentication, sources)
    return sources[target.authentication].credentials(target.model_dump())
