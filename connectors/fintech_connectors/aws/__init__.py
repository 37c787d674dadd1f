"""Amazon Web Services: logins for Redshift and places in S3. Nothing else of the product imports boto3."""

from __future__ import annotations

from fintech_accelerator.hookspecs import hookimpl
from fintech_connectors.aws.credentials import IamCredentials, SecretCredentials
from fintech_connectors.aws.objects import S3Buckets

__all__ = ["fintech_credential_sources", "fintech_object_stores"]


@hookimpl
def fintech_credential_sources() -> tuple[IamCredentials, SecretCredentials]:
    """Temporary credentials from IAM, or what AWS Secrets Manager keeps."""
    return (IamCredentials(), SecretCredentials())


@hookimpl
def fintech_object_stores() -> tuple[S3Buckets]:
    """Buckets of Amazon S3."""
    return (S3Buckets(),)
