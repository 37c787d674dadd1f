"""The shape of a Redshift target in fintech.toml; secrets are named here, never written."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from fintech_accelerator.settings.strict import MemoryLimit, StrictModel

NAME = r"^[A-Za-z_][A-Za-z0-9_$]*$"


class RedshiftTarget(StrictModel):
    """`[targets.<name>]` with `engine = "redshift"`: a cluster or a Serverless workgroup.

    Files are typed and judged in `staging`, a DuckDB file, and reach the warehouse by COPY from `landing`.
    """

    engine: Literal["redshift"]
    host: str = Field(min_length=1)
    port: int = Field(default=5439, ge=1, le=65535)
    database: str = Field(pattern=NAME)
    authentication: Literal["iam", "secret", "password"] = "iam"
    user: str | None = None
    password_variable: str = Field(default="FINTECH_REDSHIFT_PASSWORD", pattern=r"^[A-Z_][A-Z0-9_]*$")
    secret: str | None = None
    cluster: str | None = None
    workgroup: str | None = None
    region: str | None = None
    sslmode: Literal["verify-full", "verify-ca", "disable"] = "verify-full"
    statement_timeout_seconds: int = Field(default=3600, ge=1, le=86_400)
    query_group: str = Field(default="fintech", pattern=r"^[A-Za-z0-9_.:-]{1,64}$")
    threads: int = Field(default=4, ge=1, le=64)
    landing: str = Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$")
    copy_role: str | None = Field(default=None, pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$")
    kms_key: str | None = None
    buckets_folder: str | None = None
    staging: str = ".fintech/staging.duckdb"
    memory_limit: MemoryLimit = "8GB"

    @property
    def path(self) -> str:
        """The DuckDB file in which files are typed and judged before they are copied."""
        return self.staging

    @model_validator(mode="after")
    def _has_what_its_login_needs(self) -> Self:
        if self.authentication == "iam" and not (self.cluster or self.workgroup):
            message = "authentication 'iam' needs cluster (provisioned) or workgroup (Serverless)"
            raise ValueError(message)
        if self.cluster and self.workgroup:
            message = "cluster and workgroup are two ways to name one warehouse: give one of them"
            raise ValueError(message)
        if self.authentication == "iam" and self.cluster and not self.user:
            message = "authentication 'iam' on a cluster needs user, the database user to log in as"
            raise ValueError(message)
        if self.authentication == "secret" and not self.secret:
            message = "authentication 'secret' needs secret, the name or ARN in AWS Secrets Manager"
            raise ValueError(message)
        if self.authentication == "password" and not self.user:
            message = f"authentication 'password' needs user; {self.password_variable} gives the password"
            raise ValueError(message)
        return self
