"""One database for a test: of the stand-in, or of a real cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin.statement_log import Statement, StatementLog

ADMINISTRATOR = "awsuser"


@dataclass(frozen=True)
class Database:
    """Connect with the real driver, or point dbt at it."""

    name: str
    host: str
    port: int
    user: str
    sslmode: str
    password: str = field(default="unused", repr=False)
    folder: Path | None = None
    log: StatementLog | None = field(default=None, repr=False)

    def connect(self, user: str | None = None, password: str | None = None, **more: Any) -> Any:
        """A connection of redshift_connector, as the administrator unless another user is named."""
        import redshift_connector

        known: dict[str, Any] = {"ssl": self.sslmode != "disable", **more}
        if known["ssl"]:
            known.setdefault("sslmode", self.sslmode)
        return redshift_connector.connect(
            host=self.host,
            port=self.port,
            database=self.name,
            user=user or self.user,
            password=password or self.password,
            **known,
        )

    def target_settings(self, schema: str = "public", user: str | None = None) -> dict[str, Any]:
        """An output of a dbt profile."""
        return {
            "type": "redshift",
            "method": "database",
            "host": self.host,
            "port": self.port,
            "user": user or self.user,
            "password": self.password,
            "dbname": self.name,
            "schema": schema,
            "sslmode": self.sslmode,
            "threads": 4,
        }

    def profile(self, name: str, schema: str = "public") -> dict[str, Any]:
        """The content of a profiles.yml with this database as its only target."""
        return {name: {"target": "redshift", "outputs": {"redshift": self.target_settings(schema)}}}

    @property
    def is_standin(self) -> bool:
        return self.log is not None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement that came for this database, with what became of it; none of a real cluster."""
        return self.log.of(self.name) if self.log is not None else ()

    def bucket(self, name: str) -> Path:
        """The folder that is s3://name; made if need be."""
        if self.folder is None:
            raise EnvironmentFailure(
                "a real cluster has no buckets in folders", fix="put the objects on S3, and skip this test"
            )
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder
