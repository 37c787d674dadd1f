"""Amazon Web Services: files from S3, logins for Redshift, places in S3. Nothing else imports boto3."""

from __future__ import annotations

from fintech_accelerator.hookspecs import hookimpl
from fintech_connectors.aws.credentials import IamCredentials, SecretCredentials
from fintech_connectors.aws.landing import S3Connector
from fintech_connectors.aws.objects import S3Buckets

__all__ = ["fintech_connectors", "fintech_credential_sources", "fintech_object_stores"]


@hookimpl
def fintech_connectors() -> tuple[S3Connector]:
    """The connector `s3`."""
    return (S3Connector(),)


@hookimpl
def fintech_credential_sources() -> tuple[IamCredentials, SecretCredentials]:
    """Temporary credentials from IAM, or what AWS Secrets Manager keeps."""
    return (IamCredentials(), SecretCredentials())


@hookimpl
def fintech_object_stores() -> tuple[S3Buckets]:
    """Buckets of Amazon S3."""
    return (S3Buckets(),)
